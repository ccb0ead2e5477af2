"""Before an interviewer asks: can anybody else hear or see? What was said goes into the state, never who."""

from dataclasses import replace

from flask import Response, request

from survey.interview import reply
from survey.interview.device import device
from survey.interview.forms import BareForm, Ticket
from survey.interview.handover import PRIVATE
from survey.interview.visit import Visit, arrive

ADVISED = "advised"
"""Stands in the address of the page that advises to find another place."""


def ask(alias: str) -> Response:
    """`/private`: alone, or somebody is there; then the advice to find another place or to come back."""
    visit = arrive(alias)
    return _elsewhere(visit) or _page(visit)


def answer(alias: str) -> Response:
    """Alone goes on at once; with somebody there only a second press does."""
    visit = arrive(alias)
    if (there := _elsewhere(visit)) is not None:
        return there
    said = request.form.get("do")
    genuine = BareForm(Ticket(visit.seals, visit.own, PRIVATE), request.form).genuine
    if genuine and said == "present":
        return reply.go(visit, f"{visit.path(PRIVATE)}?lang={visit.language}&{ADVISED}=1")
    if not genuine or said not in ("alone", "on"):
        return _page(visit, 400)
    return reply.go(visit, visit.here(), replace(visit.own, language=visit.language, others=said == "on"))


def _elsewhere(visit: Visit) -> Response | None:
    own = visit.own
    if visit.over or own.interviewer is None or own.others is not None:
        return reply.go(visit, visit.here())
    return None


def _page(visit: Visit, status: int = 200) -> Response:
    advised = ADVISED in request.args
    return reply.page(
        visit,
        "private",
        status,
        token=visit.seals.form(visit.own, PRIVATE),
        advised=advised,
        there=f"&{ADVISED}=1" if advised else "",
        home=device().home(visit.alias),
        faulty=status != 200,
    )
