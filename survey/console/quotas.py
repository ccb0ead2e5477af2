"""A wave's quotas: cells with what is rounded of their counts as a list; a cell added, changed, shut."""

import json
from dataclasses import dataclass
from typing import Any

from flask import Response, request

from instruments import Questionnaire
from survey.config import study_today
from survey.console import exporting, forms, here, words
from survey.console.frame import page, t
from survey.console.here import Detail
from survey.console.listing import Column, Wanted, listed
from survey.console.room import room
from survey.console.standing import holds
from survey.console.wave_forms import Quota, Target
from survey.console.waves import there
from survey.fieldwork.cells import quota_items
from survey.fieldwork.editing import EDITABLE, add_cell, condition, remove_cell
from survey.refusal import Reason, Refused, Said
from survey.store import quotas as store_quotas
from survey.store import snapshots
from survey.store import waves as store
from survey.store.base import UNFIELDED
from survey.store.models import Wave
from survey.store.people import Session
from survey.store.quotas import Cell

KINDS = {
    "hard": words.say("Hard: turns away whoever comes after the target"),
    "soft": words.say("Soft: only tells the office"),
}
COUNTS = {"complete": words.say("Complete interviews"), "begun": words.say("Begun ones too")}


@dataclass(frozen=True)
class Row:
    """A cell as the office may see it: never an exact count."""

    cell: Cell
    at_least: int | None
    """None: the last snapshot does not count the cell."""
    state: str


def columns() -> tuple[Column, ...]:
    """Of the list of cells."""
    say = t().gettext
    return (
        Column("name", words.say("Name"), lambda row: row.cell.name),
        Column("target", words.say("Target"), lambda row: row.cell.target),
        Column("at_least", words.say("At least"), lambda row: "–" if row.at_least is None else row.at_least),
        Column("state", words.say("State"), lambda row: say(words.CELLS[row.state])),
        Column("kind", words.say("Kind"), lambda row: say(KINDS[row.cell.kind])),
    )


def quotas(study: str, wave: str) -> Response:
    """The list, a form for one more, and what may become of each."""
    return _page(study, wave, Quota(), 200, [])


def export_quotas(study: str, wave: str) -> Response:
    """The list as a file."""
    return exporting.export("quotas", _rows(study, wave)[1], columns())


def add_quota(study: str, wave: str) -> Response:
    """A cell more."""
    form = Quota(forms.posted())
    if not form.validate() or form.kind.data not in KINDS or form.counts.data not in COUNTS:
        return _page(study, wave, form, 400, [])

    def work(session: Session, found: Wave) -> Detail:
        asked = store.questionnaire_of(session, found)
        parts = []
        for item, answers in form.pairs():
            if item not in asked.items:
                raise Refused(Reason(Said("a question of the questionnaire"), repr(item), rule="choice"))
            parts.append(condition(asked.items[item], answers))
        when = parts[0] if len(parts) == 1 else {"all": parts}
        cell = Cell(0, form.name.data, when, form.target.data, form.kind.data, form.counts.data)
        add_cell(session, found, cell, asked)
        return {"cell": cell.name, "target": cell.target, "rule": json.dumps(cell.when)}

    refused = here.change(study, wave, "wave.quota.add", work, lambda *more: _page(study, wave, form, *more))
    return here.back_to("quotas", study, wave, refused)


def change_quota(study: str, wave: str) -> Response:
    """Another target, shut by hand, opened again, or taken out of a draft."""
    form, name = Target(forms.posted()), forms.clean(request.form.get("cell"))
    what = forms.clean(request.form.get("what"))

    def again(status: int, problems: list[str]) -> Response:
        return _page(study, wave, Quota(), status, problems)

    if what == "target" and not form.validate():
        return again(400, [t().gettext(str(error)) for error in form.target.errors])

    def work(session: Session, found: Wave) -> Detail:
        if what == "remove":
            remove_cell(session, found, name)
            return {"cell": name, "removed": 1}
        target = form.target.data if what == "target" else None
        closed = {"shut": True, "reopen": False}.get(what)
        cell = store_quotas.change_cell(session, found, name, target=target, closed=closed)
        return {"cell": name, "target": cell.target, "closed": cell.closed}

    return here.back_to("quotas", study, wave, here.change(study, wave, "wave.quota", work, again))


def _rows(study: str, wave: str) -> tuple[Wave, list[Row]]:
    """Counts come from the last snapshot: a look after a reminder shows what the look before it showed."""
    with room().database.reading() as session:
        found = there(store.wave_named(session, study, wave))
        kept = snapshots.snapshot_of(session, found.id, study_today(found.time_zone))
        seen = {row["cell"]: row["at_least"] for row in (kept or {}).get("quotas", ())}
        return found, [_row(cell, seen.get(cell.name)) for cell in store_quotas.cells_of(found)]


def _row(cell: Cell, at_least: int | None) -> Row:
    return Row(cell, at_least, cell.state(at_least, snapshots.STEP))


def _in_words(cell: Cell, asked: Questionnaire) -> str:
    """Who falls into a cell, as one reads it: questions and answers by their names."""
    say, language = t().gettext, t().language

    def name(item: str) -> str:
        known = asked.items.get(item)
        return item if known is None else known.label.get(language) or known.text.get(language) or item

    def label(item: str, value: Any) -> str:
        options = asked.items[item].choices() if item in asked.items else ()
        return next((o.label.get(language) or str(value) for o in options if o.code == value), str(value))

    joints = {"and": say("and"), "or": say("or"), "not": say("not"), "answered": say("answered")}
    return cell.rule.words(label, joints, name)


def _page(study: str, wave: str, form: Quota, status: int, problems: list[str]) -> Response:
    found, rows = _rows(study, wave)
    with room().database.reading() as session:
        asked = store.questionnaire_of(session, found)
    language = t().language
    items = [
        (item.id, item.label.get(language) or item.text.get(language) or item.id)
        for item in quota_items(asked).values()
    ]
    return page(
        "quotas",
        status,
        wave=found,
        rows=rows,
        rules={row.cell.number: _in_words(row.cell, asked) for row in rows},
        listing=listed(rows, columns(), Wanted.read()),
        items=items,
        codes={
            item.id: [(option.code, option.label.get(language) or "") for option in item.choices()][:12]
            for item in quota_items(asked).values()
        },
        form=form,
        kinds=KINDS,
        counts=COUNTS,
        manage=holds(here.MANAGERS, found) and found.state in EDITABLE,
        settled=found.state not in UNFIELDED,
        export=forms.Export(),
        problems=problems,
    )
