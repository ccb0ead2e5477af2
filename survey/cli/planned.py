"""What is to be published in, the tracking plan it is judged by out: that of the study's published report.

A site, factsheet or bundle under another plan than the report's could call rose what the report does not
(decision 0038). The plan is kept beside the register, so that nobody has to remember it.
"""

from collections.abc import Sequence
from pathlib import Path

import click

from survey.cli.gate import other_plan
from survey.cli.registered import register_of
from survey.config import Config
from survey.refusal import Refused


def plan_of(
    config: Config, folders: Sequence[Path], plan: Path | None, *, governs: bool = False
) -> Path | None:
    """The file of the plan: the one given, or the one kept with the report of the same latest wave.

    `governs`: what is made is that report, which may be published again under another plan. Raises PlanError
    for a file that is none, and Refused for another plan than the report's.
    """
    from analysis import read_plan, release_at
    from reports import governing

    given = read_plan(plan).fingerprint if plan is not None else ""
    release, register = release_at(folders[-1]), register_of(config)
    report = governing(register.publications(release.study), release.wave)
    if report is None or report.plan is None or given == report.plan or (governs and given):
        return plan
    kept = register.plan(release.study, report.plan) if not given else None
    if kept is None:
        raise Refused(other_plan(report, given, str(plan or "")))
    click.echo(f"judged by the tracking plan of {report.name}, kept as {kept}", err=True)
    return kept
