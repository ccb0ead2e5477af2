"""What signing in needs to remember: sessions, single-use links, challenges and failures, each by its hash.

These are the office's own people: that a session ends needs the time of day, in seconds. Nothing here leads
to a respondent, and nothing here is kept longer than it is needed.
"""

import hashlib
import secrets

from sqlalchemy import BigInteger, ForeignKey, Integer, String, Text, case, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from survey.store.base import Base, one_of
from survey.store.dialects import insert

LEVELS = ("password", "enrol", "full")
"""`password`: the second factor is awaited; `enrol`: it has to be set up; `full`: signed in."""
PURPOSES = ("invite", "reset")
IDLE, LONGEST = 30 * 60, 12 * 3600
"""Seconds without a page, and since signing in, after which a session is over."""
HALF = 10 * 60
"""Seconds for the second factor."""
SEEN_EVERY = 60
"""Seconds: a session's last page is written down no oftener."""
CHALLENGE = 5 * 60


class StaffSession(Base):
    """One browser in which somebody is signed in, or on the way to it."""

    __tablename__ = "staff_session"
    __table_args__ = (one_of("level", LEVELS),)

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16))
    """What the list of one's own sessions calls it; opens nothing."""
    account: Mapped[int] = mapped_column(ForeignKey("account.id"))
    level: Mapped[str] = mapped_column(String(10))
    begun: Mapped[int] = mapped_column(BigInteger)
    seen: Mapped[int] = mapped_column(BigInteger)
    proved: Mapped[int] = mapped_column(BigInteger)
    """When a second factor was last shown; 0 never."""
    browser: Mapped[str] = mapped_column(String(60))
    """Its name and system, for its owner to know it by."""
    pending: Mapped[str | None] = mapped_column(Text)
    """A sealed seed of one-time codes that waits for its first code."""


class AccountLink(Base):
    """A link that lets somebody choose a password, once."""

    __tablename__ = "account_link"
    __table_args__ = (one_of("purpose", PURPOSES),)

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    account: Mapped[int] = mapped_column(ForeignKey("account.id"))
    purpose: Mapped[str] = mapped_column(String(10))
    expires: Mapped[int] = mapped_column(BigInteger)


class Challenge(Base):
    """What a passkey was asked to sign, once."""

    __tablename__ = "passkey_challenge"

    challenge_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    purpose: Mapped[str] = mapped_column(String(80))
    """`enter`, or `add:` and `prove:` with a session's hash."""
    expires: Mapped[int] = mapped_column(BigInteger)


class Failure(Base):
    """How often signing in failed under a key that tells no name."""

    __tablename__ = "sign_in_failure"

    failure_key: Mapped[str] = mapped_column(String(64), primary_key=True)
    count: Mapped[int] = mapped_column(Integer)
    since: Mapped[int] = mapped_column(BigInteger)


def hashed(token: str) -> str:
    """What is stored of a token of 256 random bits."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def new_token() -> str:
    """256 random bits as text."""
    return secrets.token_urlsafe(32)


def begin(session: Session, account: int, level: str, browser: str, now: int, *, proved: int = 0) -> str:
    """A new session's token, which is stored nowhere."""
    token = new_token()
    made = StaffSession(
        token_hash=hashed(token),
        public_id=secrets.token_hex(8),
        account=account,
        level=level,
        begun=now,
        seen=now,
        proved=proved,
        browser=browser[:60],
    )
    session.add(made)
    session.flush()
    return token


def find(session: Session, token: str, now: int) -> StaffSession | None:
    """The session of a token that is not over."""
    found = session.scalar(select(StaffSession).where(StaffSession.token_hash == hashed(token)))
    return None if found is None or over(found, now) else found


def over(found: StaffSession, now: int) -> bool:
    """Whether the session has ended by itself. A clock put back ends it, too."""
    longest = LONGEST if found.level == "full" else HALF
    return not (
        now - found.seen + SEEN_EVERY >= 0 and now - found.seen < IDLE and now - found.begun < longest
    )


