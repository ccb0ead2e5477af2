"""A wave's SurveyData in, the same with a column a flag, and rules, thresholds and counts out."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from analysis.data import SurveyData
from analysis.quality import patterns
from analysis.quality.asked import questions
from analysis.quality.columns import (
    ABSENT,
    ATTENTION,
    CARELESS,
    FLAGS,
    LONGSTRING,
    NONRESPONSE,
    SPEEDING,
    STRAIGHTLINING,
    TRAP,
    UNFINISHED,
)
from analysis.quality.speed import speeding
from instruments import Missing, Role


@dataclass(frozen=True)
class Flagged:
    """`record` is JSON-ready: for each flag label, rule, source, threshold, judged and flagged; and `any`."""

    data: SurveyData
    record: Mapping[str, Any]


def flag_interviews(data: SurveyData) -> Flagged:
    """Compute every flag; nobody is left out for one. A flag that can judge nobody makes no column.

    Flags that are columns already are read, not computed again.
    """
    data.refuse_grouped("flagging")
    if data.meta.parts:
        raise ValueError("a flag's medians are one wave's: flag the waves one by one, not pooled")
    columns, limits = _computed(data)
    known = [flag for flag in FLAGS if flag.name in data.codebook]
    for flag in known:
        columns[flag.name] = data.frame[flag.name].to_numpy(int)
        limits[flag.name] = data.codebook.variable(flag.name).design.get("quality", {}).get("threshold", {})
    record = {
        flag.name: {
            "label": dict(flag.label),
            "rule": flag.rule,
            "source": flag.source,
            "threshold": dict(limits[flag.name]),
            "judged": int((columns[flag.name] >= 0).sum()),
            "flagged": int((columns[flag.name] == 1).sum()),
        }
        for flag in FLAGS
    }
    careless = np.logical_or.reduce([columns[name] == 1 for name in CARELESS])
    new = [flag for flag in FLAGS if flag not in known and record[flag.name]["judged"]]
    frame = data.frame.assign(**{flag.name: columns[flag.name] for flag in new})
    variables = (*data.codebook.variables, *(flag.column(limits[flag.name]) for flag in new))
    flagged = data.with_frame(frame, codebook=replace(data.codebook, variables=variables))
    return Flagged(flagged, {"flags": record, "any": int(careless.sum()), "interviews": len(frame)})


def _computed(data: SurveyData) -> tuple[dict[str, np.ndarray], dict[str, Mapping[str, Any]]]:
    found = questions(data)
    fast, limits = speeding(data, found)
    columns = {
        SPEEDING.name: fast,
        STRAIGHTLINING.name: patterns.straightlining(data),
        ATTENTION.name: patterns.attention(data),
        LONGSTRING.name: patterns.longstring(data),
        NONRESPONSE.name: patterns.nonresponse(found),
        UNFINISHED.name: _unfinished(data),
        TRAP.name: _trapped(data),
    }
    thresholds: dict[str, Mapping[str, Any]] = {
        SPEEDING.name: limits,
        STRAIGHTLINING.name: {"answers_at_least": patterns.FEWEST_ROWS},
        ATTENTION.name: {},
        LONGSTRING.name: {"run_at_least": patterns.LONGEST},
        NONRESPONSE.name: {"share_above": patterns.MOST_LACKING},
        UNFINISHED.name: {},
        TRAP.name: {},
    }
    return columns, thresholds


def _unfinished(data: SurveyData) -> np.ndarray:
    """Whether some question was not reached."""
    names = [v.name for v in data.codebook.variables if v.role is Role.ANSWER]
    return data.frame[names].eq(int(Missing.NOT_REACHED)).any(axis=1).to_numpy().astype(int)


def _trapped(data: SurveyData) -> np.ndarray:
    """Whether the hidden field was filled in; where there was none, nobody can be judged."""
    if "hidden_field" not in data.frame:
        return np.full(len(data.frame), ABSENT)
    return (data.frame["hidden_field"].to_numpy(float) == 1).astype(int)
