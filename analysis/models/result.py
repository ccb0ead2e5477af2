"""What a fit is: coefficients, covariance and influence come in, tables, tests and predictions go out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from analysis.data import SurveyData
from analysis.errors import EstimationError, unknown_name
from analysis.estimates.intervals import student
from analysis.estimates.judging import refuse_no_df, student_test
from analysis.models.engine import Engine
from analysis.models.formula import Rows
from analysis.models.terms import LikelihoodRatio, Wald, denominator, likelihood_ratio_test, wald_test
from analysis.replicates import ReplicateSample

ANOVA_COLUMNS = ("term", "statistic", "df", "ddf", "p", "method")


@dataclass(frozen=True)
class ModelResult:
    """A fitted model. `influence` (n x p) gives the covariance with any other estimate of the same data.

    `rows`: what it was fitted to; `naive`: p x p inverse information for weights of mean 1, what the
    covariance would be under simple random sampling; `deviance`: for weights of mean 1; `lost`: how many
    degrees of freedom the coefficients take; `again`: fits the same model to other rows or columns;
    `df_by_coefficient`: those of a small-sample correction, in place of `df_residual`. `fit`: of
    svyglm, the statsmodels results, which carry the design covariance and its degrees of freedom, so
    that `fit.summary()` and tests made from it are design-based too; else None. `replicates`: of svyglm
    under a design with replicates, R x p coefficients under each replicate's weights.
    """

    formula: str
    params: pd.Series
    covariance: pd.DataFrame = field(repr=False)
    influence: np.ndarray = field(repr=False)
    n: int
    df: int
    terms: Mapping[str, tuple[str, ...]] = field(repr=False)
    fit: Any = field(repr=False)
    rows: Rows = field(repr=False)
    engine: Engine = field(repr=False)
    naive: np.ndarray = field(repr=False)
    deviance: float
    lost: int
    again: "Callable[[Rows], ModelResult]" = field(repr=False)
    df_by_coefficient: pd.Series | None = None
    replicates: np.ndarray | None = field(default=None, repr=False)

    @property
    def replicated(self) -> np.ndarray | None:
        """R x p differences of the replicates' coefficients from those of the whole sample, where known."""
        return None if self.replicates is None else self.replicates - self.params.to_numpy()

    @property
    def data(self) -> SurveyData:
        return self.rows.data

    @property
    def values(self) -> np.ndarray:
        """p coefficients, for contrasts with other estimates."""
        return self.params.to_numpy(float)

    @property
    def labels(self) -> tuple[str, ...]:
        """p names of the coefficients."""
        return tuple(map(str, self.params.index))

    @property
    def domain(self) -> np.ndarray:
        """n booleans: the rows of the model."""
        return self.rows.domain

    @property
    def df_residual(self) -> int:
        """Design degrees of freedom + 1 - number of coefficients (thresholds and the intercept count as
        one)."""
        return self.df + 1 - self.lost

    @cached_property
    def se(self) -> pd.Series:
        return pd.Series(np.sqrt(np.diag(self.covariance)), index=self.params.index)

    @cached_property
    def infers(self) -> bool:
        """Whether errors are defined: probability samples, or a declared model, in every wave of the rows."""
        return self.data.infers(self.domain)

    def table(self, level: float = 0.95) -> pd.DataFrame:
        """A row per coefficient: estimate, se, low, high, t, p with `df_residual` degrees of freedom.

        All but the estimate are empty for non-probability samples without a declared model. A small-sample
        correction has degrees of freedom of its own for each coefficient, in a column df.
        """
        if self.df_by_coefficient is not None:
            df = self.df_by_coefficient.to_numpy()
        else:
            self._refuse_spent()
            df = np.full(len(self.params), float(self.df_residual))
        se = self.se if self.infers else self.se * np.nan
        half = student(df, level) * se
        t, p = student_test(self.params.to_numpy(), se.to_numpy(), df)
        columns = {
            "estimate": self.params,
            "se": se,
            "low": self.params - half,
            "high": self.params + half,
        }
        table = pd.DataFrame({**columns, "t": t, "p": p})
        return table if self.df_by_coefficient is None else table.assign(df=df)

    def confint(self, level: float = 0.95) -> pd.DataFrame:
        """Low and high of each coefficient. R: confint."""
        return self.table(level)[["low", "high"]]

    def wald(self, names: str | Sequence[str], *, test: str = "F") -> Wald:
        """Tests the named coefficients, or all coefficients of the named terms, together. R: regTermTest.

        `test`: F, on `df_residual` denominator degrees of freedom, or Chisq.
        """
        wanted = self.coefficients(names)
        self._refuse_without_error(test)
        b, V = self.params[wanted].to_numpy(), self.covariance.loc[wanted, wanted].to_numpy()
        return wald_test(b, V, denominator(test, self.df_residual))

    def likelihood_ratio(self, terms: str | Sequence[str], *, test: str = "F") -> LikelihoodRatio:
        """Rao-Scott test of the named terms: the model is fitted again without their columns.

        R: regTermTest(method = "LRT") and anova of two nested fits.
        """
        names = [terms] if isinstance(terms, str) else list(terms)
        wanted = self.coefficients(names)
        gone = {column for name in names for column in self.rows.terms.get(name, (name,))}
        unknown = gone - set(self.rows.X.columns)
        if unknown:
            raise EstimationError(
                f"{', '.join(sorted(unknown))}: name whole terms, of {', '.join(self.terms)}"
            )
        keep = ~self.rows.X.columns.isin(list(gone))
        self._refuse_without_error(test)
        place = self.params.index.get_indexer(pd.Index(wanted))
        V, naive = self.covariance.to_numpy()[np.ix_(place, place)], self.naive[np.ix_(place, place)]
        chisq = self.engine.deviance(keep) - self.deviance
        return likelihood_ratio_test(chisq, V, naive, denominator(test, self.df_residual))

    def anova(self, *, method: str = "LRT", test: str = "F", sequential: bool = False) -> pd.DataFrame:
        """A row per term, each tested against the model without it; method: LRT (Rao-Scott) or Wald.

        `sequential`: each term is tested in the model of the terms up to it, interactions last, as R's
        anova.svyglm does; else in the whole model. Columns ANOVA_COLUMNS; `statistic` is chi-square of LRT, F
        or chi-square of Wald.
        """
        if method not in ("LRT", "Wald"):
            raise EstimationError(f"method {method!r} is unknown: type LRT or Wald")
        names = sorted((term for term in self.terms if term != "Intercept"), key=lambda term: term.count(":"))
        model, found = self, []
        for place, term in reversed(list(enumerate(names))):
            done = (
                model.wald(term, test=test) if method == "Wald" else model.likelihood_ratio(term, test=test)
            )
            statistic = done.f if isinstance(done, Wald) and test == "F" else done.chisq
            found.append((term, statistic, done.df, done.ddf, done.p, method))
            if sequential and place:
                model = model.again(model.rows.without(term))
        return pd.DataFrame(found[::-1], columns=list(ANOVA_COLUMNS))

    def predict(self, frame: pd.DataFrame, *, scale: str = "response", level: float = 0.95) -> pd.DataFrame:
        """Predictions for the rows of `frame`; scale: response (means or probabilities) or link.

        Columns estimate, se, low, high; a model of several outcomes has a row for each, named in a column
        `outcome`. Intervals of probabilities are made on the logit scale, those of other means on the link.
        """
        if scale not in ("response", "link"):
            raise EstimationError(f"scale {scale!r} is unknown: type response or link")
        self._refuse_spent()
        X = self.rows.matrix({name: frame[name].to_numpy() for name in frame.columns})
        link = scale == "link"
        values = self.engine.linear(X) if link else self.engine.mean(X)
        gradient = self.engine.linear_gradient(X) if link else self.engine.gradient(X)
        V = self.covariance.to_numpy() if self.infers else self.covariance.to_numpy() * np.nan
        variance = np.einsum("mjp,pq,mjq->mj", gradient, V, gradient, optimize=True)
        outcomes = self.engine.equations if link else self.engine.outcomes
        shape = len(outcomes)
        low, high = self._ends(values, np.sqrt(variance), level, link)
        table = pd.DataFrame(
            {
                "estimate": values.ravel(),
                "se": np.sqrt(variance).ravel(),
                "low": low.ravel(),
                "high": high.ravel(),
            },
            index=frame.index.repeat(shape),
        )
        if shape > 1:
            table.insert(0, "outcome", list(outcomes) * len(frame))
        return table

    def _ends(
        self, values: np.ndarray, se: np.ndarray, level: float, link: bool
    ) -> tuple[np.ndarray, np.ndarray]:
        half = student(np.array([self.df_residual]), level)[0] * se
        if link or not self.engine.is_share:
            return values - half, values + half
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            centre, reach = np.log(values / (1 - values)), half / (values * (1 - values))
            return 1 / (1 + np.exp(reach - centre)), 1 / (1 + np.exp(-reach - centre))

    def _refuse_spent(self) -> None:
        """EstimationError where the coefficients take all the design's degrees of freedom."""
        if self.infers and self.df_residual < 1:
            raise EstimationError(
                f"{self.lost} coefficients are too many for the {self.df} degrees of freedom of the design "
                "(PSUs minus strata), so there is no error to judge them by: leave columns out, widen the "
                "domain, or type bell_mccaffrey(fit).table(), where each coefficient has its own"
            )

    def _refuse_without_error(self, test: str) -> None:
        if not self.infers:
            raise EstimationError(
                "a non-probability sample has no sampling error, so no test: declare the model by which it "
                "stands for the population (Meta.model), or report the coefficients alone"
            )
        if test == "F":
            self._refuse_spent()

    def coefficients(self, names: str | Sequence[str]) -> list[str]:
        """The coefficients of the named terms, and those named themselves; EstimationError for another
        name."""
        found = [
            part for name in ([names] if isinstance(names, str) else names) for part in self._parts(name)
        ]
        if not found:
            raise EstimationError(f"no coefficient to test: type one of {', '.join(self.terms)}")
        return list(dict.fromkeys(found))

    def _parts(self, name: str) -> tuple[str, ...]:
        if name in self.params.index:
            return (name,)
        if name in self.terms:
            return self.terms[name]
        known = list(dict.fromkeys([*self.terms, *self.params.index]))
        raise EstimationError(unknown_name("coefficient or term", name, known))


