"""What a respondent does in, what must be stored and shown out: the rules of a page turn, put plainly.

Which questions a page shows is asked of the questionnaire (its routing has a model of its own in
`test_routing`); what is accepted, kept, replaced and said is decided here, without the code that does it.
"""

from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from typing import Any

from instruments import Draw, Missing, Questionnaire

BLANK, WRONG = "", "99"
HOUR = 3600
FORM_LIVES = 12 * HOUR
COOKIE_LIVES = 30 * 24 * HOUR
NO_ANSWER = int(Missing.NO_ANSWER)
Answers = Mapping[str, str]


class UsedError(Exception):
    """Another browser has begun with the same invitation."""


@dataclass
class Interview:
    """What the database must hold of one ballot."""

    state: str = ""
    """Nothing before the first page is stored."""
    language: str = ""
    code: bool = False
    seat: int = 0
    """The browser that began it with an invitation; 0 by an open link."""
    pages: dict[int, dict[str, int]] = field(default_factory=dict)

    @property
    def over(self) -> bool:
        """Whether it takes nothing more."""
        return self.state not in ("", "started")

    @property
    def answers(self) -> dict[str, int]:
        """All that is stored, over all pages."""
        return {item: code for _, page in sorted(self.pages.items()) for item, code in page.items()}


@dataclass
class Device:
    """What one browser's cookie says."""

    ballot: str = ""
    language: str = ""
    mine: set[int] = field(default_factory=set)
    asked: int = 0
    end: str = ""
    replaced: bool = False
    held: bool = False
    late: bool = False
    seat: int = 0
    written: float = 0.0

    def become(self, other: "Device") -> None:
        """Another cookie takes the place of this one."""
        vars(self).update(vars(other))

    def lost(self, now: float) -> bool:
        """Whether the server no longer takes the cookie."""
        return not self.ballot or now - self.written > COOKIE_LIVES


@dataclass(frozen=True)
class Tab:
    """A page with questions as one tab of a browser holds it."""

    ballot: str
    page: int
    items: tuple[str, ...]
    hidden: tuple[tuple[str, str], ...]
    served: float
    beside: Mapping[str, int]
    """What was stored of the page when it was served."""


