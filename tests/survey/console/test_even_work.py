"""Signing in: a wrong name, password or code costs the same work whatever of it exists."""

import time
from typing import Any

import pyotp

from survey.store import people
from survey.store.engine import Database
from tests.survey.work import Work, even, work_of

TRIES = 4
"""One below the limit for a name."""


def wrong(office: Any, name: str) -> Work:
    """The work for one sign-in with a password that is not the account's; the page is asked for before."""
    browser = office.browser()
    token = browser.token()
    sent: list[int] = []

    def request() -> None:
        data = {"csrf_token": token, "name": name, "password": "алма қызыл бұлт тау"}
        sent.append(browser.client.post("/console/login", data=data).status_code)

    work = work_of(request)
    assert sent == [401]
    return work


def test_a_name_nobody_has_costs_the_work_of_one_that_somebody_has(office: Any, database: Database) -> None:
    office.account("aigul")
    office.account("sacked")
    office.account("invited")
    with database.writing() as session:
        people.account_named(session, "sacked").disabled = True
        people.account_named(session, "invited").password = None
    wrong(office, "warm"), wrong(office, "aigul")  # what is made once is made
    for _ in range(TRIES - 1):  # also where the record of acts leaves a try out
        known = wrong(office, "aigul")
        assert known.hashes == 1
        for other in (
            wrong(office, f"nobody{time.monotonic_ns()}"),
            wrong(office, "sacked"),
            wrong(office, "invited"),
        ):
            even(known, other)


def test_a_code_costs_the_same_work_whether_it_was_used_is_old_or_never_was(
    office: Any, database: Database
) -> None:
    seed = office.account("aigul")
    now = int(time.time())
    with database.writing() as session:
        people.account_named(session, "aigul").totp_step = now // 30 + 2  # all codes of now are used
    never = next(each for each in ("000000", "111111", "222222", "333333") if each not in around(seed, now))
    guessed(office, "aigul", never)  # what is made once is made
    unknown = guessed(office, "aigul", never)
    for code in (pyotp.TOTP(seed).at(now), pyotp.TOTP(seed).at(now - 300)):
        even(unknown, guessed(office, "aigul", code))


def test_a_recovery_code_that_was_used_costs_the_work_of_one_that_never_was(
    office: Any, database: Database
) -> None:
    office.account("aigul")
    with database.writing() as session:
        people.keep_recovery_codes(session, people.account_named(session, "aigul"), [])
    guessed(office, "aigul", "AAAAA-33333")
    even(guessed(office, "aigul", "AAAAA-33333"), guessed(office, "aigul", "AAAAA-22222"))


def around(seed: str, now: int) -> set[str]:
    """Codes that are taken now."""
    return {pyotp.TOTP(seed).at(now + 30 * step) for step in range(-2, 3)}


def guessed(office: Any, name: str, code: str) -> Work:
    """The work for one code after the right password."""
    browser = office.at(name, "password")
    token = browser.token("/login/second")
    sent: list[int] = []

    def request() -> None:
        data = {"csrf_token": token, "code": code}
        sent.append(browser.client.post("/console/login/second", data=data).status_code)

    work = work_of(request)
    assert sent == [401]
    return work
