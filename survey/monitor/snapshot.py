"""A wave in the field in, its snapshot of the day out: rounded counts, shares, medians, to be kept."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from analysis import Meta, SurveyData, item_nonresponse
from survey.monitor.counts import counts, fell
from survey.monitor.families import families, limits
from survey.monitor.flags import flags, frame_of
from survey.monitor.interviewers import effects
from survey.monitor.margins import waiting, without
from survey.monitor.pages import funnel
from survey.monitor.rates import rates
from survey.monitor.rules import SMALLEST_BASE, STEP, at_least, minutes, percent
from survey.monitor.sample import Sampled, sampled
from survey.monitor.tally import (
    COMPLETE,
    UNFINISHED,
    Kind,
    kind_of,
    tally,
)
from survey.store.administration import names
from survey.store.base import IN_FIELD
from survey.store.contacts import totals
from survey.store.engine import Database
from survey.store.invitations import batches, used_again
from survey.store.models import Wave
from survey.store.paper import paper_batches
from survey.store.snapshots import is_due, keep_snapshot, snapshot_of
from survey.store.waves import all_waves, questionnaire_of

FORMAT: Final = 2
LACKING: Final = ("dont_know", "refused", "no_answer")


def take_snapshot(database: Database, number: int, today: date, moment: datetime) -> dict[str, Any] | None:
    """Make the wave's snapshot of today where one is due, and give the last; None for one nobody answers.

    `number`: the wave's own; `moment`: with its zone. Within 20 hours of the last one, and on the same day,
    nothing is made: nobody can look twice at what came in between, and nobody chooses the hour.
    """
    with database.reading() as session:
        wave = session.get_one(Wave, number)
        last = snapshot_of(session, number, today)
        if wave.state not in IN_FIELD or not is_due(session, number, today, moment):
            return last
        document = _document(session, wave, today, last)
    with database.writing() as session:
        keep_snapshot(session, number, today, document, moment)
        return snapshot_of(session, number, today)


def last_snapshot(database: Database, number: int, today: date, moment: datetime) -> dict[str, Any] | None:
    """What a look shows: the last one; only where the wave has none yet is the first one made now."""
    with database.reading() as session:
        if last := snapshot_of(session, number, today):
            return last
    return take_snapshot(database, number, today, moment)


def take_todays(database: Database, today: Callable[[Wave], date], moment: datetime) -> list[str]:
    """The night's: the snapshot of every wave in the field, each on the day of its own zone; their names."""
    with database.reading() as session:
        found = [wave for wave in all_waves(session) if wave.state in IN_FIELD]
    for wave in found:
        take_snapshot(database, wave.id, today(wave), moment)
    return [f"{wave.study}/{wave.name}" for wave in found]


def _document(
    session: Session, wave: Wave, today: date, last: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    exact = tally(session, wave)
    known, people = batches(session, wave), names(session, wave)
    waits = waiting(exact, families(wave, known, people, exact), limits(known, wave))
    counted = without(exact, waits)
    lasting = counts(counted, wave, known, people)
    if last and fell(last, lasting, counts(exact, wave, known, people)):
        return {**last, "day": today.isoformat(), "state": wave.state}
    complete = list(_but(waits, sampled(session, wave, (COMPLETE,))))
    unfinished = _but(waits, sampled(session, wave, UNFINISHED))
    questionnaire = questionnaire_of(session, wave)
    found: dict[str, Any] = {
        "format": FORMAT,
        "day": today.isoformat(),
        "state": wave.state,
        "rounded_down_to": STEP,
        "smallest_base": SMALLEST_BASE,
        "sampled": at_least(len(complete)),
        **lasting,
        "used_codes": at_least(used_again(session, wave)),
        "languages": _with_time(lasting["languages"], complete, "language"),
        "modes": _with_time(lasting["modes"], complete, "mode"),
        "interviewers": _with_time(lasting["interviewers"], complete, "interviewer", people),
        "pages": funnel(questionnaire, complete, unfinished),
        "rates": _rates(session, wave, lasting),
        "contacts": {code: at_least(n) for code, n in totals(session, wave).items()},
        "items": [],
        "flags": [],
        "effects": [],
    }
    if len(complete) >= SMALLEST_BASE:
        data = frame_of(wave, questionnaire.codebook(), complete)
        found |= {"items": _items(data), "flags": flags(data), "effects": effects(data, complete, people)}
    return found


def _but(waits: Mapping[Kind, int], interviews: Iterable[Sampled]) -> Iterator[Sampled]:
    """Without those that wait for another day."""
    left = Counter(waits)
    for each in interviews:
        kind = kind_of(each.ballot)
        if left[kind]:
            left[kind] -= 1
        else:
            yield each


def _with_time(
    rows: Sequence[Mapping[str, Any]],
    complete: Sequence[Sampled],
    name: str,
    people: Mapping[int, str] | None = None,
) -> list[dict[str, Any]]:
    """The rows with the median minutes of each; `people`: name of each interviewer's number."""
    seconds: dict[Any, list[int]] = defaultdict(list)
    for each in complete:
        word = each.ballot._mapping[name]
        seconds[word if people is None else people.get(word)].append(sum(each.page_seconds))
    return [{**row, "minutes": minutes(seconds[row[name]])} for row in rows]


def _rates(session: Session, wave: Wave, known: Mapping[str, Any]) -> list[dict[str, Any]]:
    printed = {forms.batch for forms in paper_batches(session, wave)}
    invited = sum(batch.size for batch in batches(session, wave) if batch.id not in printed)
    found = {
        "complete": known["completes"],
        "breakoff": known["unfinished"],
        "screenout": known["screened_out"],
        "withdrawn": known["withdrawn"],
        **{code: at_least(n) for code, n in totals(session, wave).items()},
    }
    meta = Meta(wave.study, wave.name, sample_type=wave.sample_type, synthetic=wave.synthetic)
    return rates(meta, found, invited, wave.access)


def _items(data: SurveyData) -> list[dict[str, Any]]:
    """A row a question: which share of those asked gave no answer, and why."""
    labels = {v.item or v.name: dict(v.label) for v in reversed(data.codebook.variables)}
    return [
        {
            "item": row["item"],
            "label": labels[row["item"]],
            "asked": at_least(row["asked"]),
            **{name: percent(row[name], row["asked"]) for name in LACKING},
        }
        for row in item_nonresponse(data).to_dict("records")
    ]
