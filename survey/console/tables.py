"""A wave's tables as `tolqyn results tables` listed them in, a list to sort, filter and take away out.

Whole waves and groups, what is too small kept back already; no rows of answers, and nothing is estimated.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Response

from survey.config import LANGUAGES
from survey.console import exporting, forms, words
from survey.console.frame import NAMES, page, t
from survey.console.listing import Column, Wanted, listed
from survey.console.room import room
from survey.console.shelf import shelved

FORMAT = 1


@dataclass(frozen=True)
class Figure:
    """One figure with its base and its interval."""

    variable: str
    table: str
    answer: str
    group: str
    text: str
    number: float | None
    base: str
    counted: float | None
    interval: str


@dataclass(frozen=True)
class Tables:
    """The figures of one wave in one language, and of which releases they are."""

    language: str
    figures: tuple[Figure, ...]
    groups: tuple[str, ...]
    """What is told apart, in words."""
    fingerprints: Mapping[str, str]
    """Of the release of each wave that they are made of."""


NONE = Tables("", (), (), {})


def tables(study: str, wave: str) -> Response:
    """The list."""
    found, kept = shelved(study, wave)
    content = read(room().config.tables, study, wave, t().language)
    latest = kept[0].release if kept else None
    return page(
        "tables",
        study=study,
        name=wave,
        wave=found,
        listing=listed(content.figures, columns(), Wanted.read()),
        groups=content.groups,
        other="" if content.language in ("", t().language) else NAMES[content.language],
        stale=bool(content.figures and latest and content.fingerprints.get(wave) != latest.fingerprint),
        released=bool(kept),
        export=forms.Export(),
    )


def export_tables(study: str, wave: str) -> Response:
    """The list as a file."""
    shelved(study, wave)
    content = read(room().config.tables, study, wave, t().language)
    return exporting.export("tables", content.figures, columns())


def columns() -> tuple[Column, ...]:
    """Of the list of figures; files have numbers where the page has words."""
    everybody = t().gettext(words.say("Everybody"))
    return (
        Column("table", words.say("Question or indicator"), lambda row: row.table),
        Column("variable", words.say("Variable"), lambda row: row.variable),
        Column("answer", words.say("Answer"), lambda row: row.answer),
        Column("group", words.say("Group"), lambda row: row.group or everybody),
        Column(
            "figure", words.say("Figure"), lambda row: row.text, exact=lambda row: _or(row.number, row.text)
        ),
        Column("interval", words.say("95% interval"), lambda row: row.interval),
        Column(
            "base",
            words.say("Answers (n)"),
            lambda row: row.base,
            exact=lambda row: _or(row.counted, row.base),
        ),
    )


def _or(number: float | None, text: str) -> float | int | str:
    if number is None:
        return text
    return int(number) if number == int(number) else number


def read(place: Path, study: str, wave: str, language: str) -> Tables:
    """In the visitor's language, or the next that there is; nothing where none are listed."""
    for code in (language, *LANGUAGES):
        try:
            raw = json.loads((place / study / wave / f"{code}.json").read_bytes())
        except OSError:
            continue
        if raw.get("format") == FORMAT:
            releases = {name: each["fingerprint"] for name, each in raw["releases"].items()}
            return Tables(code, _figures(raw["cells"]), tuple(raw.get("groups", {}).values()), releases)
    return NONE


def _figures(cells: list[dict[str, Any]]) -> tuple[Figure, ...]:
    """Bases and intervals beside the figures they belong to."""
    beside: dict[tuple[str, str, str], dict[str, list[dict[str, Any]]]] = {}
    for cell in cells:
        if cell["kind"] in ("base", "interval"):
            beside.setdefault(_place(cell), {}).setdefault(cell["kind"], []).append(cell)
    found = []
    for cell in cells:
        if cell["kind"] in ("base", "interval"):
            continue
        own = {} if cell["kind"] == "change" else beside.get(_place(cell), {})
        base = own.get("base", [{"text": "", "mark": "", "number": None}])[0]
        interval = cell.get("interval") or " – ".join(each["text"] for each in own.get("interval", ()))
        found.append(
            Figure(
                cell["variable"],
                cell["table"],
                cell["answer"],
                cell["group"],
                _marked(cell),
                cell["number"],
                _marked(base),
                base["number"],
                interval,
            )
        )
    return tuple(found)


def _place(cell: Mapping[str, Any]) -> tuple[str, str, str]:
    return cell["variable"], cell["by"], cell["group"]


def _marked(cell: Mapping[str, Any]) -> str:
    return f"{cell['text']}{cell['mark']}"
