"""The likelihood of a cumulative model: columns, answers, weights come in, maximum and derivatives go out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from scipy import special, stats

from analysis.models.newton import maximise

Curve = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Link:
    """A symmetric distribution: its cumulative function, density, the density's slope and quantiles."""

    cumulative: Curve
    density: Curve
    slope: Curve
    quantile: Curve


def _logistic_density(z: np.ndarray) -> np.ndarray:
    p = special.expit(-np.abs(z))
    return p * (1 - p)


LINKS: Mapping[str, Link] = {
    "logit": Link(
        special.expit,
        _logistic_density,
        lambda z: -_logistic_density(z) * np.tanh(z / 2),
        special.logit,
    ),
    "probit": Link(
        special.ndtr,
        stats.norm.pdf,
        lambda z: np.where(np.isinf(z), 0.0, -np.where(np.isinf(z), 0.0, z) * stats.norm.pdf(z)),
        special.ndtri,
    ),
}


@dataclass(frozen=True)
class Cumulative:
    """X: m x q without a constant; y: m positions 0..J-1; weights: m. Parameters: q slopes, J - 1
    thresholds."""

    X: np.ndarray
    y: np.ndarray
    weights: np.ndarray
    J: int
    link: Link

    def maximum(self) -> np.ndarray:
        """q + J - 1 coefficients; EstimationError where they are not finite."""
        return maximise(self.start(), self.log_likelihood, self.derivatives)

    def start(self) -> np.ndarray:
        """No slopes, and the thresholds of the answers' shares."""
        shares = np.bincount(self.y, self.weights, minlength=self.J) / self.weights.sum()
        thresholds = self.link.quantile(np.cumsum(shares)[:-1])
        return np.concatenate([np.zeros(self.X.shape[1]), thresholds])

    def log_likelihood(self, theta: np.ndarray) -> float:
        """Weighted log-likelihood; -inf where thresholds are out of order."""
        p = self._probability(*self._bounds(theta))
        if not (np.diff(theta[self.X.shape[1] :]) > 0).all() or not (p > 0).all():
            return -np.inf
        return float(self.weights @ np.log(p))

    def scores(self, theta: np.ndarray) -> np.ndarray:
        """m x p weighted scores."""
        upper, lower = self._bounds(theta)
        p = self._probability(upper, lower)
        up, down = self.link.density(upper) / p, self.link.density(lower) / p
        scores = np.zeros((len(self.y), len(theta)))
        q = self.X.shape[1]
        scores[:, :q] = -self.X * (self.weights * (up - down))[:, None]
        row = np.arange(len(self.y))
        inner = self.y < self.J - 1
        scores[row[inner], q + self.y[inner]] += (self.weights * up)[inner]
        inner = self.y > 0
        scores[row[inner], q + self.y[inner] - 1] -= (self.weights * down)[inner]
        return scores

    def information(self, theta: np.ndarray, *, expected: bool) -> np.ndarray:
        """p x p: negative second derivatives, observed or expected over the answers."""
        if expected:
            gradient = self.gradient(self.X, theta)
            p = self.probabilities(self.X, theta)
            scaled = gradient * np.sqrt(self.weights[:, None] / p)[:, :, None]
            flat = scaled.reshape(-1, scaled.shape[2])
            return flat.T @ flat
        return self.derivatives(theta)[1]

    def probabilities(self, X: np.ndarray, theta: np.ndarray) -> np.ndarray:
        """m x J."""
        upper, lower = self._all_bounds(X, theta)
        return self._probability(upper, lower)

    def gradient(self, X: np.ndarray, theta: np.ndarray) -> np.ndarray:
        """m x J x p derivatives of the probabilities."""
        upper, lower = self._all_bounds(X, theta)
        up, down = self.link.density(upper), self.link.density(lower)
        q = X.shape[1]
        gradient = np.zeros((len(X), self.J, len(theta)))
        gradient[:, :, :q] = -(up - down)[:, :, None] * X[:, None, :]
        inner = np.arange(self.J - 1)
        gradient[:, inner, q + inner] = up[:, :-1]
        gradient[:, inner + 1, q + inner] = -down[:, 1:]
        return gradient

    def derivatives(self, theta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Gradient (p) and observed information (p x p) of the log-likelihood."""
        upper, lower = self._bounds(theta)
        p = self._probability(upper, lower)
        up, down = self.link.density(upper) / p, self.link.density(lower) / p
        w = self.weights
        uu = w * (up**2 - self.link.slope(upper) / p)
        ll = w * (down**2 + self.link.slope(lower) / p)
        ul = -w * up * down
        q, K = self.X.shape[1], self.J - 1
        information = np.zeros((q + K, q + K))
        information[:q, :q] = self.X.T @ ((uu + ll + 2 * ul)[:, None] * self.X)
        at_upper, at_lower = np.minimum(self.y, K - 1), np.maximum(self.y - 1, 0)
        has_upper, has_lower = self.y < K, self.y > 0
        cross = np.zeros((K, q))
        np.add.at(cross, at_upper[has_upper], -((uu + ul)[:, None] * self.X)[has_upper])
        np.add.at(cross, at_lower[has_lower], -((ll + ul)[:, None] * self.X)[has_lower])
        information[q:, :q], information[:q, q:] = cross, cross.T
        diagonal = np.bincount(at_upper[has_upper], uu[has_upper], minlength=K)
        diagonal += np.bincount(at_lower[has_lower], ll[has_lower], minlength=K)
        information[q + np.arange(K), q + np.arange(K)] = diagonal
        both = has_upper & has_lower
        beside = np.bincount(at_lower[both], ul[both], minlength=K)[: K - 1]
        place = q + np.arange(K - 1)
        information[place, place + 1] = information[place + 1, place] = beside
        return self.scores(theta).sum(axis=0), information

    def _bounds(self, theta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """m upper and m lower ends of the answers given."""
        q = self.X.shape[1]
        ends = np.concatenate([[-np.inf], theta[q:], [np.inf]])
        eta = self.X @ theta[:q]
        return ends[self.y + 1] - eta, ends[self.y] - eta

    def _all_bounds(self, X: np.ndarray, theta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        q = X.shape[1]
        ends = np.concatenate([[-np.inf], theta[q:], [np.inf]])
        eta = (X @ theta[:q])[:, None]
        return ends[None, 1:] - eta, ends[None, :-1] - eta

    def _probability(self, upper: np.ndarray, lower: np.ndarray) -> np.ndarray:
        """F(upper) - F(lower), in the tail where the digits are."""
        flip = lower > 0
        high, low = np.where(flip, -lower, upper), np.where(flip, -upper, lower)
        return self.link.cumulative(high) - self.link.cumulative(low)
