"""One person and an address in, a whole interview through the real pages out, every page checked."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from survey.simulation.answers import Answer, Reading, answer
from survey.simulation.browser import Answered, Browser, WalkError
from survey.simulation.chance import uniform
from survey.simulation.page import Form, Page, read_page
from survey.simulation.people import Person
from survey.simulation.settings import Settings

CODE = re.compile(r"\b[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}\b")
PLACE = re.compile(rb'<progress value="([0-9]+)"')
NEXT = ("go", "next")
FULL, LATER = "quota", "later"
NO_PLACE = 409
"""The status of a page that was not saved because a quota cell's last places are held."""
TRIES = 4
"""Posts of one page: left out once, left out twice, then answered; one spare."""
EARLY, WINDOW = 3, 12
"""Special habits show on one of so many pages after the first few."""


@dataclass(frozen=True)
class Outcome:
    """How a visit ended, and what was last posted."""

    key: tuple[object, ...]
    ended: str
    """`complete`, `withdrawn`, `broken_off`, `quota`, `later` of whoever found only held places in a quota
    cell, or the course of whoever is sent away."""
    language: str
    answers: Mapping[str, Answer]
    did: frozenset[str]
    pages: int
    requests: int


@dataclass
class _Visit:
    settings: Settings
    person: Person
    browser: Browser
    alias: str
    token: str
    language: str
    reading: Reading = field(default_factory=Reading)
    answers: dict[str, Answer] = field(default_factory=dict)
    seen: list[int] = field(default_factory=list)
    """Numbers of the pages answered, in order."""
    place: int = 0
    """The last place that a page gave, as in `page 4 of about 9`."""
    did: set[str] = field(default_factory=set)
    code: str = ""

    def address(self, rest: str) -> str:
        return f"/s/{self.alias}/{rest}"

    def number(self, answered: Answered) -> int | None:
        found = re.fullmatch(rf"/s/{self.alias}/q/(\d+)", answered.path)
        return int(found[1]) if found else None

    def when(self, habit: str) -> int:
        """After how many pages the habit shows."""
        return EARLY + int(WINDOW * uniform(*self.person.key, habit, "when"))


def walk(
    settings: Settings, person: Person, browser: Browser, alias: str, token: str = "", *, number: str = ""
) -> Outcome:
    """Answer the questionnaire as that person would. Raises WalkError for what a respondent may not meet."""
    browser.forget()
    before = browser.requests
    visit = _Visit(settings, person, browser, alias, token, person.language)
    here = _begin(visit, number)
    while visit.number(here) is not None:
        if _stops_here(visit):
            return _outcome(visit, "broken_off", before)
        here = _habits(visit, here)
        here = _turn(visit, here)
    return _outcome(visit, _ending(visit, here), before)


def _begin(visit: _Visit, number: str) -> Answered:
    landing = visit.browser.get(visit.address(f"i/{visit.token}" if visit.token else ""))
    form = read_page(landing.body).form("/start")
    pairs = form.press(("lang", visit.language), {})
    return visit.browser.post(form.action, pairs + [("token", number)] * bool(number))


def _stops_here(visit: _Visit) -> bool:
    return visit.person.course == "breaks_off" and len(visit.seen) == visit.when("breaks_off")


def _habits(visit: _Visit, here: Answered) -> Answered:
    """Whatever this person does before answering the page; the page as it stands afterwards."""
    for habit, act in HABITS.items():
        if habit in visit.person.habits and len(visit.seen) == visit.when(habit):
            visit.did.add(habit)
            here = act(visit, here)
    return here


def _turn(visit: _Visit, here: Answered) -> Answered:
    """Answer one page; the next page. A page that comes back is answered again, at last without gaps."""
    number = visit.number(here)
    for attempt in range(TRIES):
        page = _look(visit, here)
        form = page.form("survey")
        given = _answers(visit, form, insist=attempt > 1)
        expect = (200, NO_PLACE, 422)
        there = visit.browser.post(form.action, form.press(NEXT, given), expect=expect)
        if there.status == NO_PLACE:
            return replace(there, path=visit.address(LATER))
        if there.status == 200 and visit.number(there) != number:
            visit.answers.update(given)
            visit.seen.append(number or 0)
            _check_progress(visit, number, there)
            return there
        here = replace(there, path=here.path)
    raise WalkError(f"{here.path}: the page came back {TRIES} times\n{read_page(here.body).text}")


def _look(visit: _Visit, here: Answered) -> Page:
    page = read_page(here.body)
    if page.language != visit.language:
        raise WalkError(f"{here.path}: expected the page in {visit.language}, found {page.language!r}")
    visit.reading = Reading(
        {**visit.reading.cells, **page.reading.cells}, {**visit.reading.statements, **page.reading.statements}
    )
    return page


def _answers(visit: _Visit, form: Form, *, insist: bool) -> dict[str, Answer]:
    return {
        name: answer(visit.settings, visit.person, asked, visit.reading, insist=insist)
        for name, asked in form.fields.items()
    }


