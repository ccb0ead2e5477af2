"""A refusal in words: what was expected, what was found, where, and what to do instead."""

from dataclasses import dataclass


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
