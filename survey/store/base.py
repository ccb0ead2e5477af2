"""What all tables share: names of constraints, no hidden row numbers, one of several words."""

from sqlalchemy import (
    CheckConstraint,
    MetaData,
)
from sqlalchemy.orm import DeclarativeBase

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

WAVE_STATES = ("draft", "pilot", "open", "closing", "closed", "released", "frozen")
UNFIELDED, IN_FIELD, CLOSED = WAVE_STATES[:2], WAVE_STATES[1:4], WAVE_STATES[4:]
"""Before respondents are asked; while answers are taken; once there are no ballots any more.

Frozen: figures of a release are published (survey/store/freezing.py)."""
SAMPLE_TYPES = ("probability", "nonprobability")
ACCESS = ("invited", "open")
BALLOT_STATES = ("started", "complete", "stopped", "screenout", "withdrawn")
INTERVIEW_STATES = ("complete", "partial", "breakoff")
RESPONDENT = {"sqlite_with_rowid": False}
"""A hidden row number would keep the order of arrival."""


class Base(DeclarativeBase):
    """All tables, with constraint names that are the same on SQLite and PostgreSQL."""

    metadata = MetaData(naming_convention=NAMING)


def one_of(column: str, words: tuple[str, ...]) -> CheckConstraint:
    """The column holds one of the words and nothing else."""
    listed = ", ".join(f"'{word}'" for word in words)
    return CheckConstraint(f"{column} IN ({listed})", name=column)
