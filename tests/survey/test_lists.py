"""Lists that somebody made in a spreadsheet: what is not one says what it is instead."""

from pathlib import Path

import pytest

from survey.lists import read_rows
from survey.refusal import Refused

HINT = "columns: email, language"


def refused(path: Path, content: bytes) -> str:
    path.write_bytes(content)
    with pytest.raises(Refused) as caught:
        read_rows(path, HINT)
    (reason,) = caught.value.reasons
    return reason.found


def test_a_picture_under_a_lists_name_is_not_called_a_list_in_another_encoding(tmp_path: Path) -> None:
    assert refused(tmp_path / "codes.csv", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR") == "a file of another kind"
    assert refused(tmp_path / "codes.csv", "имя;язык\n".encode("cp1251")) == "another encoding"


def test_a_semicolon_and_a_mark_of_the_byte_order_are_taken(tmp_path: Path) -> None:
    path = tmp_path / "codes.csv"
    path.write_bytes("\ufeffemail;language\na@example.org;kk\n".encode())
    assert read_rows(path, HINT) == [(1, ["email", "language"]), (2, ["a@example.org", "kk"])]
