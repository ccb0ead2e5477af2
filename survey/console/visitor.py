"""Who asks for a page: cookies in, a `Visitor` with account, session and grants out, and the cookies back."""

import secrets
import time
from dataclasses import dataclass

from flask import Response, g, request
from werkzeug.exceptions import Forbidden

from survey.config import LANGUAGES, study_today
from survey.console.room import room
from survey.people.entering import Browser
from survey.store import people, row_grants, sign_ins
from survey.store.models import Account, Grant, RowGrant, StaffSession

SESSION, VISIT, DEVICE, LANGUAGE = "tolqyn", "tolqyn-visit", "tolqyn-device", "tolqyn-lang"
KNOWN_FOR = 180 * 24 * 3600
FRESH = 10 * 60
"""Seconds for which a second factor counts as just shown."""
BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("YaBrowser", "Yandex"), ("Firefox", "Firefox"))
OTHERS = (("Chrome", "Chrome"), ("Safari", "Safari"))
SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"))
MORE_SYSTEMS = (("Mac OS", "macOS"), ("Linux", "Linux"))


@dataclass(frozen=True)
class Visitor:
    """One browser at the console."""

    browser: Browser
    visit: str
    """Binds forms to a browser in which nobody is signed in."""
    account: Account | None = None
    session: StaffSession | None = None
    grants: tuple[Grant, ...] = ()
    rows: tuple[RowGrant, ...] = ()
    """Given to the visitor, and not over today."""

    @property
    def level(self) -> str:
        """Of the session; empty without one."""
        return self.session.level if self.session else ""

    @property
    def binding(self) -> str:
        """What forms are bound to."""
        return self.session.token_hash if self.session else f"visit:{self.visit}"

    @property
    def name(self) -> str:
        """Who acts, for the record."""
        return self.account.name if self.account else "nobody"

    def holds(self, *roles: str) -> bool:
        """Whether one of the roles is held anywhere."""
        return any(grant.role in roles for grant in self.grants)


def arrive() -> Visitor:
    """The visitor of this request, with the session's last page written down now and then."""
    browser = Browser(_words(request.headers.get("User-Agent", "")), *reversed(room().device(_sent(DEVICE))))
    visit = _sent(VISIT) or secrets.token_urlsafe(16)
    token, now = _sent(SESSION), int(time.time())
    if not token:
        return Visitor(browser, visit)
    with room().database.reading() as session:
        found = sign_ins.find(session, token, now)
        account = session.get(Account, found.account) if found else None
        if found is None or account is None or account.disabled:
            return Visitor(browser, visit)
        grants = tuple(people.grants_of(session, account.id))
        rows = tuple(row_grants.rows_of(session, account.id, study_today()))
    if now - found.seen >= sign_ins.SEEN_EVERY:
        with room().database.writing() as session:
            mine = session.get(StaffSession, found.token_hash)
            if mine is not None:
                mine.seen = now
    return Visitor(browser, visit, account, found, grants, rows)


def visitor() -> Visitor:
    """Of this request."""
    found: Visitor = g.visitor
    return found


def me() -> tuple[Account, StaffSession]:
    """Whoever is signed in, on pages that let nobody else in."""
    found = visitor()
    if found.account is None or found.session is None:
        raise Forbidden
    return found.account, found.session


def session_token() -> str:
    """What the session's cookie holds."""
    return _sent(SESSION)


def is_fresh(session: StaffSession) -> bool:
    """Whether the second factor was just shown."""
    return 0 <= int(time.time()) - session.proved < FRESH


def language() -> str:
    """The visitor's, else the browser's."""
    found = visitor()
    for wanted in (_sent(LANGUAGE), found.account.language if found.account else ""):
        if wanted in LANGUAGES:
            return wanted
    return request.accept_languages.best_match(LANGUAGES) or LANGUAGES[0]


def let_in(response: Response, token: str) -> Response:
    """The response that gives the browser a session."""
    return put(response, SESSION, token)


def know_again(response: Response, owner: str) -> Response:
    """The response after which tries at this browser are counted for themselves."""
    browser = visitor().browser
    mark = browser.mark if browser.owner == owner and browser.mark else secrets.token_urlsafe(16)
    return put(response, DEVICE, room().device_mark(owner, mark), KNOWN_FOR)


def put(response: Response, name: str, value: str, seconds: int | None = None) -> Response:
    """A cookie that no script reads and no other host gets."""
    response.set_cookie(
        _name(name), value, max_age=seconds, path="/", secure=_secure(), httponly=True, samesite="Lax"
    )
    return response


def take(response: Response, name: str) -> Response:
    """The response that takes the cookie away."""
    response.delete_cookie(_name(name), path="/", secure=_secure(), httponly=True, samesite="Lax")
    return response


def _sent(name: str) -> str:
    return request.cookies.get(_name(name), "")[:1000]


def _name(name: str) -> str:
    """`__Host-`: browsers take such a cookie over TLS only, and for this host alone."""
    return f"__Host-{name}" if _secure() else name


def _secure() -> bool:
    return not room().config.plain_http


def _words(agent: str) -> str:
    """`Firefox, Linux`: enough to know one's own browser by, and nothing besides."""
    named = next((name for mark, name in (*BROWSERS, *OTHERS) if mark in agent), "")
    system = next((name for mark, name in (*SYSTEMS, *MORE_SYSTEMS) if mark in agent), "")
    return ", ".join(part for part in (named, system) if part)
