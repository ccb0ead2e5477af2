"""Going out: done, stopping, withdrawing, leaving at once."""

import logging
from dataclasses import replace
from datetime import date
from typing import Any

from flask import Response, request
from werkzeug.exceptions import MethodNotAllowed

from instruments import fill
from survey.config import study_today
from survey.interview import codes, cookies, doors, reply
from survey.interview.forms import BareForm, Ticket
from survey.interview.instance import instance
from survey.interview.quotas import FULL
from survey.interview.state import COOKIE, CookieError, Seals, State
from survey.interview.visit import Visit, arrive
from survey.store import withdrawal
from survey.store.models import Ballot
from survey.store.withdrawn import remember

LONGEST_HEADING = 40
STOP = "stop"
"""Stands for a page number in the token of the page on which one may stop."""


def done(alias: str) -> Response:
    """`/done`: how this interview ended; one that has not goes on."""
    visit = arrive(alias)
    if not visit.over:
        return reply.go(visit, visit.here())
    ballot = visit.sitting.ballot
    if not visit.own.end and ballot is not None and ballot.state == "complete":
        return _complete(visit)
    if ballot is not None and ballot.full_cell is not None:
        return _ended(visit, FULL)
    return _ended(visit, visit.own.end or (ballot.state if ballot else "withdrawn"))


def nothing_to_post(alias: str) -> Response:
    """Nobody answers the end page; a browser without cookies only looks at it, which is seen to before."""
    raise MethodNotAllowed(["GET", "HEAD", "OPTIONS"])


def ask_stop(alias: str) -> Response:
    """`/stop`: what shall happen with what was answered so far."""
    visit = arrive(alias)
    if visit.over:
        return reply.go(visit, visit.path("done"))
    return _ask_stop(visit)


def stop(alias: str) -> Response:
    """Keep, which gives a code, or delete."""
    visit = arrive(alias)
    if visit.over:
        return reply.go(visit, visit.path("done"))
    form = BareForm(Ticket(visit.seals, visit.own, STOP), request.form)
    wish = request.form.get("do")
    if not form.genuine or wish not in ("keep", "delete"):
        return _ask_stop(
            visit, 400, notice=visit.say.gettext("This page was open too long. Please choose again.")
        )
    if wish == "keep":
        _remember(visit)
        return reply.go(visit, visit.path("stop"))
    if visit.sitting.ballot is not None:
        visit.instance.database.saving(lambda session: _delete(session, visit, visit.own.ballot))
        visit.instance.database.empty_log()
    return reply.go(visit, visit.path("done"), replace(visit.own, end="withdrawn", mine=0))


def ask_withdraw(alias: str) -> Response:
    """`/withdraw`: the box for the code."""
    return _ask_withdraw(arrive(alias, ignore_cookie=True))


def withdraw(alias: str) -> Response:
    """Delete the answers that belong to a code."""
    if (once_more := reply.asks_to_repeat(alias)) is not None:
        return once_more
    visit = arrive(alias, ignore_cookie=True)
    doors.refuse_guessing()
    typed = request.form.get("code", "")
    mac = codes.code_mac(visit.key, typed)
    found = visit.instance.database.saving(lambda session: _withdraw(session, visit, mac))
    if found is None:
        doors.count_wrong_code()
        error = visit.say.gettext(
            "We know no answers with this code. Please check what you typed. "
            "If they were deleted before, all is done."
        )
        return _ask_withdraw(visit, typed, error, 422)
    visit.instance.database.empty_log()
    if visit.state is not None and visit.state.ballot != found.ballot:
        return _ended(visit, "withdrawn")  # the cookie belongs to somebody else's interview
    ended = State(found.ballot, visit.language, end="withdrawn", stage=visit.wave.stage, seat=found.seat)
    return reply.go(visit, visit.path("done"), ended)


def _withdraw(session: Any, visit: Visit, mac: str) -> Ballot | None:
    """The ballot with that code, its answers deleted; None when there is none."""
    found = withdrawal.find_by_code(session, visit.wave, mac)
    if found is not None:
        _delete(session, visit, found.ballot)
    return found


def _delete(session: Any, visit: Visit, ballot: str) -> None:
    """Withdraw, and remember it where no backup that is put back can undo it.

    Where that cannot be written the answers are deleted all the same; the night writes it.
    """
    try:
        remember(visit.instance.config.keys, visit.key, visit.wave, [ballot])
    except OSError as error:
        told = logging.getLogger(__name__)
        told.error("a withdrawal could not be remembered beside the keys: %s", error.strerror)
    withdrawal.withdraw(session, ballot)


