"""The console in a real browser: axe, by keyboard alone, without script, and passkeys."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pyotp
import pytest
from playwright.sync_api import Page
from werkzeug.serving import make_server

from survey import create_app
from survey.cli.acts import note
from survey.config import study_today
from survey.people import accounts
from survey.store import people
from tests.survey.console.conftest import PASSWORD, Office, quicken

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database", ["sqlite"], indirect=True)]
WIDTHS = (320, 1280)
LANGUAGES = ("kk", "ru", "en")


@dataclass
class Site:
    """A running console."""

    url: str
    office: Office

    def invitation(self, name: str, role: str = "director") -> str:
        """The address of a new account's link."""
        with self.office.database.writing() as session:
            token = accounts.invite(
                session, "test", name, language="en", now=int(time.time()), today=study_today()
            )
            accounts.grant(session, "test", people.account_named(session, name), role)
        return f"{self.url}/welcome/{token}"

    def sit_down(self, page: Page, name: str, level: str = "full", language: str = "en") -> None:
        """Put a session into the browser."""
        token = self.office.session(name, level)
        kept = {"tolqyn": token, "tolqyn-lang": language}
        page.context.add_cookies([{"name": n, "value": v, "url": self.url} for n, v in kept.items()])


@pytest.fixture
def site(config, database) -> Iterator[Site]:
    """A console at a name for which browsers make passkeys."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    app = create_app(replace(config, port=port))
    quicken(app)
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield Site(f"http://localhost:{port}/console", Office(app, database))
    server.shutdown()
    thread.join()
    server.server_close()
    app.extensions["tolqyn"].database.close()


@pytest.fixture
def window(tab) -> Iterator[Callable[..., Page]]:
    """A tab's page; that the browser says it clears what is left at signing out is no complaint."""
    opened = []

    def open_window(width: int, **options: Any) -> Page:
        opened.append(tab(width, **options))
        return opened[-1].page

    yield open_window
    for made in opened:
        made.complaints[:] = [text for text in made.complaints if "Clear-Site-Data" not in text]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_has_a_fault_at_any_width(
    site: Site, tab, inspector, make_wave: Callable[..., Any], language: str
) -> None:
    make_wave()
    make_wave(study="another", name="2020", alias="other-20", organisation="")
    site.office.account("aigul", ("director", "*"))
    site.office.account("berik.longname", ("field_manager", "kz-thb/2027"), ("translator", "another"))
    site.office.account("half")
    site.office.account("new", factor=False)
    link = site.invitation("invited", "analyst")
    for width in WIDTHS:
        opened = tab(width, script=True)  # without, axe waits for the style sheet for ever
        opened.page.context.add_cookies([{"name": "tolqyn-lang", "value": language, "url": site.url}])
        visit(opened, inspector, link, "welcome")
        visit(opened, inspector, f"{site.url}/welcome/none", "no link")
        visit(opened, inspector, f"{site.url}/login", "login")
        opened.page.fill("#name", "x")
        opened.page.fill("#password", "y")
        opened.press("main button.main")
        inspector.look(opened, "login refused")
        for name, level, paths in (
            ("half", "password", ("/login/second",)),
            ("new", "enrol", ("/factors",)),
            ("aigul", "full", PAGES),
        ):
            site.sit_down(opened.page, name, level, language)
            for path in paths:
                visit(opened, inspector, site.url + path, path)
        opened.page.goto(f"{site.url}/people/new")
        opened.page.fill("#name", "aigul")
        opened.page.check("input[value=analyst]")
        opened.press("main button.main")
        inspector.look(opened, "name taken")
        opened.page.goto(f"{site.url}/people/new")
        opened.page.fill("#name", f"zarina{width}")
        opened.page.check("input[value=analyst]")
        opened.press("main button.main")
        inspector.look(opened, "link")
        opened.page.goto(f"{site.url}/factors")
        opened.press("form[action$=codes] button")
        inspector.look(opened, "codes")
        opened.page.goto(f"{site.url}/factors")
        opened.press("form[action$=remove\\/totp] button")
        inspector.look(opened, "only factor")


