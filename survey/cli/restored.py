"""What a restoration ended in, lines for whoever typed it out; and who may enter what came back."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.store.people import Account, all_accounts, all_grants
from survey.store.row_grants import RowGrant
from survey.store.shut_out import ShutOut


@dataclass(frozen=True)
class Line:
    """One line of the command."""

    text: str
    warns: bool = False
    """Whether somebody has to do something about it."""


def ended(done: ShutOut) -> Iterator[Line]:
    """Kind by kind, names where there are any."""
    yield Line(f"{done.sessions} sessions and {done.links} links of staff ended: everybody signs in anew")
    kinds = (
        ("accounts disabled again", done.disabled),
        ("roles ended again", done.roles),
        ("rows taken back again", done.rows),
        ("passwords and factors as they were at last", done.proofs),
        ("tokens revoked", done.tokens),
    )
    for words, names in kinds:
        yield Line(f"{len(names)} {words}" + (f": {', '.join(names)}" if names else ""))


def who_may_enter(session: Session, done: ShutOut) -> Iterator[Line]:
    """Every open account for the director to confirm, unless the database before said which had ended."""
    people = [account for account in all_accounts(session) if not account.disabled]
    if people and not done.whole:
        yield Line(
            "warning: nothing here tells who was shut out since the backup. A director confirms each of "
            "these before the server starts (tolqyn user disable|role|rows|reset):",
            warns=True,
        )
        yield from (Line(f"  {line}", warns=True) for line in _listed(session, people))
    roles = all_grants(session)
    able = {each.id for each in people if each.password}
    if roles and not any(role.role == "director" for each in able for role in roles.get(each, [])):
        hint = "tolqyn user add NAME --role director"
        yield Line(f"warning: no director can sign in; make one: {hint}", warns=True)


def _listed(session: Session, people: list[Account]) -> Iterator[str]:
    roles = all_grants(session)
    rows: dict[int, list[RowGrant]] = {}
    for given in session.scalars(select(RowGrant).order_by(RowGrant.study, RowGrant.wave)):
        rows.setdefault(given.account, []).append(given)
    for account in people:
        held = [f"{role.role} on {role.place}" for role in roles.get(account.id, [])]
        held += [f"rows of {given.place} until {given.until}" for given in rows.get(account.id, [])]
        yield f"{account.name}: {', '.join(held) or 'no role'}"
