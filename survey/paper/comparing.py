"""Two clerks' files in; every mismatch, every problem by its cell, and what both agree on to store out."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from survey.keys import WaveKey, seal
from survey.paper.cells import Column
from survey.paper.columns import DAY, LANGUAGE, question_of
from survey.paper.judging import Fault, Judged, Terms, judge
from survey.paper.reading import Cell, Sheet
from survey.redaction import redact
from survey.refusal import Reason
from survey.store.ballots import Answers
from survey.store.paper import Entry

Asked = Callable[[int], Terms | Reason]
"""A form's number -> what it is judged by, or why there is no such form."""
Corrections = Mapping[tuple[int, str], str]
"""(form, column) -> what the paper says."""
SEALED = "sealed"
"""What stands among the answers for words that are stored sealed."""


@dataclass(frozen=True)
class Mismatch:
    """One cell in which two clerks differ, or that has a problem in one file: what a supervisor looks up."""

    form: int
    column: str
    item: str
    first_cell: str
    first: str
    second_cell: str
    second: str
    question: str
    why: str = ""
    """Empty: they only differ."""


@dataclass(frozen=True)
class Comparison:
    """All that differs and all that is wrong."""

    forms: int
    cells: int
    """Cells that at least one clerk filled in, of the forms that both typed."""
    mismatches: tuple[Mismatch, ...]
    doubtful: tuple[Mismatch, ...]
    """Cells alike in both files that cannot stand."""
    problems: tuple[Reason, ...]

    @property
    def disagreement(self) -> float | None:
        """Share of cells in which the two differ."""
        return len(self.mismatches) / self.cells if self.cells else None

    def as_data(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            "forms": self.forms,
            "cells": self.cells,
            "disagreement": self.disagreement,
            "mismatches": [vars(found) for found in self.mismatches],
            "problems": [reason.as_dict() for reason in self.problems],
        }


@dataclass(frozen=True)
class Entering:
    """What may be stored once there is no problem."""

    forms: tuple["Agreed", ...]
    problems: tuple[Reason, ...]


@dataclass(frozen=True)
class Agreed:
    """One form in the words of both."""

    terms: Terms
    cells: Mapping[str, Cell]
    judged: Judged
    filled: int
    mismatches: int


def compare(
    first: Sheet, second: Sheet, columns: Mapping[str, Column], asked: Asked, language: str
) -> Comparison:
    """Everything at once. `language`: of the questions in words."""
    found: list[Mismatch] = []
    doubtful: list[Mismatch] = []
    problems = [*first.problems, *second.problems, *_lonely(first, second)]
    cells = 0
    for form, terms in _forms(first, second, asked, problems):
        rows = first.rows.get(form, {}), second.rows.get(form, {})
        faults = []
        for sheet, row in zip((first, second), rows, strict=True):
            if form in sheet.rows:
                faults.append(judge(terms, row, columns).faults)
                problems += [_reason(fault, form, row, sheet) for fault in faults[-1]]
        if form not in first.rows or form not in second.rows:
            continue
        cells += len(rows[0].keys() | rows[1].keys())
        differing = _differing(columns, *rows)
        say = _Saying(form, columns, terms, language)
        found += [say.mismatch(name, *rows) for name in differing]
        alike = {fault.column: fault for each in faults for fault in each if fault.column not in differing}
        doubtful += [say.mismatch(name, *rows, why=f"expected {f.expected}") for name, f in alike.items()]
    both = len(first.rows.keys() & second.rows.keys())
    return Comparison(both, cells, tuple(found), tuple(doubtful), tuple(problems))


def merge(
    first: Sheet, second: Sheet, columns: Mapping[str, Column], asked: Asked, corrections: Corrections
) -> Entering:
    """The forms with what both typed and, where they differ, what the paper says."""
    problems = [*first.problems, *second.problems, *_lonely(first, second)]
    problems += _strange(first, corrections)
    agreed = []
    for form, terms in _forms(first, second, asked, problems):
        if form not in first.rows or form not in second.rows:
            continue
        rows = first.rows[form], second.rows[form]
        differing = _differing(columns, *rows)
        open_ = [name for name in differing if (form, name) not in corrections]
        problems += [_undecided(form, columns[name], first, *rows) for name in open_]
        cells = _merged(form, columns, corrections, *rows)
        judged = judge(terms, cells, columns)
        if not open_:
            problems += [_reason(fault, form, cells, first) for fault in judged.faults]
        agreed.append(Agreed(terms, cells, judged, len(rows[0].keys() | rows[1].keys()), len(differing)))
    return Entering(tuple(agreed), tuple(problems))


