"""What the API answers, to whom, and in which words it refuses."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import jsonschema
import pytest
from flask import Flask
from flask.testing import FlaskClient

from reports import write_site
from survey.api.description import ENDPOINTS
from survey.api.shapes import SCHEMAS
from survey.config import Config, study_today
from survey.doorkeeper import LEAST_HEADERS
from survey.monitor import take_snapshot
from survey.store import audit, tokens
from survey.store.engine import Database
from survey.store.models import ApiToken, Wave

Get = Callable[..., Any]
ADDRESSES = {
    "waves": "/waves",
    "wave": "/waves/kz-thb/2027",
    "monitor": "/waves/kz-thb/2027/monitor",
    "releases": "/releases",
    "codebook": "/releases/kz-thb/2027/1/codebook",
    "estimates": "/estimates/kz-thb",
}


def fits(content: Any, name: str) -> None:
    """Raises unless the content has the shape that the description promises for the endpoint."""
    schema = next(endpoint.schema for endpoint in ENDPOINTS if endpoint.name == name)
    whole = {**schema, "components": {"schemas": SCHEMAS}}
    jsonschema.Draft202012Validator(whole).validate(content)


def test_the_tests_know_every_endpoint() -> None:
    assert set(ADDRESSES) == {endpoint.name for endpoint in ENDPOINTS}


def test_waves_are_told_as_described(get: Get, open_wave: Wave) -> None:
    found = get("/waves").json
    fits(found, "waves")
    assert [(wave["study"], wave["name"], wave["state"]) for wave in found] == [("kz-thb", "2027", "open")]
    fits(get("/waves/kz-thb/2027").json, "wave")
    assert get("/waves?study=another").json == []


def test_the_monitor_is_the_stored_snapshot_and_nothing_newer(
    get: Get, database: Database, open_wave: Wave, answer: Callable[..., str]
) -> None:
    assert get("/waves/kz-thb/2027/monitor").status_code == 404
    for place in range(40):
        answer(open_wave, f"token-{place}")
    assert get("/waves/kz-thb/2027/monitor").status_code == 404, "a request counts nothing"
    taken = take_snapshot(database, open_wave.id, study_today(), datetime.now(UTC))
    for place in range(40):
        answer(open_wave, f"later-{place}")
    found = get("/waves/kz-thb/2027/monitor").json
    fits(found, "monitor")
    assert found == taken
    assert found["completes"] == 40


def test_a_token_leaves_one_act_a_day_that_says_of_what(
    get: Get, database: Database, open_wave: Wave
) -> None:
    assert get("/waves/kz-thb/2027").status_code == 200
    assert get("/waves").status_code == 200
    assert get("/waves/kz-thb/2027").status_code == 200
    with database.reading() as session:
        noted = [act for act in audit.acts(session) if act.what == "api.read"]
    assert [act.subject for act in noted] == ["kz-thb/2027"]
    assert noted[0].actor.startswith("token:")
    assert noted[0].detail == {"path": "/api/v1/waves/kz-thb/2027"}


def test_releases_and_their_codebooks_are_as_they_were_frozen(get: Get, released: Wave) -> None:
    found = get("/releases?study=kz-thb").json
    fits(found, "releases")
    assert (found[0]["wave"], found[0]["number"], found[0]["source"]) == ("2027", 1, "collected")
    codebook = get("/releases/kz-thb/2027/1/codebook").json
    fits(codebook, "codebook")
    assert "VB1" in {variable["name"] for variable in codebook["variables"]}
    assert get("/releases/kz-thb/2027/2/codebook").status_code == 404


def test_estimates_are_those_of_the_newest_published_edition(
    get: Get, config: Config, released: Wave
) -> None:
    assert get("/estimates/kz-thb").status_code == 404
    folder = config.releases / "kz-thb" / "2027" / "1"
    write_site([folder], ["en"], config.home / "results", leave_url="https://example.org/", by=[])
    found = get("/estimates/kz-thb").json
    fits(found, "estimates")
    assert (found["study"], found["edition"]) == ("kz-thb", 1)
    assert {row["variable"] for row in found["rows"]} >= {"VB_ANY"}
    hidden = [row for row in found["rows"] if row["publish"] == "suppress"]
    assert all(row["estimate"] is row["se"] is row["low"] is None for row in hidden)
    assert {row["group"] for row in found["rows"]} == {""}
    assert get("/estimates/..%2f..").status_code == 404
    assert get("/estimates/kz-thb@1").status_code == 404


def test_no_answer_of_anybody_is_in_any_answer_of_the_api(get: Get, released: Wave) -> None:
    for address in ADDRESSES.values():
        assert "token" not in get(address).text.replace("token_", "")


@pytest.mark.parametrize("name", ADDRESSES)
def test_each_endpoint_needs_its_own_scope(name: str, get: Get, database: Database, released: Wave) -> None:
    needed = next(endpoint.scope for endpoint in ENDPOINTS if endpoint.name == name)
    today = study_today()
    with database.writing() as session:
        others = tokens.add_token(
            session, "others", [s for s in tokens.SCOPES if s != needed], today, today + timedelta(days=1)
        )
        own = tokens.add_token(session, "own", [needed], today, today + timedelta(days=1))
    refused = get(ADDRESSES[name], others)
    assert (refused.status_code, refused.mimetype) == (403, "application/problem+json")
    assert needed in refused.json["detail"]
    assert get(ADDRESSES[name], own).status_code in (200, 404)


def test_a_token_that_asks_beyond_its_scopes_is_recorded_once_a_day_and_scope(
    get: Get, database: Database, open_wave: Wave
) -> None:
    today = study_today()
    with database.writing() as session:
        narrow = tokens.add_token(session, "narrow", ["waves:read"], today, today + timedelta(days=1))
    for _ in range(3):
        assert get("/releases", narrow).status_code == 403
        assert get("/estimates/kz-thb", narrow).status_code == 403
    assert get("/releases", "tolqyn_" + "x" * 43).status_code == 401
    with database.reading() as session:
        refused = [(act.actor, act.subject) for act in audit.acts(session) if act.what == "api.refused"]
        assert not audit.faults(session)
    assert refused == [("token:narrow", "releases:read"), ("token:narrow", "estimates:read")]
    assert narrow not in str(refused)


def test_revoked_over_and_unknown_tokens_are_refused_alike(
    get: Get, database: Database, open_wave: Wave
) -> None:
    today = study_today()
    with database.writing() as session:
        gone = tokens.add_token(session, "gone", ["waves:read"], today, today + timedelta(days=1))
        tokens.revoke_token(session, "gone")
        old = tokens.add_token(session, "old", ["waves:read"], today, today + timedelta(days=1))
        session.query(ApiToken).filter_by(name="old").update({"expires_on": today - timedelta(days=1)})
    answers = [get("/waves", bearer) for bearer in (gone, old, "tolqyn_nobodys")]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.data for answer in answers}) == 1
    assert answers[0].headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("study", ["%00", "%ff", "..%2f..", "' OR 1=1 --"])
def test_a_study_of_no_sense_is_one_that_is_not_there(study: str, get: Get, released: Wave) -> None:
    assert get(f"/releases?study={study}").json == []
    assert get(f"/waves?study={study}").json == []
    assert get(f"/releases/{study}/2027/1/codebook").status_code == 404


def test_a_token_in_the_address_opens_nothing(client: FlaskClient, token: str) -> None:
    assert client.get(f"/api/v1/waves?access_token={token}").status_code == 401


def test_a_network_that_guesses_is_slowed_down(client: FlaskClient, get: Get, open_wave: Wave) -> None:
    away: dict[str, Any] = {"environ_base": {"REMOTE_ADDR": "203.0.113.7"}}
    statuses = [get("/waves", f"tolqyn_{n}", **away).status_code for n in range(7)]
    assert statuses == [401] * 5 + [429] * 2
    assert get("/waves").status_code == 200, "others go on"


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_can_be_changed(client: FlaskClient, method: str) -> None:
    answer = getattr(client, method)("/api/v1/waves")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD")
    assert answer.json["detail"].endswith(f"not {method.upper()}")


def test_an_unknown_address_lists_the_known_ones(client: FlaskClient) -> None:
    answer = client.get("/api/v1/wave")
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")
    assert "/waves/{study}/{wave}" in answer.json["detail"]


def test_every_answer_carries_the_headers(client: FlaskClient, get: Get, open_wave: Wave) -> None:
    for answer in (
        get("/waves"),
        client.get("/api/v1/waves"),
        client.get("/api/v1/x"),
        client.post("/api/v1/"),
    ):
        assert {name: answer.headers.get(name) for name in LEAST_HEADERS} == LEAST_HEADERS
        assert "Set-Cookie" not in answer.headers


def test_a_database_that_is_behind_is_told_in_json(app: Flask, get: Get, database: Database) -> None:
    with database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0000'")
    answer = get("/waves")
    assert (answer.status_code, answer.json["status"]) == (503, 503)
    assert answer.headers["Retry-After"] == "10"


def test_a_token_is_kept_as_its_hash_alone(database: Database, token: str) -> None:
    with database.reading() as session:
        row = session.query(ApiToken).one()
    assert token not in str(vars(row))
    assert row.token_hash == tokens.hash_of(token)
    assert row.expires_on > date.today()
