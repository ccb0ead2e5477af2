"""`tolqyn analyse plan`: releases of earlier waves in, what a next wave would find and needs out."""

from collections.abc import Sequence

import click

from survey.cli.analyse.options import Asked, asked_of_all, family
from survey.cli.analyse.printing import Part, echo_parts
from survey.cli.analyse.reading import read

COLUMNS = (
    *("indicator", "waves", "estimate", "deff", "answering", "n", "margin", "smallest_change"),
    *("smallest_slope", "n_for_margin", "n_for_change", "contacts_for_margin", "contacts_for_change", "note"),
)
SHARE = click.FloatRange(0, 1)


@click.command()
@asked_of_all
@click.option("--variable", "indicators", multiple=True, help="Indicator; repeatable; default: headlines.")
@click.option("--n", type=click.IntRange(min=2), help="Interviews; default: those of the latest wave.")
@click.option("--margin", type=float, help="Margin of error to reach: 0.03 for 3 points.")
@click.option("--change", type=float, help="Change from the latest wave to be able to see.")
@click.option("--power", default=0.8, show_default=True, type=float, help="Chance of seeing it.")
@click.option("--response", type=float, help="Expected response rate, for the contacts needed.")
@click.option("--overlap", default=0.0, show_default=True, type=SHARE, help="Share of people asked again.")
@click.option("--rho", default=0.0, show_default=True, type=float, help="Their correlation between waves.")
@click.option("--time", type=float, help="When, in years: 2027.4; default: as far ahead as waves are apart.")
@family
def plan(  # noqa: PLR0917
    asked: Asked,
    indicators: Sequence[str],
    n: int | None,
    margin: float | None,
    change: float | None,
    power: float,
    response: float | None,
    overlap: float,
    rho: float,
    time: float | None,
    family: int,
) -> None:
    """What a next wave would find, and how many interviews it needs, from the design effects observed.

    `largest` is what the most demanding indicator needs; without --margin or --change there is none. What the
    plan takes for granted is printed with it.

    \b
    Example:  tolqyn analyse plan demo/releases/kz-attitudes/*/1 --margin 0.04 --change 0.08 --response 0.4
    """
    from analysis import plan_next_wave

    found = plan_next_wave(
        read(asked, indicators),
        list(indicators) or None,
        n=n,
        margin=margin,
        change=change,
        power=power,
        level=asked.level,
        family=family,
        response=response,
        overlap=overlap,
        rho=rho,
        time=time,
    )
    facts = {"n": found.n, "largest": found.largest, "assumption": list(found.assumptions)}
    echo_parts([Part("plan", found.table, COLUMNS)], asked, facts)
