"""What the browser keeps between two pages: a `State` in, a signed value for its cookie out, and back.

The cookie is scoped to one wave's address and says nothing about answers.
"""

import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, cast

from flask import Response
from itsdangerous import BadSignature, SignatureExpired

from survey.interview import cookies
from survey.interview.stay import Stay
from survey.signing import Signer, TimedSerializer

COOKIE = "s"
ASKED = "1"
"""What the cookie holds while it is only asked whether the browser keeps any."""
LIFETIME = 12 * 3600
"""Seconds for which a form may be sent, and its browser shows earlier answers again."""
MARK = 12
"""Hexadecimal digits of a mark."""
KEPT = 30 * 24 * 3600
"""Seconds after the last page for which a browser may go on without its code: far more than a form's."""


HANDED, ALOUD = "handed", "aloud"
"""What `State.hands` says: the respondent has the device, or would rather be asked; else nothing."""


class CookieError(ValueError):
    """The cookie is not one this server made."""


class TicketError(ValueError):
    """A form's signature is missing, belongs to another interview or page, or is too old."""


@dataclass(frozen=True)
class State:
    """One browser's place in one interview."""

    ballot: str
    language: str
    batch: int | None = None
    mine: int = 0
    """Bit N is set when this browser saved page N: only such a page shows its answers again."""
    end: str = ""
    """How an interview of which nothing is kept ended: this browser cannot begin it again."""

    asked: int = 0
    """Page whose blanks were asked about: there a blank is now accepted."""
    trap: bool = False
    """Whether a field that no person sees was filled in at the beginning."""
    panel: str = ""
    """An access panel's mark of its respondent, for the way back; stored nowhere else."""
    replaced: int = 0
    """Page whose answers, saved since its form was made, gave way to others: said on the next page."""
    late: bool = False
    """Whether answers came after the end of the interview: said on the last page."""
    interviewer: int | None = None
    """Whoever asks, by number; None where nobody does."""
    others: bool | None = None
    """Whether others could hear or see, as the interviewer said; None until then."""
    hands: str = ""
    """Who holds an interviewer's device."""
    stage: int = 0
    """The wave's stage in which it began: what was begun in a pilot does not go on after it."""
    seat: str = ""
    """By what this browser is known to have begun with an invitation; empty for every other way in."""
    held: int = 0
    """Page that another browser had saved, and what this one sent was not taken: said on the next page."""
    paused: bool = False
    """Whether the last page was longer ago than a form lives; said of a cookie, not kept in it."""

    def saved(self, page: int) -> "State":
        """The state after this browser saved the page."""
        return replace(self, mine=self.mine | 1 << page)

    def echoes(self, page: int) -> bool:
        """Whether the page's answers may be shown in this browser."""
        return bool(self.mine >> page & 1)


@dataclass(frozen=True)
class Seals:
    """Signs and checks what travels through the browser of one wave's respondents."""

    secrets: tuple[bytes, ...]
    """The last one signs; what any of them signed is valid."""
    alias: str

    def cookie(self, state: State) -> str:
        """The cookie value of a state."""
        return self._cookies.dumps(
            [
                state.ballot,
                state.language,
                state.batch,
                state.mine,
                state.end,
                state.asked,
                state.trap,
                state.panel,
                state.replaced,
                state.late,
                state.interviewer,
                state.others,
                state.hands,
                state.stage,
                state.seat,
                state.held,
            ]
        )

    def state(self, cookie: str | None) -> State | None:
        """The state in a cookie; None when there is none or it is too old. Raises CookieError.

        After a long pause somebody else may hold the device: earlier answers are no longer shown.
        """
        if not cookie or cookie == ASKED:
            return None
        try:
            kept, written = self._cookies.loads(cookie, max_age=KEPT, return_timestamp=True)
            state = State(*kept)
        except SignatureExpired:
            return None
        except (BadSignature, TypeError) as error:
            raise CookieError from error
        return replace(state, mine=0, paused=True) if time.time() - written.timestamp() > LIFETIME else state

    def language(self, cookie: str | None) -> str | None:
        """The language in a cookie of ours, however old; None for any other."""
        try:
            return cast("str", self._cookies.loads(cookie)[1]) if cookie else None
        except (BadSignature, LookupError, TypeError):
            return None

    def form(self, state: State, page: str, stay: Stay = Stay()) -> str:  # noqa: B008  frozen
        """A form's token, bound to interview and page: when it was served, and the stay until then."""
        return self._forms(state, page).sign(str(stay)).decode()

    def stay(self, state: State, page: str, token: str) -> Stay:
        """The stay on that page, the seconds since the form was served included. Raises TicketError."""
        forms = self._forms(state, page)
        try:
            signed, served = forms.unsign(token, max_age=LIFETIME, return_timestamp=True)
        except BadSignature as error:
            raise TicketError from error
        since = forms.get_timestamp() - int(served.timestamp())
        return Stay.read(signed.decode()).after(max(0, since))

    def count(self, interviewer: int, seen: int) -> str:
        """The token of a form that counts one contact: it holds how many were counted before."""
        return self._counts(interviewer).sign(str(seen)).decode()

    def counted(self, interviewer: int, token: str) -> int | None:
        """How many had been counted when the form was shown; None for a form too old or not ours."""
        try:
            return int(self._counts(interviewer).unsign(token, max_age=LIFETIME))
        except BadSignature:
            return None

    def _counts(self, interviewer: int) -> Signer:
        return Signer(list(self.secrets), salt=f"contact:{self.alias}:{interviewer}")

    def mark(self, state: State, page: str, stored: Mapping[str, Any]) -> str:
        """Stands for what was stored of the page when its form was made; keyed, it betrays nothing."""
        return self._marks(state, page, stored)[-1]

    def is_mark(self, mark: str, state: State, page: str, stored: Mapping[str, Any]) -> bool:
        """Whether that is stored of the page for which the mark stands."""
        return mark in self._marks(state, page, stored)

    def _marks(self, state: State, page: str, stored: Mapping[str, Any]) -> list[str]:
        text = f"stored:{self.alias}:{state.ballot}:{page}:{json.dumps(stored, sort_keys=True)}"
        return [hmac.new(key, text.encode(), hashlib.sha256).hexdigest()[:MARK] for key in self.secrets]

    @property
    def _cookies(self) -> TimedSerializer:
        return _serializer(self.secrets, self.alias)

    def _forms(self, state: State, page: str) -> Signer:
        stage = f":{state.stage}" if state.stage else ""
        return Signer(list(self.secrets), salt=f"form:{self.alias}:{state.ballot}:{page}{stage}")


@lru_cache(maxsize=64)
def _serializer(secrets: tuple[bytes, ...], alias: str) -> TimedSerializer:
    """One a wave: to make it costs more than to use it."""
    return TimedSerializer(list(secrets), salt=f"interview:{alias}")


def keep(response: Response, cookie: str, *, alias: str, secure: bool) -> None:
    """Put the cookie into the response, for this wave's address only and until the browser closes."""
    name = cookies.name(COOKIE, secure=secure)
    response.set_cookie(name, cookie, path=f"/s/{alias}", secure=secure, httponly=True, samesite="Lax")


def forget(response: Response, *, alias: str, secure: bool) -> None:
    """Remove the cookie."""
    name = cookies.name(COOKIE, secure=secure)
    response.delete_cookie(name, path=f"/s/{alias}", secure=secure, httponly=True, samesite="Lax")
