"""Attached data of a file and the same made again in, every cell and line that differs out."""

import csv
import io
import json
import math
from collections.abc import Iterator, Mapping
from itertools import zip_longest
from typing import Any

from reports.ledger import LEDGER
from reports.verify.difference import Difference

_RELATIVE = 1e-9
"""Other versions of numerical libraries may differ in the last digits."""


def differing_data(
    file: Mapping[str, bytes], again: Mapping[str, bytes], *, exact: bool
) -> Iterator[Difference]:
    """Attachment by attachment; `exact` where the same code and libraries made both."""
    for name in dict.fromkeys([*again, *file]):
        if name not in file or name not in again:
            yield Difference(
                name, *(("attached", "none") if name in file else ("none", "attached")), "attachments"
            )
        elif file[name] != again[name]:
            yield from _differing(name, file[name], again[name], exact=exact)


def _differing(name: str, file: bytes, again: bytes, *, exact: bool) -> Iterator[Difference]:
    if name == LEDGER and not exact:
        return
    try:
        printed, recomputed = _cells(name, file), _cells(name, again)
    except (ValueError, KeyError, TypeError, IndexError, AttributeError):
        yield Difference(name, "not readable", "readable", name)
        return
    found = False
    for key in dict.fromkeys([*recomputed, *printed]):
        here, there = printed.get(key, "(none)"), recomputed.get(key, "(none)")
        if not _same(here, there, exact=exact) and (exact or not key.startswith(_MADE_BY)):
            found = True
            yield Difference(key, here, there, name)
    if exact and not found:
        yield Difference(name, "other bytes", "the same values", name)


_MADE_BY = ("code", "libraries", "software")


def _cells(name: str, content: bytes) -> dict[str, str]:
    """Every value of a file by the id and the column of its row."""
    if name.endswith(".csv"):
        rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
        return dict(_by_id([{str(k): v for k, v in row.items()} for row in rows]))
    if name.endswith(".json"):
        found = json.loads(content)
        lists = {key: value for key, value in found.items() if _is_table(value)}
        cells = {key: _text(value) for key, value in found.items() if key not in lists}
        for value in lists.values():
            cells.update(_by_id(value))
        return cells
    return {
        f"{name} line {number}": "".join(line)
        for number, line in enumerate(zip_longest(content.decode("latin-1").splitlines(), fillvalue=""), 1)
    }


def _is_table(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(row, dict) for row in value)


def _by_id(rows: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    seen: dict[str, int] = {}
    for row in rows:
        name = str(next((row[key] for key in ("id", "indicator", "wave") if key in row), "row"))
        seen[name] = seen.get(name, 0) + 1
        name = name if seen[name] == 1 else f"{name} ({seen[name]})"
        for column, value in row.items():
            yield f"{name} {column}", _text(value)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _same(here: str, there: str, *, exact: bool) -> bool:
    if here == there or exact:
        return here == there
    try:
        return math.isclose(float(here), float(there), rel_tol=_RELATIVE, abs_tol=1e-12)
    except ValueError:
        return False
