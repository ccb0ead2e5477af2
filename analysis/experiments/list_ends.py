"""Floor and ceiling of a list experiment: counts by list come in, shares there and tests of hiding go out."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from analysis.data import SurveyData
from analysis.experiments.lists import Counts
from analysis.experiments.solving import Scores, influence_of, jacobian, newton

ENDS_COLUMNS = ("end", "count", "estimate", "se", "base", "t", "p")
_ROUNDS = 2000
_NOTHING = (np.nan, np.nan)


def ends_test(data: SurveyData, found: Counts, domain: np.ndarray) -> pd.DataFrame:
    """Rows floor and ceiling: share of the short list's group there, and a test that people there hide.

    Whoever counts none of the others and has the sensitive item would say 1, whoever counts all J would
    say J + 1: both reveal it. `p` is of the one-sided score test, under the design, that nobody says one
    less, in the model where the sensitive item is independent of the others' count, whose distribution is
    free. NaN where the sensitive share is not in 0 to 1.
    """
    short = domain & ~found.treated
    size = data.sample.weights[short].sum()
    infers = all(data.wave_meta(wave).infers for wave in data.waves)
    tests = _tests(data, found, domain) if infers else {}
    rows = []
    for name, count in (("floor", 0), ("ceiling", found.items)):
        at = short & (found.count == count)
        share = float(data.sample.weights[at].sum() / size)
        z = np.where(short, data.sample.weights * (at - share) / size, 0.0)
        se = float(np.sqrt(data.sample.variances(z[:, None], short)[0])) if infers else np.nan
        rows.append((name, count, share, se, int(short.sum()), *tests.get(name, _NOTHING)))
    return pd.DataFrame(rows, columns=list(ENDS_COLUMNS))


@dataclass(frozen=True)
class _Cells:
    """The 2(J + 2) combinations of list and count, their model: free shares f_0..f_J, sensitive share g."""

    J: int

    @property
    def y(self) -> np.ndarray:
        return np.tile(np.arange(self.J + 2), 2)

    @property
    def t(self) -> np.ndarray:
        return np.repeat([False, True], self.J + 2)

    def low(self, f: np.ndarray) -> np.ndarray:
        """f at the count: the sensitive item does not hold, or is not on the list."""
        return np.where(self.y <= self.J, f[np.minimum(self.y, self.J)], 0)

    def high(self, f: np.ndarray) -> np.ndarray:
        """f at one less: the sensitive item of the long list holds."""
        return np.where(self.t & (self.y >= 1), f[np.maximum(self.y - 1, 0)], 0)

    def scores(self, theta: np.ndarray) -> np.ndarray:
        """Columns f_1..f_J, g, and at 0 the chances to hide at the floor and at the ceiling."""
        y, t, J = self.y, self.t, self.J
        f, g = np.concatenate([[1 - theta[:J].sum()], theta[:J]]), theta[J]
        low, high = self.low(f), self.high(f)
        density = np.where(t, (1 - g) * low + g * high, np.where(y <= J, low, 1))
        columns = []
        for j in range(1, J + 1):
            d_low = (y == j).astype(float) - (y == 0)
            d_high = t * ((y == j + 1).astype(float) - (y == 1))
            columns.append(np.where(t, (1 - g) * d_low + g * d_high, d_low))
        columns.append(np.where(t, high - low, 0))
        columns.append(np.where(t, g * f[0] * ((y == 0).astype(float) - (y == 1)), 0))
        columns.append(np.where(t, g * f[J] * ((y == J).astype(float) - (y == J + 1)), 0))
        return np.column_stack(columns) / density[:, None]

    def column(self, place: int) -> Scores:
        """One column of the scores."""
        return lambda theta: self.scores(theta)[:, [place]]

    def fit(self, weights: np.ndarray) -> np.ndarray | None:
        """f_1..f_J and g of greatest likelihood, by EM and then Newton's method; None at an edge."""
        J, y, t = self.J, self.y, self.t
        f = (weights[~t][: J + 1] + 1e-9) / (weights[~t].sum() + 1e-9 * (J + 1))
        g = 0.3
        for _ in range(_ROUNDS):
            low, high = self.low(f), self.high(f)
            q = np.where(t, g * high / np.maximum((1 - g) * low + g * high, 1e-300), 0)
            counts = np.bincount(y, weights * (1 - q), minlength=J + 2)[: J + 1]
            counts = counts + np.bincount(np.maximum(y - 1, 0), weights * q, minlength=J + 2)[: J + 1]
            before, f, g = g, counts / counts.sum(), float((weights * q)[t].sum() / weights[t].sum())
            if abs(g - before) < 1e-12:
                break
        if not 1e-4 < g < 1 - 1e-4 or (f < 1e-9).any():
            return None
        return newton(lambda at: self.scores(at)[:, : J + 1], np.concatenate([f[1:], [g]]), weights)


def _tests(data: SurveyData, found: Counts, domain: np.ndarray) -> dict[str, tuple[float, float]]:
    used = np.flatnonzero(domain)
    cells = _Cells(found.items)
    cell = found.treated[used] * (found.items + 2) + found.count[used].astype(int)
    w = data.sample.weights[used] / data.sample.weights[used].mean()
    totals = np.bincount(cell, w, minlength=2 * (found.items + 2))
    theta = cells.fit(totals)
    if theta is None:
        return {}
    k = found.items + 1
    at = cells.scores(theta)
    A = -jacobian(lambda point: cells.scores(point)[:, :k], theta, totals)
    nuisance = influence_of(at[cell, :k], A, w)
    df = data.sample.df(domain)
    result = {}
    for place, name in ((k, "floor"), (k + 1, "ceiling")):
        slope = jacobian(cells.column(place), theta, totals)[0]
        z = np.zeros((len(data.frame), 1))
        z[used, 0] = w * at[cell, place] + nuisance @ slope
        variance = float(data.sample.variances(z, domain)[0])
        information = float(totals @ at[:, place] ** 2 - slope @ np.linalg.solve(A, slope))
        if variance <= 0 or information <= 1e-9 * totals.sum() or df < 1:
            continue
        t = float(totals @ at[:, place]) / np.sqrt(variance)
        result[name] = (t, float(stats.t.sf(t, df)))
    return result
