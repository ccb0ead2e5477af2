"""Refusals of the analysis: problems come in, one exception that lists them all goes out."""

import difflib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from instruments import FileProblem


@dataclass(frozen=True)
class Setting:
    """A setting that a message names. Python writes `name=value or value`; another surface in its own words.

    `of`: whose it is, where several have one of that name. `written`: the value as Python writes it, where
    it is no literal.
    """

    name: str
    values: tuple[Any, ...] = ()
    of: str = ""
    written: str = ""

    def __str__(self) -> str:
        found = self.written or " or ".join(
            f"{value:g}" if isinstance(value, float) else repr(value) for value in self.values
        )
        return f"{self.name}={found}"


def setting(name: str, *values: Any, of: str = "", written: str = "") -> Setting:
    """A setting with the values to type or that were found."""
    return Setting(name, values, of, written)


class Said(str):
    """A message of words and settings: text as Python's user reads it, and `spelled` for any other."""

    parts: tuple[str | Setting, ...]

    def __new__(cls, *parts: str | Setting) -> "Said":
        found = super().__new__(cls, "".join(map(str, parts)))
        found.parts = parts
        return found

    def spelled(self, spell: Callable[[Setting], str]) -> str:
        """The message with every setting as `spell` writes it."""
        return "".join(spell(part) if isinstance(part, Setting) else str(part) for part in self.parts)


class AnalysisError(Exception):
    """A refusal. `problems` holds one sentence each: what was found, where, and what to type instead."""

    problems: tuple[Any, ...]

    def __init__(self, problems: str | Iterable[str]) -> None:
        self.problems = (problems,) if isinstance(problems, str) else tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


class DataError(AnalysisError):
    """A frame that does not fit its codebook or design."""


class EstimationError(AnalysisError):
    """A figure that cannot be estimated as asked."""


class FilesError(AnalysisError):
    """A refusal about files; `problems` holds `FileProblem`s."""

    def __init__(self, problems: Iterable[FileProblem]) -> None:
        listed = tuple(problems)
        super().__init__(str(problem) for problem in listed)
        self.problems = listed


class TargetsError(FilesError):
    """A file of population margins that cannot be used as it is."""


class RulesError(FilesError):
    """A file of publication rules that cannot be used as it is."""


class PlanError(FilesError):
    """A tracking plan that cannot be used as it is."""


class MicrodataError(FilesError):
    """A microdata specification that cannot be used, or a release that cannot be published by it."""


class ReleaseError(FilesError):
    """A release folder that is absent or not as it was written."""


class ImportProblems(FilesError):  # noqa: N818 - it lists problems, it is not one
    """A data file or import map that cannot be used as it is."""


MOST_LISTED = 12


def unknown_name(kind: str, name: str, names: Sequence[str]) -> str:
    """A message that lists a dozen names, the nearest first, or of more the nearest alone."""
    listed = [str(known) for known in names]
    near = difflib.get_close_matches(str(name), listed, n=3, cutoff=0.4)
    rest = [known for known in listed if known not in near]
    shown = near + rest if len(listed) <= MOST_LISTED else near or listed[:5]
    return f"no {kind} {name!r}: type one of {', '.join(shown)}"
