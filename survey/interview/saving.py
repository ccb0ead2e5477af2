"""What is stored of a post: a page and its genuine form in, the row of that page written."""

from collections.abc import Mapping
from typing import Any

from flask import request

from instruments import Missing
from survey import keys
from survey.config import study_today
from survey.interview.desk import Desk
from survey.interview.fields import FIELD_BUILDERS
from survey.interview.fields.entry import cleared
from survey.interview.forms import PageForm, uncounted
from survey.interview.handover import administered
from survey.interview.quotas import Place
from survey.redaction import redact
from survey.store import ballots

BLANK = ("", Missing.NO_ANSWER)
"""What is stored where nothing was answered."""
SEALED = "sealed"
"""What stands among the answers for words that are stored sealed."""


def save(
    desk: Desk, form: PageForm, given: Mapping[str, Any], *, place: Place | None = None, **ballot: Any
) -> Mapping[str, Any]:
    """Store the page and give what is stored of it; `ballot` says what becomes of the interview.

    A page that leads into quota cells takes its places in the same transaction. Raises CellFullError,
    NotSaved and DatabaseError.
    """
    visit = desk.visit
    plain, boxes = {**desk.held, **given}, dict(desk.boxes)
    for name in words_of(desk, form):
        plain[name], boxes[name] = SEALED, keys.seal(visit.wave.public_key, redact(form.values[name]))
    for item in desk.items:
        if item.id not in form.values and cleared(item, request.form):
            plain[item.id] = ""
            boxes.pop(item.id, None)
    for name in uncounted(desk.items, plain):
        plain[name] = FIELD_BUILDERS[visit.questionnaire.items[name].kind].blank
        boxes.pop(name, None)

    def write(session: Any) -> None:
        ballots.save_page(
            session,
            visit.wave,
            visit.own.ballot,
            desk.number,
            plain,
            sealed=boxes,
            language=visit.language,
            seconds=form.stay.spent,
            paradata=form.stay.paradata(_changes(desk, plain)),
            day=study_today(visit.wave.time_zone),
            batch=visit.own.batch,
            trap=visit.own.trap,
            administered=administered(visit, desk.number),
            cells=place.cells if place else None,
            seat=visit.own.seat,
            **ballot,
        )

    if place is None or not place.new:
        visit.instance.database.putting(write)
        return plain

    def enter(session: Any) -> None:
        place.take(session, visit.own.ballot, visit.own.seat)
        write(session)

    visit.instance.database.saving(enter)
    return plain


def _changes(desk: Desk, given: Mapping[str, Any]) -> int:
    """Answers of this page that were replaced by others, this time and before."""
    page = desk.visit.sitting.pages.get(desk.number)
    if page is None:
        return 0
    gone = [name for name, old in page.answers.items() if old not in BLANK and given.get(name) != old]
    return page.paradata.changes + len(gone)


def words_of(desk: Desk, form: PageForm) -> list[str]:
    """Items for which free words were typed that may be stored."""
    names = [item.id for item in desk.items if item.kind == "text"]
    return [name for name in names if name in form.values and name not in form.faults]
