"""What is to be published in, what judges its changes out: plan and choices of the study's published report.

A site, factsheet or bundle under another plan than the report's, or with other indicators and questions side
by side, could call rose what the report does not (decision 0038). Both are kept beside the register, so that
nobody has to remember them.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from survey.cli.gate import other_choices, other_plan
from survey.cli.registered import register_of
from survey.config import Config
from survey.refusal import Refused

if TYPE_CHECKING:
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


def spec_of(config: Config, folders: Sequence[Path], spec: "ReportSpec | None") -> "ReportSpec | None":
    """The specification given, or what that of the report of the same latest wave chose.

    Raises Refused for one that chooses others than the report's.
    """
    from analysis import release_at
    from reports import CHOICES, choices, fingerprint, governing, read_spec

    given = fingerprint(choices(spec))
    release, register = release_at(folders[-1]), register_of(config)
    report = governing(register.publications(release.study), release.wave)
    if report is None or report.choices is None or given == report.choices:
        return spec
    kept = register.kept(release.study, CHOICES, report.choices) if spec is None else None
    if kept is None:
        raise Refused(other_choices(report, str(spec.source.path) if spec and spec.source else ""))
    click.echo(f"indicators and questions are those of {report.name}, kept as {kept}", err=True)
    return read_spec(kept)
