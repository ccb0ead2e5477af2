"""Settings: sound defaults, and every unreadable value named."""

from pathlib import Path

import pytest

from survey.config import Config
from survey.refusal import Refused


def test_without_settings_an_sqlite_file_lies_in_the_home_folder() -> None:
    config = Config.from_env({})
    assert config.home == Path("var").absolute()
    assert config.database_url == f"sqlite:///{config.home}/tolqyn.sqlite"
    assert config.two_person
    assert not config.plain_http


def test_a_postgresql_address_gets_its_driver() -> None:
    found = Config.from_env({"TOLQYN_DATABASE_URL": "postgresql://u@localhost/d"})
    assert found.database_url == "postgresql+psycopg://u@localhost/d"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TOLQYN_DATABASE_URL", "mysql://u:secret@h/d"),
        ("TOLQYN_DATABASE_URL", "postgresql://u:secret@h:notaport/d"),
        ("TOLQYN_SOCKET", "web.sock"),
        ("TOLQYN_SOCKET", "/run/" + "x" * 100),
        ("PORT", "eighty"),
        ("PORT", "²"),
        ("PORT", "٨٠"),
        ("TOLQYN_TWO_PERSON", "no"),
        ("TOLQYN_PLAIN_HTTP", "1"),
        ("TOLQYN_LEAVE_URL", "javascript:alert(1)"),
        ("TOLQYN_LEAVE_URL", "https://a.example; script-src *"),
    ],
)
def test_an_unreadable_setting_is_named(name: str, value: str) -> None:
    with pytest.raises(Refused) as refused:
        Config.from_env({name: value})
    assert refused.value.reasons[0].path == name
    assert "secret" not in str(refused.value)


def test_plain_http_is_refused_beyond_this_machine() -> None:
    with pytest.raises(Refused, match="loopback"):
        Config.from_env({"TOLQYN_HOST": "0.0.0.0", "TOLQYN_PLAIN_HTTP": "on"})  # noqa: S104  that is the point


ELSEWHERE = [
    "postgresql://u:secret@db.example/d",
    "postgresql://u:secret@10.0.0.7/d?sslmode=require",
    "postgresql://u:secret@db.example/d?sslmode=verify-ca",
    "postgresql:///d?host=db.example",
    "postgresql:///d?host=localhost,db.example",
    "postgresql:///d?host=localhost&host=db.example:5433",
    "postgresql://u:secret@localhost/d?hostaddr=10.0.0.7",
    "postgresql://u:secret@[2001:db8::1]/d",
    "postgresql://u:secret@localhost.example/d",
    "postgresql:///d?service=far",
]


@pytest.mark.parametrize("address", ELSEWHERE)
def test_a_database_on_another_machine_needs_tls_with_a_checked_certificate(address: str) -> None:
    with pytest.raises(Refused, match="verify-full") as refused:
        Config.from_env({"TOLQYN_DATABASE_URL": address})
    assert "secret" not in str(refused.value)
    assert ("sslmode not said" in str(refused.value)) is ("sslmode" not in address)
    join = "&" if "?" in address else "?"
    proven = address.replace("sslmode=require", "").replace("sslmode=verify-ca", "")
    Config.from_env({"TOLQYN_DATABASE_URL": f"{proven}{join}sslmode=verify-full"})


@pytest.mark.parametrize("name", ["PGHOST", "PGHOSTADDR", "PGSERVICE"])
def test_what_libpq_reads_from_the_environment_is_no_way_past(name: str) -> None:
    env = {"TOLQYN_DATABASE_URL": "postgresql:///d", name: "10.0.0.7"}
    with pytest.raises(Refused, match="verify-full"):
        Config.from_env(env)
    Config.from_env({**env, "PGSSLMODE": "verify-full"})


@pytest.mark.parametrize(
    "address",
    [
        "sqlite:////srv/tolqyn.sqlite",
        "postgresql:///d",
        "postgresql:///d?host=/var/run/postgresql",
        "postgresql://u@127.0.0.9:5433/d",
        "postgresql://u@[::1]/d",
        "postgresql://u@localhost/d",
    ],
)
def test_a_database_on_this_machine_needs_none(address: str) -> None:
    assert Config.from_env({"TOLQYN_DATABASE_URL": address}).database_url.endswith(
        address.partition("://")[2]
    )


def test_a_server_behind_a_socket_believes_its_proxy_or_no_limit_would_hold() -> None:
    env = {"TOLQYN_SOCKET": "/run/tolqyn/web.sock"}
    with pytest.raises(Refused, match="TOLQYN_TRUSTED_PROXIES"):
        Config.from_env(env)
    assert Config.from_env({**env, "TOLQYN_TRUSTED_PROXIES": "1"}).socket == env["TOLQYN_SOCKET"]
