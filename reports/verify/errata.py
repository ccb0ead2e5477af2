"""Two editions of one report in, every number that changed between them out: what an errata page lists."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from reports.errors import ReportError
from reports.ledger import LEDGER
from reports.verify.outcome import DATA, carried_by

NONE = "\N{EN DASH}"
"""Printed for a number that one edition does not have."""
_JUDGED = ("verdict", "publish")


@dataclass(frozen=True)
class Correction:
    """One number, or one verdict, and what it was; `estimate` is empty for numbers of no estimate."""

    estimate: str
    column: str
    before: str
    after: str
    section: str
    pages: tuple[int, ...]
    """Of the new edition, or of the old one where the number is gone."""


@dataclass(frozen=True)
class Reissue:
    """A wave whose release is another one: number and fingerprint before and after, empty where none."""

    wave: str
    before: tuple[str, str]
    after: tuple[str, str]


@dataclass(frozen=True)
class Errata:
    """Everything that a reader of the old edition has to be told."""

    reissued: tuple[Reissue, ...]
    corrections: tuple[Correction, ...]


def errata(old: Path, new: Path) -> Errata:
    """What differs in printed numbers and verdicts; ReportError for reports of two studies or languages."""
    before, after = carried_by(old), carried_by(new)
    then, now = json.loads(before[DATA]), json.loads(after[DATA])
    _refuse_others(then, now)
    numbers = [
        *_corrected(_ledger(before, old), _ledger(after, new)),
        *_judged(then["estimates"], now["estimates"]),
    ]
    return Errata(tuple(_reissued(then["releases"], now["releases"])), tuple(numbers))


def _refuse_others(then: Mapping[str, Any], now: Mapping[str, Any]) -> None:
    said = []
    for name, of in (("study", _study), ("language", _language)):
        if of(then) != of(now):
            said.append(f"{name} {of(then)} and {of(now)}")
    if said:
        raise ReportError(
            f"expected two editions of one report in one language, found {', '.join(said)}: "
            "give the old and the new file of the same language"
        )


def _study(made_by: Mapping[str, Any]) -> str:
    return str(made_by["releases"][-1]["study"])


def _language(made_by: Mapping[str, Any]) -> str:
    return str(made_by["language"])


def _ledger(carried: Mapping[str, bytes], file: Path) -> list[dict[str, Any]]:
    if LEDGER not in carried:
        raise ReportError(
            f"{file}: expected a ledger of printed numbers ({LEDGER}) attached, found none: "
            "build the report again"
        )
    found: list[dict[str, Any]] = json.loads(carried[LEDGER])["numbers"]
    return found


def _corrected(before: Sequence[dict[str, Any]], after: Sequence[dict[str, Any]]) -> Iterator[Correction]:
    """Numbers of estimates by their ids, others by their order in the section; equal corrections once."""
    merged: dict[tuple[str, str, str, str, str], list[int]] = {}
    for old, new in [*_by_id(before, after), *_by_order(before, after)]:
        printed = (str(old["printed"]) if old else NONE, str(new["printed"]) if new else NONE)
        if printed[0] != printed[1]:
            line = new or old or {}
            section = str(line["id"]).partition("/")[0]
            key = (str(line.get("estimate", "")), str(line.get("column", "")), *printed, section)
            merged.setdefault(key, []).append(int(line["page"]))
    for key, pages in merged.items():
        yield Correction(*key, tuple(sorted(set(pages))))


Pairing = tuple[dict[str, Any] | None, dict[str, Any] | None]


def _by_id(before: Sequence[dict[str, Any]], after: Sequence[dict[str, Any]]) -> Iterator[Pairing]:
    old, new = ({line["id"]: line for line in lines if "estimate" in line} for lines in (before, after))
    for name in dict.fromkeys([*new, *old]):
        yield old.get(name), new.get(name)


def _by_order(before: Sequence[dict[str, Any]], after: Sequence[dict[str, Any]]) -> Iterator[Pairing]:
    """Dates, counts of fieldwork and the like have no estimate: they are compared in order in a section."""
    old, new = (_apart(lines) for lines in (before, after))
    for section in dict.fromkeys([*new, *old]):
        one, other = old.get(section, []), new.get(section, [])
        was, is_now = ([str(line["printed"]) for line in lines] for lines in (one, other))
        for kind, a, b, c, d in SequenceMatcher(None, was, is_now, autojunk=False).get_opcodes():
            if kind == "replace" and b - a == d - c:
                yield from zip(one[a:b], other[c:d], strict=True)
            elif kind != "equal":
                yield from ((line, None) for line in one[a:b])
                yield from ((None, line) for line in other[c:d])


def _apart(lines: Sequence[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for line in lines:
        if "estimate" not in line:
            found.setdefault(str(line["id"]).partition("/")[0], []).append(line)
    return found


def _judged(then: Sequence[Mapping[str, Any]], now: Sequence[Mapping[str, Any]]) -> Iterator[Correction]:
    """Verdicts, and figures that became printable or ceased to be."""
    old = {row["id"]: row for row in then}
    for row in now:
        before = old.get(row["id"])
        for column in _JUDGED if before else ():
            was, is_now = (str(each.get(column) or NONE) for each in (before or {}, row))
            if was != is_now:
                yield Correction(str(row["id"]), column, was, is_now, "", ())


def _reissued(then: Sequence[Mapping[str, Any]], now: Sequence[Mapping[str, Any]]) -> Iterator[Reissue]:
    old, new = (
        {str(each["wave"]): (str(each["release"]), str(each["fingerprint"])) for each in releases}
        for releases in (then, now)
    )
    for wave in dict.fromkeys([*old, *new]):
        if old.get(wave) != new.get(wave):
            yield Reissue(wave, old.get(wave, ("", "")), new.get(wave, ("", "")))
