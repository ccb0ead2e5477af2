"""Back, resume, another device, another language: no answer is lost, none is shown to the wrong eyes."""

import pytest

from instruments import Missing
from survey.keys import unseal
from survey.store.models import Ballot, PageAnswer

FIRST = {"CONSENT": "1", "Z_AGE": "34", "S_RES": "1"}


def test_going_back_shows_the_answers_and_takes_new_ones(person, stored) -> None:
    person.start()
    person.send(FIRST)
    person.send({"Z_SEX": "1", "Z_REG": "75", "Z_SETT": "4"})
    (back,) = person.page.xpath("//a[@class='back']/@href")
    person.get(back.removeprefix("/s/opinion/"))
    assert person.filled_in() == {"Z_SEX": ["1"], "Z_REG": ["75"], "Z_SETT": ["4"]}
    person.send({"Z_SEX": "2"})
    assert stored()["Z_SEX"] == 2
    person.get("q/1")
    assert person.filled_in() == {"CONSENT": ["1"], "Z_AGE": ["34"], "S_RES": ["1"]}


def test_a_page_can_be_reached_only_when_those_before_it_are_done(person) -> None:
    person.start()
    person.send(FIRST)
    for number in (3, 8, 24):
        person.get(f"q/{number}")
        assert person.path == "/s/opinion/q/2"
    person.get("done")
    assert person.path == "/s/opinion/q/2"


def test_a_changed_filter_brings_its_follow_up_before_the_end(person) -> None:
    person.start()
    person.walk_to(5)
    person.send(person.sensible() | {"KN2": "3"})
    person.walk_to(24)
    person.get("q/5")
    person.send({"KN2": "1"})
    assert person.path == "/s/opinion/q/6"
    person.get("q/24")
    person.send({"OPEN1": ""})
    assert person.path == "/s/opinion/q/6"
    person.send({"KN2N": "11616"})
    person.walk_to(24)
    person.send({"OPEN1": ""})
    assert person.path == "/s/opinion/done"


def test_a_code_resumes_on_another_device_without_showing_earlier_answers(person, somebody, stored) -> None:
    person.start("ru")
    person.walk_to(4)
    before = stored()
    code = _code_of(person)
    other = somebody()
    other.post("resume", {"code": code})
    assert other.path == "/s/opinion/q/4"
    assert other.page.get("lang") == "ru"
    assert not other.page.find_class("back"), "what another browser saved is not to be gone back to"
    for number in (1, 2, 3):
        other.get(f"q/{number}")
        assert other.path == "/s/opinion/q/4", "neither shown nor to be changed"
    assert stored() == before
    other.send(other.sensible())
    other.get("q/4")
    assert other.filled_in(), "what this device answered it may show"
    assert {name: value for name, value in stored().items() if name in before} == before
    other.walk_to(24)
    other.send({"OPEN1": ""})
    assert other.path == "/s/opinion/done"
    assert other.page.find_class("keep")[0].text == code


def test_a_lost_cookie_is_answered_with_the_way_back(person) -> None:
    person.start("en")
    person.walk_to(3)
    code = _code_of(person)
    person.client.delete_cookie("s", path="/s/opinion")
    person.get("q/3?lang=en")
    assert person.response.status_code == 400
    assert person.page.xpath("//a[starts-with(@href, '/s/opinion/resume')]")
    person.post("resume", {"code": code})
    assert person.path == "/s/opinion/q/3"


def test_a_wrong_code_resumes_nothing(person, rows) -> None:
    person.post("resume?lang=en", {"code": "ABCD EFGH JKMN"})
    assert person.response.status_code == 422
    assert person.title.startswith("Error:")
    assert person.page.get_element_by_id("code").get("value") == "ABCD EFGH JKMN"


