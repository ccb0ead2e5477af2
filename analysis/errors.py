"""Refusals of the analysis: problems come in, one exception that lists them all goes out."""

from collections.abc import Iterable


class AnalysisError(Exception):
    """A refusal. `problems` holds one sentence each: what was found, where, and what to type instead."""

    def __init__(self, problems: str | Iterable[str]) -> None:
        self.problems = (problems,) if isinstance(problems, str) else tuple(problems)
        super().__init__("\n".join(self.problems))


class DataError(AnalysisError):
    """A frame that does not fit its codebook or design."""


class EstimationError(AnalysisError):
    """A figure that cannot be estimated as asked."""
