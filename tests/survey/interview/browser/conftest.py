"""A real browser at the pages of a running server: fixtures that open tabs, and what one does in them."""

import json
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from flask import Flask
from playwright.sync_api import Browser, Page, Playwright, sync_playwright
from werkzeug.serving import make_server

from instruments import Questionnaire, load, load_library
from survey import create_app

CHROMIUM = "/usr/bin/chromium"
TINY = Path(__file__).resolve().parents[3] / "library"
LANGUAGES = ("kk", "ru", "uz", "en")
PLACE = """e => {
    const ranks = [...(e.closest("fieldset") || document).querySelectorAll(".rank select")];
    return ranks.includes(e) ? 1 + ranks.indexOf(e) : 2;
}"""
STAND_IN = {"kk": "Қызметкерлеріміздің", "ru": "Общегосударственный", "uz": "Mutaxassislarimizning"}
TARGET = 44
"""Smallest side of what one taps, in CSS pixels."""
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
TARGETS = """() => [...document.querySelectorAll("a[href], button, input, select, textarea, summary")]
.filter(e => e.type !== "hidden" && !e.classList.contains("vh") && e.checkVisibility())
.map(e => /radio|checkbox/.test(e.type) ? e.closest("label") : e)
.map(e => [e.getBoundingClientRect(), (e.innerText || e.name || e.id).trim().slice(0, 40)])
.map(([box, words]) => [box.left, box.right, box.width, box.height, words])"""


@pytest.fixture(scope="session")
def _playwright() -> Iterator[Playwright]:
    if not Path(CHROMIUM).exists():
        pytest.fail(f"{CHROMIUM} is not installed: apt-get install chromium")
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def chromium(_playwright: Playwright) -> Iterator[Browser]:
    """A headless browser."""
    browser = _playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def large_print(_playwright: Playwright) -> Iterator[Browser]:
    """The same browser set to letters of twice the size: 32 pixels instead of 16."""
    args = ["--no-sandbox", "--blink-settings=defaultFontSize=32"]
    browser = _playwright.chromium.launch(executable_path=CHROMIUM, args=args)
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


@contextmanager
def _running(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}/s/opinion/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        app.extensions["tolqyn"].database.close()


@pytest.fixture
def running() -> Callable[[Flask], AbstractContextManager[str]]:
    """Serve an application while a block lasts; the wave's address."""
    return _running


@pytest.fixture
def served(config, neutral: str) -> Flask:
    """The application, with a neutral page that can be reached."""
    return create_app(replace(config, leave_url=neutral))


@pytest.fixture
def site(served: Flask, wave) -> Iterator[str]:
    """The address of the wave on a running server."""
    with _running(served) as address:
        yield address


@pytest.fixture
def tiny_site(config, fielded_wave) -> Iterator[Callable[[str], str]]:
    """Put a tiny instrument in the field and give its address on a running server."""
    stops = []

    def serve(name: str) -> str:
        fielded_wave(in_every_language(load(TINY / f"{name}.yaml")))
        running = _running(create_app(config))
        stops.append(running)
        return running.__enter__()

    yield serve
    for running in stops:
        running.__exit__(None, None, None)


def in_every_language(questionnaire: Questionnaire) -> Questionnaire:
    """The questionnaire with its English words, after a long one of theirs, in the languages it lacks."""

    def filled(part: Any) -> Any:
        if isinstance(part, list):
            return [filled(entry) for entry in part]
        if not isinstance(part, dict):
            return part
        if isinstance(part.get("en"), str):
            return {language: f"{word} {part['en']}" for language, word in STAND_IN.items()} | part
        return {key: filled(value) for key, value in part.items()}

    document = filled(json.loads(questionnaire.to_json()))
    changed = {"languages": list(LANGUAGES), "public_title": dict(load_library("kz_thb_core").public_title)}
    return Questionnaire.from_json(json.dumps(document | changed))


