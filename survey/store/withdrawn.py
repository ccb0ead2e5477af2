"""Ballots that respondents withdrew in, a list that outlives the database out, and withdrawals done again.

The list lies beside the wave's key, outside the database and its backups, and goes with the key. Under that
key it names ballots, in alphabetical order and without a time; without it, it names nothing (decision 0052).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.keys import WaveKey, read_wave_key, wave_key_file, withdrawn_file, withdrawn_files, write_names
from survey.locks import alone_in
from survey.refusal import Refused
from survey.store.base import IN_FIELD
from survey.store.field import AnyWave
from survey.store.models import Ballot, Wave
from survey.store.withdrawal import withdraw


@dataclass(frozen=True)
class Again:
    """What the list did to one wave."""

    alias: str
    ballots: int
    """Answered again in this database, and withdrawn again."""
    unknown: bool
    """Whether list or key is not there, so that nobody can say who withdrew."""


def remember(keys: Path, key: WaveKey, wave: AnyWave, ballots: Iterable[str]) -> None:
    """Add ballots to the list; they are on the disk when this returns. Raises OSError.

    Nothing happens where the wave's key is gone: its close was faster.
    """
    with alone_in(keys):
        if not wave_key_file(keys, wave.alias).is_file():
            return
        own = withdrawn_file(keys, wave.alias)
        before = own.read_text(encoding="ascii").split() if own.is_file() else []
        write_names(own, {*before, *(key.withdrawn(wave.stage, ballot) for ballot in ballots)})


def remember_stored(session: Session, keys: Path) -> None:
    """Add what the database knows: withdrawn on another machine, or while the list could not be written.

    Waves whose key is not here are left out. Raises OSError.
    """
    for wave, key in _waves(session, keys):
        if key is not None:
            gone = select(Ballot.ballot).where(Ballot.wave == wave.id, Ballot.state == "withdrawn")
            remember(keys, key, wave, session.scalars(gone))


def withdraw_again(session: Session, keys: Path) -> list[Again]:
    """Withdraw every ballot of waves in the field that a list here names, in the caller's transaction.

    A withdrawal is final within its stage of the wave, so this may be done at any time.
    """
    return [_again(session, keys, wave, key) for wave, key in _waves(session, keys)]


def _again(session: Session, keys: Path, wave: Wave, key: WaveKey | None) -> Again:
    files = withdrawn_files(keys, wave.alias)
    if key is None or not files:
        return Again(wave.alias, 0, unknown=True)
    names = {name for path in files for name in path.read_text(encoding="ascii").split()}
    if not names:
        return Again(wave.alias, 0, unknown=False)
    kept = select(Ballot.ballot).where(Ballot.wave == wave.id, Ballot.state != "withdrawn")
    found = [each for each in session.scalars(kept) if key.withdrawn(wave.stage, each) in names]
    for ballot in found:
        withdraw(session, ballot)
    return Again(wave.alias, len(found), unknown=False)


def _waves(session: Session, keys: Path) -> Iterator[tuple[Wave, WaveKey | None]]:
    for wave in session.scalars(select(Wave).where(Wave.state.in_(IN_FIELD)).order_by(Wave.alias)).all():
        try:
            yield wave, read_wave_key(keys, wave.alias)
        except Refused:
            yield wave, None
