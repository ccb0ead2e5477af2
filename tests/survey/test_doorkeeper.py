"""No answer leaves without its headers, no server starts with a secret that can be guessed."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient

from survey import create_app, keys
from survey.config import Config
from survey.doorkeeper import LEAST_HEADERS, SHUT
from survey.refusal import Refused

ONE_DATABASE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")


@pytest.fixture
def app(config: Config) -> Iterator[Flask]:
    app = create_app(config)
    yield app
    app.extensions["tolqyn"].database.close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@ONE_DATABASE
def test_a_pdf_leaves_its_sources_to_the_viewer_and_shuts_the_rest(app: Flask, client: FlaskClient) -> None:
    for kind, policy in (("application/pdf", SHUT), ("image/png", LEAST_HEADERS["Content-Security-Policy"])):
        app.view_functions["static"] = lambda filename, kind=kind: Response(b"", mimetype=kind)
        answer = client.get("/static/report")
        assert answer.status_code == 200
        assert answer.headers["Content-Security-Policy"] == policy


@ONE_DATABASE
def test_every_route_and_method_answers_with_every_header(app: Flask, client: FlaskClient) -> None:
    paths = {
        rule.rule.replace("<path:", "<").replace("<", "x").replace(">", "")
        for rule in app.url_map.iter_rules()
    }
    assert len(paths) > 20
    seen = set()
    for path in [*sorted(paths), "/nowhere", "/static/nothing.css"]:
        for method in METHODS:
            response = client.open(path, method=method)
            seen.add(response.status_code)
            missing = [name for name in LEAST_HEADERS if name not in response.headers]
            assert not missing, (method, path, response.status_code)
            policy = response.headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy
            assert "frame-ancestors 'none'" in policy
            assert "unsafe" not in policy
    assert {200, 404, 405} <= seen


@ONE_DATABASE
def test_what_is_too_large_and_what_fails_carries_them_too(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = app.test_client()
    large = client.post("/s/opinion/start", data={"x": "y" * 70_000})
    assert large.status_code in (404, 413)
    assert set(LEAST_HEADERS) <= set(large.headers.keys())

    def fails(**_values: object) -> str:
        raise RuntimeError("secret")

    monkeypatch.setitem(app.view_functions, "results.root", fails)
    failed = client.get("/")
    assert failed.status_code == 500
    assert set(LEAST_HEADERS) <= set(failed.headers.keys())
    assert "secret" not in failed.text


@ONE_DATABASE
def test_the_text_of_every_answer_says_its_charset(app: Flask, client: FlaskClient) -> None:
    paths = {re.sub(r"<[^>]+>", "x", rule.rule) for rule in app.url_map.iter_rules()}
    seen = set()
    for path in [*sorted(paths), "/nowhere", "/s/opinion/", "/console/login"]:
        for method in ("GET", "POST", "PUT"):
            response = client.open(path, method=method)
            kind = response.headers.get("Content-Type")
            if not response.data and kind is None:
                continue
            seen.add(response.mimetype)
            if response.mimetype.startswith("text/"):
                assert response.content_type.endswith("charset=utf-8"), (method, path, kind)
                response.data.decode()
            else:  # JSON is UTF-8 by its standard, pictures have no charset
                assert response.mimetype in ("application/json", "application/problem+json", "image/svg+xml")
    assert {"text/html", "text/plain", "application/json"} <= seen


@ONE_DATABASE
@pytest.mark.parametrize(
    ("subdomains", "said"),
    [(True, "max-age=31536000; includeSubDomains"), (False, "max-age=31536000")],
)
def test_every_answer_over_tls_says_that_only_tls_leads_here(
    config: Config, subdomains: bool, said: str
) -> None:
    app = create_app(
        replace(config, plain_http=False, public_url="https://localhost", hsts_subdomains=subdomains)
    )
    try:
        for path in ("/", "/healthz", "/nowhere", "/s/opinion/", "/console/login", "/api/v1/waves"):
            answer = app.test_client().get(path, base_url="https://localhost")
            assert answer.headers.getlist("Strict-Transport-Security") == [said], path
    finally:
        app.extensions["tolqyn"].database.close()


@ONE_DATABASE
def test_no_answer_on_this_machine_alone_says_so(client: FlaskClient) -> None:
    assert "Strict-Transport-Security" not in client.get("/").headers


@pytest.mark.parametrize(
    "secret", [b"", b"dev", b"change-me", b"\0" * 32, b"secretsecretsecretsecretsecretsecret"]
)
def test_no_server_starts_with_a_secret_that_can_be_guessed(tmp_path: Path, secret: bytes) -> None:
    keys.write_secret(tmp_path / "server.key", secret)
    with pytest.raises(Refused, match="32 random bytes"):
        keys.server_secrets(tmp_path)


def test_no_server_starts_with_a_secret_others_can_read(tmp_path: Path) -> None:
    keys.server_secrets(tmp_path)
    (tmp_path / "server.key").chmod(0o644)
    with pytest.raises(Refused, match="only its owner"):
        keys.server_secrets(tmp_path)
