"""Who was not let in, into the record of acts: what was tried and by whom, never what was typed.

A flood must not fill a record that is never shortened: of one kind of try by one name the first, second,
fourth, eighth, ... of half a day are recorded, each with how many there were. Names nobody has are not told:
somebody may have typed a password there.
"""

from sqlalchemy.orm import Session

from survey.config import study_today
from survey.people.codes import Sealer
from survey.store import audit, people, sign_ins

NOBODY, UNKNOWN = "nobody", "an unknown name"
SPAN = 12 * 3600
"""Seconds within which the same try is counted on."""


def note_failure(session: Session, sealer: Sealer, name: str, stage: str, now: int) -> None:
    """A wrong password, code or passkey."""
    known = people.find_account(session, name)
    subject = known.name if known else UNKNOWN
    note(session, sealer, now, what="user.failed", actor=NOBODY, subject=subject, stage=stage)


def note(
    session: Session, sealer: Sealer, now: int, *, what: str, actor: str, subject: str, **detail: str
) -> None:
    """Something that was refused.

    What is left out of the record is written and taken back: how long it takes tells nobody whether the name
    is one that was tried seldom, as an account's, or one of the many that nobody has.
    """
    kind = " ".join(f"{name}:{words}" for name, words in sorted(detail.items()))
    key = sealer.keyed(f"refused:{what}:{actor}:{subject}:{kind}")
    times = sign_ins.count_failure(session, key, now, SPAN)
    with session.begin_nested() as written:
        audit.record(
            session,
            actor=actor,
            what=what,
            subject=subject,
            day=study_today(),
            detail={**detail, "times": times},
        )
        if times & (times - 1):
            written.rollback()
