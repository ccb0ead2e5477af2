"""The instance's settings: environment variables in, one frozen `Config` out."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from survey.refusal import Reason, Refused

LANGUAGES = ("kk", "ru", "uz", "en")
"""Interface languages, in the order the landing page offers them."""

STUDY_ZONE = timezone(timedelta(hours=5), "Asia/Almaty")
"""Kazakhstan has kept one time, UTC+5 without summer time, since 1 March 2024."""

LOOPBACK = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True)
class Config:
    """Everything that differs between two instances of the same code."""

    home: Path = Path("var")
    """Keys and releases live below it (TOLQYN_HOME)."""
    database_url: str = "sqlite:///var/tolqyn.sqlite"
    """SQLAlchemy address (TOLQYN_DATABASE_URL)."""
    host: str = "127.0.0.1"
    port: int = 8000
    plain_http: bool = False
    """Cookies without `Secure`; refused unless the bind is a loopback address (TOLQYN_PLAIN_HTTP=on)."""
    two_person: bool = True
    """A wave is closed by a second person (TOLQYN_TWO_PERSON=off switches that off)."""
    public_url: str = ""
    """Where respondents reach the server, for invitation links (TOLQYN_PUBLIC_URL)."""
    leave_url: str = "https://www.google.com/search?q=weather"
    """The neutral page that "Leave this page now" opens (TOLQYN_LEAVE_URL)."""
    trusted_proxies: int = 0
    """Proxies whose X-Forwarded-For is believed, for limits in memory only (TOLQYN_TRUSTED_PROXIES)."""
    backup_to: tuple[str, ...] = ()
    """Public keys to which backups are sealed, a comma between two (TOLQYN_BACKUP_TO)."""

    def __post_init__(self) -> None:
        if self.plain_http and self.host not in LOOPBACK:
            raise Refused(
                Reason(
                    expected="TOLQYN_PLAIN_HTTP=on only together with a loopback address",
                    found=f"host {self.host}",
                    hint="unset it and put a TLS proxy in front, or serve with --host 127.0.0.1",
                    path="TOLQYN_PLAIN_HTTP",
                )
            )

    @property
    def keys(self) -> Path:
        """Folder of the wave keys and the server secret."""
        return self.home / "keys"

    @property
    def releases(self) -> Path:
        """Folder of all releases, STUDY/WAVE/N."""
        return self.home / "releases"

    @property
    def base_url(self) -> str:
        """Start of every printed address, without a slash at the end."""
        return self.public_url.rstrip("/") or f"http://127.0.0.1:{self.port}"

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> "Config":
        """Settings of this process. Raises Refused naming the variable that cannot be read."""
        env = os.environ if environ is None else environ
        home = Path(env.get("TOLQYN_HOME") or "var").absolute()
        return cls(
            home=home,
            database_url=_database_url(env.get("TOLQYN_DATABASE_URL") or f"sqlite:///{home}/tolqyn.sqlite"),
            host=env.get("TOLQYN_HOST") or "127.0.0.1",
            port=_number(env, "PORT", 8000),
            plain_http=_switch(env, "TOLQYN_PLAIN_HTTP", default=False),
            two_person=_switch(env, "TOLQYN_TWO_PERSON", default=True),
            public_url=env.get("TOLQYN_PUBLIC_URL", ""),
            leave_url=_address(env, "TOLQYN_LEAVE_URL", cls.leave_url),
            trusted_proxies=_count(env, "TOLQYN_TRUSTED_PROXIES", 0),
            backup_to=tuple(env.get("TOLQYN_BACKUP_TO", "").replace(",", " ").split()),
        )


def study_today() -> date:
    """Today in the study's time zone."""
    return datetime.now(STUDY_ZONE).date()


def _database_url(text: str) -> str:
    url = re.sub(r"^postgres(ql)?://", "postgresql+psycopg://", text)
    if not url.startswith(("sqlite:///", "postgresql+psycopg://")) or not _readable(url):
        raise Refused(
            Reason(
                expected="an address that begins with sqlite:/// or postgresql://",
                found=re.sub(r"://[^@]*@", "://…@", text),
                hint="TOLQYN_DATABASE_URL=postgresql://USER@HOST/DATABASE",
                path="TOLQYN_DATABASE_URL",
            )
        )
    return url


def _readable(url: str) -> bool:
    try:
        make_url(url)
    except (ArgumentError, ValueError):
        return False
    return True


def _number(env: Mapping[str, str], name: str, default: int) -> int:
    text = env.get(name) or str(default)
    if not (text.isascii() and text.isdigit()) or int(text) > 65535:
        raise Refused(Reason("a port number", repr(text), f"{name}={default}", path=name))
    return int(text)


def _count(env: Mapping[str, str], name: str, default: int) -> int:
    text = env.get(name) or str(default)
    if not re.fullmatch("[0-9]", text):
        raise Refused(Reason("a number from 0 to 9", repr(text), f"{name}=1", path=name))
    return int(text)


def _address(env: Mapping[str, str], name: str, default: str) -> str:
    text = env.get(name) or default
    if not re.fullmatch(r"https?://[^\s;,'\"/]+(/[^\s;,'\"]*)?", text):
        raise Refused(Reason("a whole web address", repr(text), f"{name}={default}", path=name))
    return text


def _switch(env: Mapping[str, str], name: str, *, default: bool) -> bool:
    text = env.get(name) or ("on" if default else "off")
    if text not in ("on", "off"):
        raise Refused(Reason("on or off", repr(text), f"{name}={'on' if default else 'off'}", path=name))
    return text == "on"
