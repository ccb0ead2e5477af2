"""Marginal likelihood of the graded response model: patterns and parameters come in, log likelihoods go out.

Samejima (1969): P(Y >= c | t) = logistic(a t + d_c); the latent variable is normal, integrated over 61 fixed
nodes from -6 to 6 standard deviations (Bock and Aitkin 1981), standard in the first group, free in others.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.scales.irt.patterns import Patterns

NODES = np.linspace(-6, 6, 61)
NODE_WEIGHTS = np.exp(-(NODES**2) / 2) / np.exp(-(NODES**2) / 2).sum()
_TINY = 1e-280


@dataclass(frozen=True)
class Layout:
    """Where each parameter stands. `item[g][j]`: the first of item j's parameters in group g, or -1 where the
    group was not asked; an item has its discrimination, its first intercept and the logarithms of the steps
    down to the next ones. `latent[g]`: place of mean and log standard deviation, or -1 for the first group.
    """

    counts: tuple[int, ...]
    item: tuple[tuple[int, ...], ...]
    latent: tuple[int, ...]
    size: int


def make_layout(patterns: Patterns, groups: int, shared: Sequence[bool]) -> Layout:
    """Shared items have one set of parameters, others one per group that answered them."""
    size, p = 0, len(patterns.counts)
    table = np.full((groups, p), -1)
    for j, count in enumerate(patterns.counts):
        asked = [bool((patterns.answers[patterns.group == g, j] >= 0).any()) for g in range(groups)]
        for g in range(groups):
            if asked[g] and (not shared[j] or table[:, j].max() < 0):
                table[g, j] = size
                size += count
            elif asked[g]:
                table[g, j] = table[:, j].max()
    latent = [-1] + [size + 2 * g for g in range(groups - 1)]
    item = tuple(tuple(int(place) for place in row) for row in table)
    return Layout(patterns.counts, item, tuple(latent), size + 2 * (groups - 1))


def intercepts(block: np.ndarray) -> np.ndarray:
    """d_1 > d_2 > ... from a first intercept and logarithms of steps."""
    return np.concatenate([block[1:2], block[1] - np.cumsum(np.exp(block[2:]))])


def scale_of(layout: Layout, theta: np.ndarray, group: int) -> tuple[np.ndarray, np.ndarray]:
    """Mean and standard deviation of a group's latent variable."""
    place = layout.latent[group]
    if place < 0:
        return np.zeros(1, theta.dtype)[0], np.ones(1, theta.dtype)[0]
    return theta[place], np.exp(theta[place + 1])


