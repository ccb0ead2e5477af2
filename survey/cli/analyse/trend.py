"""`tolqyn analyse trend`: releases of three or more waves in, slopes, their errors and verdicts out."""

from collections.abc import Sequence

import click

from survey.cli.analyse.options import Asked, asked, family, variables
from survey.cli.analyse.printing import echo, named
from survey.cli.analyse.reading import read

COLUMNS = (
    *("variable", "code", "label", "group", "waves", "estimate", "se", "p"),
    *("se_waves", "p_waves", "verdict"),
)


@click.command()
@asked
@variables
@click.option("--link", default="identity", show_default=True, type=click.Choice(["identity", "logit"]))
@family
def trend(asked: Asked, variables: Sequence[str], code: int | str | None, link: str, family: int) -> None:
    """Slope per year over three or more waves, with a test of linearity and a verdict.

    \b
    Example:  tolqyn analyse trend demo/releases/kz-attitudes/*/1 --variable VB_ANY --code 1
    """
    from analysis import trend as trend_of

    data = read(asked)
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
        for name in variables
    ]
    echo(tables, asked, COLUMNS)
