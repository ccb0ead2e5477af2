"""Paper forms of a wave: their numbers and what was entered of them in, ballots like all others out.

A form's ballot is the HMAC of its number under the wave's key: once the key is destroyed, nothing leads from
a number to an interview, and nobody can draw a form's orders again.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from survey.keys import WaveKey
from survey.refusal import Reason, Refused
from survey.store.ballots import week_of
from survey.store.base import CLOSED, UNFIELDED
from survey.store.invitations import BatchSpec, add_batch
from survey.store.models import Ballot, Batch, PageAnswer, PaperBatch, PaperEntry, PaperForm, Wave
from survey.store.quotas import cells_of, falls_into, written
from survey.store.waves import hold

PAPER = "papi"
"""The mode of an interview on paper."""
ENTERED_IN = ("open", "closing")
"""States of a wave in which forms are entered and taken back."""
HIGHEST = 999_999


@dataclass(frozen=True)
class Entry:
    """One form as both clerks typed it."""

    form: int
    state: str
    language: str
    day: date
    pages: Mapping[int, Mapping[str, Any]]
    """Page -> item -> value as the web would have stored it."""
    sealed: Mapping[int, Mapping[str, str]]
    """Page -> item -> sealed box of its words."""
    content: str
    """Hex HMAC of all that was typed."""
    cells: int
    mismatches: int


def add_forms(session: Session, wave: Wave, spec: BatchSpec, language: str) -> PaperBatch:
    """Register the next `spec.size` numbers of the wave as a batch. Raises Refused with every reason."""
    # Two who number forms at once must not give the same numbers.
    wave = hold(session, wave)
    name = f"{wave.study}/{wave.name}"
    highest = session.scalar(select(func.max(PaperBatch.last)).where(PaperBatch.wave == wave.id)) or 0
    reasons = []
    if wave.state != "open":
        hint = f"tolqyn wave open {name}" if wave.state in UNFIELDED else ""
        reasons.append(
            Reason("an open wave, whose questionnaire is settled", wave.state, hint, name, "state")
        )
    if language not in wave.languages:
        hint = f"--lang {wave.languages[0]}"
        reasons.append(
            Reason("one language of the wave: " + ", ".join(wave.languages), language, hint, "--lang")
        )
    if highest + spec.size > HIGHEST:
        reasons.append(Reason(f"numbers up to {HIGHEST}", str(highest + spec.size), "--n 1", "--n"))
    if reasons:
        raise Refused(*reasons)
    batch = add_batch(session, wave, spec)
    forms = PaperBatch(
        batch=batch.id,
        wave=wave.id,
        first=highest + 1,
        last=highest + spec.size,
        language=language,
        fingerprint=wave.fingerprint,
    )
    session.add(forms)
    session.flush()
    return forms


def paper_batches(session: Session, wave: Wave) -> list[PaperBatch]:
    """The printed batches in the order of their numbers."""
    query = select(PaperBatch).where(PaperBatch.wave == wave.id).order_by(PaperBatch.first)
    return list(session.scalars(query))


def named_batch(session: Session, wave: Wave, name: str) -> PaperBatch | None:
    """The printed batch of that name."""
    query = select(PaperBatch).join(Batch, Batch.id == PaperBatch.batch)
    return session.scalar(query.where(PaperBatch.wave == wave.id, Batch.name == name))


def printed_by_batch(session: Session, wave: Wave) -> dict[str, tuple[int, int]]:
    """Batch name -> first number, last number; how many came back is the monitor's to say."""
    query = (
        select(Batch.name, PaperBatch.first, PaperBatch.last)
        .join(PaperBatch, PaperBatch.batch == Batch.id)
        .where(Batch.wave == wave.id)
        .order_by(PaperBatch.first)
    )
    return {row[0]: (row[1], row[2]) for row in session.execute(query)}


def holding(batches: Iterable[PaperBatch], form: int) -> PaperBatch | None:
    """The batch in which the form was printed."""
    return next((batch for batch in batches if batch.first <= form <= batch.last), None)


def refuse_late(wave: Wave, verb: str) -> None:
    """Raises Refused for a wave that is not in the field."""
    if wave.state in ENTERED_IN:
        return
    name = f"{wave.study}/{wave.name}"
    closed = wave.state in CLOSED
    found = f"{wave.state}: its key is destroyed, no number leads to an interview" if closed else wave.state
    hint = "" if closed else f"tolqyn wave open {name}"
    raise Refused(Reason(f"a wave in the field, for a form to be {verb}", found, hint, name, "state"))


def enter(session: Session, wave: Wave, key: WaveKey, entries: Iterable[Entry]) -> int:
    """Store the forms as ballots; how many were new. The same form with the same content changes nothing.

    Raises Refused, with every reason, for a closed wave, a number never printed, a form that was taken back
    or entered with other content.
    """
    # Waits for a close that has begun, and then finds the wave closed.
    session.refresh(wave, with_for_update={"read": True})
    refuse_late(wave, "entered")
    batches = paper_batches(session, wave)
    # In the order of ballots: the order of rows then says nothing about the order of the numbers.
    given = _by_ballot(key, entries)
    known = _known(session, given)
    reasons = [
        reason
        for ballot, entry in given.items()
        if (reason := _objection(entry, holding(batches, entry.form), known.get(ballot)))
    ]
    if reasons:
        raise Refused(*sorted(reasons, key=lambda reason: reason.path))
    new = {ballot: entry for ballot, entry in given.items() if ballot not in known}
    if new:
        _insert(session, wave, batches, new)
        _count(session, wave, new.values())
    return len(new)


