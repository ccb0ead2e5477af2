"""An interviewer's start page: a personal link in; whom to ask, beginning, counting contacts out."""

from flask import Response, request
from werkzeug.exceptions import NotFound

from survey.i18n import Translator
from survey.interview import codes, device, doors, reply
from survey.interview.state import LIFETIME, State
from survey.interview.visit import Visit, arrive
from survey.store import contacts
from survey.store.contacts import NotCounted
from survey.store.models import Interviewer

SAID = "said"
"""Stands in the address of the page that follows a contact: `counted`, `again` or `which`."""


def show(alias: str, token: str) -> Response:
    """`/w/TOKEN`: writes nothing; an interview that ended on this device is forgotten by it."""
    visit, found = _arrive(alias, token)
    response = _page(visit, found, token)
    if visit.state is not None and visit.over:
        response = reply.without_state(response, alias)
    return device.mark(response, alias, device.INTERVIEWER, codes.read_invitation(token))


def count(alias: str, token: str) -> Response:
    """One contact that gave no interview; a form counts once, however often it is sent."""
    visit, found = _arrive(alias, token)
    outcome = request.form.get("outcome", "")
    seen = visit.seals.counted(found.id, request.form.get("csrf_token", ""))
    if outcome not in contacts.OUTCOMES:
        said = "which"
    elif seen is None:
        said = "again"
    else:
        try:
            with visit.instance.database.writing() as session:
                contacts.count_contact(session, found, outcome, seen)
            said = "counted"
        except NotCounted:
            said = "again"
    return reply.see_other(f"{visit.path('w', token)}?lang={visit.language}&{SAID}={said}")


def _arrive(alias: str, token: str) -> tuple[Visit, Interviewer]:
    visit = arrive(alias, ignore_cookie=True)
    try:
        return visit, doors.interviewer_of(visit, token)
    except doors.UnknownCodeError as error:
        doors.count_wrong_code()
        raise NotFound from error


def _page(visit: Visit, found: Interviewer, token: str) -> Response:
    said = request.args.get(SAID, "")
    with visit.instance.database.reading() as session:
        counts = contacts.counted(session, found)
    names = outcomes(visit.say)
    return reply.page(
        visit,
        "interviewer",
        field=True,
        interviewer=found.name,
        interviewer_token=token,
        token=visit.seals.count(found.id, found.contacts),
        running=_running(visit, found),
        starts=visit.phase == "starts",
        outcomes=[(code, names[code]) for code in contacts.OUTCOMES],
        counts=[(names[code], n) for code, n in counts.items()],
        said=said,
        faulty=said == "which",
        hours=LIFETIME // 3600,
    )


def _running(visit: Visit, found: Interviewer) -> str:
    """The address at which this device's unfinished interview goes on; empty when there is none."""
    state: State | None = visit.state
    if state is None or state.interviewer != found.id or visit.over:
        return ""
    return visit.here()


def outcomes(spoken: Translator) -> dict[str, str]:
    """Why a contact gave no interview, by its AAPOR code."""
    say = spoken.gettext
    return {
        "2.111": say("The household refuses"),
        "2.112": say("The selected person refuses"),
        "2.23": say("No way to the door: locked entrance, guard"),
        "2.24": say("Nobody at home"),
        "2.25": say("The selected person is away for the whole fieldwork"),
        "2.32": say("Not able to answer: illness, disability, drunkenness"),
        "2.33": say("No common language"),
        "2.36": say("Another reason of the selected person"),
        "3.17": say("Unsafe or unreachable: not known whether anybody lives here"),
        "4.5": say("Not a dwelling: office, shop, institution"),
        "4.6": say("Vacant, or used for holidays only"),
        "4.7": say("Nobody here belongs to those who are asked"),
        contacts.APPOINTMENT: say("Appointment: will come back"),
    }
