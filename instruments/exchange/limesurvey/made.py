"""What one question of a survey becomes: items, and what conditions may call them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from instruments.exchange.draft import Raw
from instruments.exchange.leaves import Target
from instruments.exchange.ledger import CodeRow, Ledger
from instruments.exchange.limesurvey.survey import Answer, Question, Sub
from instruments.exchange.limesurvey.tables import Row
from instruments.exchange.limesurvey.words import Speaker
from instruments.exchange.names import Identifiers


@dataclass(frozen=True)
class Workshop:
    """What every maker needs."""

    speaker: Speaker
    names: Identifiers
    ledger: Ledger
    draft_offer: Callable[[str, Mapping[str, str]], bool]


@dataclass
class Made:
    """The items of one question in order."""

    base: str
    """The name of the question here."""
    items: dict[str, Raw] = field(default_factory=dict)
    targets: dict[str, Target] = field(default_factory=dict)
    """Part of the question as a condition names it ('' for all of it) -> what it means here."""
    changes: list[str] = field(default_factory=list)
    codes: list[CodeRow] = field(default_factory=list)
    main: str = ""
    """The item that carries the question's own settings."""


def row_key(row: Row) -> tuple[str, int]:
    """The inventory's key of a whole row."""
    return (row.table, row.number)


def settle(workshop: Workshop, parts: list[Answer] | list[Sub], note: Callable[[str], str]) -> None:
    """Account for the rows of answers or subquestions; `note` says what changed, '' for nothing."""
    for part in parts:
        name = part.code if isinstance(part, Answer) else part.title
        if how := note(name):
            workshop.ledger.changed(row_key(part.row), how)
        workshop.ledger.mapped(row_key(part.row))


def stem(workshop: Workshop, question: Question) -> dict[str, str]:
    """The words of the question itself."""
    return workshop.speaker.say(question.words)
