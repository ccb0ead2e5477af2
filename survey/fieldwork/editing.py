"""Changes to a wave that somebody makes in a form in, the wave changed or every reason against it out."""

import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy.orm import Session

from instruments import Item, Number, Questionnaire
from survey.fieldwork.changing import EDITABLE, refuse_late, settled_reasons
from survey.fieldwork.design import Stratum, WaveDesign, design_of, read_design
from survey.fieldwork.gates import settings_reasons
from survey.refusal import Reason, Refused, Said
from survey.store import opening
from survey.store.base import UNFIELDED
from survey.store.models import Wave
from survey.store.quotas import Cell, cells_of, refuse_others, set_quotas
from survey.store.waves import hold

__all__ = [
    "EDITABLE",
    "Basics",
    "add_cell",
    "checked",
    "condition",
    "remove_cell",
    "remove_stratum",
    "set_basics",
    "set_item",
    "set_stratum",
]

RANGE = re.compile(r"\s*(\d{1,3})\s*[-–]\s*(\d{1,3})\s*")


@dataclass(frozen=True)
class Basics:
    """Who asks, and when."""

    organisation: str
    contact: str
    opens: date
    closes: date
    target: int | None = None


def set_basics(session: Session, wave: Wave, given: Basics, today: date) -> None:
    """Store them; of an open wave the first day stays, and the last may not be past. Raises Refused."""
    hold(session, wave)
    refuse_late(wave)
    reasons = []
    if given.closes < given.opens:
        reasons.append(
            Reason(
                Said("a last day from {day} on", day=given.opens),
                Said("{day}", day=given.closes),
                rule="days",
            )
        )
    if wave.state == "open" and given.opens != wave.opens:
        reasons.append(
            Reason(
                Said("the first day as it was, {day}", day=wave.opens),
                Said("{day}", day=given.opens),
                rule="fixed",
            )
        )
    if wave.state == "open" and given.closes < today:
        reasons.append(
            Reason(Said("a last day from {day} on", day=today), Said("{day}", day=given.closes), rule="days")
        )
    design = design_of(wave.design)
    total = sum(stratum.target or 0 for stratum in design.strata)
    if total and given.target is not None and given.target != total:
        reasons.append(
            Reason(Said("{n}, what its strata add up to", n=total), str(given.target), rule="target")
        )
    if reasons:
        raise Refused(*reasons)
    opening.describe(wave, organisation=given.organisation, contact=given.contact)
    wave.opens, wave.closes = given.opens, given.closes
    if given.target != design.target:
        kept = {key: value for key, value in _data(wave).items() if key != "target"}
        wave.design = kept if given.target is None else {**kept, "target": given.target}
    session.flush()


def set_item(session: Session, home: Path, wave: Wave, key: str, texts: Mapping[str, str]) -> None:
    """Write one item of the disclosure record, by language. Raises Refused."""
    hold(session, wave)
    refuse_late(wave)
    opening.describe(wave, disclosure={key: {code: words for code, words in texts.items() if words}})
    if wave.state == "open" and (reasons := settings_reasons(session, home, wave)):
        raise Refused(*reasons)
    session.flush()


def add_cell(session: Session, wave: Wave, cell: Cell, questionnaire: Questionnaire) -> None:
    """A quota more, after what there is. Raises Refused with every reason."""
    hold(session, wave)
    refuse_late(wave)
    known = cells_of(wave)
    if any(each.name == cell.name for each in known):
        raise Refused(
            Reason(Said("a name of its own"), Said("{name} again", name=cell.name), rule="quota_name")
        )
    as_read = checked([each.as_written for each in (*known, cell)], questionnaire)
    closed = {each.name for each in known if each.closed}
    refuse_others(session, wave, as_read.cells, strict=True)
    set_quotas(session, wave, [replace(each, closed=each.name in closed) for each in as_read.cells])
    wave.design = {**_data(wave), "quotas": [each.as_written for each in as_read.cells]}
    session.flush()


def remove_cell(session: Session, wave: Wave, name: str) -> None:
    """A quota less, before anybody answered. Raises Refused."""
    hold(session, wave)
    _refuse_fielded(wave)
    left = [cell for cell in cells_of(wave) if cell.name != name]
    kept = [replace(cell, number=place) for place, cell in enumerate(left, start=1)]
    set_quotas(session, wave, kept)
    wave.design = {**_data(wave), "quotas": [each.as_written for each in kept]}
    session.flush()