def _code_of(person) -> str:
    path = person.path
    person.get("stop")
    (token,) = person.page.xpath("//form[@id='stop']//input[@name='csrf_token']/@value")
    person.post("stop", {"csrf_token": token, "do": "keep"})
    code = person.page.find_class("keep")[0].text
    person.get(path.removeprefix("/s/opinion/"))
    return code


def test_an_invitation_begins_one_interview_in_one_browser(invited, somebody_invited, rows, database) -> None:
    first = somebody_invited(invited[0])
    first.walk_to(4)
    second = somebody_invited(invited[0])
    assert second.path == "/s/opinion/q/1", "as if nobody had begun with it"
    second.send(FIRST)
    assert second.path == "/s/opinion/used?lang=ru"
    assert "Этот код уже использован" in second.text
    first.start("ru", token=invited[0])
    assert first.path == "/s/opinion/q/4", "its own browser goes on"
    first.walk_to(6)
    assert rows() == (1, 5)
    somebody_invited(invited[1]).walk_to(2)
    assert rows() == (2, 6)
    with database.reading() as session:
        assert all(ballot.batch is not None for ballot in session.query(Ballot))


def test_a_code_of_ones_own_is_offered_once_and_leads_back_to_an_invitations_interview(
    invited, somebody_invited, stored
) -> None:
    person = somebody_invited(invited[0])
    assert not person.page.xpath("//a[text()='Получить код']")
    person.send(FIRST)
    assert person.page.xpath("//a[text()='Получить код']/@href") == ["/s/opinion/stop"]
    code = _code_of(person)
    assert not person.page.xpath("//a[text()='Получить код']"), "whoever has it is not asked again"
    person.walk_to(3)
    before = stored()
    other = somebody_invited(invited[0])
    other.send(FIRST)
    assert other.path.startswith("/s/opinion/used")
    other.post("resume", {"code": code})
    assert other.path == "/s/opinion/q/3"
    assert stored() == before
    other.walk_to(4)
    third = somebody_invited(invited[1])
    third.walk_to(3)
    assert not third.page.xpath("//a[text()='Получить код']"), "a calm word, once"


def test_a_first_page_whose_answer_got_lost_is_sent_again_by_the_same_browser(
    app, invited, somebody_invited, rows
) -> None:
    person = somebody_invited(invited[0])
    cookie = person.client.get_cookie("s", path="/s/opinion").value
    person.send(FIRST)
    sent = person.sent
    person.client.set_cookie("s", cookie, path="/s/opinion")
    person.post("q/1", sent)
    assert person.path == "/s/opinion/q/2"
    assert rows() == (1, 1)


def test_an_invitation_is_not_spent_by_looking(app, invited, rows) -> None:
    client = app.test_client()
    for method in (client.get, client.head):
        response = method(f"/s/opinion/i/{invited[0]}", headers={"User-Agent": "WhatsApp/2.23"})
        assert response.status_code == 200
        assert "Set-Cookie" not in response.headers
    assert rows() == (0, 0)


def test_an_invitation_code_nobody_knows_is_shown_again_with_the_reason(invited, somebody_invited) -> None:
    person = somebody_invited(None)
    person.start("uz", token="ABCDEFGHIJKLMNOPQRSTUVWXY")
    assert person.response.status_code == 422
    assert "Bunday taklif kodi bizga maʼlum emas." in person.text
    assert person.page.xpath("//input[@name='token']/@value") == ["ABCDEFGHIJKLMNOPQRSTUVWXY"]
    assert person.page.xpath("//p[@id='token-err']/@lang") == ["uz"]
    person.start("uz", token=invited[0])
    assert person.path == "/s/opinion/q/1"


def test_an_invited_wave_asks_for_the_code(app, invited, somebody_invited) -> None:
    person = somebody_invited(None)
    assert person.page.xpath("//form[@id='start']//input[@name='token']")
    person.start("ru")
    assert person.path == "/s/opinion/"
    person.start("ru", token=invited[0].lower())
    assert person.path == "/s/opinion/q/1"


