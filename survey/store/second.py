"""A closing and whoever would confirm it in, nothing or a refusal out: two names must be two people.

Whoever lets somebody in holds that one's first link, and so may be both. The record of acts knows who let in
whom; what was typed in the server's shell names no account, and is not looked at.
"""

from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.config import study_today
from survey.refusal import Reason, Refused, Said
from survey.store.audit import Act, acts_on
from survey.store.models import Wave
from survey.store.people import Account, Grant, all_accounts, find_account

KEPT_APART = 30
"""Days for which nobody closes a wave together with whoever let her in."""
MANAGERS = ("director", "field_manager")
"""Roles that propose a closing, and take it back."""
WATCHERS = (*MANAGERS, "data_officer")
"""Roles that confirm one."""
LINKS = ("user.add", "user.reset")
"""Acts that give the actor a link with which a password is chosen."""
PROPOSED, WITHDRAWN = "wave.close.propose", "wave.close.withdraw"


def refuse_no_account(session: Session, wave: Wave, by: str, roles: tuple[str, ...]) -> None:
    """Raises Refused for a typed name of which no account may do that; none is asked where there are none."""
    if not all_accounts(session) or any(by == name for name in _holders(session, wave, roles)):
        return
    known = ", ".join(_holders(session, wave, roles)) or "none: tolqyn user role NAME --add field_manager"
    expected = f"the name of an account that may do this ({' or '.join(roles)})"
    raise Refused(Reason(expected, repr(by), f"accounts: {known}", path="--by", rule="no_account"))


def refuse_same_hands(session: Session, wave: Wave, by: str) -> None:
    """Raises Refused where either let the other in of late, or one person both; says who else may, and when.

    A role given counts between the two alone: it makes nobody another account's owner.
    """
    today = study_today()
    until = _apart_until(session, wave.proposed_by, by, today)
    if until is None:
        return
    others = [
        name
        for name in _holders(session, wave, WATCHERS)
        if name not in (by, wave.proposed_by) and _apart_until(session, wave.proposed_by, name, today) is None
    ]
    expected = Said(
        "a second person: neither let the other in, nor somebody else both, within {days} days",
        days=KEPT_APART,
    )
    words = "{by}, who may from {day} on; who may now: {others}"
    found = Said(words, by=by, day=until, others=others or Said("nobody else"))
    hint = f"tolqyn wave close {wave.study}/{wave.name} --by NAME --confirm, by one who may"
    raise Refused(Reason(expected, found, hint, path="--by", rule="same_hands"))


def refuse_own_hands(session: Session, giver: str, taker: str) -> None:
    """Raises Refused where whoever gives something away let the taker in of late, and so may be both."""
    today = study_today()
    day = _hands(session, taker, today - timedelta(days=KEPT_APART)).get(giver)
    if day is None or giver == taker:
        return
    expected = f"a director who did not let {taker} in within {KEPT_APART} days"
    until = day + timedelta(days=KEPT_APART)
    hint = "another director gives them, or whoever keeps the server: tolqyn user rows"
    raise Refused(Reason(expected, f"{giver}, who may from {until} on", hint, rule="own_hands"))


def by_accounts(session: Session, wave: Wave, by: str, actor: str) -> bool:
    """Whether proposer and confirmer were both signed in as who they say they are."""
    proposed = acts_on(session, f"{wave.study}/{wave.name}", (PROPOSED,))
    signed = actor == by and bool(proposed) and proposed[0].actor == wave.proposed_by
    return signed and all(find_account(session, name) is not None for name in (by, wave.proposed_by))


def _apart_until(session: Session, one: str, other: str, today: date) -> date | None:
    """The first day on which these two may close a wave together; None where they may today."""
    since = today - timedelta(days=KEPT_APART)
    days = [
        act.day
        for giver, taker in ((one, other), (other, one))
        for act in _recent(session, taker, (*LINKS, "user.grant"), since)
        if act.actor == giver
    ]
    mine, theirs = _hands(session, one, since), _hands(session, other, since)
    days += [min(mine[shared], theirs[shared]) for shared in mine.keys() & theirs.keys()]
    return max(days) + timedelta(days=KEPT_APART) if days else None


def _hands(session: Session, name: str, since: date) -> dict[str, date]:
    """Whoever may have held a link to this account of late, itself too: each with the oldest act between."""
    found: dict[str, date] = {}
    left = [(name, date.max)]
    while left:
        taker, day = left.pop()
        if day > found.get(taker, date.min):
            found[taker] = day
            left += [
                (act.actor, min(day, act.day))
                for act in _recent(session, taker, LINKS, since)
                if find_account(session, act.actor) is not None
            ]
    return found


def _recent(session: Session, subject: str, what: tuple[str, ...], since: date) -> list[Act]:
    return [act for act in acts_on(session, subject, what) if act.day > since]


def _holders(session: Session, wave: Wave, roles: tuple[str, ...]) -> list[str]:
    """Names of accounts that hold one of the roles for the wave and can sign in."""
    query = (
        select(Account.name)
        .join(Grant, Grant.account == Account.id)
        .where(
            Grant.role.in_(roles),
            Grant.study.in_(("", wave.study)),
            Grant.wave.in_(("", wave.name)),
            Account.disabled.is_(False),
            Account.password.is_not(None),
        )
    )
    return sorted(set(session.scalars(query)))
