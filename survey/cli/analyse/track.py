"""`tolqyn analyse track`: a tracking plan and releases in, what it declares, with verdicts out."""

from pathlib import Path

import click

from survey.cli.analyse.options import A_FILE, Asked, asked_under_design
from survey.cli.analyse.printing import Part, echo_parts
from survey.cli.analyse.reading import in_shell, read

COLUMNS = (
    *("comparison", "standing", "standing_reason", "variable", "code", "group", "wave_from", "wave_to"),
    *("estimate", "low", "high", "p_adjusted", "mdc", "verdict", "expected", "reason"),
)


@click.command()
@click.argument("plan", type=A_FILE)
@asked_under_design
@click.pass_context
def track(ctx: click.Context, asked: Asked, plan: Path) -> None:
    """Run a tracking plan: each comparison it declares, its verdict, and whether it is confirmatory.

    A comparison that the data cannot give is there too, with the reason. Where the plan names what no
    release has, that is said after the table, and the exit status is 1. The plan holds level, domains and
    families; docs/guide/tracking.md describes it.

    \b
    Example:  tolqyn analyse track tracking.yaml demo/releases/kz-attitudes/*/1
    """
    from analysis import plan_problems, read_plan, run_plan

    declared = read_plan(plan)
    data = read(asked, crossing=lambda *_: list(declared.together()))
    table = run_plan(declared, data)
    facts = {"study": declared.study, "declared": str(declared.declared), "plan": declared.fingerprint}
    echo_parts([Part("comparisons", table, COLUMNS)], asked, facts)
    strangers = plan_problems(declared, data)
    for problem in strangers:
        click.echo(f"{plan}: {in_shell(problem)}", err=True)
    if strangers:
        ctx.exit(1)
