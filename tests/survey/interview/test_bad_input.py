"""Whatever is wrong is answered in the respondent's language, with nothing lost and nothing invented."""

import re
import time

import pytest
from sqlalchemy import text

from survey.interview.state import COOKIE

ONE_DATABASE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
"""For what is decided before the store hears of it."""
HOUR = 3600
FIRST = {"CONSENT": "1", "Z_AGE": "34", "S_RES": "1"}
TOPIC = re.compile(
    r"traffick|victim|slav|торговл|жертв|адам саудас|құрбан|odam savdo|jabr|11616|116 16", re.I
)
SECOND = {"Z_SEX": "1", "Z_REG": "75", "Z_SETT": "4"}


def _token(person, path="q/2") -> str:
    person.get(path)
    return str(person.form.xpath(".//input[@name='csrf_token']/@value")[0])


@pytest.mark.parametrize(
    "case", ["missing", "empty", "forged", "another page's", "another interview's", "too old"]
)
def test_a_form_that_is_not_ours_stores_nothing_and_keeps_the_answers(
    person, somebody, rows, case, monkeypatch
) -> None:
    person.start("ru")
    person.send(FIRST)
    token = _token(person)
    if case == "another interview's":
        other = somebody()
        other.start("ru")
        other.send(FIRST)
        token = _token(other)
    sent = {
        "missing": None,
        "empty": "",
        "forged": token[:-4] + "AAAA",
        "another page's": _token(person, "q/1"),
        "another interview's": token,
        "too old": token,
    }[case]
    if case == "too old":
        _wait(monkeypatch, 13 * HOUR)
    before = rows()
    person.post("q/2", SECOND | ({} if sent is None else {"csrf_token": sent}))
    assert person.response.status_code == 400
    assert rows() == before
    assert person.filled_in() == {name: [value] for name, value in SECOND.items()}
    assert "Ваши ответы на месте" in person.text
    assert person.title.startswith("Ошибка:")
    person.send()
    assert person.path == "/s/opinion/q/3"


def _wait(monkeypatch, seconds: float) -> None:
    """The same browser some time later: only the clock moves."""
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + seconds)


@ONE_DATABASE
def test_an_interview_goes_on_after_a_night_without_showing_what_was_answered(person, monkeypatch) -> None:
    person.start("ru")
    person.send(FIRST)
    person.send(SECOND)
    _wait(monkeypatch, 13 * HOUR)
    person.get("q/2")
    assert person.response.status_code == 200
    assert person.page.get("lang") == "ru"
    assert not any(person.filled_in().values())
    person.start("ru")
    assert person.path == "/s/opinion/q/3"


@ONE_DATABASE
def test_a_browser_that_finished_may_begin_another_interview_the_next_day(person, rows, monkeypatch) -> None:
    person.start("ru")
    person.walk()
    person.start("ru")
    assert person.path == "/s/opinion/done"
    _wait(monkeypatch, 13 * HOUR)
    person.start("ru")
    assert person.path == "/s/opinion/q/1"
    person.send(FIRST)
    assert rows()[0] == 2


@ONE_DATABASE
@pytest.mark.parametrize("lost", ["cookie", "time"])
def test_what_was_typed_outlives_a_lost_interview(person, rows, monkeypatch, lost) -> None:
    person.start("ru")
    person.send(FIRST)
    data = SECOND | {"csrf_token": _token(person), "go": "next"}
    cookie = person.client.get_cookie(COOKIE, path="/s/opinion").value
    if lost == "time":
        _wait(monkeypatch, 31 * 24 * HOUR)
    else:
        person.client.delete_cookie(COOKIE, path="/s/opinion")
    person.post("q/2?lang=ru" if lost == "cookie" else "q/2", data)
    assert person.response.status_code == 400
    assert person.page.get("lang") == "ru"
    assert "если Вы его получили" in person.text
    form = person.page.get_element_by_id("retry")
    again = {box.get("name"): box.get("value") for box in form.xpath(".//input[@type='hidden']")}
    assert again == data
    assert rows() == (1, 1)
    monkeypatch.undo()
    person.client.set_cookie(COOKIE, cookie, path="/s/opinion")
    person.post(form.get("action").removeprefix("/s/opinion/"), again)
    assert person.path == "/s/opinion/q/3"


def test_another_site_cannot_post(person, rows) -> None:
    person.start()
    person.send(FIRST)
    data = SECOND | {"csrf_token": _token(person)}
    response = person.client.post("/s/opinion/q/2", data=data, headers={"Sec-Fetch-Site": "cross-site"})
    assert response.status_code == 400
    assert rows() == (1, 1)


