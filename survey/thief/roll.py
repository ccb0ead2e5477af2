"""Ballots of a wave that is being closed in, a list that outlasts a power cut out, until the attack ended.

Names alone, sorted: no order of arrival, no interview, no code. It says no more than any backup of a wave in
the field does, and without the wave's key nothing leads from a name to anybody (decision 0050).
"""

from collections.abc import Iterable
from pathlib import Path

from survey.keys import write_names


def roll_file(keys: Path, alias: str) -> Path:
    """Where the list lies: beside the wave's key, outside the database and its backups."""
    return keys / f"closing-{alias}.roll"


def keep_roll(keys: Path, alias: str, ballots: Iterable[str]) -> None:
    """Write the list, on the disk whole before anything is closed."""
    write_names(roll_file(keys, alias), ballots)


def read_roll(keys: Path, alias: str) -> frozenset[str] | None:
    """The names; None where there is no list."""
    try:
        return frozenset(roll_file(keys, alias).read_text(encoding="ascii").split())
    except FileNotFoundError:
        return None


def drop_roll(keys: Path, alias: str) -> None:
    """The attack ended and its result is kept: nothing is owed any more."""
    roll_file(keys, alias).unlink(missing_ok=True)
