"""A concave weighted log-likelihood comes in, its maximum goes out, or a refusal where there is none."""

from collections.abc import Callable

import numpy as np

from analysis.errors import EstimationError

Derivatives = tuple[np.ndarray, np.ndarray]
_STEPS = 60
_HALVINGS = 40
_TOLERANCE = 1e-10
_FLAT = 1e-13


def maximise(
    start: np.ndarray,
    value: Callable[[np.ndarray], float],
    derivatives: Callable[[np.ndarray], Derivatives],
) -> np.ndarray:
    """Newton's method with halved steps.

    `value` is -inf outside the parameter space; `derivatives` gives the gradient (p) and the information (p x
    p, the negative second derivatives). EstimationError where the coefficients run away (separation).
    """
    theta, height = start, value(start)
    for _ in range(_STEPS):
        gradient, information = derivatives(theta)
        step = _solve(information, gradient)
        if np.abs(step).max(initial=0) <= _TOLERANCE * (1 + np.abs(theta).max(initial=0)):
            return theta + step
        theta, height = _uphill(theta, step, height, value)
    raise no_solution("the coefficients keep growing")


def no_solution(reason: str) -> EstimationError:
    """The refusal of a model whose likelihood has no maximum."""
    return EstimationError(
        f"the model has no finite solution ({reason}): a group may answer all alike, or a column may part "
        "the answers without overlap; join its codes, join rare answers or leave that column out"
    )


def _solve(information: np.ndarray, gradient: np.ndarray) -> np.ndarray:
    size = np.sqrt(np.maximum(np.diag(information), 0))
    if not (np.isfinite(information).all() and (size > 0).all()):
        raise no_solution("a coefficient has no information left")
    scaled = information / np.outer(size, size)
    if np.linalg.eigvalsh(scaled)[0] < _FLAT:
        raise no_solution("a combination of coefficients has no information left")
    return np.linalg.solve(scaled, gradient / size) / size


def _uphill(
    theta: np.ndarray, step: np.ndarray, height: float, value: Callable[[np.ndarray], float]
) -> tuple[np.ndarray, float]:
    for _ in range(_HALVINGS):
        reached = value(theta + step)
        if reached >= height - 1e-12 * abs(height):
            return theta + step, reached
        step = step / 2
    raise no_solution("no step improves the fit")
