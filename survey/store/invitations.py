"""Batches of personal codes: tokens are made here, handed out once, and only their hashes are stored."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import isfinite

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from survey import keys
from survey.refusal import Reason, Refused, Said, says_why
from survey.store.base import UNFIELDED
from survey.store.dialects import insert
from survey.store.field import AnyWave
from survey.store.models import Ballot, Batch, Invitation, UsedCode, Wave
from survey.store.waves import hold

INVITABLE = (*UNFIELDED, "open")
LONGEST = 60
"""Letters of a batch's name, a stratum's, a sampling unit's."""
LONGEST_WHY = 300
"""Letters of a reason."""
MOST = 999_999
"""Codes made at once: they stand in memory and in one file until they are stored."""
CHUNK = 500
"""Codes named in one statement."""
LEAST = 10
"""Codes of a batch: answers keep its place in the sample for good, so they are one of so few people's."""
FEW = "few_codes"
"""Disclosure item: why there is a batch of fewer."""
FEW_MADE = {
    "en": "There is a group of fewer than {least} invitations; its answers can be told apart. Reason: {why}.",
    "ru": "Есть группа менее чем из {least} приглашений; её ответы можно отличить. Причина: {why}.",
    "kk": "{least} шақырудан аз топ бар; оның жауаптарын ажыратуға болады. Себебі: {why}.",
    "uz": "{least} tadan kam taklifli guruh bor; uning javoblarini ajratish mumkin. Sababi: {why}.",
}


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
    few: str = ""
    """Why there are fewer than `LEAST` codes; stands in the wave's disclosure record."""


def invite(session: Session, wave: Wave, spec: BatchSpec, *, more: bool = False) -> list[str]:
    """Store a batch and return its tokens, which exist nowhere else. Raises Refused.

    `more`: so many further ones, where the batch is there already.
    """
    wave = hold(session, wave)
    known = _batch(session, wave, spec.name) if more else None
    sort = f"{wave.study}/{wave.name}/{spec.name}"
    if known is None:
        batch = add_batch(session, wave, spec)
    else:
        _refuse_other_design(known, spec, wave)
        if few := few_reasons(wave, spec, known.size):
            raise Refused(*few)
        _disclose(wave, spec, known.size)
        sort, batch = f"{sort}/{known.size}", known
        batch.size += spec.size
    chance = keys.chance(wave.seed, sort)
    tokens = [keys.new_token(chance) for _ in range(spec.size)]
    # Sorted by hash: the order of rows then says nothing about the order of the printed list.
    hashes = sorted(keys.token_hash(token) for token in tokens)
    rows = [{"wave": wave.id, "token_hash": token_hash, "batch": batch.id} for token_hash in hashes]
    session.execute(insert(session, Invitation), rows)
    return tokens


def add_batch(session: Session, wave: Wave, spec: BatchSpec) -> Batch:
    """Store a batch without its invitations. Raises Refused with every reason."""
    wave = hold(session, wave)
    where = _named(spec)
    empty = Reason(Said("at least one invitation"), str(spec.size), "--n 100", path=where)
    many = Reason(Said("at most {n} codes in a batch", n=f"{MOST:,}"), f"{spec.size:,}", "--n 100000", where)
    wrong = [empty] if spec.size < 1 else [many] if spec.size > MOST else []
    reasons = [*wrong, *([] if wrong else few_reasons(wave, spec)), *batch_reasons(session, wave, spec)]
    if reasons:
        raise Refused(*reasons)
    _disclose(wave, spec)
    return store_batch(session, wave, spec)


def few_reasons(wave: Wave, spec: BatchSpec, known: int = 0) -> list[Reason]:
    """Why so few codes are not made; `known` of the batch are there already.

    Testers' codes go with the pilot, and invented people's answers are nobody's.
    """
    if says_why(spec.few) or not _is_few(wave, known + spec.size):
        return []
    expected = Said(
        "{least} codes or more in a batch: whoever knows for whom a smaller one was finds their answers, "
        "after the close too",
        least=LEAST,
    )
    hint = '--few "WHY" makes it all the same, and the reason stands in the record and in the report'
    return [Reason(expected, str(known + spec.size), hint, path=_named(spec), rule="few")]


def _is_few(wave: Wave, size: int) -> bool:
    return size < LEAST and not wave.synthetic and wave.state != "pilot"


def _disclose(wave: Wave, spec: BatchSpec, known: int = 0) -> None:
    """Every reason once, in each language's sentence. The batch is not named: its rows could be looked up."""
    if not spec.few or not _is_few(wave, known + spec.size):
        return
    before = dict(wave.disclosure.get(FEW) or {})
    reason = spec.few.strip().rstrip(".")
    made = {lang: words.format(least=LEAST, why=reason) for lang, words in FEW_MADE.items()}
    if made["en"] not in before.get("en", ""):
        record = {lang: f"{before.get(lang, '')} {text}".strip() for lang, text in made.items()}
        wave.disclosure = {**wave.disclosure, FEW: record}


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
        pilot=wave.state == "pilot" and spec.size > 0,
    )
    session.add(batch)
    session.flush()
    return batch