@ONE_DATABASE
@pytest.mark.parametrize("value", ["nonsense", "", "e30.aaaa.bbbb", "\x7f" * 20, "x" * 3000])
def test_a_forged_cookie_is_answered_in_words_and_begins_again(person, rows, value) -> None:
    person.start()
    person.send(FIRST)
    good = person.client.get_cookie(COOKIE, path="/s/opinion").value
    changed = good[:-10] + ("A" if good[-10] != "A" else "B") + good[-9:]
    person.client.set_cookie(COOKIE, value or changed, path="/s/opinion")
    for response in (
        person.get("q/2", headers={"Accept-Language": "uz"}),
        person.post("q/2", SECOND, headers={"Accept-Language": "uz"}),
    ):
        assert response.status_code == 400
        assert person.page.get("lang") == "uz"
        assert "Saqlangan javoblar yoʻqolmadi" in person.text
    assert rows() == (1, 1)
    person.get("")
    person.start("kk")
    assert person.path == "/s/opinion/q/1"


def test_a_cookie_of_another_wave_is_not_accepted(person, app) -> None:
    from survey.interview.state import Seals, State

    stranger = Seals(app.extensions["tolqyn"].secrets, "other-wave").cookie(State("f" * 64, "ru"))
    person.client.set_cookie(COOKIE, stranger, path="/s/opinion")
    person.get("q/1")
    assert person.response.status_code == 400


@ONE_DATABASE
@pytest.mark.parametrize(
    ("item", "value"),
    [("Z_SEX", "3"), ("Z_SEX", "-1"), ("Z_SEX", "-5"), ("Z_SEX", "<b>"), ("Z_SEX", "٣"), ("Z_REG", "9" * 40)],
)
def test_a_value_that_is_no_option_is_refused_at_its_question(person, stored, item, value) -> None:
    person.start("ru")
    person.send(FIRST)
    person.post("q/2", SECOND | {"csrf_token": _token(person), item: value})
    assert person.response.status_code == 422
    assert f"«{value[:40]}» нет среди вариантов ответа" in person.words_at(item)
    assert person.page.xpath(f"//div[@class='oops']//a[@href='#{item}']")
    kept = {name: [text] for name, text in SECOND.items() if name != item}
    assert {name: person.filled_in().get(name) for name in kept} == kept
    assert "<b>" not in person.response.get_data(as_text=True)
    assert item not in stored()


@ONE_DATABASE
@pytest.mark.parametrize(
    ("answers", "item", "words"),
    [
        ({"BR1": ["1", "2", "3", "4"]}, "BR1", "at most 3 answers"),
        ({"BR1": ["1", "10"]}, "BR1", "cannot stand together"),
        ({"BR1": ["1", "-1"]}, "BR1", "cannot stand together"),
        ({"BR1": ["1", "77"]}, "BR1", "“77” is not one of the answers"),
        ({"WR5": ["1", "2"]}, "WR5", "one answer only"),
    ],
)
def test_a_combination_that_cannot_be_is_refused(person, stored, answers, item, words) -> None:
    person.start("en")
    person.walk_to(14)
    person.send(person.sensible() | answers)
    assert person.response.status_code == 422
    assert words in person.words_at(item)
    assert set(person.filled_in()[item]) == set(answers[item]) - {"77"}
    assert item not in stored()


@ONE_DATABASE
@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({"Z_ADULTS": "two"}, "whole number"),
        ({"Z_ADULTS": "1.5"}, "whole number"),
        ({"Z_ADULTS": "0"}, "not below 1"),
        ({"Z_ADULTS": "-1"}, "not below 1"),
        ({"Z_ADULTS": "21"}, "not above 20"),
        ({"Z_ADULTS": "9" * 60}, "not above 20"),
        ({"Z_ADULTS": "2", "Z_ADULTS__missing": "-1"}, "one answer only"),
        ({"Z_ADULTS__missing": ["-1", "-2"]}, "one answer only"),
        ({"Z_ADULTS__missing": "2"}, "not one of the answers"),
    ],
)
def test_a_number_that_cannot_be_is_refused_and_stays_typed(person, stored, answers, words) -> None:
    person.start("en")
    person.walk_to(23)
    person.send({"Z_MIG": "1", "Z_INC": "1", "Z_ADULTS": None} | answers)
    assert person.response.status_code == 422
    assert words in person.words_at("Z_ADULTS")
    assert person.filled_in().get("Z_ADULTS", [None])[0] == answers.get("Z_ADULTS")
    assert "Z_ADULTS" not in stored()


