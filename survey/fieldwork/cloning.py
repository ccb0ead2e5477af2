"""A fielded wave in, the specification of the next one out, and what that may not change in silence."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from instruments import Questionnaire
from survey.fieldwork.design import apply_design, design_of
from survey.fieldwork.model import Model
from survey.refusal import Reason, Said
from survey.store.models import Wave
from survey.store.rules import WaveSpec

SETTINGS = ("sample_type", "mode", "access", "languages", "time_zone")
"""Columns of a wave on which a trend rests."""
DISCLOSED = ("population", "sampling", "frame", "recruitment", "incentives")
"""Items of the disclosure record on which it rests too."""
OF_ONE_WAVE = ("anonymity", "closing", "few_codes", "help_lines_verified")
"""What the record says of one wave's end; `correction_N` besides."""


def next_spec(
    model: Model, asked: Questionnaire, name: str, alias: str, *, opens: date, closes: date
) -> WaveSpec:
    """The next wave's specification: all settings of its model, under its own name, address and dates.

    What its release does not say is as usual: by web, in all languages, by code in a probability sample.
    """
    usual = "invited" if model.sample_type == "probability" else "open"
    return WaveSpec(
        study=model.study,
        name=name,
        alias=alias,
        opens=opens,
        closes=closes,
        organisation=model.organisation,
        contact=model.contact,
        sample_type=model.sample_type,
        public_key="",
        languages=model.languages or asked.languages,
        mode=model.mode or "web",
        access=model.access or asked.access or usual,
        title=_title(model, asked),
        disclosure=_carried(model.disclosure),
    )


def mark_clone(session: Session, clone: Wave, model: Model) -> None:
    """Give the new draft its model's design and quotas, and remember whose settings it keeps to."""
    apply_design(session, clone, design_of(_without_reasons(model.design)))
    clone.time_zone = model.time_zone or clone.time_zone
    clone.disclosure = _carried(model.disclosure)
    clone.cloned_from = model.name
    session.flush()


def lock_reasons(model: Model, wave: Wave) -> list[Reason]:
    """Settings that differ from the model's and have no reason in the design, each with what to write."""
    told = design_of(wave.design).changes
    reasons = []
    for key, before, now in _differences(model, wave):
        if key not in told:
            hint = f"set it back, or say why in the design file: changes: {{{key}: {{en: …}}}}"
            expected = Said(
                "{key} as in wave {wave} ({before})", key=key, wave=model.name, before=_said(before)
            )
            reasons.append(Reason(expected, _said(now), hint, f"{wave.study}/{wave.name}", "locked"))
    return reasons


def _differences(model: Model, wave: Wave) -> list[tuple[str, Any, Any]]:
    """Nothing of what the model does not say."""
    now = {key: getattr(wave, key) for key in SETTINGS} | {"languages": tuple(wave.languages)}
    pairs = [(key, getattr(model, key), now[key]) for key in SETTINGS]
    pairs = [pair for pair in pairs if pair[1] is not None]
    pairs += [(key, model.disclosure.get(key), wave.disclosure.get(key)) for key in DISCLOSED]
    if model.strata is not None:
        pairs.append(("strata", model.strata, sorted(each.name for each in design_of(wave.design).strata)))
    return [(key, before, after) for key, before, after in pairs if before != after]


def _title(model: Model, asked: Questionnaire) -> dict[str, str]:
    """The study's, where it is said in every language of the questionnaire."""
    return dict(model.title) if set(asked.languages) <= set(model.title) or not model.released else {}


def _carried(record: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: words
        for key, words in record.items()
        if key not in OF_ONE_WAVE and not key.startswith("correction_")
    }


def _without_reasons(data: Mapping[str, Any] | None) -> dict[str, Any]:
    """A design without what it says of the wave before the model."""
    return {key: value for key, value in (data or {"format": 1}).items() if key != "changes"}


def _said(value: Any) -> str:
    text = ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    return Said("nothing") if value in (None, [], (), {}) else text if len(text) <= 60 else f"{text[:57]}…"