def take_back(session: Session, wave: Wave, name: str, hashes: Iterable[str]) -> int:
    """Delete codes that reached nobody, and count the batch without them; it goes with its last one.

    Gives how many there were: of codes that were never stored, none.
    """
    batch = _batch(session, wave, name)
    if batch is None:
        return 0
    wanted, gone = list(hashes), 0
    for start in range(0, len(wanted), CHUNK):
        part = Invitation.token_hash.in_(wanted[start : start + CHUNK])
        here = (Invitation.wave == wave.id, Invitation.batch == batch.id, part)
        gone += session.scalar(select(func.count()).select_from(Invitation).where(*here)) or 0
        session.execute(delete(Invitation).where(*here).execution_options(synchronize_session=False))
    batch.size -= gone
    if batch.size == 0 and session.scalar(select(Ballot.ballot).where(Ballot.batch == batch.id)) is None:
        session.delete(batch)
    session.flush()
    return gone


def _batch(session: Session, wave: Wave, name: str) -> Batch | None:
    return session.scalars(select(Batch).where(Batch.wave == wave.id, Batch.name == name)).one_or_none()


def _refuse_other_design(batch: Batch, spec: BatchSpec, wave: Wave) -> None:
    """Raises Refused where the batch stands elsewhere in the sample design, or the wave takes no more."""
    reasons = [
        Reason(f"{name} {getattr(batch, name)}, as the batch has", str(getattr(spec, name)), path=batch.name)
        for name in ("stratum", "psu", "fpc", "base_weight")
        if getattr(batch, name) != getattr(spec, name)
    ]
    reasons += over_reasons(wave, "refused")
    if reasons:
        raise Refused(*reasons)


def find(session: Session, wave: AnyWave, token: str) -> Invitation | None:
    """The invitation of a token; reading it leaves no trace."""
    return session.get(Invitation, (wave.id, keys.token_hash(token)))


def is_used(session: Session, ballot: str) -> bool:
    """Whether an interview has begun with the invitation that leads to the ballot, in whatever browser."""
    return session.scalar(select(Ballot.wave).where(Ballot.ballot == ballot)) is not None


def count_used(session: Session, wave: AnyWave) -> None:
    """One more try with an invitation that somebody had used before; which one is kept nowhere."""
    statement = insert(session, UsedCode).values(wave=wave.id, count=1)
    session.execute(
        statement.on_conflict_do_update(index_elements=["wave"], set_={"count": UsedCode.count + 1})
    )


def used_again(session: Session, wave: AnyWave) -> int:
    """How many such tries there were."""
    return session.scalar(select(UsedCode.count).where(UsedCode.wave == wave.id)) or 0


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


def over_reasons(wave: Wave, rule: str = "state") -> list[Reason]:
    """Why nobody more is let into a wave: it is no longer in the field."""
    if wave.state in INVITABLE:
        return []
    expected = Said("a wave that is draft, pilot or open")
    return [Reason(expected, wave.state, path=f"{wave.study}/{wave.name}", rule=rule)]


def _named(spec: BatchSpec) -> Said:
    return Said("batch {name}", name=spec.name)


def too_long(given: Mapping[str, str | None], where: str, longest: int = LONGEST) -> list[Reason]:
    """Words that no column holds, or no database: SQLite would take any, PostgreSQL none of them."""
    return [
        Reason(
            Said("at most {n} letters, none a zero byte", n=longest),
            Said("{n} letters", n=len(words)),
            f"--{option} …",
            where,
        )
        for option, words in given.items()
        if words is not None and (len(words) > longest or "\0" in words)
    ]


def batch_reasons(session: Session, wave: Wave, spec: BatchSpec) -> list[Reason]:
    """Why a batch may not join the wave's sample design."""
    where = _named(spec)
    reasons = over_reasons(wave, "refused")
    reasons += too_long({"batch": spec.name, "stratum": spec.stratum, "psu": spec.psu}, where)
    reasons += too_long({"few": spec.few}, where, LONGEST_WHY)
    if not (isfinite(spec.base_weight) and spec.base_weight > 0):
        reasons.append(
            Reason(Said("a finite base weight above 0"), str(spec.base_weight), "--base-weight 1", path=where)
        )
    if spec.fpc is not None and not (isfinite(spec.fpc) and spec.fpc >= 1):
        reasons.append(
            Reason(Said("a finite population size of at least 1"), str(spec.fpc), "--fpc 12000", path=where)
        )
    known = batches(session, wave)
    # Testers' codes go with the pilot: the sample is drawn without them.
    testers = wave.state == "pilot" and spec.size > 0
    lasting = [] if testers else [batch for batch in known if not batch.pilot]
    for name in ("stratum", "psu", "fpc"):
        with_it = [batch for batch in lasting if getattr(batch, name) is not None]
        given = getattr(spec, name) is not None
        if lasting and given != bool(with_it):
            other = lasting[0].name
            words = "one, and none for batch {name}" if given else "none, and one for batch {name}"
            found = Said(words, name=other)
            hint = f"--{name} …" if not given else f"leave --{name} out"
            expected = Said("a {column} for every batch of a wave, or for none", column=name)
            reasons.append(Reason(expected, found, hint, path=where, rule="design"))
    if any(batch.name == spec.name for batch in known):
        reasons.append(Reason(Said("a new batch name"), spec.name, "choose another --batch", path=where))
    return reasons