def take_back(session: Session, wave: Wave, key: WaveKey, form: int, today: date) -> str:
    """Delete a form's answers, or see to it that they are never entered: `deleted`, `barred` or `before`.

    Raises Refused for a closed wave and a number never printed.
    """
    session.refresh(wave, with_for_update={"read": True})
    refuse_late(wave, "taken back")
    batches = paper_batches(session, wave)
    batch = holding(batches, form)
    if batch is None:
        raise Refused(unknown_form(form, batches, path="--form"))
    ballot = key.paper(form)
    state = session.scalar(select(Ballot.state).where(Ballot.ballot == ballot))
    if state == "withdrawn":
        return "before"
    if state is None:
        more = {"state": "withdrawn", "language": batch.language, "week": week_of(wave, today), "batch": None}
        session.execute(insert(Ballot), [_ballot_row(wave, batch, ballot, **more)])
        return "barred"
    session.execute(delete(PageAnswer).where(PageAnswer.ballot == ballot))
    session.execute(delete(PaperForm).where(PaperForm.ballot == ballot))
    session.execute(update(Ballot).where(Ballot.ballot == ballot).values(state="withdrawn", batch=None))
    return "deleted"


def unknown_form(form: object, batches: Iterable[PaperBatch], **where: Any) -> Reason:
    """Why a number is no form of the wave."""
    ranges = ", ".join(f"{batch.first} to {batch.last}" for batch in batches)
    hint = "" if ranges else "tolqyn wave paper WAVE --n 200 --batch NAME --out FOLDER"
    expected = f"the number of a form printed for this wave: {ranges or 'none yet'}"
    return Reason(expected, str(form), hint, rule="unknown_form", **where)


def paper_record(session: Session, wave: Wave) -> dict[str, Any]:
    """For fieldwork.json: forms printed and entered, cells typed twice, how many disagreed, their share."""
    printed = sum(batch.last - batch.first + 1 for batch in paper_batches(session, wave))
    found = session.get(PaperEntry, wave.id)
    forms, cells, mismatches = (found.forms, found.cells, found.mismatches) if found else (0, 0, 0)
    return {
        "printed": printed,
        "forms": forms,
        "cells": cells,
        "mismatches": mismatches,
        "disagreement": mismatches / cells if cells else None,
    }


def _by_ballot(key: WaveKey, entries: Iterable[Entry]) -> dict[str, Entry]:
    return dict(sorted(((key.paper(entry.form), entry) for entry in entries), key=lambda pair: pair[0]))


def _known(session: Session, given: Mapping[str, Entry]) -> dict[str, tuple[str, str | None]]:
    """Ballot -> state and content of those that are stored."""
    query = select(Ballot.ballot, Ballot.state, PaperForm.content).outerjoin(
        PaperForm, PaperForm.ballot == Ballot.ballot
    )
    rows = session.execute(query.where(Ballot.ballot.in_(given)))
    return {row[0]: (row[1], row[2]) for row in rows}


def _objection(entry: Entry, batch: PaperBatch | None, known: tuple[str, str | None] | None) -> Reason | None:
    where = f"form {entry.form}"
    if batch is None:
        return unknown_form(entry.form, (), path=where)
    if known is None:
        return None
    state, content = known
    if state == "withdrawn":
        hint = "delete its row and destroy the paper"
        return Reason("a form that was not taken back", "one that was", hint, where, "withdrawn")
    if content != entry.content:
        hint = "delete its row; what is stored stays as it is"
        return Reason("what was entered before", "other content", hint, where, "entered")
    return None


def _insert(session: Session, wave: Wave, batches: list[PaperBatch], new: Mapping[str, Entry]) -> None:
    rows, pages, cells = [], [], cells_of(wave)
    for ballot, entry in new.items():
        batch = holding(batches, entry.form)
        given = {item: value for answers in entry.pages.values() for item, value in answers.items()}
        placed = written(falls_into(cells, given)) if cells else None
        if batch is not None:
            more = {
                "cells": placed,
                "state": entry.state,
                "language": entry.language,
                "week": week_of(wave, entry.day),
            }
            rows.append(_ballot_row(wave, batch, ballot, **more))
        pages += [
            {
                "ballot": ballot,
                "page": number,
                "answers": dict(answers),
                "sealed": dict(entry.sealed.get(number, {})),
                "language": entry.language,
                "seconds": 0,
            }
            for number, answers in entry.pages.items()
        ]
    session.execute(insert(Ballot), rows)
    if pages:
        session.execute(insert(PageAnswer), pages)
    session.execute(
        insert(PaperForm), [{"ballot": ballot, "content": entry.content} for ballot, entry in new.items()]
    )


def _ballot_row(wave: Wave, forms: PaperBatch, ballot: str, **more: Any) -> dict[str, Any]:
    own = {"ballot": ballot, "wave": wave.id, "fingerprint": forms.fingerprint, "batch": forms.batch}
    return {**own, "mode": PAPER, "code_mac": None, "cells": None, **more}


def _count(session: Session, wave: Wave, new: Iterable[Entry]) -> None:
    tally = session.get(PaperEntry, wave.id)
    if tally is None:
        tally = PaperEntry(wave=wave.id, forms=0, cells=0, mismatches=0)
        session.add(tally)
    for entry in new:
        tally.forms += 1
        tally.cells += entry.cells
        tally.mismatches += entry.mismatches
    session.flush()
