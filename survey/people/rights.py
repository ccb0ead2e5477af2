"""What a page lets in, and whether somebody's grants are enough: an entry and grants in, yes or no out."""

from collections.abc import Iterable
from dataclasses import dataclass

from survey.store.people import Grant
from survey.store.row_grants import RowGrant

ANYONE, HALF, ENROL, SIGNED_IN = "anyone", "half", "enrol", "signed in"
"""Nobody in particular; who has shown a password; who may set up a second factor; who is signed in."""


@dataclass(frozen=True)
class Entry:
    """Who may enter a page."""

    level: str
    roles: tuple[str, ...] = ()
    """With one of these; empty: everybody of that level."""
    place: str = "office"
    """`office`: the role must be held for the whole office; `wave`: for the wave in the address; `some`:
    anywhere, and the page shows what belongs there."""
    fresh: bool = False
    """The second factor was shown within the last minutes."""
    rows: bool = False
    """Besides the role, somebody gave the visitor this wave's rows, and the day is not past."""

    def __post_init__(self) -> None:
        if self.place not in ("office", "wave", "some"):
            raise ValueError(self.place)
        if self.rows and self.place != "wave":
            raise ValueError("rows are given by the wave")


def anyone() -> Entry:
    """A page before signing in."""
    return Entry(ANYONE)


def half() -> Entry:
    """The page that asks for the second factor."""
    return Entry(HALF)


def enrolling(*, fresh: bool = False) -> Entry:
    """A page on which a second factor is set up; `fresh` is asked of whoever has one already."""
    return Entry(ENROL, fresh=fresh)


def signed_in(*, fresh: bool = False) -> Entry:
    """Everybody's own pages."""
    return Entry(SIGNED_IN, fresh=fresh)


def roles(*names: str, place: str = "office", fresh: bool = False) -> Entry:
    """A page for some roles."""
    return Entry(SIGNED_IN, names, place, fresh)


def rows_given(*names: str) -> Entry:
    """What hands out a wave's rows: for some roles, to whom they were given, the second factor shown."""
    return Entry(SIGNED_IN, names, "wave", fresh=True, rows=True)


def covers(grant: Grant | RowGrant, study: str, wave: str) -> bool:
    """Whether the grant holds for that wave."""
    return grant.study in ("", study) and grant.wave in ("", wave)


def holds_a_role(entry: Entry, grants: Iterable[Grant]) -> bool:
    """Whether any of the roles is held anywhere."""
    return not entry.roles or any(grant.role in entry.roles for grant in grants)


def may(
    entry: Entry,
    grants: Iterable[Grant],
    study: str = "",
    wave: str = "",
    rows: Iterable[RowGrant] = (),
) -> bool:
    """Whether the grants let somebody who is signed in enter. `rows`: those given that are not over."""
    if entry.rows and not any(covers(each, study, wave) for each in rows):
        return False
    if not entry.roles:
        return True
    held = [grant for grant in grants if grant.role in entry.roles]
    if entry.place == "some":
        return bool(held)
    if entry.place == "wave":
        return any(covers(grant, study, wave) for grant in held)
    return any(not grant.study for grant in held)
