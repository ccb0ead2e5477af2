"""What is to be published in, what judges its changes out: plan and choices of the study's published report.

A site, factsheet or bundle under another plan than the report's, or with other indicators and questions side
by side, could call rose what the report does not (decision 0038). Both are kept beside the register, so that
nobody has to remember them.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from survey.cli.choosing import other_choices, same_choices
from survey.cli.gate import other_plan
from survey.cli.registered import register_of
from survey.config import Config
from survey.refusal import Refused

if TYPE_CHECKING:
    from instruments import Codebook
    from reports import ReportSpec


def plan_of(
    config: Config, folders: Sequence[Path], plan: Path | None, *, governs: bool = False
) -> Path | None:
    """The file of the plan: the one given, or the one kept with the report of the same latest wave.

    `governs`: what is made is that report, which may be published again under another plan. Raises PlanError
    for a file that is none, and Refused for another plan than the report's.
    """
    from analysis import read_plan, release_at
    from reports import PLANS, governing

    given = read_plan(plan).fingerprint if plan is not None else ""
    release, register = release_at(folders[-1]), register_of(config)
    report = governing(register.publications(release.study), release.wave)
    if report is None or report.plan is None or given == report.plan or (governs and given):
        return plan
    kept = register.kept(release.study, PLANS, report.plan) if not given else None
    if kept is None:
        raise Refused(other_plan(report, given, str(plan or "")))
    click.echo(f"judged by the tracking plan of {report.name}, kept as {kept}", err=True)
    return kept


def spec_of(
    config: Config,
    folders: Sequence[Path],
    spec: "ReportSpec | None",
    *,
    kind: str,
    binding: bool = True,
) -> "ReportSpec | None":
    """The specification given, or what that of the report of the same latest wave chose.

    `kind`: of what is made. Raises Refused for one that puts others side by side than the report's, SpecError
    for one with names that no wave has. What is the office's copy (`binding` false) may choose others, and
    only takes the report's where none is given.
    """
    from analysis import release_at
    from reports import CHOICES, governing, read_spec, refuse_misspelt, within

    release, register = release_at(folders[-1]), register_of(config)
    report = governing(register.publications(release.study), release.wave)
    if report is None or (spec is not None and not binding):
        return spec
    codebook = codebook_of(folders)
    if same_choices(register, report, spec, codebook, kind):
        return spec
    if spec is not None:
        refuse_misspelt(spec, codebook)
    kept = register.kept(release.study, CHOICES, report.choices) if spec is None and report.choices else None
    if kept is not None:
        click.echo(f"indicators and questions are those of {report.name}, kept as {kept}", err=True)
        return within(read_spec(kept), codebook)
    refusal = other_choices(report, str(spec.source.path) if spec and spec.source else "")
    if binding:
        raise Refused(refusal)
    click.echo(f"note: what {report.name} chose is kept no longer: this copy chooses by itself", err=True)
    return spec


def tell_unchosen(config: Config, folders: Sequence[Path]) -> None:
    """Say that a report without a specification ends what the one before it chose."""
    from analysis import release_at
    from reports import governing

    release, register = release_at(folders[-1]), register_of(config)
    report = governing(register.publications(release.study), release.wave)
    if report is not None and not same_choices(register, report, None, codebook_of(folders), "report"):
        said = (
            f"warning: {report.name} had a specification, and this report has none: its indicators and "
            f"questions are the questionnaire's; type --spec FILE to keep what it chose"
        )
        click.echo(said, err=True)


def codebook_of(folders: Sequence[Path]) -> "Codebook":
    """Groups and indicators are the latest's, as where waves are pooled; variables those of any of them."""
    from instruments import Codebook

    books = [Codebook.from_json((folder / "codebook.json").read_text("utf-8")) for folder in folders]
    latest = books[-1]
    earlier = {each.name: each for book in books[:-1] for each in book.variables if each.name not in latest}
    return replace(latest, variables=(*latest.variables, *earlier.values()))
