"""Respondents' codes: one that exists elsewhere, or existed, costs the same work as one that never was."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from survey import keys
from survey.interview import codes
from survey.store import invitations, opening, waves, withdrawal
from survey.store.engine import Database
from survey.store.invitations import BatchSpec
from survey.store.models import Wave
from tests.survey.work import Work, even, work_of

ALIAS = "opinion"
NEVER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
NO_CODE = "ABCD-EFGH-JKMN"


@pytest.fixture
def elsewhere(database: Database, invited: list[str], make_wave: Callable[..., Wave], small: Any) -> str:
    """An invitation code of another wave in the field."""
    made = make_wave(small, name="other", alias="other")
    with database.writing() as session:
        found = waves.find_wave(session, made.alias)
        opening.open_wave(session, found, small, found.opens)
        return invitations.invite(session, found, BatchSpec("B", 10))[0]


def work(app: Flask, path: str, status: int, data: dict[str, str] | None = None) -> Work:
    """The work of one request from a browser that was not here before; a form is sent twice, as is asked."""
    client = app.test_client()
    seen: list[int] = []

    def request() -> None:
        address = f"/s/{ALIAS}/{path}"
        answer = client.get(address) if data is None else client.post(address, data=data)
        if answer.status_code == 307:
            answer = client.post(answer.headers["Location"], data=data)
        seen.append(answer.status_code)

    found = work_of(request)
    assert seen == [status], path
    return found


def near(code: str) -> str:
    """Another one that differs in its last letter alone."""
    return code[:-1] + ("A" if code[-1] != "A" else "B")


def test_a_wrong_link_costs_the_same_work_whether_or_not_its_code_exists_elsewhere(
    app: Flask, invited: list[str], elsewhere: str
) -> None:
    work(app, f"i/{NEVER}", 404)
    never = work(app, f"i/{NEVER}", 404)
    for code in (elsewhere, near(invited[0])):
        even(never, work(app, f"i/{code}", 404))


def test_beginning_with_a_wrong_code_costs_the_same_work_whether_or_not_it_exists_elsewhere(
    app: Flask, invited: list[str], elsewhere: str
) -> None:
    def begin(code: str) -> Work:
        return work(app, "start", 422, {"lang": "en", "token": code})

    begin(NEVER)
    never = begin(NEVER)
    for code in (elsewhere, near(invited[0])):
        even(never, begin(code))


@pytest.mark.parametrize("path", ["resume", "withdraw"])
def test_a_wrong_code_of_one_s_own_costs_the_same_work_whether_or_not_it_was_one(
    app: Flask, config: Any, database: Database, invited: list[str], somebody_invited: Any, path: str
) -> None:
    key = keys.read_wave_key(config.keys, ALIAS)
    ballot = key.ballot(invited[0])
    person = somebody_invited(None)
    person.start("en", token=invited[0])
    person.send({"CONSENT": "1", "Z_AGE": "34", "S_RES": "1"})
    code = codes.code_of(key, ballot)
    with database.writing() as session:
        withdrawal.set_code(session, ballot, codes.code_mac(key, code))
        withdrawal.withdraw(session, ballot)

    def give(typed: str) -> Work:
        return work(app, path, 422, {"lang": "en", "code": typed})

    give(NO_CODE)
    never = give(NO_CODE)
    for typed in (code, near(code)):
        even(never, give(typed))
