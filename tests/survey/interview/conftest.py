"""The core questionnaire in the field, and a person who answers as a browser without script would."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from lxml.html import HtmlElement
from sqlalchemy import text
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from instruments import Questionnaire, load, load_library
from survey import create_app
from survey.config import Config
from survey.store import access, invitations, opening, waves
from survey.store.engine import Database
from survey.store.interviewers import add_interviewer
from survey.store.models import Wave

ALIAS = "opinion"
TINY = Path(__file__).resolve().parents[2] / "library"
LANGUAGES = ("kk", "ru", "uz", "en")
FIRST_PAGE = {"CONSENT": "1", "Z_AGE": "34", "S_RES": "1"}
Answers = Mapping[str, str | list[str] | None]


@pytest.fixture(scope="session")
def core() -> Questionnaire:
    """The core questionnaire."""
    return load_library("kz_thb_core")


@pytest.fixture
def wave(database: Database, make_wave: Callable[..., Wave], core: Questionnaire) -> Wave:
    """An open-link wave in four languages, in the field."""
    return in_the_field(database, make_wave, core, access="open")


@pytest.fixture
def invited(database: Database, make_wave: Callable[..., Wave], core: Questionnaire) -> list[str]:
    """Personal codes of a wave by invitation, in the field."""
    made = in_the_field(database, make_wave, core, access="invited")
    with database.writing() as session:
        return invitations.invite(session, made, invitations.BatchSpec("A", 3, stratum="1"))


def in_the_field(
    database: Database, make_wave: Callable[..., Wave], questionnaire: Questionnaire, access: str
) -> Wave:
    """A synthetic wave takes new starts whatever the date."""
    disclosure = dict.fromkeys(opening.REQUIRED, "Nothing real.")
    made = make_wave(
        questionnaire, alias=ALIAS, languages=LANGUAGES, access=access, synthetic=True, disclosure=disclosure
    )
    with database.writing() as session:
        found = waves.find_wave(session, ALIAS)
        opening.open_wave(session, found, questionnaire, made.opens)
    return found


@pytest.fixture
def fielded_wave(database: Database, make_wave: Callable[..., Wave]) -> Callable[[Questionnaire], Wave]:
    """Put any questionnaire into the field in four languages, by an open link."""
    return lambda questionnaire: in_the_field(database, make_wave, questionnaire, access="open")


@pytest.fixture
def app(config: Config) -> Iterator[Flask]:
    """The application on the database under test."""
    made = create_app(config)
    yield made
    made.extensions["tolqyn"].database.close()


@dataclass
class Person:
    """A respondent with a browser; `page` is the last page shown."""

    client: FlaskClient
    response: TestResponse | None = None
    page: HtmlElement = field(default_factory=lambda: html.Element("html"))
    path: str = ""
    sent: Any = None
    options: dict[str, Any] = field(default_factory=dict)

    def get(self, path: str, **options: Any) -> TestResponse:
        """Open an address below the wave's."""
        return self._settle(self.client.get(f"/s/{ALIAS}/{path}", **options), f"/s/{ALIAS}/{path}")

    def post(self, path: str, data: Any, **options: Any) -> TestResponse:
        """Send a form, follow the 303; what the server wants twice is sent twice."""
        self.sent, self.options = data, options
        return self._settle(
            self.client.post(f"/s/{ALIAS}/{path}", data=data, **options), f"/s/{ALIAS}/{path}"
        )

    def start(self, language: str = "ru", **data: str) -> TestResponse:
        """Begin in a language."""
        return self.post("start", {"lang": language, **data})

    def send(self, answers: Answers | None = None, button: tuple[str, str] = ("go", "next")) -> TestResponse:
        """Fill in the page's form and press a button; None as an answer leaves the item blank."""
        data = MultiDict((e.get("name"), e.get("value")) for e in self.form.xpath(".//input[@type='hidden']"))
        for name, value in {**self.filled_in(), **(answers or {})}.items():
            data.setlist(name, [] if value is None else [value] if isinstance(value, str) else value)
        data.add(*button)
        return self.post(self.path.removeprefix(f"/s/{ALIAS}/"), data)

    def filled_in(self) -> dict[str, list[str]]:
        """What stands in the form's fields now."""
        found: dict[str, list[str]] = {}
        for element in self.form.xpath(".//input[@checked]"):
            found.setdefault(element.get("name"), []).append(element.get("value"))
        for element in self.form.xpath(".//input[@type='text'][@value!='']"):
            found[element.get("name")] = [element.get("value")]
        for element in self.form.xpath(".//select"):
            found[element.get("name")] = [o.get("value") for o in element.xpath(".//option[@selected]")]
        for element in self.form.xpath(".//textarea"):
            found[element.get("name")] = [(element.text or "").lstrip("\n")]
        return found

    def sensible(self) -> dict[str, str | list[str]]:
        """An answer to everything on the page: the first choice, a number in range."""
        answers: dict[str, str | list[str]] = {}
        for element in self.form.xpath(".//input[@type='radio' or @type='checkbox']"):
            if "__" not in element.get("name"):
                answers.setdefault(element.get("name"), element.get("value"))
        for element in self.form.xpath(".//input[@type='text']"):
            answers[element.get("name")] = str(min(34, int(element.get("data-max", 34))))
        for element in self.form.xpath(".//select"):
            answers[element.get("name")] = element.xpath(".//option")[1].get("value")
        return answers | {e.get("name"): "слова" for e in self.form.xpath(".//textarea")}

    def hidden(self, form: str, name: str) -> str:
        """A hidden field of one of the page's forms."""
        (value,) = self.page.xpath(f"//form[@id='{form}']//input[@name='{name}']/@value")
        return str(value)

    def press(self, form: str, do: str = "") -> TestResponse:
        """One of the buttons of a form that asks nothing else; its id is its address."""
        return self.post(form, {"csrf_token": self.hidden(form, "csrf_token"), "do": do})

    def come_by(self, link: str, language: str = "en") -> TestResponse:
        """Open an address that leads in and begin."""
        self.get(link)
        given = self.page.xpath("//form[@id='start']//input[@value]")
        return self.start(language, **{field.get("name"): field.get("value") for field in given})

    def walk_until(self, end: str) -> None:
        """Answer page after page until an address that ends like this."""
        while not self.path.endswith(end):
            assert "/q/" in self.path, self.path
            self.send(self.sensible())

    def walk_to(self, number: int) -> None:
        """Answer page after page until that one is shown."""
        while not self.path.endswith(f"/q/{number}"):
            self.send(self.sensible())

    def walk(self) -> list[str]:
        """Answer everything to the end; the addresses on the way."""
        seen = []
        while "/q/" in self.path:
            seen.append(self.path)
            self.send(self.sensible())
            assert self.response is not None
            assert self.response.status_code == 200, self.text
        return [*seen, self.path]

    @property
    def form(self) -> HtmlElement:
        """The form with the questions."""
        return self.page.get_element_by_id("survey")

    @property
    def text(self) -> str:
        """The words on the page."""
        return " ".join(self.page.text_content().split())

    @property
    def title(self) -> str:
        """The page's title."""
        return str(self.page.findtext(".//title"))

    def words_at(self, item: str) -> str:
        """The message at an item."""
        return "".join(self.page.get_element_by_id(f"{item}-err").text_content()).strip()

    def _settle(self, response: TestResponse, path: str) -> TestResponse:
        if response.status_code == 307:
            path = response.headers["Location"]
            response = self.client.post(path, data=self.sent, **self.options)
        while response.status_code == 303:
            path = response.headers["Location"]
            response = self.client.get(path)
        self.response, self.path = response, path
        if response.mimetype == "text/html" and response.data:
            self.page = html.document_fromstring(response.get_data(as_text=True))
        return response


