"""The pages with questions: showing one, and taking what was answered on it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import Response, request

from instruments import Exit, Problem
from survey.interview import codes, doors, handover, reply, used
from survey.interview.desk import Desk, messages_of, open_desk, page_of, refused
from survey.interview.doubts import SURE, doubt
from survey.interview.forms import PageForm, answered
from survey.interview.messages import SOFT, typed_is_here
from survey.interview.pages import echo
from survey.interview.quotas import CellFullError, no_place, place
from survey.interview.saving import save, words_of
from survey.interview.state import State
from survey.interview.visit import Visit, arrive
from survey.store import withdrawal
from survey.store.ballots import NotSaved


def show(alias: str, number: int) -> Response:
    """`GET /q/N`: the page, or the way to where the interview stands. Writes nothing."""
    visit = arrive(alias)
    desk = open_desk(visit, number)
    if visit.over or not visit.route.reachable(number) or desk.closed:
        return reply.go(visit, visit.here())
    if (first := handover.before(visit, number)) is not None:
        return first
    messages = messages_of(desk, desk.open_questions if desk.asked else {})
    shown = echo(desk.items, desk.stored, messages, echoes=desk.echoes)
    return page_of(desk, shown, messages, stay=desk.stay)


def answer(alias: str, number: int) -> Response:
    """`POST /q/N`: judge, store, go on."""
    visit = arrive(alias)
    desk = open_desk(visit, number)
    if visit.over:
        return _too_late(desk)
    if not visit.route.reachable(number):
        return _not_yet(visit)
    if (first := handover.before(visit, number)) is not None:
        return first
    return _saved_before(desk) if desk.closed else _take(desk)


def _take(desk: Desk) -> Response:
    """Judge and store, where the form is genuine."""
    visit = desk.visit
    if used.begins(visit):
        doors.refuse_guessing()
    form = desk.form()
    if not form.genuine:
        return refused(desk, {}, 400, desk.stay, notice=_stale(visit))
    try:
        return _judge(desk, form)
    except NotSaved:
        return used.turn_back(visit) or _too_late(desk)


def _judge(desk: Desk, form: PageForm) -> Response:
    """What a genuine post leads to. An exit comes before validation: a child who types 9 must reach it."""
    visit, language = desk.visit, request.form.get("lang", "")
    if language in visit.wave.languages:
        return _switch(desk, form, language)
    way_out = visit.questionnaire.exit_for({**visit.answers, **form.values})
    if way_out is not None:
        return _ask_whether(desk, form, way_out) or _leave_by(desk, form, way_out)
    problems = form.problems(desk.keep, asked=desk.asked)
    if not problems:
        return _accept(desk, form)
    state = replace(visit.own, asked=desk.number)
    if all(problem.code == SOFT for problem in problems.values()):
        return _pause(desk, form, state, problems)
    there = replace(desk, visit=replace(visit, state=state))
    return reply.with_state(visit, refused(there, problems, 422, form.stay), state)


def _accept(desk: Desk, form: PageForm) -> Response:
    """Store the page and go to the next; the last page completes the interview."""
    visit = desk.visit
    given = answered(form, desk.keep)
    stands = place(visit, given)
    route = replace(visit.route_with(given), saved={*visit.sitting.pages, desk.number})
    target = route.next(desk.number) or route.first_incomplete()
    state = replace(desk.after_saving, asked=0, replaced=_replaced(desk, given), held=0)
    how: dict[str, Any] = {}
    if target is None:
        mac = codes.code_mac(visit.key, codes.code_of(visit.key, state.ballot))
        how = {"state": "complete", "code_mac": mac}
    try:
        save(desk, form, given, place=stands, **how)
    except CellFullError as full:
        return no_place(visit, desk.number, full.shut)
    return reply.go(visit, visit.path("done") if target is None else visit.path("q", target), state)


def _switch(desk: Desk, form: PageForm, language: str) -> Response:
    """Another language on the same page."""
    spoken = replace(desk, visit=desk.visit.speaking(language))
    return _pause(spoken, form, replace(desk.visit.own, language=language), {})


def _pause(desk: Desk, form: PageForm, state: State, problems: Mapping[str, Problem]) -> Response:
    """The same page once more: what was typed and is right is stored, and nothing typed is lost."""
    visit = desk.visit
    if not desk.opens:
        right = {item: value for item, value in form.values.items() if item not in form.faults}
        given = {**desk.keep, **right}
        desk = replace(desk, saved=save(desk, form, given))
        mine = desk.after_saving.mine
        state = replace(state, mine=mine, replaced=_replaced(desk, given), held=0)
    if desk.opens or form.faults or words_of(desk, form):
        there = replace(desk, visit=replace(visit, state=state))
        return reply.with_state(visit, refused(there, problems, 422 if problems else 200, form.stay), state)
    return reply.go(visit, visit.path("q", desk.number), state)


def _ask_whether(desk: Desk, form: PageForm, way_out: Exit) -> Response | None:
    """The same page with a question, when the answer may be a slip and was not asked about yet."""
    later = any(number > desk.number for number in desk.visit.sitting.pages)
    found = doubt(way_out, desk.items, form.values, later=later, say=desk.visit.say)
    if found is None or request.form.get(SURE) == found.mark:
        return None
    return refused(desk, {}, 422, form.stay, notice=found.words, sure=found.mark)


def _leave_by(desk: Desk, form: PageForm, way_out: Exit) -> Response:
    """An exit rule holds: nothing is kept, or, where the instrument says so, what is valid and the count."""
    visit = desk.visit
    if way_out.keep:
        agreed = not any(item.role == "consent" and item.id in form.faults for item in desk.items)
        given = answered(form, desk.keep) if agreed else {}
        valid = {name: value for name, value in given.items() if name not in form.faults}
        save(desk, form, valid, state="screenout")
    elif visit.sitting.ballot is not None:
        visit.instance.database.saving(lambda session: withdrawal.delete(session, visit.own.ballot))
        visit.instance.database.empty_log()
    return reply.go(visit, visit.path("done"), replace(visit.own, end=way_out.to, mine=0))


def _replaced(desk: Desk, given: Mapping[str, Any]) -> int:
    """The page to be named on the next one, as shown to respondents; 0 where nothing gave way."""
    return desk.visit.route.place(desk.number)[0] if desk.replaces(given) else 0


def _saved_before(desk: Desk) -> Response:
    """What another browser saved stays as it is: said on the page where the interview goes on."""
    visit = desk.visit
    at, _ = visit.route.place(desk.number)
    return reply.go(visit, visit.here(), replace(visit.own, held=at, replaced=0))


def _too_late(desk: Desk) -> Response:
    """The interview has ended, perhaps elsewhere: said, unless the same page was only sent twice."""
    desk = replace(desk, whole=True)
    visit, form = desk.visit, desk.form()
    twice = form.genuine and desk.holds(answered(form, desk.keep))
    return reply.go(visit, visit.path("done"), replace(visit.own, late=not twice))


def _stale(visit: Visit) -> str:
    return visit.say.gettext(
        "This page was open too long, or came from another interview, so it was not saved. "
        "Your answers are still here: please press “Next” again."
    )


def _not_yet(visit: Visit) -> Response:
    """Answers to a page whose turn has not come: they stay in the page, with the way to where it stands."""
    say = visit.say.gettext
    return reply.page(
        visit,
        "retry",
        409,
        heading=say("This page is not open yet"),
        paragraphs=[say("Nothing was saved. Please go on where you stopped."), typed_is_here(visit.say)],
        links=[(visit.here(), say("Continue"))],
        langs=[],
        address=request.path,
        sent=list(request.form.items(multi=True)),
        faulty=True,
    )