def test_switching_the_language_keeps_place_and_answers(person, stored) -> None:
    person.start("ru")
    person.send(FIRST)
    person.send({"Z_SEX": "2", "Z_REG": "75"}, button=("lang", "kk"))
    assert person.path == "/s/opinion/q/2"
    assert person.page.get("lang") == "kk"
    assert person.filled_in() == {"Z_SEX": ["2"], "Z_REG": ["75"]}
    assert stored()["Z_SEX"] == 2
    assert "Z_SETT" not in stored()
    person.send({"Z_SETT": "1"})
    assert person.path == "/s/opinion/q/3"
    assert person.page.get("lang") == "kk"


def test_switching_stores_nothing_before_consent_and_loses_nothing(person, rows) -> None:
    person.start("ru")
    person.send({"CONSENT": "1", "Z_AGE": "34"}, button=("lang", "uz"))
    assert person.page.get("lang") == "uz"
    assert person.filled_in() == {"CONSENT": ["1"], "Z_AGE": ["34"]}
    assert rows() == (0, 0)
    person.send({"S_RES": "1"})
    assert person.path == "/s/opinion/q/2"


def test_switching_keeps_what_is_wrong_and_what_is_written(person, stored) -> None:
    person.start("ru")
    person.walk_to(23)
    person.send({"Z_MIG": "1", "Z_ADULTS": "много"}, button=("lang", "en"))
    assert person.filled_in() == {"Z_MIG": ["1"], "Z_ADULTS": ["много"]}
    assert "Z_ADULTS" not in stored()
    person.send({"Z_ADULTS": "2", "Z_INC": "1"})
    person.send({"OPEN1": "my words"}, button=("lang", "kk"))
    assert person.filled_in() == {"OPEN1": ["my words"]}


def test_the_language_of_each_page_is_kept(person, database) -> None:
    person.start("ru")
    person.send(FIRST)
    person.send(person.sensible(), button=("lang", "en"))
    person.send(person.sensible())
    with database.reading() as session:
        pages = {row.page: row.language for row in session.query(PageAnswer)}
    assert pages == {1: "ru", 2: "en"}


def test_free_text_is_sealed_and_never_shown_again(person, database, stored, tmp_path, wave) -> None:
    person.start("en")
    person.walk_to(24)
    person.send({"OPEN1": "secret words"}, button=("lang", "ru"))
    person.get("q/24")
    assert "secret words" not in person.response.get_data(as_text=True)
    assert "Ваш текст сохранён" in person.text
    assert stored()["OPEN1"] == "sealed"
    with database.reading() as session:
        box = session.query(PageAnswer).filter_by(page=24).one().sealed["OPEN1"]
    key = bytes.fromhex((tmp_path / "opinion.textkey").read_text())
    assert unseal(key, box) == "secret words"
    person.send({"OPEN1": ""})
    assert person.path == "/s/opinion/done"
    with database.reading() as session:
        assert session.query(PageAnswer).filter_by(page=24).one().sealed == {"OPEN1": box}


def test_what_identifies_somebody_is_marked_before_the_text_is_sealed(person, database, tmp_path) -> None:
    person.start("en")
    person.walk_to(24)
    person.send({"OPEN1": "ask Anna, 8 701 555 12 34, anna@mail.kz, ул. Абая 12"})
    with database.reading() as session:
        box = session.query(PageAnswer).filter_by(page=24).one().sealed["OPEN1"]
    key = bytes.fromhex((tmp_path / "opinion.textkey").read_text())
    assert unseal(key, box) == "ask Anna, [number], [e-mail], [address]"


def test_a_stored_text_can_be_deleted(person, database, stored) -> None:
    person.start("en")
    person.walk_to(24)
    person.send({"OPEN1": "secret words"}, button=("lang", "ru"))
    person.get("q/24")
    person.send({"OPEN1": "", "OPEN1__clear": "1"})
    assert stored()["OPEN1"] == ""
    with database.reading() as session:
        assert session.query(PageAnswer).filter_by(page=24).one().sealed == {}


