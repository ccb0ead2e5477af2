"""A wave's sample: its strata with what is wanted, drawn and there as a list; one set, one taken out."""

from collections import Counter
from dataclasses import dataclass

from flask import Response, request

from survey.config import study_today
from survey.console import exporting, forms, here, words
from survey.console.frame import page, t
from survey.console.here import Detail
from survey.console.listing import Column, Wanted, listed
from survey.console.room import room
from survey.console.standing import holds
from survey.console.wave_forms import StratumForm
from survey.console.waves import there
from survey.fieldwork.design import Stratum, design_of
from survey.fieldwork.editing import EDITABLE, remove_stratum, set_stratum
from survey.fieldwork.strata import strata_notes
from survey.store import invitations, snapshots
from survey.store import waves as store
from survey.store.base import UNFIELDED
from survey.store.models import Wave
from survey.store.people import Session

NOBODY = "–"


@dataclass(frozen=True)
class Row:
    """A stratum of the design, or one that only batches name."""

    name: str
    target: int | None
    psus: int | None
    codes: int
    at_least: int | None
    """Complete interviews by the day's snapshot; None where it shows none."""
    planned: bool


def columns() -> tuple[Column, ...]:
    """Of the list of strata."""
    say = t().gettext
    return (
        Column("name", words.say("Stratum"), lambda row: row.name),
        Column("target", words.say("Interviews wanted"), lambda row: _or(row.target)),
        Column("psus", words.say("Sampling units in the population"), lambda row: _or(row.psus)),
        Column("codes", words.say("Codes made"), lambda row: row.codes),
        Column("at_least", words.say("Complete, at least"), lambda row: _or(row.at_least)),
        Column(
            "planned",
            words.say("In the design"),
            lambda row: say(words.say("Yes")) if row.planned else say(words.say("No: only batches name it")),
        ),
    )


def design(study: str, wave: str) -> Response:
    """The list, and a form for one more."""
    return _page(study, wave, StratumForm(), 200, [])


def export_design(study: str, wave: str) -> Response:
    """The list as a file."""
    return exporting.export("design", _rows(study, wave).rows, columns())


def send_stratum(study: str, wave: str) -> Response:
    """A stratum more, or another target of one that is there."""
    form = StratumForm(forms.posted())
    if not form.validate():
        return _page(study, wave, form, 400, [])
    given = Stratum(form.name.data, form.target.data, form.psus.data)

    def work(session: Session, found: Wave) -> Detail:
        set_stratum(session, room().config.home, found, given)
        return {"stratum": given.name, "target": given.target or 0}

    refused = here.change(study, wave, "wave.stratum", work, lambda *more: _page(study, wave, form, *more))
    return here.back_to("design", study, wave, refused)


def drop_stratum(study: str, wave: str) -> Response:
    """A stratum less, before the wave opens."""
    name = forms.clean(request.form.get("stratum"))

    def work(session: Session, found: Wave) -> Detail:
        remove_stratum(session, found, name)
        return {"stratum": name, "removed": 1}

    again: here.Again = lambda status, problems: _page(study, wave, StratumForm(), status, problems)  # noqa: E731
    return here.back_to("design", study, wave, here.change(study, wave, "wave.stratum", work, again))


def _or(number: int | None) -> int | str:
    return NOBODY if number is None else number


@dataclass(frozen=True)
class Sample:
    """What the page shows."""

    wave: Wave
    rows: list[Row]
    notes: list[str]
    """Strata that only the design or only batches name, in the visitor's words."""


def _rows(study: str, wave: str) -> Sample:
    """Counts come from the last snapshot: a look after a reminder shows what the look before it showed."""
    with room().database.reading() as session:
        found = there(store.wave_named(session, study, wave))
        kept = snapshots.snapshot_of(session, found.id, study_today(found.time_zone)) or {}
        made: Counter[str] = Counter()
        for batch in invitations.batches(session, found):
            if batch.stratum and not batch.pilot:
                made[batch.stratum] += batch.size
        notes = [words.worded(t(), each) for each in strata_notes(session, found)]
    seen = {row["stratum"]: row["complete"] for row in kept.get("strata", ())}
    known = {each.name: each for each in design_of(found.design).strata}
    rows = [
        Row(each.name, each.target, each.psus, made[each.name], seen.get(each.name), planned=True)
        for each in known.values()
    ]
    rows += [Row(n, None, None, made[n], seen.get(n), planned=False) for n in sorted(made) if n not in known]
    return Sample(found, rows, notes)


def _page(study: str, wave: str, form: StratumForm, status: int, problems: list[str]) -> Response:
    sample = _rows(study, wave)
    found = sample.wave
    return page(
        "design",
        status,
        wave=found,
        listing=listed(sample.rows, columns(), Wanted.read()),
        notes=sample.notes,
        planned=[row for row in sample.rows if row.planned],
        target=design_of(found.design).target,
        form=form,
        manage=holds(here.MANAGERS, found) and found.state in EDITABLE,
        removable=found.state in UNFIELDED,
        export=forms.Export(),
        problems=problems,
    )
