"""One small poll of two waves, its map as data, and writers for every format it may come in."""

import csv
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pyreadstat
import pytest
import yaml

from analysis import ImportedWave, ImportProblems, import_file
from instruments import FileProblem

COLUMNS = ("year", "report", "trust", "age", "town", "w", "region", "cluster")
ROWS: tuple[tuple[Any, ...], ...] = (
    (2019, 1, None, 34, "Алматы", 1.5, "A", 11),
    (2019, 2, None, 51, "Астана", 0.5, "A", 12),
    (2019, 8, None, 27, "Алматы", 1.0, "B", 13),
    (2019, 1, None, None, "Шымкент", 1.25, "B", 14),
    (2021, 1, 2, 44, "Алматы", 0.75, "A", 21),
    (2021, 98, 1, 29, "Астана", 2.0, "A", 22),
    (2021, 2, 3, 61, "Алматы", 1.0, "B", 23),
    (2021, 2, 98, 38, "Шымкент", 0.5, "B", 24),
)
TOWNS = {"Алматы": 1, "Астана": 2, "Шымкент": 3}
Rows = Sequence[Sequence[Any]]
Import = Callable[..., tuple[ImportedWave, ...]]


def poll_map() -> dict[str, Any]:
    """The map of the poll; tests change copies of it."""
    return {
        "study": "poll",
        "languages": ["en", "ru"],
        "title": {"en": "A poll", "ru": "Опрос"},
        "wave": {
            "column": "year",
            "dates": {"2019": ["2019-05-01", "2019-05-20"], "2021": "2021-06"},
            "mode": "capi",
            "sample": "probability",
        },
        "design": {"weight": "w", "strata": "region", "cluster": ["cluster"], "lonely_psu": "fail"},
        "variables": {
            "REPORT": {
                "from": "report",
                "label": {"en": "Would report", "ru": "Сообщил бы"},
                "codes": {"1": {"en": "Yes", "ru": "Да"}, "2": {"en": "No", "ru": "Нет"}},
                "missing": {"98": -1},
                "waves": {"2019": {"missing": {"8": -1}}},
            },
            "TRUST": {
                "from": "trust",
                "label": {"en": "Trust", "ru": "Доверие"},
                "level": "ordinal",
                "codes": {"1": "1", "2": "2", "3": "3"},
                "missing": {"98": -1},
            },
            "AGE": {
                "from": "age",
                "label": {"en": "Age", "ru": "Возраст"},
                "level": "interval",
                "blank": -5,
                "min": 18,
                "max": 110,
            },
            "TOWN": {
                "from": "town",
                "label": {"en": "Town", "ru": "Город"},
                "recode": TOWNS,
                "codes": {
                    "1": {"en": "Almaty", "ru": "Алматы"},
                    "2": {"en": "Astana", "ru": "Астана"},
                    "3": {"en": "Shymkent", "ru": "Шымкент"},
                },
            },
        },
    }


def write_map(folder: Path, data: dict[str, Any] | str) -> Path:
    """A map file from data, or from its text as it stands."""
    path = folder / "poll.yaml"
    text = data if isinstance(data, str) else yaml.safe_dump(data, allow_unicode=True, sort_keys=False)
    path.write_text(text, encoding="utf-8")
    return path


def write_csv(path: Path, rows: Rows = ROWS, *, encoding: str = "utf-8", delimiter: str = ",") -> Path:
    """A delimited file; None is a blank."""
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, delimiter=delimiter)
        writer.writerow(COLUMNS)
        writer.writerows(["" if value is None else value for value in row] for row in rows)
    return path


def write_xlsx(path: Path, rows: Rows = ROWS, *, sheets: Sequence[str] = ("Data",)) -> Path:
    """A workbook with the rows on its last sheet."""
    book = openpyxl.Workbook()
    book.active.title = sheets[0]
    for name in sheets[1:]:
        book.create_sheet(name)
    sheet = book[sheets[-1]]
    sheet.append(COLUMNS)
    for row in rows:
        sheet.append(list(row))
    book.save(path)
    return path


def as_frame(rows: Rows = ROWS) -> pd.DataFrame:
    """The rows with numeric columns as floats, as SPSS and Stata hold them."""
    frame = pd.DataFrame(rows, columns=COLUMNS)
    numeric = [name for name in COLUMNS if name not in ("town", "region")]
    return frame.astype(dict.fromkeys(numeric, float))


def write_sav(path: Path, rows: Rows = ROWS, **labels: Any) -> Path:
    """An SPSS file."""
    pyreadstat.write_sav(as_frame(rows), str(path), **labels)
    return path


def write_dta(path: Path, rows: Rows = ROWS, **labels: Any) -> Path:
    """A Stata file."""
    pyreadstat.write_dta(as_frame(rows), str(path), **labels)
    return path


WRITERS: dict[str, Callable[..., Path]] = {
    "csv": write_csv,
    "xlsx": write_xlsx,
    "sav": write_sav,
    "dta": write_dta,
}


@pytest.fixture
def the_map() -> dict[str, Any]:
    return poll_map()


@pytest.fixture
def rows() -> list[tuple[Any, ...]]:
    return list(ROWS)


@pytest.fixture
def writers() -> dict[str, Callable[..., Path]]:
    return WRITERS


@pytest.fixture
def make_map(tmp_path: Path) -> Callable[..., Path]:
    """Write a map and give its path."""
    return lambda data: write_map(tmp_path, data)


@pytest.fixture
def run(tmp_path: Path) -> Import:
    """Import the rows with the map, as CSV unless said otherwise."""

    def import_rows(data: dict[str, Any] | str, rows: Rows = ROWS, kind: str = "csv", **how: Any) -> Any:
        path = WRITERS[kind](tmp_path / f"poll.{kind}", rows, **how)
        return import_file(path, write_map(tmp_path, data))

    return import_rows


@pytest.fixture
def problems(run: Import) -> Callable[..., tuple[FileProblem, ...]]:
    """The problems an import is refused with."""

    def refused(*arguments: Any, **how: Any) -> tuple[FileProblem, ...]:
        with pytest.raises(ImportProblems) as caught:
            run(*arguments, **how)
        return caught.value.problems

    return refused
