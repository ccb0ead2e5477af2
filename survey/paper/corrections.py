"""The list of mismatches as CSV out, the same with what the paper says in: corrections by form and column."""

import csv
import os
from collections.abc import Mapping
from pathlib import Path

from instruments import harmless
from survey.lists import read_records
from survey.paper.cells import WHOLE, Column
from survey.paper.columns import FORM
from survey.paper.comparing import Comparison, Mismatch
from survey.refusal import Reason, Refused

HEAD = ("form", "column", "first cell", "first", "second cell", "second", "why", "question", "correct")
TAKEN = ("first", "second", "blank")
"""Words that may stand for a value: that clerk's, or nothing at all."""


def write_list(path: Path, found: Comparison) -> int:
    """Write what is to be looked up on paper; how many lines. Raises Refused when the file exists."""
    lines = [*found.mismatches, *found.doubtful]
    lines.sort(key=lambda line: line.form)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        hint = "name another --out: it may hold corrections"
        raise Refused(Reason("a new file", "one that exists", hint, path=str(path))) from error
    with os.fdopen(descriptor, "w", newline="", encoding="utf-8-sig") as file:
        writer = csv.writer(file)
        writer.writerow(HEAD)
        writer.writerows(_row(line) for line in lines)
    return len(lines)


def read_corrections(
    path: Path | None, columns: Mapping[str, Column]
) -> tuple[dict[tuple[int, str], str], list[Reason]]:
    """(form, column) -> what the paper says, without the undecided; every line that cannot be used."""
    if path is None:
        return {}, []
    hint = "begin with the file that tolqyn paper compare --out writes"
    header, rows = read_records(path, hint)
    if absent := [name for name in ("form", "column", "correct") if name not in header]:
        raise Refused(Reason(f"the columns {', '.join(absent)}", "none", hint, "row 1", "csv", path.name))
    found: dict[tuple[int, str], str] = {}
    problems = []
    for line, row in rows:
        form, name, correct = (row[key].strip() for key in ("form", "column", "correct"))
        if not correct:
            continue
        fault = _fault(form, name, correct, columns)
        if fault is None and (int(form), name) in found:
            fault = Reason("one line a cell", f"form {form}, {name} again", "delete one")
        if fault is not None:
            problems.append(
                Reason(fault.expected, fault.found, fault.hint, f"line {line}", "correction", path.name)
            )
            continue
        found[int(form), name] = correct
    return found, problems


def _fault(form: str, name: str, correct: str, columns: Mapping[str, Column]) -> Reason | None:
    if not WHOLE.fullmatch(form):
        return Reason("a form's number", form or "nothing")
    if name not in columns or name == FORM:
        return Reason("a column of the template", name or "nothing")
    column = columns[name]
    expected = "" if correct in TAKEN else column.unfit(column.normal(correct))
    return Reason(f"{expected}; or first, second, blank", column.shown(correct)) if expected else None


def _row(line: Mismatch) -> tuple[str, ...]:
    cells = (line.first_cell, line.first, line.second_cell, line.second, line.why, line.question, "")
    return (str(line.form), line.column, *map(harmless, cells))
