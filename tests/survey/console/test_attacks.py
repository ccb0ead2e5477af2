"""What an attacker tries at the console's doors, one attack a test."""

import re
import time
from dataclasses import replace
from itertools import count, islice
from urllib.parse import urlsplit

import pyotp
import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from survey import create_app
from survey.console.frame import safe_next
from survey.console.room import HERE
from survey.people.entering import TRIES, WINDOW
from survey.store import people, sign_ins
from survey.store.models import StaffSession
from tests.survey.console.conftest import PASSWORD

SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def test_a_session_planted_before_signing_in_is_worth_nothing(office) -> None:
    """Fixation: neither an attacker's invented cookie nor the attacker's own session becomes the victim's."""
    seed = office.account("aigul", ("director", "*"))
    office.account("mallory")
    planted = office.session("mallory", "password")
    victim = office.browser()
    victim.client.set_cookie("tolqyn", planted)
    office.sign_in("aigul", seed, victim)
    assert victim.cookie() not in (planted, "invented")
    attacker = office.browser()
    attacker.client.set_cookie("tolqyn", planted)
    assert attacker.get("/account").status_code == 303


def test_the_token_changes_with_every_step_and_the_old_one_opens_nothing(office) -> None:
    """At the password, the second factor, the step-up and the change of password."""
    seed = office.account("aigul")
    person, tokens = office.browser(), []
    person.seed = seed
    person.post("/login", name="aigul", password=PASSWORD)
    tokens.append(person.cookie())
    person.post("/login/second", code=person.code())
    tokens.append(person.cookie())
    person.post("/confirm", code=person.code(), password=PASSWORD)
    tokens.append(person.cookie())
    sent = person.post(
        "/account/password", page="/account", present=PASSWORD, new="another row of four words"
    )
    assert sent.status_code == 303, sent.text
    tokens.append(person.cookie())
    assert len(set(tokens)) == 4
    assert person.get("/account").status_code == 200
    for old in tokens[:-1]:
        thief = office.browser()
        thief.client.set_cookie("tolqyn", old)
        assert thief.get("/account").status_code == 303


def test_after_signing_out_a_kept_cookie_opens_nothing(office) -> None:
    office.account("aigul")
    person = office.at("aigul")
    kept = person.cookie()
    assert person.post("/logout", page="/account").status_code == 303
    person.client.set_cookie("tolqyn", kept)
    assert person.get("/account").status_code == 303


def test_another_password_ends_every_other_session(office) -> None:
    office.account("aigul")
    here, there = office.at("aigul"), office.at("aigul")
    here.post("/account/password", page="/account", present=PASSWORD, new="another row of four words")
    assert here.get("/account").status_code == 200
    assert there.get("/account").status_code == 303


@pytest.mark.parametrize("change", [{"csrf_token": ""}, {"csrf_token": "forged.x.y"}])
def test_a_forged_form_does_nothing(director, office, change) -> None:
    sent = director.post("/people/new", name="mallory", role="director", place="", language="en", **change)
    assert sent.status_code == 400
    with office.database.reading() as session:
        assert people.find_account(session, "mallory") is None


def test_a_form_made_for_another_session_does_nothing(director, office) -> None:
    office.account("mallory", ("director", "*"))
    foreign = office.at("mallory").token("/account")
    sent = director.post("/people/new", name="eve", role="analyst", csrf_token=foreign)
    assert sent.status_code == 400


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
)
def test_a_post_from_another_site_is_refused_even_with_a_good_token(director, headers) -> None:
    sent = director.post("/account/sessions", page="/account", session="others", headers=headers)
    assert sent.status_code == 403


def test_signing_somebody_in_from_another_site_is_refused(office) -> None:
    """Login CSRF: the form is bound to the browser that fetched it."""
    office.account("mallory")
    token = office.browser().token()
    victim = office.browser()
    victim.get("/login")
    sent = victim.post("/login", name="mallory", password=PASSWORD, csrf_token=token)
    assert sent.status_code == 400


