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
_MEASURED = ("estimate", "se", "base", "df", "n_eff")
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
    columns = {name: table[name].to_numpy(float) for name in (*_MEASURED, "count") if name in table}
    publish, reason = judged(columns, infers, (table["statistic"] == "proportion").to_numpy(), rules)
    return pd.DataFrame({"publish": publish, "reason": reason}, index=table.index)


def judged(
    columns: Mapping[str, np.ndarray],
    infers: np.ndarray,
    shares: np.ndarray,
    rules: str | Path | Rules = DEFAULT,
) -> tuple[np.ndarray, list[str]]:
    """The same of columns that are no table yet; `shares` (n booleans): which rows are proportions."""
    chosen = read_rules(rules).rules
    measures = _measures(columns)
    scopes = {"any": np.ones(len(infers), bool), "inference": infers, "shares": infers & shares}
    hits = np.column_stack([scopes[rule.scope] & _holds(rule, measures) for rule in chosen])
    hidden = hits[:, [rule.action == "suppress" for rule in chosen]].any(axis=1)
    publish = np.where(hidden, "suppress", np.where(hits.any(axis=1), "flag", "show"))
    reason = [";".join(r.key for r, hit in zip(chosen, row, strict=True) if hit) for row in hits.tolist()]
    return publish, reason


def _holds(rule: Rule, measures: Mapping[str, np.ndarray]) -> np.ndarray:
    """Whether every limit holds; what is not measured is within no limit."""
    return np.logical_and.reduce(
        [
            _LIMITS[limit](measures[measure], value)
            for measure, limits in rule.when.items()
            for limit, value in limits.items()
        ]
    )


def _measures(columns: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    p, se, base, df, n_eff = (np.asarray(columns[name], float) for name in _MEASURED)
    width = _width(p, se, base, df)
    count = columns["count"] if "count" in columns else np.full(len(p), np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        relative = width / p
    return {
        "base": base,
        "n_eff": np.where(np.isnan(n_eff), base, n_eff),
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
