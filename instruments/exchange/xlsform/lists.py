"""Rows of the choices sheet in, lists of answers out."""

from dataclasses import dataclass
from pathlib import Path

from instruments.exchange.codes import MISSING_CODES, Choice, Coded, coded
from instruments.exchange.guard import refusal
from instruments.exchange.ledger import Ledger
from instruments.exchange.xlsform.cells import MARK, MEDIA, TRUE, Column, Row
from instruments.exchange.xlsform.words import Speaker
from instruments.problem import FileProblem


@dataclass(frozen=True)
class ChoiceRows:
    """The rows of one list."""

    name: str
    rows: tuple[Row, ...]


def read_lists(
    path: Path, choices: tuple[Row, ...], settings: tuple[Row, ...], problems: list[FileProblem]
) -> dict[str, ChoiceRows]:
    """The lists by name, in the order of the sheet."""
    found: dict[str, list[Row]] = {}
    repeats = any(row.get("allow_choice_duplicates").lower() in TRUE for row in settings)
    seen: dict[tuple[str, str], int] = {}
    for row in choices:
        place = f"choices row {row.number}"
        listed, name = row.get("list_name"), row.get("name")
        if not listed:
            hint = "Write the list's name in the column list_name."
            problems.append(refusal(path, "list", "the name of a list", "nothing", hint, place=place))
            continue
        if not name:
            hint = "Write a name or a number in the column name."
            problems.append(refusal(path, "name", "a name of the answer", "nothing", hint, place=place))
        elif (listed, name) in seen and not repeats:
            was = f"{name} again (first in row {seen[listed, name]})"
            hint = "Rename one, or write allow_choice_duplicates: yes in the sheet settings."
            problems.append(
                refusal(path, "duplicate_name", f"each name once in {listed}", was, hint, place=place)
            )
        seen.setdefault((listed, name), row.number)
        found.setdefault(listed, []).append(row)
    return {name: ChoiceRows(name, tuple(rows)) for name, rows in found.items()}


def code_list(listed: ChoiceRows, speaker: Speaker, ledger: Ledger) -> Coded:
    """The answers of a list with their codes; every row is accounted for."""
    first: dict[str, Row] = {}
    choices: dict[str, Choice] = {}
    for row in listed.rows:
        name = row.get("name")
        label = speaker.said(row, "label")
        if name in choices:
            _again(row, first[name], ledger)
            continue
        first[name] = row
        if not label:
            ledger.changed(row_key(row), f"no label; its name {name!r} stands there")
        mark = row.get(MARK)
        ledger.mapped((row.sheet, row.number, Column(MARK)))
        choices[name] = Choice(name, label or {speaker.source: name}, mark if mark in MISSING_CODES else "")
    given = coded(tuple(choices.values()))
    for name, row in first.items():
        code = given.codes[name]
        if code < 0:
            words = "don't know" if code == -1 else "refused"
            ledger.changed(row_key(row), f"{name} is offered as {words} (code {code}), outside the options")
        elif str(code) != name:
            ledger.changed(row_key(row), f"{name} has the code {code}")
        else:
            ledger.mapped(row_key(row))
    for row in listed.rows:
        for column in row.cells:
            if column.name not in ("list_name", "name", "label", MARK):
                why = "Tolqyn shows no media" if column.name in MEDIA else "only a choice_filter could use it"
                ledger.lost((row.sheet, row.number, column), why)
    return given


def row_key(row: Row) -> tuple[str, int]:
    """The inventory's key of a whole row."""
    return (row.sheet, row.number)


def _again(row: Row, first: Row, ledger: Ledger) -> None:
    """A second row of the same name: one answer here, because it is one value in the data."""
    ledger.changed(row_key(row), f"the same answer as row {first.number}: it stands once")
    for column, text in row.cells.items():
        key = (row.sheet, row.number, column)
        if first.cells.get(column) == text:
            ledger.mapped(key)
        elif column.name == "label":
            ledger.lost(key, f"row {first.number} has other words for {row.get('name')}")


def take_inventory(rows: tuple[Row, ...], ledger: Ledger) -> None:
    """Every row and every cell of the choices sheet; list and name belong to the row itself."""
    for row in rows:
        ledger.note(
            row_key(row), "option", f"choices row {row.number}", f"{row.get('list_name')} {row.get('name')}"
        )
        for column, text in row.cells.items():
            if column.name not in ("list_name", "name"):
                kind = "text" if column.name == "label" else "other"
                ledger.note((row.sheet, row.number, column), kind, row.place(column), text)