@pytest.mark.usefixtures("released")
def test_another_study_s_wave_is_as_if_it_were_not_there(office) -> None:
    """IDOR: the page of a wave one has no role in and of one that does not exist are the same."""
    office.account("analyst", ("analyst", "kz-thb/2027"))
    person = office.at("analyst")
    assert person.get("/waves/kz-thb/2027").status_code == 200
    foreign, none = person.get("/waves/another/2020"), person.get("/waves/another/1999")
    assert (foreign.status_code, none.status_code) == (404, 404)
    strip = re.compile(r'value="[^"]*"')
    assert strip.sub("", foreign.text) == strip.sub("", none.text)
    listed = person.get("/waves").text
    assert "kz-thb/2027" in listed
    assert "another/2020" not in listed
    taken = person.post("/waves/export", page="/waves", reason="a look", format="csv")
    assert "another" not in taken.text


def test_somebody_else_s_session_and_passkey_cannot_be_ended(office) -> None:
    office.account("aigul")
    office.account("mallory")
    victim, attacker = office.at("aigul"), office.at("mallory")
    with office.database.reading() as session:
        found = sign_ins.sessions_of(session, people.account_named(session, "aigul").id, int(time.time()))
    attacker.post("/account/sessions", page="/account", session=found[0].public_id)
    assert victim.get("/account").status_code == 200


def test_a_role_cannot_be_given_to_oneself_by_more_fields(office) -> None:
    """Escalation: fields of other forms mean nothing, and every form that gives rights is a director's."""
    office.account("mallory", ("analyst", "kz-thb"))
    person = office.at("mallory")
    for path in ("/people/of/mallory/role", "/people/new"):
        sent = person.post(path, page="/account", role="director", place="", name="eve", language="en")
        assert sent.status_code == 403
    person.post("/account/password", page="/account", present="x", new="y", role="director", disabled="0")
    person.post("/language", page="/account", lang="en", role="director", id="1")
    with office.database.reading() as session:
        held = people.grants_of(session, people.account_named(session, "mallory").id)
    assert [(grant.role, grant.place) for grant in held] == [("analyst", "kz-thb")]


@pytest.mark.parametrize(
    ("role", "place"), [("root", ""), ("", ""), ("director", "kz-thb"), ("analyst", "/2027")]
)
def test_a_role_or_place_that_does_not_exist_is_not_given(director, office, role, place) -> None:
    sent = director.post("/people/new", name="berik", role=role, place=place, language="kk")
    assert sent.status_code == 400
    with office.database.reading() as session:
        assert people.find_account(session, "berik") is None


def test_the_step_up_cannot_be_passed_by(office) -> None:
    """Neither a stale session, nor one that has shown the password alone, takes a list away."""
    office.account("aigul", ("director", "*"))
    stale = office.at("aigul", fresh=False)
    sent = stale.post("/audit/export", page="/audit", reason="a look", format="csv", back="/console/audit")
    assert (sent.status_code, urlsplit(sent.location).path) == (303, "/console/confirm")
    half = office.at("aigul", "password")
    sent = half.post("/audit/export", page="/login/second", reason="a look", format="csv")
    assert urlsplit(sent.location).path == "/console/login/second"
    assert office.acts("console.export") == []


def test_the_step_up_lasts_ten_minutes(office) -> None:
    seed = office.account("aigul", ("director", "*"))
    with time_machine.travel(1_800_000_000, tick=False) as clock:
        person = office.sign_in("aigul", seed)
        assert person.get("/people/new").status_code == 200
        clock.shift(10 * 60 + 1)
        assert urlsplit(person.get("/people/new").location).path == "/console/confirm"
        for wrong in ("", "four words of a thief"):
            sent = person.post("/confirm", code=person.code(), password=wrong, next="/console/people/new")
            assert sent.status_code in (400, 401), "a telephone found beside the browser is not enough"
            assert person.get("/people/new").status_code == 303
        sent = person.post("/confirm", code="000000", password=PASSWORD, next="/console/people/new")
        assert sent.status_code == 401, "nor is the password alone"
        sent = person.post("/confirm", code=person.code(), password=PASSWORD, next="/console/people/new")
        assert sent.location == "/console/people/new"
        assert person.get("/people/new").status_code == 200


