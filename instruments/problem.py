"""What is wrong and what to write instead: with one answer (`Problem`) or with a file (`FileProblem`)."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field


@dataclass(frozen=True)
class Problem:
    """Why an answer was not accepted; the face that shows it finds the words for `code`."""

    code: str
    params: Mapping[str, int | str] = field(default_factory=dict)


@dataclass(frozen=True)
class FileProblem:
    """One thing wrong in a file. `path` is the dotted place in it, `line` counts from 1 (0: not known)."""

    file: str
    line: int
    path: str
    rule: str
    expected: str
    found: str
    hint: str

    def as_json(self) -> dict[str, str | int]:
        """The problem as JSON-ready data."""
        return asdict(self)

    def __str__(self) -> str:
        place = ":".join(part for part in (self.file, str(self.line) if self.line else "") if part)
        return (
            f"{place}: {self.path}: expected {self.expected}; found {self.found}. {self.hint} [{self.rule}]"
        )


class InstrumentError(ValueError):
    """An instrument cannot be used; `problems` holds everything wrong with it, in file order."""

    def __init__(self, problems: Iterable[FileProblem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda p: (p.file, p.line, p.path, p.rule)))
        super().__init__("\n".join(map(str, self.problems)))
