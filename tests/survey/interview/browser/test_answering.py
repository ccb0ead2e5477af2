"""The pages in a real browser without script: they fit, stay on this host, and can be answered."""

import pytest

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),
]


@pytest.mark.parametrize(("width", "language"), [(360, "kk"), (1280, "ru")])
def test_the_whole_questionnaire_can_be_answered(site, tab, width, language) -> None:
    made = tab(width)
    page = made.page
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.goto(site)
    assert requests == [site], "the first page is one request"
    made.press(f"button[value={language}]")
    pages = 0
    while "/q/" in page.url:
        for viewport in (320, width):
            page.set_viewport_size({"width": viewport, "height": 800})
            assert not made.scrolls_sideways(), f"{page.url} at {viewport} px"
        made.answer()
        made.next()
        pages += 1
    assert (pages, page.url) == (24, f"{site}done")
    assert page.locator(".keep").inner_text()
    assert {url.split("/")[2] for url in requests} == {site.split("/")[2]}
    assert not any(url.endswith(".js") for url in requests)


def test_the_enter_key_goes_on_and_does_not_switch_the_language(site, tab) -> None:
    made = tab(360)
    made.begin(site, "ru")
    made.answer()
    with made.page.expect_navigation():
        made.page.locator("input[name=Z_AGE]").press("Enter")
    assert made.page.url == f"{site}q/2"
    assert made.page.locator("html").get_attribute("lang") == "ru"


def test_the_browser_s_back_button_shows_the_answers(site, tab) -> None:
    made = tab(360)
    page = made.page
    made.begin(site, "en")
    made.answer()
    made.next()
    page.locator("input[name=Z_SEX][value='2']").check()
    page.locator("input[name=Z_SETT][value='1']").check()
    made.next()
    made.next()
    assert page.url == f"{site}q/3"
    page.go_back()
    assert page.locator("input[name=Z_SEX][value='2']").is_checked()
    assert page.locator("input[name=Z_AGE]").count() == 0


@pytest.mark.parametrize("name", ["date", "crosswise", "other"])
def test_each_kind_fits_a_phone_and_can_be_answered_by_touch(tiny_site, tab, name) -> None:
    site = tiny_site(name)
    for language in ("kk", "ru", "uz", "en"):
        _answer_all(tab(360), site, language)


def _answer_all(made, site: str, language: str) -> None:
    """Go through a tiny instrument; no page scrolls sideways."""
    made.begin(site, language)
    pages = 0
    while "/q/" in made.page.url:
        for viewport in (320, 1280, 360):
            made.page.set_viewport_size({"width": viewport, "height": 800})
            assert not made.scrolls_sideways(), f"{made.page.url} at {viewport} px"
        made.answer()
        made.next()
        pages += 1
        assert pages < 5, made.page.locator("main").inner_text()
    assert made.page.url == f"{site}done"


def test_the_parts_of_a_day_stand_in_one_line_on_a_phone(tiny_site, tab) -> None:
    made = tab(360)
    page = made.page
    made.begin(tiny_site("date"), "kk")
    made.answer()
    for box in page.locator("input[name$=__year]").all():
        box.fill("1987" if box.get_attribute("name") == "BORN__year" else "2001")
    made.next()
    tops = {box.bounding_box()["y"] for box in page.locator("[name^=VISIT__]:not([type=checkbox])").all()}
    assert len(tops) == 1
    page.locator("[name=VISIT__month]").select_option(label="Қыркүйек")
    shown = page.locator("[name=VISIT__month]")
    assert shown.evaluate("e => e.scrollWidth <= e.clientWidth")


def test_an_interview_is_answered_with_cookies_blocked(site, without_cookies, stored) -> None:
    made = without_cookies()
    page = made.page
    made.begin(site, "uz")
    assert page.locator("html").get_attribute("lang") == "uz"
    pages = 0
    while page.locator("#survey").count():
        if pages == 2:
            made.press("button.back")
            assert page.locator("label.opt input:checked").count() >= 2, "going back shows the answers"
        made.answer()
        made.next()
        pages += 1
        assert "-state" not in page.url
    assert pages == 25
    assert page.locator(".keep").inner_text()
    assert stored()["Z_AGE"] == 34
    assert page.context.cookies() == []
