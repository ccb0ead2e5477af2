"""Any sequence of answers, back and forth, posted twice: the last accepted post of each page is stored.

The model below knows the instrument `structure` and the rules of a page turn, not the code that follows them.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from instruments import Missing, Questionnaire
from survey import keys
from survey.interview.state import Seals
from survey.store import ballots
from survey.store.engine import Database
from survey.store.models import Ballot, PageAnswer

ALIAS = "opinion"
CONDITIONS: Mapping[str, tuple[str, int]] = {
    "KIDS": ("HAS_KIDS", 1),
    "TOWN_MORE": ("TOWN", 1),
    "TOWN_LESS": ("TOWN", 1),
    "NEW_WHY": ("OP_NEW", 2),
    "CHOICE": ("TOWN", 1),
    "SCHOOL": ("HAS_KIDS", 1),
}
"""Item -> item and code it hangs on."""
UNASKED = {"a": {"OP_NEW", "NEW_WHY"}, "b": {"OP_B"}}
NEVER_ASKED_ABOUT = {"MOOD"}
BLANK, WRONG = "", "99"


@dataclass
class Respondent:
    """A person with a browser, and what must be stored of the person's interview."""

    person: Any
    app: Flask
    database: Database
    pages: dict[int, dict[str, Any]] = field(default_factory=dict)
    asked: int = 0
    complete: bool = False

    @property
    def number(self) -> int:
        """The page on the screen; 0 after the end."""
        _, q, last = self.person.path.rpartition("/q/")
        return int(last) if q else 0

    @property
    def ballot(self) -> str:
        """The ballot that the browser's cookie names."""
        cookie = self.person.client.get_cookie("s", path=f"/s/{ALIAS}")
        state = Seals(self.app.extensions["tolqyn"].secrets, ALIAS).state(cookie.value)
        assert state is not None
        return state.ballot

    def items(self) -> list[str]:
        """Names of the questions on the screen."""
        names = self.person.form.xpath(".//input[@type='radio' or @type='text']/@name")
        return list(dict.fromkeys(names))

    def post(self, answers: Mapping[str, str], button: tuple[str, str], times: int) -> None:
        """Send the same form once or twice; each time the model takes what the rules let it take."""
        number, hidden = self.number, self.person.form.xpath(".//input[@type='hidden']")
        data = MultiDict((e.get("name"), e.get("value")) for e in hidden)
        data.update({name: value for name, value in answers.items() if value != BLANK})
        data.add(*button)
        for _ in range(times):
            self.person.post(f"q/{number}", data)
            if not self.complete:
                self._take(number, answers, switches=button[0] == "lang")

    def _take(self, number: int, answers: Mapping[str, str], *, switches: bool) -> None:
        given = {name: int(value) for name, value in answers.items() if value not in (BLANK, WRONG)}
        before = self.pages.get(number, {})
        kept = {name: before[name] for name in answers if before.get(name) == Missing.NO_ANSWER}
        blank = {name for name, value in answers.items() if value == BLANK} - set(kept)
        faulty = WRONG in answers.values()
        doubtful = blank - NEVER_ASKED_ABOUT if self.asked != number else set()
        self.asked = self.asked if switches else number if faulty or doubtful else 0
        if faulty and not switches:
            return
        if switches or doubtful:
            self.pages[number] = {**kept, **given}
            return
        self.pages[number] = {name: given.get(name, int(Missing.NO_ANSWER)) for name in answers}
        self.complete = self.person.path.endswith("/done")

    def stored(self) -> dict[int, dict[str, Any]]:
        """What the database holds."""
        with self.database.reading() as session:
            rows = session.scalars(select(PageAnswer).where(PageAnswer.ballot == self.ballot))
            return {row.page: row.answers for row in rows}

    def state(self) -> str | None:
        """How the ballot stands."""
        with self.database.reading() as session:
            return session.scalar(select(Ballot.state).where(Ballot.ballot == self.ballot))


@dataclass(frozen=True)
class Step:
    """One thing a respondent does; `pick` says with which of the answers, page numbers or languages."""

    act: str
    pick: int


