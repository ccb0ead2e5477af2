"""A refusal in words: what was expected, what was found, where, and what to do instead."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


class Said(str):
    """Words for a terminal that a page can say in another language: the message and what it is filled with.

    It is the English text, so that whoever prints it needs to know nothing of this.
    """

    __slots__ = ("given", "message")
    message: str
    given: Mapping[str, Any]

    def __new__(cls, message: str, **given: Any) -> "Said":
        """The message, `{name}` filled from what is given."""
        plain = {
            name: ", ".join(map(str, value)) if isinstance(value, list | tuple) else value
            for name, value in given.items()
        }
        made = super().__new__(cls, message.format(**plain) if given else message)
        made.message, made.given = message, given
        return made

    def __getnewargs_ex__(self) -> tuple[tuple[str], dict[str, Any]]:
        """To be copied and pickled."""
        return (self.message,), dict(self.given)


@dataclass(frozen=True)
class Reason:
    """One reason why a command or a page does not do what was asked."""

    expected: str
    found: str
    hint: str = ""
    """What to type instead."""
    path: str = ""
    """Where: a setting, a file, a wave, an item."""
    rule: str = "refused"
    file: str | None = None
    line: int | None = None

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}: " if self.file else ""
        where = place + (f"{self.path}: " if self.path else "")
        hint = f"\n  {self.hint}" if self.hint else ""
        return f"{where}expected {self.expected}; found {self.found}{hint}"

    def as_dict(self) -> dict[str, object]:
        """The shape every command prints under `--json`."""
        return {
            "file": self.file,
            "line": self.line,
            "path": self.path,
            "rule": self.rule,
            "expected": self.expected,
            "found": self.found,
            "hint": self.hint,
        }


class Refused(Exception):  # noqa: N818  a refusal is an answer, not a fault
    """Something asked for is refused, for all the listed reasons."""

    def __init__(self, *reasons: Reason) -> None:
        super().__init__("\n".join(str(reason) for reason in reasons))
        self.reasons = reasons


def says_why(given: object) -> bool:
    """Whether somebody gave a reason, and not a dot."""
    return isinstance(given, str) and any(map(str.isalpha, given))
