"""What margins are: values and two parts of their influence come in, errors, contrasts, tables go out."""

from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import pandas as pd
from scipy import sparse

from analysis.data import SurveyData
from analysis.estimates.influence import WithContrasts
from analysis.estimates.intervals import student
from analysis.estimates.judging import refuse_no_df, student_test

COVARIATES = ("sampled", "fixed")


@dataclass(frozen=True)
class Margins(WithContrasts):
    """k averages of a model's expected values, or combinations of them.

    `labels`: k rows that name them; `coefficients`: n x p influence of the model's coefficients and
    `gradient`: k x p derivatives by them; `covariate_part`: n x k influence of who is averaged over;
    `covariates`: whether the latter counts (sampled) or not (fixed); `df`: of intervals; `shares`: whether
    values are shares, whose intervals are made on the logit scale.
    """

    statistic: str
    data: SurveyData
    domain: np.ndarray
    labels: pd.DataFrame
    values: np.ndarray
    coefficients: np.ndarray = field(repr=False)
    gradient: np.ndarray = field(repr=False)
    covariate_part: sparse.csr_array = field(repr=False)
    covariates: str
    df: int
    shares: bool
    variables: tuple[str, ...] = ()
    """The columns the model reads."""

    @property
    def model_part(self) -> np.ndarray:
        """n x k influence by way of the coefficients."""
        return self.coefficients @ self.gradient.T

    @property
    def influence(self) -> np.ndarray:
        """n x k: what gives the covariance with any other estimate of the same data."""
        if self.covariates == "fixed":
            return self.model_part
        return self.model_part + self.covariate_part.toarray()

    @cached_property
    def covariance(self) -> np.ndarray:
        """k x k design covariance, from the p coefficients and the sparse part: no n x k array is held."""
        part = self.gradient @ self._joint[: self._p, : self._p] @ self.gradient.T
        if self.covariates == "fixed":
            return part
        crossed = self.gradient @ self._joint[: self._p, self._p :]
        return part + crossed + crossed.T + self._joint[self._p :, self._p :]

    @cached_property
    def covariance_of_parts(self) -> np.ndarray:
        """k x k sum of the covariances of both parts, as if independent: what R's svypredmeans gives."""
        part = self.gradient @ self._joint[: self._p, : self._p] @ self.gradient.T
        return part + self._joint[self._p :, self._p :]

    @property
    def _p(self) -> int:
        return self.gradient.shape[1]

    @cached_property
    def _joint(self) -> np.ndarray:
        """(p + k) x (p + k) covariance of the coefficients and of who is averaged over."""
        both = sparse.hstack([sparse.csr_array(self.coefficients), self.covariate_part], format="csr")
        return self.data.sample.covariance(both, self.domain)

    @property
    def se(self) -> np.ndarray:
        return np.sqrt(np.maximum(np.diag(self.covariance), 0))

    @property
    def names(self) -> list[str]:
        """k texts: each row of `labels` in words."""
        kept = self.labels.loc[:, [name for name in self.labels if (self.labels[name] != "").any()]]
        return [" ".join(f"{name}={value}" for name, value in row.items()) for row in kept.to_dict("records")]

    def combine(self, weights: np.ndarray, labels: pd.DataFrame, statistic: str) -> "Margins":
        """m linear combinations (m x k weights) as margins of their own."""
        return replace(
            self,
            statistic=statistic,
            labels=labels,
            values=weights @ self.values,
            gradient=weights @ self.gradient,
            covariate_part=sparse.csr_array(self.covariate_part @ sparse.csr_array(weights.T)),
            shares=False,
        )

    def table(self, level: float = 0.95) -> pd.DataFrame:
        """A row for each: labels, then estimate, se, low, high, df; effects also t and p.

        Non-probability samples without a declared model have no se, low, high, t, p.
        """
        if self.data.infers(self.domain):
            refuse_no_df(self.df, f"the model behind a {self.statistic}")
        se = self.se if self.data.infers(self.domain) else self.se * np.nan
        half = student(np.array([self.df]), level)[0] * se
        low, high = self.values - half, self.values + half
        if self.shares:
            with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
                centre = np.log(self.values / (1 - self.values))
                reach = half / (self.values * (1 - self.values))
                low, high = 1 / (1 + np.exp(reach - centre)), 1 / (1 + np.exp(-reach - centre))
        columns = {"estimate": self.values, "se": se, "low": low, "high": high, "df": self.df}
        table = pd.concat([self.labels, pd.DataFrame(columns)], axis=1)
        if self.statistic == "predictive margin":
            return table
        t, p = student_test(self.values, se, self.df)
        return table.assign(t=t, p=p)
