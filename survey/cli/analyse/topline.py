"""`tolqyn analyse topline`: releases in, shares of every answer or means out."""

from collections.abc import Sequence

import click

from survey.cli.analyse.options import Asked, asked_in_parts, variables
from survey.cli.analyse.printing import echo, named
from survey.cli.analyse.reading import groups, read_of

COLUMNS = ("variable", "code", "label", "group", "wave", "estimate", "se", "low", "high", "base", "deff")


@click.command()
@asked_in_parts
@variables
@click.option("--missing", is_flag=True, help="Every missing kind too, of all who were asked and of all.")
@click.option("--interval", default="logit", show_default=True, help="logit, mean, beta, wilson or asin.")
def topline(
    asked: Asked, variables: Sequence[str], code: int | str | None, missing: bool, interval: str
) -> None:
    """Shares of a variable's codes and then of its nets, or its mean where it has no codes; a row per wave.

    \b
    Example:  tolqyn analyse topline demo/releases/kz-attitudes/2026/1 --variable VB1 --by Z_SEX --csv
    """
    from analysis import distribution, mean, proportion

    if missing and code is not None:
        raise click.UsageError("--missing shows every code: leave out --code and --net")
    found = read_of(asked, variables)
    by, where, level = groups(asked, found[0]), asked.where, asked.level
    if missing:
        tables = [
            distribution(data, name, by=by, where=where, interval=interval, level=level)
            for name, data in zip(variables, found, strict=True)
        ]
        echo(tables, asked, ("of", "kind", *COLUMNS))
        return
    tables = []
    for name, data in zip(variables, found, strict=True):
        variable = data.variable(name)
        if variable.codes or code is not None:
            wanted = [code, *variable.nets] if code is None else [code]
            tables += [
                named(proportion(data, name, code=c, by=by, where=where, interval=interval, level=level), c)
                for c in wanted
            ]
        else:
            tables.append(mean(data, name, by=by, where=where, level=level))
    echo(tables, asked, COLUMNS)
