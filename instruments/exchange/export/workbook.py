"""A questionnaire in, an XLSForm workbook and the report of what maps out; pyxform must convert it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from instruments.exchange.export.inventory import take_inventory
from instruments.exchange.export.rows import add_battery, add_companion, add_item, add_splits
from instruments.exchange.export.sheets import Row, Sheets
from instruments.exchange.guard import refusal
from instruments.exchange.ledger import Ledger, Report
from instruments.exchange.plain import UNWRITABLE
from instruments.problem import InstrumentError
from instruments.questionnaire import Module, Questionnaire

NAMES = {
    "en": "English",
    "ru": "Русский",
    "kk": "Қазақша",
    "uz": "Oʻzbekcha",
    "de": "Deutsch",
    "fr": "Français",
}
SURVEY = (
    "type",
    "name",
    "label",
    "hint",
    "required",
    "relevant",
    "constraint",
    "calculation",
    "appearance",
    "parameters",
    "tolqyn",
)
CHOICES = ("list_name", "name", "label", "tolqyn")
TRANSLATED = ("label", "hint")


def export_xlsform(questionnaire: Questionnaire, path: Path) -> Report:
    """Write the workbook. Raises InstrumentError when it exists, cannot be written or pyxform refuses it."""
    if path.suffix.lower() != ".xlsx" or path.exists():
        found = "one that exists" if path.exists() else path.name
        problem = refusal(path, "file", "a new file ending in .xlsx", found, "Name another file.")
        raise InstrumentError([problem])
    ledger = Ledger()
    take_inventory(questionnaire, ledger)
    sheets = Sheets(questionnaire, ledger)
    add_splits(sheets)
    for module in questionnaire.modules.values():
        _module(sheets, module)
    for name in questionnaire.texts:
        ledger.lost(("text", name), "the other program has words of its own") if ledger.open(
            ("text", name)
        ) else None
    _write(questionnaire, sheets, path)
    said = _convert(path)
    return Report(
        source=f"{questionnaire.name} {questionnaire.version}",
        format="to XLSForm",
        files=(str(path),),
        entries=tuple(ledger.entries()),
        unruled=tuple(sheets.unruled),
        validation=said,
    )


def _module(sheets: Sheets, module: Module) -> None:
    """A group, with a group shown together for each of its pages."""
    ledger = sheets.ledger
    ledger.note(("module", module.id), "group", f"modules.{module.id}", module.id)
    sheets.survey.append({"type": "begin_group", "name": f"{module.id}_part", "label": module.title})
    _text(sheets, module.before, f"{module.id}_before")
    for number, page in enumerate(module.pages, start=1):
        _page(sheets, f"{module.id}_page{number}", page)
    _text(sheets, module.after, f"{module.id}_after")
    sheets.survey.append({"type": "end_group"})
    ledger.mapped(("module", module.id))


def _text(sheets: Sheets, name: str | None, note: str) -> None:
    if name and name in sheets.questionnaire.texts:
        sheets.survey.append({"type": "note", "name": note, "label": sheets.questionnaire.texts[name]})
        sheets.ledger.changed(("text", name), f"a note, {note}")


def _page(sheets: Sheets, name: str, page: tuple[str, ...]) -> None:
    questionnaire = sheets.questionnaire
    loose = [entry for entry in page if entry not in questionnaire.batteries]
    # A battery is a group of its own already; a page of one question needs no group.
    grouped = len(loose) > 1 and len(loose) == len(page)
    if grouped:
        sheets.survey.append({"type": "begin_group", "name": name, "appearance": "field-list"})
    for entry in page:
        if entry in questionnaire.batteries:
            add_battery(sheets, questionnaire.batteries[entry])
        elif entry in questionnaire.items:
            add_item(sheets, questionnaire.items[entry])
            add_companion(sheets, questionnaire.items[entry])
    if grouped:
        sheets.survey.append({"type": "end_group"})


def _write(questionnaire: Questionnaire, sheets: Sheets, path: Path) -> None:
    from openpyxl import Workbook

    spelled = {code: f"{NAMES.get(code, code)} ({code})" for code in questionnaire.languages}
    source = questionnaire.source_language
    ordered = {code: spelled[code] for code in [source, *(c for c in spelled if c != source)]}
    book = Workbook()
    survey = book.active
    survey.title = "survey"
    _fill(survey, SURVEY, sheets.survey, ordered)
    listed = [{"list_name": name, **row} for name, rows in sheets.choices.items() for row in rows]
    _fill(book.create_sheet("choices"), CHOICES, listed, ordered)
    settings: Row = {
        "form_title": questionnaire.title.get(source, questionnaire.name),
        "form_id": questionnaire.name,
        "version": questionnaire.version,
        "default_language": spelled[source],
    }
    _fill(book.create_sheet("settings"), tuple(settings), [settings], {})
    try:
        book.save(path)
    except OSError as error:
        found = error.strerror or "an error"
        problem = refusal(path, "file", "a file that can be written", found, "Check the folder.")
        raise InstrumentError([problem]) from error


def _fill(sheet: Any, columns: tuple[str, ...], rows: list[Row], languages: dict[str, str]) -> None:
    used = [
        column for column in columns if any(row.get(column) for row in rows) or column in ("type", "name")
    ]
    headers = list(_headers(used, languages))
    for place, (column, language) in enumerate(headers, start=1):
        sheet.cell(1, place, f"{column}::{languages[language]}" if language else column)
    for number, row in enumerate(rows, start=2):
        for place, (column, language) in enumerate(headers, start=1):
            value = row.get(column, "")
            words = (value.get(language, "") if isinstance(value, dict) else "") if language else value
            if words:
                cell = sheet.cell(number, place, UNWRITABLE.sub("", str(words)))
                # Words that begin with = are words, not a formula.
                cell.data_type = "s"


def _headers(columns: list[str], languages: dict[str, str]) -> Iterator[tuple[str, str]]:
    for column in columns:
        if column in TRANSLATED:
            yield from ((column, language) for language in languages)
        else:
            yield column, ""


def _convert(path: Path) -> tuple[str, ...]:
    """What pyxform says of the file; a file it cannot convert is taken away again and refused."""
    from pyxform.errors import PyXFormError
    from pyxform.xls2xform import convert

    said: list[str] = []
    try:
        convert(xlsform=path, warnings=said)
    except PyXFormError as error:
        path.unlink()
        hint = "This is a fault of the export; please report it with the instrument."
        problem = refusal(path, "xlsform", "a form that pyxform converts", str(error), hint)
        raise InstrumentError([problem]) from error
    return tuple(" ".join(words.split()) for words in said)
