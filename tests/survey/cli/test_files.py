"""Files that commands write: of one that could not be written nothing stays; the same may be typed again."""

from pathlib import Path

import pytest

from instruments import nothing_half
from survey.cli.files import new_file, write_links
from survey.refusal import Refused


def test_a_list_of_codes_that_does_not_fit_on_the_disk_leaves_nothing(
    tmp_path: Path, small_files: None
) -> None:
    path = tmp_path / "codes.csv"
    with pytest.raises(OSError, match="File too large") as caught:
        write_links(path, "https://opinion.example.org/s/a", ["A" * 26] * 50)
    assert caught.value.filename == str(path)
    assert not path.exists()


def test_a_file_that_was_there_stays_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "codes.csv"
    path.write_text("mine")
    with pytest.raises(Refused, match="one that exists"), new_file(path, "--out"):
        pass
    assert path.read_text() == "mine"


def test_another_fault_keeps_its_name_and_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_text("begun")
    with pytest.raises(ZeroDivisionError), nothing_half(path):
        raise ZeroDivisionError
    assert path.exists()