@dataclass
class World:
    """All interviews and the questionnaire."""

    questionnaire: Questionnaire
    now: float = 0.0
    interviews: dict[str, Interview] = field(default_factory=dict)
    draws: dict[str, Draw] = field(default_factory=dict)
    seats: int = 0

    def of(self, device: Device) -> Interview:
        """The interview of a device; of one that another browser began with the same code it sees nothing."""
        return Interview() if self.taken(device) else self._interview(device)

    def taken(self, device: Device) -> bool:
        """Whether another browser began with the same invitation."""
        found = self._interview(device)
        return bool(found.state) and found.seat != device.seat

    def _interview(self, device: Device) -> Interview:
        return self.interviews.setdefault(device.ballot, Interview())

    def draw(self, ballot: str) -> Draw:
        """What chance decided for it."""
        if ballot not in self.draws:
            self.draws[ballot] = self.questionnaire.draw(ballot)
        return self.draws[ballot]

    def shown(self, device: Device, page: int) -> dict[str, bool]:
        """Questions on a page as answers stand -> whether a blank is asked about."""
        items = self.questionnaire.items_on(page, self.of(device).answers, self.draw(device.ballot))
        return {item.id: item.ask_again for item in items if item.stores}

    def over(self, device: Device) -> bool:
        """Whether the device is led to the last page."""
        return bool(device.end) or self.of(device).over

    def reachable(self, device: Device, page: int) -> bool:
        """Whether it is a page's turn."""
        answers, draw = self.of(device).answers, self.draw(device.ballot)
        if not self.questionnaire.items_on(page, answers, draw):
            return False
        before = self.questionnaire.previous_page(page, answers, draw)
        return before is None or self._done(device, before, answers)

    def held(self, device: Device, page: int) -> dict[str, int]:
        """What another browser answered on a page: neither shown here nor changed."""
        mine = page in device.mine and self.now - device.written <= FORM_LIVES
        return {} if mine else self.of(device).pages.get(page, {})

    def closed(self, device: Device, page: int) -> bool:
        """Whether another browser answered all of a page, and the interview goes on elsewhere."""
        held = self.held(device, page)
        return bool(held) and not set(self.shown(device, page)) - set(held) and self.here(device) != page

    def here(self, device: Device) -> int:
        """The page at which an interview goes on."""
        answers, draw, at, last = self.of(device).answers, self.draw(device.ballot), 0, 0
        while (found := self.questionnaire.next_page(at, answers, draw)) is not None:
            if not self._done(device, found, answers):
                return found
            at = last = found
        return last

    def _done(self, device: Device, page: int, answers: Mapping[str, int]) -> bool:
        items = self.questionnaire.items_on(page, answers, self.draw(device.ballot))
        saved = page in self.of(device).pages
        return saved and all(item.id in answers for item in items if item.stores)

    def _finished(self, device: Device, page: int) -> bool:
        """Whether nothing is left to ask once a page is stored."""
        answers, draw = self.of(device).answers, self.draw(device.ballot)
        if self.questionnaire.next_page(page, answers, draw) is not None:
            return False
        at = self.questionnaire.next_page(0, answers, draw)
        while at is not None and self._done(device, at, answers):
            at = self.questionnaire.next_page(at, answers, draw)
        return at is None

    def post(self, device: Device, tab: Tab, answers: Answers, language: str = "") -> int:
        """One post of a tab's form; with a `language`, by that button. The status it is answered with."""
        if device.lost(self.now):
            return 400
        genuine = tab.ballot == device.ballot and self.now - tab.served <= FORM_LIVES
        given = {name: answers.get(name, BLANK) for name in self.shown(device, tab.page)}
        if self.over(device):
            stored = self.of(device).pages.get(tab.page, {})
            whole = self._whole(device, tab.page, given)
            same = all(given[name] != WRONG and stored.get(name) == whole[name] for name in given)
            self._write(device, late=not (genuine and same))
            return 303
        if not self.reachable(device, tab.page):
            return 409
        if self.closed(device, tab.page):
            self._write(device, held=True, replaced=False)
            return 303
        open_ones = {n: text for n, text in given.items() if n not in self.held(device, tab.page)}
        try:
            return self._judge(device, tab, open_ones, language) if genuine else 400
        except UsedError:
            device.become(Device())
            return 303

    def _judge(self, device: Device, tab: Tab, given: dict[str, str], language: str) -> int:
        page, shown = tab.page, self.shown(device, tab.page)
        keep = {n: code for n, code in self._kept(device, page).items() if n in given}
        faulty = WRONG in given.values()
        blank = [name for name, text in given.items() if text == BLANK and name not in keep]
        if language:
            self._store(device, tab, {**keep, **_right(given)}, language=language)
            return 200 if faulty else 303
        if faulty:
            self._write(device, asked=page)
            return 422
        if device.asked != page and any(shown[name] for name in blank):
            self._store(device, tab, {**keep, **_right(given)}, asked=page)
            return 303
        self._store(device, tab, self._whole(device, page, given), asked=0)
        if self._finished(device, page):
            self.of(device).state, self.of(device).code = "complete", True
        return 303

    def _kept(self, device: Device, page: int) -> dict[str, int]:
        """What a blank leaves as it is: what may not be shown here, and what was left blank on purpose."""
        stored = self.of(device).pages.get(page, {})
        mine = page in device.mine and self.now - device.written <= FORM_LIVES
        shown = self.shown(device, page)
        return {
            name: code for name, code in stored.items() if name in shown and not (mine and code != NO_ANSWER)
        }

    def _whole(self, device: Device, page: int, given: dict[str, str]) -> dict[str, int]:
        """What an accepted page stores."""
        keep, right = self._kept(device, page), _right(given)
        return {name: right.get(name, keep.get(name, NO_ANSWER)) for name in given}

    def _store(self, device: Device, tab: Tab, values: dict[str, int], **changes: Any) -> None:
        if self.taken(device):
            raise UsedError
        interview, held = self.of(device), self.held(device, tab.page)
        before, shown = interview.pages.get(tab.page, {}), self.shown(device, tab.page)
        other = any(before.get(name) != values.get(name) for name in shown if name not in held)
        replaced = dict(tab.beside) != before and other
        saved = set() if held else {tab.page}
        self._write(device, saved=saved, replaced=replaced, held=False, **changes)
        interview.pages[tab.page] = {**held, **values}
        interview.state, interview.language, interview.seat = "started", device.language, device.seat

    def _write(self, device: Device, saved: Set[int] = frozenset(), **changes: Any) -> None:
        """The cookie is written anew; after a long pause it forgets which pages this browser may show."""
        device.mine = {*saved} if self.now - device.written > FORM_LIVES else {*device.mine, *saved}
        for name, value in changes.items():
            setattr(device, name, value)
        device.written = self.now

    def start(self, device: Device, language: str, *, invited: str = "", fresh: str = "") -> None:
        """Begin with an invitation's or a fresh ballot, or go on where this browser stopped."""
        paused = self.now - device.written > FORM_LIVES
        known = not device.lost(self.now) and not (paused and self.over(device))
        if not known or (invited and invited != device.ballot):
            self.seats += bool(invited)
            seat = self.seats if invited else 0
            device.become(Device(invited or fresh, seat=seat, written=self.now))
        self._write(device, language=language)

    def resume(self, device: Device, ballot: str) -> None:
        """Another device, or the same one, goes on with a code."""
        found = self.interviews[ballot]
        device.become(Device(ballot, found.language, seat=found.seat, written=self.now))

    def keep_code(self, device: Device) -> None:
        """Stop, and keep what was answered."""
        interview = self.of(device)
        interview.code = interview.code or interview.state == "started"

    def withdraw(self, device: Device, ballot: str) -> None:
        """All answers go; a mark stays. A browser with another interview is left alone."""
        interview = self.interviews[ballot]
        interview.state, interview.code, interview.pages = "withdrawn", False, {}
        if device.lost(self.now) or device.ballot == ballot:
            language = device.language
            seat = interview.seat
            device.become(Device(ballot, language, end="withdrawn", seat=seat, written=self.now))

    def stop_and_delete(self, device: Device) -> None:
        """The same by the button of the page on which one may stop."""
        self.withdraw(device, device.ballot)


def _right(given: Answers) -> dict[str, int]:
    """Answers that are given and are right."""
    return {name: int(text) for name, text in given.items() if text not in (BLANK, WRONG)}
