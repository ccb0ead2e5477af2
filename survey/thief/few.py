"""A wave in, whose answers whoever knows the invitations reads off the sample design alone out.

Batches with the same stratum, sampling unit and weight cannot be told apart after the close, so their codes
count together. A site or sampling point has no codes: who came through it is on no list.
"""

from collections import Counter
from typing import Any

from sqlalchemy import Connection, Row, text

from survey.store.invitations import LEAST
from survey.store.models import Wave

Cell = tuple[Any, ...]
"""What an interview keeps of its batch."""
BATCHES = "SELECT size, stratum, psu, fpc, base_weight FROM batch WHERE wave = :wave AND size > 0"
BALLOTS = (
    "SELECT ballot.ballot AS name, batch.stratum, batch.psu, batch.fpc, batch.base_weight FROM ballot "
    "JOIN batch ON batch.id = ballot.batch WHERE ballot.wave = :wave AND batch.size > 0"
)
INTERVIEWS = (
    "SELECT id AS name, stratum, psu, fpc, base_weight FROM interview "
    "WHERE wave = :wave AND interviewer IS NULL"
)


def few_ballots(connection: Connection, wave: Wave) -> frozenset[str]:
    """Ballots whose place in the sample has fewer codes than a batch needs. Of invented people, none."""
    return _in_few(connection, wave, BALLOTS)


def few_interviews(connection: Connection, wave: Wave) -> frozenset[str]:
    """Interviews of such a place, of a close that was cut off."""
    return _in_few(connection, wave, INTERVIEWS)


def _in_few(connection: Connection, wave: Wave, query: str) -> frozenset[str]:
    if wave.synthetic:
        return frozenset()
    codes: Counter[Cell] = Counter()
    for row in connection.execute(text(BATCHES), {"wave": wave.id}):
        codes[_cell(row)] += row.size
    rows = connection.execute(text(query), {"wave": wave.id})
    return frozenset(str(row.name) for row in rows if 0 < codes[_cell(row)] < LEAST)


def _cell(row: Row[Any]) -> Cell:
    return (row.stratum, row.psu, row.fpc, row.base_weight)
