"""A whole interview, page by page, in every language, on both databases."""

import pytest

from instruments import Missing
from survey.store import ballots
from survey.store.models import Ballot

LANGUAGES = ("kk", "ru", "uz", "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_question_is_answered_without_script(person, language, database, core, rows) -> None:
    person.get("")
    person.start(language)
    seen = [person.path]
    while "/q/" in person.path:
        assert person.page.get("lang") == language
        assert person.title == core.public_title[language]
        assert not person.page.xpath(
            "//script[not(@defer)] | //link[@rel='stylesheet'] | //img | //*[@onclick]"
        )
        person.send(person.sensible())
        seen.append(person.path)
    assert seen == [f"/s/opinion/q/{n}" for n in range(1, 25)] + ["/s/opinion/done"]
    assert rows() == (1, 24)
    with database.reading() as session:
        (ballot,) = session.query(Ballot).all()
        answers = ballots.answers_of(session, ballot.ballot)
    assert (ballot.state, ballot.language, ballot.fingerprint) == ("complete", language, core.fingerprint)
    values = core.encode(answers, core.draw(ballot.ballot), complete=True)
    assert Missing.NOT_REACHED not in values.values()
    assert values["Z_AGE"] == 34


def test_what_is_stored_is_what_was_answered(person, stored) -> None:
    person.start()
    person.send({"CONSENT": "1", "Z_AGE": " 34 ", "S_RES": "1"})
    person.send({"Z_SEX": "2", "Z_REG": "75", "Z_SETT": "-2"})
    assert stored() == {
        "CONSENT": 1,
        "Z_AGE": 34,
        "S_RES": 1,
        "Z_SEX": 2,
        "Z_REG": 75,
        "Z_SETT": Missing.REFUSED,
    }


def test_typed_answers_and_several_answers_are_read_as_people_give_them(person, stored) -> None:
    person.start()
    person.walk_to(5)
    person.send(person.sensible() | {"KN2": "1"})
    person.send({"KN2N": "116-16", "KN3": "-1"})
    person.walk_to(14)
    person.send({"WR5": "7", "BR1": ["3", "1"]})
    answers = stored()
    assert answers["KN2N"] == "11616"
    assert answers["KN3"] == Missing.DONT_KNOW
    assert answers["BR1"] == [1, 3]


def test_a_follow_up_is_asked_only_where_the_filter_says_so(person) -> None:
    person.start()
    person.walk_to(5)
    person.send(person.sensible() | {"KN2": "3"})
    assert not person.page.xpath("//*[@id='KN2N']")
    person.get("q/5")
    person.send(person.sensible() | {"KN2": "1"})
    assert person.page.xpath("//*[@id='KN2N']")


def test_a_don_t_know_beside_a_typed_answer_needs_no_typing(person, stored) -> None:
    person.start()
    person.walk_to(23)
    person.send({"Z_MIG": "4", "Z_INC": "-2", "Z_ADULTS": None, "Z_ADULTS__missing": "-1"})
    assert stored()["Z_ADULTS"] == Missing.DONT_KNOW
    person.get("q/23")
    assert person.page.xpath("//input[@name='Z_ADULTS__missing'][@value='-1'][@checked]")


def test_the_vignette_and_the_list_are_those_drawn_for_the_ballot(person, database, core) -> None:
    person.start("en")
    person.walk_to(15)
    with database.reading() as session:
        draw = core.draw(session.query(Ballot).one().ballot)
    shown = [item.text_content() for item in person.page.xpath("//*[@id='LE']//li[@data-name]")]
    assert shown == [words["en"] for words in core.items["LE"].shown_list(draw)]
    counts = [button.get("value") for button in person.page.xpath("//input[@name='LE']")]
    assert counts == [*map(str, range(core.items["LE"].highest(draw) + 1)), "-1", "-2"]
    person.get("q/10")
    vignette = person.page.get_element_by_id("VGN")
    assert vignette.get("data-cell") == draw.cell("VGN")
    assert core.items["VGN"].shown_text(draw)["en"] in vignette.text_content()


def test_scales_rows_and_options_stand_in_the_drawn_order(person, database, core) -> None:
    person.start("en")
    person.walk_to(8)
    with database.reading() as session:
        draw = core.draw(session.query(Ballot).one().ballot)
    rows = [element.get("id") for element in person.page.xpath("//fieldset")]
    assert rows == [item.id for item in core.items_on(8, {}, draw)]
    codes = [int(box.get("value")) for box in person.page.xpath(f"//input[@name='{rows[0]}']")]
    assert codes == ([5, 4, 3, 2, 1] if draw.reversed("agree5") else [1, 2, 3, 4, 5]) + [-1, -2]
    person.walk_to(14)
    options = [int(box.get("value")) for box in person.page.xpath("//input[@name='BR1']")]
    assert options[:-2] == [option.code for option in core.items["BR1"].shown_options(draw)]


def test_a_post_takes_three_statements_whatever_the_page(person, app, statements) -> None:
    person.start()
    person.walk_to(9)
    database = app.extensions["tolqyn"].database
    # PostgreSQL takes both upserts as one statement.
    expected = 3 if database.engine.dialect.name == "sqlite" else 2
    with statements(database) as sent:
        while "/q/" in person.path:
            data = _form(person)
            sent.clear()
            target = person.client.post(person.path, data=data).headers["Location"]
            assert len(sent) == expected, sent
            person.get(target.removeprefix("/s/opinion/"))
    assert person.path == "/s/opinion/done"


def _form(person) -> dict:
    (token,) = person.form.xpath(".//input[@name='csrf_token']/@value")
    return {"csrf_token": token, **person.sensible()}


def test_a_page_posted_twice_is_stored_once(person, rows) -> None:
    person.start()
    person.send({"CONSENT": "1", "Z_AGE": "34", "S_RES": "1"})
    path, data = person.path, _form(person)
    for _ in range(2):
        response = person.client.post(path, data=data)
        assert response.status_code == 303
        assert response.headers["Location"] == "/s/opinion/q/3"
    assert rows() == (1, 2)


def test_looking_changes_nothing(person, rows, app) -> None:
    person.start()
    person.send({"CONSENT": "1", "Z_AGE": "34", "S_RES": "1"})
    before = rows()
    for path in ("", "q/1", "q/2", "q/9", "done", "stop", "withdraw", "resume"):
        for method in ("get", "head"):
            response = getattr(person.client, method)(f"/s/opinion/{path}")
            assert response.status_code in (200, 303)
            assert "Set-Cookie" not in response.headers
    assert rows() == before
