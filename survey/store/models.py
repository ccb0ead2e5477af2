"""The tables: what an instance keeps, and what it cannot keep.

Respondents' tables hold no time finer than a week, no address, no device, and no hidden row number (WITHOUT
ROWID); nothing leads from an invitation to a ballot without the wave's key, which is not in the database.
"""

from datetime import date
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Date,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    String,
    Text,
    UniqueConstraint,
    false,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

WAVE_STATES = ("draft", "pilot", "open", "closing", "closed", "released")
SAMPLE_TYPES = ("probability", "nonprobability")
ACCESS = ("invited", "open")
BALLOT_STATES = ("started", "complete", "stopped", "screenout", "withdrawn")
INTERVIEW_STATES = ("complete", "partial", "breakoff")
RESPONDENT = {"sqlite_with_rowid": False}
"""A hidden row number would keep the order of arrival."""


class Base(DeclarativeBase):
    """All tables, with constraint names that are the same on SQLite and PostgreSQL."""

    metadata = MetaData(naming_convention=NAMING)


def _one_of(column: str, words: tuple[str, ...]) -> CheckConstraint:
    listed = ", ".join(f"'{word}'" for word in words)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


class InstrumentVersion(Base):
    """A questionnaire as a wave asks it: canonical JSON under its SHA-256; never updated.

    Drafts of one version may differ; once a wave has opened with it, no other content has its number.
    """

    __tablename__ = "instrument_version"

    fingerprint: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    version: Mapped[str] = mapped_column(String(40))
    document: Mapped[str] = mapped_column(Text)


