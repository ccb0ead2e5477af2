"""An interview's answers in, the quota cells they fall into out, and the end of one that comes too late.

What chance decides follows from the ballot alone (`Questionnaire.draw`); nothing here reads or changes it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask import Response, request

from survey.config import study_today
from survey.interview import doors, reply
from survey.interview.messages import typed_is_here
from survey.interview.visit import Visit
from survey.store import ballots, quotas
from survey.store.field import FieldWave
from survey.store.quotas import Shut

FULL = "quota"
"""How such an interview ended, in the cookie and for a panel's way back."""


class CellFullError(Exception):
    """Somebody found no place in a quota cell; nothing of the page is stored."""

    def __init__(self, shut: Shut) -> None:
        super().__init__(f"quota cell {shut.cell}")
        self.shut = shut


@dataclass(frozen=True)
class Place:
    """Where an interview stands among the quotas."""

    wave: FieldWave
    cells: str | None = None
    """As its ballot keeps them; None in a wave without quotas."""
    new: frozenset[int] = frozenset()
    """Those it falls into only now."""

    def take(self, session: Any, ballot: str, seat: str) -> None:
        """Hold a place in each new cell: the page that says so is saved in the same transaction.

        Raises CellFullError where one has none left.
        """
        shut = quotas.shut(session, self.wave, ballot, self.new, seat)
        if shut is not None:
            raise CellFullError(shut)


def place(visit: Visit, given: Mapping[str, Any]) -> Place:
    """Where these answers, added to the stored ones, put it. Whoever was let into a cell may finish."""
    cells = quotas.cells_of(visit.wave)
    if not cells:
        return Place(visit.wave)
    now = quotas.falls_into(cells, {**visit.answers, **given})
    ballot = visit.sitting.ballot
    new = frozenset(now) - quotas.numbers_of(ballot.cells if ballot else None)
    return Place(visit.wave, quotas.written(now), new)


def no_place(visit: Visit, page: int, shut: Shut) -> Response:
    """End the interview, or ask to come back where only held places stand in the way. Raises NotSaved."""
    return _come_back(visit) if shut.for_now else _turn_away(visit, page, shut.cell)


def _come_back(visit: Visit) -> Response:
    """Nothing is stored, so the code or the link works again; what was typed stays in the page."""
    say = visit.say.gettext
    words = (
        say(
            "Others are answering for the last places of this part of the survey, so this page was not saved."
        ),
        say(
            "Please try again later, or begin again tomorrow with the same code or link: "
            "some of them may not finish. Nothing is lost by it."
        ),
        typed_is_here(visit.say),
    )
    return reply.page(
        visit,
        "retry",
        409,
        heading=say("No place at the moment"),
        paragraphs=words,
        links=doors.way_back(visit, FULL),
        langs=[],
        address=request.path,
        sent=list(request.form.items(multi=True)),
        faulty=True,
    )


def _turn_away(visit: Visit, page: int, cell: int) -> Response:
    """End the interview: nothing of it is kept but the count. Raises NotSaved."""

    def ended(session: Any) -> None:
        ballots.save_page(
            session,
            visit.wave,
            visit.own.ballot,
            page,
            {},
            sealed={},
            language=visit.language,
            seconds=0,
            day=study_today(visit.wave.time_zone),
            batch=visit.own.batch,
            state="screenout",
            trap=visit.own.trap,
            seat=visit.own.seat,
        )
        quotas.turned_away(session, visit.wave, visit.own.ballot, cell)

    visit.instance.database.saving(ended)
    return reply.go(visit, visit.path("done"), replace(visit.own, end=FULL, mine=0))