def _check_progress(visit: _Visit, number: int | None, there: Answered) -> None:
    """Modules may come in a random order, so numbers need not rise; the place that the page shows must."""
    after = visit.number(there)
    if after is None:
        return
    found = PLACE.search(there.body)
    place = int(found[1]) if found else 0
    if after in visit.seen or place <= visit.place:
        raise WalkError(
            f"after page {number} at place {visit.place} came page {after} at place {place}; "
            f"answered before: {visit.seen}"
        )
    visit.place = place


def _switch_language(visit: _Visit, here: Answered) -> Answered:
    """Press another language with the page half answered: what was typed must still be there."""
    form = _look(visit, here).form("survey")
    others = sorted(value for name, value in form.buttons if name == "lang" and value != visit.language)
    if not others:
        raise WalkError(f"{here.path}: no other language to switch to")
    visit.language = others[int(len(others) * uniform(*visit.person.key, "other language"))]
    given = _answers(visit, form, insist=True)
    there = visit.browser.post(form.action, form.press(("lang", visit.language), given))
    if visit.number(there) != visit.number(here):
        raise WalkError(f"{here.path}: switching the language led to {there.path}")
    _check_kept(given, _look(visit, there).form("survey"), there.path)
    return there


def _go_back(visit: _Visit, here: Answered) -> Answered:
    """Look at the previous page again, find the answers there, and send them once more."""
    before = visit.browser.get(visit.address(f"q/{visit.seen[-1]}"))
    form = _look(visit, before).form("survey")
    kept = {name: value for name, value in visit.answers.items() if name in form.fields}
    _check_kept(kept, form, before.path)
    there = visit.browser.post(form.action, form.press(NEXT, kept))
    if visit.number(there) != visit.number(here):
        raise WalkError(f"going back from {here.path} and on again led to {there.path}")
    return there


def _check_kept(given: Mapping[str, Answer], form: Form, path: str) -> None:
    for name, value in given.items():
        if name not in form.fields:
            raise WalkError(f"{path}: the page has no field {name}; it has {', '.join(form.fields)}")
        if form.fields[name].kind == "essay" or value is None:
            continue
        expected = {str(v).replace(" ", "") for v in (value if isinstance(value, tuple) else (value,))}
        if set(form.chosen.get(name, ())) != expected:
            raise WalkError(f"{path}: {name} was {sorted(expected)} and is shown as {form.chosen.get(name)}")


def _resume(visit: _Visit, here: Answered) -> Answered:
    """Leave with the code and come back on another device: the same page, without what was answered."""
    stop = read_page(visit.browser.get(visit.address("stop")).body).form("stop")
    visit.code = _code(visit.browser.post(stop.action, stop.press(("do", "keep"), {})))
    visit.browser.forget()
    form = _ask_code(visit, "resume")
    there = visit.browser.post(form.action, form.press(None, {"code": visit.code.lower()}))
    if visit.number(there) != visit.number(here):
        raise WalkError(f"resuming at {here.path} led to {there.path}")
    return there


def _ask_code(visit: _Visit, purpose: str) -> Form:
    """The form that asks for the code, in the person's language."""
    return read_page(visit.browser.get(visit.address(f"{purpose}?lang={visit.language}")).body).form(purpose)


def _code(answered: Answered) -> str:
    found = set(CODE.findall(read_page(answered.body).text))
    if len(found) != 1:
        raise WalkError(f"{answered.path}: expected one code on the page, found {len(found)}")
    return found.pop()


def _ending(visit: _Visit, here: Answered) -> str:
    """What kind of end was reached; it must be the one this person's answers lead to."""
    if here.status == NO_PLACE:
        return LATER  # nothing of that page is stored: another day, the same code or link
    expected = visit.person.course
    page = read_page(here.body)
    if not here.path.endswith("/done"):
        raise WalkError(f"expected the last page, found {here.path}\n{page.text}")
    if page.ended == FULL:
        expected = FULL  # whoever answers cannot know of a quota
    if expected != "completes":
        if CODE.search(page.text):
            raise WalkError(f"{here.path}: a code although nothing was kept")
        return expected
    code = _code(here)
    if visit.code and visit.code != code:
        raise WalkError(f"the code was {visit.code} and is now {code}")
    if "withdraws" in visit.person.habits:
        visit.did.add("withdraws")
        return _withdraw(visit, code)
    return "complete"


def _withdraw(visit: _Visit, code: str) -> str:
    visit.browser.forget()
    form = _ask_code(visit, "withdraw")
    visit.browser.post(form.action, form.press(None, {"code": code}))
    visit.browser.post(form.action, form.press(None, {"code": code}), expect=(422,))
    return "withdrawn"


def _outcome(visit: _Visit, ended: str, before: int) -> Outcome:
    return Outcome(
        visit.person.key,
        ended,
        visit.language,
        visit.answers,
        frozenset(visit.did),
        len(visit.seen),
        visit.browser.requests - before,
    )


HABITS = {"switches_language": _switch_language, "goes_back": _go_back, "resumes": _resume}