def test_a_factor_is_changed_only_by_who_has_shown_password_and_code_again(office) -> None:
    office.account("aigul")
    stale = office.at("aigul", fresh=False)
    for path, fields in (
        ("/factors/totp", {}),
        ("/factors/codes", {}),
        ("/factors/remove/totp", {}),
        ("/factors/passkey/ask", {}),
    ):
        sent = stale.post(path, page="/account", **fields)
        assert (sent.status_code, urlsplit(sent.location).path) == (303, "/console/confirm"), path
    page = stale.get("/confirm").text
    assert 'name="password"' in page
    assert 'name="code"' in page
    assert office.acts("user.factor") == []


def test_an_idle_session_is_over_after_half_an_hour_and_any_after_twelve_hours(office) -> None:
    office.account("aigul")
    with time_machine.travel(1_800_000_000, tick=False) as clock:
        person = office.at("aigul")
        clock.shift(29 * 60)
        assert person.get("/account").status_code == 200
        clock.shift(30 * 60 + 61)
        assert person.get("/account").status_code == 303
        person = office.at("aigul")
        for _ in range(35):
            clock.shift(20 * 60)
            assert person.get("/account").status_code == 200
        clock.shift(20 * 60 + 1)
        assert person.get("/account").status_code == 303
        with office.database.writing() as session:
            clock.shift(3600)
            sign_ins.forget_old(session, int(time.time()))
            assert session.query(StaffSession).count() == 0, "and none is kept"


def test_a_clock_put_back_ends_sessions(office) -> None:
    office.account("aigul")
    with time_machine.travel(1_800_000_000, tick=False) as clock:
        person = office.at("aigul")
        clock.shift(-3600)
        assert person.get("/account").status_code == 303


