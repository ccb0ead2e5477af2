"""A wave and its new design in, the design stored and the names of what it changed out, or why it may not."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from survey.fieldwork.design import WaveDesign, apply_design, design_of
from survey.fieldwork.gates import settings_reasons
from survey.refusal import Reason, Refused, Said
from survey.store.base import UNFIELDED
from survey.store.freezing import FROZEN
from survey.store.models import Wave
from survey.store.protection import KEY as PRIVACY
from survey.store.protection import record_reasons
from survey.store.waves import hold

EDITABLE = (*UNFIELDED, "open")
"""States in which something may be set."""


def change_design(session: Session, home: Path, wave: Wave, design: WaveDesign) -> list[str]:
    """Store the design and say what differs from before. Raises Refused with every reason.

    Once the wave is open, what respondents were told stays, so does what the sample rests on; a clone keeps
    to its model's settings as before its opening.
    """
    hold(session, wave)
    refuse_late(wave)
    before = _known(wave)
    reasons = settled_reasons(wave, design) if wave.state == "open" else []
    apply_design(session, wave, design)
    reasons += record_reasons(wave.disclosure, tuple(wave.languages))
    if wave.state == "open":
        reasons += settings_reasons(session, home, wave)
    if reasons:
        raise Refused(*reasons)
    now = _known(wave)
    return sorted(key for key in before | now if before.get(key) != now.get(key))


def refuse_late(wave: Wave) -> None:
    """Raises Refused for a wave whose settings are past changing."""
    if wave.state not in EDITABLE:
        where = f"{wave.study}/{wave.name}"
        erratum = " --erratum WHY" if wave.state == FROZEN else ""
        hint = f"tolqyn release build {where} --disclosure FILE{erratum} completes the record of a release"
        raise Refused(
            Reason(Said("a wave that is draft, pilot or open"), wave.state, hint, path=where, rule="state")
        )


def settled_reasons(wave: Wave, design: WaveDesign) -> list[Reason]:
    """What the design says otherwise of an open wave than was settled at its opening."""
    where = f"{wave.study}/{wave.name}"
    return [
        Reason(
            Said("{key} as at the opening: {before}", key=key, before=before),
            str(now),
            hint,
            where,
            "settled",
        )
        for key, before, now, hint in _unsettled(wave, design)
    ]


def _unsettled(wave: Wave, design: WaveDesign) -> Iterator[tuple[str, Any, Any, str]]:
    if design.time_zone != wave.time_zone:
        hint = f"its midnight opens and closes the wave; write time_zone: {wave.time_zone}"
        yield "time_zone", wave.time_zone, design.time_zone, hint
    before, now = _sampled(design_of(wave.design)), _sampled(design)
    if before != now:
        hint = "codes were drawn for these strata; what is wanted of each (target) may change"
        yield "strata", _said(before), _said(now), hint
    told = wave.disclosure.get(PRIVACY)
    if PRIVACY in design.disclosure and design.disclosure[PRIVACY] != told:
        hint = "respondents have read it and agreed: leave privacy: out of the file"
        yield PRIVACY, told or "nothing", design.disclosure[PRIVACY], hint


def _sampled(design: WaveDesign) -> dict[str, int | None]:
    return {stratum.name: stratum.psus for stratum in design.strata}


def _said(strata: dict[str, int | None]) -> str:
    words = [name if psus is None else f"{name} (psus {psus})" for name, psus in sorted(strata.items())]
    return ", ".join(words) or "none"


def _known(wave: Wave) -> dict[str, Any]:
    """What a design says of a wave, by the names that stand in the record of acts."""
    design = dict(wave.design or {})
    parts = {key: design.get(key) for key in ("target", "strata", "clusters", "reviewed", "changes")}
    record = {f"disclosure.{key}": words for key, words in wave.disclosure.items()}
    stored = {"time_zone": wave.time_zone, "title": wave.title, "quotas": wave.quotas}
    return {key: value for key, value in (parts | record | stored).items() if value}
