"""`tolqyn analyse track`: a tracking plan and releases in, what it declares, with verdicts out."""

from pathlib import Path

import click

from survey.cli.analyse.options import A_FILE, Asked, asked_of_fieldwork
from survey.cli.analyse.printing import Part, echo_parts
from survey.cli.analyse.reading import read

COLUMNS = (
    *("comparison", "standing", "variable", "code", "group", "wave_from", "wave_to"),
    *("estimate", "low", "high", "p_adjusted", "mdc", "verdict", "expected", "reason"),
)


@click.command()
@click.argument("plan", type=A_FILE)
@asked_of_fieldwork
def track(asked: Asked, plan: Path) -> None:
    """Run a tracking plan: each comparison it declares, its verdict, and whether it is confirmatory.

    A comparison that the data cannot give is there too, with the reason. The plan holds level, domains and
    families; docs/guide/tracking.md describes it.

    \b
    Example:  tolqyn analyse track tracking.yaml demo/releases/kz-attitudes/*/1
    """
    from analysis import read_plan, run_plan

    declared = read_plan(plan)
    table = run_plan(declared, read(asked))
    facts = {"study": declared.study, "declared": str(declared.declared), "plan": declared.fingerprint}
    echo_parts([Part("comparisons", table, COLUMNS)], asked, facts)
