"""Polychoric correlations: ordered items come in, thresholds and correlations with influence values go out.

Two steps (Olsson 1979): thresholds from each item's weighted shares, then each correlation by maximum
likelihood given them. Influence values as in Muthén (1984): the second step carries the first one's error.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import optimize, stats

from analysis.data import SurveyData, Where
from analysis.errors import EstimationError
from analysis.scales import normal
from analysis.scales.figures import Figures
from analysis.scales.items import Items, Keys, Scale, categories, scale_items
from analysis.scales.moments import base_of

_LIMIT = 0.9999
_TINY = 1e-300
_DIGITS = 1e-13
"""Below it the probability of a cell is rounding error."""


@dataclass(frozen=True)
class Polychoric:
    """`thresholds`: per item, the points that cut it; `correlations` p x p; `figures`: all thresholds in item
    order, then the correlations in the order of `names` of pairs, with influence values (n x k).
    """

    items: tuple[str, ...]
    values: tuple[np.ndarray, ...]
    thresholds: tuple[np.ndarray, ...]
    correlations: np.ndarray
    figures: Figures

    @property
    def correlation_figures(self) -> Figures:
        """The correlations alone."""
        start = sum(len(cuts) for cuts in self.thresholds)
        f = self.figures
        return Figures(
            f.data, f.names[start:], f.values[start:], f.influence[:, start:], f.domain, f.bounded[start:]
        )

    def table(self) -> pd.DataFrame:
        """p x p correlations with the items' names."""
        return pd.DataFrame(self.correlations, index=list(self.items), columns=list(self.items))


def polychoric(
    data: SurveyData, scale: Scale, *, keys: Keys = None, where: Where = None, missing: str = "complete"
) -> Polychoric:
    """Polychoric (tetrachoric for two answers) correlations of ordered items, weighted.

    `missing`: complete (rows with all answers) or pairwise. A threshold lies between answers that occur; one
    that nobody gave has none. EstimationError for an item with more than 20 answers and for two items whose
    answers determine each other.
    """
    items = scale_items(data, scale, keys=keys, where=where, fewest=2)
    return of_items(items, missing)


def of_items(items: Items, missing: str = "complete") -> Polychoric:
    """See `polychoric`."""
    used = base_of(items, missing)
    kept = items if missing == "pairwise" else items.within(items.complete)
    places, values = categories(kept)
    _refuse_one_answer(items, values)
    rows = np.asarray(used.any(axis=1))
    w = items.weights / items.weights[rows].sum()
    parts = [_thresholds(places[:, j], w, len(values[j])) for j in range(items.count)]
    names = [f"{name}|t{c + 1}" for j, name in enumerate(items.names) for c in range(len(values[j]) - 1)]
    columns = [part[1] for part in parts]
    R = np.eye(items.count)
    found: list[float] = []
    for j in range(items.count):
        for i in range(j + 1, items.count):
            said = f"{items.names[i]} and {items.names[j]}"
            R[i, j], influence = _pair(places[:, [i, j]], parts[i], parts[j], w, said)
            R[j, i] = R[i, j]
            names.append(f"{items.names[j]}~~{items.names[i]}")
            found.append(R[i, j])
            columns.append(influence[:, None])
    cuts = tuple(part[0] for part in parts)
    limits = np.zeros(len(names), bool)
    all_values = np.concatenate([*cuts, np.array(found)])
    figures = Figures(items.data, tuple(names), all_values, np.hstack(columns), rows, limits)
    return Polychoric(items.names, values, cuts, R, figures)


def _refuse_one_answer(items: Items, values: tuple[np.ndarray, ...]) -> None:
    flat = [name for name, found in zip(items.names, values, strict=True) if len(found) < 2]
    if flat:
        raise EstimationError(
            f"among the rows with all answers, all answers to {', '.join(flat)} are alike: leave it out"
        )


def _thresholds(place: np.ndarray, w: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Cut points of the cumulative shares, and their influence values (n x count - 1)."""
    answered = place >= 0
    total = w[answered].sum()
    below = place[:, None] <= np.arange(count - 1)
    shares = (w * answered) @ below / total
    cuts = np.asarray(stats.norm.ppf(shares))
    influence = (w * answered)[:, None] / total * (below - shares) / stats.norm.pdf(cuts)
    return cuts, influence


Part = tuple[np.ndarray, np.ndarray]


def _pair(
    places: np.ndarray, first: Part, second: Part, w: np.ndarray, said: str
) -> tuple[float, np.ndarray]:
    """One correlation and its influence values (n)."""
    a, b = places.T
    both = (a >= 0) & (b >= 0)
    shape = (len(first[0]) + 1, len(second[0]) + 1)
    table = np.bincount(a[both] * shape[1] + b[both], w[both], minlength=shape[0] * shape[1]).reshape(shape)
    rho = correlation_of(table, first[0], second[0], said)
    P = np.maximum(normal.cells(first[0], second[0], rho), _DIGITS)
    by_rho = np.where(table > 0, normal.cell_densities(first[0], second[0], rho) / P, 0)
    information = (table * by_rho**2).sum()
    score = np.zeros(len(a))
    score[both] = w[both] * by_rho[a[both], b[both]]
    for mine, cuts, others, flip in (
        (first, first[0], second[0], False), (second, second[0], first[0], True),
    ):  # fmt: skip
        slopes = normal.edge_slopes(cuts, others, rho)
        weighted = (table * by_rho / P).T if flip else table * by_rho / P
        # moving a cut up adds to the class below it and takes from the class above
        cross = (slopes * (weighted[:-1] - weighted[1:])).sum(axis=1)
        score -= mine[1] @ cross
    return rho, score / information


def correlation_of(table: np.ndarray, row_cuts: np.ndarray, column_cuts: np.ndarray, said: str) -> float:
    """The correlation that maximises the likelihood of a table of shares, given the cut points."""
    met = table > 0

    def loss(rho: float) -> float:
        return -float(table[met] @ np.log(np.maximum(normal.cells(row_cuts, column_cuts, rho)[met], _TINY)))

    def slope(rho: float) -> float:
        P = np.maximum(normal.cells(row_cuts, column_cuts, rho)[met], _TINY)
        return float(table[met] @ (normal.cell_densities(row_cuts, column_cuts, rho)[met] / P))

    found = float(
        optimize.minimize_scalar(loss, bounds=(-_LIMIT, _LIMIT), method="bounded", options={"xatol": 1e-7}).x
    )
    if abs(found) > _LIMIT - 1e-3 or normal.cells(row_cuts, column_cuts, found)[met].min() < _DIGITS:
        raise EstimationError(
            f"the answers to {said} determine each other, their polychoric correlation is 1 or -1: leave one "
            "of the two out"
        )
    low, high = found - 1e-5, found + 1e-5
    if slope(low) > 0 > slope(high):
        found = float(optimize.brentq(slope, low, high, xtol=1e-14, rtol=1e-14))
    return found