PAGES = (
    "/",
    "/account",
    "/factors",
    "/confirm",
    "/people",
    "/people?q=nobody-at-all",
    "/people/new",
    "/people/of/aigul",
    "/people/of/berik.longname",
    "/audit",
    "/waves",
    "/waves?sort=wave&order=down",
    "/waves/kz-thb/2027",
    "/waves/another/2020",
    "/releases",
    "/releases/kz-thb/2027",
    "/releases/kz-thb/2027/tables",
    "/nowhere",
)


OF_A_WAVE = (
    "settings",
    "record",
    "record/of/sponsor",
    "wording/ru",
    "quotas",
    "batches",
    "invite",
    "sites",
    "interviewers",
    "lines",
    "calendar",
    "design",
    "mail",
    "texts",
    "clone",
)


@pytest.mark.parametrize("width", WIDTHS)
def test_no_page_of_a_wave_has_a_fault_in_the_language_of_the_longest_words(
    site: Site, tab, inspector, make_wave: Callable[..., Any], width: int
) -> None:
    make_wave()
    site.office.account("aigul", ("director", "*"), ("interviewer", "*"))
    opened = tab(width, script=True)
    site.sit_down(opened.page, "aigul", "full", "kk")
    for path in ("/asking", *(f"/waves/kz-thb/2027/{name}" for name in OF_A_WAVE)):
        visit(opened, inspector, site.url + path, path)


def test_a_fingerprint_in_the_record_of_acts_does_not_widen_the_page(
    site: Site, tab, make_wave: Callable[..., Any]
) -> None:
    made = make_wave()
    with site.office.database.writing() as session:
        note(session, "wave.open", made, questionnaire="ac28b950" * 8)
    site.office.account("aigul", ("director", "*"))
    opened = tab(1200)
    site.sit_down(opened.page, "aigul", "full", "ru")
    opened.page.goto(f"{site.url}/audit")
    assert "ac28b950" * 8 in opened.page.content()
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= 1200


def visit(opened, inspector, address: str, name: str) -> None:
    """Open, look, and look once more with everything unfolded."""
    opened.page.goto(address)
    inspector.look(opened, name)
    folded = opened.page.locator("details:not([open]) > summary").all()
    if closed := [summary for summary in folded if summary.is_visible()]:
        for summary in closed[::-1]:
            summary.click()
        inspector.look(opened, f"{name}, unfolded")


def test_an_office_begins_by_keyboard_alone_without_script(site: Site, window) -> None:
    """Invitation, password, the app's first code, a second person, signing out; no pointer is touched."""
    page = window(360)
    page.context.add_cookies([{"name": "tolqyn-lang", "value": "en", "url": site.url}])
    page.goto(site.invitation("aigul"))
    type_into(page, "new", PASSWORD)
    enter(page)
    assert page.title().startswith("Second factors")
    press(page, "Set up the app")
    seed = page.locator("code.keep").inner_text().replace(" ", "")
    type_into(page, "code", pyotp.TOTP(seed).now())
    enter(page)
    assert page.locator(".codes li").count() == 10
    follow(page, "I have written them down")
    follow(page, "People")
    follow(page, "Invite somebody")
    type_into(page, "name", "berik")
    tab_to(page, "input[name=role]")
    for _ in range(4):
        page.keyboard.press("ArrowDown")
    assert page.locator("input[name=role]:checked").get_attribute("value") == "analyst"
    press(page, "Make the account")
    assert "/console/welcome/" in page.locator("code.keep").inner_text()
    press(page, "Sign out")
    assert page.title().startswith("Sign in")
    acts = [what for _, what, _ in site.office.acts()]
    assert acts == [
        "user.add", "user.grant", "user.welcome", "user.factor", "user.add", "user.grant", "user.logout",
    ]  # fmt: skip


def test_the_first_tab_leads_past_the_navigation(site: Site, window) -> None:
    site.office.account("aigul", ("director", "*"))
    page = window(1280)
    site.sit_down(page, "aigul")
    page.goto(f"{site.url}/people")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#main"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