def set_stratum(session: Session, home: Path, wave: Wave, given: Stratum) -> None:
    """A stratum more, or what is wanted of one that is there. Raises Refused with every reason.

    Of an open wave only targets change: codes were drawn for its strata.
    """
    known = {each.name: each for each in design_of(wave.design).strata}
    _set_strata(session, home, wave, [*(known | {given.name: given}).values()])


def remove_stratum(session: Session, wave: Wave, name: str) -> None:
    """A stratum less, before the wave opens. Raises Refused."""
    hold(session, wave)
    _refuse_fielded(wave)
    known = design_of(wave.design).strata
    if name not in {each.name for each in known}:
        names = [each.name for each in known]
        expected = Said("a stratum of the design: {known}", known=names)
        raise Refused(Reason(expected, repr(name), rule="choice"))
    _store_strata(session, wave, [each for each in known if each.name != name])


def _set_strata(session: Session, home: Path, wave: Wave, strata: Sequence[Stratum]) -> None:
    hold(session, wave)
    refuse_late(wave)
    now = design_of(_with_strata(wave, strata))
    reasons = settled_reasons(wave, now) if wave.state == "open" else []
    _store_strata(session, wave, strata)
    if wave.state == "open":
        reasons += settings_reasons(session, home, wave)
    if reasons:
        raise Refused(*reasons)


def _store_strata(session: Session, wave: Wave, strata: Sequence[Stratum]) -> None:
    wave.design = _with_strata(wave, strata)
    session.flush()


def _with_strata(wave: Wave, strata: Sequence[Stratum]) -> dict[str, Any]:
    """The design with these; where each says what is wanted, the whole is what they add up to."""
    kept = {key: value for key, value in _data(wave).items() if key != "strata"}
    if strata:
        kept["strata"] = {
            each.name: {key: n for key, n in (("target", each.target), ("psus", each.psus)) if n is not None}
            for each in strata
        }
    wanted = [each.target for each in strata if each.target is not None]
    if wanted and len(wanted) == len(strata):
        kept["target"] = sum(wanted)
    return kept


def checked(quotas: Sequence[Mapping[str, Any]], questionnaire: Questionnaire) -> WaveDesign:
    """The quotas as the reader of design files takes them. Raises Refused with every reason."""
    with tempfile.TemporaryDirectory(prefix="tolqyn-") as folder:
        path = Path(folder) / "design.yaml"
        text = yaml.safe_dump({"format": 1, "quotas": list(quotas)}, allow_unicode=True, sort_keys=False)
        path.write_text(text, encoding="utf-8")
        try:
            return read_design(path, questionnaire)
        except Refused as refused:
            raise Refused(
                *(replace(each, file=None, line=None, path="") for each in refused.reasons)
            ) from refused


def condition(item: Item, answers: str) -> dict[str, Any]:
    """What somebody typed of an item's answers, as a rule: codes with commas, or a range. Raises Refused."""
    found = RANGE.fullmatch(answers)
    if isinstance(item, Number) and found:
        low, high = int(found[1]), int(found[2])
        return {"all": [{"item": item.id, "ge": low}, {"item": item.id, "le": high}]}
    codes = [part.strip() for part in answers.replace(";", ",").split(",") if part.strip()]
    if not codes or not all(re.fullmatch(r"-?\d{1,4}", code) for code in codes):
        expected = (
            Said("codes with commas between them, as 1, 2, or a range, as 18-29")
            if isinstance(item, Number)
            else Said("codes with commas between them, as 1, 2")
        )
        raise Refused(Reason(expected, repr(answers), path=item.id, rule="codes"))
    return {"item": item.id, "in": [int(code) for code in codes]}


def _refuse_fielded(wave: Wave) -> None:
    if wave.state not in UNFIELDED:
        where = f"{wave.study}/{wave.name}"
        raise Refused(Reason(Said("a wave that is draft or pilot"), wave.state, path=where, rule="state"))


def _data(wave: Wave) -> dict[str, Any]:
    return dict(wave.design or {"format": 1})
