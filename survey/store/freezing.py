"""Waves of which figures are published in, their state out: frozen, or released again when none counts.

A frozen wave takes no new release except as an erratum: one whose record says why (decision 0053).
"""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.refusal import Reason, Refused, says_why
from survey.store.models import Wave
from survey.store.waves import hold

RELEASED, FROZEN = "released", "frozen"
FORBIDS = (
    "frozen, because figures of it are published: no new design, weights or release, except an erratum with "
    "its reason (tolqyn release build {name} --erratum WHY)"
)


def released(session: Session, study: str = "") -> list[str]:
    """Studies, or this one, of which a wave is released and not frozen."""
    query = select(Wave.study).where(Wave.state == RELEASED).distinct().order_by(Wave.study)
    return list(session.scalars(query.where(Wave.study == study) if study else query))


def freeze(session: Session, study: str, published: Collection[str]) -> list[Wave]:
    """Freeze the study's released waves of these names; those that were not frozen before."""
    return _moved(session, study, RELEASED, FROZEN, published)


def thaw(session: Session, study: str, published: Collection[str]) -> list[Wave]:
    """Let go of the study's frozen waves whose names are none of these; those let go of."""
    frozen = session.scalars(select(Wave.name).where(Wave.study == study, Wave.state == FROZEN))
    return _moved(session, study, FROZEN, RELEASED, set(frozen) - set(published))


def correction(number: int) -> str:
    """The item of the disclosure record that says why a release took the place of the one before."""
    return f"correction_{number}"


def refuse_unexplained(wave: Wave, number: int) -> None:
    """Raises Refused where a frozen wave's next release would come without its reason."""
    said = wave.disclosure.get(correction(number)) or ""
    if wave.state != FROZEN or any(map(says_why, [said] if isinstance(said, str) else said.values())):
        return
    name = f"{wave.study}/{wave.name}"
    expected = f"an erratum: figures of {name} are published, so release {number} says why it is made"
    hint = f'tolqyn release build {name} … --erratum "en=…" --erratum "ru=…"'
    raise Refused(Reason(expected, "no reason", hint, path=correction(number), rule="frozen"))


def _moved(session: Session, study: str, before: str, after: str, names: Collection[str]) -> list[Wave]:
    query = select(Wave).where(Wave.study == study, Wave.state == before, Wave.name.in_(names))
    found = list(session.scalars(query.order_by(Wave.name)))
    for wave in found:
        hold(session, wave)
        if wave.state == before:
            wave.state = after
    session.flush()
    return found
