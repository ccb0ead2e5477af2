"""Whom one database let in at last, in; another that takes its place lets in nobody whom it had shut out.

A backup that is put back knows of no right that ended since. What can be read of the database before it says
which did; where nothing can, every program's key ends, and the office is told who may enter (decision 0056).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from survey.store.audit import Act, Head, head
from survey.store.people import Account, Grant, Passkey, RecoveryCode, all_grants
from survey.store.row_grants import RowGrant
from survey.store.sign_ins import AccountLink, Challenge, StaffSession
from survey.store.tokens import ApiToken

Place = tuple[str, str, str]
"""Role, study and wave."""


@dataclass(frozen=True)
class Proof:
    """With what somebody signs in: as stored, sealed or hashed."""

    password: str | None
    totp: str | None
    totp_step: int
    passkeys: tuple[Mapping[str, object], ...]
    recovery: frozenset[str]


@dataclass(frozen=True)
class Person:
    """One account as it was at last."""

    disabled: bool
    roles: frozenset[Place]
    rows: Mapping[tuple[str, str], date]
    """Study and wave -> the last day."""
    proof: Proof


@dataclass(frozen=True)
class Before:
    """What the database that is replaced let in."""

    seals: frozenset[str]
    """Of every act in its record."""
    head: Head | None
    people: Mapping[str, Person]
    """By handle, which is random: a name may be made twice, on two machines."""
    tokens: frozenset[str]
    """Hashes of those that opened anything."""


@dataclass(frozen=True)
class ShutOut:
    """What was ended in the database that was put back."""

    whole: bool
    """Whether the database before went on from this one, so that nothing that ended since is left out."""
    sessions: int
    links: int
    disabled: tuple[str, ...]
    roles: tuple[str, ...]
    """NAME ROLE on PLACE."""
    rows: tuple[str, ...]
    """NAME PLACE, ended or shortened."""
    proofs: tuple[str, ...]
    """Whose password or factors are those of the database before."""
    tokens: tuple[str, ...]

    def counts(self) -> dict[str, int | bool]:
        """For the record of acts."""
        kinds = ("disabled", "roles", "rows", "proofs", "tokens")
        return {
            "known_before": self.whole,
            "sessions": self.sessions,
            "links": self.links,
            **{kind: len(getattr(self, kind)) for kind in kinds},
        }


def known_before(session: Session) -> Before:
    """What this database lets in. Raises DatabaseError where it is damaged or of older code."""
    roles = all_grants(session)
    rows: dict[int, dict[tuple[str, str], date]] = {}
    for given in session.scalars(select(RowGrant)):
        rows.setdefault(given.account, {})[given.study, given.wave] = given.until
    people = {
        account.handle: Person(
            account.disabled,
            frozenset((role.role, role.study, role.wave) for role in roles.get(account.id, [])),
            rows.get(account.id, {}),
            _proof(session, account),
        )
        for account in session.scalars(select(Account))
    }
    tokens = session.scalars(select(ApiToken.token_hash).where(ApiToken.revoked.is_(False)))
    return Before(frozenset(session.scalars(select(Act.seal))), head(session), people, frozenset(tokens))


def shut_out(session: Session, before: Before | None) -> ShutOut:
    """End here, in the caller's transaction, what had ended in the database before; None: unreadable.

    Every session and every link to a password ends, whichever it was, and so does every program's key that
    was not known to be open.
    """
    whole = before is not None and _went_on(session, before)
    known = {} if before is None or (not whole and _behind(session, before)) else before.people
    disabled, roles, rows, proofs = [], [], [], []
    for account in session.scalars(select(Account).order_by(Account.name)).all():
        person = known.get(account.handle)
        if person is None:
            continue
        if person.disabled and not account.disabled:
            account.disabled = True
            disabled.append(account.name)
        roles += _end_roles(session, account, person)
        rows += _end_rows(session, account, person)
        if whole and _proof(session, account) != person.proof:
            _prove_as(session, account, person.proof)
            proofs.append(account.name)
    tokens = _end_tokens(session, before.tokens if before else frozenset())
    sessions = len(session.scalars(delete(StaffSession).returning(StaffSession.token_hash)).all())
    links = len(session.scalars(delete(AccountLink).returning(AccountLink.token_hash)).all())
    session.execute(delete(Challenge))
    session.flush()
    return ShutOut(
        whole, sessions, links, tuple(disabled), tuple(roles), tuple(rows), tuple(proofs), tuple(tokens)
    )


def _went_on(session: Session, before: Before) -> bool:
    """Whether the database before holds every act of this one: the backup was made of it."""
    newest = head(session)
    return newest is None or newest.seal in before.seals


def _behind(session: Session, before: Before) -> bool:
    """Whether this one holds every act of the database before: what it lacks was given since."""
    newest = before.head
    return (
        newest is None or session.scalar(select(Act.seal).where(Act.number == newest.number)) == newest.seal
    )


def _end_roles(session: Session, account: Account, person: Person) -> list[str]:
    held = session.scalars(select(Grant).where(Grant.account == account.id)).all()
    gone = [each for each in held if (each.role, each.study, each.wave) not in person.roles]
    for each in gone:
        session.delete(each)
    return sorted(f"{account.name} {each.role} on {each.place}" for each in gone)


def _end_rows(session: Session, account: Account, person: Person) -> list[str]:
    ended = []
    for each in session.scalars(select(RowGrant).where(RowGrant.account == account.id)).all():
        until = person.rows.get((each.study, each.wave))
        if until is None:
            session.delete(each)
        elif until < each.until:
            each.until = until
        else:
            continue
        ended.append(f"{account.name} {each.place}")
    return sorted(ended)


def _end_tokens(session: Session, open_: frozenset[str]) -> list[str]:
    found = session.scalars(select(ApiToken).where(ApiToken.revoked.is_(False)).order_by(ApiToken.name)).all()
    gone = [each for each in found if each.token_hash not in open_]
    for each in gone:
        each.revoked = True
    return [each.name for each in gone]


def _proof(session: Session, account: Account) -> Proof:
    keys = session.scalars(
        select(Passkey).where(Passkey.account == account.id).order_by(Passkey.credential)
    ).all()
    columns = [column.key for column in Passkey.__table__.columns if column.key != "account"]
    codes = session.scalars(select(RecoveryCode.mac).where(RecoveryCode.account == account.id))
    return Proof(
        account.password,
        account.totp,
        account.totp_step,
        tuple({column: getattr(key, column) for column in columns} for key in keys),
        frozenset(codes),
    )


def _prove_as(session: Session, account: Account, proof: Proof) -> None:
    account.password, account.totp, account.totp_step = proof.password, proof.totp, proof.totp_step
    for model in (Passkey, RecoveryCode):
        session.execute(delete(model).where(model.account == account.id))
    session.add_all(Passkey(account=account.id, **dict(key)) for key in proof.passkeys)
    session.add_all(RecoveryCode(account=account.id, mac=mac) for mac in sorted(proof.recovery))
    session.flush()
