"""Where problems of one file are gathered: a place and words come in, `FileProblem`s in file order go out."""

from collections.abc import Callable
from dataclasses import dataclass, field

from instruments import FileProblem

Path = tuple[str, ...]


@dataclass
class Notes:
    """The problems found so far in one file; `line` gives the line of a path."""

    file: str
    line: Callable[[Path], int]
    problems: list[FileProblem] = field(default_factory=list)

    def add(self, path: Path, rule: str, expected: str, found: str, hint: str = "") -> None:
        """Note one problem at a path."""
        self.problems.append(
            FileProblem(self.file, self.line(path), ".".join(path), rule, expected, found, hint)
        )

    def in_order(self) -> tuple[FileProblem, ...]:
        """Every problem once, by line."""
        return tuple(sorted(dict.fromkeys(self.problems), key=lambda problem: (problem.line, problem.path)))
