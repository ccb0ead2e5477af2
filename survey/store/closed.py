"""The tables of a closed wave: interviews under fresh random ids, answers, loose texts, counts, releases."""

from datetime import date

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Date,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    String,
    Text,
    UniqueConstraint,
    false,
)
from sqlalchemy.orm import Mapped, mapped_column

from survey.store.base import INTERVIEW_STATES, RESPONDENT, Base, one_of


class SealedText(Base):
    """Free text of a closed wave, cut loose from its interview."""

    __tablename__ = "sealed_text"
    __table_args__ = (RESPONDENT,)

    wave: Mapped[int] = mapped_column(ForeignKey("wave.id"), primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    """Random."""
    item: Mapped[str] = mapped_column(String(40))
    box: Mapped[str] = mapped_column(Text)


class Interview(Base):
    """One respondent's interview after the close, under a fresh random id."""

    __tablename__ = "interview"
    __table_args__ = (one_of("state", INTERVIEW_STATES), RESPONDENT)

    wave: Mapped[int] = mapped_column(ForeignKey("wave.id"), primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    """Random; unique within the wave."""
    state: Mapped[str] = mapped_column(String(10))
    language: Mapped[str] = mapped_column(String(10))
    mode: Mapped[str] = mapped_column(String(20))
    week: Mapped[date] = mapped_column(Date)
    duration: Mapped[int] = mapped_column(Integer)
    """Seconds over all pages: a class that five interviews share, as all paradata here (`store.paradata`)."""
    stratum: Mapped[str | None] = mapped_column(String(60))
    psu: Mapped[str | None] = mapped_column(String(60))
    fpc: Mapped[float | None] = mapped_column(Double)
    base_weight: Mapped[float] = mapped_column(Double)
    version: Mapped[int] = mapped_column(Integer, server_default="1")
    """Number of the version it began with."""
    page_seconds: Mapped[int | None] = mapped_column(Integer)
    pages: Mapped[int | None] = mapped_column(Integer)
    """How many were saved."""
    breakoff_page: Mapped[int | None] = mapped_column(Integer)
    """Where an unfinished interview stood."""
    changes: Mapped[int | None] = mapped_column(Integer)
    errors: Mapped[int | None] = mapped_column(Integer)
    trap: Mapped[bool] = mapped_column(Boolean, server_default=false())
    """Whether a field that no person sees was filled in."""
    interviewer: Mapped[str | None] = mapped_column(String(20))
    others_present: Mapped[bool | None] = mapped_column(Boolean)
    self_completed: Mapped[list[int] | None] = mapped_column(JSON(none_as_null=True))
    """Of an interviewer's interview: the pages its respondent answered alone."""


class Answer(Base):
    """One variable of one interview; a negative value is a `Missing` code."""

    __tablename__ = "answer"
    __table_args__ = (
        ForeignKeyConstraint(["wave", "interview"], ["interview.wave", "interview.id"], ondelete="CASCADE"),
        RESPONDENT,
    )

    wave: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    interview: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    variable: Mapped[str] = mapped_column(String(60), primary_key=True)
    value: Mapped[float] = mapped_column(Double)


class Disposition(Base):
    """How the ballots of a closed wave ended, as counts; all that is left of those without an interview."""

    __tablename__ = "disposition"

    wave: Mapped[int] = mapped_column(ForeignKey("wave.id"), primary_key=True)
    outcome: Mapped[str] = mapped_column(String(20), primary_key=True)
    count: Mapped[int] = mapped_column(Integer)


class Release(Base):
    """A release folder known to this instance, collected here or imported."""

    __tablename__ = "release"
    __table_args__ = (
        UniqueConstraint("study", "wave_name", "number"),
        one_of("source", ("collected", "imported")),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    study: Mapped[str] = mapped_column(String(60))
    wave_name: Mapped[str] = mapped_column(String(60))
    number: Mapped[int] = mapped_column(Integer)
    source: Mapped[str] = mapped_column(String(10))
    fingerprint: Mapped[str] = mapped_column(String(64))
    made_on: Mapped[date] = mapped_column(Date)
