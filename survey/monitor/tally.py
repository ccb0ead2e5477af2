"""Ballots of a wave in, how many there are of each kind out: one statement, whatever their number."""

from collections import Counter
from collections.abc import Callable, Hashable
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from survey.store.models import Ballot, Wave

Key = TypeVar("Key", bound=Hashable)
COMPLETE, UNFINISHED = "complete", ("started", "stopped")


@dataclass(frozen=True)
class Kind:
    """Ballots that are alike in all the monitor counts by."""

    state: str
    language: str
    mode: str
    week: date
    batch: int | None
    interviewer: int | None
    trap: bool
    cells: str | None = None
    """Numbers of quota cells, as a ballot keeps them."""


@dataclass(frozen=True)
class Tally:
    """Exact counts: they never leave the process that makes a snapshot."""

    kinds: dict[Kind, int]

    def count(self, keep: Callable[[Kind], bool] = lambda kind: True) -> int:
        """Ballots of the kinds to keep."""
        return sum(n for kind, n in self.kinds.items() if keep(kind))

    def by(
        self, key: Callable[[Kind], Key], keep: Callable[[Kind], bool] = lambda kind: True
    ) -> dict[Key, int]:
        """Ballots of the kinds to keep, by something of theirs."""
        counts: Counter[Key] = Counter()
        for kind, n in self.kinds.items():
            if keep(kind):
                counts[key(kind)] += n
        return dict(counts)


def tally(session: Session, wave: Wave) -> Tally:
    """Every ballot of the wave, counted once."""
    columns = (
        Ballot.state,
        Ballot.language,
        Ballot.mode,
        Ballot.week,
        Ballot.batch,
        Ballot.interviewer,
        Ballot.trap,
        Ballot.cells,
    )
    query = select(*columns, func.count()).where(Ballot.wave == wave.id).group_by(*columns)
    return Tally({Kind(*row[:-1]): row[-1] for row in session.execute(query)})


def kind_of(ballot: Row[Any]) -> Kind:
    """What one ballot is counted as."""
    return Kind(**{each.name: ballot._mapping[each.name] for each in fields(Kind)})


def is_complete(kind: Kind) -> bool:
    """Whether the interview was finished."""
    return kind.state == COMPLETE


def is_unfinished(kind: Kind) -> bool:
    """Whether it was begun and may still go on, or was stopped."""
    return kind.state in UNFINISHED