def test_words_longer_than_allowed_are_refused_and_stay_typed(person, stored) -> None:
    person.start("en")
    person.walk_to(24)
    person.send({"OPEN1": "слово " * 100})
    assert person.response.status_code == 422
    assert "at most 500 characters" in person.words_at("OPEN1")
    assert person.filled_in()["OPEN1"][0].startswith("слово слово")
    person.send({"OPEN1": "я" * 500})
    assert person.path == "/s/opinion/done"


def test_a_blank_is_asked_about_once_and_then_accepted(person, stored) -> None:
    person.start("en")
    person.send(FIRST)
    person.send({"Z_SEX": None, "Z_REG": "75", "Z_SETT": None})
    assert person.path == "/s/opinion/q/2"
    assert stored()["Z_REG"] == 75, "what was answered is saved meanwhile"
    assert person.words_at("Z_SEX") == "Please answer or choose “Prefer not to say”."
    assert person.title.startswith("Error:")
    assert [link.get("href") for link in person.page.xpath("//div[@class='note']//a")] == [
        "#Z_SEX",
        "#Z_SETT",
    ]
    assert person.filled_in() == {"Z_REG": ["75"]}
    person.send({"Z_SETT": "1"})
    assert person.path == "/s/opinion/q/3"
    assert stored()["Z_SEX"] == -5
    person.get("q/2")
    person.send()
    assert person.path == "/s/opinion/q/3", "what was left blank on purpose is not asked again"


def test_a_question_that_must_be_answered_is_not_let_through(person, rows) -> None:
    person.start("en")
    for _ in range(2):
        person.send({"CONSENT": "1", "Z_AGE": None, "S_RES": None})
        assert person.response.status_code == 422
        assert "we need it to go on" in person.words_at("Z_AGE")
    assert rows() == (0, 0)


@ONE_DATABASE
@pytest.mark.parametrize(
    ("method", "path", "status", "words"),
    [
        ("GET", "/s/unknown/", 404, "Бет табылмады"),
        ("GET", "/s/opinion/i/ABCDEFGHIJKLMNOPQRSTUVWXYZ", 404, "Бет табылмады"),
        ("GET", "/s/opinion/q/0", 404, "Бет табылмады"),
        ("GET", "/s/opinion/q/25", 404, "Бет табылмады"),
        ("GET", "/s/opinion/q/x", 404, "Бет табылмады"),
        ("GET", "/s/opinion/nothing", 404, "Бет табылмады"),
        ("GET", "/nothing", 404, "Бет табылмады"),
        ("GET", "/s/opinion/start", 405, "осылай ашуға болмайды"),
        ("GET", "/s/opinion/leave", 405, "осылай ашуға болмайды"),
        ("PUT", "/s/opinion/q/1", 405, "осылай ашуға болмайды"),
        ("POST", "/s/opinion/done", 405, "осылай ашуға болмайды"),
        ("GET", "/s/opinion/q/1", 400, "Қайтадан бастаңыз"),
        ("POST", "/s/opinion/stop", 400, "Қайтадан бастаңыз"),
    ],
)
def test_an_address_that_leads_nowhere_is_answered_in_words(person, method, path, status, words) -> None:
    response = person.client.open(
        path, method=method, headers={"Accept-Language": "kk-KZ, kk;q=0.9, ru;q=0.5"}
    )
    assert response.status_code == status
    page = response.get_data(as_text=True)
    assert '<html lang="kk">' in page
    assert words in page
    assert "Traceback" not in page
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]


@ONE_DATABASE
@pytest.mark.parametrize(("alias", "there"), [("opinion", "/s/opinion/"), ("ә", "/s/%D3%99/")])
def test_an_address_without_its_slash_leads_on_and_leaves_no_trace(person, alias, there) -> None:
    response = person.client.get(f"/s/{alias}")
    assert (response.status_code, response.headers["Location"]) == (303, there)
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]


@ONE_DATABASE
@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_an_address_used_wrongly_is_answered_in_the_interview_s_language(person, method) -> None:
    person.start("uz")
    for path in ("q/1", "nothing"):
        response = person.client.open(f"/s/opinion/{path}", method=method, headers={"Accept-Language": "en"})
        assert response.status_code in (404, 405)
        assert '<html lang="uz">' in response.get_data(as_text=True)


