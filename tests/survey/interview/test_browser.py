"""The pages in a real browser without script: they fit, stay on this host, and can be answered."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

from survey import create_app

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),
]
CHROMIUM = "/usr/bin/chromium"
TARGET = 44
"""Smallest side of what one taps, in CSS pixels."""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A headless browser."""
    if not Path(CHROMIUM).exists():
        pytest.fail(f"{CHROMIUM} is not installed: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


class _Weather(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"Sunny")

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def neutral() -> Iterator[str]:
    """Another host's page, to which one leaves."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Weather)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/weather"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def site(config, wave, neutral: str) -> Iterator[str]:
    """The address of the wave on a running server."""
    app: Flask = create_app(replace(config, leave_url=neutral))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}/s/opinion/"
    server.shutdown()
    thread.join()
    server.server_close()
    app.extensions["tolqyn"].database.close()


@pytest.fixture
def tiny_site(config, visitor) -> Iterator[Callable[[str], str]]:
    """Put a tiny instrument in the field and give its address on a running server."""
    stops: list[Callable[[], None]] = []

    def serve(name: str) -> str:
        visitor(name, "en")
        app: Flask = create_app(config)
        server = make_server("127.0.0.1", 0, app, threaded=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        stops.extend((server.shutdown, thread.join, server.server_close))
        stops.append(app.extensions["tolqyn"].database.close)
        return f"http://127.0.0.1:{server.port}/s/opinion/"

    yield serve
    for stop in stops:
        stop()


@pytest.fixture
def tab(chromium: Browser) -> Iterator[Callable[[int], Page]]:
    """Open a tab of a width, script switched off; a complaint of the browser fails the test."""
    complaints: list[str] = []
    contexts = []

    def open_tab(width: int) -> Page:
        context = chromium.new_context(viewport={"width": width, "height": 800}, java_script_enabled=False)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield open_tab
    for context in contexts:
        context.close()
    assert [text for text in complaints if "status of 4" not in text] == []


def _answer(page: Page) -> None:
    """Tick the first choice of everything, choose a region, type a number."""
    names = dict.fromkeys(box.get_attribute("name") for box in page.locator("label.opt input").all())
    for name in names:
        if name and "__" not in name:
            page.locator(f"label.opt:has(input[name='{name}'])").first.click()
    for menu in page.locator("select").all():
        menu.select_option(index=2)
    for box in page.locator("#survey input[type=text]").all():
        box.fill("34" if box.get_attribute("name") == "Z_AGE" else "2")


def _press(page: Page, button: str) -> None:
    with page.expect_navigation():
        page.click(button)


def _size(page: Page) -> tuple[int, int]:
    found = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    return found[0], found[1]


@pytest.mark.parametrize(("width", "language"), [(360, "kk"), (1280, "ru")])
def test_the_whole_questionnaire_can_be_answered(site, tab, width, language) -> None:
    page = tab(width)
    hosts = set()
    page.on("request", lambda request: hosts.add(request.url.split("/")[2]))
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.goto(site)
    assert requests == [site], "the first page is one request"
    _press(page, f"button[value={language}]")
    pages = 0
    while "/q/" in page.url:
        for viewport in (320, width):
            page.set_viewport_size({"width": viewport, "height": 800})
            wide, window = _size(page)
            assert wide <= window, f"{page.url} scrolls sideways at {viewport} px"
        _answer(page)
        _press(page, "button.main")
        pages += 1
    assert (pages, page.url) == (24, f"{site}done")
    assert page.locator(".keep").inner_text()
    assert hosts == {site.split("/")[2]}


@pytest.mark.parametrize("language", ["kk", "uz"])
def test_whatever_one_taps_is_large_enough(site, tab, language) -> None:
    page = tab(320)
    page.goto(site)
    _large(page)
    _press(page, f"button[value={language}]")
    for number in range(1, 25):
        _large(page)
        if number == 2:
            _press(page, "button.main")
            _large(page)
        _answer(page)
        _press(page, "button.main")
    _large(page)


def _large(page: Page) -> None:
    boxes = page.evaluate(
        """() => [...document.querySelectorAll("button:not(.vh), label.opt, select, input.field, textarea")]
        .map(e => [e.getBoundingClientRect(), e.innerText || e.name])
        .map(([box, words]) => [box.left, box.right, box.width, box.height, words])"""
    )
    assert boxes
    for left, right, width, height, words in boxes:
        assert min(width, height) >= TARGET, words
        assert 0 <= left < right <= 320, words


def test_the_enter_key_goes_on_and_does_not_switch_the_language(site, tab) -> None:
    page = tab(360)
    page.goto(site)
    _press(page, "button[value=ru]")
    _answer(page)
    with page.expect_navigation():
        page.locator("input[name=Z_AGE]").press("Enter")
    assert page.url == f"{site}q/2"
    assert page.locator("html").get_attribute("lang") == "ru"


def test_leaving_opens_the_neutral_page_and_back_shows_nothing(site, tab, neutral) -> None:
    page = tab(360)
    page.goto(site)
    _press(page, "button[value=en]")
    _answer(page)
    _press(page, "button.main")
    _press(page, "button.leave")
    assert page.url == neutral
    assert "Sunny" in page.content()
    assert not page.context.cookies(site)
    page.go_back()
    assert page.locator("#survey").count() == 0


def test_the_browser_s_back_button_shows_the_answers(site, tab) -> None:
    page = tab(360)
    page.goto(site)
    _press(page, "button[value=en]")
    _answer(page)
    _press(page, "button.main")
    page.locator("input[name=Z_SEX][value='2']").check()
    page.locator("input[name=Z_SETT][value='1']").check()
    _press(page, "button.main")
    _press(page, "button.main")
    assert page.url == f"{site}q/3"
    page.go_back()
    assert page.locator("input[name=Z_SEX][value='2']").is_checked()
    assert page.locator("input[name=Z_AGE]").count() == 0


@pytest.mark.parametrize("name", ["date", "crosswise", "other"])
def test_each_kind_fits_a_phone_and_can_be_answered_by_touch(tiny_site, tab, name) -> None:
    site = tiny_site(name)
    for language in ("kk", "ru", "uz", "en"):
        _answer_all(tab(360), site, language)


def _answer_all(page: Page, site: str, language: str) -> None:
    """Go through a tiny instrument; no page scrolls sideways, no target is small."""
    page.goto(site)
    _press(page, f"button[value={language}]")
    pages = 0
    while "/q/" in page.url:
        for viewport in (320, 1280, 360):
            page.set_viewport_size({"width": viewport, "height": 800})
            wide, window = _size(page)
            assert wide <= window, f"{page.url} scrolls sideways at {viewport} px"
        page.set_viewport_size({"width": 320, "height": 800})
        _large(page)
        _answer(page)
        for box in page.locator("input[name$=__year]").all():
            box.fill("2025")
        _press(page, "button.main")
        pages += 1
        assert pages < 5, page.locator("main").inner_text()
    assert page.url == f"{site}done"


def test_the_parts_of_a_day_stand_in_one_line_on_a_phone(tiny_site, tab) -> None:
    page = tab(360)
    page.goto(tiny_site("date"))
    _press(page, "button[value=kk]")
    _answer(page)
    for box in page.locator("input[name$=__year]").all():
        box.fill("1987" if box.get_attribute("name") == "BORN__year" else "2001")
    _press(page, "button.main")
    tops = {box.bounding_box()["y"] for box in page.locator("[name^=VISIT__]:not([type=checkbox])").all()}
    assert len(tops) == 1
    page.locator("[name=VISIT__month]").select_option(label="Қыркүйек")
    shown = page.locator("[name=VISIT__month]")
    assert shown.evaluate("e => e.scrollWidth <= e.clientWidth")
