"""Mean scores in; their figures over the waves, reliability, and whether they measure the same, out."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from analysis import AnalysisError, SurveyData, alpha, invariance
from instruments import Indicator
from reports.declared import Declarations
from reports.evidence import Desk, IndicatorEvidence, comparisons, waves_asking
from reports.spec import LANGUAGE, items_of

Where = dict[str, Any]
LEVELS = ("configural", "metric", "scalar")
LEAST_GROUP = 100
"""Answers below which a group is left out of the comparison of languages."""


@dataclass(frozen=True)
class Same:
    """Whether a scale measures the same over groups: `yes`, `no`, or `unknown` where the data cannot tell."""

    verdict: str
    groups: tuple[str, ...] = ()


@dataclass(frozen=True)
class Scale:
    """One mean score of the index page."""

    evidence: IndicatorEvidence
    items: tuple[str, ...]
    alpha: float
    """Cronbach's, of the latest wave; NaN where it cannot be had."""
    over_waves: Same
    over_languages: Same


def scales(
    data: SurveyData,
    indicators: Sequence[Indicator],
    known: Sequence[IndicatorEvidence],
    plan: Declarations | None = None,
) -> tuple[tuple[Scale, ...], int, list[pd.DataFrame]]:
    """The scales, how many further comparisons they made, rows of the table; `known`: estimated already."""
    ready = {each.indicator.name: each for each in known}
    new = [each for each in indicators if each.name not in ready]
    pairs = comparisons(data.waves)
    asked = {each.name: waves_asking(data, each.variable) for each in new}
    desk = Desk(data, pairs, slopes=False, plan=plan)
    family = desk.undeclared([(each, asked[each.name]) for each in new])
    desk = replace(desk, family=max(1, family))
    ready |= {each.name: desk.indicator(each, asked[each.name]) for each in new}
    found = tuple(_scale(data, ready[each.name]) for each in indicators)
    return found, family, desk.frames


def _scale(data: SurveyData, evidence: IndicatorEvidence) -> Scale:
    items = items_of(data.codebook, evidence.indicator.variable)
    keys = _keys(data, evidence.indicator.variable, items)
    latest = {"wave": [data.waves[-1]]}
    waves = [reading.wave for reading in evidence.readings]
    over_waves = (
        _same(data, items, keys, by="wave", where={"wave": waves}) if len(waves) > 1 else Same("unknown")
    )
    spoken = _large(data, evidence.indicator.variable)
    where = {**latest, LANGUAGE: spoken}
    languages = _same(data, items, keys, by=LANGUAGE, where=where) if len(spoken) > 1 else Same("unknown")
    labels = data.codebook.variable(LANGUAGE).codes if spoken else {}
    named = tuple(labels[code]["en"] for code in spoken)
    return Scale(
        evidence, items, _alpha(data, items, keys, latest), over_waves, Same(languages.verdict, named)
    )


def _keys(data: SurveyData, variable: str, items: Sequence[str]) -> dict[str, int]:
    turned = (data.variable(variable).rule or {}).get("reverse", ())
    return {item: -1 if item in turned else 1 for item in items}


def _large(data: SurveyData, variable: str) -> list[int]:
    """The languages of the latest wave with enough answers."""
    if LANGUAGE not in data.codebook:
        return []
    rows = (data.frame["wave"].astype(str) == data.waves[-1]) & data.valid(variable)
    counts = data.frame.loc[rows, LANGUAGE].value_counts()
    return sorted(
        int(str(code)) for code, count in counts.items() if int(str(code)) > 0 and count >= LEAST_GROUP
    )


def _same(data: SurveyData, items: Sequence[str], keys: dict[str, int], *, by: str, where: Where) -> Same:
    try:
        found = invariance(data, list(items), keys=keys, by=by, where=where, levels=LEVELS)
    except AnalysisError:
        return Same("unknown")
    return Same("yes" if found.means_comparable else "no")


def _alpha(
    data: SurveyData, items: Sequence[str], keys: dict[str, int], where: dict[str, list[str]]
) -> float:
    try:
        return float(alpha(data, list(items), keys=keys, where=where).table["estimate"].iloc[0])
    except AnalysisError:
        return float("nan")