@dataclass(frozen=True)
class Solution:
    """What an estimator found: p coefficients by name, m x p influence of the rows used, inverse
    information."""

    params: pd.Series
    influence: np.ndarray
    naive: np.ndarray
    deviance: float
    engine: Engine
    terms: Mapping[str, tuple[str, ...]]
    lost: int
    again: Callable[[Rows], ModelResult]
    fit: Any = None
    replicates: np.ndarray | None = None
    """R x p coefficients under each replicate's weights, where the design has replicates."""


def under_the_design(rows: Rows, found: Solution) -> ModelResult:
    """Gives a solution the covariance and the degrees of freedom of the data's design."""
    influence = np.zeros((len(rows.data.frame), len(found.params)))
    influence[rows.used] = found.influence
    domain = rows.domain
    if rows.data.infers(domain):
        refuse_no_df(rows.data.sample.df(domain), f"the model {rows.formula}".strip())
    names = list(found.params.index)
    sample = rows.data.sample
    if isinstance(sample, ReplicateSample) and found.replicates is not None:
        covariance = sample.spread(found.replicates, found.params.to_numpy())
    else:
        covariance = sample.covariance(influence, domain)
    return ModelResult(
        formula=rows.formula,
        params=found.params,
        covariance=pd.DataFrame(covariance, index=names, columns=names),
        influence=influence,
        n=rows.n,
        df=rows.data.sample.df(domain),
        terms=dict(found.terms),
        fit=found.fit,
        rows=rows,
        engine=found.engine,
        naive=found.naive,
        deviance=found.deviance,
        lost=found.lost,
        again=found.again,
        replicates=found.replicates,
    )
