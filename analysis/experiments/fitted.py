"""A fitted model of an experiment: coefficients and influence in, tables, tests and mean shares out."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import patsy
from scipy import linalg, stats

from analysis.data import SurveyData
from analysis.errors import EstimationError
from analysis.estimates.cells import Cells, make_cells
from analysis.estimates.intervals import student
from analysis.experiments.figures import Test, figures, table_of, wald
from analysis.experiments.solving import logistic
from analysis.grammar import environment, read_grammar


@dataclass(frozen=True)
class Covariates:
    """m rows of a model: their positions `used`, X (m x k) = basis @ triangle, weights of mean 1.

    The basis has columns of mean square 1, so that fits do not hang on the units of a covariate.
    """

    formula: str
    used: np.ndarray
    X: np.ndarray
    names: tuple[str, ...]
    weights: np.ndarray
    basis: np.ndarray
    triangle: np.ndarray


def covariates_of(data: SurveyData, answer: str, formula: str, valid: np.ndarray) -> Covariates:
    """The matrix of `formula` for the valid rows without a missing code in a column of it."""
    right = formula.split("~", 1)[-1].strip()
    read = read_grammar(right, list(data.frame))
    names = [name for name in read.names if name != answer]
    values = {name: data.values(name) if name in data.codebook else data.frame[name] for name in names}
    frame = pd.DataFrame(values, index=range(len(data.frame)))
    used = np.flatnonzero(valid & frame.notna().all(axis=1).to_numpy())
    if not len(used):
        raise EstimationError(f"nobody has valid answers in all of {', '.join([answer, *names])}")
    try:
        matrix: Any = patsy.dmatrix(read.terms, frame.iloc[used], environment(), "raise")
    except Exception as error:  # formula engines raise many kinds, all meaning that it does not fit
        raise EstimationError(f"the covariates {right!r} do not fit the data: {error}") from error
    X, columns = np.asarray(matrix, float), matrix.design_info.column_names
    if np.linalg.matrix_rank(X) < X.shape[1]:
        raise EstimationError(
            f"the covariates {', '.join(columns)} are linearly dependent: leave one of them out"
        )
    weights = data.sample.weights[used]
    Q, R = linalg.qr(X, mode="economic")
    root = np.sqrt(len(used))
    return Covariates(right, used, X, tuple(columns), weights / weights.mean(), Q * root, R / root)


@dataclass(frozen=True)
class ExperimentModel:
    """Coefficients in named parts; `influence` (n x p) gives the covariance with any other estimate.

    `params` and `covariance` are indexed by (part, term). `log_likelihood` is NaN where none is maximised.
    """

    formula: str
    method: str
    params: pd.Series
    covariance: pd.DataFrame
    influence: np.ndarray
    n: int
    df: int
    log_likelihood: float
    data: SurveyData = field(repr=False)
    rows: Covariates = field(repr=False)
    link: str = "logit"

    @property
    def df_residual(self) -> int:
        """Design degrees of freedom + 1 - number of coefficients."""
        return self.df + 1 - len(self.params)

    @property
    def values(self) -> np.ndarray:
        """The coefficients, for contrasts with other estimates of the same data."""
        return self.params.to_numpy()

    @cached_property
    def domain(self) -> np.ndarray:
        """n booleans: the rows of the model."""
        inside = np.zeros(len(self.data.frame), bool)
        inside[self.rows.used] = True
        return inside

    @cached_property
    def se(self) -> pd.Series:
        return pd.Series(np.sqrt(np.diag(self.covariance)), index=self.params.index)

    def table(self, level: float = 0.95) -> pd.DataFrame:
        """A row per coefficient: part, term, estimate, se, low, high, df, t, p."""
        _refuse_error(self.data)
        df = self.df_residual
        t = self.params / self.se
        half = float(student(np.array([df]), level)[0]) * self.se
        columns = {
            "estimate": self.params,
            "se": self.se,
            "low": self.params - half,
            "high": self.params + half,
            "df": df,
            "t": t,
            "p": 2 * stats.t.sf(np.abs(t), df) if df > 0 else np.nan,
        }
        return pd.DataFrame(columns).rename_axis(["part", "term"]).reset_index()

    def wald(self, terms: str | Sequence[str], part: str = "sensitive") -> Test:
        """Tests the named coefficients of one part together."""
        names = [terms] if isinstance(terms, str) else list(terms)
        wanted = [(part, name) for name in names]
        absent = [pair for pair in wanted if pair not in self.params.index]
        if absent:
            known = ", ".join(f"{p}: {t}" for p, t in self.params.index)
            raise EstimationError(f"the model has no coefficient {absent[0]}: type one of {known}")
        block = self.covariance.loc[wanted, wanted].to_numpy()
        return wald(", ".join(names), self.params[wanted].to_numpy(), block, self.df)

    def prevalence(self, level: float = 0.95) -> pd.DataFrame:
        """The mean predicted share of the sensitive item, a row of the estimate table.

        With g the prediction and b the coefficients: influence w (g - mean) / W + dmean/db z_b.
        """
        values, influence, cells, index = self._mean_share()
        estimates = figures(
            "predicted_share",
            "",
            self.data,
            cells,
            index=index,
            cell=np.zeros(1, int),
            values=values,
            influence=influence,
        )
        return table_of(estimates, level).assign(method=f"{self.method}, t {level:.6g}")

    def _mean_share(self) -> tuple[np.ndarray, np.ndarray, Cells, np.ndarray]:
        k = self.rows.X.shape[1]
        eta = self.rows.X @ self.params.to_numpy()[:k]
        share = eta if self.link == "identity" else logistic(eta)
        slope = np.ones_like(eta) if self.link == "identity" else share * (1 - share)
        used = self.rows.used
        weights = self.data.sample.weights[used]
        size = weights.sum()
        mean = float(weights @ share / size)
        gradient = (weights * slope) @ self.rows.X / size
        influence = self.influence[:, :k] @ gradient
        influence[used] += weights * (share - mean) / size
        cells = make_cells(self.data, None, self.domain)
        return np.array([mean]), influence[:, None], cells, np.where(self.domain, 0, -1)


def fitted(
    data: SurveyData,
    rows: Covariates,
    parts: Sequence[str],
    theta: np.ndarray,
    *,
    influence: np.ndarray,
    method: str,
    covariance: np.ndarray | None = None,
    log_likelihood: float = np.nan,
    link: str = "logit",
) -> ExperimentModel:
    """The model in the units of its covariates; `theta` and `influence` are in those of the basis.

    `covariance`: in place of the design's.
    """
    back = linalg.block_diag(*[np.linalg.inv(rows.triangle)] * len(parts))
    whole = np.zeros((len(data.frame), len(theta)))
    whole[rows.used] = influence @ back.T
    inside = np.zeros(len(data.frame), bool)
    inside[rows.used] = True
    V = data.sample.covariance(whole, inside) if covariance is None else back @ covariance @ back.T
    index = pd.MultiIndex.from_product([parts, rows.names], names=["part", "term"])
    return ExperimentModel(
        formula=rows.formula,
        method=method if covariance is None else f"{method}, errors of independent rows",
        params=pd.Series(back @ theta, index=index),
        covariance=pd.DataFrame(V, index=index, columns=index),
        influence=whole,
        n=len(rows.used),
        df=data.sample.df(inside),
        log_likelihood=log_likelihood,
        data=data,
        rows=rows,
        link=link,
    )


def _refuse_error(data: SurveyData) -> None:
    without = [wave for wave in data.waves if not data.wave_meta(wave).infers]
    if without:
        raise EstimationError(
            f"wave {', '.join(without)} is no probability sample and has no declared model: its coefficients "
            "have no standard errors; read .params, or declare a model in Meta(model=...)"
        )