@pytest.fixture(scope="session")
def make_person() -> Callable[[Flask], Person]:
    """A person with a browser, whatever wave there is."""
    return lambda app: Person(app.test_client())


@pytest.fixture
def somebody(app: Flask, wave: Wave) -> Callable[[], Person]:
    """People with a browser each, before the landing page."""
    return lambda: Person(app.test_client())


@pytest.fixture
def visitor(app: Flask, database: Database, make_wave: Callable[..., Wave]) -> Callable[[str, str], Person]:
    """Put a tiny instrument of tests/library in the field and begin it in a language."""

    def begin(name: str, language: str) -> Person:
        in_the_field(database, make_wave, load(TINY / f"{name}.yaml"), access="open")
        person = Person(app.test_client())
        person.start(language)
        return person

    return begin


@pytest.fixture
def person(somebody: Callable[[], Person]) -> Person:
    """One of them."""
    return somebody()


@pytest.fixture
def interviewer_link(database: Database, wave: Wave) -> str:
    """An interviewer's personal address below the wave's."""
    with database.writing() as session:
        return f"w/{add_interviewer(session, waves.find_wave(session, wave.alias), 'I07')}"


@pytest.fixture
def kiosk(database: Database, wave: Wave) -> str:
    """The address of a site's kiosk below the wave's."""
    with database.writing() as session:
        found = waves.find_wave(session, wave.alias)
        return f"k/{access.add_site(session, found, 'Clinic 3', 'clinic3').word}"


@pytest.fixture
def rows(database: Database) -> Callable[[], tuple[int, int]]:
    """Counts of ballots and stored pages."""

    def count() -> tuple[int, int]:
        with database.reading() as session:
            ballots = session.scalar(text("SELECT count(*) FROM ballot"))
            return ballots, session.scalar(text("SELECT count(*) FROM page_answer"))

    return count


@pytest.fixture
def stored(database: Database) -> Callable[[], dict[str, Any]]:
    """All answers of the only ballot, as the store gives them."""
    from survey.store import ballots

    def read() -> dict[str, Any]:
        with database.reading() as session:
            (ballot,) = session.scalars(text("SELECT ballot FROM ballot")).all()
            return ballots.answers_of(session, ballot)

    return read


@pytest.fixture
def somebody_invited(app: Flask) -> Callable[[str | None], Person]:
    """People who open their invitation and begin in Russian; without a token, only the landing page."""

    def come(token: str | None) -> Person:
        person = Person(app.test_client())
        person.get(f"i/{token}" if token else "")
        if token:
            (hidden,) = person.page.xpath("//form[@id='start']//input[@name='token']/@value")
            person.start("ru", token=hidden)
        return person

    return come
