"""The instance's settings: environment variables in, one frozen `Config` out."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from survey.addresses import database_url
from survey.refusal import Reason, Refused

LANGUAGES = ("kk", "ru", "uz", "en")
"""Interface languages, in the order the landing page offers them."""

HOME_ZONE = "Asia/Almaty"
STUDY_ZONE = timezone(timedelta(hours=5), "Asia/Almaty")
"""Kazakhstan has kept one time, UTC+5 without summer time, since 1 March 2024."""

FACES = ("public", "console")
"""What a server shows: respondents' pages, results and API; the office's pages."""

ONION = ".onion"
LOOPBACK = ("127.0.0.1", "::1", "localhost")
LONGEST_SOCKET = 100
"""Bytes of a socket's path: the system takes 107 at most."""


@dataclass(frozen=True)
class Config:
    """Everything that differs between two instances of the same code."""

    home: Path = Path("var")
    """Keys and releases live below it (TOLQYN_HOME)."""
    database_url: str = "sqlite:///var/tolqyn.sqlite"
    """SQLAlchemy address (TOLQYN_DATABASE_URL)."""
    host: str = "127.0.0.1"
    port: int = 8000
    socket: str = ""
    """A socket in the file system to listen on in place of host and port (TOLQYN_SOCKET)."""
    plain_http: bool = False
    """Cookies without `Secure`; refused unless the bind is a loopback address (TOLQYN_PLAIN_HTTP=on)."""
    two_person: bool = True
    """A wave is closed by a second person (TOLQYN_TWO_PERSON=off switches that off)."""
    public_url: str = ""
    """Where respondents reach the server, for invitation links (TOLQYN_PUBLIC_URL)."""
    console_url: str = ""
    """Where the office's people reach the console, for links and passkeys (TOLQYN_CONSOLE_URL)."""
    faces: tuple[str, ...] = FACES
    """What this process serves (TOLQYN_FACES=public, console or both)."""
    hosts: tuple[str, ...] = ()
    """Further names by which requests may call this server, a comma between two (TOLQYN_HOSTS)."""
    leave_url: str = "https://www.google.com/search?q=weather"
    """The neutral page that "Leave this page now" opens (TOLQYN_LEAVE_URL)."""
    hsts_subdomains: bool = True
    """Names below the server's are told to be reached over TLS alone too (TOLQYN_HSTS_SUBDOMAINS)."""
    trusted_proxies: int = 0
    """Proxies whose X-Forwarded-For is believed, for limits in memory only (TOLQYN_TRUSTED_PROXIES)."""
    log_json: bool = False
    """The server's log as JSON lines instead of plain words (TOLQYN_LOG=json)."""
    backup_to: tuple[str, ...] = ()
    """Public keys to which backups are sealed, a comma between two (TOLQYN_BACKUP_TO)."""
    backup_days: int = 14
    """Days after which every copy of a backup is gone, as respondents are told (TOLQYN_BACKUP_DAYS)."""

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

        if self.socket and not self.trusted_proxies:
            # Without it all that come through the proxy look like nobody, and no limit holds for anybody.
            raise Refused(
                Reason(
                    expected="TOLQYN_TRUSTED_PROXIES=1 together with a socket, which a proxy alone opens",
                    found="0",
                    hint="TOLQYN_TRUSTED_PROXIES=1",
                    path="TOLQYN_TRUSTED_PROXIES",
                )
            )

    @property
    def names(self) -> tuple[str, ...]:
        """The names by which a request may call this server; () for any, where nobody said what it is called.

        A name that leads here by somebody else's doing (DNS rebinding, a forged `Host`) opens nothing.
        """
        told = [
            urlsplit(address).hostname or "" for address in (self.public_url, self.console_url) if address
        ]
        if not told and not self.hosts:
            return LOOPBACK if self.host in LOOPBACK and self.plain_http else ()
        return tuple(dict.fromkeys([*told, *self.hosts, *LOOPBACK]))

    @property
    def fronted(self) -> bool:
        """Whether others come here by way of this machine: through a proxy, or through an onion service."""
        return bool(self.trusted_proxies) or any(name.endswith(ONION) for name in self.names)

    @property
    def keys(self) -> Path:
        """Folder of the wave keys and the server secret."""
        return keys_below(self.home)

    @property
    def releases(self) -> Path:
        """Folder of all releases, STUDY/WAVE/N."""
        return self.home / "releases"

    @property
    def published(self) -> Path:
        """Folder of the register of what was published, STUDY/NNNNNN.json."""
        return self.home / "published"

    @property
    def tables(self) -> Path:
        """Folder of the office's lists of tables, STUDY/WAVE/LANGUAGE.json."""
        return self.home / "tables"

    @property
    def rows(self) -> Path:
        """Folder of the rows that may be given to analysts, STUDY/WAVE/N-FINGERPRINT.zip."""
        return self.home / "rows"

    @property
    def bundles(self) -> Path:
        """Folder where the console looks for bundles, STUDY-WAVE.zip."""
        return self.home / "bundles"

    @property
    def base_url(self) -> str:
        """Start of every printed address, without a slash at the end."""
        return self.public_url.rstrip("/") or f"http://127.0.0.1:{self.port}"

    @property
    def console_address(self) -> str:
        """The same for the console. `localhost`, because passkeys know no host in figures."""
        return (self.console_url or self.public_url).rstrip("/") or f"http://localhost:{self.port}"

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> "Config":
        """Settings of this process. Raises Refused naming the variable that cannot be read."""
        env = os.environ if environ is None else environ
        home = Path(env.get("TOLQYN_HOME") or "var").absolute()
        return cls(
            home=home,
            database_url=database_url(env, f"sqlite:///{home}/tolqyn.sqlite"),
            host=env.get("TOLQYN_HOST") or "127.0.0.1",
            port=_number(env, "PORT", 8000),
            socket=_socket(env.get("TOLQYN_SOCKET", "")),
            plain_http=_switch(env, "TOLQYN_PLAIN_HTTP", default=False),
            two_person=_switch(env, "TOLQYN_TWO_PERSON", default=True),
            public_url=env.get("TOLQYN_PUBLIC_URL", ""),
            console_url=env.get("TOLQYN_CONSOLE_URL", ""),
            faces=_faces(_word(env, "TOLQYN_FACES", ("both", *FACES))),
            hosts=tuple(env.get("TOLQYN_HOSTS", "").replace(",", " ").split()),
            leave_url=_address(env, "TOLQYN_LEAVE_URL", cls.leave_url),
            hsts_subdomains=_switch(env, "TOLQYN_HSTS_SUBDOMAINS", default=True),
            trusted_proxies=_count(env, "TOLQYN_TRUSTED_PROXIES", 0),
            log_json=_word(env, "TOLQYN_LOG", ("plain", "json")) == "json",
            backup_to=tuple(env.get("TOLQYN_BACKUP_TO", "").replace(",", " ").split()),
            backup_days=_days(env, "TOLQYN_BACKUP_DAYS", cls.backup_days),
        )


