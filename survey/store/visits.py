"""The tables of fieldwork besides interviews: interviewers, contacts, paper forms, used codes."""

from sqlalchemy import (
    ForeignKey,
    Integer,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from survey.store.base import RESPONDENT, Base


class Interviewer(Base):
    """An interviewer's link into a wave, for one sampling point or for all; many interviews begin with it."""

    __tablename__ = "interviewer"
    __table_args__ = (UniqueConstraint("wave", "name", "batch"), UniqueConstraint("wave", "token_hash"))

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    wave: Mapped[int] = mapped_column(ForeignKey("wave.id"))
    name: Mapped[str] = mapped_column(String(20))
    """The office's number for a person; the cluster of all interviews under it."""
    batch: Mapped[int | None] = mapped_column(ForeignKey("batch.id"))
    token_hash: Mapped[str | None] = mapped_column(String(64))
    """None once the wave is closed."""
    contacts: Mapped[int] = mapped_column(Integer, default=0)
    """How many contacts without an interview were counted: the next form must know it."""


class Contact(Base):
    """How many of an interviewer's contacts gave no interview, by why: no address, no time, no person."""

    __tablename__ = "contact"

    interviewer: Mapped[int] = mapped_column(ForeignKey("interviewer.id"), primary_key=True)
    outcome: Mapped[str] = mapped_column(String(20), primary_key=True)
    count: Mapped[int] = mapped_column(Integer)


class PaperBatch(Base):
    """A batch of printed forms: a range of numbers and what they were printed from; never updated."""

    __tablename__ = "paper_batch"

    batch: Mapped[int] = mapped_column(ForeignKey("batch.id"), primary_key=True)
    wave: Mapped[int] = mapped_column(ForeignKey("wave.id"))
    first: Mapped[int] = mapped_column(Integer)
    last: Mapped[int] = mapped_column(Integer)
    language: Mapped[str] = mapped_column(String(10))
    fingerprint: Mapped[str] = mapped_column(ForeignKey("instrument_version.fingerprint"))


class PaperForm(Base):
    """What tells an entered form that is entered again from one with other content; not its number."""

    __tablename__ = "paper_form"
    __table_args__ = (RESPONDENT,)

    ballot: Mapped[str] = mapped_column(ForeignKey("ballot.ballot", ondelete="CASCADE"), primary_key=True)
    content: Mapped[str] = mapped_column(String(64))
    """Hex HMAC-SHA-256 of all that was entered, under the wave's key."""


class PaperEntry(Base):
    """How well two clerks agreed, over all forms of a wave that were entered."""

    __tablename__ = "paper_entry"

    wave: Mapped[int] = mapped_column(ForeignKey("wave.id"), primary_key=True)
    forms: Mapped[int] = mapped_column(Integer)
    cells: Mapped[int] = mapped_column(Integer)
    """Cells that at least one of them filled in."""
    mismatches: Mapped[int] = mapped_column(Integer)


class UsedCode(Base):
    """How often used invitations of a wave were tried again: no code, no time, no person."""

    __tablename__ = "used_code"

    wave: Mapped[int] = mapped_column(ForeignKey("wave.id"), primary_key=True)
    count: Mapped[int] = mapped_column(Integer)
