"""An address and chance in, an interview answered at random out: knows nothing but what the pages offer."""

import gzip
import random
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from survey.simulation.answers import Answer, Field
from survey.simulation.browser import Answered, Browser, WalkError
from survey.simulation.chance import uniform
from survey.simulation.hostile import NUMBERS, TEXTS, refuse_live
from survey.simulation.page import Form, read_page
from survey.simulation.walker import CODE, NEXT

TRIES = 8
BLANKS = 2
"""Posts at which a blank stays blank: asked about once, then accepted, or refused where one is needed."""
LEFT_OUT = 0.1
STRANGE = "NOT_A_FIELD"
NO_SUCH_CODE = "987654"
WORDS = ("No answer comes to mind.", "Бұл сынақ.", "Это проба.", "Bu sinov.")


@dataclass(frozen=True)
class Stranger:
    """Who comes: `hostile` types what breaks programs and tampers with forms before answering properly."""

    number: int
    language: str
    hostile: bool = False


@dataclass(frozen=True)
class Visited:
    """How it went: `ended` is `complete` or `sent_away`; `answers`, what was last posted of each field."""

    stranger: Stranger
    ended: str
    answers: Mapping[str, Answer]
    pages: int
    requests: int
    landing: int
    """Bytes of the first page, compressed."""
    heaviest: int
    """Bytes of the heaviest question page, compressed."""


@dataclass
class _Walk:
    stranger: Stranger
    browser: Browser
    alias: str
    passing: Mapping[str, Answer]
    chance: random.Random
    answers: dict[str, Answer] = field(default_factory=dict)
    pages: int = 0
    heaviest: int = 0

    def number(self, answered: Answered) -> int | None:
        found = re.fullmatch(rf"/s/{self.alias}/q/(\d+)", answered.path)
        return int(found[1]) if found else None


def visit(
    stranger: Stranger, browser: Browser, alias: str, passing: Mapping[str, Answer], seed: int
) -> Visited:
    """Answer every page at random until an end. `passing`: what must be said to get past the screening.

    Raises WalkError for whatever a respondent may not meet: a status other than 200 and 422, a page in
    another language, a page that does not let go, typed markup that comes back alive.
    """
    browser.forget()
    before = browser.requests
    chance = random.Random(f"{seed}/{stranger.number}")  # noqa: S311  a rehearsal, nothing secret
    walk = _Walk(stranger, browser, alias, passing, chance)
    landing = browser.get(f"/s/{alias}/")
    form = read_page(landing.body).form("/start")
    here = browser.post(
        form.action, [*form.press(("lang", stranger.language), {}), ("number", str(stranger.number))]
    )
    while walk.number(here) is not None:
        here = _turn(walk, here)
    if not here.path.endswith("/done"):
        raise WalkError(f"expected the last page, found {here.path}")
    ended = "complete" if CODE.search(read_page(here.body).text) else "sent_away"
    weight = len(gzip.compress(landing.body, 6))
    requests = browser.requests - before
    return Visited(stranger, ended, walk.answers, walk.pages, requests, weight, walk.heaviest)


def _turn(walk: _Walk, here: Answered) -> Answered:
    """Answer one page until another one comes."""
    number, path = walk.number(here), here.path
    walk.heaviest = max(walk.heaviest, len(gzip.compress(here.body, 6)))
    if walk.stranger.hostile:
        here = _attack(walk, here)
        if walk.number(here) is None:
            return here
    for attempt in range(TRIES):
        form = _form(walk, here)
        given = {name: _answer(walk, asked, attempt) for name, asked in form.fields.items()}
        there = walk.browser.post(form.action, form.press(NEXT, given), expect=(200, 422))
        if walk.number(there) != number and there.status == 200:
            walk.answers.update(given)
            walk.pages += 1
            return there
        here = there
    raise WalkError(f"{path}: the page came back {TRIES} times\n{read_page(here.body).text}")


def _form(walk: _Walk, here: Answered) -> Form:
    page = read_page(here.body)
    if page.language != walk.stranger.language:
        raise WalkError(f"{here.path}: expected {walk.stranger.language}, found {page.language!r}")
    return page.form("survey")


def _attack(walk: _Walk, here: Answered) -> Answered:
    """Post what the page does not offer; the page as it stands afterwards, which shows it as mere words.

    A page that asks only for free words takes them: one then goes back to it.
    """
    form = _form(walk, here)
    poison = {name: _poison(walk, asked) for name, asked in form.fields.items()}
    pairs = [*form.hidden, (STRANGE, "1"), *poison.items(), NEXT]
    there = walk.browser.post(form.action, pairs, expect=(200, 422))
    refuse_live(there)
    if walk.number(there) == walk.number(here):
        return there
    walk.answers.update(poison)
    walk.pages += 1
    if walk.number(there) is None:
        return there
    back = walk.browser.get(here.path)
    refuse_live(back)
    return back


def _poison(walk: _Walk, asked: Field) -> str:
    if asked.kind in ("one", "many"):
        return NO_SUCH_CODE
    return walk.chance.choice(TEXTS if asked.kind == "essay" else (*NUMBERS, *TEXTS))


def _answer(walk: _Walk, asked: Field, attempt: int) -> Answer:
    """What is said at the first attempt may be a blank or too much; later ones are plain answers."""
    if asked.name in walk.passing:
        return walk.passing[asked.name]
    chance, hostile = walk.chance, walk.stranger.hostile
    skipped = uniform(walk.stranger.number, asked.name, "skipped") < LEFT_OUT
    if skipped and attempt < BLANKS and not (hostile and asked.kind == "essay"):
        return None
    missing = [code for code in asked.codes if code < 0]
    if missing and chance.random() < LEFT_OUT:
        return (chance.choice(missing),) if asked.kind == "many" else chance.choice(missing)
    return ANSWERS[asked.kind](asked, chance, attempt == 0)


def _one(asked: Field, chance: random.Random, first: bool) -> Answer:
    return chance.choice([code for code in asked.codes if code >= 0])


def _many(asked: Field, chance: random.Random, first: bool) -> Answer:
    """At first any ticks, which may exclude each other; then a single one."""
    codes = [code for code in asked.codes if code >= 0]
    some = tuple(code for code in codes if first and chance.randrange(3) == 0)
    return some[: asked.high or None] or (chance.choice(codes),)


def _number(asked: Field, chance: random.Random, first: bool) -> Answer:
    return chance.randint(asked.low, asked.high)


def _line(asked: Field, chance: random.Random, first: bool) -> Answer:
    return str(chance.randrange(10, 1000))


def _essay(asked: Field, chance: random.Random, first: bool) -> Answer:
    return chance.choice(WORDS)


ANSWERS: dict[str, Callable[[Field, random.Random, bool], Answer]] = {
    "one": _one,
    "many": _many,
    "number": _number,
    "line": _line,
    "essay": _essay,
}
