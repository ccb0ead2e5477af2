"""What is done to accounts: each act on one in a session, the act in the record and the change together."""

import secrets
from datetime import date

from sqlalchemy.orm import Session

from survey.config import LANGUAGES
from survey.people.entering import act
from survey.refusal import Reason, Refused
from survey.store import people, row_grants, sign_ins
from survey.store.models import Account, RowGrant

INVITED = 72 * 3600
"""Seconds for which a link is good."""
LONGEST = 60
"""Letters of a study's name, and of a wave's."""
NAME = "small letters, digits, and . - _ between them, 2 to 40"


def invite(session: Session, actor: str, name: str, *, language: str, now: int, today: date) -> str:
    """A new account without password, and the token of its link. Raises Refused."""
    name = people.normal(name)
    refuse_name(session, name)
    account = Account(
        name=name,
        handle=secrets.token_hex(32),
        language=language if language in LANGUAGES else LANGUAGES[0],
        totp_step=0,
        disabled=False,
        made_on=today,
    )
    session.add(account)
    session.flush()
    act(session, actor, "user.add", name)
    return sign_ins.add_link(session, account.id, "invite", now + INVITED)


def refuse_name(session: Session, name: str) -> None:
    """Raises Refused for a name that cannot be one, or is taken."""
    inner = name.replace(".", "").replace("-", "").replace("_", "")
    sound = 2 <= len(name) <= 40 and inner.isalnum() and name[0].isalnum() and name[-1].isalnum()
    if not sound:
        raise Refused(Reason(NAME, repr(name), "aigul.s", rule="name"))
    if people.find_account(session, name) is not None:
        raise Refused(Reason("a new name", name, "names of disabled accounts stay taken", rule="taken"))


def grant(
    session: Session, actor: str, account: Account, role: str, *, study: str = "", wave: str = ""
) -> None:
    """Give a role. Raises Refused."""
    made = people.add_grant(session, account, role, study, wave)
    act(session, actor, "user.grant", account.name, role=role, place=made.place)


def revoke(
    session: Session, actor: str, account: Account, role: str, *, study: str = "", wave: str = ""
) -> None:
    """Take a role back. Raises Refused for the last director."""
    people.take_grant(session, account, role, study, wave)
    place = "/".join(part for part in (study, wave) if part) or "*"
    act(session, actor, "user.revoke", account.name, role=role, place=place)
    _take_uncovered(session, actor, account)


def give_rows(session: Session, actor: str, account: Account, given: RowGrant) -> RowGrant:
    """Let an analyst take a wave's rows away until a day. Raises Refused with every reason."""
    made = row_grants.give_rows(session, account, given, people.grants_of(session, account.id))
    about = {"place": made.place, "until": made.until.isoformat(), "reason": made.reason}
    act(session, actor, "user.rows", account.name, **about)
    return made


def take_rows_back(session: Session, actor: str, account: Account, study: str, wave: str) -> None:
    """At once. Raises Refused for rows that were not given."""
    taken = row_grants.take_rows_back(session, account, study, wave)
    act(session, actor, "user.rows_end", account.name, place=taken.place)


def _take_uncovered(session: Session, actor: str, account: Account) -> None:
    """Whoever is no analyst of a wave any more has none of its rows, and gets none back with the role."""
    held = [] if account.disabled else people.grants_of(session, account.id)
    for each in row_grants.take_uncovered(session, account, held):
        act(session, actor, "user.rows_end", account.name, place=each.place)


def disable(session: Session, actor: str, account: Account) -> None:
    """No sign-in, no session any more. Raises Refused for the last director."""
    people.disable_account(session, account)
    sign_ins.end_all(session, account.id)
    act(session, actor, "user.disable", account.name)
    _take_uncovered(session, actor, account)


def enable(session: Session, actor: str, account: Account) -> None:
    """It may sign in again, with what it had."""
    account.disabled = False
    session.flush()
    act(session, actor, "user.enable", account.name)


def reset(session: Session, actor: str, account: Account, now: int) -> str:
    """Password and factors are gone, sessions have ended; the token of a link to begin anew.

    Raises Refused for a disabled account.
    """
    if account.disabled:
        hint = f"tolqyn user enable {account.name}"
        raise Refused(Reason("an account that may sign in", "a disabled one", hint, rule="disabled"))
    people.forget_factors(session, account)
    sign_ins.end_all(session, account.id)
    act(session, actor, "user.reset", account.name)
    return sign_ins.add_link(session, account.id, "reset", now + INVITED)


def end_sessions(session: Session, actor: str, account: Account, but: str = "") -> int:
    """Sign out everywhere, except where the session has that hash."""
    ended = sign_ins.end_all(session, account.id, but)
    act(session, actor, "user.sessions", account.name, ended=ended)
    return ended


def parse_place(text: str) -> tuple[str, str]:
    """`*`, STUDY or STUDY/WAVE as study and wave. Raises Refused."""
    study, slash, wave = text.strip().partition("/")
    if study in ("*", ""):
        study = ""
    unusable = any(len(part) > LONGEST or "\0" in part for part in (study, wave))
    if unusable or "/" in wave or (slash and not (study and wave)):
        raise Refused(Reason("STUDY, STUDY/WAVE or *", repr(text), "--on kz-thb/2027", rule="place"))
    return study, wave
