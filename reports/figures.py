"""The estimate tables of a report in, once for all its languages; the files that travel in its PDFs out."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

COUNTS = ("base", "waves")
"""Columns of whole numbers."""
_AT_ONCE = 500
"""Lines of the table that are text and values at the same time."""


@dataclass(frozen=True)
class Figures:
    """Every figure of a report with its id; of figures in several tables the first is kept."""

    parts: tuple[pd.DataFrame, ...]

    @cached_property
    def table(self) -> pd.DataFrame:
        """One line a figure."""
        first, *others = self.parts
        known, kept = set(first["id"]), [first]
        for more in others:
            kept.append(more[~more["id"].isin(known)])
            known.update(kept[-1]["id"])
        return pd.concat(kept, ignore_index=True) if len(kept) > 1 else first

    @cached_property
    def _written(self) -> pd.DataFrame:
        """The table with whole numbers as such, though some rows have none."""
        return self.table.astype({name: "Int64" for name in COUNTS if name in self.table})

    @cached_property
    def csv(self) -> bytes:
        """The table for a spreadsheet."""
        return self._written.to_csv(index=False, lineterminator="\n").encode("utf-8-sig")

    @cached_property
    def json(self) -> str:
        """The table as a list of JSON objects, one key a line, indented to stand in an object."""
        lines = ",\n  ".join(self._objects())
        return f"[\n  {lines}\n ]" if lines else "[]"

    def _objects(self) -> Iterator[str]:
        for start in range(0, len(self._written), _AT_ONCE):
            part = self._written.iloc[start : start + _AT_ONCE]
            for row in json.loads(part.to_json(orient="records", double_precision=15)):
                # Indenting is not in the encoder's fast half, and a row holds no lists.
                words = json.dumps(row, ensure_ascii=False, separators=(",\n   ", ": "))
                yield f"{{\n   {words[1:-1]}\n  }}"
