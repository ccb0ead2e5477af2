"""How an interview was held: who asked, was anybody else there, which pages were self-completed.

A ballot and its pages in, what the closed interview keeps of it and the columns of a release out.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from instruments import Level, Missing, Questionnaire, Role, Text, Variable
from survey.store.models import Interview, Interviewer, Wave

CAPI = "capi"
YES_NO: Mapping[int, Text] = {
    0: {"en": "No", "ru": "Нет", "kk": "Жоқ", "uz": "Yoʻq"},
    1: {"en": "Yes", "ru": "Да", "kk": "Иә", "uz": "Ha"},
}
BY: Text = {"en": "Interviewer", "ru": "Интервьюер", "kk": "Интервьюер", "uz": "Intervyuer"}
OTHERS: Text = {
    "en": "Others could hear or see",
    "ru": "Другие могли слышать или видеть",
    "kk": "Басқалар естіп не көріп отырды",
    "uz": "Boshqalar eshitishi yoki koʻrishi mumkin edi",
}
ANSWERED_ALONE: Text = {
    "en": "Answered without the interviewer",
    "ru": "Заполнено без интервьюера",
    "kk": "Интервьюерсіз толтырылды",
    "uz": "Intervyuersiz toʻldirilgan",
}


@dataclass(frozen=True)
class Administration:
    """What is said of one interview when a page of it is stored."""

    interviewer: int | None = None
    others_present: bool | None = None
    self_completed: bool = False
    """Of this page."""

    @property
    def mode(self) -> str | None:
        """The mode an interviewer makes of it; None for the wave's own."""
        return None if self.interviewer is None else CAPI


ALONE = Administration()
"""Nobody asks: the respondent answers a page alone."""


def apart(questionnaire: Questionnaire) -> frozenset[str]:
    """Modules that a respondent should answer alone: those that are sensitive or hold a sensitive item."""
    marked = {item.module for item in questionnaire.items.values() if item.sensitive}
    found = marked | {name for name, module in questionnaire.modules.items() if module.sensitive}
    # Whoever asks reads out what is agreed to.
    return frozenset(found - {item.module for item in questionnaire.items.values() if item.role})


def names(session: Session, wave: Wave) -> dict[int, str]:
    """The wave's interviewers by the number their ballots hold."""
    query = select(Interviewer.id, Interviewer.name).where(Interviewer.wave == wave.id)
    return {row.id: row.name for row in session.execute(query)}


def kept(ballot: Row[Any], pages: Sequence[Row[Any]], interviewers: Mapping[int, str]) -> dict[str, Any]:
    """What a closed interview says of it."""
    by = interviewers.get(ballot.interviewer)
    return {
        "interviewer": by,
        "others_present": ballot.others_present,
        "self_completed": None if by is None else [page.page for page in pages if page.self_completed],
    }


def columns(
    wave: Wave, questionnaire: Questionnaire, interviews: Sequence[Interview]
) -> Iterator[tuple[Variable, list[int]]]:
    """The release's columns with a value for each interview; none where no interviewer asked.

    Interviewers are numbered by name and labelled with the wave: another wave numbers others.
    """
    asked = sorted({interview.interviewer for interview in interviews if interview.interviewer})
    if not asked:
        return
    labels = {number: f"{wave.name} · {name}" for number, name in enumerate(asked, start=1)}
    codes = {number: dict.fromkeys(BY, label) for number, label in labels.items()}
    numbers = {name: number for number, name in enumerate(asked, start=1)}
    yield (
        _column("interviewer", BY, codes),
        [numbers.get(interview.interviewer or "", _NONE) for interview in interviews],
    )
    yield _column("others_present", OTHERS, YES_NO), [_said(i.others_present) for i in interviews]
    for module in sorted(apart(questionnaire)):
        pages = {page.number for page in questionnaire.pages if page.module == module}
        title = questionnaire.modules[module].title
        label = {lang: f"{words}: {title.get(lang, module)}" for lang, words in ANSWERED_ALONE.items()}
        yield (
            _column(f"self_completed_{module}", label, YES_NO),
            [_said(_alone(interview, pages)) for interview in interviews],
        )


_NONE = int(Missing.NOT_APPLICABLE)


def _alone(interview: Interview, pages: set[int]) -> bool | None:
    return None if interview.self_completed is None else bool(pages & set(interview.self_completed))


def _said(answer: bool | None) -> int:
    return _NONE if answer is None else int(answer)


def _column(name: str, label: Text, codes: Mapping[int, Text]) -> Variable:
    missing = (Missing.NOT_APPLICABLE,)
    return Variable(name, label, Level.NOMINAL, codes=codes, role=Role.PARADATA, missing=missing)
