"""The database's address as typed in, as SQLAlchemy takes it out; another machine's only with proven TLS."""

import re
from collections.abc import Mapping
from ipaddress import ip_address
from typing import TYPE_CHECKING

from survey.refusal import Reason, Refused

if TYPE_CHECKING:
    from sqlalchemy import URL

NAME = "TOLQYN_DATABASE_URL"
PROVEN = "verify-full"
"""The one of libpq's modes in which the certificate is checked, and the name in it."""


def database_url(env: Mapping[str, str], default: str) -> str:
    """Where the database is. Raises Refused for no address, and for another machine's without proven TLS."""
    text = env.get(NAME)
    if not text:
        return default
    url = re.sub(r"^postgres(ql)?://", "postgresql+psycopg://", text)
    read = _read(url)
    if read is None:
        raise Refused(
            Reason(
                expected="an address that begins with sqlite:/// or postgresql://",
                found=re.sub(r"://[^@]*@", "://…@", text),
                hint=f"{NAME}=postgresql://USER@HOST/DATABASE",
                path=NAME,
            )
        )
    if read.get_backend_name() != "sqlite":
        _refuse_unproven(read, env)
    return url


def _read(url: str) -> "URL | None":
    # Where no address was typed in, a command that needs no database does not load what reads it.
    from sqlalchemy import make_url  # noqa: PLC0415
    from sqlalchemy.exc import ArgumentError  # noqa: PLC0415

    if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
        return None
    try:
        return make_url(url)
    except (ArgumentError, ValueError):
        return None


def _refuse_unproven(url: "URL", env: Mapping[str, str]) -> None:
    """libpq takes what an address leaves out from PGHOST and its like, or from a service file."""
    elsewhere = [host for host in _hosts(url, env) if not _is_here(host)]
    mode = _of(url, "sslmode") or env.get("PGSSLMODE", "")
    service = _of(url, "service") or env.get("PGSERVICE", "")
    if (elsewhere or service) and mode != PROVEN:
        found = f"{elsewhere[0] if elsewhere else f'the service {service}'}, sslmode {mode or 'not said'}"
        expected = f"a database on this machine, or sslmode={PROVEN} in the address"
        hint = f"{NAME}=postgresql://USER@HOST/DATABASE?sslmode={PROVEN}&sslrootcert=/etc/tolqyn/database.crt"
        raise Refused(Reason(expected, found, hint, path=NAME, rule="tls"))


def _hosts(url: "URL", env: Mapping[str, str]) -> list[str]:
    """Every machine it may lead to; none for the socket that libpq takes by itself."""
    named = [url.host or "", _of(url, "host"), _of(url, "hostaddr")]
    if not any(named):
        named = [env.get("PGHOST", ""), env.get("PGHOSTADDR", "")]
    return [host for text in named for host in text.split(",") if host]


def _of(url: "URL", name: str) -> str:
    value = url.query.get(name, "")
    return value if isinstance(value, str) else ",".join(value)


def _is_here(host: str) -> bool:
    if host.startswith(("/", "@")) or host == "localhost":
        return True
    try:
        return ip_address(host.strip("[]").partition("%")[0]).is_loopback
    except ValueError:
        return False
