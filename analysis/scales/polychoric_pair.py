"""One polychoric correlation by full maximum likelihood: two ordered items come in, figures go out.

Thresholds and correlation are estimated together (Olsson 1979), unlike the two steps of `polychoric`.
"""

from dataclasses import dataclass

import numpy as np

from analysis.data import SurveyData, Where
from analysis.errors import EstimationError
from analysis.scales import normal
from analysis.scales.figures import Figures
from analysis.scales.items import Keys, categories, scale_items
from analysis.scales.polychoric import of_items

_MOST_STEPS = 50
_STEP = 1e-6


@dataclass(frozen=True)
class PolychoricPair:
    """`figures`: the correlation, then the thresholds; `log_likelihood` with weights summing to n;
    `model_covariance`: the inverse of the information, for a simple random sample.
    """

    figures: Figures
    log_likelihood: float
    model_covariance: np.ndarray


def polychoric_pair(
    data: SurveyData, one: str, other: str, *, keys: Keys = None, where: Where = None
) -> PolychoricPair:
    """The correlation of two items and their thresholds, with influence values by the observed information.

    EstimationError as in `polychoric`, and where the likelihood has no inner maximum.
    """
    items = scale_items(data, [one, other], keys=keys, where=where, fewest=2)
    first = of_items(items)
    rows = items.complete
    a, b = categories(items.within(rows))[0].T
    shape = tuple(len(values) for values in first.values)
    w = np.where(rows, items.weights, 0) / items.weights[rows].sum()
    table = np.bincount(a[rows] * shape[1] + b[rows], w[rows], minlength=shape[0] * shape[1]).reshape(shape)
    theta = _maximise(np.concatenate([[first.correlations[0, 1]], *first.thresholds]), table)
    by_cell = _scores(theta, shape)
    covariance = np.linalg.inv(_information(theta, table))
    Z = np.zeros((len(rows), len(theta)))
    Z[rows] = w[rows, None] * by_cell[a[rows], b[rows]] @ covariance
    cuts = [
        f"{name}|t{k + 1}" for name, count in zip(items.names, shape, strict=True) for k in range(count - 1)
    ]
    figures = Figures(data, (f"{one}~~{other}", *cuts), theta, Z, rows, np.zeros(len(theta), bool))
    n = int(rows.sum())
    P = np.maximum(normal.cells(theta[1 : shape[0]], theta[shape[0] :], theta[0]), 1e-300)
    return PolychoricPair(figures, n * float((table * np.log(P)).sum()), covariance / n)


def _scores(theta: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Rows x columns x parameters: derivatives of the log probability of each cell."""
    rho, up, across = theta[0], theta[1 : shape[0]], theta[shape[0] :]
    P = np.maximum(normal.cells(up, across, rho), 1e-300)
    result = np.zeros((*shape, len(theta)))
    result[..., 0] = normal.cell_densities(up, across, rho)
    by_row, by_column = normal.edge_slopes(up, across, rho), normal.edge_slopes(across, up, rho)
    for k in range(shape[0] - 1):
        result[k, :, 1 + k] += by_row[k]
        result[k + 1, :, 1 + k] -= by_row[k]
    for k in range(shape[1] - 1):
        result[:, k, shape[0] + k] += by_column[k]
        result[:, k + 1, shape[0] + k] -= by_column[k]
    return np.asarray(result / P[..., None])


def _slope(theta: np.ndarray, table: np.ndarray) -> np.ndarray:
    return np.asarray((table[..., None] * _scores(theta, table.shape)).sum(axis=(0, 1)))


def _information(theta: np.ndarray, table: np.ndarray) -> np.ndarray:
    """Minus second derivatives, by central differences of the slope."""
    steps = _STEP * np.eye(len(theta))
    H = -np.array([_slope(theta + h, table) - _slope(theta - h, table) for h in steps]) / (2 * _STEP)
    return (H + H.T) / 2


def _maximise(theta: np.ndarray, table: np.ndarray) -> np.ndarray:
    """Newton from the two-step estimates, which lie close by."""
    for _ in range(_MOST_STEPS):
        step = np.linalg.solve(_information(theta, table), _slope(theta, table))
        if np.abs(step).max() < 1e-11:
            return theta
        theta = theta + step * min(1.0, 0.2 / np.abs(step).max())
        cuts = (theta[1 : table.shape[0]], theta[table.shape[0] :])
        if abs(theta[0]) >= 0.999 or any((np.diff(part) <= 0).any() for part in cuts):
            break
    raise EstimationError(
        "the polychoric correlation has no maximum inside -1 to 1: the answers nearly determine each other"
    )
