"""Coming in: the landing page, beginning in a language, and going on with a code."""

from dataclasses import replace
from typing import Any
from urllib.parse import quote

from flask import Response, request
from werkzeug.exceptions import NotFound

from survey.interview import codes, device, doors, idle, reply
from survey.interview.doors import UnknownCodeError
from survey.interview.state import State
from survey.interview.visit import NAMES, Visit, arrive, form_of
from survey.store import ballots, withdrawal


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
        doors.batch_of(visit, token)
    except UnknownCodeError as error:
        doors.count_wrong_code()
        raise NotFound from error
    return _landing(visit, token=token)


def site(alias: str, word: str) -> Response:
    """`/s/ALIAS/p/WORD`: the same page, beginning as a respondent of that poster's site."""
    visit = arrive(alias, ignore_cookie=True)
    try:
        found = doors.site_of(visit, word)
    except UnknownCodeError as error:
        raise NotFound from error
    return _landing(visit, site=found.word or "")


def kiosk(alias: str, word: str) -> Response:
    """`/s/ALIAS/k/WORD`: the same page on a device of the site's; it forgets whoever was there before.

    Writes nothing: what was saved stays saved, as of anybody who stops.
    """
    visit = arrive(alias, ignore_cookie=True)
    try:
        found = doors.site_of(visit, word)
    except UnknownCodeError as error:
        raise NotFound from error
    idle.never_here()
    response = reply.without_state(_landing(visit, site=found.word or "", kiosk="1"), alias)
    return device.mark(response, alias, device.KIOSK, found.word or "")


def from_panel(alias: str, mark: str, signature: str) -> Response:
    """`/s/ALIAS/v/MARK/SIGNATURE`: the same page, beginning as that respondent of an access panel."""
    visit = arrive(alias, ignore_cookie=True)
    given = f"{mark}.{signature}"
    try:
        doors.panel_mark(visit, given)
    except UnknownCodeError as error:
        raise NotFound from error
    return _landing(visit, panel=given)


def start(alias: str) -> Response:
    """Begin, or go on where this browser stopped. Sets a cookie; writes no row.

    The last page needs the wave's key, so nobody begins without it. Raises OSError.
    """
    if (once_more := reply.asks_to_repeat(alias)) is not None:
        return once_more
    visit = arrive(alias, ignore_cookie=True).speaking(request.form.get("lang", ""))
    if visit.carries and (home := doors.device_of_form(visit)):
        return _needs_cookies(visit, home)
    try:
        state = doors.known(visit) or doors.new(visit)
    except UnknownCodeError as error:
        doors.count_wrong_code()
        if "token" not in request.form:
            raise NotFound from error
        return _landing(visit, typed=request.form.get("token", "").strip())
    if state is None:
        return reply.go(visit, visit.path())
    visit.require_key()
    return _enter(visit, replace(state, language=visit.language))


def ask_code(alias: str) -> Response:
    """`/resume`: the box for the code."""
    return _ask_code(arrive(alias, ignore_cookie=True))


def resume(alias: str) -> Response:
    """Go on with a code, without showing earlier answers on this device; an invitation leads to its start."""
    if (once_more := reply.asks_to_repeat(alias)) is not None:
        return once_more
    visit = arrive(alias, ignore_cookie=True)
    doors.refuse_guessing()
    typed = request.form.get("code", "")
    with visit.instance.database.reading() as session:
        found = withdrawal.find_by_code(session, visit.wave, codes.code_mac(visit.key, typed))
    if found is None and (token := doors.invitation_typed(visit, typed)):
        return reply.see_other(visit.path("i", token))
    if found is None:
        doors.count_wrong_code()
        error = visit.say.gettext("We know no interview with this code. Please check what you typed.")
        return _ask_code(visit, typed, error, 422)
    return _enter(visit, doors.resumed(visit, found))


