"""Lines with turns: a series comes in, every admissible broken line and the choice among them goes out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, pairwise
from typing import Any

import numpy as np

from analysis.errors import EstimationError
from analysis.trends.series import WaveSeries

LEAST_BY_BREAKS: Mapping[int, int] = {1: 7, 2: 12}
"""Waves needed for so many turns (National Cancer Institute 2023, Joinpoint's defaults)."""
_APART = 3
"""Places between two turns, or a turn and an end, so that two waves lie between."""
_EXACT = 1e-18


@dataclass(frozen=True)
class BrokenLine:
    """A line of weighted least squares that turns at the waves `places`; `X`: k x q, `L`: q x k."""

    series: WaveSeries
    places: tuple[int, ...]
    X: np.ndarray
    L: np.ndarray

    @cached_property
    def rss(self) -> float:
        """Weighted residual sum of squares."""
        residual = self.series.values - self.X @ (self.L @ self.series.values)
        return float((residual**2 / np.diag(self.series.covariance)).sum())

    @property
    def df(self) -> int:
        """Waves minus coefficients and turns."""
        return len(self.series.waves) - 2 - 2 * len(self.places)

    @cached_property
    def covariance(self) -> np.ndarray:
        """q x q from the whole covariance of the waves, widened where the waves scatter more than it says."""
        scatter = max(1.0, self.rss / self.df)
        return np.asarray(self.L @ self.series.covariance @ self.L.T) * scatter

    def slope(self, time: float) -> tuple[float, float]:
        """The slope at a time, and its variance."""
        pick = np.array([0.0, 1.0, *(float(time > self.series.times[place]) for place in self.places)])
        return float(pick @ (self.L @ self.series.values)), float(pick @ self.covariance @ pick)


@dataclass(frozen=True)
class Rule:
    """How the number of turns is chosen: bic, or permutation (tests of size alpha / most)."""

    name: str
    most: int
    seed: int | None
    permutations: int
    alpha: float


@dataclass(frozen=True)
class Selection:
    """The number of turns taken, what speaks for each (`rows`), and each line's probability by its places."""

    breaks: int
    rows: tuple[dict[str, Any], ...]
    probability: Mapping[tuple[int, ...], float]


def broken_lines(series: WaveSeries, most: int) -> list[BrokenLine]:
    """Every line with 0 to `most` turns. EstimationError where a wave has no sampling error."""
    variance = np.diag(series.covariance)
    if not (variance > 0).all():
        raise EstimationError(f"a wave of {series.variable!r} has no sampling error to weight it by")
    return [_line(series, places, variance) for places in _placings(len(series.waves), most)]


def _placings(k: int, most: int) -> Iterator[tuple[int, ...]]:
    for count in range(most + 1):
        for places in combinations(range(1, k - 1), count):
            ends_apart = not places or (places[0] >= _APART - 1 and k - 1 - places[-1] >= _APART - 1)
            if ends_apart and all(b - a >= _APART for a, b in pairwise(places)):
                yield places


def _line(series: WaveSeries, places: tuple[int, ...], variance: np.ndarray) -> BrokenLine:
    t = series.times
    turns = [np.maximum(t - t[place], 0.0) for place in places]
    X = np.column_stack([np.ones(len(t)), t - t[0], *turns])
    weighted = X.T / variance
    return BrokenLine(series, places, X, np.linalg.solve(weighted @ X, weighted))


def choose(series: WaveSeries, lines: Sequence[BrokenLine], rule: Rule) -> Selection:
    """The number of turns by the rule, with BIC and probability of every number."""
    k, most = len(series.waves), rule.most
    scale = float((series.values**2 / np.diag(series.covariance)).sum())
    best = [min(line.rss for line in lines if len(line.places) == m) for m in range(most + 1)]
    floor = _EXACT * scale
    bic = np.array([k * np.log(max(rss, floor) / k) + (2 + 2 * m) * np.log(k) for m, rss in enumerate(best)])
    mass = np.exp(-(bic - bic.min()) / 2)
    mass /= mass.sum()
    p: dict[int, float] = {}
    breaks = int(bic.argmin())
    if rule.name == "permutation":
        breaks, p = _by_permutation(series, lines, rule)
    rows = tuple(
        {"breaks": m, "rss": best[m], "bic": bic[m], "probability": mass[m], "p": p.get(m, np.nan),
         "chosen": m == breaks}
        for m in range(most + 1)
    )  # fmt: skip
    return Selection(breaks, rows, _placed(lines, mass, k, floor))


def _placed(
    lines: Sequence[BrokenLine], mass: np.ndarray, k: int, floor: float
) -> dict[tuple[int, ...], float]:
    """Probability of each line: that of its number of turns, shared by rss^(-k/2) among its places."""
    found: dict[tuple[int, ...], float] = {}
    for m, whole in enumerate(mass):
        same = [line for line in lines if len(line.places) == m]
        fit = -k / 2 * np.log([max(line.rss, floor) for line in same])
        share = np.exp(fit - fit.max())
        found |= {line.places: float(s) for line, s in zip(same, whole * share / share.sum(), strict=True)}
    return found


def _by_permutation(
    series: WaveSeries, lines: Sequence[BrokenLine], rule: Rule
) -> tuple[int, dict[int, float]]:
    """Fewer against more turns until both are the same; p by the number of turns that was tested last."""
    draw = np.random.default_rng(rule.seed)
    p: dict[int, float] = {}
    fewer, more = 0, rule.most
    while fewer < more:
        p[fewer] = _permuted(series, lines, (fewer, more), draw, rule.permutations)
        if p[fewer] < rule.alpha / rule.most:
            fewer += 1
        else:
            more -= 1
    return fewer, p


def _permuted(
    series: WaveSeries,
    lines: Sequence[BrokenLine],
    numbers: tuple[int, int],
    draw: np.random.Generator,
    permutations: int,
) -> float:
    """Share of permuted series whose rss falls at least as much by the further turns."""
    few, many = ([line for line in lines if len(line.places) == m] for m in numbers)
    null = min(few, key=lambda line: line.rss)
    error = np.sqrt(np.diag(series.covariance))
    fitted = null.X @ (null.L @ series.values)
    residual = (series.values - fitted) / error
    shuffled = draw.permuted(np.tile(residual, (permutations, 1)), axis=1).T
    Y = fitted[:, None] + shuffled * error[:, None]
    observed = null.rss / min(line.rss for line in many)
    ratios = _least_rss(few, Y, error) / _least_rss(many, Y, error)
    return float((1 + (ratios >= observed * (1 - 1e-12)).sum()) / (permutations + 1))


def _least_rss(lines: Sequence[BrokenLine], Y: np.ndarray, error: np.ndarray) -> np.ndarray:
    """The smallest weighted residual sum of squares among the lines, for each column of Y (k x B)."""
    least = np.full(Y.shape[1], np.inf)
    for line in lines:
        residual = (Y - line.X @ (line.L @ Y)) / error[:, None]
        least = np.minimum(least, (residual**2).sum(axis=0))
    return least
