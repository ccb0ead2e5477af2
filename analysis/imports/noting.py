"""Where problems of one file are gathered: a place and words come in, `FileProblem`s in file order go out."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from instruments import FileProblem

Path = tuple[str, ...]


@dataclass
class Notes:
    """The problems found so far in one file; `line` gives the line of a path.

    `data`: the file's, so that a place in a list is told as people count, from 1.
    """

    file: str
    line: Callable[[Path], int]
    problems: list[FileProblem] = field(default_factory=list)
    data: Any = None

    def add(self, path: Path, rule: str, expected: str, found: str, hint: str = "") -> None:
        """Note one problem at a path."""
        self.problems.append(
            FileProblem(self.file, self.line(path), ".".join(self._told(path)), rule, expected, found, hint)
        )

    def _told(self, path: Path) -> list[str]:
        """The path with places in lists counted from 1."""
        told, here = [], self.data
        for part in path:
            if isinstance(here, list) and part.isdigit():
                told.append(str(int(part) + 1))
                here = here[int(part)] if int(part) < len(here) else None
            else:
                told.append(part)
                here = here.get(part) if isinstance(here, dict) else None
        return told

    def in_order(self) -> tuple[FileProblem, ...]:
        """Every problem once, by line."""
        return tuple(sorted(dict.fromkeys(self.problems), key=lambda problem: (problem.line, problem.path)))