def _landing(visit: Visit, *, typed: str = "", **code: str) -> Response:
    """Neutral and in all languages at once: the language is the first thing chosen, never guessed.

    `typed`: an invitation code nobody knows; it is shown again, with the reason in the chosen language.
    `code`: what the address says of the way in, to be sent with the form.
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
        hidden=code,
        trap=doors.TRAP if visit.wave.access == "open" else "",
        trial=visit.wave.state == "pilot",
        starts=visit.phase == "starts",
        ask_token=visit.wave.access == "invited" and not code,
        numbers=[phone["display"] for phone in visit.phones(before=True)],
        each=[_greeting(visit.speaking(code)) for code, _ in visit.languages],
    )


def _greeting(visit: Visit) -> dict[str, Any]:
    """The landing page's words in one language."""
    say, minutes = visit.say.gettext, visit.questionnaire.minutes
    starts = visit.phase == "starts"
    return {
        "lang": visit.language,
        "name": NAMES[visit.language],
        "title": visit.title,
        "start": say("Start") if starts else say("Continue"),
        "minutes": visit.say.ngettext("about {n} minute", "about {n} minutes", minutes) if starts else "",
        "closing": "" if starts else " ".join(_only_begun_ones(visit)),
        "invitation": say("Invitation code"),
        "begun": say("Have a code?"),
        "resume": say("Continue"),
        "help": say("Help"),
        "withdraw": say("Delete answers"),
        "trial": say("This is a trial of the survey: what you answer will be deleted."),
        "notice": say("Your answers"),
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
        paragraphs=(
            say("Type the code you were given."),
            say("What you answered before is kept. On this device it is neither shown nor changed."),
        ),
        button=say("Continue"),
        typed=typed,
        error=error,
        faulty=bool(error),
    )


def _needs_cookies(visit: Visit, home: str) -> Response:
    """At a kiosk or with an interviewer no interview begins whose pages would not know the device."""
    say = visit.say.gettext
    words = (
        say(
            "This device is used by one person after another. Without cookies its pages cannot clear "
            "themselves, and nothing leads to the next interview."
        ),
        say(
            "Please allow cookies for this address in the browser's settings, and begin again. "
            "Nothing was saved."
        ),
    )
    return reply.page(
        visit,
        "message",
        400,
        heading=say("This browser keeps no cookies"),
        paragraphs=words,
        links=[(home, say("Begin again"))],
        langs=[],
        faulty=True,
    )


def _enter(visit: Visit, state: State) -> Response:
    """To the first page that is not done; where the wave takes no new starts, a newcomer is told so.

    An invitation that was used in another browser looks as if it never was: what exists of it is not loaded.
    """
    state = replace(state, stage=visit.wave.stage)
    database = visit.instance.database
    sitting = ballots.load(database, visit.alias, state.ballot, state.seat) or visit.sitting
    form = form_of(database, sitting)
    if sitting.ballot is None and not state.end and visit.phase != "starts":
        return _no_new_ones(visit, doors.way_back(replace(visit, state=state), "quota"))
    inside = replace(visit, sitting=sitting, form=form, state=state)
    return reply.go(inside, inside.here(), state)


def _no_new_ones(visit: Visit, links: list[tuple[str, str]]) -> Response:
    """After the last start, or once the close is proposed. `links`: a panel's respondent's way back."""
    say = visit.say.gettext
    heading, words = _only_begun_ones(visit)
    if not links:
        links = [
            (visit.path("resume") + f"?lang={visit.language}", say("Continue with your code")),
            (visit.path("withdraw") + f"?lang={visit.language}", say("Delete answers")),
        ]
    return reply.page(visit, "message", 410, heading=heading, paragraphs=[words], links=links, langs=[])


def _only_begun_ones(visit: Visit) -> tuple[str, str]:
    """What a wave that takes no new starts says of itself."""
    say = visit.say.gettext
    return (
        say("No new interviews begin here any more."),
        say("Whoever has begun can go on with the code, or have the answers deleted."),
    )
