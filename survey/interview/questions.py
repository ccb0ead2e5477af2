"""The pages with questions: showing one, and taking what was answered on it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from flask import Response, request
from werkzeug.exceptions import NotFound

from instruments import Exit, Item, Problem
from survey import keys
from survey.config import study_today
from survey.interview import codes, reply
from survey.interview.doubts import SURE, doubt
from survey.interview.fields import FIELD_BUILDERS
from survey.interview.fields.entry import cleared
from survey.interview.forms import PageForm, Ticket, answered, kept, uncounted
from survey.interview.instance import room
from survey.interview.messages import SOFT, Message, message
from survey.interview.pages import Leaf, Shown, again, echo
from survey.interview.state import State
from survey.interview.visit import Visit, arrive
from survey.store import ballots

SEALED = "sealed"
"""What stands among the answers for words that are stored sealed."""


@dataclass(frozen=True)
class Desk:
    """One page of one interview, ready to be shown or to take answers."""

    visit: Visit
    number: int

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """What the page shows as stored answers stand."""
        visit = self.visit
        return visit.questionnaire.items_on(self.number, visit.answers, visit.draw)

    @property
    def stored(self) -> Mapping[str, Any]:
        """Item -> value as stored with this page."""
        page = self.visit.sitting.pages.get(self.number)
        return page.answers if page else {}

    @property
    def boxes(self) -> Mapping[str, str]:
        """Item -> sealed text as stored with this page."""
        page = self.visit.sitting.pages.get(self.number)
        return page.sealed if page else {}

    @property
    def spent(self) -> int:
        """Seconds stored with this page."""
        page = self.visit.sitting.pages.get(self.number)
        return page.seconds if page else 0

    @property
    def echoes(self) -> bool:
        """Whether stored answers may be shown in this browser."""
        return self.visit.own.echoes(self.number)

    @property
    def keep(self) -> Mapping[str, Any]:
        """What a blank leaves as it is."""
        return kept(self.items, self.stored, echoes=self.echoes)

    @property
    def asked(self) -> bool:
        """Whether the blanks of this page were asked about."""
        return self.visit.own.asked == self.number

    @property
    def open_questions(self) -> dict[str, Problem]:
        """Items without a stored answer that one would ask about."""
        asked = (item for item in self.items if item.stores and item.ask_again)
        names = [item.id for item in asked if FIELD_BUILDERS[item.kind].asks]
        return {name: Problem(SOFT) for name in names if name not in self.stored}

    @property
    def opens(self) -> bool:
        """Whether it holds consent or another way out: nothing is stored before all of it is right."""
        return any(item.role == "consent" or item.exits for item in self.items)

    @property
    def sheet(self) -> str:
        """The page in the version shown: a form of another version is as stale as one of another page."""
        return f"{self.number}:{self.visit.questionnaire.fingerprint[:16]}"

    def form(self) -> PageForm:
        """The page's form with what was posted."""
        ticket = Ticket(self.visit.seals, self.visit.own, self.sheet)
        return PageForm(self.items, self.visit.draw, ticket, request.form)


def show(alias: str, number: int) -> Response:
    """`GET /q/N`: the page, or the way to where the interview stands. Writes nothing."""
    visit = arrive(alias)
    desk = _desk(visit, number)
    if visit.over or not visit.route.reachable(number):
        return reply.go(visit, visit.here())
    messages = _messages(desk, desk.open_questions if desk.asked else {})
    shown = echo(desk.items, desk.stored, messages, echoes=desk.echoes)
    return _page(desk, shown, messages, spent=desk.spent)


def answer(alias: str, number: int) -> Response:
    """`POST /q/N`: judge, store, go on."""
    visit = arrive(alias)
    desk = _desk(visit, number)
    if visit.over:
        return reply.go(visit, visit.path("done"))
    if not visit.route.reachable(number):
        return _not_yet(visit)
    form = desk.form()
    if not form.genuine:
        return _refused(desk, {}, 400, desk.spent, notice=_stale(visit))
    return _judge(desk, form)


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
    return reply.with_state(visit, _refused(desk, problems, 422, form.seconds), state)


def _desk(visit: Visit, number: int) -> Desk:
    if not 1 <= number <= len(visit.questionnaire.pages):
        raise NotFound
    visit.own  # noqa: B018  raises SessionLostError before anything else is looked at
    return Desk(visit, number)


def _accept(desk: Desk, form: PageForm) -> Response:
    """Store the page and go to the next; the last page completes the interview."""
    visit = desk.visit
    given = answered(form, desk.keep)
    route = replace(visit.route_with(given), saved={*visit.sitting.pages, desk.number})
    target = route.next(desk.number) or route.first_incomplete()
    state = replace(visit.own.saved(desk.number), asked=0)
    if target is None:
        key = keys.read_wave_key(visit.instance.config.keys, visit.alias)
        mac = codes.code_mac(key, codes.code_of(key, state.ballot))
        _save(desk, form, given, state="complete", code_mac=mac)
        return reply.go(visit, visit.path("done"), state)
    _save(desk, form, given)
    return reply.go(visit, visit.path("q", target), state)


def _switch(desk: Desk, form: PageForm, language: str) -> Response:
    """Another language on the same page."""
    spoken = replace(desk, visit=desk.visit.speaking(language))
    return _pause(spoken, form, replace(desk.visit.own, language=language), {})


