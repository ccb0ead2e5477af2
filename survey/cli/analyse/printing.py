"""Tables of estimates in; tables to read, CSV or JSON on standard output out.

CSV and JSON hold every column at full precision; figures are not gated, `publish` and `reason` say what may
be printed. On the screen a suppressed figure is a point, and the reason stands beside it.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite, isnan
from typing import TYPE_CHECKING, Any

import click

from instruments import harmless
from survey.cli.analyse.options import Asked

if TYPE_CHECKING:
    import pandas as pd

COUNTS = ("items", "base", "n", "df", "ddf", "df_diff", "outcome", "numerator", "denominator")
"""Columns without decimals, where there are none."""
PLACES = (*COUNTS, "waves", "weighted_base", "time", "at", "key", "level", "expected")
"""Columns that say of whom or when a figure is; all other numbers of a suppressed row are not shown."""
HIDDEN = "."
LEGEND = f"{HIDDEN}  suppressed for the reason beside it; --json and --csv hold every figure"


def echo(tables: "Sequence[pd.DataFrame]", asked: Asked, columns: Sequence[str]) -> None:
    """Print the tables as one; `columns` are those shown on the screen."""
    import pandas as pd

    table = pd.concat(tables, ignore_index=True)
    if asked.as_json:
        click.echo(json.dumps(records(table), ensure_ascii=False, indent=2, default=plain))
    elif asked.as_csv:
        click.echo(as_csv(table), nl=False)
    else:
        click.echo(screen(table, columns))


def as_csv(table: "pd.DataFrame") -> str:
    """The table as CSV; no word of it is taken for a formula, and every number stays one."""
    shown = table.map(lambda value: harmless(value) if isinstance(value, str) else value)
    return str(shown.rename(columns=lambda name: harmless(str(name))).to_csv(index=False))


@dataclass(frozen=True)
class Part:
    """One table of an answer: its key in JSON, its heading and its columns on the screen."""

    name: str
    table: "pd.DataFrame"
    columns: Sequence[str]


def echo_parts(parts: Sequence[Part], asked: Asked, facts: Mapping[str, Any] | None = None) -> None:
    """Print several tables: JSON holds all and `facts`, CSV the first, the screen what is not empty."""
    if asked.as_json:
        click.echo(json.dumps(as_object(parts, facts), ensure_ascii=False, indent=2, default=plain))
    elif asked.as_csv:
        click.echo(as_csv(parts[0].table), nl=False)
    else:
        click.echo(in_blocks(parts, facts))


def as_object(parts: Sequence[Part], facts: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The tables as records, by name, with single figures and sentences beside them."""
    told = {name: _finite(value) for name, value in (facts or {}).items()}
    return {**told, **{part.name: records(part.table) for part in parts}}


def in_blocks(parts: Sequence[Part], facts: Mapping[str, Any] | None = None) -> str:
    """The tables to read, each under its heading, after single figures and sentences."""
    blocks = [f"{part.name}\n{screen(part.table, part.columns)}" for part in parts if len(part.table)]
    lines = [line for name, value in (facts or {}).items() for line in _told(name, value)]
    return "\n\n".join([*(["\n".join(lines)] if lines else []), *blocks])


def _told(name: str, value: Any) -> list[str]:
    if isinstance(value, Mapping):
        return [line for inner, figure in value.items() for line in _told(f"{name} {inner}", figure)]
    if isinstance(value, (list, tuple)):
        return [f"{name}: {each}" for each in value]
    if value is None or value == "" or (isinstance(value, float) and isnan(value)):
        return []
    return [f"{name}: {value:.4f}" if isinstance(value, float) else f"{name}: {value}"]


def named(table: "pd.DataFrame", code: int | str | None) -> "pd.DataFrame":
    """The table with a net's name as its code, of which the package has none: two nets may read alike."""
    return table.assign(code=code) if isinstance(code, str) else table


def records(table: "pd.DataFrame") -> list[dict[str, Any]]:
    """Rows with null for what there is none of."""
    rows = table.astype(object).where(table.notna(), None).to_dict("records")
    return [{str(name): _finite(value) for name, value in row.items()} for row in rows]


def _finite(value: Any) -> Any:
    """JSON has no word for an infinite number or for none."""
    if isinstance(value, Mapping):
        return {name: _finite(each) for name, each in value.items()}
    return None if isinstance(value, float) and not isfinite(value) else value


def screen(table: "pd.DataFrame", columns: Sequence[str]) -> str:
    """A table for reading: four decimals, suppressed figures hidden with why, empty columns left out."""
    columns = [name for name in columns if name in table]
    named = [*columns, *(name for name in ("publish", "reason") if name in table and name not in columns)]
    shown = table[[name for name in named if _says_something(table[name])]].copy()
    hidden = [bool(said == "suppress") for said in table["publish"]] if "publish" in table else []
    for name in shown.select_dtypes("float").columns:
        form = "{:.12g}" if name in COUNTS else "{:.4f}"
        shown[name] = ["" if isnan(value) else form.format(value) for value in shown[name]]
        if name not in PLACES:
            gone = hidden or [False] * len(shown)
            shown[name] = [HIDDEN if no else text for no, text in zip(gone, shown[name], strict=True)]
    printed = shown.astype(str).fillna("").replace("<NA>", "").to_string(index=False)
    return f"{printed}\n{LEGEND}" if any(hidden) else printed


def _says_something(column: "pd.Series[Any]") -> bool:
    """A figure that nobody could estimate is told by an empty column, a figure not asked for by none."""
    if str(column.dtype).startswith("float"):
        return True
    return bool((column.notna() & (column.astype(str) != "")).any())


def plain(value: Any) -> Any:
    """A numpy number as Python's own, at full precision."""
    return value.item()
