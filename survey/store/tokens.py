"""Programs' keys to the HTTP API: a name and scopes in, a token out; only its hash is stored."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import date

from sqlalchemy import JSON, Boolean, Date, Integer, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from survey.refusal import Reason, Refused
from survey.store.base import Base

SCOPES = ("waves:read", "monitor:read", "releases:read", "codebooks:read", "estimates:read")
"""What a token may open; none opens an answer."""
PREFIX = "tolqyn_"
"""So that whoever finds one in a file knows what it is."""


class ApiToken(Base):
    """One program's token."""

    __tablename__ = "api_token"
    __table_args__ = (UniqueConstraint("name"), UniqueConstraint("token_hash"))

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    token_hash: Mapped[str] = mapped_column(String(64))
    """SHA-256: the token has 256 random bits, so nothing slower is needed."""
    scopes: Mapped[list[str]] = mapped_column(JSON)
    made_on: Mapped[date] = mapped_column(Date)
    expires_on: Mapped[date] = mapped_column(Date)
    """The last day on which it opens anything."""
    revoked: Mapped[bool] = mapped_column(Boolean, default=False)


def add_token(session: Session, name: str, scopes: Sequence[str], today: date, expires_on: date) -> str:
    """Store a token and return it; it exists nowhere else. Raises Refused with every reason."""
    reasons = [
        Reason(f"one of {', '.join(SCOPES)}", repr(scope), path="--scope")
        for scope in scopes
        if scope not in SCOPES
    ]
    if not scopes:
        reasons.append(
            Reason(f"at least one of {', '.join(SCOPES)}", "none", "--scope waves:read", path="--scope")
        )
    if not name.strip() or len(name) > 60:
        reasons.append(Reason("a name of 1 to 60 letters", repr(name), path="NAME"))
    if expires_on <= today:
        reasons.append(Reason("a day after today", str(expires_on), "--days 90", path="--days"))
    if session.scalar(select(ApiToken.id).where(ApiToken.name == name)) is not None:
        reasons.append(
            Reason("a new name", name, "names of revoked tokens stay taken: choose another", path="NAME")
        )
    if reasons:
        raise Refused(*reasons)
    token = PREFIX + secrets.token_urlsafe(32)
    session.add(
        ApiToken(
            name=name,
            token_hash=hash_of(token),
            scopes=sorted(set(scopes)),
            made_on=today,
            expires_on=expires_on,
            revoked=False,
        )
    )
    session.flush()
    return token


def find_token(session: Session, token: str, today: date) -> ApiToken | None:
    """The token's row; None for one that is unknown, revoked or over. Which of them it is, nobody is told.

    Looking for a hash leaks no time of use: whoever can choose the hash of what he sends has broken SHA-256.
    """
    found = session.scalar(select(ApiToken).where(ApiToken.token_hash == hash_of(token)))
    if found is None or found.revoked or found.expires_on < today:
        return None
    return found


def revoke_token(session: Session, name: str) -> None:
    """It opens nothing from now on. Raises Refused for a name nobody has."""
    found = session.scalar(select(ApiToken).where(ApiToken.name == name))
    if found is None:
        known = ", ".join(token.name for token in all_tokens(session)) or "none yet (tolqyn token add)"
        raise Refused(Reason("the name of a token", repr(name), f"tokens here: {known}", rule="no_token"))
    found.revoked = True
    session.flush()


def all_tokens(session: Session) -> list[ApiToken]:
    """Every token by name, revoked ones too."""
    return list(session.scalars(select(ApiToken).order_by(ApiToken.name)))


def hash_of(token: str) -> str:
    """What is stored of a token."""
    return hashlib.sha256(token.encode()).hexdigest()
