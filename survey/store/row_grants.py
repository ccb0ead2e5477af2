"""Rows of a wave given to one person in, who has them and until when out; what is over opens nothing."""

from collections.abc import Iterable
from datetime import date, timedelta

from sqlalchemy import Date, ForeignKey, String, Text, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from survey.refusal import Reason, Refused, says_why
from survey.store.base import Base
from survey.store.people import Account, Grant

ANALYST = "analyst"
"""The role that is needed besides, for the same wave."""
LONGEST = 366
"""Days for which rows are given at most."""


class RowGrant(Base):
    """What lets an analyst take rows away: of one wave, or of every wave of a study."""

    __tablename__ = "row_grant"

    account: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    study: Mapped[str] = mapped_column(String(60), primary_key=True)
    wave: Mapped[str] = mapped_column(String(60), primary_key=True)
    """Empty: every wave of the study."""
    reason: Mapped[str] = mapped_column(Text)
    until: Mapped[date] = mapped_column(Date)
    """The last day on which it opens anything."""
    given_by: Mapped[str] = mapped_column(String(80))
    given_on: Mapped[date] = mapped_column(Date)

    @property
    def place(self) -> str:
        """STUDY or STUDY/WAVE."""
        return f"{self.study}/{self.wave}" if self.wave else self.study


def give_rows(session: Session, account: Account, given: RowGrant, roles: Iterable[Grant]) -> RowGrant:
    """Store it in the place of one for the same rows. Raises Refused with every reason."""
    reasons = []
    last = given.given_on + timedelta(days=LONGEST)
    if not given.study:
        reasons.append(
            Reason("a study, or a study and a wave", "none", "--on kz-thb/2027", "--on", "rows_place")
        )
    if not says_why(given.reason):
        reasons.append(
            Reason(
                "a reason in words", repr(given.reason), '--because "thesis on …"', "--because", "rows_reason"
            )
        )
    if not given.given_on <= given.until <= last:
        expected = f"a day from {given.given_on} to {last}"
        reasons.append(Reason(expected, str(given.until), f"--until {last}", "--until", "rows_until"))
    if account.disabled:
        hint = f"tolqyn user enable {account.name}"
        reasons.append(Reason("an account that may sign in", "a disabled one", hint, rule="disabled"))
    if not any(_above(role, given.study, given.wave) for role in roles if role.role == ANALYST):
        hint = f"tolqyn user role {account.name} --add analyst --on {given.place}"
        reasons.append(Reason(f"an analyst of {given.place}", account.name, hint, rule="rows_role"))
    if reasons:
        raise Refused(*reasons)
    made = session.merge(given)
    session.flush()
    return made


def take_rows_back(session: Session, account: Account, study: str, wave: str) -> RowGrant:
    """It opens nothing from now on; what it was. Raises Refused for rows that were not given."""
    found = session.get(RowGrant, (account.id, study, wave))
    if found is None:
        held = ", ".join(each.place for each in _all_of(session, account.id)) or "none"
        rows = f"{study}/{wave}" if wave else study or "*"
        raise Refused(
            Reason(f"rows given to {account.name}", rows, f"given: {held}", "--on", rule="rows_none")
        )
    session.delete(found)
    session.flush()
    return found


def take_uncovered(session: Session, account: Account, roles: Iterable[Grant]) -> list[RowGrant]:
    """Take back every row whose wave the roles make nobody an analyst of any more; what went."""
    kept = [role for role in roles if role.role == ANALYST]
    gone = [
        each
        for each in _all_of(session, account.id)
        if not any(_above(role, each.study, each.wave) for role in kept)
    ]
    for each in gone:
        session.delete(each)
    session.flush()
    return gone


def rows_of(session: Session, account: int, today: date) -> list[RowGrant]:
    """What an account may take on that day."""
    return [each for each in _all_of(session, account) if today <= each.until]


def rows_held(session: Session, account: int, study: str, wave: str, today: date) -> RowGrant | None:
    """What lets it take this wave's rows on that day, the row locked until the commit."""
    query = select(RowGrant).where(
        RowGrant.account == account,
        RowGrant.study == study,
        or_(RowGrant.wave == wave, RowGrant.wave == ""),
        RowGrant.until >= today,
    )
    return session.scalars(query.order_by(RowGrant.wave.desc()).with_for_update()).first()


def row_holders(session: Session, study: str, wave: str, today: date) -> list[tuple[str, RowGrant]]:
    """Names of all who may take this wave's rows on that day, with what lets them."""
    query = (
        select(Account.name, RowGrant)
        .join(Account, Account.id == RowGrant.account)
        .where(
            RowGrant.study == study,
            or_(RowGrant.wave == wave, RowGrant.wave == ""),
            RowGrant.until >= today,
            Account.disabled.is_(False),
        )
    )
    return [(name, each) for name, each in session.execute(query.order_by(Account.name, RowGrant.wave))]


def forget_past(session: Session, today: date) -> list[tuple[str, str]]:
    """Delete what is over; whose it was, and of what. It opened nothing any more before."""
    query = select(Account.name, RowGrant).join(Account, Account.id == RowGrant.account)
    past = [(name, each) for name, each in session.execute(query.where(RowGrant.until < today))]
    for _, each in past:
        session.delete(each)
    session.flush()
    return [(name, each.place) for name, each in past]


def _all_of(session: Session, account: int) -> list[RowGrant]:
    query = select(RowGrant).where(RowGrant.account == account)
    return list(session.scalars(query.order_by(RowGrant.study, RowGrant.wave)))


def _above(role: Grant, study: str, wave: str) -> bool:
    """Whether the role holds wherever the rows come from."""
    return not role.study or (role.study == study and role.wave in ("", wave))
