"""What translating gives back: a workbook written, a workbook compared."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Exported:
    """What an export wrote."""

    file: Path
    texts: int
    empty: int
    warnings: int


@dataclass(frozen=True)
class Change:
    """One text that the workbook changes."""

    path: str
    old: str
    new: str


@dataclass(frozen=True)
class Imported:
    """A sound workbook against the files at hand; nothing is written until `write_wording`."""

    file: Path
    """The wording file."""
    language: str
    changes: tuple[Change, ...]
    texts: int
    empty: int
    reviewed: Mapping[str, Mapping[str, str]]
    status: str
    content: str
    """What the wording file will hold."""
    words: Mapping[str, str]
