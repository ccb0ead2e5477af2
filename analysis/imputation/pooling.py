"""Estimates of several imputed data sets come in, one estimate with the error of both samplings goes out.

Rubin (1987, Multiple Imputation for Nonresponse in Surveys, chapter 3); degrees of freedom after Barnard and
Rubin (1999, Biometrika 86) in the form of R's mitools (MIcombine).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from analysis.errors import EstimationError, unknown_name
from analysis.estimates import NO_ERROR, Estimates
from analysis.estimates.intervals import student
from analysis.models import Margins, ModelResult, Wald, wald_test


@dataclass(frozen=True)
class PooledEstimates:
    """k pooled estimates, by name.

    `covariance`: within + (1 + 1/m) between, all k x k; `df`, `missing_information` (fraction): k; `m`: data
    sets; `infers`: the samples have a sampling error. Without one the table holds no errors.
    """

    params: pd.Series
    covariance: pd.DataFrame
    within: pd.DataFrame
    between: pd.DataFrame
    df: pd.Series
    missing_information: pd.Series
    m: int
    infers: bool = True

    @property
    def se(self) -> pd.Series:
        return pd.Series(np.sqrt(np.diag(self.covariance)), index=self.params.index)

    def table(self, level: float = 0.95) -> pd.DataFrame:
        """A row each: estimate, se, low, high, t, p, df, missing_information."""
        se = self.se if self.infers else self.se * np.nan
        half = student(np.minimum(self.df, 1e12), level) * se
        with np.errstate(divide="ignore", invalid="ignore"):
            t = self.params / se
        columns = {
            "estimate": self.params,
            "se": se,
            "low": self.params - half,
            "high": self.params + half,
            "t": t,
            "p": 2 * stats.t.sf(np.abs(t), self.df),
            "df": self.df,
            "missing_information": self.missing_information,
        }
        return pd.DataFrame(columns)

    def wald(self, names: str | Sequence[str]) -> Wald:
        """Tests the named estimates together, on the smallest of their degrees of freedom. R: regTermTest."""
        wanted = [names] if isinstance(names, str) else list(names)
        if not self.infers:
            raise EstimationError(
                f"{NO_ERROR}, so no test: declare the model by which it has one in Meta(model=...), or read "
                ".params"
            )
        for name in wanted:
            if name not in self.params.index:
                raise EstimationError(unknown_name("estimate", name, [str(n) for n in self.params.index]))
        V = self.covariance.loc[wanted, wanted].to_numpy()
        return wald_test(self.params[wanted].to_numpy(), V, float(self.df[wanted].min()))


def pool_imputations(
    fits: Sequence[ModelResult | Estimates | Margins | Any], *, df_complete: float | None = None
) -> PooledEstimates:
    """The same fit or estimate of each imputed data set, pooled.

    `df_complete`: degrees of freedom if nothing were missing; default: those of the design (the smallest over
    the data sets); infinite: as R's mitools does when it is not told. EstimationError where the fits differ
    in what they estimate.
    """
    parts = [_part(fit) for fit in fits]
    names = parts[0][0] if parts else []
    for found, *_ in parts:
        if found != names:
            differing = sorted(set(found) ^ set(names)) or ["their order"]
            raise EstimationError(
                f"the imputed data sets do not give the same estimates ({', '.join(differing)}): a code may "
                "be absent from some of them; join rare codes"
            )
    design = np.min([df for *_, df in parts], axis=0) if parts else np.inf
    complete = design if df_complete is None else df_complete
    made = rubin_pool([v for _, v, *_ in parts], [V for *_, V, _ in parts], names=names, df_complete=complete)
    return replace(made, infers=all(fit.data.infers(fit.domain) for fit in fits))


def rubin_pool(
    estimates: Sequence[np.ndarray],
    covariances: Sequence[np.ndarray],
    *,
    names: Sequence[str] | None = None,
    df_complete: float | np.ndarray = np.inf,
) -> PooledEstimates:
    """m vectors (k) and m covariances (k x k, or k variances) to one; `df_complete`: one, or k."""
    m = len(estimates)
    if m < 2:
        raise EstimationError(f"{m} imputed data sets cannot be pooled: impute at least 2, better 20")
    if len(covariances) != m:
        raise EstimationError(
            f"{m} estimates and {len(covariances)} covariances: give one of each a data set"
        )
    values = np.array([np.atleast_1d(np.asarray(value, float)) for value in estimates])
    k = values.shape[1]
    inside = [_square(np.asarray(V, float), k) for V in covariances]
    if not (np.isfinite(values).all() and np.isfinite(inside).all()):
        raise EstimationError("an estimate of an imputed data set is not a finite number")
    within = np.mean(inside, axis=0)
    between = np.atleast_2d(np.cov(values, rowvar=False))
    total = within + (1 + 1 / m) * between
    df, missing = _degrees(np.diag(within), np.diag(between), m, np.broadcast_to(df_complete, (k,)))
    labels = pd.Index(list(names) if names is not None else range(k))
    whole, inner, outer = (
        pd.DataFrame(part, index=labels, columns=labels) for part in (total, within, between)
    )
    return PooledEstimates(
        pd.Series(values.mean(axis=0), index=labels),
        covariance=whole,
        within=inner,
        between=outer,
        df=pd.Series(df, index=labels),
        missing_information=pd.Series(missing, index=labels),
        m=m,
    )


def _degrees(
    within: np.ndarray, between: np.ndarray, m: int, complete: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Degrees of freedom and fractions of missing information, k each."""
    with np.errstate(divide="ignore", invalid="ignore"):
        r = (1 + 1 / m) * between / within
        df = (m - 1) * (1 + 1 / r) ** 2
        observed = (complete + 1) / (complete + 3) * complete * within / (within + between)
        df = np.where(np.isinf(complete), df, 1 / (1 / np.where(np.isinf(complete), 1, observed) + 1 / df))
        missing = np.where(np.isinf(r), 1.0, (r + 2 / (df + 3)) / (r + 1))
    return np.where(np.isnan(df), np.inf, df), np.where(np.isnan(missing), 0.0, missing)


def _square(V: np.ndarray, k: int) -> np.ndarray:
    V = np.diag(np.atleast_1d(V)) if V.ndim < 2 else V
    if V.shape != (k, k):
        raise EstimationError(f"a covariance of {V.shape} does not go with {k} estimates")
    return V


def _part(fit: Any) -> tuple[list[str], np.ndarray, np.ndarray, np.ndarray]:
    """Names, values, covariance and degrees of freedom."""
    if isinstance(fit, ModelResult):
        df = np.full(len(fit.params), float(fit.df_residual))
        return list(fit.params.index), fit.params.to_numpy(), fit.covariance.to_numpy(), df
    if isinstance(fit, Margins):
        return fit.names, fit.values, fit.covariance, np.full(len(fit.values), float(fit.df))
    if isinstance(fit, Estimates):
        return _names(fit), fit.values, fit.covariance, fit.df.astype(float)
    raise EstimationError(
        f"{type(fit).__name__} does not pool: give fits of models, margins or estimates (mean_estimates)"
    )


def _names(estimates: Estimates) -> list[str]:
    found = []
    for cell, code in zip(estimates.cell, estimates.codes, strict=True):
        name = estimates.variable if code is None else f"{estimates.variable}={code}"
        wave = estimates.cells.waves[cell] if "wave" in estimates.cells.codes else ""
        found.append(" ".join(part for part in (name, estimates.cells.groups[cell], wave) if part))
    return found
