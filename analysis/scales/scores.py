"""Scale scores as columns: data and a scale come in, the data with one more derived column go out."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from analysis.data import SurveyData
from analysis.errors import EstimationError
from analysis.recode import compute
from analysis.scales.irt.model import GradedModel
from analysis.scales.items import Items, Keys, Scale, scale_items
from instruments import Level, Missing, Role, Text, Variable

METHODS = ("mean", "sum", "pomp")


def with_score(
    data: SurveyData,
    scale: Scale,
    name: str,
    *,
    method: str = "mean",
    keys: Keys = None,
    min_valid: int | None = None,
    ends: tuple[float, float] | None = None,
    label: Text | None = None,
) -> SurveyData:
    """The data with a derived column `name`: each row's score over its valid answers, reversed items turned.

    `method`: mean; sum (the mean times the number of items, so that a missing answer counts as the mean of
    the others); pomp, percent of the maximum possible, 0 to 100 (Cohen, Cohen, Aiken and West 1999).
    `min_valid`: fewest valid answers (default: all items); with fewer the column holds NaN. `ends`: lowest
    and highest possible answer, where the codebook gives no codes. A mean of items of one range carries the
    rule `mean_of`, so that it is computed again wherever the rule is. EstimationError for a name that is
    taken, items of different ranges (mean and sum), and ranges that are not known but needed.
    """
    if method not in METHODS:
        raise EstimationError(f"method {method!r} is unknown: type one of {', '.join(METHODS)}")
    _refuse_taken(data, name)
    items = scale_items(data, scale, keys=keys)
    fewest = items.count if min_valid is None else min_valid
    if not 1 <= fewest <= items.count:
        raise EstimationError(
            f"min_valid={fewest}: type a number from 1 to {items.count}, the number of items"
        )
    ranges = _ranges(items, ends, needed=method == "pomp" or bool((items.keys < 0).any()))
    if method != "pomp" and len({tuple(row) for row in ranges.tolist()}) > 1:
        raise EstimationError(
            f"the items of {name!r} have different ranges {sorted({tuple(r) for r in ranges.tolist()})}: "
            f"a {method} would weigh them unequally; type method='pomp'"
        )
    values = _scores(data, items, ranges, method, fewest)
    variable = _variable(items, name, method, fewest, ranges=ranges, label=label)
    if variable.rule is not None:
        values = compute(variable, {item: data.frame[item] for item in items.names})
    return _added(data, variable, values)


def with_theta(data: SurveyData, model: GradedModel, name: str, *, label: Text | None = None) -> SurveyData:
    """The data with the model's expected a posteriori scores (`name`) and their errors (`name`_se)."""
    for column in (name, f"{name}_se"):
        _refuse_taken(data, column)
    if len(model.scores) != len(data.frame):
        raise EstimationError(
            f"the model was fitted to {len(model.scores)} rows, the data have {len(data.frame)}"
        )
    words = label or {"en": f"score on {', '.join(model.items.names)}"}
    for column, part in ((name, "theta"), (f"{name}_se", "se")):
        variable = Variable(column, words, Level.INTERVAL, role=Role.DERIVED)
        data = _added(data, variable, model.scores[part].to_numpy())
    return data


def _refuse_taken(data: SurveyData, name: str) -> None:
    if name in data.frame or name in data.codebook:
        raise EstimationError(f"the data already have a column {name!r}: type another name")


def _ranges(items: Items, ends: tuple[float, float] | None, *, needed: bool) -> np.ndarray:
    """p x 2 lowest and highest possible answers; NaN where not declared and not needed."""
    ranges = items.ends.copy()
    unknown = np.isnan(ranges[:, 0])
    if ends is not None:
        if not ends[0] < ends[1]:
            raise EstimationError(f"ends={ends}: type the lowest possible answer, then the highest")
        ranges[unknown] = ends
        beyond = [
            name
            for j, name in enumerate(items.names)
            if np.nanmin(items.values[:, j]) < min(ends) and unknown[j] and items.keys[j] > 0
        ]
        if beyond:
            raise EstimationError(f"answers to {', '.join(beyond)} lie outside ends={ends}: correct the ends")
    elif needed and unknown.any():
        names = [name for name, one in zip(items.names, unknown, strict=True) if one]
        raise EstimationError(
            f"{', '.join(names)} have no codes, so the range of possible answers is not known: type "
            "ends=(lowest, highest)"
        )
    return ranges


def _scores(data: SurveyData, items: Items, ranges: np.ndarray, method: str, fewest: int) -> np.ndarray:
    raw = np.column_stack([data.values(name) for name in items.names])
    values = np.where(items.keys < 0, ranges.sum(axis=1) - raw, raw)
    if method == "pomp":
        values = 100 * (values - ranges[:, 0]) / (ranges[:, 1] - ranges[:, 0])
    valid = ~np.isnan(values)
    number = valid.sum(axis=1)
    mean = np.where(valid, values, 0).sum(axis=1) / np.maximum(number, 1)
    total = mean * items.count if method == "sum" else mean
    return np.where(number >= fewest, total, np.nan)


def _variable(
    items: Items, name: str, method: str, fewest: int, *, ranges: np.ndarray, label: Text | None
) -> Variable:
    words = label or {"en": f"{method} of {', '.join(items.names)}"}
    rule: Mapping[str, Any] | None = None
    if method == "mean" and (ranges >= 0).all():
        reverse = [item for item, key in zip(items.names, items.keys, strict=True) if key < 0]
        rule = {"mean_of": list(items.names), "min_valid": fewest}
        if reverse:
            rule |= {"reverse": reverse, "range": [float(end) for end in ranges[0]]}
    missing = tuple(Missing) if rule is not None else ()
    return Variable(name, words, Level.INTERVAL, role=Role.DERIVED, key=1, missing=missing, rule=rule)


def _added(data: SurveyData, variable: Variable, values: np.ndarray) -> SurveyData:
    codebook = replace(data.codebook, variables=(*data.codebook.variables, variable))
    return data.with_columns(codebook, **{variable.name: values})