def category_logs(block: np.ndarray, t: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """q x C log probabilities at the points t, and q x (C + 1) survival slopes over the two probabilities.

    The difference of two logistic functions is taken as a product, exact where both are near 0 or 1.
    """
    z = block[0] * t[:, None] + intercepts(block)[None, :]
    upper, lower = logistic(z), logistic(-z)
    one = np.ones((len(t), 1), z.dtype)
    above, below = np.hstack([one, upper]), np.hstack([lower, one])
    gap = (
        np.hstack([one, 1 - np.exp(np.diff(z, axis=1)), one])
        if z.shape[1] > 1
        else np.ones((len(t), 2), z.dtype)
    )
    P = above * below * gap
    P = np.where(np.abs(P) < _TINY, _TINY, P)
    slopes = upper * lower
    return np.log(P), slopes / P[:, :-1], slopes / P[:, 1:]


def logistic(z: np.ndarray) -> np.ndarray:
    """1 / (1 + exp(-z)) for real or complex z, without overflow."""
    positive = np.real(z) >= 0
    small = np.exp(np.where(positive, -z, z))
    return np.asarray(np.where(positive, 1 / (1 + small), small / (1 + small)))


def posterior(
    patterns: Patterns, layout: Layout, theta: np.ndarray, group: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of a group's patterns: their places, log likelihoods, and m x 61 posterior weights of the nodes."""
    places = np.flatnonzero(patterns.group == group)
    mean, sd = scale_of(layout, theta, group)
    t = mean + sd * NODES
    logs = np.tile(np.log(NODE_WEIGHTS).astype(theta.dtype), (len(places), 1))
    for j, count in enumerate(patterns.counts):
        start = layout.item[group][j]
        if start < 0:
            continue
        table = category_logs(theta[start : start + count], t)[0].T
        answer = patterns.answers[places, j]
        logs += np.where((answer >= 0)[:, None], table[answer], 0)
    top = np.real(logs).max(axis=1)
    parts = np.exp(logs - top[:, None])
    total = parts.sum(axis=1)
    return places, np.log(total) + top, parts / total[:, None]


def log_likelihood(patterns: Patterns, layout: Layout, theta: np.ndarray) -> float:
    """Weighted marginal log likelihood."""
    return float(gradient(patterns, layout, theta)[0][0])


def gradient(patterns: Patterns, layout: Layout, theta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Weighted log likelihood (one number) and its derivatives, by expected counts at the nodes."""
    total = np.zeros(1, theta.dtype)
    result = np.zeros(layout.size, theta.dtype)
    for group in range(len(layout.latent)):
        places, logs, r = posterior(patterns, layout, theta, group)
        weights = patterns.weights[places]
        total += weights @ logs
        weighted = weights[:, None] * r
        mean, sd = scale_of(layout, theta, group)
        t = mean + sd * NODES
        by_t = np.zeros(len(t), theta.dtype)
        for j, count in enumerate(patterns.counts):
            start = layout.item[group][j]
            if start < 0:
                continue
            block = theta[start : start + count]
            said = patterns.answers[places, j][:, None] == np.arange(count)
            by_d = ((weighted.T @ said)[:, :, None] * _by_intercepts(block, t)).sum(axis=1)
            steepness = by_d.sum(axis=1)
            result[start] += steepness @ t
            result[start + 1 : start + count] += by_d.sum(axis=0) @ _chain(block)
            by_t += block[0] * steepness
        place = layout.latent[group]
        if place >= 0:
            result[place] += by_t.sum()
            result[place + 1] += by_t @ (sd * NODES)
    return total, result


def scores(patterns: Patterns, layout: Layout, theta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """u log likelihoods of the patterns and u x size derivatives by the parameters; theta may be complex."""
    logs = np.zeros(len(patterns.weights), theta.dtype)
    result = np.zeros((len(logs), layout.size), theta.dtype)
    for group in range(len(layout.latent)):
        places, own, r = posterior(patterns, layout, theta, group)
        logs[places] = own
        mean, sd = scale_of(layout, theta, group)
        t = mean + sd * NODES
        by_t = np.zeros(r.shape, theta.dtype)
        for j, count in enumerate(patterns.counts):
            start = layout.item[group][j]
            if start < 0:
                continue
            block = theta[start : start + count]
            by_d = _by_intercepts(block, t)
            answer = patterns.answers[places, j]
            steps = _chain(block)
            for c in range(count):
                said = np.flatnonzero(answer == c)
                slopes = by_d[:, c, :]
                total = slopes.sum(axis=1)
                result[np.ix_(places[said], np.array([start]))] += (r[said] @ (total * t))[:, None]
                result[np.ix_(places[said], np.arange(start + 1, start + count))] += r[said] @ (
                    slopes @ steps
                )
                by_t[said] += block[0] * total
        if layout.latent[group] >= 0:
            place = layout.latent[group]
            result[places, place] += (r * by_t).sum(axis=1)
            result[places, place + 1] += (r * by_t) @ (sd * NODES)
    return logs, result


def _by_intercepts(block: np.ndarray, t: np.ndarray) -> np.ndarray:
    """q x C x (C - 1) derivatives of the log probabilities by the intercepts."""
    _, falls, rises = category_logs(block, t)
    count = len(block)
    result = np.zeros((len(t), count, count - 1), block.dtype)
    for k in range(count - 1):
        result[:, k, k] = -falls[:, k]
        result[:, k + 1, k] = rises[:, k]
    return result


def _chain(block: np.ndarray) -> np.ndarray:
    """(C - 1) x (C - 1) derivatives of the intercepts by the first one and the logarithms of steps."""
    count = len(block) - 1
    result = np.zeros((count, count), block.dtype)
    result[:, 0] = 1
    for k in range(1, count):
        result[k:, k] = -np.exp(block[k + 1])
    return result
