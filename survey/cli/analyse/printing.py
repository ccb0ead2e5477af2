"""Tables of estimates in; a table to read, CSV or JSON on standard output out.

CSV and JSON hold every column at full precision; figures are not gated, `publish` and `reason` say what may
be printed.
"""

import json
from collections.abc import Sequence
from math import isnan
from typing import TYPE_CHECKING, Any

import click

from survey.cli.analyse.options import Asked

if TYPE_CHECKING:
    import pandas as pd


def echo(tables: "Sequence[pd.DataFrame]", asked: Asked, columns: Sequence[str]) -> None:
    """Print the tables as one; `columns` are those shown on the screen."""
    import pandas as pd

    table = pd.concat(tables, ignore_index=True)
    if asked.as_json:
        click.echo(json.dumps(records(table), ensure_ascii=False, indent=2, default=plain))
    elif asked.as_csv:
        click.echo(table.to_csv(index=False), nl=False)
    else:
        click.echo(screen(table, columns))


def named(table: "pd.DataFrame", code: int | str | None) -> "pd.DataFrame":
    """The table with a net's name as its code, of which the package has none: two nets may read alike."""
    return table.assign(code=code) if isinstance(code, str) else table


def records(table: "pd.DataFrame") -> list[dict[str, Any]]:
    """Rows with null for what there is none of."""
    rows = table.astype(object).where(table.notna(), None).to_dict("records")
    return [{str(name): value for name, value in row.items()} for row in rows]


def screen(table: "pd.DataFrame", columns: Sequence[str]) -> str:
    """A table for reading: four decimals, suppressed figures marked, empty columns left out."""
    shown = table[[name for name in columns if (table[name].astype(str) != "").any()]].copy()
    if "publish" in table:
        shown.insert(len(shown.columns), "publish", table["publish"])
    numbers = shown.select_dtypes("float").columns
    shown[numbers] = shown[numbers].map(lambda value: "" if isnan(value) else f"{value:.4f}")
    return shown.astype(str).fillna("").replace("<NA>", "").to_string(index=False)


def plain(value: Any) -> Any:
    """A numpy number as Python's own, at full precision."""
    return value.item()
