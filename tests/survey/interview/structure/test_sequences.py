"""Anything people do with tabs, devices and time, in any order: the last accepted post of each page stays.

The rules are those of `harness.model`; after every step all ballots and pages of the database are compared
with it, and so is what the page shows: status, language, earlier answers, notices.
"""

import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from flask import Flask
from harness.client import Network
from harness.model import BLANK, HOUR, WRONG, Device, Tab, World
from harness.place import Place
from harness.server import Server, free_port
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import delete, select
from werkzeug.datastructures import MultiDict

from instruments import Questionnaire
from survey import keys
from survey.config import Config
from survey.interview.state import COOKIE
from survey.store import ballots, invitations, opening, waves
from survey.store.engine import Database
from survey.store.models import Ballot, PageAnswer, Wave

ALIAS = "opinion"
LANGUAGES = ("ru", "en")
DEVICES = 3
TABS = 3
REPLACED = ("что Вы отправили последним", "What you sent last counts now")
HELD = ("отправленное сейчас не принято", "what was sent now was not taken")
LATE = ("был завершён раньше", "was finished before your last page")
WAITS = (60, 307 * 60, 307 * 60, 13 * HOUR, 13 * HOUR, 31 * 24 * HOUR, -307 * 60)
"""Seconds; the last one is a clock that is put back."""


@dataclass
class Scene:
    """Everything around the interviews; what a failing example would print of it stays short."""

    core: Questionnaire
    database: Database
    person: Callable[[], Any]
    tokens: Sequence[str] = ()
    """Invitations; none in an open wave."""
    ballots: Sequence[str] = ()
    """Those of the invitations, or those that chance gives, one after another."""
    travels: bool = True
    """Whether the clock can be moved."""
    seconds: list[float] = field(default_factory=lambda: [0.0])
    given: list[int] = field(default_factory=lambda: [0])
    steps: list[int] = field(default_factory=lambda: [0, 0, 0])
    """Sequences, posts of pages, pages looked at."""

    def __repr__(self) -> str:
        return "scene"

    def begin(self) -> None:
        """Nothing is stored yet."""
        self.seconds[0], self.given[0] = 0.0, 0
        self.steps[0] += 1
        with self.database.writing() as session:
            session.execute(delete(PageAnswer))
            session.execute(delete(Ballot))

    def stored(self) -> tuple[dict[str, Any], dict[tuple[str, int], Any]]:
        """All ballots and pages."""
        with self.database.reading() as session:
            begun = session.scalars(select(Ballot)).all()
            pages = session.scalars(select(PageAnswer)).all()
        return (
            {row.ballot: (row.state, row.language, row.code_mac is not None) for row in begun},
            {(row.ballot, row.page): row.answers for row in pages},
        )

    def next_ballot(self) -> str:
        """What chance gives next in an open wave."""
        self.given[0] += 1
        return self.ballots[self.given[0] - 1]


device_numbers = st.integers(0, DEVICES - 1)
picks = st.integers(0, 4**4 - 1)


