"""The tables: what an instance keeps, and what it cannot keep.

Respondents' tables hold no time finer than a week, no address, no device, and no hidden row number (WITHOUT
ROWID); nothing leads from an invitation to a ballot without the wave's key, which is not in the database.
"""

from datetime import date
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Date,
    Double,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from survey.config import HOME_ZONE
from survey.store.audit import Act
from survey.store.base import (
    ACCESS,
    BALLOT_STATES,
    INTERVIEW_STATES,
    RESPONDENT,
    SAMPLE_TYPES,
    WAVE_STATES,
    Base,
    one_of,
)
from survey.store.closed import Answer, Disposition, Interview, Release, SealedText
from survey.store.people import Account, Grant, Passkey, RecoveryCode
from survey.store.row_grants import RowGrant
from survey.store.sign_ins import AccountLink, Challenge, Failure, StaffSession
from survey.store.snapshots import Snapshot
from survey.store.tokens import ApiToken
from survey.store.visits import Contact, Interviewer, PaperBatch, PaperEntry, PaperForm, UsedCode

__all__ = [
    "ACCESS",
    "BALLOT_STATES",
    "INTERVIEW_STATES",
    "SAMPLE_TYPES",
    "WAVE_STATES",
    "Account",
    "AccountLink",
    "Act",
    "Answer",
    "ApiToken",
    "Ballot",
    "Base",
    "Batch",
    "Challenge",
    "Contact",
    "Disposition",
    "Failure",
    "FieldedVersion",
    "Grant",
    "InstrumentVersion",
    "Interview",
    "Interviewer",
    "Invitation",
    "PageAnswer",
    "PaperBatch",
    "PaperEntry",
    "PaperForm",
    "Passkey",
    "RecoveryCode",
    "Release",
    "RowGrant",
    "SealedText",
    "Snapshot",
    "StaffSession",
    "UsedCode",
    "Wave",
]


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
        one_of("state", WAVE_STATES),
        one_of("sample_type", SAMPLE_TYPES),
        one_of("access", ACCESS),
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
    design: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """The design file as it was read: frame, strata, targets, incentives, reasons for changes."""
    quotas: Mapped[list[dict[str, Any]] | None] = mapped_column(JSON(none_as_null=True))
    """Cells as in `store.quotas`; apart from the design, because every post reads them."""
    phones: Mapped[dict[str, dict[str, str]] | None] = mapped_column(JSON(none_as_null=True))
    """Help line -> the day on which it was called for this wave, and by whom."""
    time_zone: Mapped[str] = mapped_column(String(40), server_default=HOME_ZONE)
    """Whose midnight opens and closes the wave."""
    cloned_from: Mapped[str | None] = mapped_column(String(60))
    """The wave of the same study whose settings it may not change in silence."""
    stage: Mapped[int] = mapped_column(Integer, server_default="0")
    """One more at each end of a pilot and at the opening: an interview stays in the one it began in."""


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
        # The number of a batch that went with a pilot is never another's.
        {"sqlite_autoincrement": True},
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
    pilot: Mapped[bool] = mapped_column(Boolean, server_default=false())
    """Whether its codes were made for the pilot and go with it."""


class Invitation(Base):
    """A token's hash; never updated, so nothing here tells whether it was used."""

    __tablename__ = "invitation"
    __table_args__ = (RESPONDENT,)

    wave: Mapped[int] = mapped_column(ForeignKey("wave.id"), primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    batch: Mapped[int] = mapped_column(ForeignKey("batch.id"))


class Ballot(Base):
    """One respondent's interview while the wave is in the field."""

    __tablename__ = "ballot"
    __table_args__ = (
        UniqueConstraint("wave", "code_mac"),
        Index(
            "ix_ballot_wave_cells_state",
            "wave",
            "cells",
            "state",
            # A wave without quotas pays nothing for it.
            sqlite_where=text("cells IS NOT NULL"),
            postgresql_where=text("cells IS NOT NULL"),
        ),
        one_of("state", BALLOT_STATES),
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
    cells: Mapped[str | None] = mapped_column(String(200))
    """Numbers of the quota cells its answers fall into, as `1,4`; None in a wave without quotas."""
    full_cell: Mapped[int | None] = mapped_column(Integer)
    """Of a ballot that was turned away: the cell that took no more."""
    seat: Mapped[str] = mapped_column(String(16), server_default="")
    """What the browser shows that began with an invitation; empty for every other way in, and on paper."""


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
