"""Parts of a difference: smooth functions of estimates come in, a table with errors and verdicts goes out."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from scipy import stats

from analysis.data import SurveyData
from analysis.errors import EstimationError
from analysis.estimates.intervals import student
from analysis.estimates.judging import cleared, student_test
from analysis.estimates.publish import gate
from analysis.estimates.table import NO_ERROR
from analysis.waves.changes import POWER

PARTS_COLUMNS = (
    "statistic",
    "variable",
    "code",
    "part",
    "detail",
    "wave_from",
    "wave_to",
    "estimate",
    "se",
    "low",
    "high",
    "base",
    "weighted_base",
    "df",
    "p",
    "p_adjusted",
    "mdc",
    "verdict",
    "method",
    "publish",
    "reason",
)


@dataclass(frozen=True)
class Parts:
    """k parts with their influence values (n x k). `names`: part and detail ("" for a whole); `ends`: what is
    set against what; `bases`: the fewest rows, and their weight, on a side; `df`: PSUs minus strata of the
    rows used, 0 where a side has no degrees of freedom.
    """

    data: SurveyData
    statistic: str
    variable: str
    code: int | str | None
    names: tuple[tuple[str, str], ...]
    values: np.ndarray
    influence: np.ndarray
    domain: np.ndarray
    ends: tuple[str, str]
    bases: tuple[int, float]
    infers: bool
    df: int

    @cached_property
    def covariance(self) -> np.ndarray:
        """k x k design covariance; a part that is rounding beside the others has none."""
        scale = np.full(len(self.values), np.abs(self.values).max(initial=0.0))
        return cleared(self.data.sample.covariance(self.influence, self.domain), scale)

    @property
    def se(self) -> np.ndarray:
        return np.sqrt(np.diag(self.covariance))

    def place(self, part: str, detail: str = "") -> int:
        """Where a part stands; EstimationError lists the parts there are."""
        if (part, detail) not in self.names:
            known = ", ".join(f"{name} {more}".strip() for name, more in self.names)
            raise EstimationError(f"no part {part} {detail}: type one of {known}")
        return self.names.index((part, detail))

    def table(self, *, family: int = 1, level: float = 0.95) -> pd.DataFrame:
        """A row per part with PARTS_COLUMNS; intervals at level 1 - (1 - level) / family.

        `verdict`: raised, lowered (the part, as the interval says), no_clear_part; not_inferable, too_few.
        """
        k = len(self.values)
        if family < 1:
            raise EstimationError(
                f"family={family} must count the comparisons declared together: type 1 or more"
            )
        se = self.se if self.infers and self.df > 0 else np.full(k, np.nan)
        df = np.full(k, self.df)
        t = student(df, 1 - (1 - level) / family)
        low, high = self.values - t * se, self.values + t * se
        p = student_test(self.values, se, df)[1]
        table = pd.DataFrame(
            {
                "statistic": self.statistic,
                "variable": self.variable,
                "code": pd.array([self.code if isinstance(self.code, int) else None] * k, "Int64"),
                "part": [part for part, _ in self.names],
                "detail": [detail for _, detail in self.names],
                "wave_from": self.ends[0],
                "wave_to": self.ends[1],
                "estimate": self.values,
                "se": se,
                "low": low,
                "high": high,
                "base": self.bases[0],
                "weighted_base": self.bases[1],
                "n_eff": np.nan,
                "df": df,
                "p": p,
                "p_adjusted": np.minimum(1.0, p * family),
                "mdc": (t + stats.t.ppf(POWER, np.maximum(df, 1))) * se,
                "method": f"taylor, t {level:.6g}, bonferroni {family}" if self.infers else NO_ERROR,
            }
        )
        table = pd.concat([table, gate(table, np.full(k, self.infers))], axis=1)
        table["verdict"] = self._verdicts(table)
        return table[list(PARTS_COLUMNS)]

    def _verdicts(self, table: pd.DataFrame) -> np.ndarray:
        if not self.infers:
            return np.full(len(table), "not_inferable")
        clear = np.where(table["low"] > 0, "raised", np.where(table["high"] < 0, "lowered", "no_clear_part"))
        return np.where((table["publish"] == "suppress") | table["low"].isna(), "too_few", clear)


def smallest(weights: np.ndarray, sides: tuple[np.ndarray, ...]) -> tuple[int, float]:
    """The base and the weighted base of the side that has the least."""
    return min(int(rows.sum()) for rows in sides), min(float(weights[rows].sum()) for rows in sides)
