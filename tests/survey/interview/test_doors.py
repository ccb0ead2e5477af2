"""Ways in: one interview per code or panel respondent, posters counted by site, floods told to wait."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select, text
from werkzeug.test import Client

from survey import create_app, keys
from survey.config import Config
from survey.interview.instance import HERE
from survey.interview.panel import sign, way_back
from survey.interview.state import ASKED, COOKIE
from survey.limiter import Limiter
from survey.refusal import Refused
from survey.store import access, closing, waves
from survey.store.engine import Database
from survey.store.models import Ballot, Batch, Interview, Wave

ADDRESSES = {
    outcome: f"https://panel.example/{outcome}?id={{id}}" for outcome in ("complete", "screenout", "quota")
}
FIRST = {"CONSENT": "1", "Z_AGE": "34", "S_RES": "1"}


@pytest.fixture
def site(database: Database, wave: Wave) -> str:
    with database.writing() as session:
        return str(access.add_site(session, waves.find_wave(session, wave.alias), "Clinic 3", "clinic3").word)


@pytest.fixture
def secret(database: Database, config: Config, wave: Wave) -> bytes:
    with database.writing() as session:
        access.set_panel(session, waves.find_wave(session, wave.alias), ADDRESSES)
    return keys.create_panel_key(config.keys, wave.alias)


def hidden(person, name: str) -> str:
    (value,) = person.page.xpath(f"//form[@id='start']//input[@name='{name}']/@value")
    return str(value)


def begin(person, path: str, name: str) -> None:
    person.get(path)
    person.start("en", **{name: hidden(person, name)})


def test_who_comes_by_a_poster_is_counted_at_its_site(person, site, database, wave) -> None:
    begin(person, f"p/{site}", "site")
    person.send(FIRST)
    with database.reading() as session:
        assert session.scalars(select(Batch.name).join(Ballot, Ballot.batch == Batch.id)).all() == [
            "Clinic 3"
        ]


def test_a_posters_word_may_be_typed_in_capitals(person, site) -> None:
    begin(person, "p/CLINIC3", "site")
    assert person.path.endswith("/q/1")


@pytest.mark.parametrize("path", ["p/nowhere", "v/M1/00", "v/M1/", "p/"])
def test_an_unknown_way_in_looks_like_an_unknown_wave(person, site, secret, path) -> None:
    person.get(path)
    assert person.response.status_code == 404


def test_a_poster_is_refused_where_personal_codes_are_needed(database, make_wave) -> None:
    made = make_wave()
    with database.reading() as session, pytest.raises(Refused) as refused:
        access.add_site(session, waves.find_wave(session, made.alias), "A", "Ä")
    assert {reason.path for reason in refused.value.reasons} == {"kz-thb/2027", "--word"}


def test_a_panel_respondent_has_one_interview_on_every_device(somebody, secret, wave, rows) -> None:
    path = f"v/M1/{sign(secret, f'{wave.alias}/M1')}"
    first, second = somebody(), somebody()
    begin(first, path, "panel")
    first.send(FIRST)
    begin(second, path, "panel")
    assert second.path.endswith("/q/2")
    second.send(second.sensible())
    assert rows() == (1, 2)


def test_two_panel_respondents_whose_marks_differ_in_case_are_two(somebody, secret, wave, rows) -> None:
    for mark in ("ab-1", "AB-1", "ab1"):
        one = somebody()
        begin(one, f"v/{mark}/{sign(secret, f'{wave.alias}/{mark}')}", "panel")
        one.send(FIRST)
    assert rows() == (3, 3)


def test_a_mark_the_panel_did_not_sign_begins_nothing(person, secret, wave, rows) -> None:
    person.start("en", panel=f"M1.{sign(b'another secret', f'{wave.alias}/M1')}")
    assert person.response.status_code == 404
    assert rows() == (0, 0)


def test_a_complete_interview_leads_back_by_a_signed_link(person, secret, wave, database) -> None:
    begin(person, f"v/M1/{sign(secret, f'{wave.alias}/M1')}", "panel")
    person.walk()
    (link,) = person.page.xpath("//a[text()='Back to the panel']/@href")
    address, _, signature = link.partition("&sig=")
    assert address == "https://panel.example/complete?id=M1"
    assert signature == sign(secret, address)
    with database.reading() as session:
        stored = str(session.execute(text("SELECT * FROM ballot")).all())
    assert "M1" not in stored


def test_whoever_is_screened_out_goes_back_as_such_and_nobody_else_gets_a_link(
    somebody, secret, wave
) -> None:
    one, other = somebody(), somebody()
    begin(one, f"v/M1/{sign(secret, f'{wave.alias}/M1')}", "panel")
    one.send({**FIRST, "S_RES": "2"})
    (link,) = one.page.xpath("//a[text()='Back to the panel']/@href")
    assert link.startswith("https://panel.example/screenout?id=M1&sig=")
    other.start("en")
    other.walk()
    assert not other.page.xpath("//a[text()='Back to the panel']")


def test_a_panel_respondent_who_comes_too_late_goes_back_as_over_quota(
    person, secret, wave, database
) -> None:
    with database.writing() as session:
        closing.propose_close(session, waves.find_wave(session, wave.alias), "a")
    begin(person, f"v/M1/{sign(secret, f'{wave.alias}/M1')}", "panel")
    assert person.response.status_code == 410
    (link,) = person.page.xpath("//a[text()='Back to the panel']/@href")
    assert link.startswith("https://panel.example/quota?id=M1&sig=")


def test_while_a_wave_only_closes_newcomers_hear_the_truth_in_their_language(
    somebody, wave, database
) -> None:
    begun, late = somebody(), somebody()
    begun.start("ru")
    begun.send(FIRST)
    with database.writing() as session:
        closing.propose_close(session, waves.find_wave(session, wave.alias), "a")
    late.get("")
    assert "No new interviews begin here any more." in late.page.text_content()
    assert "minute" not in late.page.text_content()
    assert "Start" not in late.page.xpath("string(//form[@id='start'])")
    late.post("start", {"lang": "ru"})
    assert late.response.status_code == 410
    assert late.page.xpath("string(//h1)") == "Новые опросы здесь больше не начинаются."
    for link in late.page.xpath("//main//a/@href"):
        if link.startswith("/s/"):
            assert late.client.get(link).status_code == 200, link
    begun.post("start", {"lang": "ru"})
    assert begun.response.status_code == 200, "who began goes on from the same page"
    assert begun.page.xpath("//form[contains(@action, '/q/2')]")


def test_the_panels_secret_goes_with_the_waves_key(config, secret, wave) -> None:
    keys.destroy_wave_key(config.keys, wave.alias)
    assert not keys.panel_key_file(config.keys, wave.alias).exists()


@pytest.mark.parametrize(
    "address", ["http://p.example/{id}", "https://p.example/", "https://{id}/", 'https://p.example/"{id}', ""]
)
def test_an_address_that_cannot_lead_back_is_refused(database, wave, address) -> None:
    with database.reading() as session, pytest.raises(Refused, match="https address"):
        access.set_panel(session, waves.find_wave(session, wave.alias), {"complete": address})


def test_an_address_without_a_question_mark_gets_one() -> None:
    link = way_back({"complete": "https://p.example/{id}/c"}, b"k", "complete", "a-1")
    assert re.fullmatch(r"https://p\.example/a-1/c\?sig=[0-9a-f]{64}", link)


@pytest.mark.parametrize(("filled", "trapped"), [("", False), ("http://x", True)])
def test_a_field_no_person_sees_marks_the_interview_and_stops_nobody(
    person, database, wave, config, filled, trapped
) -> None:
    person.get("")
    (field,) = person.page.xpath("//form[@id='start']//input[@name='website']")
    assert (field.get("aria-hidden"), field.get("tabindex")) == ("true", "-1")
    person.start("en", website=filled)
    person.walk()
    assert person.path.endswith("/done")
    with database.writing() as session:
        assert session.scalars(select(Ballot.trap)).all() == [trapped]
        found = waves.find_wave(session, wave.alias)
        closing.propose_close(session, found, "a")
        closing.close_wave(session, found, by="b", two_person=True, today=found.closes)
        assert session.scalars(select(Interview.trap)).all() == [trapped]


@pytest.fixture
def behind_a_proxy(config: Config, wave: Wave) -> Callable[[], Flask]:
    from dataclasses import replace

    made = []

    def make() -> Flask:
        made.append(create_app(replace(config, trusted_proxies=1)))
        return made[-1]

    yield make
    for app in made:
        app.extensions["tolqyn"].database.close()


def limit(app: Flask, name: str, most: int) -> None:
    limiter = getattr(app.extensions[HERE].limits, name)
    limiter.most = most
    limiter.clock = lambda: 0.0  # no window ends in the middle of a test


def test_guessing_ends_for_one_network_and_not_for_the_next(behind_a_proxy, wave) -> None:
    app = behind_a_proxy()
    limit(app, "wrong_codes", 3)
    client = app.test_client()
    client.set_cookie(COOKIE, ASKED, path=f"/s/{wave.alias}")

    def guess(address: str) -> int:
        return client.post(
            f"/s/{wave.alias}/resume", data={"code": "AAAA"}, headers={"X-Forwarded-For": address}
        ).status_code

    assert [guess("198.51.100.7") for _ in range(4)] == [422, 422, 422, 429]
    assert guess("198.51.100.200") == 429
    assert guess("203.0.113.9") == 422


def started(client: Client, wave: Wave, headers: dict[str, str]) -> int:
    """The answer to a beginning by a browser that has shown that it keeps cookies."""
    client.set_cookie(COOKIE, ASKED, path=f"/s/{wave.alias}")
    return client.post(f"/s/{wave.alias}/start", data={"lang": "en"}, headers=headers).status_code


def test_a_flood_of_pages_is_told_to_wait_with_its_answers_kept(behind_a_proxy, wave) -> None:
    app = behind_a_proxy()
    limit(app, "posts", 1)
    client = app.test_client()
    headers = {"X-Forwarded-For": "2001:db8:1::1"}
    assert started(client, wave, headers) == 303
    refused = client.post(f"/s/{wave.alias}/q/1", data={"Z_AGE": "34"}, headers=headers)
    assert refused.status_code == 429
    assert refused.headers["Retry-After"] == "60"
    assert 'name="Z_AGE" value="34"' in refused.get_data(as_text=True)


def test_starts_by_an_open_link_are_limited_and_reading_is_not(behind_a_proxy, wave) -> None:
    app = behind_a_proxy()
    limit(app, "starts", 2)
    headers = {"X-Forwarded-For": "198.51.100.7"}
    starts = [started(app.test_client(), wave, headers) for _ in range(3)]
    assert starts == [303, 303, 429]
    assert app.test_client().get(f"/s/{wave.alias}/", headers=headers).status_code == 200


def test_without_a_trusted_proxy_nobody_chooses_an_address_for_himself(app, wave) -> None:
    limit(app, "starts", 0)
    client: Client = app.test_client()
    headers = {"X-Forwarded-For": "198.51.100.7"}
    assert started(client, wave, headers) == 303


def test_counts_end_with_their_window_and_buckets_change_with_the_key() -> None:
    now = [0.0]
    limiter = Limiter(1, 60, clock=lambda: now[0])
    assert [limiter.allows("198.51.100.1"), limiter.allows("198.51.100.2")] == [True, False]
    before = limiter._bucket("198.51.100.0/24")
    now[0] = 61
    assert limiter.allows("198.51.100.1")
    assert limiter._bucket("198.51.100.0/24") == before
    now[0] = 3601
    assert limiter.allows("198.51.100.1")
    assert limiter._bucket("198.51.100.0/24") != before


def test_a_limiter_holds_no_address() -> None:
    limiter = Limiter(5, 60)
    limiter.allows("198.51.100.77")
    held = [repr(limiter), *map(repr, vars(limiter).values())]
    assert not [each for each in held if "198.51.100" in each]
    assert all(isinstance(bucket, int) and bucket < 2**20 for bucket in limiter._counts)


HERE_AND_NOWHERE = ["127.0.0.1", "::1", None, "", "unix:", "fe80::zz"]


@pytest.mark.parametrize("address", HERE_AND_NOWHERE)
def test_those_who_come_by_way_of_this_machine_have_one_larger_limit_together(address) -> None:
    limiter = Limiter(2, 60, shared=3, clock=lambda: 0.0)
    assert [limiter.allows("198.51.100.7") for _ in range(3)] == [True, True, False]
    mixed = [limiter.allows(each) for each in (address, *HERE_AND_NOWHERE)]
    assert mixed == [True] * 6 + [False]
    assert limiter.exhausted(address)
    assert limiter.allows("203.0.113.9"), "a network that can be told apart has its own"


@pytest.mark.parametrize(
    ("settings", "limited"),
    [
        ({}, False),
        ({"trusted_proxies": 1}, True),
        ({"hosts": ("a2345.onion",)}, True),
        ({"public_url": "http://a2345.onion"}, True),
        ({"hosts": ("opinion.example.org",)}, False),
    ],
)
def test_guessing_from_this_machine_ends_where_others_come_that_way(config, wave, settings, limited) -> None:
    from dataclasses import replace

    app = create_app(replace(config, **settings))
    limit(app, "wrong_codes", 2)
    client = app.test_client()
    client.set_cookie(COOKIE, ASKED, path=f"/s/{wave.alias}")
    seen = [
        client.post(f"/s/{wave.alias}/withdraw", data={"code": "AAAA-BBBB-CCCC"}).status_code
        for _ in range(21)
    ]
    app.extensions["tolqyn"].database.close()
    assert seen[:20] == [422] * 20
    assert seen[20] == (429 if limited else 422)


@pytest.mark.parametrize("address", HERE_AND_NOWHERE)
def test_this_machine_and_what_is_no_address_are_not_limited(address) -> None:
    limiter = Limiter(0, 60)
    assert limiter.allows(address)
    assert not limiter.exhausted(address)