def test_a_code_is_taken_once_and_one_step_around_now(office) -> None:
    """Replay of a code that somebody read over a shoulder; clocks half a minute apart."""
    import pyotp

    seed = office.account("aigul")
    totp, now = pyotp.TOTP(seed), 1_800_000_000
    with time_machine.travel(now, tick=False):
        step = now // 30
        for offset, status in (
            (-2, 401),
            (2, 401),
            (-1, 303),
            (-1, 401),
            (0, 303),
            (0, 401),
            (-1, 401),
            (1, 303),
        ):
            person = office.at("aigul", "password")
            sent = person.post("/login/second", code=totp.generate_otp(step + offset))
            assert sent.status_code == status, offset
            with office.database.writing() as session:
                session.query(people.Account).count()
                from survey.store.models import Failure

                session.query(Failure).delete()
    with time_machine.travel(now - 3600, tick=False):
        person = office.at("aigul", "password")
        sent = person.post("/login/second", code=totp.generate_otp((now - 3600) // 30))
        assert sent.status_code == 401, "with the clock put back, codes of that hour stay used"
        sent = office.at("aigul", "password").post("/login/second", code="aaaaa 22222")
        assert sent.status_code == 303, "a recovery code opens meanwhile"


def test_a_recovery_code_opens_once(office) -> None:
    office.account("aigul")
    assert office.at("aigul", "password").post("/login/second", code="AAAAA-22222").status_code == 303
    assert office.at("aigul", "password").post("/login/second", code="AAAAA-22222").status_code == 401


def test_an_unknown_name_and_a_wrong_password_are_told_alike(office) -> None:
    """Enumeration: same page, same status, the same when blocked, and a hash computed for both."""
    office.account("aigul")
    with office.database.writing() as session:
        people.disable_account(session, people.account_named(session, "aigul"))
    office.account("berik")
    hashed = count_hashes(office)
    pages = {}
    for name in ("berik", "nobody", "aigul"):
        person, seen = office.browser(), []
        for _ in range(TRIES + 2):
            sent = person.post("/login", name=name, password="wrong password here")
            seen.append((sent.status_code, strip_values(sent.text)))
        pages[name] = seen
    assert pages["berik"] == pages["nobody"] == pages["aigul"]
    assert [status for status, _ in pages["nobody"]] == [401] * TRIES + [429] * 2
    assert hashed == [True] * 3 * TRIES


def test_an_invited_account_without_a_password_lets_nobody_in(office, director) -> None:
    director.post("/people/new", name="berik", role="analyst", place="", language="kk")
    for password in ("None", " ", "x"):
        assert office.browser().post("/login", name="berik", password=password).status_code in (400, 401)


def test_every_failed_sign_in_is_recorded_without_what_was_typed(office) -> None:
    seed = office.account("aigul")
    guesser = office.browser()
    guesser.post("/login", name="aigul", password="not the right password")
    guesser.post("/login", name="a password typed as name", password="x" * 20)
    half = office.browser()
    half.post("/login", name="aigul", password=PASSWORD)
    half.post("/login/second", code="000000")
    guesser.post("/login/passkey", credential="{}")
    assert office.acts("user.failed") == [
        ("nobody", "user.failed", "aigul"),
        ("nobody", "user.failed", "an unknown name"),
        ("nobody", "user.failed", "aigul"),
        ("nobody", "user.failed", "an unknown name"),
    ]
    written = office.record()
    for word in ("not the right", "typed as name", "000000", "xxxx", seed):
        assert word not in written


def test_a_flood_of_tries_does_not_fill_the_record(office) -> None:
    guesser = office.browser()
    for number in range(100):
        guesser.post("/login", name=f"name{number}", password="not the right password")
    assert len(office.acts("user.failed")) == 7
    assert '"times": 64' in office.record()


def test_whoever_is_refused_a_page_is_recorded_by_the_page_s_name(office) -> None:
    analyst = office.sign_in("berik", office.account("berik", ("analyst", "")))
    assert analyst.get("/people?q=kanareika").status_code == 403
    assert ("berik", "page.refused", "console.people") in office.acts("page.refused")
    sent = analyst.client.post("/console/account/password", data={"csrf_token": "forged", "new": "kanareika"})
    assert sent.status_code == 400
    assert [act[:2] for act in office.acts("page.forged")] == [("berik", "page.forged")]
    assert "kanareika" not in office.record()


def test_guessing_does_not_lock_the_owner_out(office) -> None:
    """At the usual browser tries are counted for themselves; elsewhere guessers wait a quarter of an hour."""
    seed = office.account("aigul")
    with time_machine.travel(1_800_000_000, tick=False) as clock:
        owner = office.sign_in("aigul", seed)
        owner.post("/logout", page="/account")
        attacker = office.browser()
        for _ in range(3 * TRIES):
            attacker.post("/login", name="aigul", password="wrong password here")
        assert attacker.post("/login", name="aigul", password=PASSWORD).status_code == 429
        clock.shift(60)
        office.sign_in("aigul", seed, owner)
        clock.shift(WINDOW)
        assert attacker.post("/login", name="aigul", password=PASSWORD).status_code == 303
    assert office.acts("user.blocked") == [("nobody", "user.blocked", "aigul")]


def test_a_device_cookie_of_another_account_or_made_up_gives_no_tries(office) -> None:
    seed = office.account("mallory")
    office.account("aigul")
    attacker = office.sign_in("mallory", seed)
    attacker.post("/logout", page="/account")
    for _ in range(TRIES):
        attacker.post("/login", name="aigul", password="wrong password here")
    attacker.client.set_cookie("tolqyn-device", "WyJhaWd1bCIsIngiXQ.forged")
    assert attacker.post("/login", name="aigul", password="wrong password here").status_code == 429


def test_codes_cannot_be_guessed_through(office) -> None:
    seed, now = office.account("aigul"), int(time.time())
    right = {pyotp.TOTP(seed).at(now + 30 * step) for step in range(-2, 10)}
    guesses = islice((code for n in count() if (code := f"{n:06}") not in right), TRIES + 1)
    statuses = [
        office.at("aigul", "password").post("/login/second", code=code).status_code for code in guesses
    ]
    assert statuses == [401] * TRIES + [429]


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/console/",
        "/\\evil.example/console/",
        "/console/\\evil.example",
        "javascript:alert(1)",
        "/results/en/",
        "/console/../results/",
        "/console/\r\nSet-Cookie: a=b",
        "",
    ],
)
def test_nobody_is_led_elsewhere_after_signing_in(office, target) -> None:
    seed = office.account("aigul")
    person = office.browser()
    person.post("/login", name="aigul", password=PASSWORD, next=target)
    person.seed = seed
    sent = person.post("/login/second", code=person.code(), next=target)
    assert sent.location == "/console/"