def entry_of(agreed: Agreed, key: WaveKey, public_key: str) -> Entry:
    """The form as it is stored: words marked and sealed, the whole of it known again by its HMAC."""
    cells, judged = agreed.cells, agreed.judged
    content = {name: cell.text for name, cell in sorted(cells.items())}
    return Entry(
        form=agreed.terms.form,
        state=judged.state,
        language=cells[LANGUAGE].text,
        day=date.fromisoformat(cells[DAY].text),
        pages={number: _without_words(judged, number) for number in judged.pages},
        sealed={
            number: {name: seal(public_key, redact(text)) for name, text in words.items()}
            for number, words in judged.words.items()
        },
        content=key.content(json.dumps([agreed.terms.form, content], ensure_ascii=False)),
        cells=agreed.filled,
        mismatches=agreed.mismatches,
    )


def _without_words(judged: Judged, number: int) -> Answers:
    return {
        name: SEALED if name in judged.words[number] else value
        for name, value in judged.pages[number].items()
    }


def _forms(first: Sheet, second: Sheet, asked: Asked, problems: list[Reason]) -> Iterator[tuple[int, Terms]]:
    for form in sorted(first.rows.keys() | second.rows.keys()):
        terms = asked(form)
        if isinstance(terms, Terms):
            yield form, terms
            continue
        problems += [
            Reason(terms.expected, terms.found, terms.hint, sheet.places[form], terms.rule, sheet.file)
            for sheet in (first, second)
            if form in sheet.places
        ]


def _lonely(first: Sheet, second: Sheet) -> Iterator[Reason]:
    for here, there in ((first, second), (second, first)):
        for form in sorted(here.rows.keys() - there.rows.keys()):
            expected = f"form {form} in {there.file} too"
            hint = "let the other clerk type it, or delete the row"
            yield Reason(expected, "none", hint, here.places[form], "once_only", here.file)


def _differing(
    columns: Mapping[str, Column], first: Mapping[str, Cell], second: Mapping[str, Cell]
) -> list[str]:
    return [name for name in columns if _text(first, name) != _text(second, name)]


def _text(row: Mapping[str, Cell], name: str) -> str:
    return row[name].text if name in row else ""


def _merged(
    form: int,
    columns: Mapping[str, Column],
    corrections: Corrections,
    first: Mapping[str, Cell],
    second: Mapping[str, Cell],
) -> dict[str, Cell]:
    merged = {}
    for name, column in columns.items():
        said = corrections.get((form, name))
        if said is None or said == "first":
            cell = first.get(name)
        elif said == "second":
            cell = second.get(name)
        else:
            text = column.normal("" if said == "blank" else said)
            cell = Cell(text, f"correct, form {form}", column.unfit(text), said) if text else None
        if cell is not None:
            merged[name] = cell
    return merged


def _strange(first: Sheet, corrections: Corrections) -> Iterator[Reason]:
    for form in dict.fromkeys(form for form, _ in corrections):
        if form not in first.rows:
            yield Reason(
                f"a form of {first.file}", str(form), "delete the line", "--corrected", "unknown_form"
            )


def _undecided(form: int, column: Column, sheet: Sheet, *rows: Mapping[str, Cell]) -> Reason:
    here, there = (column.shown(_text(row, column.name)) or "nothing" for row in rows)
    hint = "look at the paper, write it into the list of tolqyn paper compare, and give that as --corrected"
    where = f"form {form}, {column.name}"
    return Reason("the same in both files", f"{here} and {there}", hint, where, "mismatch", sheet.file)


def _reason(fault: Fault, form: int, row: Mapping[str, Cell], sheet: Sheet) -> Reason:
    place = row[fault.column].place if fault.column in row else sheet.places[form]
    where = f"{place}, form {form}, {fault.column}"
    return Reason(fault.expected, fault.found, fault.hint, where, fault.rule, sheet.file)


@dataclass(frozen=True)
class _Saying:
    form: int
    columns: Mapping[str, Column]
    terms: Terms
    language: str

    def mismatch(
        self, name: str, first: Mapping[str, Cell], second: Mapping[str, Cell], why: str = ""
    ) -> Mismatch:
        """The cell in both files, without a respondent's words."""
        column = self.columns[name]
        return Mismatch(
            form=self.form,
            column=name,
            item=column.item,
            first_cell=first[name].place if name in first else "",
            first=column.shown(_text(first, name)),
            second_cell=second[name].place if name in second else "",
            second=column.shown(_text(second, name)),
            question=question_of(self.terms.questionnaire, column, self.language),
            why=why,
        )