class Wave(Base):
    """One round of fieldwork of a study."""

    __tablename__ = "wave"
    __table_args__ = (
        UniqueConstraint("study", "name"),
        UniqueConstraint("alias"),
        _one_of("state", WAVE_STATES),
        _one_of("sample_type", SAMPLE_TYPES),
        _one_of("access", ACCESS),
        CheckConstraint("seed IS NULL OR synthetic", name="seed"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    study: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(60))
    alias: Mapped[str] = mapped_column(String(40))
    """The neutral word in the respondent's address."""
    fingerprint: Mapped[str] = mapped_column(ForeignKey("instrument_version.fingerprint"))
    """The version with which an interview begins today."""
    state: Mapped[str] = mapped_column(String(10), default="draft")
    opens: Mapped[date] = mapped_column(Date)
    closes: Mapped[date] = mapped_column(Date)
    """Last day on which an interview may begin."""
    languages: Mapped[list[str]] = mapped_column(JSON)
    title: Mapped[dict[str, str]] = mapped_column(JSON)
    """The study's title by language, for the release; the interview shows the instrument's public title."""
    organisation: Mapped[str] = mapped_column(String(200))
    contact: Mapped[str] = mapped_column(String(200))
    sample_type: Mapped[str] = mapped_column(String(20))
    mode: Mapped[str] = mapped_column(String(20))
    access: Mapped[str] = mapped_column(String(10))
    """`invited`: a personal code is needed; `open`: whoever has the link may answer."""
    synthetic: Mapped[bool] = mapped_column(Boolean)
    seed: Mapped[int | None] = mapped_column(Integer)
    """Of a synthetic wave only: key, codes and row order follow from it, so two rehearsals are the same."""
    public_key: Mapped[str] = mapped_column(String(64))
    """Free text is sealed to it; the private half is not on the server."""
    disclosure: Mapped[dict[str, Any]] = mapped_column(JSON)
    """The items of the AAPOR disclosure code known beforehand, by name."""
    proposed_by: Mapped[str] = mapped_column(String(80), default="")
    """Who proposed to close it."""
    panel: Mapped[dict[str, str] | None] = mapped_column(JSON)
    """An access panel's addresses to go back to, by `complete`, `screenout` and `quota`."""


class FieldedVersion(Base):
    """A version with which interviews of a wave begin, from a day on; never updated."""

    __tablename__ = "fielded_version"
    __table_args__ = (UniqueConstraint("wave", "fingerprint"),)

    wave: Mapped[int] = mapped_column(ForeignKey("wave.id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    """1 at the opening; one more with each correction."""
    fingerprint: Mapped[str] = mapped_column(ForeignKey("instrument_version.fingerprint"))
    since: Mapped[date] = mapped_column(Date)
    """The day on which it was put into the field: of the office's doing, not of any respondent's."""
    reason: Mapped[dict[str, str]] = mapped_column(JSON)
    """Why it was corrected, by language."""


class Batch(Base):
    """Many invitations of one place in the sample design."""

    __tablename__ = "batch"
    __table_args__ = (
        UniqueConstraint("wave", "name"),
        Index("ix_batch_wave_word", "wave", "word", unique=True),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    wave: Mapped[int] = mapped_column(ForeignKey("wave.id"))
    name: Mapped[str] = mapped_column(String(60))
    size: Mapped[int] = mapped_column(Integer)
    """Invitations written, kept after they are deleted at the close."""
    stratum: Mapped[str | None] = mapped_column(String(60))
    psu: Mapped[str | None] = mapped_column(String(60))
    fpc: Mapped[float | None] = mapped_column(Double)
    base_weight: Mapped[float] = mapped_column(Double)
    word: Mapped[str | None] = mapped_column(String(20))
    """What stands in the address on a site's poster: whoever reads it may begin; None for personal codes."""


class Invitation(Base):
    """A token's hash; never updated, so nothing here tells whether it was used."""

    __tablename__ = "invitation"
    __table_args__ = (RESPONDENT,)

    wave: Mapped[int] = mapped_column(ForeignKey("wave.id"), primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    batch: Mapped[int] = mapped_column(ForeignKey("batch.id"))


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


class Ballot(Base):
    """One respondent's interview while the wave is in the field."""

    __tablename__ = "ballot"
    __table_args__ = (
        UniqueConstraint("wave", "code_mac"),
        _one_of("state", BALLOT_STATES),
        RESPONDENT,
    )

    ballot: Mapped[str] = mapped_column(String(64), primary_key=True)
    """Hex HMAC-SHA-256 of the token under the wave's key, or random where no token is needed."""
    wave: Mapped[int] = mapped_column(ForeignKey("wave.id"))
    fingerprint: Mapped[str] = mapped_column(ForeignKey("instrument_version.fingerprint"))
    batch: Mapped[int | None] = mapped_column(ForeignKey("batch.id"))
    state: Mapped[str] = mapped_column(String(10))
    language: Mapped[str] = mapped_column(String(10))
    mode: Mapped[str] = mapped_column(String(20))
    code_mac: Mapped[str | None] = mapped_column(String(64))
    week: Mapped[date] = mapped_column(Date)
    """Monday of the week in which it began."""
    trap: Mapped[bool] = mapped_column(Boolean, server_default=false())
    """Whether a field that no person sees was filled in."""
    interviewer: Mapped[int | None] = mapped_column(Integer)
    """Who asked; None where nobody did."""
    others_present: Mapped[bool | None] = mapped_column(Boolean)
    """What the interviewer said of the room before the first question."""


class PageAnswer(Base):
    """The last accepted post of one page."""

    __tablename__ = "page_answer"
    __table_args__ = (RESPONDENT,)

    ballot: Mapped[str] = mapped_column(ForeignKey("ballot.ballot", ondelete="CASCADE"), primary_key=True)
    page: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    answers: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Item id -> plain value."""
    sealed: Mapped[dict[str, str]] = mapped_column(JSON)
    """Item id -> sealed box of its free text."""
    language: Mapped[str] = mapped_column(String(10))
    seconds: Mapped[int] = mapped_column(Integer)
    self_completed: Mapped[bool] = mapped_column(Boolean, server_default=false())
    """Whether an interviewer had handed the device over."""
    served: Mapped[int | None] = mapped_column(Integer)
    """On the interview's own clock, as in `PageParadata`; no pause and no hour of the day is in it."""
    posted: Mapped[int | None] = mapped_column(Integer)
    visits: Mapped[int] = mapped_column(Integer, server_default="1")
    changes: Mapped[int] = mapped_column(Integer, server_default="0")
    errors: Mapped[int] = mapped_column(Integer, server_default="0")


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
    __table_args__ = (_one_of("state", INTERVIEW_STATES), RESPONDENT)

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
        _one_of("source", ("collected", "imported")),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    study: Mapped[str] = mapped_column(String(60))
    wave_name: Mapped[str] = mapped_column(String(60))
    number: Mapped[int] = mapped_column(Integer)
    source: Mapped[str] = mapped_column(String(10))
    fingerprint: Mapped[str] = mapped_column(String(64))
    made_on: Mapped[date] = mapped_column(Date)


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
