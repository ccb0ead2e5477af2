"""By which names the server may be called, and that it never starts with debugging on."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask

from survey import create_app
from survey.config import Config
from survey.refusal import Refused
from survey.store.models import Wave

NAMED = {"public_url": "https://opinion.example.org", "plain_http": False}
PATHS = (
    "/healthz",
    "/",
    "/results/en/",
    "/s/opinion-27/",
    "/s/nobody/",
    "/api/v1/waves",
    "/console/login",
    "/x",
)
PUBLIC = tuple(path for path in PATHS if not path.startswith("/console"))
"""The console answers to its own name alone."""


@pytest.fixture
def made(config: Config) -> Callable[..., Flask]:
    """An application with other settings."""
    apps = []

    def make(**changes: object) -> Flask:
        apps.append(create_app(replace(config, **changes)))
        return apps[-1]

    yield make
    for app in apps:
        app.extensions["tolqyn"].database.close()


def statuses(app: Flask, host: str, paths: tuple[str, ...] = PATHS) -> set[int]:
    client = app.test_client()
    return {client.get(path, headers={"Host": host}).status_code for path in paths}


@pytest.mark.parametrize("host", ["evil.example", "opinion.example.org.evil.example", "10.0.0.1", "evil\tx"])
def test_a_name_of_somebody_elses_opens_nothing(made, open_wave: Wave, host: str) -> None:
    assert statuses(made(**NAMED), host) == {400}


@pytest.mark.parametrize(
    "host", ["opinion.example.org", "opinion.example.org:443", "127.0.0.1:8000", "localhost"]
)
def test_its_own_names_open_what_there_is(made, open_wave: Wave, host: str) -> None:
    assert 400 not in statuses(made(**NAMED), host, PUBLIC)


def test_further_names_may_be_told(made, open_wave: Wave) -> None:
    app = made(**NAMED, hosts=("opinion.onion",))
    assert 400 not in statuses(app, "opinion.onion", PUBLIC)
    assert statuses(app, "other.onion") == {400}


def test_a_trial_on_this_machine_answers_to_this_machine_alone(made, open_wave: Wave) -> None:
    app = made(public_url="", plain_http=True)
    assert statuses(app, "rebound.example") == {400}
    assert 400 not in statuses(app, "127.0.0.1:8000")


def test_the_office_s_pages_have_a_host_of_their_own_and_respondents_pages_do_not_stand_there(
    made, open_wave: Wave
) -> None:
    """A script that got into one could ask nothing of the other: for a browser they are two."""
    app = made(**NAMED, console_url="https://office.example.org")
    client = app.test_client()

    def status(host: str, path: str) -> int:
        base = f"https://{host}"
        return client.get(path, base_url=base, headers={"X-Forwarded-Proto": "https"}).status_code

    for path in ("/", "/results/en/", "/s/opinion-27/", "/api/v1/openapi.json", "/nowhere"):
        assert status("office.example.org", path) == 404, path
        assert status("office.example.org:443", path) == 404, path
    assert status("office.example.org", "/console/login") == 200
    assert status("office.example.org", "/healthz") == 200
    assert status("opinion.example.org", "/api/v1/openapi.json") == 200
    assert status("opinion.example.org", "/console/login") == 400
    shared = made(**NAMED, console_url=NAMED["public_url"]).test_client()
    assert shared.get("/api/v1/openapi.json", base_url="https://opinion.example.org").status_code == 200


def test_a_page_refused_for_its_name_names_no_subject_and_no_name(made, open_wave: Wave) -> None:
    answer = made(**NAMED).test_client().get("/s/opinion-27/", headers={"Host": "evil.example"})
    assert "evil.example" not in answer.text
    assert "Content-Security-Policy" in answer.headers


def test_the_names_come_from_the_environment() -> None:
    env = {"TOLQYN_HOSTS": "a.example, b.onion", "TOLQYN_PUBLIC_URL": "https://c.example/x"}
    assert Config.from_env(env).names[:3] == ("c.example", "a.example", "b.onion")
    assert Config.from_env({}).names == ()


@pytest.mark.parametrize(
    "changes",
    [
        {"plain_http": False},
        {"plain_http": False, "host": "0.0.0.0"},  # noqa: S104  that is the point
        {"plain_http": False, "socket": "/run/tolqyn/web.sock", "trusted_proxies": 1},
    ],
)
def test_a_server_that_nobody_named_does_not_start(made, changes: dict[str, object]) -> None:
    with pytest.raises(Refused, match="TOLQYN_PUBLIC_URL"):
        made(**changes)
    made(**changes, public_url="https://opinion.example.org")
    made(**changes, console_url="https://office.example.org", faces=("console",))
    made(**changes, hosts=("opinion.onion",))


def test_the_server_does_not_start_with_debugging_on(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLASK_DEBUG", "1")
    with pytest.raises(Refused, match="FLASK_DEBUG"):
        create_app(config)
