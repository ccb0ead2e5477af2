"""Columns in one language in; the bytes of an SPSS and of a Stata file out, without any clock in them."""

import re
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyreadstat

from analysis import WITHHELD
from instruments import Level
from reports.bundle.columns import Column
from reports.bundle.stata import with_notes
from reports.origin import Origin

MEASURES = {Level.NOMINAL: "nominal", Level.ORDINAL: "ordinal", Level.INTERVAL: "scale"}
LETTERS = dict(zip(range(-1, WITHHELD - 1, -1), "abcdefg", strict=True))
"""Stata's extended missing value of each code: .a don't know ... .f not reached, .g withheld."""
SPSS_LABEL, SPSS_VALUE_LABEL, STATA_LABEL = 255, 120, 80
"""Longest labels: bytes of SPSS, letters of Stata. The whole wording is in codebook and DDI file."""
SPSS_FILE_LABEL, SPSS_NOTE = 60, 80
"""Bytes of the file's label, and of one line of its document."""
RESERVED = frozenset(["ALL", "AND", "BY", "EQ", "GE", "GT", "LE", "LT", "NE", "NOT", "OR", "TO", "WITH"])
"""Words of SPSS's own language, which no variable may have as its name."""
_SPSS_CLOCK = slice(92, 109)
"""Where an SPSS header keeps day and time of writing."""
_STATA_CLOCK = re.compile(rb"(<timestamp>\x11).{17}")


@dataclass(frozen=True)
class Described:
    """What a file says of itself: a title, the ISO day written as its date, and where it comes from."""

    title: str
    day: str
    origin: Origin

    @property
    def label(self) -> str:
        """The title, after the mark of invented answers."""
        return f"{self.origin.mark} · {self.title}" if self.origin.mark else self.title


def to_sav(columns: Sequence[Column], about: Described) -> bytes:
    """SPSS: missing from -6 to -1 and -7, labels, measures; where it comes from as the file's document."""
    named = {spss_name(column.name): column for column in columns}
    frame = pd.DataFrame({name: column.values for name, column in named.items()})
    ranges = {
        name: [{"lo": -6, "hi": -1}, *([WITHHELD] if WITHHELD in column.missing else [])]
        for name, column in named.items()
        if column.missing
    }
    labels = {
        name: {code: _bytes(text, SPSS_VALUE_LABEL) for code, text in _labels(column).items()}
        for name, column in named.items()
        if _labels(column)
    }
    content = _written(
        pyreadstat.write_sav,
        frame,
        ".sav",
        file_label=_bytes(about.label, SPSS_FILE_LABEL),
        note=[part for line in about.origin.lines for part in _parts(line, SPSS_NOTE)],
        column_labels={name: _bytes(column.label, SPSS_LABEL) for name, column in named.items()},
        variable_value_labels=labels,
        missing_ranges=ranges,
        variable_measure={name: MEASURES[column.variable.level] for name, column in named.items()},
        variable_format={name: "F8.0" if column.whole else "F12.6" for name, column in named.items()},
        row_compress=True,
    )
    stamp = f"{pd.Timestamp(about.day):%d %b %y}00:00:00".encode()
    return content[: _SPSS_CLOCK.start] + stamp + content[_SPSS_CLOCK.stop :]


def to_dta(columns: Sequence[Column], about: Described) -> bytes:
    """Stata 15: missing kinds as .a to .g, labelled too; where it comes from as notes of the data."""
    frame = pd.DataFrame({column.name: _stata(column) for column in columns})
    labels = {
        column.name: {
            **column.codes,
            **{LETTERS[code]: text for code, text in column.missing.items() if _lettered(column)},
        }
        for column in columns
    }
    content = _written(
        pyreadstat.write_dta,
        frame,
        ".dta",
        file_label=_letters(about.label, STATA_LABEL),
        column_labels={column.name: _letters(column.label, STATA_LABEL) for column in columns},
        variable_value_labels={name: found for name, found in labels.items() if found},
        missing_user_values={
            column.name: [LETTERS[code] for code in column.missing] for column in columns if _lettered(column)
        },
        version=15,
    )
    stamp = f"{pd.Timestamp(about.day):%d %b %Y} 00:00".encode()
    return with_notes(_STATA_CLOCK.sub(lambda found: found[1] + stamp, content, count=1), about.origin.lines)


def spss_name(name: str) -> str:
    """The column's name in SPSS: its own, unless that is a word of the language."""
    return f"Q_{name}" if name.upper() in RESERVED else name


def _labels(column: Column) -> dict[int, str]:
    return {**column.codes, **column.missing}


def _lettered(column: Column) -> bool:
    """Whether any value is a missing kind: a column without one has no letters to declare."""
    return bool(np.isin(column.values, list(column.missing)).any())


def _stata(column: Column) -> pd.Series:
    """Numbers, with letters where an answer is missing; whole numbers of coded columns as integers."""
    whole = bool(column.codes) and column.whole
    if not _lettered(column):
        return pd.Series(column.values.astype(int) if whole else column.values)
    known = column.values.astype(int) if whole else column.values
    cells = [
        LETTERS[int(value)] if value in column.missing else item
        for value, item in zip(column.values.tolist(), known.tolist(), strict=True)
    ]
    return pd.Series(cells, dtype=object)


def _written(write: object, frame: pd.DataFrame, suffix: str, **how: object) -> bytes:
    """The library writes to a path only."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"data{suffix}"
        write(frame, path, **how)  # type: ignore[operator]
        return path.read_bytes()


def _bytes(text: str, most: int) -> str:
    """The text cut to so many bytes of UTF-8, with an ellipsis where it was."""
    if len(text.encode()) <= most:
        return text
    return text.encode()[: most - 3].decode(errors="ignore").rstrip() + "…"


def _parts(text: str, most: int) -> Iterator[str]:
    """The text in lines of so many bytes at most, ended between words where there is a place."""
    line = ""
    for word in text.split(" "):
        joined = f"{line} {word}" if line else word
        while len(joined.encode()) > most:
            cut = line or joined.encode()[:most].decode(errors="ignore")
            yield cut
            joined, line = joined[len(cut) :].lstrip(" "), ""
        line = joined
    yield line


def _letters(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
