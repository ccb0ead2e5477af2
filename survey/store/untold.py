"""Waves and accounts in, those that the record of acts does not tell the making of out.

Whoever empties the record and takes away its noted end leaves a sound chain of no acts. But nobody makes a
wave or an account without an act: what stands there untold was told by acts that are gone (decision 0057).
"""

from collections.abc import Iterable

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from survey.refusal import Reason
from survey.store.models import Account, Act, Wave

MAKING = ("wave.create", "wave.clone")
JOINING = ("user.add",)
BEGAN = "audit.begin"
"""Act 1 of a database with waves from before the record, by migration 0007, which made the record."""
PROVEN = "audit.older"
"""Somebody proved the record by a line noted elsewhere: waves without an act are older than it."""


def untold_waves(session: Session) -> list[str]:
    """STUDY/WAVE of each without an act of its making.

    Invented answers are left out: a demonstration makes its waves by itself, and they prove nothing.
    """
    told = _subjects(session, MAKING) | _older(session)
    query = select(Wave.study, Wave.name).where(Wave.synthetic.is_(False)).order_by(Wave.id)
    names = (f"{study}/{name}" for study, name in session.execute(query))
    return [name for name in names if name not in told]


def untold(session: Session, *, older_waves: bool = False) -> list[Reason]:
    """Every wave and account that came without an act. `older_waves`: the record is proven, they are older.

    Accounts are younger than the record, wherever it began.
    """
    told = _subjects(session, JOINING)
    accounts = session.scalars(select(Account.name).order_by(Account.id))
    hint = "acts were deleted: compare with a backup"
    found = [_fault("account", name, hint) for name in accounts if name not in told]
    if older_waves:
        return found
    hint += (
        "; where the wave is older than the record, tolqyn audit verify --head NUMBER:SEAL, with a line "
        "noted elsewhere, says so"
    )
    return [*(_fault("wave", name, hint) for name in untold_waves(session)), *found]


def _subjects(session: Session, acts: Iterable[str]) -> set[str]:
    return set(session.scalars(select(Act.subject).where(Act.what.in_(acts)).distinct()))


def _older(session: Session) -> set[str]:
    query = select(Act.detail).where(or_(Act.what == PROVEN, (Act.what == BEGAN) & (Act.number == 1)))
    return {name for detail in session.scalars(query) for name in detail.get("waves", ())}


def _fault(kind: str, name: str, hint: str) -> Reason:
    expected = f"an act of the making of the {kind} {name}"
    return Reason(expected, "none", hint, path="the record", rule="audit")
