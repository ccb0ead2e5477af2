"""A kiosk's pages in a real browser: they clear themselves, with script and without; one press keeps them."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from survey import create_app
from survey.interview import idle
from survey.store import access, waves

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database", ["sqlite"], indirect=True)]
START = re.compile(r"/k/clinic3$")


@pytest.fixture
def kiosk(config, database, wave, running) -> Iterator[str]:
    """The address of a kiosk on a running server."""
    with database.writing() as session:
        access.add_site(session, waves.find_wave(session, wave.alias), "Clinic 3", "clinic3")
    app = create_app(config)
    with running(app) as address:
        yield f"{address}k/clinic3"


@pytest.fixture
def page(chromium: Browser, kiosk: str) -> Iterator[Page]:
    """The first page of questions, on a clock that the test moves."""
    context = chromium.new_context(viewport={"width": 820, "height": 1180})
    page = context.new_page()
    page.clock.install()
    page.goto(kiosk)
    page.click("#start button[value=en]")
    page.fill("[name=Z_AGE]", "34")
    page.wait_for_load_state("load")  # the page's script runs last
    yield page
    context.close()


def test_a_page_nobody_touches_asks_and_then_clears_itself(page: Page) -> None:
    page.clock.run_for(idle.QUIET * 1000 + 1000)
    expect(page.get_by_role("dialog", name="Are you still there?")).to_be_visible()
    expect(page.get_by_role("button", name="I am still here")).to_be_focused()
    page.clock.run_for(idle.WARNING * 1000)
    page.wait_for_url(START)
    page.go_back()
    assert "34" not in page.content()


def test_one_press_keeps_the_page_with_what_was_typed(page: Page) -> None:
    for _ in range(3):
        page.clock.run_for(idle.QUIET * 1000 + 1000)
        page.get_by_role("button", name="I am still here").click()
        expect(page.locator("#idle")).to_be_hidden()
    assert page.input_value("[name=Z_AGE]") == "34"


def test_escape_keeps_the_page_too(page: Page) -> None:
    page.clock.run_for(idle.QUIET * 1000 + 1000)
    page.keyboard.press("Escape")
    page.clock.run_for(idle.WARNING * 1000 + 2000)
    assert page.input_value("[name=Z_AGE]") == "34"


def test_whoever_types_is_not_asked(page: Page) -> None:
    for _ in range(4):
        page.clock.run_for(idle.QUIET * 1000 - 2000)
        page.locator("[name=Z_AGE]").press("End")
    expect(page.locator("#idle")).to_be_hidden()


def test_a_device_that_slept_clears_its_page_on_waking(page: Page) -> None:
    page.clock.fast_forward(3_600_000)
    page.wait_for_url(START)


def test_without_script_a_page_leads_back_by_itself(chromium, kiosk, monkeypatch) -> None:
    monkeypatch.setattr(idle, "WITHOUT_SCRIPT", 1)
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(kiosk)
    page.click("#start button[value=en]")
    page.wait_for_url(START, timeout=10_000)
    assert not [cookie for cookie in context.cookies() if cookie["name"] == "s"]
    context.close()
