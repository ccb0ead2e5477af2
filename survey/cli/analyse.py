"""`tolqyn analyse`: release folders in, tables of estimates out: on the screen, as CSV or as JSON.

Figures are at full precision and not gated; the columns `publish` and `reason` say what may be printed.
"""

import json
import re
from collections.abc import Callable, Sequence
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from survey.cli.quality import quality

if TYPE_CHECKING:
    import pandas as pd

    from analysis import SurveyData

SHORT = {
    "topline": (
        "variable",
        "code",
        "label",
        "group",
        "wave",
        "estimate",
        "se",
        "low",
        "high",
        "base",
        "deff",
    ),
    "change": (
        "variable",
        "code",
        "label",
        "group",
        "estimate",
        "se",
        "low",
        "high",
        "p_adjusted",
        "mdc",
        "verdict",
    ),
    "trend": (
        "variable",
        "code",
        "label",
        "group",
        "waves",
        "estimate",
        "se",
        "p",
        "se_waves",
        "p_waves",
        "verdict",
    ),
}
"""Columns of the screen table; CSV and JSON hold all."""

CODE = re.compile(r"-?[0-9]{1,9}")
A_RELEASE = click.Path(exists=True, file_okay=False, path_type=Path)


class _Code(click.ParamType[int | str]):
    """A whole number is a code, anything else the name of a net."""

    name = "code"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int | str:
        """The code or the name."""
        return int(value) if CODE.fullmatch(str(value)) else str(value)


def _options(command: Callable[..., None]) -> Callable[..., None]:
    """What every analysis takes."""
    decorators = (
        click.argument("releases", nargs=-1, required=True, type=A_RELEASE, metavar="RELEASE..."),
        click.option(
            "--variable", "variables", multiple=True, required=True, help="Column to analyse; repeatable."
        ),
        click.option("--code", type=_Code(), help="One code of the variable, or a net's name; default: all."),
        click.option("--by", multiple=True, help="Column to group by, `wave` too; repeatable."),
        click.option("--level", default=0.95, show_default=True, type=click.FloatRange(0.5, 0.999)),
        click.option("--json", "as_json", is_flag=True, help="Print the table as JSON."),
        click.option("--csv", "as_csv", is_flag=True, help="Print the table as CSV."),
    )
    for decorator in reversed(decorators):
        command = decorator(command)
    return command


@click.group()
def analyse() -> None:
    """Shares, means, changes and trends from release folders, with design-based errors."""


@analyse.command()
@_options
@click.option("--interval", default="logit", show_default=True, help="logit, mean, beta, wilson or asin.")
def topline(releases: Sequence[Path], variables: Sequence[str], interval: str, **options: Any) -> None:
    """Shares of a variable's codes and then of its nets, or its mean where it has no codes; a row per wave.

    \b
    Example:  tolqyn analyse topline demo/releases/kz-attitudes/2026/1 --variable VB1 --by Z_SEX --csv
    """
    from analysis import mean, proportion

    data = _read(releases)
    by, code, level = _groups(options["by"], data), options["code"], options["level"]
    tables = []
    for name in variables:
        variable = data.variable(name)
        if variable.codes or code is not None:
            wanted = [code, *variable.nets] if code is None else [code]
            tables += [
                _named(proportion(data, name, code=c, by=by, interval=interval, level=level), c)
                for c in wanted
            ]
        else:
            tables.append(mean(data, name, by=by, level=level))
    _echo("topline", tables, options)


@analyse.command()
@_options
@click.option("--from", "wave_from", help="Earlier wave; default: the last but one.")
@click.option("--to", "wave_to", help="Later wave; default: the last.")
@click.option(
    "--family", default=1, show_default=True, type=click.IntRange(min=1), help="Comparisons declared."
)
def change(
    releases: Sequence[Path],
    variables: Sequence[str],
    wave_from: str | None,
    wave_to: str | None,
    family: int,
    **options: Any,
) -> None:
    """Change between two waves, with its error, the smallest change it could have seen, and a verdict.

    \b
    Example:  tolqyn analyse change demo/releases/kz-attitudes/*/1 --variable VB_ANY --code 1 --from 2026
    """
    from analysis import change as change_of

    data = _read(releases)
    if len(data.waves) < 2:
        raise click.UsageError(f"a change needs releases of two waves, found {', '.join(data.waves)}")
    tables = [
        _named(
            change_of(
                data,
                name,
                wave_from=wave_from or data.waves[-2],
                wave_to=wave_to or data.waves[-1],
                code=options["code"],
                by=options["by"] or None,
                family=family,
                level=options["level"],
            ),
            options["code"],
        )
        for name in variables
    ]
    _echo("change", tables, options)


@analyse.command()
@_options
@click.option("--link", default="identity", show_default=True, type=click.Choice(["identity", "logit"]))
@click.option(
    "--family", default=1, show_default=True, type=click.IntRange(min=1), help="Comparisons declared."
)
def trend(releases: Sequence[Path], variables: Sequence[str], link: str, family: int, **options: Any) -> None:
    """Slope per year over three or more waves, with a test of linearity and a verdict.

    \b
    Example:  tolqyn analyse trend demo/releases/kz-attitudes/*/1 --variable VB_ANY --code 1
    """
    from analysis import trend as trend_of

    data = _read(releases)
    tables = [
        _named(
            trend_of(
                data,
                name,
                code=options["code"],
                by=options["by"] or None,
                link=link,
                family=family,
                level=options["level"],
            ).table,
            options["code"],
        )
        for name in variables
    ]
    _echo("trend", tables, options)


analyse.add_command(quality)


def _read(releases: Sequence[Path]) -> "SurveyData":
    from analysis import pool, read_release

    return pool([read_release(folder) for folder in releases])


def _named(table: "pd.DataFrame", code: int | str | None) -> "pd.DataFrame":
    """The table with a net's name as its code, of which the package has none: two nets may read alike."""
    return table.assign(code=code) if isinstance(code, str) else table


def _groups(by: Sequence[str], data: "SurveyData") -> tuple[str, ...]:
    """The columns asked for, and the wave where there are several."""
    several = len(data.waves) > 1 and "wave" not in by
    return (*by, "wave") if several else tuple(by)


def _echo(kind: str, tables: Sequence["pd.DataFrame"], options: dict[str, Any]) -> None:
    import pandas as pd

    if options["as_json"] and options["as_csv"]:
        raise click.UsageError("give --json or --csv, not both")
    table = pd.concat(tables, ignore_index=True)
    if options["as_json"]:
        plain = table.astype(object).where(table.notna(), None)
        click.echo(json.dumps(plain.to_dict("records"), ensure_ascii=False, indent=2, default=_plain))
    elif options["as_csv"]:
        click.echo(table.to_csv(index=False), nl=False)
    else:
        click.echo(_screen(table, SHORT[kind]))


def _plain(value: Any) -> Any:
    """A numpy number as Python's own, at full precision."""
    return value.item()


def _screen(table: "pd.DataFrame", columns: Sequence[str]) -> str:
    """A table for reading: four decimals, suppressed figures marked."""
    shown = table[[name for name in columns if (table[name].astype(str) != "").any()]].copy()
    shown.insert(len(shown.columns), "publish", table["publish"])
    numbers = shown.select_dtypes("float").columns
    shown[numbers] = shown[numbers].map(lambda value: "" if isnan(value) else f"{value:.4f}")
    return shown.astype(str).fillna("").replace("<NA>", "").to_string(index=False)
