"""Ways into an interview: what the landing page's form holds in, the state an interview begins with out.

A personal code, the word on a site's poster, a panel's signed mark, or nothing at an open link.
"""

import secrets
from dataclasses import replace

from flask import request
from werkzeug.exceptions import TooManyRequests

from survey import keys
from survey.interview import codes, panel
from survey.interview.device import INTERVIEWER, KIOSK, STORED, Device, device
from survey.interview.instance import room
from survey.interview.state import State
from survey.interview.visit import Visit
from survey.store import access, invitations
from survey.store.interviewers import find_interviewer
from survey.store.models import Ballot, Batch, Interviewer

TRAP = "website"
"""Name of a field that no person sees: programs that fill in everything fill it in."""


class UnknownCodeError(ValueError):
    """No invitation, poster or panel of this wave has that code."""


def known(visit: Visit) -> State | None:
    """This browser's interview, unless another one is asked for or it ended some time ago.

    At a kiosk and with an interviewer whoever begins is somebody new.
    """
    if _given("kiosk") or _given("interviewer"):
        return None
    if visit.state is None or (visit.state.paused and visit.over):
        return None
    mine = _ballot_asked_for(visit)
    return visit.state if mine in ("", visit.state.ballot) else None


def new(visit: Visit) -> State | None:
    """A new interview; a panel's respondent goes on with the one begun elsewhere.

    Whether an invitation was used is not looked at: the first page that is sent finds out (`used`).

    None where a code is needed and none was given. Raises UnknownCodeError, TooManyRequests.
    """
    token, word, mark = _given("token"), _given("site"), _given("panel")
    trap = bool(_given(TRAP))
    if asking := _given("interviewer"):
        asked_by = interviewer_of(visit, asking)
        return State(keys.random_ballot(), visit.language, asked_by.batch, interviewer=asked_by.id)
    if token and visit.wave.access == "open" and visit.wave.seed is not None:
        # A rehearsal repeats itself: a respondent's number takes the place of chance.
        return State(ballot_of(visit, token), visit.language)
    if token:
        ballot, of = ballot_of(visit, token), batch_of(visit, token)
        return State(ballot, visit.language, of, seat=secrets.token_hex(8))
    if mark:
        respondent = panel_mark(visit, mark)
        return State(visit.key.panel(respondent), visit.language, trap=trap, panel=respondent)
    if not word and visit.wave.access != "open":
        return None
    if not room().limits.starts.allows(request.remote_addr):
        raise TooManyRequests
    batch = site_of(visit, word).id if word else None
    return State(keys.random_ballot(), visit.language, batch, trap=trap)


def invitation_typed(visit: Visit, typed: str) -> str:
    """The token of an invitation typed in place of the respondent's own code; empty when it is none."""
    token = codes.read_invitation(typed)
    try:
        batch_of(visit, token)
    except UnknownCodeError:
        return ""
    return token


def ballot_of(visit: Visit, token: str) -> str:
    """Primary key of the ballot that belongs to an invitation."""
    if visit.wave.access == "invited":
        token = codes.read_invitation(token)
    return visit.key.ballot(token)


def batch_of(visit: Visit, token: str) -> int:
    """The batch of an invitation. Raises UnknownCodeError, TooManyRequests."""
    refuse_guessing()
    with visit.instance.database.reading() as session:
        found = invitations.find(session, visit.wave, codes.read_invitation(token))
    if found is None:
        raise UnknownCodeError
    return found.batch


def site_of(visit: Visit, word: str) -> Batch:
    """The site whose poster says the word. Raises UnknownCodeError."""
    with visit.instance.database.reading() as session:
        found = access.find_site(session, visit.wave, word)
    if found is None:
        raise UnknownCodeError
    return found


def interviewer_of(visit: Visit, token: str) -> Interviewer:
    """Whose link it is. Raises UnknownCodeError, TooManyRequests."""
    refuse_guessing()
    with visit.instance.database.reading() as session:
        found = find_interviewer(session, visit.wave, codes.read_invitation(token))
    if found is None:
        raise UnknownCodeError
    return found


def resumed(visit: Visit, ballot: Ballot) -> State:
    """An interview that goes on with its code; by its interviewer, on the device on which it began."""
    language = ballot.language if request.args.get("lang") is None else visit.language
    state = State(ballot.ballot, language, ballot.batch, seat=ballot.seat)
    here = device()
    if ballot.interviewer is None or here.kind != INTERVIEWER:
        return state
    with visit.instance.database.reading() as session:
        found = find_interviewer(session, visit.wave, here.word)
    if found is None or found.id != ballot.interviewer:
        return state
    return replace(state, interviewer=found.id, others=ballot.others_present)


def panel_mark(visit: Visit, given: str) -> str:
    """The respondent's mark in `MARK.SIGNATURE`. Raises UnknownCodeError for one the panel did not sign."""
    mark, _, signature = given.partition(".")
    if visit.wave.panel is None or not panel.is_genuine(_panel_key(visit), visit.alias, mark, signature):
        raise UnknownCodeError
    return mark


def way_back(visit: Visit, outcome: str) -> list[tuple[str, str]]:
    """Where an ended interview leads: to the respondent's panel, to a device's start page, or nowhere."""
    here = device()
    if here.kind == INTERVIEWER and visit.state is not None and visit.state.interviewer is not None:
        return [(here.home(visit.alias), visit.say.gettext("Next interview"))]
    if here.kind == KIOSK:
        return [(here.home(visit.alias), visit.say.gettext("Clear this page"))]
    if visit.wave.panel is None or visit.state is None or not visit.state.panel:
        return []
    target = panel.way_back(visit.wave.panel, _panel_key(visit), outcome, visit.state.panel)
    return [(target, visit.say.gettext("Back to the panel"))]


def device_of_form(visit: Visit) -> str:
    """The start page of the kiosk or the interviewer whose form was sent; empty for anybody else's."""
    kind, word = (KIOSK, _given("site")) if _given("kiosk") else (INTERVIEWER, _given("interviewer"))
    return Device(kind, word).home(visit.alias) if STORED.fullmatch(f"{kind}:{word}") else ""


def count_wrong_code() -> None:
    """One more code from this network that nobody has."""
    room().limits.wrong_codes.allows(request.remote_addr)


def refuse_guessing() -> None:
    """Raises TooManyRequests for a network from which too many wrong codes came."""
    if room().limits.wrong_codes.exhausted(request.remote_addr):
        raise TooManyRequests


def _ballot_asked_for(visit: Visit) -> str:
    """The ballot that the form's code leads to; empty when it holds none."""
    if token := _given("token"):
        return ballot_of(visit, token)
    if mark := _given("panel"):
        return visit.key.panel(mark.partition(".")[0])
    return ""


def _given(name: str) -> str:
    return request.form.get(name, "").strip()


def _panel_key(visit: Visit) -> bytes:
    return keys.read_panel_key(visit.instance.config.keys, visit.alias)
