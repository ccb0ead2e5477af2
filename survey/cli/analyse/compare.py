"""`tolqyn analyse compare`: releases in, the difference of every two groups or waves out."""

from collections.abc import Sequence

import click

from survey.cli.analyse.crosstab import ADJUSTMENTS
from survey.cli.analyse.options import Asked, asked, variables
from survey.cli.analyse.printing import echo, named
from survey.cli.analyse.reading import read

COLUMNS = (
    *("variable", "code", "label", "group", "group_other", "estimate_group", "estimate_other"),
    *("estimate", "se", "low", "high", "p", "p_adjusted"),
)


@click.command()
@asked
@variables
@click.option("--adjust", default="holm", show_default=True, type=click.Choice(ADJUSTMENTS))
def compare(asked: Asked, variables: Sequence[str], code: int | str | None, adjust: str) -> None:
    """Every two groups of --by: the difference of their shares or means, with its error and adjusted p.

    `--by wave` compares all waves with one another; `change` names two and knows breaks.

    \b
    Example:  tolqyn analyse compare demo/releases/kz-attitudes/2026/1 --variable VB_ANY --code 1 --by Z_SEX
    """
    from analysis import compare_groups

    if not asked.by:
        raise click.UsageError("a comparison needs groups: type --by COLUMN")
    data = read(asked, variables)
    tables = [
        named(
            compare_groups(
                data,
                name,
                by=asked.by,
                code=code,
                where=asked.where,
                adjust=adjust,
                level=asked.level,
            ),
            code,
        )
        for name in variables
    ]
    echo(tables, asked, COLUMNS)
