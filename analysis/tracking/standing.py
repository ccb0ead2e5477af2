"""Confirmatory or exploratory: a day of declaration and waves come in, a word and its reason go out."""

from collections.abc import Sequence
from datetime import date

from analysis.data import SurveyData
from analysis.tracking.plan import TrackingPlan

CONFIRMATORY, EXPLORATORY = "confirmatory", "exploratory"


def standing_of(data: SurveyData, declared: date | None, waves: Sequence[str]) -> tuple[str, str]:
    """Confirmatory where it was declared before the first day of fieldwork of the last of the waves.

    `declared`: None for a comparison that no plan names; `waves`: one at least, all of the data. The reason
    is empty for a confirmatory one.
    """
    if declared is None:
        return EXPLORATORY, "no plan names it"
    latest = max(waves, key=data.waves.index)
    day = first_day(data, latest)
    if day is None:
        return EXPLORATORY, f"wave {latest} has no dates of fieldwork"
    if declared < day:
        return CONFIRMATORY, ""
    return EXPLORATORY, f"declared on {declared}, when fieldwork of {latest} had begun ({day})"


def first_day(data: SurveyData, wave: str) -> date | None:
    """The first day on which the wave can have been in the field; None where it is not known."""
    if not data.meta.parts and len(data.waves) > 1:
        return None
    dates = data.wave_meta(wave).dates
    if not dates:
        return None
    year, month, day = (*(int(part) for part in dates[0].split("-")), 1, 1)[:3]
    return date(year, month, day)


def standing(
    plan: TrackingPlan | None,
    data: SurveyData,
    variable: str,
    *,
    kind: str,
    code: int | str | None = None,
    wave_from: str | None = None,
    wave_to: str | None = None,
    by: Sequence[str] = (),
) -> tuple[str, str]:
    """What a comparison of a report is under the plan: confirmatory or exploratory, and why the latter.

    `wave_from`, `wave_to`: the two waves of a change; other kinds reach over all waves of the data.
    """
    found = plan.declares(
        variable, kind=kind, code=code, wave_from=wave_from, wave_to=wave_to, by=by
    ) if plan is not None else None  # fmt: skip
    waves = [wave for wave in (wave_from, wave_to) if wave is not None] or list(data.waves)
    return standing_of(data, found.declared if found is not None else None, waves)