def rotate(session: Session, found: StaffSession, **changes: str | int | None) -> str:
    """The session goes on under another token; the former opens nothing any more."""
    token = new_token()
    made = StaffSession(
        token_hash=hashed(token),
        **{
            name: changes.get(name, getattr(found, name))
            for name in ("public_id", "account", "level", "begun", "seen", "proved", "browser", "pending")
        },
    )
    session.execute(delete(StaffSession).where(StaffSession.token_hash == found.token_hash))
    session.add(made)
    session.flush()
    return token


def end(session: Session, token: str) -> None:
    """This one."""
    session.execute(delete(StaffSession).where(StaffSession.token_hash == hashed(token)))


def end_all(session: Session, account: int, but: str = "") -> int:
    """Every session of an account, except the one with that hash; how many there were."""
    query = delete(StaffSession).where(StaffSession.account == account, StaffSession.token_hash != but)
    return len(session.scalars(query.returning(StaffSession.token_hash)).all())


def end_one(session: Session, account: int, public_id: str) -> bool:
    """One of the account's own, by its name in the list."""
    query = delete(StaffSession).where(StaffSession.account == account, StaffSession.public_id == public_id)
    return session.execute(query.returning(StaffSession.token_hash)).first() is not None


def sessions_of(session: Session, account: int, now: int) -> list[StaffSession]:
    """Those that are not over, the newest first."""
    query = select(StaffSession).where(StaffSession.account == account).order_by(StaffSession.begun.desc())
    return [found for found in session.scalars(query) if not over(found, now)]


def forget_old(session: Session, now: int) -> None:
    """Delete what is over: sessions, links, challenges, failures."""
    session.execute(delete(StaffSession).where(StaffSession.begun < now - LONGEST))
    session.execute(delete(AccountLink).where(AccountLink.expires < now))
    session.execute(delete(Challenge).where(Challenge.expires < now))
    session.execute(delete(Failure).where(Failure.since < now - LONGEST))


def add_link(session: Session, account: int, purpose: str, expires: int) -> str:
    """A link's token; former links of the account open nothing any more."""
    session.execute(delete(AccountLink).where(AccountLink.account == account))
    token = new_token()
    session.add(AccountLink(token_hash=hashed(token), account=account, purpose=purpose, expires=expires))
    session.flush()
    return token


def find_link(session: Session, token: str, now: int) -> AccountLink | None:
    """The link, while it is good; looking does not spend it."""
    found = session.scalar(select(AccountLink).where(AccountLink.token_hash == hashed(token)))
    return None if found is None or found.expires < now else found


def spend_link(session: Session, token: str, now: int) -> AccountLink | None:
    """The link, which is gone now; of two at once one gets it."""
    found = find_link(session, token, now)
    query = delete(AccountLink).where(AccountLink.token_hash == hashed(token))
    gone = session.execute(query.returning(AccountLink.token_hash)).first()
    return found if gone else None


def add_challenge(session: Session, challenge: bytes, purpose: str, now: int) -> None:
    """Remember what was asked."""
    session.add(
        Challenge(
            challenge_hash=hashlib.sha256(challenge).hexdigest(), purpose=purpose, expires=now + CHALLENGE
        )
    )
    session.flush()


def spend_challenge(session: Session, challenge: bytes, purpose: str, now: int) -> bool:
    """Whether that was asked for that purpose; it is not any more."""
    query = delete(Challenge).where(
        Challenge.challenge_hash == hashlib.sha256(challenge).hexdigest(),
        Challenge.purpose == purpose,
        Challenge.expires >= now,
    )
    return session.execute(query.returning(Challenge.challenge_hash)).first() is not None


def count_failure(session: Session, key: str, now: int, seconds: int, tries: int = 1) -> int:
    """One more try under the key, or several; how many there are in the present window."""
    statement = insert(session, Failure).values(failure_key=key, count=tries, since=now)
    fresh = Failure.since <= now - seconds
    statement = statement.on_conflict_do_update(
        index_elements=["failure_key"],
        set_={
            "count": case((fresh, tries), else_=Failure.count + tries),
            "since": case((fresh, now), else_=Failure.since),
        },
    )
    return int(session.execute(statement.returning(Failure.count)).scalar_one())


def forget_failures(session: Session, key: str) -> None:
    """Somebody got in."""
    session.execute(delete(Failure).where(Failure.failure_key == key))
