"""Ballots of a wave in, interviews, answers and loose texts out, under fresh random ids in shuffled order."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import groupby
from typing import Any

from sqlalchemy import Row, insert, select
from sqlalchemy.orm import Session

from instruments import Missing, Questionnaire, Role
from survey import keys
from survey.store.administration import kept, names
from survey.store.models import Answer, Ballot, Batch, Interview, PageAnswer, SealedText, Wave
from survey.store.paradata import Coarse, Reduced, breakoff_page, reduced
from survey.store.versions import versions_of
from survey.store.waves import instrument_document

CHUNK = 200
COUNTED_ONLY = ("screenout", "withdrawn")
QUOTA = "quota"
"""The outcome of whoever came when a quota cell was full (AAPOR 4.8)."""
UNASKED = (None, Missing.NOT_APPLICABLE, Missing.NOT_ASKED)

Values = Mapping[str, int | float]
Progress = Callable[[int], object]
"""Told how many ballots have been converted since the last call."""


@dataclass(frozen=True)
class Version:
    """A stored questionnaire, and which item each of its answer columns belongs to."""

    questionnaire: Questionnaire
    items: Mapping[str, str]
    number: int = 1
    """Its place among the versions of the wave."""


@dataclass
class _Rows:
    """What one chunk of ballots becomes."""

    interviews: list[dict[str, Any]] = field(default_factory=list)
    answers: list[dict[str, Any]] = field(default_factory=list)
    boxes: list[dict[str, Any]] = field(default_factory=list)


def convert(session: Session, wave: Wave, progress: Progress) -> tuple[Counter[str], dict[str, int]]:
    """Write interviews, answers and loose texts; how many ballots ended how, and what became of each.

    Ballot -> interview is for the thief's attack after the close alone: to store it were to undo the close.
    """
    random_bytes = keys.chance(wave.seed, f"{wave.study}/{wave.name}/close")
    batches = {batch.id: batch for batch in session.scalars(select(Batch).where(Batch.wave == wave.id))}
    versions = versions_by_fingerprint(session, wave)
    coarse = Coarse.of(_reductions(session, wave))
    interviewers = names(session, wave)
    counts: Counter[str] = Counter()
    boxes: list[dict[str, Any]] = []
    became: dict[str, int] = {}
    for chunk in _shuffled(session, wave, random_bytes):
        rows, pages = _Rows(), pages_of(session, [ballot.ballot for _, ballot in chunk])
        for interview, ballot in chunk:
            if ballot.state in COUNTED_ONLY:
                counts[ballot.state if ballot.full_cell is None else QUOTA] += 1
            else:
                version, batch = versions[ballot.fingerprint], batches.get(ballot.batch)
                given = pages[ballot.ballot]
                ended = _add(rows, interview, ballot, given, coarse, version=version, batch=batch)
                rows.interviews[-1] |= kept(ballot, given, interviewers)
                counts[ended] += 1
                became[ballot.ballot] = interview
        _insert(session, Interview, rows.interviews)
        _insert(session, Answer, rows.answers)
        boxes += rows.boxes
        progress(len(chunk))
    ids = _distinct(len(boxes), random_bytes)
    loose = [{**box, "id": number} for number, box in zip(ids, boxes, strict=True)]
    _insert(session, SealedText, sorted(loose, key=lambda box: box["id"]))
    return counts, became


def outcome(version: Version, state: str, values: Values) -> str:
    """`complete`, `partial` or `breakoff`, from a ballot's state and its encoded variables."""
    if state == "complete":
        return "complete"
    asked = {item for name, item in version.items.items() if values.get(name) not in UNASKED}
    reached = {
        item
        for name, item in version.items.items()
        if item in asked and values.get(name) not in (*UNASKED, Missing.NOT_REACHED)
    }
    return "partial" if asked and 2 * len(reached) >= len(asked) else "breakoff"


def version_of(questionnaire: Questionnaire, number: int = 1) -> Version:
    """The questionnaire with its answer columns."""
    variables = questionnaire.codebook().variables
    return Version(questionnaire, {v.name: v.item for v in variables if v.role is Role.ANSWER}, number)


