"""Replication: survey data and an estimator come in, its figures with errors from refits go out."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from inspect import signature
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from analysis.data import NO_ERROR, SurveyData
from analysis.errors import EstimationError
from analysis.estimates import Estimates
from analysis.estimates.intervals import student
from analysis.replicates import ReplicateDesign, ReplicateSample
from analysis.sample import PooledSample


def make_replicates(
    data: SurveyData,
    kind: str,
    *,
    replicates: int | None = None,
    seed: int | None = None,
    fay_rho: float = 0.0,
    mse: bool = False,
    df: int | None = None,
    recalibrate: bool = True,
) -> SurveyData:
    """The same data with errors from replicates of its PSUs, pooled waves' too.

    `kind`: JK1 (no strata), JKn, BRR or Fay (two PSUs a stratum; Fay needs `fay_rho`), bootstrap (Rao and Wu
    1988; needs `replicates` and `seed`). `mse`: deviations from the whole sample's figure, not the
    replicates' mean. `df`: degrees of freedom in place of the rank of the replicate weights minus 1.
    `recalibrate`: calibrated weights are calibrated in every replicate again.
    DataError, EstimationError where the design has no such replicates. Replicate weights that came with the
    data are named in a ReplicateDesign.
    """
    data.refuse_grouped("replication")
    base = data.design.base if isinstance(data.design, ReplicateDesign) else data.design
    design = ReplicateDesign(
        kind,
        base,
        replicates=replicates,
        seed=seed,
        fay_rho=fay_rho,
        mse=mse,
        df=df,
        recalibrate=recalibrate,
    )
    return replace(data, design=design)


@dataclass(frozen=True)
class Replicated:
    """k figures with their covariance over R replicates; `replicates`: R x k.

    `infers`: the sample has a sampling error. Without one `se` and `covariance` are what the replicates'
    spread gives of any rows, no margin of error, and the table holds none.
    """

    values: pd.Series
    covariance: pd.DataFrame
    replicates: np.ndarray
    df: int
    method: str
    infers: bool = True

    @cached_property
    def se(self) -> pd.Series:
        return pd.Series(np.sqrt(np.diag(self.covariance)), index=self.values.index)

    def table(self, level: float = 0.95) -> pd.DataFrame:
        """A row per figure: estimate, se, low, high, t, df, p, method."""
        se = self.se if self.infers else self.se * np.nan
        half = float(student(np.array([self.df]), level)[0]) * se
        with np.errstate(divide="ignore", invalid="ignore"):
            t = self.values / se
        return pd.DataFrame(
            {
                "estimate": self.values,
                "se": se,
                "low": self.values - half,
                "high": self.values + half,
                "t": t,
                "df": self.df,
                "p": 2 * stats.t.sf(np.abs(t), self.df),
                "method": self.method if self.infers else NO_ERROR,
            }
        )


def replicate(estimator: Callable[..., Any], data: SurveyData, *arguments: Any, **options: Any) -> Replicated:
    """What `estimator(data, *arguments, **options)` gives, fitted again under each replicate's weights.

    An argument named `data` gets the data, else the first: `replicate(svyglm, data, "y ~ x")`. The estimator
    returns one of this package's tables (column `estimate`), Estimates, a fitted model
    (`params`), or numbers: a float, an array, a Series. Where its result knows its replicates (Estimates,
    svyglm) they are taken, else it is called once a replicate, on the same rows under other weights (0 for a
    row left out). EstimationError without a replicate design, or where a replicate has no figure.
    """
    sample = data.sample
    parts = list(_parts(sample))
    if not parts:
        raise EstimationError("the design has no replicates: type make_replicates(data, 'bootstrap', ...)")
    call = _bound(estimator, arguments, options)
    result = call(data)
    values = figures(result)
    whole = values.to_numpy(float)
    known = _known(result) if isinstance(sample, ReplicateSample) else None
    found, covariance = [], np.zeros((len(whole), len(whole)))
    for rows, part in parts:
        refit = _refitted(call, data, (rows, part), values) if known is None else known
        covariance += part.spread(refit, whole)
        found.append(refit)
    names = values.index
    return Replicated(
        values,
        pd.DataFrame(covariance, index=names, columns=names),
        np.vstack(found),
        int(sample.df()),
        sample.method,
        all(data.wave_meta(wave).infers for wave in data.waves),
    )


def figures(result: Any) -> pd.Series:
    """The numbers of an estimator's result, in its order."""
    if isinstance(result, Estimates):
        return pd.Series(result.values)
    table = getattr(result, "table", None) if not isinstance(result, pd.DataFrame) else result
    if isinstance(table, pd.DataFrame) and "estimate" in table:
        return table["estimate"].astype(float)
    for found in (getattr(result, "params", None), result):
        if isinstance(found, pd.Series):
            return found.astype(float)
        if isinstance(found, np.ndarray | float | int | np.number | list | tuple):
            return pd.Series(np.atleast_1d(np.asarray(found, float)).ravel())
    raise EstimationError(
        f"replicate cannot read the figures of a {type(result).__name__}: let the estimator return numbers"
    )


def _bound(
    estimator: Callable[..., Any], arguments: tuple[Any, ...], options: dict[str, Any]
) -> Callable[[SurveyData], Any]:
    """The estimator as a function of the data, by that name where it is not the first argument (svyglm)."""
    try:
        names = list(signature(estimator).parameters)
    except (TypeError, ValueError):
        names = []
    if "data" in names[1:]:
        return lambda data: estimator(*arguments, **options, data=data)
    return lambda data: estimator(data, *arguments, **options)


def _known(result: Any) -> np.ndarray | None:
    if isinstance(result, Estimates):
        return result.values + result.replicated
    known = getattr(result, "replicates", None)
    return known if isinstance(known, np.ndarray) else None


def _parts(sample: Any) -> Iterator[tuple[np.ndarray, ReplicateSample]]:
    if isinstance(sample, ReplicateSample):
        yield np.arange(sample.n), sample
    if isinstance(sample, PooledSample) and all(isinstance(s, ReplicateSample) for s in sample.samples):
        yield from zip(sample.rows, sample.samples, strict=True)


def _refitted(
    call: Callable[[SurveyData], Any],
    data: SurveyData,
    replicates: tuple[np.ndarray, ReplicateSample],
    values: pd.Series,
) -> np.ndarray:
    """R x k figures; the rows outside a part keep their weights while its replicates are made."""
    rows, part = replicates
    found = np.empty((part.count, len(values)))
    for number, weights in part.replicate_weights():
        whole = data.sample.weights.copy()
        whole[rows] = weights
        try:
            again = figures(call(data.reweighted(whole)))
        except EstimationError as error:
            raise EstimationError(f"replicate {number + 1}: {error}") from error
        lost = len(again) != len(values) or bool((again.isna().to_numpy() & values.notna().to_numpy()).any())
        if lost:
            raise EstimationError(
                f"replicate {number + 1} lacks a figure that the whole sample has: join small groups"
            )
        found[number] = again.to_numpy(float)
    return found
