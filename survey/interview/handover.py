"""Who holds the device: a visit of an interviewer's interview and a page number in, what comes before it out.

Modules that are sensitive or hold a sensitive item are for the respondent alone: the device is handed over
before the first of their pages and back after the last. What was answered alone is shown to nobody again.
"""

from dataclasses import replace

from flask import Response, request

from survey.interview import reply
from survey.interview.forms import BareForm, Ticket
from survey.interview.state import ALOUD, HANDED, State
from survey.interview.visit import Visit, arrive
from survey.store.administration import Administration, apart

HAND, RETURN, PRIVATE = "hand", "return", "private"
"""Stand for page numbers in the tokens of the pages on which a device changes hands, and in addresses."""


def before(visit: Visit, number: int) -> Response | None:
    """What comes before that page; None when it may be shown to whoever holds the device."""
    own = visit.own
    if own.interviewer is None:
        return None
    if own.others is None:
        return reply.go(visit, visit.path(PRIVATE))
    if not alone(visit, number):
        return reply.go(visit, visit.path(RETURN)) if own.hands == HANDED else None
    if own.hands:
        return None
    here = visit.here()
    if visit.route.complete(number) and here != visit.path("q", number):
        return reply.go(visit, here)
    return reply.go(visit, visit.path(HAND))


def alone(visit: Visit, number: int) -> bool:
    """Whether the page is for the respondent alone."""
    questionnaire = visit.questionnaire
    return questionnaire.page(number).module in apart(questionnaire)


def asked_by_interviewer(visit: Visit, number: int) -> bool:
    """Whether an interviewer reads this page out."""
    own = visit.own
    return own.interviewer is not None and not (own.hands == HANDED and alone(visit, number))


def previous(visit: Visit, number: int) -> int | None:
    """The page to go back to: never across a change of hands into what was answered alone."""
    found = visit.route.previous(number)
    own = visit.own
    if own.interviewer is None or own.hands == ALOUD or found is None:
        return found
    if own.hands == HANDED:
        return found if alone(visit, found) else None
    while found is not None and alone(visit, found):
        found = visit.route.previous(found)
    return found


def administered(visit: Visit, number: int) -> Administration:
    """What is stored of it with that page."""
    own = visit.own
    handed = own.interviewer is not None and own.hands == HANDED and alone(visit, number)
    return Administration(own.interviewer, own.others, handed)


def ask_hand(alias: str) -> Response:
    """`/hand`: take the device and answer alone."""
    visit = arrive(alias)
    return _elsewhere(visit, HAND) or _page(visit, HAND)


def hand(alias: str) -> Response:
    """The respondent has the device, or would rather be asked."""
    visit = arrive(alias)
    if not _genuine(visit, HAND):
        return _elsewhere(visit, HAND) or _page(visit, HAND, 400)
    hands = ALOUD if request.form.get("do") == ALOUD else HANDED
    return _go_on(visit, replace(visit.own, language=visit.language, hands=hands))


def ask_return(alias: str) -> Response:
    """`/return`: give the device back."""
    visit = arrive(alias)
    return _elsewhere(visit, RETURN) or _page(visit, RETURN)


def take_back(alias: str) -> Response:
    """The interviewer has the device again; what was answered alone is no longer shown on it."""
    visit = arrive(alias)
    if not _genuine(visit, RETURN):
        return _elsewhere(visit, RETURN) or _page(visit, RETURN, 400)
    pages = visit.questionnaire.pages
    secret = sum(1 << page.number for page in pages if alone(visit, page.number))
    mine = visit.own.mine & ~secret
    return _go_on(visit, replace(visit.own, language=visit.language, hands="", mine=mine))


def _go_on(visit: Visit, state: State) -> Response:
    return reply.go(visit, visit.here(), state)


def _elsewhere(visit: Visit, page: str) -> Response | None:
    """To where the interview stands, unless the device changes hands there."""
    if visit.over or not (_may_return(visit) if page == RETURN else _may_be_handed(visit)):
        return reply.go(visit, visit.here())
    return None


def _may_return(visit: Visit) -> bool:
    return visit.own.interviewer is not None and visit.own.hands == HANDED


def _may_be_handed(visit: Visit) -> bool:
    own = visit.own
    number = visit.route.first_incomplete() or visit.route.last()
    return own.interviewer is not None and not own.hands and alone(visit, number)


def _genuine(visit: Visit, page: str) -> bool:
    """Whether the post came from that page, at its time."""
    form = BareForm(Ticket(visit.seals, visit.own, page), request.form)
    return form.genuine and _elsewhere(visit, page) is None


def _page(visit: Visit, page: str, status: int = 200) -> Response:
    token = visit.seals.form(visit.own, page)
    return reply.page(visit, page, status, token=token, faulty=status != 200)
