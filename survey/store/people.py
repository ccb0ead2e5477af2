"""The office's people: accounts, what each may do where, and what they prove who they are with."""

from datetime import date

from sqlalchemy import (
    BigInteger,
    Boolean,
    Date,
    ForeignKey,
    Integer,
    String,
    Text,
    UniqueConstraint,
    delete,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from survey.refusal import Reason, Refused
from survey.store.base import Base, one_of

ROLES = ("director", "field_manager", "interviewer", "translator", "analyst", "data_officer")
EVERYWHERE_ONLY = ("director",)
"""Roles that are held for the whole office or not at all."""


class Account(Base):
    """One person of the office."""

    __tablename__ = "account"
    __table_args__ = (UniqueConstraint("name"), UniqueConstraint("handle"))

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    """What is typed to sign in: small letters."""
    handle: Mapped[str] = mapped_column(String(64))
    """Random; what a passkey keeps in place of the name."""
    language: Mapped[str] = mapped_column(String(5))
    password: Mapped[str | None] = mapped_column(String(200))
    """Argon2id; None until the invitation was taken up."""
    totp: Mapped[str | None] = mapped_column(Text)
    """The seed of the one-time codes, sealed to a key outside the database."""
    totp_step: Mapped[int] = mapped_column(BigInteger, default=0)
    """The newest step whose code was used: none is taken twice."""
    disabled: Mapped[bool] = mapped_column(Boolean, default=False)
    made_on: Mapped[date] = mapped_column(Date)


class Grant(Base):
    """A role of an account: for the whole office, for a study, or for one wave."""

    __tablename__ = "account_grant"
    __table_args__ = (one_of("role", ROLES),)

    account: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    role: Mapped[str] = mapped_column(String(20), primary_key=True)
    study: Mapped[str] = mapped_column(String(60), primary_key=True)
    """Empty: every study."""
    wave: Mapped[str] = mapped_column(String(60), primary_key=True)
    """Empty: every wave of the study."""

    @property
    def place(self) -> str:
        """`*`, STUDY or STUDY/WAVE."""
        return "/".join(part for part in (self.study, self.wave) if part) or "*"


class Passkey(Base):
    """A key on somebody's device that signs for an account (WebAuthn)."""

    __tablename__ = "passkey"

    credential: Mapped[str] = mapped_column(String(1400), primary_key=True)
    account: Mapped[int] = mapped_column(ForeignKey("account.id"))
    name: Mapped[str] = mapped_column(String(60))
    public_key: Mapped[str] = mapped_column(Text)
    uses: Mapped[int] = mapped_column(BigInteger)
    """The device's own count; one that falls betrays a copy."""
    made_on: Mapped[date] = mapped_column(Date)


class RecoveryCode(Base):
    """A code for the day the telephone is lost; deleted when it is used."""

    __tablename__ = "recovery_code"

    account: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    mac: Mapped[str] = mapped_column(String(64), primary_key=True)
    """SHA-256, marked as such; of the short codes of before an HMAC under a key outside the database."""


def find_account(session: Session, name: str) -> Account | None:
    """By the name typed to sign in, in any letters."""
    return session.scalar(select(Account).where(Account.name == normal(name)))


def account_named(session: Session, name: str) -> Account:
    """The account. Raises Refused listing the accounts there are."""
    found = find_account(session, name)
    if found is None:
        known = ", ".join(each.name for each in all_accounts(session)) or "none yet (tolqyn user add)"
        raise Refused(Reason("the name of an account", repr(name), f"accounts: {known}", rule="no_account"))
    return found


def normal(name: str) -> str:
    """A name as it is kept. A zero byte, which PostgreSQL cannot hold, belongs to no name."""
    return name.replace("\0", "").strip().lower()[:60]


def all_accounts(session: Session) -> list[Account]:
    """Every account by name, disabled ones too."""
    return list(session.scalars(select(Account).order_by(Account.name)))


def grants_of(session: Session, account: int) -> list[Grant]:
    """What an account may do where."""
    query = select(Grant).where(Grant.account == account)
    return list(session.scalars(query.order_by(Grant.role, Grant.study, Grant.wave)))


def all_grants(session: Session) -> dict[int, list[Grant]]:
    """The grants of every account that has any."""
    found: dict[int, list[Grant]] = {}
    for grant in session.scalars(select(Grant).order_by(Grant.role, Grant.study, Grant.wave)):
        found.setdefault(grant.account, []).append(grant)
    return found


def add_grant(session: Session, account: Account, role: str, study: str, wave: str) -> Grant:
    """Give a role. The same again changes nothing. Raises Refused for one that cannot be held there."""
    if role not in ROLES:
        raise Refused(Reason(f"one of {', '.join(ROLES)}", repr(role), rule="role"))
    if role in EVERYWHERE_ONLY and study:
        raise Refused(
            Reason("a director of the whole office", study, "leave the place out", rule="everywhere")
        )
    if wave and not study:
        raise Refused(Reason("a study for the wave", "none", "STUDY/WAVE", rule="place"))
    known = session.get(Grant, (account.id, role, study, wave))
    if known is not None:
        return known
    made = Grant(account=account.id, role=role, study=study, wave=wave)
    session.add(made)
    session.flush()
    return made


def take_grant(session: Session, account: Account, role: str, study: str, wave: str) -> None:
    """Take a role back. Raises Refused for the last director, and for a role that is not held."""
    found = session.get(Grant, (account.id, role, study, wave))
    if found is None:
        held = ", ".join(f"{g.role} {g.place}" for g in grants_of(session, account.id)) or "none"
        raise Refused(Reason(f"a role held by {account.name}", role, f"roles held: {held}", rule="no_role"))
    if role == "director":
        refuse_last_director(session, account)
    session.delete(found)
    session.flush()


def disable_account(session: Session, account: Account) -> None:
    """It can sign in no more. Raises Refused for the last director."""
    if any(grant.role == "director" for grant in grants_of(session, account.id)):
        refuse_last_director(session, account)
    account.disabled = True
    session.flush()


def refuse_last_director(session: Session, account: Account) -> None:
    """Raises Refused when nobody else could give rights any more.

    The rows are locked: of two directors who remove each other at once, one is refused.
    """
    query = select(Grant).where(Grant.role == "director").with_for_update()
    others = {grant.account for grant in session.scalars(query)} - {account.id}
    able = select(Account.id).where(
        Account.id.in_(others), Account.disabled.is_(False), Account.password.is_not(None)
    )
    if session.scalar(able.limit(1)) is None:
        hint = "make somebody else a director first: tolqyn user role NAME --add director"
        raise Refused(Reason("another director who can sign in", "none", hint, rule="last_director"))


def use_totp_step(session: Session, account: Account, step: int) -> bool:
    """Whether that step's code was not used before; it is now. Of two at once one is told so."""
    query = update(Account).where(Account.id == account.id, Account.totp_step < step)
    done = session.execute(query.values(totp_step=step).returning(Account.id)).first()
    return done is not None


def use_recovery_code(session: Session, account: Account, *macs: str) -> bool:
    """Whether the code, in one of its forms, was one of the account's; it is none any more."""
    query = delete(RecoveryCode).where(RecoveryCode.account == account.id, RecoveryCode.mac.in_(macs))
    return session.execute(query.returning(RecoveryCode.mac)).first() is not None


def keep_recovery_codes(session: Session, account: Account, macs: list[str]) -> None:
    """These in the place of all former ones."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.account == account.id))
    session.add_all(RecoveryCode(account=account.id, mac=mac) for mac in macs)
    session.flush()


def recovery_codes_left(session: Session, account: Account) -> int:
    """How many were not used yet."""
    query = select(RecoveryCode.mac).where(RecoveryCode.account == account.id)
    return len(session.scalars(query).all())


def forget_recovery_codes(session: Session, but: str) -> int:
    """Delete what begins otherwise, of all accounts; how many there were."""
    query = delete(RecoveryCode).where(~RecoveryCode.mac.startswith(but, autoescape=True))
    return len(session.scalars(query.returning(RecoveryCode.mac)).all())


def passkeys_of(session: Session, account: int) -> list[Passkey]:
    """By name."""
    return list(session.scalars(select(Passkey).where(Passkey.account == account).order_by(Passkey.name)))


def has_factor(session: Session, account: Account) -> bool:
    """Whether anything besides the password proves who it is."""
    return account.totp is not None or bool(passkeys_of(session, account.id))


def forget_factors(session: Session, account: Account) -> None:
    """Password, one-time codes, passkeys and recovery codes are gone: all has to be set up again."""
    account.password = account.totp = None
    for model in (Passkey, RecoveryCode):
        session.execute(delete(model).where(model.account == account.id))
    session.flush()
