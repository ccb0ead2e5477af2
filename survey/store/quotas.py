"""Quota cells of a wave and an interview's answers in, which cells they fall into, which take no more out.

A cell counts interviews and turns people away; it never decides what chance decides. Counts are exact and
stay inside: no page and no command says more than the day's snapshot does. Whoever is let into a hard cell
holds a place in it from the moment it is known until the interview is complete; the night frees places that
are held. Held places count for a few only, so that nobody shuts a cell by beginning (decision 0044).
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from instruments import Rule
from survey.config import study_today
from survey.refusal import Reason, Refused, Said
from survey.store.base import CLOSED, IN_FIELD, UNFIELDED
from survey.store.field import AnyWave
from survey.store.models import Ballot, PageAnswer, Wave
from survey.store.waves import hold

CHUNK = 500
KINDS = ("hard", "soft")
BASES = ("complete", "begun")
MOST_HELD = (3, 0.1)
"""Places of a cell for which unfinished interviews count at most: three, or that share of its target."""
SMALLEST_TARGET = 30
"""Nobody finds out by a target whether one of a few people has answered."""


@dataclass(frozen=True)
class Cell:
    """One quota: who falls into it, and how many are wanted."""

    number: int
    """Its place in the design, from 1: what a ballot keeps."""
    name: str
    when: Mapping[str, Any]
    target: int
    kind: str = "hard"
    """`hard` turns away whoever finds no place; `soft` only tells the office."""
    counts: str = "complete"
    """Whether the target counts complete interviews, or begun ones too, also those never finished."""
    closed: bool = False
    """Whether the office closed it by hand."""
    since: str = ""
    """The day on which its target was changed while people answered; empty: never."""

    @cached_property
    def rule(self) -> Rule:
        """Who falls into it."""
        return Rule(self.when)

    def holds(self, answers: Mapping[str, Any]) -> bool:
        """Whether the answers fall into it: all it reads was answered, and the rule is true."""
        read = all(answers.get(item) is not None for item in self.rule.items())
        return read and self.rule.holds(answers)

    def as_json(self) -> dict[str, Any]:
        """What is stored with the wave."""
        return {
            "number": self.number,
            "name": self.name,
            "when": self.when,
            "target": self.target,
            "kind": self.kind,
            "counts": self.counts,
            "closed": self.closed,
            **({"since": self.since} if self.since else {}),
        }

    @property
    def as_written(self) -> dict[str, Any]:
        """What a design file says of it, and the record of acts."""
        return {name: self.as_json()[name] for name in ("name", "when", "target", "kind", "counts")}

    def state(self, at_least: int | None, step: int) -> str:
        """How it stands by a count that was rounded down to `step`; says nothing that the count does not."""
        word = "full" if self.kind == "hard" else "reached"
        if self.closed:
            return "closed by hand"
        if at_least is None:
            return "not shown"
        if at_least >= self.target:
            return word
        return f"nearly {word}" if at_least + step > self.target else "open"


@dataclass(frozen=True)
class Filled:
    """How far a cell is."""

    complete: int = 0
    begun: int = 0
    """Complete ones included."""

    def full(self, cell: Cell) -> bool:
        """Whether every place is filled, for good."""
        return (self.begun if cell.counts == "begun" else self.complete) >= cell.target

    def taken(self, cell: Cell) -> bool:
        """Whether no place is left for now: the last ones are held by people who answer."""
        least, share = MOST_HELD
        held = min(self.begun - self.complete, max(least, int(share * cell.target)))
        return self.full(cell) or self.complete + held >= cell.target


@dataclass(frozen=True)
class Shut:
    """A cell without a place."""

    cell: int
    for_now: bool = False
    """Whether only places that are held stand in the way: tomorrow there may be one."""


def cells_of(wave: AnyWave) -> tuple[Cell, ...]:
    """The wave's cells in the order of their numbers."""
    return tuple(Cell(**each) for each in wave.quotas or ())


def falls_into(cells: Iterable[Cell], answers: Mapping[str, Any]) -> tuple[int, ...]:
    """Numbers of the cells the answers fall into."""
    return tuple(cell.number for cell in cells if cell.holds(answers))


def written(numbers: Iterable[int]) -> str:
    """As a ballot keeps them."""
    return ",".join(map(str, sorted(numbers)))


