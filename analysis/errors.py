"""Refusals of the analysis: problems come in, one exception that lists them all goes out."""

from collections.abc import Iterable

from instruments import FileProblem


class AnalysisError(Exception):
    """A refusal. `problems` holds one sentence each: what was found, where, and what to type instead."""

    problems: tuple[str | FileProblem, ...]

    def __init__(self, problems: str | Iterable[str]) -> None:
        self.problems = (problems,) if isinstance(problems, str) else tuple(problems)
        super().__init__("\n".join(self.problems))


class DataError(AnalysisError):
    """A frame that does not fit its codebook or design."""


class EstimationError(AnalysisError):
    """A figure that cannot be estimated as asked."""


class FileRefusal(AnalysisError):
    """A refusal about files; `problems` holds `FileProblem`s: file, line, path, rule, expected, found, hint."""

    def __init__(self, problems: Iterable[FileProblem]) -> None:
        listed = tuple(problems)
        super().__init__(str(problem) for problem in listed)
        self.problems = listed


class ReleaseError(FileRefusal):
    """A release folder that is absent or not as it was written."""


class ImportProblems(FileRefusal):
    """A data file or import map that cannot be used as it is."""