def _add(
    rows: _Rows,
    interview: int,
    ballot: Row[Any],
    pages: Sequence[Row[Any]],
    coarse: Coarse,
    *,
    version: Version,
    batch: Batch | None,
) -> str:
    """Add one ballot's rows; its outcome."""
    stored = {item: value for page in pages for item, value in page.answers.items()}
    complete = ballot.state == "complete"
    questionnaire = version.questionnaire
    draw = questionnaire.draw(ballot.ballot)
    values = questionnaire.encode(stored, draw, complete)
    state = outcome(version, ballot.state, values)
    how = coarse.apply(reduced((page.seconds, page.changes, page.errors) for page in pages))
    numbers = [page.page for page in pages]
    rows.interviews.append(
        {
            "wave": ballot.wave,
            "id": interview,
            "state": state,
            "language": ballot.language,
            "mode": ballot.mode,
            "week": ballot.week,
            **asdict(how),
            "pages": len(pages),
            "breakoff_page": None if complete else breakoff_page(questionnaire, draw, stored, numbers),
            "stratum": batch.stratum if batch else None,
            "psu": batch.psu if batch else None,
            "fpc": batch.fpc if batch else None,
            "base_weight": batch.base_weight if batch else 1.0,
            "version": version.number,
            "trap": ballot.trap,
        }
    )
    rows.answers += [
        {"wave": ballot.wave, "interview": interview, "variable": name, "value": float(value)}
        for name, value in values.items()
    ]
    if complete:
        # Words that a later answer routed past must not outlive their column.
        sealed = [(item, box) for page in pages for item, box in page.sealed.items() if values.get(item) == 1]
        rows.boxes += [{"wave": ballot.wave, "item": item, "box": box} for item, box in sealed]
    return state


def _shuffled(
    session: Session, wave: Wave, random_bytes: keys.Chance
) -> Iterator[list[tuple[int, Row[Any]]]]:
    """Chunks of (fresh random id, ballot) in the order of the ids: rows are written in that order."""
    names = session.scalars(select(Ballot.ballot).where(Ballot.wave == wave.id).order_by(Ballot.ballot)).all()
    drawn = sorted(zip(_distinct(len(names), random_bytes), names, strict=True))
    for start in range(0, len(drawn), CHUNK):
        part = drawn[start : start + CHUNK]
        query = select(Ballot.__table__).where(Ballot.ballot.in_([name for _, name in part]))
        rows = {ballot.ballot: ballot for ballot in session.execute(query)}
        yield [(number, rows[name]) for number, name in part]


def pages_of(session: Session, ballots: Sequence[str]) -> dict[str, list[Row[Any]]]:
    """Ballot -> its rows of page_answer by page; a ballot without one has ()."""
    pages: dict[str, list[Row[Any]]] = {ballot: [] for ballot in ballots}
    query = select(PageAnswer.__table__).where(PageAnswer.ballot.in_(ballots)).order_by(PageAnswer.page)
    for page in session.execute(query):
        pages[page.ballot].append(page)
    return pages


def _reductions(session: Session, wave: Wave) -> Iterator[Reduced]:
    """The paradata of every ballot that becomes an interview."""
    query = (
        select(Ballot.ballot, PageAnswer.seconds, PageAnswer.changes, PageAnswer.errors)
        .outerjoin(PageAnswer, PageAnswer.ballot == Ballot.ballot)
        .where(Ballot.wave == wave.id, Ballot.state.not_in(COUNTED_ONLY))
        .order_by(Ballot.ballot)
        .execution_options(yield_per=10_000)
    )
    for _, pages in groupby(session.execute(query), lambda page: page.ballot):
        yield reduced((page.seconds, page.changes, page.errors) for page in pages if page.seconds is not None)


def versions_by_fingerprint(session: Session, wave: Wave) -> dict[str, Version]:
    """Each ballot is read by the version it began with."""
    found = {}
    for fielded in versions_of(session, wave):
        document = instrument_document(session, fielded.fingerprint)
        found[fielded.fingerprint] = version_of(Questionnaire.from_json(document), fielded.number)
    return found


def _insert(session: Session, model: type[Any], rows: list[dict[str, Any]]) -> None:
    if rows:
        session.execute(insert(model), rows)


def _distinct(n: int, random_bytes: keys.Chance) -> list[int]:
    """n different random numbers of 63 bits."""
    numbers: dict[int, None] = {}
    while len(numbers) < n:
        numbers[int.from_bytes(random_bytes(8)) >> 1] = None
    return list(numbers)