def test_an_unknown_wave_and_an_unknown_code_look_the_same(app, invited) -> None:
    client = app.test_client()
    pages = {
        client.get(path).get_data(as_text=True).replace("other", "opinion")
        for path in ("/s/opinion/i/AAAA", "/s/other/i/AAAA")
    }
    assert len(pages) == 1


def test_more_than_64_kibibytes_are_refused_in_words(person, rows) -> None:
    person.start("ru")
    person.post("q/1", {"CONSENT": "1", "Z_AGE": "3" * 70_000})
    assert person.response.status_code == 413
    assert "больше, чем мы можем принять" in person.text
    assert "ничего с этой страницы не сохранено" in person.text
    assert rows() == (0, 0)


@pytest.mark.parametrize("table", ["page_answer", "wave"])
def test_a_failing_database_gives_the_answers_back_in_a_form_that_tries_again(
    person, database, rows, table
) -> None:
    person.start("ru")
    person.send(FIRST)
    data = SECOND | {"csrf_token": _token(person), "go": "next"}
    before = rows()
    with database.writing() as session:
        session.execute(text(f"ALTER TABLE {table} RENAME TO elsewhere"))
    person.post("q/2", data)
    assert person.response.status_code == 503
    assert person.response.headers["Retry-After"]
    assert person.page.get("lang") == "ru"
    form = person.page.get_element_by_id("retry")
    again = {box.get("name"): box.get("value") for box in form.xpath(".//input[@type='hidden']")}
    assert again == data
    person.client.get("/s/opinion/q/2")
    with database.writing() as session:
        session.execute(text(f"ALTER TABLE elsewhere RENAME TO {table}"))
    assert rows() == before
    person.post(form.get("action").removeprefix("/s/opinion/"), again)
    assert person.path == "/s/opinion/q/3"


def test_a_fault_of_ours_is_answered_in_words_and_logged_without_answers(person, monkeypatch, caplog) -> None:
    def fail(*_, **__) -> None:
        raise RuntimeError("secret answer")

    person.start("ru")
    person.send(FIRST)
    monkeypatch.setattr("survey.interview.questions.answered", fail)
    person.post("q/2", SECOND | {"csrf_token": _token(person)})
    assert person.response.status_code == 500
    assert person.page.get_element_by_id("retry").xpath(".//input[@name='Z_SEX'][@value='1']")
    assert "RuntimeError" in caplog.text
    assert "secret" not in caplog.text


def test_a_wave_that_closes_under_a_respondent_says_so(person, database, wave, config) -> None:
    from survey.store import closing

    person.start("ru")
    person.send(FIRST)
    data = SECOND | {"csrf_token": _token(person)}
    with database.writing() as session:
        closing.close_wave(session, session.merge(wave), by="A", two_person=False, today=wave.closes)
    person.post("q/2", data)
    assert person.response.status_code == 410
    person.get("")
    assert person.response.status_code == 410


def test_an_interview_finished_in_another_tab_takes_nothing_more(person, stored) -> None:
    person.start("ru")
    person.walk_to(24)
    token = _token(person, "q/2")
    person.get("q/24")
    person.walk()
    before = stored()
    person.post("q/2", {"Z_SEX": "2", "Z_REG": "10", "Z_SETT": "1", "csrf_token": token})
    assert person.path == "/s/opinion/done"
    assert stored() == before


@ONE_DATABASE
@pytest.mark.parametrize("language", ["kk", "ru", "uz", "en"])
def test_no_page_outside_an_interview_names_the_topic(somebody, core, language) -> None:
    for path in ("", "nothing", "q/1", "q/99", "stop", "done", "resume", "withdraw"):
        stranger = somebody()
        stranger.get(f"{path}?lang={language}")
        assert not TOPIC.search(stranger.text + stranger.title), path
    for path in ("resume", "withdraw"):
        stranger.post(f"{path}?lang={language}", {"code": "ABCD"})
        assert stranger.response.status_code == 422
        assert stranger.page.xpath("//section[@class='help']//a[@href='tel:111']")
        assert not TOPIC.search(stranger.text), path
    assert TOPIC.search(core.title[language]), "the words are those of the title"


def test_too_much_from_a_browser_that_shows_no_cookie_is_refused_in_words_too(app) -> None:
    response = app.test_client().post("/s/opinion/start?lang=en", data={"lang": "x" * 70_000})
    assert response.status_code == 413
    assert "Too much text" in response.get_data(as_text=True)
