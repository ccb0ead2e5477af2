"""Leaving at once: with script and without, by button, by key, and what Back shows afterwards."""

import time

import pytest

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),
]
SUBJECT = "form#survey, label.opt, .keep"


def _inside(made, site: str, language: str = "en") -> None:
    """On the second page, with an answer ticked that is not sent."""
    made.begin(site, language)
    made.answer()
    made.next()
    made.answer()


def _without_cookie(page, site: str) -> bool:
    for _ in range(100):
        if not page.context.cookies(site):
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize("script", [False, True])
def test_the_button_opens_the_neutral_page_and_back_shows_nothing(site, tab, neutral, script) -> None:
    made = tab(360, script=script)
    _inside(made, site)
    made.press("button.leave")
    page = made.page
    page.wait_for_url(neutral)
    assert "Sunny" in page.content()
    assert _without_cookie(page, site)
    for _ in range(3):
        page.go_back()
        assert page.locator(SUBJECT).count() == 0


def test_with_script_the_page_one_leaves_is_replaced_in_the_history(site, tab, neutral) -> None:
    made = tab(360, script=True)
    _inside(made, site)
    page = made.page
    left, before = page.url, page.evaluate("history.length")
    made.press("button.leave")
    page.wait_for_url(neutral)
    assert page.evaluate("history.length") == before
    page.go_back()
    assert page.url not in (left, neutral)


def test_escape_pressed_twice_leaves_and_once_does_not(site, tab, neutral) -> None:
    made = tab(1280, script=True)
    _inside(made, site)
    page = made.page
    page.keyboard.press("Escape")
    page.wait_for_timeout(1700)
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    page.keyboard.press("Escape")
    page.wait_for_timeout(300)
    assert page.url == f"{site}q/2"
    page.wait_for_timeout(1700)
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.wait_for_url(neutral)
    assert _without_cookie(page, site)


def test_the_page_is_covered_before_the_network_answers(site, tab, neutral) -> None:
    made = tab(1280, script=True)
    _inside(made, site)
    page = made.page
    order: list[str] = []
    page.on("console", lambda message: order.append(message.text))
    page.on("response", lambda response: order.append(response.url))
    page.evaluate(
        """() => new MutationObserver(() => console.log("left: " + document.body.childNodes.length))
        .observe(document.body, {childList: true})"""
    )
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.wait_for_url(neutral)
    assert order.index("left: 0") < order.index(neutral)
    made.complaints.remove("left: 0")


def test_a_page_taken_from_memory_is_covered_and_asked_for_again(site, tab) -> None:
    made = tab(1280, script=True)
    _inside(made, site)
    page = made.page
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    with page.expect_navigation():
        page.evaluate("window.dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    assert asked[0] == page.url
    assert page.locator("#survey").count() == 1
    assert page.locator("label.opt input:checked").count() == 0, "what was not sent is gone"


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "or Esc twice"),
        ("ru", "или дважды Esc"),
        ("kk", "немесе Esc екі рет"),
        ("uz", "yoki Esc ikki marta"),
    ],
)
def test_the_key_is_named_only_where_script_runs_and_there_may_be_a_keyboard(
    site, tab, language, words
) -> None:
    for script, touch in ((True, False), (True, True), (False, False)):
        made = tab(360, script=script, has_touch=touch, is_mobile=touch)
        made.begin(site, language)
        button = made.page.locator("button.leave")
        assert (words in button.inner_text()) is (script and not touch)


def test_the_script_keeps_nothing_and_asks_nobody(site, tab, neutral) -> None:
    made = tab(360, script=True)
    page = made.page
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    _inside(made, site)
    scripts = [url for url in asked if url.endswith(".js")]
    assert len(set(scripts)) == 1, "one script, the same on every page"
    assert page.evaluate("[localStorage.length, sessionStorage.length, document.cookie]") == [0, 0, ""]
    assert {url.split("/")[2] for url in asked} == {site.split("/")[2]}
    asked.clear()
    made.press("button.leave")
    page.wait_for_url(neutral)
    assert [url for url in asked if "favicon" not in url] == [f"{site}leave", neutral]


def test_leaving_works_where_the_script_cannot_say_so(site, tab, neutral) -> None:
    """An old browser without beacons hides the page and sends the form as it stands."""
    made = tab(360, script=True)
    made.page.add_init_script("Navigator.prototype.sendBeacon = undefined")
    _inside(made, site)
    made.press("button.leave")
    made.page.wait_for_url(neutral)
    assert not made.page.context.cookies(site)


def test_a_browser_that_keeps_no_cookies_leaves_too(site, without_cookies, neutral) -> None:
    made = without_cookies()
    made.begin(site, "en")
    made.answer()
    made.next()
    made.press("button.leave")
    assert made.page.url == neutral
