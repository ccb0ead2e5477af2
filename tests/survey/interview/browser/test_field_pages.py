"""Pages of interviewers and kiosks at 320 pixels: axe finds nothing, all fits, all can be tapped."""

import pytest

from survey.store import access, waves

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database", ["sqlite"], indirect=True)]
WIDTH = 320


@pytest.mark.parametrize("language", ["kk", "ru", "uz", "en"])
def test_an_interviewers_way_from_door_to_door(tab, site, interviewer_link, inspector, language) -> None:
    made = tab(WIDTH, script=True)
    page = made.page
    page.goto(f"{site}{interviewer_link}?lang={language}")
    inspector.look(made, "start")
    made.press("#contact button")
    inspector.look(made, "no outcome")
    page.check("[name=outcome][value='2.24']")
    made.press("#contact button")
    inspector.look(made, "counted")
    made.press(f"#start button[value={language}]")
    inspector.look(made, "private")
    made.press("button[value=present]")
    inspector.look(made, "advice")
    made.press("button[value=on]")
    while not page.locator(".show a").count():
        made.answer()
        made.next()
    inspector.look(made, "asked by the interviewer")
    page.locator(".show a").first.click()
    assert page.locator(".sheet:target").is_visible()
    inspector.look(made, "card")
    page.locator(".sheet:target .close").click()
    while "/q/" in page.url:
        made.answer()
        made.next()
    inspector.look(made, "hand")
    made.press("#hand button.main")
    inspector.look(made, "alone")
    while "/q/" in page.url:
        made.answer()
        made.next()
    inspector.look(made, "return")


def test_a_kiosks_question_whether_anybody_is_there(tab, site, database, wave, inspector) -> None:
    with database.writing() as session:
        access.add_site(session, waves.find_wave(session, wave.alias), "Clinic 3", "clinic3")
    made = tab(WIDTH, script=True)
    page = made.page
    page.clock.install()
    page.goto(f"{site}k/clinic3")
    inspector.look(made, "start")
    made.press("#start button[value=ru]")
    page.clock.run_for(42_000)
    assert page.locator("#idle").is_visible()
    page.clock.resume()
    inspector.look(made, "idle")


@pytest.mark.parametrize("language", ["kk", "ru", "uz", "en"])
def test_a_kiosk_that_keeps_no_cookies_says_what_to_change(
    without_cookies, site, database, wave, inspector, language
) -> None:
    with database.writing() as session:
        access.add_site(session, waves.find_wave(session, wave.alias), "Clinic 3", "clinic3")
    made = without_cookies(WIDTH, script=True)
    made.page.goto(f"{site}k/clinic3")
    made.press(f"#start button[value={language}]")
    assert "cookie" in made.page.locator("h1").inner_text()
    inspector.look(made, "no cookies")
    made.press("main a.quiet")
    assert made.page.url == f"{site}k/clinic3"


def test_a_kiosk_without_script_says_when_it_clears(tab, site, database, wave) -> None:
    with database.writing() as session:
        access.add_site(session, waves.find_wave(session, wave.alias), "Clinic 3", "clinic3")
    made = tab(WIDTH)
    made.page.goto(f"{site}k/clinic3")
    made.press("#start button[value=kk]")
    assert made.page.get_by_role("button", name="Маған көбірек уақыт керек").is_visible()
    assert not made.scrolls_sideways()
