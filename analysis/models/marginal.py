"""What margins are: values and two parts of their influence come in, errors, contrasts, tables go out."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd
from scipy import stats

from analysis.data import SurveyData
from analysis.estimates.intervals import student

COVARIATES = ("sampled", "fixed")


@dataclass(frozen=True)
class Margins:
    """k averages of a model's expected values, or combinations of them.

    `labels`: k rows that name them; `model_part`: n x k influence by way of the coefficients;
    `covariate_part`: n x k influence of who is averaged over; `covariates`: whether the second counts
    (sampled) or not (fixed); `df`: of intervals; `shares`: whether values are shares, whose intervals are
    made on the logit scale.
    """

    statistic: str
    data: SurveyData
    domain: np.ndarray
    labels: pd.DataFrame
    values: np.ndarray
    model_part: np.ndarray
    covariate_part: np.ndarray
    covariates: str
    df: int
    shares: bool

    @property
    def influence(self) -> np.ndarray:
        """n x k: what gives the covariance with any other estimate of the same data."""
        return self.model_part + self.covariate_part if self.covariates == "sampled" else self.model_part

    @cached_property
    def covariance(self) -> np.ndarray:
        """k x k design covariance."""
        return self.data.sample.covariance(self.influence, self.domain)

    @cached_property
    def covariance_of_parts(self) -> np.ndarray:
        """k x k sum of the covariances of both parts, as if independent: what R's svypredmeans gives."""
        parts = (self.model_part, self.covariate_part)
        return np.sum([self.data.sample.covariance(part, self.domain) for part in parts], axis=0)

    @property
    def se(self) -> np.ndarray:
        return np.sqrt(np.diag(self.covariance))

    @property
    def names(self) -> list[str]:
        """k texts: each row of `labels` in words."""
        kept = self.labels.loc[:, [name for name in self.labels if (self.labels[name] != "").any()]]
        return [" ".join(f"{name}={value}" for name, value in row.items()) for row in kept.to_dict("records")]

    def contrast(self, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Values (m) and covariance (m x m) of m linear combinations; `weights` is m x k."""
        weights = np.atleast_2d(weights)
        return weights @ self.values, weights @ self.covariance @ weights.T

    def combine(self, weights: np.ndarray, labels: pd.DataFrame, statistic: str) -> "Margins":
        """m linear combinations (m x k weights) as margins of their own."""
        return replace(
            self,
            statistic=statistic,
            labels=labels,
            values=weights @ self.values,
            model_part=self.model_part @ weights.T,
            covariate_part=self.covariate_part @ weights.T,
            shares=False,
        )

    def table(self, level: float = 0.95) -> pd.DataFrame:
        """A row for each: labels, then estimate, se, low, high, df; effects also t and p."""
        half = student(np.array([self.df]), level)[0] * self.se
        low, high = self.values - half, self.values + half
        if self.shares:
            with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
                centre = np.log(self.values / (1 - self.values))
                reach = half / (self.values * (1 - self.values))
                low, high = 1 / (1 + np.exp(reach - centre)), 1 / (1 + np.exp(-reach - centre))
        columns = {"estimate": self.values, "se": self.se, "low": low, "high": high, "df": self.df}
        table = pd.concat([self.labels, pd.DataFrame(columns)], axis=1)
        if self.statistic == "predictive margin":
            return table
        with np.errstate(divide="ignore", invalid="ignore"):
            t = self.values / self.se
        p = 2 * stats.t.sf(np.abs(t), self.df) if self.df > 0 else np.nan
        return table.assign(t=t, p=p)