def leave(alias: str) -> Response:
    """At once to a neutral page; the cookie goes, unless it marks an interview that must not begin again.

    Where the script has gone there already, it is only told that the cookie goes.
    """
    there = "quiet" in request.form
    response = Response(status=204) if there else reply.see_other(reply.leave_to(alias))
    try:
        state = Seals(instance().secrets, alias).state(cookies.sent(COOKIE))
    except CookieError:
        state = None
    return response if state is not None and state.end else reply.without_state(response, alias)


def _complete(visit: Visit) -> Response:
    """The code is shown only in the browser that answered."""
    say = visit.say.gettext
    late = _too_late(visit) if visit.own.late else ""
    links = doors.way_back(visit, "complete")
    if not visit.own.mine:
        said = (say("This interview is complete."), late)
        return reply.page(
            visit,
            "message",
            heading=say("Thank you"),
            paragraphs=[text for text in said if text],
            links=links,
        )
    code = codes.code_of(visit.key, visit.own.ballot)
    heading, words = _headed(visit, "end_complete", say("Your answers are saved."))
    return reply.page(
        visit,
        "done",
        heading=heading,
        words=words,
        code=code,
        withdrawal=_about_code(visit, code),
        late=late,
        links=links,
    )


def _too_late(visit: Visit) -> str:
    return visit.say.gettext(
        "This interview was finished before your last page arrived, so that page was not saved. "
        "What had been saved counts."
    )


def _about_code(visit: Visit, code: str) -> str:
    text = visit.questionnaire.texts.get("withdrawal")
    if text is None:
        return visit.say.gettext(
            "With this code you can have your answers deleted until {date}.", date=_until(visit)
        )
    return fill(text[visit.language], {**dict(visit.words.fills), "code": code, "date": _until(visit)})


def _until(visit: Visit) -> str:
    """The wave's last day, today where it runs on beyond it; in figures where a word would need its case."""
    day: date = max(visit.wave.closes, study_today(visit.wave.time_zone))
    return visit.say.date(day) if visit.language == "en" else visit.say.in_figures(day)


def _ended(visit: Visit, how: str) -> Response:
    say = visit.say.gettext
    if how == "withdrawn":
        heading = say("Your answers are deleted")
        words = say(
            "Nothing you answered is kept here. Sealed backup copies that may still hold it are destroyed "
            "within {days} days.",
            days=visit.instance.config.backup_days,
        )
    elif how == FULL:
        heading = say("Thank you")
        words = say(
            "For this part of the survey we have enough answers already, so the interview ends here. "
            "Nothing you answered is kept."
        )
    else:
        heading, words = _headed(visit, f"end_{how}", say("The interview ends here."))
    links = doors.way_back(visit, FULL if how == FULL else "screenout")
    ended = FULL if how == FULL else ""
    return reply.page(visit, "message", heading=heading, paragraphs=[words], links=links, ended=ended)


def _headed(visit: Visit, name: str, otherwise: str) -> tuple[str, str]:
    """A text of the instrument as heading (its first sentence, when short) and the rest."""
    heading, stop, rest = visit.text(name).partition(". ")
    if stop and len(heading) <= LONGEST_HEADING:
        return heading, rest
    return visit.say.gettext("Thank you"), visit.text(name) or otherwise


def _remember(visit: Visit) -> None:
    """Store the code's mac, once there is something to come back to."""
    if visit.sitting.ballot is not None:
        key = visit.key
        mac = codes.code_mac(key, codes.code_of(key, visit.own.ballot))
        visit.instance.database.saving(lambda session: withdrawal.set_code(session, visit.own.ballot, mac))


def _ask_stop(visit: Visit, status: int = 200, notice: str = "") -> Response:
    ballot = visit.sitting.ballot
    kept = ballot is not None and ballot.code_mac is not None
    return reply.page(
        visit,
        "stop",
        status,
        code=codes.code_of(visit.key, visit.own.ballot) if kept else "",
        begun=ballot is not None,
        date=_until(visit),
        token=visit.seals.form(visit.own, STOP),
        notice=notice,
        faulty=bool(notice),
        back=visit.here(),
    )


def _ask_withdraw(visit: Visit, typed: str = "", error: str = "", status: int = 200) -> Response:
    say = visit.say.gettext
    return reply.page(
        visit,
        "code",
        status,
        purpose="withdraw",
        heading=say("Delete my answers"),
        paragraphs=(
            say(
                "Type the code you were given. Your answers are then deleted here at once, and go from "
                "sealed backup copies within {days} days.",
                days=visit.instance.config.backup_days,
            ),
        ),
        button=say("Delete my answers"),
        typed=typed,
        error=error,
        faulty=bool(error),
    )
