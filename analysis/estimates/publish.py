"""What may be printed: estimates with their bases come in, show, flag or suppress and why go out."""

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.data import NO_ERROR
from analysis.estimates.intervals import beta_interval, student
from analysis.estimates.rules import Rule, Rules, read_rules

DEFAULT = "tolqyn"
COMPLEMENTARY = "complementary"
"""The reason of a cell hidden so that another cannot be computed from its table."""
_LIMITS: Mapping[str, Callable[[np.ndarray, float], np.ndarray]] = {
    "below": lambda x, limit: x < limit,
    "at_most": lambda x, limit: x <= limit,
    "above": lambda x, limit: x > limit,
    "at_least": lambda x, limit: x >= limit,
}


def apply_rules(table: pd.DataFrame, rules: str | Path | Rules) -> pd.DataFrame:
    """The EstimateTable with `publish` and `reason` by other rules; RulesError for a file that is none."""
    infers = (table["method"] != NO_ERROR).to_numpy()
    return table.assign(**gate(table, infers, rules))


def gate(table: pd.DataFrame, infers: np.ndarray, rules: str | Path | Rules = DEFAULT) -> pd.DataFrame:
    """Columns `publish` (show, flag, suppress) and `reason` (keys of the rules that hit, joined by ;).

    `table` has the columns statistic estimate se base n_eff df, and count where rules on cells are to hold.
    Where `infers` is false (a non-probability sample) only rules for any figure count.
    """
    chosen = read_rules(rules).rules
    measures = _measures(table)
    scopes = {"any": np.ones(len(table), bool), "inference": infers}
    scopes["shares"] = infers & (table["statistic"] == "proportion").to_numpy()
    hits = np.column_stack([scopes[rule.scope] & _holds(rule, measures) for rule in chosen])
    hidden = hits[:, [rule.action == "suppress" for rule in chosen]].any(axis=1)
    publish = np.where(hidden, "suppress", np.where(hits.any(axis=1), "flag", "show"))
    reason = [";".join(r.key for r, hit in zip(chosen, row, strict=True) if hit) for row in hits]
    return pd.DataFrame({"publish": publish, "reason": reason}, index=table.index)


def _holds(rule: Rule, measures: Mapping[str, np.ndarray]) -> np.ndarray:
    """Whether every limit holds; what is not measured is within no limit."""
    return np.logical_and.reduce(
        [
            _LIMITS[limit](measures[measure], value)
            for measure, limits in rule.when.items()
            for limit, value in limits.items()
        ]
    )


def _measures(table: pd.DataFrame) -> dict[str, np.ndarray]:
    base = table["base"].to_numpy(float)
    df = table["df"].to_numpy(float)
    p = table["estimate"].to_numpy(float)
    width = _width(p, table["se"].to_numpy(float), base, df)
    count = table["count"].to_numpy(float) if "count" in table else np.full(len(table), np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        relative = width / p
    return {
        "base": base,
        "n_eff": table["n_eff"].fillna(table["base"]).to_numpy(float),
        "df": df,
        "width": width,
        "relative_width": relative,
        "edge": np.minimum(p, 1 - p),
        "count": count,
    }


def _width(p: np.ndarray, se: np.ndarray, base: np.ndarray, df: np.ndarray) -> np.ndarray:
    """Width of the 95 % Korn-Graubard interval, its effective size capped at the base."""
    with np.errstate(divide="ignore", invalid="ignore"):
        size = p * (1 - p) / se**2 * (student(base - 1, 0.95) / student(df, 0.95)) ** 2
        size = np.where((p <= 0) | (p >= 1), base, np.minimum(size, base))
        low, high = beta_interval(p, size, 0.95)
    return high - low
