"""A closed wave in, its sealed free texts out, cut loose from the interviews and in random order."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.refusal import Reason, Refused
from survey.store.base import CLOSED
from survey.store.models import SealedText, Wave


def sealed_texts(session: Session, wave: Wave) -> list[SealedText]:
    """The boxes in the order of their random numbers. Raises Refused while the wave is in the field."""
    if wave.state not in CLOSED:
        name = f"{wave.study}/{wave.name}"
        hint = f"tolqyn wave close {name} --by NAME"
        found = f"a wave that is {wave.state}: its texts still stand beside the answers"
        raise Refused(Reason("a closed wave", found, hint, path=name, rule="state"))
    query = select(SealedText).where(SealedText.wave == wave.id).order_by(SealedText.id)
    return list(session.scalars(query))
