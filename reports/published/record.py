"""What one publication says of whom: plain values in, the line of the register out, and back."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from analysis import KeyGroup, KeyStep

EVERYBODY = ""
"""In place of a grouping's name: the whole wave."""
KEY = "rows:"
"""Before the name of a key's column of public rows: no grouping of a questionnaire is called so."""
Answer = tuple[int, ...]
"""The codes a figure adds up: one, those of a net, or none where it is a mean."""


@dataclass(frozen=True)
class Table:
    """One statistic of one variable by one grouping in one wave: what is shown of it and what is kept back.

    `variable` may be empty: the people themselves (microdata, counts). `secret`: hidden for the sake of
    people, not because it is uncertain.
    """

    wave: str
    statistic: str
    variable: str
    column: str
    groups: tuple[int, ...]
    """Codes of the grouping; one zero for everybody."""
    bases: tuple[int, ...]
    """Answers in each group, not rounded."""
    answers: tuple[Answer, ...]
    shown: tuple[tuple[bool, ...], ...]
    """A line an answer, a place a group."""
    secret: tuple[tuple[bool, ...], ...]

    @property
    def key(self) -> tuple[str, str, str, str]:
        return self.wave, self.statistic, self.variable, self.column


Cell = tuple[str, str, str, str, int, Answer]
"""Wave, statistic, variable, grouping, group, answer."""


def cells_of(table: Table) -> Iterator[tuple[Cell, bool, bool]]:
    """Each figure: whether it is shown, and whether it is kept back for people's sake."""
    for answer, shown, secret in zip(table.answers, table.shown, table.secret, strict=True):
        for group, seen, kept in zip(table.groups, shown, secret, strict=True):
            yield (*table.key, group, answer), seen, kept


@dataclass(frozen=True)
class Given:
    """The public rows of a wave: their keys at the detail they have there, and the columns beside them."""

    wave: str
    keys: tuple[KeyStep, ...]
    variables: tuple[str, ...]


@dataclass(frozen=True)
class Publication:
    """One set of figures that left, or will leave, the office."""

    study: str
    kind: str
    """`report`, `site`, `factsheet`, `tiles`, `bundle`."""
    edition: str
    """What it is called: the wave of a report, the number of a site's edition."""
    languages: tuple[str, ...]
    releases: Mapping[str, Mapping[str, Any]]
    """By wave: release, fingerprint, rows."""
    tables: tuple[Table, ...]
    day: str = ""
    number: int = 0
    """Its place in the register; 0 before it is there."""
    given: tuple[Given, ...] = ()
    """Rows of answers that are public with it, a wave each."""
    plan: str | None = None
    """Fingerprint of the tracking plan that judged its changes, empty without one; None: not written down."""
    choices: str | None = None
    """Likewise of what a specification chose to be judged together (`spec.choices`)."""

    @property
    def latest(self) -> str:
        """Its latest wave: releases stand in time order."""
        return list(self.releases)[-1]

    @property
    def name(self) -> str:
        """As people call it."""
        return (
            f"publication {self.number} ({self.kind} {self.edition})" if self.number else "this publication"
        )

    @property
    def cells(self) -> tuple[int, int]:
        """How many figures are shown, and how many kept back."""
        shown = sum(sum(line) for table in self.tables for line in table.shown)
        every = sum(len(line) for table in self.tables for line in table.shown)
        return shown, every - shown

    def same_as(self, other: "Publication") -> bool:
        """Whether both say the same of the same releases."""
        return replace(self, day="", number=0) == replace(other, day="", number=0)


def is_key(column: str) -> bool:
    """Whether a grouping is a key of public rows."""
    return column.startswith(KEY)


def joined(tables: Iterable[Table]) -> tuple[Table, ...]:
    """Tables of the same statistic, variable, grouping and wave as one; what one of them shows is shown."""
    found: dict[tuple[str, str, str, str], Table] = {}
    for table in tables:
        found[table.key] = _joined(found[table.key], table) if table.key in found else table
    return tuple(found.values())


