"""An XLSForm workbook in, a merged document and the report out."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from instruments.exchange.codes import Coded
from instruments.exchange.draft import Draft, Raw, document_of, unruled_of
from instruments.exchange.ledger import CodeRow, Ledger, Report
from instruments.exchange.names import Identifiers, Languages, identifier, instrument_name
from instruments.exchange.plain import plain
from instruments.exchange.xlsform.cells import TRANSLATED, Column
from instruments.exchange.xlsform.lists import ChoiceRows, code_list, read_lists, row_key, take_inventory
from instruments.exchange.xlsform.placed import Placing
from instruments.exchange.xlsform.placing import place_items
from instruments.exchange.xlsform.survey import Structure, read_structure
from instruments.exchange.xlsform.words import Speaker, speaker_of
from instruments.exchange.xlsform.workbook import Workbook, read_workbook
from instruments.problem import FileProblem, InstrumentError

RULES = ("relevant", "constraint", "required", "choice_filter", "calculation", "trigger", "repeat_count")
OWN = ("type", "name")
USED_SETTINGS = ("form_title", "form_id", "version", "default_language", "allow_choice_duplicates")


def import_xlsform(path: Path, name: str, languages: Languages) -> tuple[dict[str, Any], Report]:
    """The document and the report. Raises InstrumentError with all problems of the form."""
    book = read_workbook(path)
    ledger = Ledger()
    problems: list[FileProblem] = []
    lists = read_lists(path, book.choices, book.settings, problems)
    structure = read_structure(path, book.survey, frozenset(lists))
    problems += structure.problems
    try:
        speaker = speaker_of(book, languages, ledger)
    except InstrumentError as error:
        raise InstrumentError([*problems, *error.problems]) from error
    if problems:
        raise InstrumentError(problems)
    _inventory(book, structure, ledger)
    draft = _draft(book, name, speaker, ledger)
    used = _used(structure)
    codes = {listed: code_list(rows, speaker, ledger) for listed, rows in lists.items() if listed in used}
    _unused(lists, used, ledger)
    names = Identifiers()
    scales = _scales(draft, structure, codes)
    place_items(Placing(draft, structure, codes, scales, speaker, names))
    if draft.split_pages:
        ledger.added.append(
            f"pages: {draft.split_pages} further ones, because a rule looks back to earlier pages only"
        )
    document = document_of(draft)
    report = Report(
        source=str(path),
        format="XLSForm",
        files=(),
        entries=tuple(ledger.entries()),
        renamed=tuple(names.renamed.items()),
        codes=tuple(_code_rows(codes, speaker.source)),
        added=tuple(ledger.added),
        unruled=unruled_of(draft),
        validation=_validation(book),
    )
    return document, report


def _inventory(book: Workbook, structure: Structure, ledger: Ledger) -> None:
    """Every row and every cell of the form, before anything is decided."""
    groups = {group.row.number for group in structure.groups} | {row.number for row in structure.ends}
    for row in book.survey:
        kind = "group" if row.number in groups else "question"
        name = row.get("name") or row.get("type")
        ledger.note(row_key(row), kind, f"survey row {row.number}", f"{row.get('type')} {name}")
        for column, text in row.cells.items():
            if column.name not in OWN:
                ledger.note((row.sheet, row.number, column), _kind(column), row.place(column), text)
    for row in structure.ends:
        ledger.mapped(row_key(row))
    for row in structure.disabled:
        for key in (row_key(row), *((row.sheet, row.number, column) for column in row.cells)):
            ledger.lost(key, "the form has switched it off")
    take_inventory(book.choices, ledger)
    for row in book.settings:
        for column, text in row.cells.items():
            ledger.note(
                (row.sheet, row.number, column), "setting", row.place(column), f"{column.name} = {text}"
            )
    for cell in book.loose:
        place = f"{cell.sheet} row {cell.row}, column {cell.column}"
        ledger.note(("loose", place), "other", place, cell.text)
        ledger.lost(("loose", place), "its column has no header")
    for sheet, rows in book.others:
        size = f"{rows} rows" if rows >= 0 else "not read"
        ledger.note(("sheet", sheet), "other", f"sheet {sheet}", size)
        ledger.lost(("sheet", sheet), "no sheet that Tolqyn reads")


def _kind(column: Column) -> str:
    if column.name in TRANSLATED:
        return "text"
    return "rule" if column.name in RULES else "other"


def _draft(book: Workbook, name: str, speaker: Speaker, ledger: Ledger) -> Draft:
    def setting(wanted: str) -> str:
        return next((row.get(wanted) for row in book.settings if row.get(wanted)), "")

    title = plain(setting("form_title") or setting("form_id") or book.path.stem, markdown=True)
    for row in book.settings:
        for column in row.cells:
            if column.name in USED_SETTINGS:
                ledger.mapped((row.sheet, row.number, column))
            elif column.name == "style":
                ledger.lost((row.sheet, row.number, column), "Tolqyn lays out its pages itself")
    return Draft(
        name=name or instrument_name(setting("form_id") or book.path.stem),
        version=setting("version") or "1",
        languages=list(speaker.languages),
        source=speaker.source,
        ledger=ledger,
        title={speaker.source: title.text},
    )


def _used(structure: Structure) -> frozenset[str]:
    return frozenset(question.list for question in structure.questions if question.list)


def _unused(lists: Mapping[str, ChoiceRows], used: frozenset[str], ledger: Ledger) -> None:
    for listed, rows in lists.items():
        if listed not in used:
            for row in rows.rows:
                ledger.lost(row_key(row), "no question uses its list")
                for column in row.cells:
                    ledger.lost((row.sheet, row.number, column), "no question uses its list")


def _scales(draft: Draft, structure: Structure, codes: Mapping[str, Coded]) -> dict[str, str]:
    """List -> scale, for lists that two or more questions share; the draft gets the scales."""
    plain_use = [q.list for q in structure.questions if q.kind == "single" and not q.other]
    names: dict[str, str] = {}
    for listed in dict.fromkeys(plain_use):
        if plain_use.count(listed) > 1:
            base = identifier(listed)
            made = base if base not in draft.scales else f"{base[:28]}_{len(draft.scales)}"
            names[listed] = made
            options: Raw = {str(code): dict(label) for code, label in codes[listed].options}
            draft.scales[made] = {"level": "nominal", "options": options}
    return names


def _code_rows(codes: Mapping[str, Coded], source: str) -> list[CodeRow]:
    rows = []
    for listed, given in codes.items():
        labels = {code: label.get(source, "") for code, label in given.options}
        allowed = {-1: "dont_know", -2: "refused"}
        for name, code in given.codes.items():
            label = labels.get(code) or given.allow.get(allowed.get(code, ""), {}).get(source, "")
            rows.append(CodeRow(listed, name, code, label))
    return rows


def _validation(book: Workbook) -> tuple[str, ...]:
    """What pyxform says when it makes an XForm of the form: warnings, and the error it stops at."""
    from pyxform.xls2xform import convert

    said: list[str] = []
    try:
        convert(xlsform=dict(book.raw), warnings=said)
    except Exception as error:  # whatever stops it is its message about the form
        said.append(f"pyxform cannot convert the form: {str(error).strip() or type(error).__name__}")
    return tuple(" ".join(words.split()) for words in said)
