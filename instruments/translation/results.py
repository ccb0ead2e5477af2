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
    taken: int = 0
    """Texts taken over word for word, which are translated in the instrument they come from."""


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
    taken: int = 0
    """Texts taken over word for word: not in the workbook, but among those that must be reviewed."""

    @property
    def changes_file(self) -> bool:
        """Whether the wording file would say anything else than it says now."""
        return not self.file.is_file() or self.file.read_text(encoding="utf-8") != self.content
