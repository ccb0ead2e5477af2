"""Patterns among answers: SurveyData in; 1 (found), 0 (not) or -3 (cannot be judged) an interview out."""

from collections.abc import Iterator

import numpy as np

from analysis.data import SurveyData
from analysis.quality.asked import NO_SUBSTANCE, Questions, answers, batteries
from analysis.quality.columns import ABSENT
from instruments import Role, Variable

FEWEST_ROWS = 3
"""Answers to a battery from which on sameness says something."""
LONGEST = 7
"""Length of a run from which on it is flagged."""
FEWEST_ANSWERS = 3
"""Answers an item offers: yes to everything is often the truth."""
MOST_LACKING = 0.5


def straightlining(data: SurveyData) -> np.ndarray:
    """Whether all answers to some battery keyed both ways are the same code, other than the middle one."""
    n = len(data.frame)
    judged, found = np.zeros(n, bool), np.zeros(n, bool)
    for group in batteries(data):
        variables = [data.codebook.variable(name) for name in group.variables]
        keyed = [v for v in variables if v.key]
        values = answers(data, [v.name for v in keyed])
        valid = ~np.isnan(values)
        keys = np.array([v.key for v in keyed])
        enough = (
            (valid.sum(axis=1) >= FEWEST_ROWS)
            & valid[:, keys > 0].any(axis=1)
            & valid[:, keys < 0].any(axis=1)
        )
        low = np.where(valid, values, np.inf).min(axis=1)
        high = np.where(valid, values, -np.inf).max(axis=1)
        judged |= enough
        found |= enough & (low == high) & (low != _middle(keyed[0]))
    return np.where(judged, found, ABSENT).astype(int)


def attention(data: SurveyData) -> np.ndarray:
    """Whether some attention check got another answer than it asks for."""
    n = len(data.frame)
    judged, failed = np.zeros(n, bool), np.zeros(n, bool)
    for variable in data.codebook.variables:
        if "attention" not in variable.design:
            continue
        valid = data.valid(variable.name)
        passes = data.frame[variable.name].isin(list(variable.design["attention"]["passes"])).to_numpy()
        judged |= valid
        failed |= valid & ~passes
    return np.where(judged, failed, ABSENT).astype(int)


def longstring(data: SurveyData) -> np.ndarray:
    """Whether the longest run of one code is at least LONGEST; judged where a run could be that long."""
    n = len(data.frame)
    longest, possible = np.zeros(n, int), np.zeros(n, int)
    for block in _blocks(data):
        runs, length = _runs(data, block)
        longest, possible = np.maximum(longest, runs), np.maximum(possible, length)
    return np.where(possible >= LONGEST, longest >= LONGEST, ABSENT).astype(int)


def nonresponse(found: Questions) -> np.ndarray:
    """Whether more than half of the questions asked have no answer with substance."""
    asked = found.asked.sum(axis=1)
    lacking = (found.asked & ~found.answered).sum(axis=1)
    return np.where(asked > 0, lacking > MOST_LACKING * asked, ABSENT).astype(int)


def _middle(variable: Variable) -> float:
    """The middle code of an odd number of codes: agreeing with nothing contradicts nothing."""
    codes = sorted(variable.codes)
    return float(codes[len(codes) // 2]) if len(codes) % 2 else np.nan


def _blocks(data: SurveyData) -> Iterator[tuple[Variable, ...]]:
    """Neighbouring single answers with the same codes and words."""
    several = {name for group in data.codebook.groups if group.kind == "multi" for name in group.variables}
    block: list[Variable] = []
    for variable in data.codebook.variables:
        if variable.role is not Role.ANSWER:
            continue
        alike = block and variable.codes == block[0].codes
        if not alike:
            if len(block) >= LONGEST:
                yield tuple(block)
            block = []
        if len(variable.codes) >= FEWEST_ANSWERS and variable.name not in several:
            block.append(variable)
    if len(block) >= LONGEST:
        yield tuple(block)


def _runs(data: SurveyData, block: tuple[Variable, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Longest run and number of answers of each interview; what was not put to it is passed over."""
    raw = np.column_stack([data.frame[v.name].to_numpy(float) for v in block])
    values = answers(data, [v.name for v in block])
    shown = ~np.isnan(values) | np.isin(raw, [float(code) for code in NO_SUBSTANCE])
    order = _order(data, block)
    values = np.take_along_axis(values, order, axis=1)
    shown = np.take_along_axis(shown, order, axis=1)
    longest, running = np.zeros(len(values), int), np.zeros(len(values), int)
    before = np.full(len(values), np.nan)
    for place in range(values.shape[1]):
        now, put = values[:, place], shown[:, place]
        running = np.where(put, np.where(np.isnan(now), 0, np.where(now == before, running + 1, 1)), running)
        before = np.where(put, now, before)
        longest = np.maximum(longest, running)
    return longest, (~np.isnan(values)).sum(axis=1)


def _order(data: SurveyData, block: tuple[Variable, ...]) -> np.ndarray:
    """n x k places in the order shown: a battery keeps its stretch, its rows lie as drawn where known."""
    k = len(block)
    keys = np.tile(np.arange(k, dtype=float), (len(data.frame), 1))
    for group in dict.fromkeys(v.group for v in block if v.group):
        inside = [place for place, v in enumerate(block) if v.group == group]
        drawn = [place for place in inside if f"{block[place].name}_POS" in data.frame]
        if len(drawn) < len(inside):
            continue
        places = np.column_stack([data.frame[f"{block[p].name}_POS"].to_numpy(float) for p in inside])
        keys[:, inside] = inside[0] + places / (places.max(initial=1.0) + 1) * len(inside)
    return np.argsort(keys, axis=1, kind="stable")