def _joined(one: Table, other: Table) -> Table:
    groups = tuple(dict.fromkeys([*one.groups, *other.groups]))
    answers = tuple(dict.fromkeys([*one.answers, *other.answers]))
    bases = dict(zip(other.groups, other.bases, strict=True)) | dict(zip(one.groups, one.bases, strict=True))
    cells = [_cells(one), _cells(other)]

    def line(answer: Answer, which: int) -> tuple[bool, ...]:
        return tuple(any(each.get((answer, g), (False, False))[which] for each in cells) for g in groups)

    return replace(
        one,
        groups=groups,
        bases=tuple(bases[group] for group in groups),
        answers=answers,
        shown=tuple(line(answer, 0) for answer in answers),
        secret=tuple(line(answer, 1) for answer in answers),
    )


def _cells(table: Table) -> dict[tuple[Answer, int], tuple[bool, bool]]:
    return {
        (answer, group): (shown, secret)
        for answer, *lines in zip(table.answers, table.shown, table.secret, strict=True)
        for group, shown, secret in zip(table.groups, *lines, strict=True)
    }


def written(publication: Publication) -> dict[str, Any]:
    """The publication as JSON takes it; marks of cells as strings of 0 and 1, so that a line stays short."""
    return {
        "study": publication.study,
        "kind": publication.kind,
        "edition": publication.edition,
        "day": publication.day,
        "languages": list(publication.languages),
        "releases": {wave: dict(release) for wave, release in publication.releases.items()},
        "tables": [
            {
                "wave": table.wave,
                "statistic": table.statistic,
                "variable": table.variable,
                "column": table.column,
                "groups": list(table.groups),
                "bases": list(table.bases),
                "answers": [list(answer) for answer in table.answers],
                "shown": [_bits(line) for line in table.shown],
                "secret": [_bits(line) for line in table.secret],
            }
            for table in publication.tables
        ],
        "order": list(publication.releases),
        **({"plan": publication.plan} if publication.plan is not None else {}),
        **({"choices": publication.choices} if publication.choices is not None else {}),
        **({"given": [_written_rows(rows) for rows in publication.given]} if publication.given else {}),
    }


def _written_rows(given: Given) -> dict[str, Any]:
    keys = [
        {
            "column": key.column,
            "name": key.name,
            "groups": {str(group.code): list(group.values) for group in key.groups},
            "at": list(key.edges),
        }
        for key in given.keys
    ]
    return {"wave": given.wave, "keys": keys, "variables": list(given.variables)}


def read(raw: Mapping[str, Any], number: int) -> Publication:
    """The publication that was written."""
    return Publication(
        study=raw["study"],
        kind=raw["kind"],
        edition=raw["edition"],
        languages=tuple(raw["languages"]),
        releases={wave: raw["releases"][wave] for wave in _order(raw)},
        tables=tuple(_table(each) for each in raw["tables"]),
        day=raw["day"],
        number=number,
        given=tuple(_rows(each) for each in raw.get("given", ())),
        plan=raw.get("plan"),
        choices=raw.get("choices"),
    )


def _order(raw: Mapping[str, Any]) -> list[str]:
    """Waves in time order. A line's names stand by the alphabet; before an order was written, all but sites
    were called by their latest wave."""
    if "order" in raw:
        return [str(wave) for wave in raw["order"]]
    latest = raw["edition"] if raw["kind"] != "site" else None
    return sorted(raw["releases"], key=lambda wave: wave == latest)


def _rows(raw: Mapping[str, Any]) -> Given:
    keys = tuple(
        KeyStep(
            key["column"],
            key["name"],
            groups=tuple(KeyGroup(int(code), {}, tuple(of)) for code, of in key["groups"].items()),
            edges=tuple(key["at"]),
        )
        for key in raw["keys"]
    )
    return Given(raw["wave"], keys, tuple(raw["variables"]))


def _table(raw: Mapping[str, Any]) -> Table:
    return Table(
        wave=raw["wave"],
        statistic=raw["statistic"],
        variable=raw["variable"],
        column=raw["column"],
        groups=tuple(raw["groups"]),
        bases=tuple(raw["bases"]),
        answers=tuple(tuple(answer) for answer in raw["answers"]),
        shown=tuple(_marks(line) for line in raw["shown"]),
        secret=tuple(_marks(line) for line in raw["secret"]),
    )


def _bits(line: Iterable[bool]) -> str:
    return "".join("1" if each else "0" for each in line)


def _marks(line: str) -> tuple[bool, ...]:
    return tuple(each == "1" for each in line)


def dumped(content: Mapping[str, Any]) -> bytes:
    """The bytes of a line, the same for the same content."""
    return (json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n").encode()
