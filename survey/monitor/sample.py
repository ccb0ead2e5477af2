"""Ballots of a wave in, those with the lowest random ids out, with pages, answers and columns.

A ballot's id is an HMAC or random, so the lowest ids are a random sample; reading them costs the same at a
thousand interviews and at a million.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from instruments import Draw
from survey.monitor.tally import COMPLETE
from survey.store.conversion import Version, pages_of, versions_by_fingerprint
from survey.store.models import Ballot, Wave
from survey.store.paradata import breakoff_page

LARGEST: Final = 5000
"""Of the complete and as many of the unfinished: a share of 5 % is then off by 0.6 points at most."""
CHUNK: Final = 500


@dataclass(frozen=True)
class Sampled:
    """One interview while it lies in the field."""

    ballot: Row[Any]
    pages: Sequence[Row[Any]]
    version: Version

    @cached_property
    def answers(self) -> Mapping[str, Any]:
        """Item -> plain value, over all pages."""
        return {item: value for page in self.pages for item, value in page.answers.items()}

    @cached_property
    def draw(self) -> Draw:
        """What chance decided."""
        return self.version.questionnaire.draw(self.ballot.ballot)

    @property
    def complete(self) -> bool:
        """Whether it was finished."""
        return bool(self.ballot.state == COMPLETE)

    @cached_property
    def values(self) -> Mapping[str, int | float]:
        """Every column of the codebook that is not computed."""
        return self.version.questionnaire.encode(self.answers, self.draw, self.complete)

    @property
    def page_seconds(self) -> list[int]:
        """Of each page that was timed."""
        return [page.seconds for page in self.pages if page.seconds is not None]

    @property
    def standing_at(self) -> int | None:
        """The page at which it was left."""
        numbers = [page.page for page in self.pages]
        return breakoff_page(self.version.questionnaire, self.draw, self.answers, numbers)


def sampled(session: Session, wave: Wave, states: Sequence[str], largest: int = LARGEST) -> Iterator[Sampled]:
    """At most `largest` ballots in one of the states."""
    versions = versions_by_fingerprint(session, wave)
    ids = session.scalars(
        select(Ballot.ballot)
        .where(Ballot.wave == wave.id, Ballot.state.in_(states))
        .order_by(Ballot.ballot)
        .limit(largest)
    ).all()
    for start in range(0, len(ids), CHUNK):
        part = ids[start : start + CHUNK]
        query = select(Ballot.__table__).where(Ballot.ballot.in_(part)).order_by(Ballot.ballot)
        pages = pages_of(session, part)
        for ballot in session.execute(query).all():
            yield Sampled(ballot, pages[ballot.ballot], versions[ballot.fingerprint])
