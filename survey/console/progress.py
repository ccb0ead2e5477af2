"""How fieldwork goes: a wave's snapshot of the day in, the page and the list of all its figures out.

Shows what is stored and counts nothing: a look after a reminder shows what the look before it showed.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Response, url_for

from survey.config import study_today
from survey.console import exporting, forms, words
from survey.console.drawing import line
from survey.console.frame import page, t
from survey.console.listing import Column, Wanted, listed
from survey.console.room import room
from survey.console.waves import there
from survey.i18n import spoken
from survey.store import snapshots
from survey.store import waves as store
from survey.store.models import Wave

MONITOR_ROLES = ("director", "field_manager")
MOST_ITEMS = 10
"""Questions shown at once, those with the most missing answers first; the list of figures holds all."""
LACKING = ("dont_know", "refused", "no_answer")


@dataclass(frozen=True)
class Figure:
    """One figure of the snapshot, for the list."""

    part: str
    """Message id of the part's heading."""
    of: str
    measure: str
    """Message id of what is measured."""
    value: int | float | None


def monitor(study: str, wave: str) -> Response:
    """Counts, where people leave, minutes, unanswered questions, flags, rates, interviewers."""
    found, document, days = _read(study, wave)
    if document is None:
        return page("monitor", wave=found, document=None)
    items = sorted(document["items"], key=_lacking, reverse=True)
    return page(
        "monitor",
        wave=found,
        document=document,
        day=date.fromisoformat(document["day"]),
        line=line(days, document.get("target")),
        days=days,
        items=[item for item in items if _lacking(item) > 0][:MOST_ITEMS],
        most=max((row["complete"] for row in document["batches"]), default=0),
        figures=url_for("console.figures", study=study, wave=wave),
    )


def figures(study: str, wave: str) -> Response:
    """Every figure of the day in one list."""
    found, document, _ = _read(study, wave)
    listing = listed(list(_flat(document)), _columns(), Wanted.read())
    return page("figures", wave=found, listing=listing, export=forms.Export())


def export_figures(study: str, wave: str) -> Response:
    """The list as a file."""
    _, document, _ = _read(study, wave)
    return exporting.export("figures", list(_flat(document)), _columns())


def _read(study: str, wave: str) -> tuple[Wave, dict[str, Any] | None, list[Any]]:
    with room().database.reading() as session:
        found = there(store.wave_named(session, study, wave))
        return (
            found,
            snapshots.snapshot_of(session, found.id, study_today(found.time_zone)),
            snapshots.progress(session, found.id),
        )


def _lacking(item: Mapping[str, Any]) -> int:
    return sum(item[name] or 0 for name in LACKING)


def _columns() -> tuple[Column, ...]:
    say = t().gettext
    return (
        Column("part", words.say("Part"), lambda row: say(row.part)),
        Column("of", words.say("Of what"), lambda row: row.of),
        Column("measure", words.say("Measure"), lambda row: say(row.measure)),
        Column("value", words.say("Figure"), lambda row: "." if row.value is None else _plain(row.value)),
    )


def _plain(value: float) -> str | int:
    return value if isinstance(value, int) else f"{value:.2f}"


def _flat(document: Mapping[str, Any] | None) -> Iterator[Figure]:
    if document is None:
        return
    for name in ("completes", "unfinished", "screened_out", "withdrawn"):
        yield Figure(words.PARTS["totals"], "", words.MEASURES[name], document[name])
    tried = document.get("used_codes", 0)
    yield Figure(words.PARTS["totals"], "", words.MEASURES["used_codes"], tried)
    for part, key, measures in words.FIGURES:
        for row in document.get(part, ()):
            for measure in measures:
                yield Figure(words.PARTS[part], _named(row[key]), words.MEASURES[measure], row[measure])


def _named(value: Any) -> str:
    if isinstance(value, Mapping):
        return spoken(value, t().language)
    return str(value)
