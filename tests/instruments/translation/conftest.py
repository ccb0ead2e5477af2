"""An instrument of the library to translate, and a translator at her workbook."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from instruments import export_sheet, library_path

Edit = Callable[..., None]


@pytest.fixture
def copied(tmp_path: Path) -> Callable[[str], Path]:
    """A copy of an instrument of the library; its structure file."""

    def copy(name: str) -> Path:
        path = library_path(name)
        folder = Path(shutil.copytree(path.parent, tmp_path / name))
        return folder / path.name

    return copy


@pytest.fixture
def violence(copied: Callable[[str], Path]) -> Path:
    return copied("kz_dv_attitudes")


@pytest.fixture
def sheet(tmp_path: Path, violence: Path) -> Path:
    """The workbook for its Kazakh words."""
    return export_sheet(violence, "kk", tmp_path / "kk.xlsx").file


@pytest.fixture
def retyped() -> Callable[..., Path]:
    """The translator types into cells: {key: {column letter: value}}."""

    def type_in(file: Path, cells: dict[str, dict[str, Any]]) -> Path:
        book = load_workbook(file)
        texts = book.worksheets[1]
        lines = {row[0].value: row[0].row for row in texts.iter_rows(min_row=2)}
        for key, values in cells.items():
            for letter, value in values.items():
                texts[f"{letter}{lines[key]}"] = value
        book.save(file)
        return file

    return type_in


@pytest.fixture
def edit() -> Callable[[Path, str, str], None]:
    """Replace one piece of text in a file."""

    def replace(path: Path, old: str, new: str) -> None:
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times"
        path.write_text(text.replace(old, new), encoding="utf-8")

    return replace
