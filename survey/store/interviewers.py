"""Interviewers' personal links: a name and a sampling point in, a token out; only its hash is stored."""

import re

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from survey import keys
from survey.refusal import Reason, Refused, Said
from survey.store.field import AnyWave
from survey.store.invitations import BatchSpec, batch_reasons, batches, over_reasons, store_batch
from survey.store.models import Batch, Interviewer, Wave
from survey.store.waves import hold

NAME = re.compile(r"(?=.*[0-9])[A-Za-z0-9][A-Za-z0-9_-]{0,19}")
DESIGN = ("stratum", "psu", "fpc")


def add_interviewer(
    session: Session, wave: Wave, name: str, spec: BatchSpec | None = None, *, renew: bool = False
) -> str:
    """Make a link and return its token, which exists nowhere else. Raises Refused with every reason.

    `spec` names the sampling point of the interviews begun with it: a batch there is, or a new one without
    invitations. `renew` puts a new link in the place of the same interviewer's lost one.
    """
    wave = hold(session, wave)
    known = {batch.name: batch for batch in batches(session, wave)}
    batch = known.get(spec.name) if spec else None
    found = _of(session, wave, name, batch) if spec is None or batch else None
    reasons = [
        *_wave_reasons(wave, name),
        *_batch_reasons(session, wave, spec, known),
        *_link_reasons(wave, name, found, renew=renew),
    ]
    if reasons:
        raise Refused(*reasons)
    if spec is not None and batch is None:
        batch = store_batch(session, wave, spec)
    token = keys.new_token()
    if found is None:
        found = Interviewer(wave=wave.id, name=name, batch=batch.id if batch else None, contacts=0)
        session.add(found)
    found.token_hash = keys.token_hash(token)
    session.flush()
    return token


def find_interviewer(session: Session, wave: AnyWave, token: str) -> Interviewer | None:
    """Whose link it is; reading it leaves no trace."""
    query = select(Interviewer).where(
        Interviewer.wave == wave.id, Interviewer.token_hash == keys.token_hash(token)
    )
    return session.scalar(query)


def interviewers(session: Session, wave: Wave) -> list[Interviewer]:
    """The wave's links by name."""
    query = select(Interviewer).where(Interviewer.wave == wave.id).order_by(Interviewer.name, Interviewer.id)
    return list(session.scalars(query))


def forget_links(session: Session, wave: Wave) -> None:
    """After the close no link of the wave is known any more; names and counts stay."""
    session.execute(
        update(Interviewer)
        .where(Interviewer.wave == wave.id)
        .values(token_hash=None)
        .execution_options(synchronize_session=False)
    )


def _of(session: Session, wave: Wave, name: str, batch: Batch | None) -> Interviewer | None:
    at = Interviewer.batch.is_(None) if batch is None else Interviewer.batch == batch.id
    query = select(Interviewer).where(Interviewer.wave == wave.id, Interviewer.name == name, at)
    return session.scalar(query)


def _wave_reasons(wave: Wave, name: str) -> list[Reason]:
    reasons = over_reasons(wave)
    if not NAME.fullmatch(name):
        hint = "--name I07: a number of the office, not the person's name"
        expected = Said("1 to 20 Latin letters, digits, - or _, with a digit among them")
        reasons.append(Reason(expected, repr(name), hint, path="--name"))
    return reasons


def _batch_reasons(
    session: Session, wave: Wave, spec: BatchSpec | None, known: dict[str, Batch]
) -> list[Reason]:
    """A sampling point is needed where the others have one; what it is may be said only once."""
    if spec is None:
        others = list(known.values())
        designed = [name for name in DESIGN if any(getattr(batch, name) is not None for batch in others)]
        if not designed:
            return []
        expected = Said("a batch: every other interview of this wave has its {columns}", columns=designed)
        return [Reason(expected, Said("none"), f"--batch {next(iter(known))}", path="--batch", rule="design")]
    if spec.name not in known:
        return batch_reasons(session, wave, spec)
    said = [name for name in DESIGN if getattr(spec, name) is not None]
    if spec.base_weight != BatchSpec(spec.name, 0).base_weight:
        said.append("base-weight")
    expected = Said("the design of batch {name} as it was given before", name=spec.name)
    return [Reason(expected, f"--{name}", f"leave --{name} out", path="--batch") for name in said]


def _link_reasons(wave: Wave, name: str, found: Interviewer | None, *, renew: bool) -> list[Reason]:
    where = f"{wave.study}/{wave.name}"
    if found is not None and not renew:
        hint = "--renew makes a new link in its place, and the old one leads nowhere"
        return [Reason(Said("an interviewer without a link here"), name, hint, path=where)]
    if found is None and renew:
        return [Reason(Said("an interviewer with a link here"), name, "leave --renew out", path=where)]
    return []