def test_one_is_led_on_to_the_page_one_wanted(app, office) -> None:
    office.account("aigul")
    with app.test_request_context():
        assert safe_next("/console/waves?q=kz&sort=wave") == "/console/waves?q=kz&sort=wave"
    sent = office.browser().get("/audit?q=wave")
    assert sent.location == "/console/login?next=/console/audit?q%3Dwave"


def test_every_answer_forbids_frames_scripts_and_copies(office, director) -> None:
    for path in ("/", "/login", "/people", "/nowhere", "/audit"):
        answer = director.get(path)
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert not re.search(r"<script(?! defer src)|style=| on\w+=|javascript:", answer.text)


@SQLITE
def test_cookies_are_for_this_host_and_tls_alone(config, database) -> None:
    app = create_app(replace(config, plain_http=False, public_url="https://localhost"))
    client = app.test_client()
    sent = client.get("/console/login", base_url="https://localhost")
    cookies = sent.headers.getlist("Set-Cookie")
    assert cookies
    for cookie in cookies:
        assert cookie.startswith("__Host-")
        for flag in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
            assert flag in cookie
        assert "Domain" not in cookie
    assert sent.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    app.extensions["tolqyn"].database.close()


@SQLITE
@pytest.mark.parametrize(
    ("proxies", "peer", "headers", "status"),
    [
        (0, "10.0.0.9", {}, 403),
        (0, "10.0.0.9", {"X-Forwarded-Proto": "https"}, 403),
        (1, "127.0.0.1", {"X-Forwarded-Proto": "http"}, 403),
        (1, "127.0.0.1", {"X-Forwarded-Proto": "https"}, 200),
        (0, "127.0.0.1", {}, 200),
    ],
)
def test_no_password_is_asked_for_without_tls_but_on_this_machine(
    config, database, proxies, peer, headers, status
) -> None:
    app = create_app(
        replace(config, plain_http=False, public_url="https://localhost", trusted_proxies=proxies)
    )
    sent = app.test_client().get("/console/login", headers=headers, environ_base={"REMOTE_ADDR": peer})
    assert sent.status_code == status
    app.extensions["tolqyn"].database.close()


@SQLITE
def test_a_name_that_somebody_else_leads_here_opens_nothing(office) -> None:
    """DNS rebinding."""
    assert office.app.test_client().get("/console/login", base_url="http://evil.example").status_code == 400


@SQLITE
def test_an_invitation_is_spent_once_and_by_nobody_s_look(office, director) -> None:
    page = director.post("/people/new", name="berik", role="analyst", place="kz-thb", language="en").text
    path = re.search(r"/console(/welcome/[\w-]+)", page)[1]
    browser = office.browser()
    for _ in range(3):
        assert browser.get(path).status_code == 200
    assert browser.post(path, new="short").status_code == 400
    assert browser.post(path, new="password1234").status_code == 400
    assert browser.post(path, new="berik berik berik").status_code == 400
    assert browser.post(path, new="four words of his own").status_code == 303
    assert browser.get(path).status_code == 404
    assert office.browser().post(path, page="/login", new="four words of a thief").status_code == 404
    assert urlsplit(browser.get("/").location).path == "/console/factors", "a second factor comes first"


