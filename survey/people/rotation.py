"""The people's key in, another in its place out: seeds of one-time codes sealed anew, the old key destroyed.

It may be cut off anywhere and typed again: the coming key lies beside the present one until every seed is
sealed to it.
"""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from survey import keys
from survey.people.codes import UNKEYED, Sealer
from survey.refusal import Reason, Refused
from survey.store.models import Account, StaffSession
from survey.store.people import forget_recovery_codes


@dataclass(frozen=True)
class Rotated:
    """What another key meant."""

    seeds: int
    """Sealed anew."""
    codes: int
    """Short recovery codes of before that open nothing any more."""


def seal_anew(session: Session, folder: Path) -> Rotated:
    """Every seed to the coming key, in the caller's transaction. Raises Refused naming who has to begin anew.

    Follow the commit with `keys.take_next_people_key`, and a restart of the console.
    """
    present, coming = Sealer(keys.people_key(folder)), Sealer(keys.next_people_key(folder))
    lost, done = [], 0
    for account in session.scalars(select(Account).where(Account.totp.is_not(None)).order_by(Account.name)):
        sealed = account.totp or ""
        seed = coming.open(account.handle, sealed) or present.open(account.handle, sealed)
        if seed is None:
            lost.append(account.name)
            continue
        account.totp = coming.seal(account.handle, seed)
        done += 1
    if lost:
        hint = "; ".join(f"tolqyn user reset {name}" for name in lost)
        raise Refused(
            Reason("seeds that this key opens", f"others of {', '.join(lost)}", hint, path="people.key")
        )
    session.execute(update(StaffSession).values(pending=None))
    return Rotated(done, forget_recovery_codes(session, UNKEYED))
