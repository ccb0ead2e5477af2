"""What a report refuses: in a reason, out one message that says what was found and what to type instead."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # a process that prints needs no questionnaires
    from instruments import FileProblem


class ReportError(Exception):
    """A report that cannot be built; the message names what was found and what to type instead."""


class SpecError(ReportError):
    """A specification, facts file or logo that cannot be used; `problems` holds everything wrong, by line."""

    def __init__(self, problems: "Iterable[FileProblem]") -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))
