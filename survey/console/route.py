"""One address of the console: method, rule, view and who may enter."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Response

from survey.people.rights import Entry


@dataclass(frozen=True)
class Route:
    """One address."""

    method: str
    rule: str
    endpoint: str
    view: Callable[..., Response]
    entry: Entry

    @property
    def name(self) -> str:
        """As the application knows it."""
        return f"console.{self.endpoint}"
