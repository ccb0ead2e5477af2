"""Whatever stands in a cell, no list that Tolqyn writes holds a formula, however it is opened."""

import csv
import io
import re
from datetime import date
from pathlib import Path

import pandas as pd
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from instruments import begins_as_formula, safe_row
from survey.cli.analyse.printing import as_csv
from survey.cli.files import write_links
from survey.console.listing import Column, as_file

BEGINS = st.sampled_from([*"=+-@|\t\r\n;,", "＝", "＋", "－", "＠", " =", '"=', ";=", "x;=", "\n+", '";@'])
COMMAND = st.sampled_from(["cmd|' /C calc'!A0", 'HYPERLINK("http://x")', "1+1", "SUM(A1)", "7", ""])
WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)
CELLS = st.builds(lambda *parts: "".join(parts), WORDS | st.just(""), BEGINS, COMMAND, WORDS)
NUMBERS = re.compile(r"-[\d.,;\te-]*")
EXAMPLES = settings(max_examples=100)


def cells_of(text: str) -> list[str]:
    """Every cell of a CSV text, as a reader of commas, of semicolons and of tabs takes it."""
    found = []
    for mark in ",;\t":
        for row in csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=mark):
            found += row
    return found


def harmful(text: str) -> list[str]:
    """Cells that would be computed; a negative number read by the wrong separator is none."""
    return [cell for cell in cells_of(text) if begins_as_formula(cell) and not NUMBERS.fullmatch(cell)]


@EXAMPLES
@given(st.lists(CELLS, min_size=1, max_size=4), st.integers(-5, 5))
def test_a_list_of_the_console_holds_none(cells: list[str], number: int) -> None:
    columns = [Column(str(n), cell, lambda row, n=n: row[n]) for n, cell in enumerate(cells)]
    columns += [Column("n", "n", lambda _: number), Column("d", "d", lambda _: date(2026, 1, 2))]
    with Flask(__name__).test_request_context():
        text = as_file([cells], columns, [column.title for column in columns], "list", "csv").data.decode()
        book = as_file([cells], columns, [column.title for column in columns], "list", "xlsx").data
    assert not harmful(text)
    assert str(number) in cells_of(text)
    sheet = load_workbook(io.BytesIO(book)).active
    for row in sheet.iter_rows():
        for cell in row:
            assert cell.data_type != "f"
            assert not isinstance(cell.value, str) or not begins_as_formula(cell.value)
    assert sheet.cell(2, len(cells) + 1).value == number


@EXAMPLES
@given(st.dictionaries(CELLS, CELLS, min_size=1, max_size=3), st.floats(-5, 5))
def test_a_table_of_an_analysis_holds_none_and_its_numbers_stay(cells: dict[str, str], number: float) -> None:
    text = as_csv(pd.DataFrame([{**cells, "estimate": number}]))
    assert not harmful(text)
    (*_, last) = csv.reader(io.StringIO(text, newline=""))
    assert float(last[-1]) == number


@EXAMPLES
@given(st.lists(CELLS | st.integers(0) | st.none(), min_size=1, max_size=5))
def test_a_row_of_any_list_holds_none_and_keeps_what_is_no_word(cells: list[object]) -> None:
    buffer = io.StringIO(newline="")
    csv.writer(buffer, lineterminator="\n").writerow(safe_row(cells))
    assert not harmful(buffer.getvalue())
    assert [c for c in safe_row(cells) if not isinstance(c, str)] == [
        c for c in cells if not isinstance(c, str)
    ]


def test_a_list_of_codes_holds_none(tmp_path: Path) -> None:
    write_links(tmp_path / "codes.csv", "https://x.example/i/", ["a" * 26, "b" * 26], "=cmd|' /C calc'!A0")
    assert not harmful((tmp_path / "codes.csv").read_text())


def test_a_number_that_is_a_word_is_not_computed_with_the_next_cell() -> None:
    assert safe_row(["-7", "0=1+1", -7]) == ("'-7", "0=1+1", -7)
    assert not harmful(as_csv(pd.DataFrame([{"-7": "-3", "0=1+1": 2.0}])))


def test_what_is_not_guarded_would_be_found() -> None:
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerow(["fine", "=1+1"])
    assert harmful(buffer.getvalue()) == ["=1+1"]
    assert harmful(pd.DataFrame({"a": ["@SUM(1)"]}).to_csv()) == ["@SUM(1)"]