def test_a_passkey_is_made_signs_in_alone_and_proves_again(site: Site, window) -> None:
    """With Chromium's virtual authenticator; no password is typed on the second visit."""
    page = window(360, script=True)
    authenticator(page)
    page.context.add_cookies([{"name": "tolqyn-lang", "value": "en", "url": site.url}])
    page.goto(site.invitation("aigul"))
    page.fill("#new", PASSWORD)
    click(page, "main button.main")
    page.fill("#name", "my telephone")
    click(page, "form.passkey button")
    assert page.locator(".codes li").count() == 10
    assert site.office.stored("aigul").totp is None
    click(page, "header button")
    click(page, "form.passkey button")
    assert page.url == f"{site.url}/"
    page.goto(f"{site.url}/confirm?next=/console/people/new")
    click(page, "form.passkey button")
    assert page.url == f"{site.url}/people/new"
    page.context.clear_cookies(name="tolqyn")
    page.goto(f"{site.url}/login")
    page.fill("#name", "aigul")
    page.fill("#password", PASSWORD)
    click(page, "main button.main")
    assert page.url.startswith(f"{site.url}/login/second")
    click(page, "form.passkey button")
    assert page.url == f"{site.url}/"
    logins = list(site.office.acts("user.login"))
    assert len(logins) == 2


def test_a_passkey_s_signature_opens_once_and_for_nobody_else(site: Site, window) -> None:
    """Replay: what the browser sent is sent again, from another browser too."""
    page = window(360, script=True)
    authenticator(page)
    site.office.account("aigul", factor=False)
    site.sit_down(page, "aigul", "enrol")
    page.goto(f"{site.url}/factors")
    page.fill("#name", "key")
    click(page, "form.passkey button")
    click(page, "header button")
    sent: list[str] = []
    page.on("request", lambda r: sent.append(r.post_data or "") if r.url.endswith("/login/passkey") else None)
    page.goto(f"{site.url}/login")
    click(page, "form.passkey button")
    from urllib.parse import parse_qs

    credential = parse_qs(sent[0])["credential"][0]
    thief = site.office.browser()
    answer = thief.post("/login/passkey", page="/login", credential=credential)
    assert answer.status_code == 401
    site.office.account("mallory")
    half = site.office.at("mallory", "password")
    assert half.post("/login/second", credential=credential).status_code == 401
    with site.office.database.reading() as session:
        (key,) = people.passkeys_of(session, people.account_named(session, "aigul").id)
    assert key.uses >= 1


def test_without_script_no_passkey_button_is_shown_and_the_app_is(site: Site, window) -> None:
    site.office.account("aigul", factor=False)
    page = window(360)
    site.sit_down(page, "aigul", "enrol")
    page.goto(f"{site.url}/factors")
    assert not page.locator("form.passkey").is_visible()
    assert page.locator("noscript p").is_visible()
    assert page.get_by_role("button", name="Set up the app").is_visible()


def authenticator(page: Page) -> None:
    """A device with a fingerprint reader."""
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    device.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def click(page: Page, selector: str) -> None:
    """Click, and wait for the page that follows."""
    with page.expect_navigation():
        page.click(selector)


def tab_to(page: Page, selector: str) -> None:
    """With the Tab key until it has the focus."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("s => document.activeElement.matches(s)", selector):
            return
    pytest.fail(f"{selector} is not reached by keyboard")


def type_into(page: Page, field: str, words: str) -> None:
    """Reach the field and type."""
    tab_to(page, f"#{field}")
    page.keyboard.type(words)


def enter(page: Page) -> None:
    """The Enter key, and the page that follows."""
    with page.expect_navigation():
        page.keyboard.press("Enter")


def press(page: Page, words: str) -> None:
    """Reach the button with these words and press it."""
    _reach(page, "button", words)
    enter(page)


def follow(page: Page, words: str) -> None:
    """Reach the link with these words and follow it."""
    _reach(page, "a", words)
    enter(page)


def _reach(page: Page, tag: str, words: str) -> None:
    for _ in range(60):
        page.keyboard.press("Tab")
        found = page.evaluate("[document.activeElement.localName, document.activeElement.innerText.trim()]")
        if found == [tag, words]:
            return
    pytest.fail(f"{words!r} is not reached by keyboard")
