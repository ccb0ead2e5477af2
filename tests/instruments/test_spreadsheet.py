"""Cells of lists that Tolqyn writes: nothing a spreadsheet would compute, and plain words as they are."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instruments import harmless

SIGNS = "=+-@|＝＋－＠"


@pytest.mark.parametrize("sign", [*SIGNS, "\t", "\r"])
@pytest.mark.parametrize("before", ["", " ", "\u00a0"])
def test_a_cell_that_begins_like_a_formula_gets_an_apostrophe(sign: str, before: str) -> None:
    assert harmless(f"{before}{sign}cmd()") == f"'{before}{sign}cmd()"


@pytest.mark.parametrize("cell", ["0", "12", "3,5", "2027-05-31", "words - more", "a; b", ""])
def test_plain_words_stay_as_they_are(cell: str) -> None:
    assert harmless(cell) == cell


@pytest.mark.parametrize("cell", ["-1+1", "-1;=2", "--1", "-x", "-", "-1", "-3,5"])
def test_a_word_that_reads_like_a_negative_number_does_not(cell: str) -> None:
    assert harmless(cell) != cell


def computed(cell: str) -> bool:
    """Whether a spreadsheet that overlooks white space and quotes would compute it."""
    return cell.strip(' \t\r\n"').startswith(tuple(SIGNS))


@given(st.text(alphabet="ab1 ;,\"'\t\r\n" + SIGNS, max_size=30))
def test_no_formula_begins_whichever_sign_the_spreadsheet_takes_for_the_separator(words: str) -> None:
    file = io.StringIO()
    csv.writer(file).writerow(("OPEN1", harmless(words)))
    read = file.getvalue()
    for separator in (",", ";", "\t"):
        for row in csv.reader(io.StringIO(read, newline=""), delimiter=separator):
            assert not [cell for cell in row[1:] if computed(cell)], (separator, words)
    # A program that knows no quotes cuts at every semicolon and line.
    for line in read.removeprefix("OPEN1,").splitlines():
        assert not [cell for cell in line.split(";") if computed(cell)], words


def test_without_the_guard_words_with_a_semicolon_would_be_computed() -> None:
    assert computed(["it was so", "=1+1"][1])
    assert harmless("it was so;=1+1") == "it was so;'=1+1"