@dataclass
class Tab:
    """One tab of a browser, and what a person does in it."""

    page: Page
    complaints: list[str] = field(default_factory=list)

    def press(self, selector: str) -> None:
        """Click, and wait for the page that follows."""
        with self.page.expect_navigation():
            self.page.click(selector)

    def begin(self, site: str, language: str) -> None:
        """From the landing page to the first question."""
        self.page.goto(site)
        self.press(f"#start button[value={language}]")

    def answer(self) -> None:
        """Tick the first choice of everything, choose a region, type a number."""
        names = dict.fromkeys(box.get_attribute("name") for box in self.page.locator("label.opt input").all())
        for name in names:
            if name and "__" not in name:
                self.page.locator(f"label.opt:has(input[name='{name}'])").first.click()
        for menu in self.page.locator("select").all():
            place = menu.evaluate(PLACE)
            if place < menu.locator("option").count():
                menu.select_option(index=place)
        for box in self.page.locator("#survey input[type=text]").all():
            name = box.get_attribute("name") or ""
            box.fill("34" if name == "Z_AGE" else "2025" if name.endswith("__year") else "2")

    def next(self) -> None:
        """On with what stands on the page."""
        self.press("button.main")

    def width(self) -> int:
        """How far the page reaches to the right, in CSS pixels."""
        return int(self.page.evaluate("document.documentElement.scrollWidth"))

    def scrolls_sideways(self) -> bool:
        """Whether the page is wider than its window."""
        return self.width() > int(self.page.evaluate("window.innerWidth"))


@dataclass
class Inspector:
    """Looks at pages and notes what is wrong with them, and how many it saw of which language."""

    seen: Counter[str] = field(default_factory=Counter)
    found: list[str] = field(default_factory=list)

    def look(self, made: Tab, name: str) -> None:
        """All there is to find on the page as it stands."""
        page = made.page
        language = page.locator("html").get_attribute("lang") or ""
        self.seen[language] += 1
        place = f"{name} [{language}]"
        if made.scrolls_sideways():
            self.found.append(f"{place}: scrolls sideways, {made.width()} px")
        for left, right, width, height, words in page.evaluate(TARGETS):
            if min(width, height) < TARGET - 0.01:
                self.found.append(f"{place}: {words!r} is {width:.0f} x {height:.0f}")
            if left < 0 or right > page.evaluate("window.innerWidth"):
                self.found.append(f"{place}: {words!r} reaches from {left:.0f} to {right:.0f}")
        page.evaluate("scrollTo(0, 0)")  # what the fixed top half covers while scrolling is not small
        if not page.evaluate("typeof axe === 'object'"):
            page.evaluate(f"() => {{ {AXE_SCRIPT} }}")
        options = {"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"]}
        for violation in page.evaluate("options => axe.run(document, options)", options)["violations"]:
            for node in violation["nodes"]:
                self.found.append(f"{place}: {violation['id']} at {node['html'][:160]}")


@pytest.fixture
def inspector(record_property) -> Iterator[Inspector]:
    """Fails the test with everything it found; prints how many pages it looked at."""
    made = Inspector()
    yield made
    record_property("pages", dict(made.seen))
    print(f"pages looked at: {sum(made.seen.values())} {dict(made.seen)}")
    assert made.found == [], "\n".join(made.found)


@pytest.fixture
def tab(chromium: Browser) -> Iterator[Callable[..., Tab]]:
    """Open a tab of a width, without script unless told; a complaint of the browser fails the test."""
    opened: list[Tab] = []

    def open_tab(width: int, *, script: bool = False, browser: Browser = chromium, **options: Any) -> Tab:
        size = {"width": width, "height": 800}
        context = browser.new_context(viewport=size, java_script_enabled=script, **options)
        made = Tab(context.new_page())
        opened.append(made)
        made.page.on("console", lambda message: made.complaints.append(message.text))
        made.page.on("pageerror", lambda error: made.complaints.append(str(error)))
        return made

    yield open_tab
    for made in opened:
        made.page.context.close()
    refused = re.compile("status of [45]")
    found = [text for made in opened for text in made.complaints if not refused.search(text)]
    assert found == []


@pytest.fixture
def without_cookies(_playwright: Playwright, tmp_path: Path) -> Iterator[Callable[..., Tab]]:
    """Open a tab of a browser whose own setting blocks every cookie, without script unless told."""
    contexts = []

    def open_tab(width: int = 360, *, script: bool = False) -> Tab:
        profile = tmp_path / f"profile-{len(contexts)}"
        preferences = profile / "Default" / "Preferences"
        preferences.parent.mkdir(parents=True)
        preferences.write_text('{"profile": {"default_content_setting_values": {"cookies": 2}}}')
        context = _playwright.chromium.launch_persistent_context(
            profile,
            executable_path=CHROMIUM,
            args=["--no-sandbox"],
            viewport={"width": width, "height": 800},
            java_script_enabled=script,
        )
        contexts.append(context)
        return Tab(context.new_page())

    yield open_tab
    for context in contexts:
        context.close()
