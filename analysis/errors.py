"""Refusals of the analysis: problems come in, one exception that lists them all goes out."""

from collections.abc import Iterable
from typing import Any

from instruments import FileProblem


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


class ReleaseError(FilesError):
    """A release folder that is absent or not as it was written."""


class ImportProblems(FilesError):  # noqa: N818 - it lists problems, it is not one
    """A data file or import map that cannot be used as it is."""