def test_the_word_that_marks_a_sealed_text_can_be_written_like_any_other(person, database) -> None:
    person.start("en")
    person.walk_to(24)
    person.send({"OPEN1": "sealed"})
    with database.reading() as session:
        assert session.query(PageAnswer).filter_by(page=24).one().sealed["OPEN1"]


def test_an_answer_taken_back_is_asked_about_and_then_gone(person, stored) -> None:
    person.start("en")
    person.walk_to(14)
    person.send({"WR5": "1", "BR1": ["1", "2"]})
    person.get("q/14")
    person.send({"BR1": None})
    assert person.path == "/s/opinion/q/14"
    assert "BR1" not in stored()
    person.send({"BR1": None})
    assert person.path == "/s/opinion/q/15"
    assert stored()["BR1"] == Missing.NO_ANSWER


@pytest.mark.parametrize("seconds", [0, 47])
def test_whole_seconds_from_serving_to_posting_are_stored(person, database, monkeypatch, seconds) -> None:
    import itsdangerous.timed

    person.start()
    now = itsdangerous.timed.time.time()
    monkeypatch.setattr(itsdangerous.timed.time, "time", lambda: now + seconds)
    person.send(FIRST)
    with database.reading() as session:
        assert session.query(PageAnswer).one().seconds in (seconds, seconds + 1)


def test_the_time_on_a_page_adds_up_over_questions_back_and_replay(person, database, monkeypatch) -> None:
    import itsdangerous.timed

    now = [itsdangerous.timed.time.time()]
    monkeypatch.setattr(itsdangerous.timed.time, "time", lambda: now[0])

    def seconds() -> int:
        with database.reading() as session:
            return session.query(PageAnswer).filter_by(page=2).one().seconds

    person.start()
    person.send(FIRST)
    now[0] += 10
    person.send({"Z_SEX": "1", "Z_REG": "75"})
    assert seconds() == 10
    now[0] += 5
    person.send({"Z_SETT": "1"})
    assert seconds() == 15
    person.get("q/2")
    now[0] += 3
    for _ in range(2):
        person.client.post("/s/opinion/q/2", data=_sent_again(person))
        assert seconds() == 18


def _sent_again(person) -> dict:
    (token,) = person.form.xpath(".//input[@name='csrf_token']/@value")
    return {"csrf_token": token, **person.filled_in()}


CYRILLIC = str.maketrans("ABEKMHOPCTYXI", "АВЕКМНОРСТУХІ")


@pytest.mark.parametrize(
    "typed",
    [
        lambda token: "-".join(token[start : start + 4] for start in range(0, 26, 4)),
        str.lower,
        lambda token: token.translate(CYRILLIC).lower(),
        lambda token: token.translate(str.maketrans("OIB", "018")),
        lambda token: f" {token[:9]} {token[9:]} ",
    ],
)
def test_an_invitation_may_be_typed_as_people_type(app, invited, somebody_invited, typed, rows) -> None:
    person = somebody_invited(invited[0])
    person.walk_to(3)
    person.start("ru", token=typed(invited[0]))
    assert person.path == "/s/opinion/q/3", "the same interview, however the code was typed"
    assert rows() == (1, 2)


def test_an_invitation_typed_at_the_other_box_leads_to_its_start(app, invited, somebody_invited) -> None:
    person = somebody_invited(None)
    person.post("resume", {"code": invited[0].lower()})
    assert person.response.status_code == 200
    assert person.page.xpath("//form[@id='start']//input[@name='token']/@value") == [invited[0]]
    person.start("ru", token=invited[0])
    assert person.path == "/s/opinion/q/1"
    person.post("resume?lang=en", {"code": "A" * 26})
    assert person.response.status_code == 422
