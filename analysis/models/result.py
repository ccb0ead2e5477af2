"""What a fit is: coefficients, design covariance and influence come in, tables, tests and predictions go out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from analysis.errors import EstimationError
from analysis.estimates.intervals import student


@dataclass(frozen=True)
class Wald:
    """A test that several coefficients are 0: F on df and ddf degrees of freedom."""

    f: float
    df: int
    ddf: int
    p: float


@dataclass(frozen=True)
class ModelResult:
    """A fitted model. `influence` (n x p) gives the covariance with any other estimate of the same data.

    `fit`: the statsmodels results, which carry the design covariance and its degrees of freedom, so that
    `fit.summary()` and tests made from it are design-based too.
    """

    formula: str
    params: pd.Series
    covariance: pd.DataFrame
    influence: np.ndarray
    n: int
    df: int
    terms: Mapping[str, tuple[str, ...]]
    fit: Any

    @property
    def df_residual(self) -> int:
        """Design degrees of freedom + 1 - number of coefficients."""
        return self.df + 1 - len(self.params)

    @cached_property
    def se(self) -> pd.Series:
        return pd.Series(np.sqrt(np.diag(self.covariance)), index=self.params.index)

    def table(self, level: float = 0.95) -> pd.DataFrame:
        """A row per coefficient: estimate, se, low, high, t, p with `df_residual` degrees of freedom."""
        t = self.params / self.se
        half = float(student(np.array([self.df_residual]), level)[0]) * self.se
        p = 2 * stats.t.sf(np.abs(t), self.df_residual) if self.df_residual > 0 else np.nan
        columns = {
            "estimate": self.params,
            "se": self.se,
            "low": self.params - half,
            "high": self.params + half,
        }
        return pd.DataFrame({**columns, "t": t, "p": p})

    def wald(self, names: str | Sequence[str]) -> Wald:
        """Tests the named coefficients, or all coefficients of the named terms, together."""
        wanted = [
            part for name in ([names] if isinstance(names, str) else names) for part in self._parts(name)
        ]
        b = self.params[wanted].to_numpy()
        V = self.covariance.loc[wanted, wanted].to_numpy()
        f = float(b @ np.linalg.solve(V, b)) / len(wanted)
        ddf = self.df_residual
        return Wald(f, len(wanted), ddf, float(stats.f.sf(f, len(wanted), ddf)) if ddf > 0 else np.nan)

    def predict(self, frame: pd.DataFrame, *, scale: str = "response") -> pd.DataFrame:
        """Predictions for the rows of `frame` with standard errors; scale: response or link."""
        if scale not in ("response", "link"):
            raise EstimationError(f"scale {scale!r} is unknown: type response or link")
        prediction = self.fit.get_prediction(frame)
        eta = prediction.linpred if scale == "link" else prediction
        return pd.DataFrame({"estimate": eta.predicted, "se": eta.se}, index=frame.index)

    def _parts(self, name: str) -> tuple[str, ...]:
        if name in self.params.index:
            return (name,)
        if name in self.terms:
            return self.terms[name]
        known = ", ".join([*self.terms, *self.params.index])
        raise EstimationError(f"the model has no coefficient or term {name!r}: type one of {known}")
