"""`tolqyn analyse change`: releases of two or more waves in, the change between two of them out."""

from collections.abc import Sequence
from typing import Any

import click

from survey.cli.analyse.options import Asked, asked_in_parts, family, variables
from survey.cli.analyse.printing import echo, named
from survey.cli.analyse.reading import read_of

ADJUSTMENTS = ("holm", "fdr", "hommel", "fdr_dependent", "bonferroni", "none")
COLUMNS = (
    *("variable", "code", "label", "group", "wave_from", "wave_to"),
    *("estimate", "se", "low", "high", "p_adjusted", "mdc", "verdict"),
)


@click.command()
@asked_in_parts
@variables
@click.option("--from", "wave_from", help="Earlier wave; default: the last but one.")
@click.option("--to", "wave_to", help="Later wave; default: the last.")
@click.option("--adjacent", is_flag=True, help="Each wave minus the one before, all of them one family.")
@click.option("--adjust", type=click.Choice(ADJUSTMENTS), help="With --adjacent; default: holm.")
@family
def change(  # noqa: PLR0917
    asked: Asked,
    variables: Sequence[str],
    code: int | str | None,
    wave_from: str | None,
    wave_to: str | None,
    adjacent: bool,
    adjust: str | None,
    family: int,
) -> None:
    """Change between two waves, with its error, the smallest change it could have seen, and a verdict.

    `--adjacent` takes each wave against the one before; their p and intervals are adjusted together.

    \b
    Example:  tolqyn analyse change demo/releases/kz-attitudes/*/1 --variable VB_ANY --code 1 --from 2026
    """
    from analysis import adjacent_changes
    from analysis import change as change_of

    if adjacent and (wave_from or wave_to or family > 1):
        raise click.UsageError("--adjacent takes every pair as one family: leave --from, --to, --family out")
    if adjust and not adjacent:
        raise click.UsageError("--adjust is of --adjacent; of single changes type --family")
    found = read_of(asked, variables)
    waves = found[0].waves
    if len(waves) < 2:
        raise click.UsageError(f"a change needs releases of two waves, found {', '.join(waves)}")
    common: dict[str, Any] = {
        "code": code,
        "by": asked.by or None,
        "where": asked.where,
        "level": asked.level,
    }
    if adjacent:
        adjustment = adjust or "holm"
        tables = [
            named(adjacent_changes(data, name, adjustment=adjustment, **common), code)
            for name, data in zip(variables, found, strict=True)
        ]
        echo(tables, asked, COLUMNS)
        return
    tables = [
        named(
            change_of(
                data,
                name,
                wave_from=wave_from or waves[-2],
                wave_to=wave_to or waves[-1],
                family=family,
                **common,
            ),
            code,
        )
        for name, data in zip(variables, found, strict=True)
    ]
    echo(tables, asked, COLUMNS)
