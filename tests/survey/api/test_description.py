"""The OpenAPI document: valid, and true of a running server whatever is sent."""

from collections.abc import Callable
from datetime import UTC, datetime

import schemathesis
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openapi_spec_validator import OpenAPIV31SpecValidator

from survey.api.description import description
from survey.config import Config, study_today
from survey.monitor import take_snapshot
from survey.store.engine import Database
from survey.store.models import Wave

EXAMPLES = 60
"""Requests an address."""


def test_the_description_is_valid_openapi() -> None:
    OpenAPIV31SpecValidator(description("1", "https://opinion.example.org")).validate()


def test_the_served_description_is_that_of_this_instance(client: FlaskClient, config: Config) -> None:
    served = client.get("/api/v1/openapi.json")
    assert served.status_code == 200
    assert served.json["servers"] == [{"url": f"{config.base_url}/api/v1"}]


def test_every_operation_names_its_scope_and_its_refusals() -> None:
    document = description("1", "https://opinion.example.org")
    for path, item in document["paths"].items():
        assert "Scope: `" in item["get"]["description"], path
        assert {"200", "401", "403", "404", "429", "503"} <= set(item["get"]["responses"]), path


def test_whatever_is_sent_the_answer_is_one_that_is_described(
    app: Flask,
    database: Database,
    token: str,
    open_wave: Wave,
    answer: Callable[..., str],
) -> None:
    """Generated requests, good and bad, each judged by all of schemathesis' checks."""
    for place in range(35):
        answer(open_wave, f"token-{place}")
    take_snapshot(database, open_wave.id, study_today(), datetime.now(UTC))
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    statuses: set[int] = set()
    sent = 0
    for operation in schema.get_all_operations():

        @settings(
            max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
        )
        @given(case=operation.ok().as_strategy(), known=st.booleans())
        def judged(case: schemathesis.Case, known: bool) -> None:
            nonlocal sent
            if known and "study" in case.path_parameters:
                case.path_parameters |= {"study": "kz-thb", "wave": "2027"}
            response = case.call_and_validate(headers={"Authorization": f"Bearer {token}"})
            statuses.add(response.status_code)
            sent += 1

        judged()
    assert {200, 404} <= statuses
    assert not statuses & {500, 502, 503}
    assert sent >= 5 * EXAMPLES // 2
