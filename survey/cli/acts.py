"""An act of whoever types a command in, an entry of the audit log out."""

import getpass
from typing import Any

from sqlalchemy.orm import Session

from survey.config import study_today
from survey.store import audit
from survey.store.models import Wave


def note(session: Session, what: str, subject: Wave | str, by: str = "", **detail: Any) -> None:
    """In the command's own transaction: `what` as `wave.open`, with counts and names, never an answer."""
    named = subject if isinstance(subject, str) else f"{subject.study}/{subject.name}"
    audit.record(session, actor=actor(by), what=what, subject=named, day=study_today(), detail=detail)


def actor(by: str = "") -> str:
    """Who types: the system's user, and the name given beside it."""
    return f"shell:{_user()}" + (f" as {by}" if by else "")


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"
