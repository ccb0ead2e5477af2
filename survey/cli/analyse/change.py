"""`tolqyn analyse change`: releases of two or more waves in, the change between two of them out."""

from collections.abc import Sequence

import click

from survey.cli.analyse.options import Asked, asked, family, variables
from survey.cli.analyse.printing import echo, named
from survey.cli.analyse.reading import read

COLUMNS = (
    *("variable", "code", "label", "group", "estimate", "se", "low", "high"),
    *("p_adjusted", "mdc", "verdict"),
)


@click.command()
@asked
@variables
@click.option("--from", "wave_from", help="Earlier wave; default: the last but one.")
@click.option("--to", "wave_to", help="Later wave; default: the last.")
@family
def change(  # noqa: PLR0917
    asked: Asked,
    variables: Sequence[str],
    code: int | str | None,
    wave_from: str | None,
    wave_to: str | None,
    family: int,
) -> None:
    """Change between two waves, with its error, the smallest change it could have seen, and a verdict.

    \b
    Example:  tolqyn analyse change demo/releases/kz-attitudes/*/1 --variable VB_ANY --code 1 --from 2026
    """
    from analysis import change as change_of

    data = read(asked)
    if len(data.waves) < 2:
        raise click.UsageError(f"a change needs releases of two waves, found {', '.join(data.waves)}")
    tables = [
        named(
            change_of(
                data,
                name,
                wave_from=wave_from or data.waves[-2],
                wave_to=wave_to or data.waves[-1],
                code=code,
                by=asked.by or None,
                where=asked.where,
                family=family,
                level=asked.level,
            ),
            code,
        )
        for name in variables
    ]
    echo(tables, asked, COLUMNS)
