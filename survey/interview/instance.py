"""What a request finds in its process: settings, database, press, questionnaires."""

from dataclasses import dataclass, field

from flask import current_app

from instruments import Questionnaire
from survey.instance import Instance
from survey.interview.limits import Limits
from survey.interview.pages import Press
from survey.interview.route import unconditional

HERE = "tolqyn.interview"


@dataclass(frozen=True)
class Form:
    """A stored questionnaire, read once per process: a version never changes."""

    questionnaire: Questionnaire
    always: tuple[int, ...]
    """Pages that every respondent sees."""

    @classmethod
    def read(cls, document: str) -> "Form":
        """The questionnaire in its canonical JSON."""
        questionnaire = Questionnaire.from_json(document)
        return cls(questionnaire, unconditional(questionnaire))


@dataclass(frozen=True)
class Room:
    """What one process keeps between requests; nothing of a respondent."""

    press: Press = field(default_factory=Press)
    forms: dict[str, Form] = field(default_factory=dict)
    """By fingerprint."""
    limits: Limits = field(default_factory=Limits.sized)


def instance() -> Instance:
    """Settings, database and secrets."""
    found: Instance = current_app.extensions["tolqyn"]
    return found


def room() -> Room:
    """The process's press and questionnaires."""
    found: Room = current_app.extensions[HERE]
    return found
