"""One page of one interview: a visit and a page number in, what it shows and how it stands out; its HTML."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask import Response, request
from werkzeug.exceptions import NotFound

from instruments import Item, Problem
from survey.interview import handover, reply
from survey.interview.cards import cards
from survey.interview.device import device
from survey.interview.fields import FIELD_BUILDERS
from survey.interview.forms import PageForm, Ticket, kept
from survey.interview.instance import room
from survey.interview.messages import SOFT, Message, message
from survey.interview.pages import Leaf, Shown, again
from survey.interview.state import State
from survey.interview.stay import Stay
from survey.interview.visit import Visit

MARK_FIELD = "stored"
"""Hidden field with the desk's mark."""
TO_CORRECT = 422
"""The status of a page that comes back because something is to be corrected."""


@dataclass(frozen=True)
class Desk:
    """One page of one interview, ready to be shown or to take answers."""

    visit: Visit
    number: int
    saved: Mapping[str, Any] | None = None
    """Item -> value as stored since the visit began."""
    whole: bool = False
    """Whether it is looked at with what another browser answered on it."""

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """What the page asks as stored answers stand: nothing that another browser answered."""
        shown = self.visit.route.items_on(self.number)
        return tuple(item for item in shown if item.id not in self.held)

    @property
    def held(self) -> Mapping[str, Any]:
        """Item -> value that this browser may neither show nor change."""
        return {} if self.whole or self.echoes else self.stored

    @property
    def closed(self) -> bool:
        """Whether another browser answered all of it; not where the interview goes on all the same."""
        if not self.held or any(item.stores for item in self.items):
            return False
        return self.visit.here() != self.visit.path("q", self.number)

    @property
    def after_saving(self) -> State:
        """The state after this browser saved the page: it may show it again if all of it is its own."""
        own = self.visit.own
        return own if self.held else own.saved(self.number)

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
    def stay(self) -> Stay:
        """The stay on this page that begins when it is shown."""
        pages = self.visit.sitting.pages
        clock = sum(page.seconds for page in pages.values())
        page = pages.get(self.number)
        return Stay.again(clock, page.seconds, page.paradata) if page else Stay(clock=clock, served=clock)

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

    @property
    def mark(self) -> str:
        """What the form says of the answers beside which it was made."""
        return self.visit.seals.mark(
            self.visit.own, self.sheet, self.stored if self.saved is None else self.saved
        )

    def replaces(self, given: Mapping[str, Any]) -> bool:
        """Whether answers saved since the form was made give way to others: another tab, device or way back.

        Words are left out: what is stored of them cannot be read, and the same page sent twice is the rule.
        """
        sent = request.form.get(MARK_FIELD)
        if sent is None or self.visit.seals.is_mark(sent, self.visit.own, self.sheet, self.stored):
            return False
        return not self.holds(given)

    def holds(self, given: Mapping[str, Any]) -> bool:
        """Whether these answers, words aside, are what is stored with the page."""
        names = [item.id for item in self.items if item.stores and item.kind != "text"]
        return all(self.stored.get(name) == given.get(name) for name in names)

    def form(self) -> PageForm:
        """The page's form with what was posted."""
        ticket = Ticket(self.visit.seals, self.visit.own, self.sheet)
        return PageForm(self.items, self.visit.draw, ticket, request.form)


def open_desk(visit: Visit, number: int) -> Desk:
    """The desk of a page. Raises NotFound and SessionLostError."""
    if not 1 <= number <= len(visit.questionnaire.pages):
        raise NotFound
    visit.own  # noqa: B018  raises SessionLostError before anything else is looked at
    return Desk(visit, number)


def refused(
    desk: Desk,
    problems: Mapping[str, Problem],
    status: int,
    stay: Stay,
    *,
    notice: str = "",
    sure: str = "",
) -> Response:
    """The same page with what was posted, what is wrong, and a fresh token."""
    messages = messages_of(desk, problems)
    shown = again(desk.items, request.form.to_dict(flat=False), desk.stored, messages)
    there = stay.corrected() if status == TO_CORRECT else stay
    return page_of(desk, shown, messages, stay=there, status=status, notice=notice, sure=sure)


def messages_of(desk: Desk, problems: Mapping[str, Problem]) -> dict[str, Message]:
    """Item -> message, in page order."""
    visit = desk.visit
    return {
        item.id: message(problems[item.id], visit.say, [label for _, label, _ in visit.words.apart(item, ())])
        for item in desk.items
        if item.id in problems
    }


def page_of(
    desk: Desk,
    shown: list[Shown],
    messages: Mapping[str, Message],
    *,
    stay: Stay,
    status: int = 200,
    notice: str = "",
    sure: str = "",
) -> Response:
    """The page's HTML."""
    visit = desk.visit
    page = visit.questionnaire.page(desk.number)
    at, total = visit.route.place(desk.number)
    words = visit.own_words
    leaf = Leaf(visit.questionnaire, visit.draw, words, visit.say)
    aided = handover.asked_by_interviewer(visit, desk.number)
    shown_cards = cards(room().press, desk.items, words, visit.draw, visit.say) if aided else {}
    questions = {item.id: words.say(item.text) for item in desk.items}
    return reply.page(
        visit,
        "question",
        status,
        number=desk.number,
        at=at,
        total=total,
        last=at == total,
        back=_back(visit, desk.number),
        token=visit.seals.form(visit.own, desk.sheet, stay),
        mark=desk.mark,
        replaced=visit.own.replaced,
        held=visit.own.held,
        offer=_offers_code(desk),
        items=room().press.items(leaf, shown, shown_cards),
        hard=any(text.hard for text in messages.values()),
        summary=[(name, text, questions[name]) for name, text in messages.items()],
        hidden=bool(desk.held),
        notice=notice,
        sure=sure,
        before=visit.text(page.before) if page.before else "",
        after=visit.text(page.after) if page.after else "",
        lines=visit.phones_so_far if visit.questionnaire.modules[page.module].sensitive else [],
        faulty=bool(messages or notice),
    )


def _back(visit: Visit, number: int) -> int | None:
    """The page to go back to, where this browser may show it."""
    found = handover.previous(visit, number)
    return found if found is not None and visit.own.echoes(found) else None


def _offers_code(desk: Desk) -> bool:
    """Once, when the first page is saved: afterwards only the respondent's own code leads back here.

    Not to a panel's respondent, whom the panel's link leads back, nor on a device that many use.
    """
    visit, pages = desk.visit, desk.visit.sitting.pages
    if visit.own.panel or device().kind or len(pages) != 1 or desk.number in pages:
        return False
    ballot = visit.sitting.ballot
    return ballot is not None and ballot.code_mac is None
