"""A wave's monitor, one snapshot a day: a document of rounded counts in, the days' documents out.

Only what may be shown is stored: exact counts of a day are kept nowhere, so the table tells a thief nothing
that the page does not.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import JSON, BigInteger, Date, ForeignKey, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from survey.store.base import Base
from survey.store.dialects import insert

STEP: Final = 5
"""Every count that is shown is a multiple of it, rounded down."""

APART: Final = timedelta(hours=20)
"""Between two of a wave: a night's, wherever midnight is said to be and whoever makes them."""


class Snapshot(Base):
    """What the monitor shows of a wave on one day; never updated."""

    __tablename__ = "snapshot"

    wave: Mapped[int] = mapped_column(ForeignKey("wave.id"), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    document: Mapped[dict[str, Any]] = mapped_column(JSON)
    taken: Mapped[int] = mapped_column(BigInteger, server_default="0")
    """When it was made, in seconds since 1970: an hour of the office's night, no respondent's."""


def keep_snapshot(
    session: Session, wave: int, day: date, document: Mapping[str, Any], taken: datetime
) -> bool:
    """Store the day's snapshot; False where that day has one, which stays as it is."""
    values = {"wave": wave, "day": day, "document": dict(document), "taken": int(taken.timestamp())}
    statement = insert(session, Snapshot).values(values)
    kept = session.scalar(statement.on_conflict_do_nothing().returning(Snapshot.wave))
    return kept is not None


def snapshot_of(session: Session, wave: int, day: date) -> dict[str, Any] | None:
    """The snapshot of that day, or of the last day before it that has one."""
    query = (
        select(Snapshot.document)
        .where(Snapshot.wave == wave, Snapshot.day <= day)
        .order_by(Snapshot.day.desc())
        .limit(1)
    )
    return session.scalar(query)


def is_due(session: Session, wave: int, day: date, moment: datetime) -> bool:
    """Whether a new one may be made: none that day or after, and none in the last APART."""
    query = select(func.max(Snapshot.day), func.max(Snapshot.taken)).where(Snapshot.wave == wave)
    newest, taken = session.execute(query).one()
    return newest is None or (newest < day and moment.timestamp() - taken >= APART.total_seconds())


def progress(session: Session, wave: int) -> list[tuple[date, int]]:
    """Day and completes of every snapshot, the oldest first."""
    query = select(Snapshot.day, Snapshot.document).where(Snapshot.wave == wave).order_by(Snapshot.day)
    return [(row.day, int(row.document["completes"])) for row in session.execute(query)]