class Respondents(RuleBasedStateMachine):
    """Up to three browsers with up to three tabs each."""

    scene: Scene

    @initialize(language=st.sampled_from(LANGUAGES))
    def begin(self, language: str) -> None:
        """The first browser has begun."""
        self.scene.begin()
        self.world = World(self.scene.core)
        self.people = [self.scene.person() for _ in range(DEVICES)]
        self.devices = [Device() for _ in range(DEVICES)]
        self.tabs: list[list[Tab]] = [[] for _ in range(DEVICES)]
        self.codes: dict[str, str] = {}
        self.begin_at(0, 0, language)

    @rule(which=device_numbers, token=st.integers(0, 1), language=st.sampled_from(LANGUAGES))
    def begin_at(self, which: int, token: int, language: str) -> None:
        """Somebody begins, or goes on, at the landing page."""
        invited = self.scene.ballots[token] if self.scene.tokens else ""
        fresh = "" if self.scene.tokens else self.scene.ballots[self.scene.given[0]]
        self.world.start(self.devices[which], language, invited=invited, fresh=fresh)
        data = {"token": self.scene.tokens[token]} if self.scene.tokens else {}
        self.people[which].start(language, **data)
        self.look(which)

    @rule(which=device_numbers, tab=st.integers(0, TABS - 1), pick=picks, times=st.integers(1, 2))
    def answer(self, which: int, tab: int, pick: int, times: int) -> None:
        """The form of any tab, old ones too, once or twice."""
        which = self.begun(which)
        self.post(which, tab, pick, times=times)

    @rule(which=device_numbers, pick=picks, pages=st.integers(2, 5))
    def go_on(self, which: int, pick: int, pages: int) -> None:
        """Several pages answered as people do."""
        which = self.begun(which)
        for _ in range(pages):
            self.post(which, TABS - 1, pick, sound=True)

    @rule(which=device_numbers, tab=st.integers(0, TABS - 1), pick=picks, to=st.sampled_from(LANGUAGES))
    def switch(self, which: int, tab: int, pick: int, to: str) -> None:
        """Another language in the middle of a page."""
        which = self.begun(which)
        self.post(which, tab, pick, language=to)

    @rule(which=device_numbers, page=st.integers(1, 11))
    def open(self, which: int, page: int) -> None:
        """Any page by its address: back, reload, a bookmark."""
        which = which if page > 9 else self.begun(which)
        person, device = self.people[which], self.devices[which]
        person.get(f"q/{page}")
        if page == 11:
            assert person.response.status_code == 404
        elif device.lost(self.world.now):
            assert person.response.status_code == 400
        else:
            self.look(which)

    @rule(which=device_numbers)
    def back(self, which: int) -> None:
        """The link on the page."""
        which = self.begun(which)
        links = self.people[which].page.xpath("//a[@class='back']/@href")
        if links:
            self.open(which, int(links[0].rpartition("/")[2]))

    @rule(which=device_numbers, wish=st.sampled_from(["keep", "keep", "delete"]))
    def stop(self, which: int, wish: str) -> None:
        """The page on which one may stop."""
        which = self.begun(which)
        person, device = self.people[which], self.devices[which]
        person.get("stop")
        buttons = person.page.xpath(f"//form[@id='stop']//button[@value='{wish}']")
        if device.lost(self.world.now) or self.world.over(device) or not self.world.of(device).state:
            assert not buttons
            return
        if buttons:
            (token,) = person.page.xpath("//form[@id='stop']//input[@name='csrf_token']/@value")
            person.post("stop", {"csrf_token": token, "do": wish})
            (self.world.keep_code if wish == "keep" else self.world.stop_and_delete)(device)
        if wish == "keep":
            self.codes[device.ballot] = person.page.find_class("keep")[0].text
        self.compare()

    @precondition(lambda self: self.codes)
    @rule(
        which=device_numbers, pick=st.integers(0, 5), wish=st.sampled_from(["resume", "resume", "withdraw"])
    )
    def use_code(self, which: int, pick: int, wish: str) -> None:
        """A code that somebody was shown, on any device."""
        ballot = sorted(self.codes)[pick % len(self.codes)]
        person = self.people[which]
        person.post(wish, {"code": self.codes[ballot]})
        if not self.world.interviews[ballot].code:
            assert person.response.status_code == 422
        elif wish == "resume":
            self.world.resume(self.devices[which], ballot)
            self.look(which)
        else:
            self.world.withdraw(self.devices[which], ballot)
            assert person.response.status_code == 200
        self.compare()

    @rule(which=device_numbers)
    def lose_cookie(self, which: int) -> None:
        """The browser is told to forget."""
        which = self.begun(which)
        self.people[which].client.delete_cookie(COOKIE, path=f"/s/{ALIAS}")
        self.devices[which].become(Device())

    @precondition(lambda self: self.scene.travels)
    @rule(seconds=st.sampled_from(WAITS))
    def wait(self, seconds: float) -> None:
        """Time goes by, or the clock is put back."""
        self.scene.seconds[0] += seconds
        self.world.now += seconds

    def begun(self, which: int) -> int:
        """One of the browsers with an interview; where there is none, one begins."""
        having = [number for number, device in enumerate(self.devices) if not device.lost(self.world.now)]
        if having:
            return having[which % len(having)]
        self.begin_at(which, 0, "ru")
        return which

    def post(
        self,
        which: int,
        tab: int,
        pick: int,
        *,
        times: int = 1,
        language: str = "",
        sound: bool = False,
    ) -> None:
        """Send a tab's form; status, page and database are as the model says."""
        if not self.tabs[which]:
            return
        sent, person = self.tabs[which][min(tab, len(self.tabs[which]) - 1)], self.people[which]
        answers = {n: _answer(n, pick // 4**at, sound=sound) for at, n in enumerate(sent.items)}
        data = MultiDict(sent.hidden)
        data.update({name: value for name, value in answers.items() if value != BLANK})
        data.add(*(("lang", language) if language else ("go", "next")))
        for _ in range(times):
            status = self.world.post(self.devices[which], sent, answers, language)
            person.post(f"q/{sent.page}", data)
            self.scene.steps[1] += 1
            found = 303 if person.path != f"/s/{ALIAS}/q/{sent.page}" else person.response.status_code
            assert found == status or (status == 303 and found == 200), (found, status)
            if status in (200, 303, 422) or person.page.xpath("//form[@id='survey']"):
                self.look(which, fresh=status == 303)
            else:
                assert person.page.xpath("//form[@id='retry']"), "what was typed is still there"
            self.compare()

    def look(self, which: int, *, fresh: bool = True) -> None:
        """The page on the screen is the one it must be; its form is a tab from now on. `fresh`: by GET."""
        person, device = self.people[which], self.devices[which]
        self.scene.steps[2] += 1
        if device.lost(self.world.now):
            assert person.path.startswith(f"/s/{ALIAS}/used"), "the code was used in another browser"
            return
        if self.world.over(device):
            assert person.path.endswith("/done")
            said = any(words in person.text for words in LATE)
            ended = device.end or self.world.of(device).state
            assert said is (device.late and ended == "complete")
            return
        assert person.page.get("lang") == device.language
        page = int(person.path.rpartition("/q/")[2])
        stored = self.world.of(device).pages.get(page, {})
        assert any(words in person.text for words in REPLACED) is device.replaced
        assert any(words in person.text for words in HELD) is device.held
        if fresh:
            assert self.world.reachable(device, page) and not self.world.closed(device, page)
            mine = page in device.mine and self.world.now - device.written <= 12 * HOUR
            shown = self.world.shown(device, page) if mine else {}
            kept = {name: [str(stored[name])] for name in shown if stored.get(name, -1) >= 0}
            assert person.filled_in() == kept
        names = dict.fromkeys(person.form.xpath(".//input[@type='radio' or @type='text']/@name"))
        if fresh:
            assert not set(names) & set(self.world.held(device, page))
        hidden = [
            (box.get("name"), box.get("value")) for box in person.form.xpath(".//input[@type='hidden']")
        ]
        seen = Tab(device.ballot, page, tuple(names), tuple(hidden), self.world.now, dict(stored))
        self.tabs[which] = [*self.tabs[which][1 - TABS :], seen]

    def compare(self) -> None:
        """The database holds what the model says, and nothing else."""
        begun = {ballot: one for ballot, one in self.world.interviews.items() if one.state}
        rows, pages = self.scene.stored()
        assert rows == {b: (one.state, one.language, one.code) for b, one in begun.items()}
        assert pages == {(b, n): page for b, one in begun.items() for n, page in one.pages.items()}


def _answer(name: str, pick: int, *, sound: bool) -> str:
    """Something to put into a field; `sound`: what is accepted at once."""
    right = ["1", "2", "5", "21"] if name == "KIDS" else ["1", "2"]
    offered = right if sound else [*right, BLANK, WRONG] if name == "KIDS" else [*right, *right, BLANK]
    return offered[pick % len(offered)]


def play(scene: Scene, most: int, steps: int) -> None:
    """That many sequences of at most so many steps."""
    machine = type("AnyRespondents", (Respondents,), {"scene": scene})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=most,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            # Each post waits for the disk: a failure is shown as found, not made smaller for minutes.
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
    sequences, posts, pages = scene.steps
    print(f"{sequences} sequences, {posts} posts, {pages} pages looked at: as the model says")


@pytest.fixture
def scene(
    core: Questionnaire, somebody: Callable[[], Any], app: Flask, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Scene]:
    """An open wave in this process; its clock and its chance are the test's."""
    given = [hashlib.sha256(bytes([number])).hexdigest() for number in range(100)]
    made = Scene(core, app.extensions["tolqyn"].database, somebody, ballots=given)
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + made.seconds[0])
    monkeypatch.setattr(keys, "random_ballot", made.next_ballot)
    return made


@pytest.mark.parametrize(
    ("sequences", "steps"), [(25, 25), pytest.param(200, 50, marks=pytest.mark.long, id="many")]
)
def test_what_is_stored_is_the_last_accepted_post_of_each_page(
    scene: Scene, sequences: int, steps: int
) -> None:
    play(scene, sequences, steps)


@pytest.fixture
def served(
    database: Database,
    config: Config,
    core: Questionnaire,
    make_wave: Callable[..., Wave],
    make_person: Callable[[Any], Any],
) -> Iterator[Scene]:
    """A wave by invitation, served over a socket in the product's configuration."""
    made = make_wave(core, alias=ALIAS, languages=LANGUAGES, access="invited", synthetic=True)
    with database.writing() as session:
        opening.open_wave(session, waves.find_wave(session, ALIAS), core, made.opens)
        tokens = invitations.invite(session, made, invitations.BatchSpec("A", 2, stratum="1"))
    given = [keys.read_wave_key(config.keys, ALIAS).ballot(token) for token in tokens]
    server = Server(Place(replace(config, port=free_port()), b""))
    server.start()
    network = Network(server.place.config.port)
    yield Scene(core, database, lambda: make_person(network), tokens, given, travels=False)
    server.stop()


@pytest.mark.parametrize(
    ("sequences", "steps"), [(6, 15), pytest.param(60, 40, marks=pytest.mark.long, id="many")]
)
def test_the_same_holds_over_a_socket_with_invitations(served: Scene, sequences: int, steps: int) -> None:
    play(served, sequences, steps)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_store_that_keeps_the_first_post_of_a_page_is_caught(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    save = ballots.save_page

    def save_once(session: Any, wave: Any, ballot: str, page: int, *rest: Any, **options: Any) -> None:
        if session.get(PageAnswer, (ballot, page)) is None:
            save(session, wave, ballot, page, *rest, **options)

    monkeypatch.setattr(ballots, "save_page", save_once)
    with pytest.raises(AssertionError):
        play(scene, 25, 25)
