"""Margins files: a YAML or CSV path comes in, Targets or every problem with its place go out."""

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from analysis.errors import TargetsError
from analysis.weighting.targets import Cell, Margin, Targets
from instruments import Bounds, FileProblem, Source, read_source, weigh_file

_ROUNDING = 0.005
LARGEST = Bounds(size=2_000_000)


def read_targets(path: str | Path) -> Targets:
    """Targets from a file.

    YAML: `name`, `population`, `attribution`, and `margins`, each with `variables`, `source`, `date` and
    either `counts` or `shares` by code (crossed codes as "1,2"). CSV: columns margin, code, share or count,
    source, date. Shares must add up to 1 within 0.005 and are then scaled to 1. TargetsError lists every
    problem.
    """
    path = Path(path)
    raw, source, repeated = _read(path)
    problems = [
        *repeated,
        *(
            FileProblem(str(path), source.line(place) if source else 0, place, rule, expected, found, hint)
            for place, rule, expected, found, hint in _problems(raw)
        ),
    ]
    if problems:
        raise TargetsError(problems)
    return Targets(
        str(raw.get("name", path.stem)),
        tuple(_margin(margin) for margin in raw["margins"]),
        float(raw["population"]) if raw.get("population") is not None else None,
        str(raw.get("attribution", "")),
    )


def _read(path: Path) -> tuple[dict[str, Any], Source | None, list[FileProblem]]:
    """The file as plain data, where each part of a YAML file stands, and a CSV's rows that come twice."""
    if path.suffix == ".csv":
        raw, repeated = _from_csv(path, _text(path))
        return raw, None, repeated
    source = read_source(path)
    if source.problems:
        raise TargetsError(source.problems)
    return source.data, source, []


def _text(path: Path) -> str:
    try:
        if unfit := weigh_file(path, LARGEST):
            hint = "is this a file of margins?"
            problem = FileProblem(str(path), 0, "", unfit.rule, unfit.expected, unfit.found, hint)
            raise TargetsError([problem])
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        expected = f"a readable UTF-8 file ({error})"
        problem = FileProblem(str(path), 0, "", "readable", expected, "something else", "correct the file")
        raise TargetsError([problem]) from error


def _from_csv(path: Path, text: str) -> tuple[dict[str, Any], list[FileProblem]]:
    margins: dict[str, dict[str, Any]] = {}
    lines: dict[tuple[str, Cell | str], int] = {}
    repeated = []
    reader = csv.DictReader(text.splitlines())
    for row in _rows(reader, path):
        kind = "counts" if row.get("count") else "shares"
        name, code = row.get("margin") or "", row.get("code") or ""
        margin = margins.setdefault(
            name,
            {
                "variables": [part.strip() for part in name.split(",") if part.strip()],
                "source": row.get("source") or "",
                "date": row.get("date") or "",
                kind: {},
            },
        )
        first = lines.setdefault((name, _cell(code) or code), reader.line_num)
        if first != reader.line_num:
            found = f"code {code} again; it stands in line {first} already"
            hint = "remove one of the two lines, or correct its code"
            repeated.append(
                FileProblem(
                    str(path),
                    reader.line_num,
                    name,
                    "repeated-code",
                    "each code of a margin once",
                    found,
                    hint,
                )
            )
            continue
        margin.setdefault(kind, {})[code] = _number(row.get("count") or row.get("share") or "")
    return {"margins": list(margins.values())}, repeated


def _rows(reader: "csv.DictReader[str]", path: Path) -> Iterator[dict[str, str]]:
    try:
        yield from reader
    except csv.Error as error:
        expected, hint = "complete fields of at most 131,072 letters", "close the quotation mark"
        raise TargetsError(
            [FileProblem(str(path), reader.line_num, "", "csv-syntax", expected, str(error), hint)]
        ) from error


def _number(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


def _problems(raw: Mapping[str, Any]) -> Iterator[tuple[str, str, str, str, str]]:
    """Place, rule, expected, found, hint of each problem."""
    population = raw.get("population")
    if population is not None and not (isinstance(population, int | float) and population > 0):
        yield "population", "population", "a number above 0", repr(population), "write the number of people"
    margins = raw.get("margins")
    if not isinstance(margins, list) or not margins:
        yield "margins", "margins", "a list of margins", repr(margins)[:40], "write at least one margin"
        return
    for index, margin in enumerate(margins):
        yield from _margin_problems(margin, f"margins.{index}")


def _margin_problems(margin: Any, place: str) -> Iterator[tuple[str, str, str, str, str]]:
    if not isinstance(margin, dict):
        yield (
            place,
            "margin",
            "variables, source, date and counts or shares",
            repr(margin)[:40],
            "write a mapping",
        )
        return
    variables = margin.get("variables")
    if (
        not isinstance(variables, list)
        or not all(isinstance(name, str) for name in variables)
        or not variables
    ):
        yield (
            f"{place}.variables",
            "variables",
            "a list of columns",
            repr(variables),
            "write for example [sex]",
        )
        return
    for key in ("source", "date"):
        if not margin.get(key):
            yield f"{place}.{key}", key, f"the {key} of the figures", "nothing", "say who counted, and when"
    kinds = [kind for kind in ("counts", "shares") if margin.get(kind)]
    if len(kinds) != 1 or not isinstance(margin[kinds[0]], dict):
        yield (
            place,
            "cells",
            "either counts or shares by code",
            ", ".join(kinds) or "neither",
            "write one of them",
        )
        return
    yield from _cell_problems(margin[kinds[0]], len(variables), f"{place}.{kinds[0]}", kinds[0])


def _cell_problems(
    cells: Mapping[Any, Any], width: int, place: str, kind: str
) -> Iterator[tuple[str, str, str, str, str]]:
    sound = True
    seen: dict[Cell | str, Any] = {}
    for code, value in cells.items():
        first = seen.setdefault(_cell(code) or str(code), code)
        if first != code:
            sound = False
            found = f"{code!r} beside {first!r}"
            yield f"{place}.{code}", "repeated-code", "each code of a margin once", found, "remove one"
        if not (isinstance(value, int | float) and not isinstance(value, bool) and value >= 0):
            sound = False
            yield f"{place}.{code}", "value", "a number of 0 or more", repr(value), f"write its {kind[:-1]}"
        if _cell(code) is None or len(_cell(code) or ()) != width:
            sound = False
            expected = f"{width} whole-number codes" if width > 1 else "a whole-number code"
            yield f"{place}.{code}", "code", expected, repr(code), 'write 1, or "1,2" for crossed columns'
    whole = sum(cells.values()) if sound else 1
    if sound and (whole <= 0 or (kind == "shares" and abs(whole - 1) > _ROUNDING)):
        yield place, "sum", "shares adding up to 1", f"{whole:g}", "correct the shares, or write counts"


def _cell(code: Any) -> Cell | None:
    try:
        return tuple(int(part) for part in str(code).split(","))
    except ValueError:
        return None


def _margin(raw: Mapping[str, Any]) -> Margin:
    cells = raw.get("counts") or raw["shares"]
    whole = float(sum(cells.values()))
    shares = {_cell(code) or (): float(value) / whole for code, value in cells.items()}
    return Margin(tuple(raw["variables"]), shares, str(raw["source"]), str(raw["date"]))
