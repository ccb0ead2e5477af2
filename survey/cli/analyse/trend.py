"""`tolqyn analyse trend`: releases of three or more waves in, slopes, shapes and verdicts out."""

from collections.abc import Mapping, Sequence
from typing import Any

import click

from survey.cli.analyse.crossing import jointly
from survey.cli.analyse.options import Asked, asked_in_parts, family, variables, with_options
from survey.cli.analyse.printing import echo, echo_parts, named
from survey.cli.analyse.reading import read, read_of
from survey.cli.analyse.shapes import ANSWERS, ONE_LINE, TAKES, Shape

COLUMNS = (
    *("variable", "code", "label", "group", "waves", "estimate", "se", "p"),
    *("se_waves", "p_waves", "verdict", "note"),
)
OPTIONS = (
    click.option("--shape", default=ONE_LINE, show_default=True, type=click.Choice(list(ANSWERS))),
    click.option("--turns", type=click.Choice(["1", "2"]), help="joinpoint: the most turns; default: 1."),
    click.option("--seed", type=int, help="joinpoint: choose by permutations drawn with this seed."),
    click.option("--knots", type=click.Choice(["3", "4", "5"]), help="spline: default 3."),
    click.option("--against", help="groups: the group the others are set against, as SEX=1."),
    click.option(
        "--shares", type=click.Choice(["population", "equal"]), help="convergence: how groups count."
    ),
    click.option("--hold", multiple=True, help="ordered: a column held constant; repeatable."),
    click.option("--splice", help="line, any, joinpoint: the old variable, of the waves before --bridge."),
    click.option("--bridge", help="The wave that asked both."),
)


@click.command()
@asked_in_parts
@variables
@click.option("--link", type=click.Choice(["identity", "logit"]), help="Default: identity; ordered: logit.")
@with_options(OPTIONS)
@family
def trend(  # noqa: PLR0917
    asked: Asked,
    variables: Sequence[str],
    code: int | str | None,
    link: str | None,
    shape: str,
    family: int,
    **options: Any,
) -> None:
    """Slope per year over three or more waves, with a test of linearity and a verdict; or another shape.

    any: whether any wave differs. joinpoint: lines that turn. quadratic, spline: a bend. ordered: all answers
    in one model. groups: differences between the slopes of --by groups. convergence: whether groups come
    together. --splice OLD --bridge WAVE joins a reworded question to its past.

    \b
    Example:  tolqyn analyse trend demo/releases/kz-attitudes/*/1 --variable VB_ANY --code 1
    """
    given = {name: value for name, value in options.items() if value not in (None, ())}
    strange = [name for name in given if name not in TAKES[shape]]
    if strange:
        raise click.UsageError(f"--shape {shape} takes no --{strange[0]}")
    if ("splice" in given) != ("bridge" in given):
        raise click.UsageError("a splice needs both --splice OLD and --bridge WAVE")
    if shape == ONE_LINE and "splice" not in given:
        _line(asked, variables, code, link or "identity", family)
        return
    if asked.partitions:
        raise click.UsageError("--partitions computes the straight line: leave --shape and --splice out")
    if len(variables) > 1:
        raise click.UsageError(f"one --variable at a time for this; found {', '.join(variables)}")
    what = Shape(
        read(asked, (*variables, *_beside(given)), crossing=jointly),
        variables[0],
        code,
        asked,
        link,
        family,
        given,
    )
    parts, facts = ANSWERS[shape](what)
    echo_parts(parts, asked, facts)


def _beside(given: Mapping[str, Any]) -> tuple[str, ...]:
    """The columns that options name beside the variable."""
    return (*given.get("hold", ()), *([given["splice"]] if "splice" in given else []))


def _line(asked: Asked, variables: Sequence[str], code: int | str | None, link: str, family: int) -> None:
    from analysis import trend as trend_of

    tables = [
        named(
            trend_of(
                data,
                name,
                code=code,
                by=asked.by or None,
                where=asked.where,
                link=link,
                family=family,
                level=asked.level,
            ).table,
            code,
        )
        for name, data in zip(variables, read_of(asked, variables), strict=True)
    ]
    echo(tables, asked, COLUMNS)
