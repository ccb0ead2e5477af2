"""A wave's questionnaire in, an empty workbook or CSV for one clerk out: a row a form, a column a box."""

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from instruments import Questionnaire
from survey.paper.cells import Column
from survey.paper.columns import DAY, FORM, LANGUAGE, STOPPED, question_of
from survey.paper.reading import SHEET, address
from survey.refusal import Reason, Refused

LISTS, ABOUT = "lists", "read me"
ROWS = 1_000
"""Rows with drop-downs; more may be typed."""
LONGEST_COMMENT = 900
STEPS = (
    "One clerk, one file: two clerks type every form, and neither sees the other's file.",
    "One row a form. Codes are the small numbers beside the boxes; where each box has a column, 1 is a tick.",
    "Type -1 and -2 where don't know and refused are ticked. Leave a cell empty where there is no answer, "
    "and where the form's instructions lead past the question.",
    f"{FORM}, and the codes beside it, stand on the form's first page.",
    f"{STOPPED}: only if the interview was broken off: the name of the last question that was asked.",
    "Words are typed as they stand on paper. Leave out names: whoever reads the file could know the person.",
    "Keep the file on this computer; delete it when the forms are entered.",
)
FIXED_WORDS = {
    FORM: "The number on the form's first page.",
    DAY: "The day on which the person was asked, as 2027-05-31 or 31.05.2027.",
    LANGUAGE: "The language in which the person was asked.",
    STOPPED: "Only of a broken-off interview: the last question that was asked.",
}


def write_template(
    path: Path,
    questionnaire: Questionnaire,
    columns: Mapping[str, Column],
    language: str,
    forms: Sequence[int] = (),
) -> None:
    """Write the file; `forms`: numbers filled in already. Raises Refused: another type, an existing file."""
    ending = path.suffix.lower()
    if ending not in (".xlsx", ".csv"):
        hint = f"--out {path.stem}.xlsx"
        raise Refused(Reason("a name ending in .xlsx or .csv", path.name, hint, path="--out"))
    made = _csv(columns, forms) if ending == ".csv" else _workbook(questionnaire, columns, language, forms)
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("xb") as file:
            path.chmod(0o600)
            file.write(made)
    except FileExistsError as error:
        hint = "name another --out: it may hold a clerk's work"
        raise Refused(Reason("a new file", "one that exists", hint, path=str(path))) from error


def comment_of(questionnaire: Questionnaire, column: Column, language: str) -> str:
    """The question, what may be typed, and the codes with their words."""
    lines = [question_of(questionnaire, column, language) or FIXED_WORDS.get(column.name, "")]
    lines += [f"{code} = {label.get(language, '')}" for code, label in column.options if not column.part]
    lines += [
        f"{code} = {questionnaire.missing_labels[kind].get(language, '')}"
        for kind in questionnaire.missing_labels
        if (code := int(kind)) in column.codes
    ]
    if column.sort in ("digits", "words", "day") or column.low is not None:
        lines.append(column.expected)
    return "\n".join(line for line in lines if line)[:LONGEST_COMMENT]


def _csv(columns: Mapping[str, Column], forms: Sequence[int]) -> bytes:
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(columns)
    writer.writerows([form, *([""] * (len(columns) - 1))] for form in forms)
    return file.getvalue().encode("utf-8-sig")


def _workbook(
    questionnaire: Questionnaire, columns: Mapping[str, Column], language: str, forms: Sequence[int]
) -> bytes:
    from openpyxl import Workbook  # noqa: PLC0415  loads with the first workbook

    book = Workbook()
    sheet = book.active
    sheet.title = SHEET
    lists = book.create_sheet(LISTS)
    last = max(ROWS, len(forms)) + 1
    for place, column in enumerate(columns.values(), start=1):
        _head(sheet, place, column, comment_of(questionnaire, column, language))
        _restrict(sheet, lists, place, column, last)
        if column.sort in ("digits", "words", "choice", "day"):
            for line in range(2, last + 1):
                # As text: a spreadsheet would drop a first 0 and turn words into formulas.
                sheet.cell(line, place).number_format = "@"
    for line, form in enumerate(forms, start=2):
        sheet.cell(line, 1, form)
    sheet.freeze_panes = "B2"
    lists.sheet_state = "hidden"
    _about(book.create_sheet(ABOUT))
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def _head(sheet: Any, place: int, column: Column, words: str) -> None:
    from openpyxl.comments import Comment  # noqa: PLC0415
    from openpyxl.styles import Font, PatternFill  # noqa: PLC0415
    from openpyxl.utils import get_column_letter  # noqa: PLC0415

    cell = sheet.cell(1, place, column.name)
    cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="DDE7EA")
    if words:
        cell.comment = Comment(words, "Tolqyn", height=180, width=320)
    width = 30 if column.sort == "words" else max(8, len(column.name) + 2)
    sheet.column_dimensions[get_column_letter(place)].width = width


def _restrict(sheet: Any, lists: Any, place: int, column: Column, last: int) -> None:
    """A drop-down or a range; whoever pastes over it meets the same when the files are compared."""
    from openpyxl.utils import get_column_letter  # noqa: PLC0415
    from openpyxl.worksheet.datavalidation import DataValidation  # noqa: PLC0415

    if column.sort in ("digits", "words"):
        longest = max([column.length, *(len(str(code)) for code in column.codes)])
        rule = DataValidation(type="textLength", operator="lessThanOrEqual", formula1=str(longest))
    elif column.sort == "day":
        return
    elif column.low is not None:
        # A spreadsheet knows one range: it reaches down to the missing codes.
        low, high = min([column.low, *column.codes]), max([column.high or 0, *column.codes])
        rule = DataValidation(type="whole", operator="between", formula1=str(low), formula2=str(high))
    else:
        entries = list(column.choices) if column.sort == "choice" else sorted(column.codes, key=_missing_last)
        for line, entry in enumerate(entries, start=1):
            lists.cell(line, place, entry)
        letter = get_column_letter(place)
        rule = DataValidation(type="list", formula1=f"{LISTS}!${letter}$1:${letter}${len(entries)}")
    rule.allow_blank, rule.showErrorMessage = True, True
    rule.errorTitle, rule.error = column.name[:30], column.expected[:250]
    sheet.add_data_validation(rule)
    rule.add(f"{address(place, 2)}:{address(place, last)}")


def _missing_last(code: int) -> tuple[bool, int]:
    return code < 0, code


def _about(sheet: Any) -> None:
    for number, line in enumerate(STEPS, start=1):
        sheet.cell(number, 1, f"{number}. {line}")
    sheet.column_dimensions["A"].width = 120