def _pause(desk: Desk, form: PageForm, state: State, problems: Mapping[str, Problem]) -> Response:
    """The same page once more: what was typed and is right is stored, and nothing typed is lost."""
    visit = desk.visit
    if not desk.opens:
        right = {item: value for item, value in form.values.items() if item not in form.faults}
        _save(desk, form, {**desk.keep, **right})
        state = state.saved(desk.number)
    if desk.opens or form.faults or _words(desk, form):
        there = replace(desk, visit=replace(visit, state=state))
        return reply.with_state(
            visit, _refused(there, problems, 422 if problems else 200, form.seconds), state
        )
    return reply.go(visit, visit.path("q", desk.number), state)


def _ask_whether(desk: Desk, form: PageForm, way_out: Exit) -> Response | None:
    """The same page with a question, when the answer may be a slip and was not asked about yet."""
    later = any(number > desk.number for number in desk.visit.sitting.pages)
    found = doubt(way_out, desk.items, form.values, later=later, say=desk.visit.say)
    if found is None or request.form.get(SURE) == found.mark:
        return None
    return _refused(desk, {}, 422, form.seconds, notice=found.words, sure=found.mark)


def _leave_by(desk: Desk, form: PageForm, way_out: Exit) -> Response:
    """An exit rule holds: nothing is kept, or, where the instrument says so, what is valid and the count."""
    visit = desk.visit
    if way_out.keep:
        agreed = not any(item.role == "consent" and item.id in form.faults for item in desk.items)
        given = answered(form, desk.keep) if agreed else {}
        valid = {name: value for name, value in given.items() if name not in form.faults}
        _save(desk, form, valid, state="screenout")
    elif visit.sitting.ballot is not None:
        with visit.instance.database.writing() as session:
            ballots.delete(session, visit.own.ballot)
    return reply.go(visit, visit.path("done"), replace(visit.own, end=way_out.to, mine=0))


def _save(desk: Desk, form: PageForm, given: Mapping[str, Any], **ballot: Any) -> None:
    visit = desk.visit
    plain, boxes = dict(given), dict(desk.boxes)
    for name in _words(desk, form):
        plain[name], boxes[name] = SEALED, keys.seal(visit.wave.public_key, form.values[name])
    for item in desk.items:
        if item.id not in form.values and cleared(item, request.form):
            plain[item.id] = ""
            boxes.pop(item.id, None)
    for name in uncounted(desk.items, plain):
        plain[name] = FIELD_BUILDERS[visit.questionnaire.items[name].kind].blank
        boxes.pop(name, None)
    with visit.instance.database.writing() as session:
        ballots.save_page(
            session,
            visit.wave,
            visit.own.ballot,
            desk.number,
            plain,
            sealed=boxes,
            language=visit.language,
            seconds=form.seconds,
            day=study_today(),
            batch=visit.own.batch,
            **ballot,
        )


def _words(desk: Desk, form: PageForm) -> list[str]:
    """Items for which free words were typed that may be stored."""
    names = [item.id for item in desk.items if item.kind == "text"]
    return [name for name in names if name in form.values and name not in form.faults]


def _refused(
    desk: Desk,
    problems: Mapping[str, Problem],
    status: int,
    spent: int,
    *,
    notice: str = "",
    sure: str = "",
) -> Response:
    """The same page with what was posted, what is wrong, and a fresh token."""
    messages = _messages(desk, problems)
    shown = again(desk.items, request.form.to_dict(flat=False), desk.stored, messages)
    return _page(desk, shown, messages, spent=spent, status=status, notice=notice, sure=sure)


def _messages(desk: Desk, problems: Mapping[str, Problem]) -> dict[str, Message]:
    """Item -> message, in page order."""
    visit = desk.visit
    return {
        item.id: message(problems[item.id], visit.say, [label for _, label, _ in visit.words.apart(item, ())])
        for item in desk.items
        if item.id in problems
    }


def _page(
    desk: Desk,
    shown: list[Shown],
    messages: Mapping[str, Message],
    *,
    spent: int,
    status: int = 200,
    notice: str = "",
    sure: str = "",
) -> Response:
    visit = desk.visit
    page = visit.questionnaire.page(desk.number)
    at, total = visit.route.place(desk.number)
    words = visit.own_words
    leaf = Leaf(visit.questionnaire, visit.draw, words, visit.say)
    questions = {item.id: words.say(item.text) for item in desk.items}
    return reply.page(
        visit,
        "question",
        status,
        number=desk.number,
        at=at,
        total=total,
        last=at == total,
        back=visit.route.previous(desk.number),
        token=visit.seals.form(visit.own, desk.sheet, spent),
        items=room().press.items(leaf, shown),
        hard=any(text.hard for text in messages.values()),
        summary=[(name, text, questions[name]) for name, text in messages.items()],
        hidden=bool(desk.stored) and not desk.echoes,
        notice=notice,
        sure=sure,
        before=visit.text(page.before) if page.before else "",
        after=visit.text(page.after) if page.after else "",
        faulty=bool(messages or notice),
    )


def _stale(visit: Visit) -> str:
    return visit.say.gettext(
        "This page was open too long, or came from another interview, so it was not saved. "
        "Your answers are still here: please press “Next” again."
    )


def _not_yet(visit: Visit) -> Response:
    """Answers to a page whose turn has not come: refused, with the way to where the interview stands."""
    say = visit.say.gettext
    return reply.page(
        visit,
        "message",
        409,
        heading=say("This page is not open yet"),
        paragraphs=[say("Nothing was saved. Please go on where you stopped.")],
        links=[(visit.here(), say("Continue"))],
    )