steps_of_anybody = st.builds(
    Step,
    act=st.sampled_from(["answer", "answer", "twice", "back", "jump", "language"]),
    pick=st.integers(0, 4**5 - 1),
)


def an_answer(name: str, pick: int, *, sound: bool = False) -> str:
    """Something to put into a field; `sound`: what is accepted at once."""
    right = ["1", "2", "5", "21"] if name == "KIDS" else ["1", "2"]
    other = [BLANK, WRONG] if name == "KIDS" else [BLANK]
    offered = right if sound else [*right, *other]
    return offered[pick % len(offered)]


def answers_of(who: Respondent, pick: int, *, sound: bool = False) -> dict[str, str]:
    """An answer for each question on the screen."""
    return {name: an_answer(name, pick // 4**n, sound=sound) for n, name in enumerate(who.items())}


def do(who: Respondent, step: Step) -> None:
    """What a respondent does next; who cannot go back answers."""
    back = who.person.page.xpath("//a[@class='back']/@href")
    if step.act == "back" and back:
        who.person.get(back[0].removeprefix(f"/s/{ALIAS}/"))
    elif step.act == "jump":
        who.person.get(f"q/{1 + step.pick % 10}")
    else:
        button = ("lang", ("ru", "en")[step.pick % 2]) if step.act == "language" else ("go", "next")
        who.post(answers_of(who, step.pick), button, 2 if step.act == "twice" else 1)


def encoded(flat: Mapping[str, Any], form: str, item: str) -> int:
    """The code an item must end with in a complete interview."""
    if item in UNASKED[form]:
        return Missing.NOT_ASKED
    if item in CONDITIONS:
        filter_item, code = CONDITIONS[item]
        if encoded(flat, form, filter_item) != code:
            return Missing.NOT_APPLICABLE
    return int(flat.get(item, Missing.NO_ANSWER))


class Scene:
    """Everything around one interview; no dataclass, whose fields a failing example would print."""

    def __init__(self, core: Questionnaire, somebody: Callable[[], Any], app: Flask) -> None:
        self.core, self.somebody, self.app = core, somebody, app
        self.database: Database = app.extensions["tolqyn"].database


@pytest.fixture
def scene(core: Questionnaire, somebody: Callable[[], Any], app: Flask) -> Scene:
    """The wave's, with the application's own database."""
    return Scene(core, somebody, app)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@settings(
    max_examples=40,
    deadline=None,
    # Each post waits for the disk: a failure is shown as found, not made smaller for minutes.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    name=st.binary(max_size=2), steps=st.lists(steps_of_anybody, max_size=18), rest=st.integers(0, 4**5 - 1)
)
def test_what_is_stored_is_the_last_accepted_post_and_only_the_path_is_encoded(
    scene: Scene,
    monkeypatch: pytest.MonkeyPatch,
    name: bytes,
    steps: list[Step],
    rest: int,
) -> None:
    ballot = hashlib.sha256(name).hexdigest()
    monkeypatch.setattr(keys, "random_ballot", lambda: ballot)
    with scene.database.writing() as session:
        ballots.delete(session, ballot)
    who = Respondent(scene.somebody(), scene.app, scene.database)
    who.person.start("ru")
    assert who.ballot == ballot
    for step in steps:
        if who.number == 0:
            break
        do(who, step)
        assert who.stored() == who.pages
    posts = 0
    while who.number:
        who.post(answers_of(who, rest, sound=True), ("go", "next"), 1)
        assert who.stored() == who.pages
        posts += 1
        assert posts <= 2 * len(scene.core.pages), "the way ends"
    assert who.complete and who.state() == "complete"

    flat = {name: value for page in who.pages.values() for name, value in page.items()}
    draw = scene.core.draw(who.ballot)
    values = scene.core.encode(flat, draw, complete=True)
    for item in scene.core.items:
        assert values[item] == encoded(flat, draw.form("wording"), item), item
    assert set(scene.core.route(flat, draw)) == {
        item for item in scene.core.items if values[item] not in (Missing.NOT_ASKED, Missing.NOT_APPLICABLE)
    }