def _faces(word: str) -> tuple[str, ...]:
    return FACES if word == "both" else (word,)


def keys_below(home: Path) -> Path:
    """Folder of the keys of an instance."""
    return home / "keys"


def study_today(zone: str = HOME_ZONE, moment: datetime | None = None) -> date:
    """Today in the time zone of a study, or the day there at a moment that knows its own zone."""
    return (moment or datetime.now(UTC)).astimezone(zone_of(zone)).date()


@lru_cache(maxsize=64)
def zone_of(name: str) -> tzinfo:
    """The time zone of that name in the IANA database. Raises Refused for one that is none."""
    if name == HOME_ZONE:
        return STUDY_ZONE
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        expected = "a time zone of the IANA database"
        hint = "time_zone: Asia/Almaty   (names: en.wikipedia.org/wiki/List_of_tz_database_time_zones)"
        raise Refused(Reason(expected, repr(name), hint, "time_zone", "time_zone")) from error


def _socket(text: str) -> str:
    if text and not (text.startswith("/") and len(text.encode()) <= LONGEST_SOCKET):
        expected = f"a whole path of at most {LONGEST_SOCKET} bytes"
        raise Refused(
            Reason(expected, repr(text), "TOLQYN_SOCKET=/run/tolqyn/web.sock", path="TOLQYN_SOCKET")
        )
    return text


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


def _days(env: Mapping[str, str], name: str, default: int) -> int:
    text = env.get(name) or str(default)
    if not re.fullmatch("[1-9][0-9]{0,2}", text):
        raise Refused(Reason("a number of days from 1 to 999", repr(text), f"{name}={default}", path=name))
    return int(text)


def _address(env: Mapping[str, str], name: str, default: str) -> str:
    text = env.get(name) or default
    if not re.fullmatch(r"https?://[^\s;,'\"/]+(/[^\s;,'\"]*)?", text):
        raise Refused(Reason("a whole web address", repr(text), f"{name}={default}", path=name))
    return text


def _word(env: Mapping[str, str], name: str, words: tuple[str, ...]) -> str:
    """One of the words; the first where nothing is set."""
    text = env.get(name) or words[0]
    if text not in words:
        raise Refused(Reason(" or ".join(words), repr(text), f"{name}={words[0]}", path=name))
    return text


def _switch(env: Mapping[str, str], name: str, *, default: bool) -> bool:
    text = env.get(name) or ("on" if default else "off")
    if text not in ("on", "off"):
        raise Refused(Reason("on or off", repr(text), f"{name}={'on' if default else 'off'}", path=name))
    return text == "on"
