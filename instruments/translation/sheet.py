"""An instrument's texts in, a translator's workbook out: instructions, one row a text, locked but hers."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill, Protection
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from instruments.problem import FileProblem, InstrumentError
from instruments.questionnaire import Reuse
from instruments.spreadsheet import begins_as_formula
from instruments.translation.context import Context
from instruments.translation.faults import linted, too_long
from instruments.translation.results import Exported
from instruments.translation.texts import Place, open_for, places, taken_over
from instruments.translation.words import COLUMNS, say
from instruments.wording import placeholders

FORMAT = "1"
ABOUT = "tolqyn"
"""Name of the hidden sheet that says what the workbook is."""
HERS = ("translation", "status", "reviewer", "date")
"""The columns in which a translator writes."""
WIDTHS = (30, 48, 48, 44, 10, 22, 11, 20, 13, 30)
STATES = ("draft", "reviewed")


def write_sheet(path: Path, to: str, out: Path, shown: str = "") -> Exported:
    """Write the workbook for translating the instrument at `path` into `to`, from the words in `shown`.

    Raises InstrumentError when the instrument or the languages do not fit, or `out` is no .xlsx file.
    """
    if out.suffix.lower() != ".xlsx":
        problem = FileProblem(str(out), 0, "--out", "file", "a name ending in .xlsx", out.name, "Rename it.")
        raise InstrumentError([problem])
    assembly = open_for(path, to, shown)
    content = assembly.content
    rows = places(assembly, to, shown)
    marked = _warnings(rows, linted(assembly, to), to)
    context = Context(content, to, shown or content.source_language)
    about = {
        "format": FORMAT,
        "instrument": content.name,
        "version": content.version,
        "to": to,
        "from": shown or content.source_language,
    }
    book = Workbook()
    _front(book.active, about, content.reuse)
    sheet = book.create_sheet(say("sheet_texts", to))
    _fill(sheet, to, [(place, context.of(place.path), marked.get(place.path, "")) for place in rows])
    _write_about(book.create_sheet(ABOUT), about)
    book.active = 1
    out.parent.mkdir(parents=True, exist_ok=True)
    book.save(out)
    empty = sum(not place.words for place in rows)
    return Exported(out, len(rows), empty, len(marked), len(taken_over(assembly, to, rows)))


def _warnings(rows: Iterable[Place], found: Iterable[FileProblem], to: str) -> dict[str, str]:
    rows = tuple(rows)
    marked: dict[str, list[str]] = {}
    for place in rows:
        if not place.words:
            marked.setdefault(place.path, []).append(say("warn_empty", to))
        if place.in_source:
            marked.setdefault(place.path, []).append(say("warn_in_source", to))
        if place.stale:
            marked.setdefault(place.path, []).append(say("warn_stale", to, who=place.stale))
    for path, length in too_long(rows, to).items():
        marked.setdefault(path, []).append(say("warn_long", to, n=length))
    for problem in found:
        marked.setdefault(problem.path, []).append(say("warn_found", to, found=problem.found))
    known = {place.path for place in rows}
    return {path: "\n".join(lines) for path, lines in marked.items() if path in known}


def _front(sheet: Any, about: Mapping[str, str], other: Reuse | None) -> None:
    to = about["to"]
    sheet.title = say("sheet_front", to)
    sheet["A1"] = say("front_title", to, instrument=about["instrument"], version=about["version"])
    sheet["A1"].font = Font(bold=True, size=14)
    lines = [say(f"step_{number}", to) for number in range(1, 6)]
    lines += [say("taken", to, other=f"{other.instrument} {other.version}")] if other else []
    for number, line in enumerate(lines, start=3):
        sheet.cell(number, 1, line if number > 7 else f"{number - 2}. {line}")
        sheet.cell(number, 1).alignment = Alignment(wrap_text=True, vertical="top")
    sheet.column_dimensions["A"].width = 100
    sheet.protection.sheet = True


def _fill(sheet: Any, to: str, rows: list[tuple[Place, str, str]]) -> None:
    head, open_fill = PatternFill("solid", fgColor="DDE7EA"), PatternFill("solid", fgColor="FFF8E1")
    for number, name in enumerate(COLUMNS, start=1):
        cell = sheet.cell(1, number, say(name, to))
        cell.font, cell.fill = Font(bold=True), head
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        sheet.column_dimensions[get_column_letter(number)].width = WIDTHS[number - 1]
    for number in (len(COLUMNS) + 1, len(COLUMNS) + 2):
        sheet.column_dimensions[get_column_letter(number)].hidden = True
    for line, (place, where, warning) in enumerate(rows, start=2):
        values = _values(place, to, where, warning)
        for number, name in enumerate(COLUMNS, start=1):
            cell = _put(sheet, line, number, values[name])
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            if name in HERS:
                cell.protection, cell.fill = Protection(locked=False), open_fill
        _put(sheet, line, len(COLUMNS) + 1, place.sha)
        _put(sheet, line, len(COLUMNS) + 2, place.mark)
    sheet.freeze_panes = "C2"
    sheet.protection.sheet = True
    sheet.protection.formatColumns = sheet.protection.formatRows = False
    _validate(sheet, len(rows) + 1, to)


def _values(place: Place, to: str, where: str, warning: str) -> dict[str, str | int]:
    return {
        "key": place.path,
        "source": place.shown,
        "translation": place.words,
        "context": where,
        "limit": place.limit(to),
        "fills": "  ".join(f"{{{name}}}" for name in placeholders(place.source or place.shown)),
        "status": STATES[bool(place.reviewed_by)],
        "reviewer": place.reviewed_by,
        "date": place.reviewed_on,
        "warnings": warning,
    }


def _put(sheet: Any, line: int, column: int, value: str | int) -> Any:
    """Text stays text, whatever letter it begins with."""
    if isinstance(value, int):
        return sheet.cell(line, column, value)
    cell = sheet.cell(line, column)
    if value:
        cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)
        cell.data_type = "s"
        cell.quotePrefix = begins_as_formula(value)
    cell.number_format = "@"
    return cell


def _validate(sheet: Any, last: int, to: str) -> None:
    letter = get_column_letter(COLUMNS.index("status") + 1)
    states = DataValidation(type="list", formula1=f'"{",".join(STATES)}"', allow_blank=False)
    states.error, states.errorTitle = " / ".join(STATES), say("status", to)
    states.showErrorMessage = True
    sheet.add_data_validation(states)
    states.add(f"{letter}2:{letter}{max(last, 2)}")


def _write_about(sheet: Any, about: Mapping[str, str]) -> None:
    for number, (key, value) in enumerate(about.items(), start=1):
        sheet.cell(number, 1, key)
        _put(sheet, number, 2, value)
    sheet.sheet_state = "hidden"
    sheet.protection.sheet = True
