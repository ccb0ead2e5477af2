"""One figure over the waves: a question comes in, `WaveSeries` with values and influence goes out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from scipy import sparse, stats

from analysis.data import SurveyData, Where
from analysis.errors import EstimationError, Said, setting
from analysis.estimates import Estimates, EstimateTable
from analysis.estimates.cells import By, columns_of
from analysis.estimates.influence import WithContrasts
from analysis.estimates.table import to_table
from analysis.models import Wald, wald_test
from analysis.sample import Matrix
from analysis.trends.line import Line
from analysis.trends.lines import lines_of, obstacle_of, refuse_link, strictest
from analysis.trends.times import wave_times
from analysis.waves import pooled
from analysis.waves.changes import estimates_of

SERIES_COLUMNS = (
    "statistic",
    "variable",
    "code",
    "label",
    "group",
    "waves",
    "wave_from",
    "wave_to",
    "link",
)


@dataclass(frozen=True)
class WaveSeries(WithContrasts):
    """k figures of one variable, code and group, in the order of their times.

    `values`, `times` (years): k; `influence`: n x k; `domain`: n booleans, rows that carry any of them;
    `rows`: the figures as an EstimateTable; `obstacle`: the verdict that stands in place of any test, or "".
    """

    data: SurveyData
    statistic: str
    variable: str
    code: int | str | None
    group: str
    waves: tuple[str, ...]
    times: np.ndarray
    values: np.ndarray
    influence: Matrix
    domain: np.ndarray
    rows: EstimateTable
    obstacle: str = ""
    link: str = "identity"
    beyond: np.ndarray | None = None
    """k x k variance that no influence value carries (of terms that are not linear); None: none."""

    @cached_property
    def covariance(self) -> np.ndarray:
        """k x k design covariance."""
        linear = self.data.sample.covariance(self.influence, self.domain)
        return linear if self.beyond is None else linear + self.beyond

    @cached_property
    def df(self) -> int:
        """PSUs minus strata of the rows that carry the figures."""
        return self.data.sample.df(self.domain)

    def on(self, link: str) -> "WaveSeries":
        """The same series as log odds; EstimationError where a figure is no share inside (0, 1)."""
        refuse_link(link)
        if link == self.link:
            return self
        if self.statistic != "proportion":
            raise EstimationError(
                Said(
                    setting("link", "logit"),
                    " needs a proportion: name a code, or type ",
                    setting("link", "identity"),
                )
            )
        p = self.values
        if not ((p > 0) & (p < 1)).all():
            at = [wave for wave, share in zip(self.waves, p, strict=True) if not 0 < share < 1]
            raise EstimationError(
                Said(
                    f"{self.variable!r} has a share of 0 or 1 in wave {', '.join(at)}, which has no log "
                    "odds: type ",
                    setting("link", "identity"),
                )
            )
        scaled = self.influence @ sparse.diags_array(1 / (p * (1 - p)))
        return replace(self, values=np.log(p / (1 - p)), influence=scaled, link=link)

    def describe(self) -> dict[str, object]:
        """The columns SERIES_COLUMNS with bases and the ruling on publishing."""
        return {
            "statistic": self.statistic,
            "variable": self.variable,
            "code": self.code if isinstance(self.code, int) else None,
            "label": self.rows["label"].iloc[0] if len(self.rows) else "",
            "group": self.group,
            "waves": len(self.waves),
            "wave_from": self.waves[0] if self.waves else "",
            "wave_to": self.waves[-1] if self.waves else "",
            "link": self.link,
            "base": int(self.rows["base"].sum()),
            "weighted_base": float(self.rows["weighted_base"].sum()),
            **strictest(self.rows),
        }


def wave_series(
    data: SurveyData | Sequence[SurveyData],
    variable: str,
    *,
    code: int | str | None = None,
    statistic: str | None = None,
    by: By = None,
    where: Where = None,
    time: Mapping[str, float] | None = None,
    level: float = 0.95,
    least: int = 2,
) -> tuple[WaveSeries, ...]:
    """A series per group and code over the waves that asked the variable; `time`: see `wave_times`.

    EstimationError when no group has `least` waves, and as in `change`.
    """
    data = pooled(data)
    names = columns_of(by)
    estimates = estimates_of(data, variable, code=code, statistic=statistic, by=(*names, "wave"), where=where)
    rows = to_table(estimates, interval="logit", level=level)
    lines = lines_of(estimates, names, wave_times(data, time), least)
    return tuple(series_at(estimates, line, rows) for line in lines if line.waves)


def series_at(estimates: Estimates, line: Line, rows: EstimateTable) -> WaveSeries:
    """The series of one line; `rows`: the table of all estimates."""
    return WaveSeries(
        data=estimates.data,
        statistic=estimates.statistic,
        variable=estimates.variable,
        code=line.code,
        group=line.group,
        waves=line.waves,
        times=line.times,
        values=estimates.values[line.places],
        influence=sparse.csr_array(sparse.csc_array(estimates.influence)[:, line.places]),
        domain=np.isin(estimates.base_index, estimates.cell[line.places]),
        rows=rows.iloc[line.places].reset_index(drop=True),
        obstacle=obstacle_of(estimates, line, least=2),
    )


def contrast_test(series: WaveSeries, contrasts: np.ndarray, *, adjusted: bool) -> Wald:
    """Wald test that m contrasts (m x k) are 0.

    Plain: W/m against F(m, df + 1 - k), as regTermTest in R on a model with a parameter a wave. `adjusted`:
    W (df - m + 1)/(df m) against F(m, df - m + 1) (Korn and Graubard 1990). EstimationError where the
    covariance of the contrasts is singular or no degrees of freedom are left.
    """
    values, covariance = series.contrast(contrasts)
    m, k, df = len(values), len(series.values), series.df
    ddf = df - m + 1 if adjusted else df + 1 - k
    if ddf <= 0:
        raise EstimationError(
            f"a test of {m} contrasts needs more than {df} degrees of freedom: test fewer waves together"
        )
    if not (np.diag(series.covariance) > 0).all():
        raise EstimationError(
            f"a wave of {series.variable!r} has no sampling error, so nothing to judge its change by: "
            "leave that wave out"
        )
    test = wald_test(values, covariance, float(ddf))
    if not adjusted:
        return test
    f = test.f * (df - m + 1) / df
    return Wald(f, m, ddf, float(stats.f.sf(f, m, ddf)))


def complement(X: np.ndarray) -> np.ndarray:
    """(k - q) x k contrasts orthogonal to the columns of X (k x q): what X leaves unexplained."""
    q, _ = np.linalg.qr(X, mode="complete")
    return np.asarray(q[:, X.shape[1] :].T)