def numbers_of(text: str | None) -> frozenset[int]:
    """What a ballot keeps, read."""
    return frozenset(int(part) for part in (text or "").split(",") if part)


def filled(session: Session, wave: AnyWave) -> dict[int, Filled]:
    """Cell -> how far it is, exactly; one statement."""
    query = (
        select(Ballot.cells, Ballot.state, func.count())
        .where(Ballot.wave == wave.id, Ballot.cells.is_not(None), Ballot.state.in_(("started", "complete")))
        .group_by(Ballot.cells, Ballot.state)
    )
    complete: Counter[int] = Counter()
    begun: Counter[int] = Counter()
    for text, state, count in session.execute(query):
        for number in numbers_of(text):
            begun[number] += count
            complete[number] += count if state == "complete" else 0
    return {cell.number: Filled(complete[cell.number], begun[cell.number]) for cell in cells_of(wave)}


def shut(session: Session, wave: AnyWave, ballot: str, among: Iterable[int], seat: str = "") -> Shut | None:
    """The first of these cells that has no place for the ballot; None when it may take one in each.

    Until the transaction ends nobody else is let into a cell of the wave, while pages of those who are in go
    on being saved (SQLite lets one write at a time anyway). A page sent twice at once finds its own places,
    and nobody else's who began with the same invitation (`seat`).
    """
    session.execute(select(Wave.id).where(Wave.id == wave.id).with_for_update(key_share=True))
    mine = select(Ballot.cells).where(Ballot.ballot == ballot, Ballot.seat == seat)
    has = numbers_of(session.scalar(mine))
    wanted = set(among) - has
    cells = [cell for cell in cells_of(wave) if cell.number in wanted]
    by_hand = next((Shut(cell.number) for cell in cells if cell.closed), None)
    hard = [cell for cell in cells if cell.kind == "hard"]
    if by_hand is not None or not hard:
        return by_hand
    so_far = filled(session, wave)
    full = (Shut(cell.number) for cell in hard if so_far[cell.number].full(cell))
    held = (Shut(cell.number, for_now=True) for cell in hard if so_far[cell.number].taken(cell))
    return next(full, None) or next(held, None)


def turned_away(session: Session, wave: AnyWave, ballot: str, cell: int) -> None:
    """Leave of a ballot only that a cell was full: its answers go, the same invitation cannot try again."""
    session.execute(delete(PageAnswer).where(PageAnswer.ballot == ballot))
    session.execute(
        update(Ballot)
        .where(Ballot.ballot == ballot, Ballot.wave == wave.id)
        .values(full_cell=cell, cells=None, code_mac=None)
        .execution_options(synchronize_session=False)
    )


def free_places(session: Session) -> int:
    """Take the places from those who have not finished, in every wave, at night. Gives how many held some.

    Whoever goes on is let in again by the next page, if there is a place. Nothing tells when somebody last
    answered, so no hour can be given to each.
    """
    freed = 0
    for wave in session.scalars(select(Wave).where(Wave.quotas.is_not(None), Wave.state.in_(IN_FIELD))):
        kept = {cell.number for cell in cells_of(wave) if cell.kind == "soft" or cell.counts == "begun"}
        started = (Ballot.wave == wave.id, Ballot.state == "started")
        query = select(Ballot.cells, func.count()).where(*started, Ballot.cells.is_not(None))
        for text, count in session.execute(query.group_by(Ballot.cells)).all():
            left = written(numbers_of(text) & kept)
            if left != text:
                session.execute(update(Ballot).where(*started, Ballot.cells == text).values(cells=left))
                freed += count
    return freed


def set_quotas(session: Session, wave: Wave, cells: Iterable[Cell]) -> None:
    """Give the wave its cells, and every ballot in the field its place among them. Raises Refused."""
    hold(session, wave)
    known = {cell.name: cell for cell in cells_of(wave)}
    given = tuple(cells)
    refuse_others(session, wave, given)
    if wave.state == "open":
        given = tuple(
            _retargeted(wave, replace(cell, since=known[cell.name].since), known[cell.name].target)
            if cell.name in known
            else cell
            for cell in given
        )
    wave.quotas = [cell.as_json() for cell in given] or None
    session.flush()
    if [(cell.when, cell.number) for cell in given] != [(cell.when, cell.number) for cell in known.values()]:
        _place_all(session, wave)


