"""Batches of personal codes: tokens are made here, handed out once, and only their hashes are stored."""

from dataclasses import dataclass
from math import isfinite

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey import keys
from survey.refusal import Reason, Refused
from survey.store.dialects import insert
from survey.store.field import AnyWave
from survey.store.models import Batch, Invitation, Wave

INVITABLE = ("draft", "pilot", "open")


@dataclass(frozen=True)
class BatchSpec:
    """A batch's name and its place in the sample design."""

    name: str
    size: int
    stratum: str | None = None
    psu: str | None = None
    fpc: float | None = None
    """Units of the stratum in the population, for the finite population correction."""
    base_weight: float = 1.0
    """1 / probability of selection."""


def invite(session: Session, wave: Wave, spec: BatchSpec) -> list[str]:
    """Store a batch and return its tokens, which exist nowhere else. Raises Refused."""
    batch = add_batch(session, wave, spec)
    chance = keys.chance(wave.seed, f"{wave.study}/{wave.name}/{spec.name}")
    tokens = [keys.new_token(chance) for _ in range(spec.size)]
    # Sorted by hash: the order of rows then says nothing about the order of the printed list.
    hashes = sorted(keys.token_hash(token) for token in tokens)
    rows = [{"wave": wave.id, "token_hash": token_hash, "batch": batch.id} for token_hash in hashes]
    session.execute(insert(session, Invitation), rows)
    return tokens


def add_batch(session: Session, wave: Wave, spec: BatchSpec) -> Batch:
    """Store a batch without its invitations. Raises Refused with every reason."""
    empty = Reason("at least one invitation", str(spec.size), "--n 100", path=f"batch {spec.name}")
    reasons = [*([empty] if spec.size < 1 else []), *batch_reasons(session, wave, spec)]
    if reasons:
        raise Refused(*reasons)
    return store_batch(session, wave, spec)


def store_batch(session: Session, wave: Wave, spec: BatchSpec) -> Batch:
    """Store a batch for which `batch_reasons` found nothing; a sampling point has size 0."""
    batch = Batch(
        wave=wave.id,
        name=spec.name,
        size=spec.size,
        stratum=spec.stratum,
        psu=spec.psu,
        fpc=spec.fpc,
        base_weight=spec.base_weight,
    )
    session.add(batch)
    session.flush()
    return batch


def find(session: Session, wave: AnyWave, token: str) -> Invitation | None:
    """The invitation of a token; reading it leaves no trace."""
    return session.get(Invitation, (wave.id, keys.token_hash(token)))


def batches(session: Session, wave: Wave) -> list[Batch]:
    """The wave's batches by name."""
    return list(session.scalars(select(Batch).where(Batch.wave == wave.id).order_by(Batch.name)))


def lonely_strata(session: Session, wave: Wave) -> list[str]:
    """Strata of which only one PSU was invited: they alone give no variance."""
    units: dict[str, set[str]] = {}
    for batch in batches(session, wave):
        if batch.stratum is not None and batch.psu is not None:
            units.setdefault(batch.stratum, set()).add(batch.psu)
    return sorted(stratum for stratum, found in units.items() if len(found) == 1)


def batch_reasons(session: Session, wave: Wave, spec: BatchSpec) -> list[Reason]:
    """Why a batch may not join the wave's sample design."""
    where = f"batch {spec.name}"
    reasons = []
    if wave.state not in INVITABLE:
        reasons.append(
            Reason("a wave that is draft, pilot or open", wave.state, path=f"{wave.study}/{wave.name}")
        )
    if not (isfinite(spec.base_weight) and spec.base_weight > 0):
        reasons.append(
            Reason("a finite base weight above 0", str(spec.base_weight), "--base-weight 1", path=where)
        )
    if spec.fpc is not None and not (isfinite(spec.fpc) and spec.fpc >= 1):
        reasons.append(
            Reason("a finite population size of at least 1", str(spec.fpc), "--fpc 12000", path=where)
        )
    known = batches(session, wave)
    for name in ("stratum", "psu", "fpc"):
        with_it = [batch for batch in known if getattr(batch, name) is not None]
        given = getattr(spec, name) is not None
        if known and given != bool(with_it):
            other = known[0].name
            found = f"{'one' if given else 'none'}, and {'none' if given else 'one'} for batch {other}"
            hint = f"--{name} …" if not given else f"leave --{name} out"
            expected = f"a {name} for every batch of a wave, or for none"
            reasons.append(Reason(expected, found, hint, path=where, rule="design"))
    if any(batch.name == spec.name for batch in known):
        reasons.append(Reason("a new batch name", spec.name, "choose another --batch", path=where))
    return reasons
