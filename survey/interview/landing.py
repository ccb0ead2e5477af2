"""Coming in: the landing page, beginning in a language, and going on with a code."""

from dataclasses import replace
from typing import Any
from urllib.parse import quote

from flask import Response, request
from werkzeug.exceptions import NotFound

from survey import keys
from survey.interview import codes, reply
from survey.interview.state import State
from survey.interview.visit import NAMES, SurveyOverError, Visit, arrive, form_of
from survey.store import ballots, invitations


class UnknownCodeError(ValueError):
    """No invitation of this wave has that code."""


def show(alias: str) -> Response:
    """`/s/ALIAS/`: reading it changes nothing, so a link preview spends nothing."""
    return _landing(arrive(alias, ignore_cookie=True))


def without_slash(alias: str) -> Response:
    """`/s/ALIAS`: to the address with the slash, on whatever host and scheme the respondent came by."""
    return reply.see_other(f"/s/{quote(alias)}/")


def invited(alias: str, token: str) -> Response:
    """`/s/ALIAS/i/TOKEN`: the same page, beginning with that code. Unknown codes look like unknown waves."""
    visit = arrive(alias, ignore_cookie=True)
    try:
        _batch(visit, token)
    except UnknownCodeError as error:
        raise NotFound from error
    return _landing(visit, token)


def start(alias: str) -> Response:
    """Begin, or go on where this browser or this invitation stopped. Sets a cookie; writes no row."""
    if (once_more := reply.asks_to_repeat(alias)) is not None:
        return once_more
    visit = arrive(alias, ignore_cookie=True).speaking(request.form.get("lang", ""))
    try:
        state = _known(visit) or _new(visit)
    except UnknownCodeError:
        return _landing(visit, typed=request.form.get("token", "").strip())
    if state is None:
        return reply.go(visit, visit.path())
    return _enter(visit, replace(state, language=visit.language))


def ask_code(alias: str) -> Response:
    """`/resume`: the box for the code."""
    return _ask_code(arrive(alias, ignore_cookie=True))


def resume(alias: str) -> Response:
    """Go on with a code, without showing earlier answers on this device; an invitation leads to its start."""
    if (once_more := reply.asks_to_repeat(alias)) is not None:
        return once_more
    visit = arrive(alias, ignore_cookie=True)
    typed = request.form.get("code", "")
    key = keys.read_wave_key(visit.instance.config.keys, alias)
    with visit.instance.database.reading() as session:
        found = ballots.find_by_code(session, visit.wave, codes.code_mac(key, typed))
    if found is None and (token := _invitation(visit, typed)):
        return reply.see_other(visit.path("i", token))
    if found is None:
        error = visit.say.gettext("We know no interview with this code. Please check what you typed.")
        return _ask_code(visit, typed, error, 422)
    language = found.language if request.args.get("lang") is None else visit.language
    return _enter(visit, State(found.ballot, language, found.batch))


def _landing(visit: Visit, token: str = "", typed: str = "") -> Response:
    """Neutral and in all languages at once: the language is the first thing chosen, never guessed.

    `typed`: an invitation code nobody knows; it is shown again, with the reason in the chosen language.
    """
    first = visit.speaking(visit.languages[0][0])
    return reply.page(
        first,
        "landing",
        422 if typed else 200,
        typed=typed,
        spoken=visit.language,
        unknown=visit.say.gettext("We do not know this invitation code. Please check what you typed."),
        langs=[],
        script="",
        token=token,
        ask_token=visit.wave.access == "invited" and not token,
        numbers=[phone["display"] for phone in visit.phones(before=True)],
        each=[_greeting(visit.speaking(code)) for code, _ in visit.languages],
    )


def _greeting(visit: Visit) -> dict[str, Any]:
    """The landing page's words in one language."""
    say, minutes = visit.say.gettext, visit.questionnaire.minutes
    return {
        "lang": visit.language,
        "name": NAMES[visit.language],
        "title": visit.title,
        "start": say("Start"),
        "minutes": visit.say.ngettext("about {n} minute", "about {n} minutes", minutes),
        "invitation": say("Invitation code"),
        "begun": say("Have a code?"),
        "resume": say("Continue"),
        "help": say("Help"),
        "withdraw": say("Delete answers"),
        "phones": visit.phones(before=True),
    }


def _ask_code(visit: Visit, typed: str = "", error: str = "", status: int = 200) -> Response:
    say = visit.say.gettext
    return reply.page(
        visit,
        "code",
        status,
        purpose="resume",
        heading=say("Continue the survey"),
        words=say(
            "Type the code you were given. What you answered before is kept but not shown on this device."
        ),
        button=say("Continue"),
        typed=typed,
        error=error,
        faulty=bool(error),
    )


def _known(visit: Visit) -> State | None:
    """This browser's interview, unless another invitation is asked for or it ended some time ago."""
    token = request.form.get("token", "").strip()
    if visit.state is not None and visit.state.paused and visit.over:
        return None
    if visit.state is None or not token:
        return visit.state
    return visit.state if visit.state.ballot == _ballot(visit, token) else None


def _new(visit: Visit) -> State | None:
    """A new interview, or the one that was begun elsewhere with this invitation. Raises UnknownCodeError."""
    token = request.form.get("token", "").strip()
    if token and visit.wave.access == "open" and visit.wave.seed is not None:
        # A rehearsal repeats itself: a respondent's number takes the place of chance.
        return State(_ballot(visit, token), visit.language)
    if token:
        return State(_ballot(visit, token), visit.language, _batch(visit, token))
    return State(keys.random_ballot(), visit.language) if visit.wave.access == "open" else None


def _enter(visit: Visit, state: State) -> Response:
    """To the first page that is not done. SurveyOverError: a new start in a wave that takes none."""
    with visit.instance.database.reading() as session:
        sitting = ballots.load(session, visit.alias, state.ballot) or visit.sitting
        form = form_of(session, sitting)
    if sitting.ballot is None and not state.end and visit.phase != "starts":
        raise SurveyOverError(visit)
    inside = replace(visit, sitting=sitting, form=form, state=state)
    return reply.go(inside, inside.here(), state)


def _invitation(visit: Visit, typed: str) -> str:
    """The token of an invitation typed in place of the respondent's own code; empty when it is none."""
    token = codes.read_invitation(typed)
    try:
        _batch(visit, token)
    except UnknownCodeError:
        return ""
    return token


def _ballot(visit: Visit, token: str) -> str:
    if visit.wave.access == "invited":
        token = codes.read_invitation(token)
    return keys.read_wave_key(visit.instance.config.keys, visit.alias).ballot(token)


def _batch(visit: Visit, token: str) -> int:
    with visit.instance.database.reading() as session:
        found = invitations.find(session, visit.wave, codes.read_invitation(token))
    if found is None:
        raise UnknownCodeError
    return found.batch