def change_cell(
    session: Session, wave: Wave, name: str, *, target: int | None = None, closed: bool | None = None
) -> Cell:
    """Another target, closed by hand or opened again. Raises Refused listing the cells there are."""
    hold(session, wave)
    _refuse_closed(wave)
    found = {cell.name: cell for cell in cells_of(wave)}
    where = f"{wave.study}/{wave.name}"
    if name not in found:
        known = ", ".join(found) or "none: add quotas to the file of tolqyn wave design"
        raise Refused(Reason(Said("the name of a quota cell"), repr(name), f"cells: {known}", where, "quota"))
    if target is not None and target < SMALLEST_TARGET:
        expected = Said("a target of {n} or more", n=SMALLEST_TARGET)
        raise Refused(Reason(expected, str(target), path="--target", rule="quota"))
    cell = found[name]
    new = replace(
        cell,
        target=cell.target if target is None else target,
        closed=cell.closed if closed is None else closed,
    )
    if wave.state not in UNFIELDED:
        new = _retargeted(wave, new, cell.target)
    found[name] = new
    wave.quotas = [each.as_json() for each in found.values()]
    session.flush()
    return new


def _refuse_closed(wave: Wave) -> None:
    if wave.state in CLOSED:
        where = f"{wave.study}/{wave.name}"
        raise Refused(Reason(Said("a wave that is not closed"), wave.state, path=where, rule="state"))


def refuse_others(session: Session, wave: Wave, given: tuple[Cell, ...], *, strict: bool = False) -> None:
    """Once people answer, cells are those with which the wave opened: no rule is tried on their answers.

    `strict`: from the opening on, whether or not somebody has begun. Raises Refused.
    """
    if wave.state in UNFIELDED:
        return
    where = f"{wave.study}/{wave.name}"
    if wave.state != "open":
        raise Refused(
            Reason(Said("a wave that is draft, pilot or open"), wave.state, path=where, rule="state")
        )
    known = cells_of(wave)
    hint = f"keep their names and rules; to close one: tolqyn wave quota {where} NAME --close"
    for old, new in zip(known, given, strict=False):
        if (old.name, old.when, old.counts) != (new.name, new.when, new.counts):
            raise Refused(
                Reason(Said("the cell {name} as it was", name=old.name), new.name, hint, where, "quota")
            )
    if len(given) < len(known):
        found = Said("{n} of {all}", n=len(given), all=len(known))
        raise Refused(Reason(Said("every cell that was there"), found, hint, where, "quota"))
    begun = select(Ballot.ballot).where(Ballot.wave == wave.id).limit(1)
    if len(given) > len(known) and (strict or session.scalar(begun) is not None):
        more = ", ".join(cell.name for cell in given[len(known) :])
        expected = Said("the cells with which it opened")
        raise Refused(
            Reason(
                expected,
                Said("{names} more", names=more),
                "quotas are set before the opening",
                where,
                "quota",
            )
        )


def _retargeted(wave: Wave, cell: Cell, before: int) -> Cell:
    """The cell with the day of its new target. Raises Refused for a second one on a day."""
    if cell.target == before:
        return cell
    today = study_today(wave.time_zone).isoformat()
    if cell.since == today:
        where = f"{wave.study}/{wave.name}: {cell.name}"
        expected = "one change of a target a day while people answer"
        raise Refused(
            Reason(expected, Said("{n}, set today", n=before), "come back tomorrow", where, "quota")
        )
    return replace(cell, since=today)


def _place_all(session: Session, wave: Wave) -> None:
    """Each ballot's cells anew, from what is stored of it."""
    cells = cells_of(wave)
    if not cells:
        session.execute(
            update(Ballot).where(Ballot.wave == wave.id, Ballot.cells.is_not(None)).values(cells=None)
        )
        return
    names = session.scalars(select(Ballot.ballot).where(Ballot.wave == wave.id).order_by(Ballot.ballot)).all()
    for start in range(0, len(names), CHUNK):
        part = names[start : start + CHUNK]
        answers: dict[str, dict[str, Any]] = {}
        query = select(PageAnswer.ballot, PageAnswer.answers).where(PageAnswer.ballot.in_(part))
        for ballot, page in session.execute(query.order_by(PageAnswer.ballot, PageAnswer.page)):
            answers.setdefault(ballot, {}).update(page)
        for ballot, given in answers.items():
            session.execute(
                update(Ballot).where(Ballot.ballot == ballot).values(cells=written(falls_into(cells, given)))
            )