@SQLITE
def test_a_half_session_cannot_add_a_factor_to_an_account_that_has_one(office) -> None:
    """Begun before the owner set one up, by somebody who knows the password alone."""
    office.account("aigul", factor=False)
    attacker = office.at("aigul", "enrol")
    with office.database.writing() as session:
        people.account_named(session, "aigul").totp = "set up by the owner meanwhile"
    assert attacker.post("/factors/totp", page="/factors").status_code == 403


@SQLITE
def test_the_last_director_stays_and_nobody_disables_himself(office, director) -> None:
    sent = director.post("/people/of/aigul/role/take", page="/people/of/aigul", role="director", place="*")
    assert sent.status_code == 409
    assert "last director" in sent.text
    office.account("berik", ("director", "*"))
    sent = director.post("/people/of/aigul/disable", page="/people/of/aigul", typed="aigul")
    assert sent.status_code == 409
    sent = director.post("/people/of/berik/disable", page="/people/of/berik", typed="beri")
    assert sent.status_code == 400
    assert not office.stored("berik").disabled
    berik = office.at("berik")
    assert (
        director.post("/people/of/berik/disable", page="/people/of/berik", typed="Berik").status_code == 303
    )
    assert berik.get("/account").status_code == 303, "signed out at once"
    assert ("aigul", "user.disable", "berik") in office.acts()


@SQLITE
def test_the_record_tells_who_came_what_was_taken_and_no_secret(office) -> None:
    seed = office.account("aigul", ("director", "*"))
    person = office.sign_in("aigul", seed)
    person.post("/audit/export", page="/audit", reason="for the board", format="csv")
    person.post("/logout", page="/account")
    acts = office.acts()
    for what in ("user.login", "console.export", "user.logout"):
        assert any(act[:2] == ("aigul", what) for act in acts)
    from survey.store.audit import acts as all_acts
    from survey.store.audit import faults, read_head

    with office.database.reading() as session:
        said = str([vars(act) for act in all_acts(session)])
        assert not faults(session, read_head(office.app.extensions[HERE].config.home))
    assert "for the board" in said
    for secret in (PASSWORD, seed, person.cookie(), "127.0.0.1", "Firefox"):
        assert not secret or secret not in said


@SQLITE
def test_a_thief_of_the_database_finds_no_seed_no_token_no_code(office, config) -> None:
    seed = office.account("aigul")
    person = office.sign_in("aigul", seed)
    content = b"".join(path.read_bytes() for path in config.home.glob("tolqyn.sqlite*"))
    for secret in (seed, person.cookie(), "AAAAA22222", "AAAAA-22222", PASSWORD):
        assert secret.encode() not in content
    sealer = office.reception.sealer
    assert sealer.open(office.stored("aigul").handle, office.stored("aigul").totp) == seed
    assert sealer.open("another's handle", office.stored("aigul").totp) is None, "moved to another row"


WORDS = st.text(max_size=300) | st.sampled_from(
    ["\0", "'; DROP TABLE account; --", "{{7*7}}", "=cmd()", "../..", "\ud7ff"]
)


@pytest.mark.parametrize("path", ["/people", "/audit", "/waves", "/releases"])
def test_no_address_of_a_list_can_be_made_to_fail(director, path) -> None:
    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.fixed_dictionaries(dict.fromkeys(("q", "sort", "order", "page"), WORDS)))
    def asked(values: dict[str, str]) -> None:
        assert director.get(path, query_string=values).status_code == 200

    asked()


def count_hashes(office) -> list[bool]:
    """Filled with a mark for every hash that is compared from now on."""
    room, done = office.app.extensions[HERE], []
    passwords = room.reception.passwords

    class Counting(type(passwords)):
        def right(self, stored, password) -> bool:
            done.append(True)
            return super().right(stored, password)

    counting = Counting(passwords.folder, passwords.hasher)
    office.app.extensions[HERE] = replace(room, reception=replace(room.reception, passwords=counting))
    return done


def strip_values(html: str) -> str:
    """The page without what was typed and its token."""
    return re.sub(r'value="[^"]*"', "", html)
