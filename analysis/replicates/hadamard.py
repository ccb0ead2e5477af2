"""Hadamard matrices: a number of strata comes in, a matrix of 1 and -1 with orthogonal columns goes out."""

import numpy as np
from scipy import linalg

from analysis.errors import EstimationError, Said, setting

_MOST = 4096
REPLICATES = "replicates"
"""Whose settings `kind` and the like are."""


def hadamard_for(count: int) -> np.ndarray:
    """The smallest matrix that can be made here with more than `count` columns; the first is constant.

    Sylvester's (1867) doubling and Paley's (1933) two constructions, in the order of R survey's `hadamard`,
    so that the half-samples are R's wherever the order is a power of 2 or a prime plus 1.
    """
    for order in range(4 * (count // 4 + 1), _MOST + 1, 4):
        matrix = _of_order(order)
        if matrix is not None:
            return matrix
    raise EstimationError(
        Said(
            f"no balanced half-samples of {count} strata: type ",
            setting("kind", "JKn", "bootstrap", of=REPLICATES),
        )
    )


def _of_order(order: int) -> np.ndarray | None:
    if order & (order - 1) == 0:
        return linalg.hadamard(order).astype(float)
    core = order
    while core % 8 == 0:
        core //= 2
    for size in (core, order):
        if _prime(size - 1):
            return _doubled(_first_paley(size - 1), order)
    for size in (order, core):
        if _prime(size // 2 - 1) and (size // 2 - 1) % 4 == 1:
            return _doubled(_second_paley(size // 2 - 1), order)
    return None


def _doubled(matrix: np.ndarray, order: int) -> np.ndarray:
    while len(matrix) < order:
        matrix = np.block([[matrix, matrix], [matrix, -matrix]])
    return matrix


def _first_paley(p: int) -> np.ndarray:
    """Order p + 1 for a prime p = 3 modulo 4: residues of i + j, bordered by ones."""
    sums = np.add.outer(np.arange(p), np.arange(p)) % p
    matrix = np.ones((p + 1, p + 1))
    matrix[1:, 1:] = np.where(np.isin(sums, _squares(p)), -1.0, 1.0)
    return matrix


def _second_paley(q: int) -> np.ndarray:
    """Order 2 (q + 1) for a prime q = 1 modulo 4, with its first row and column made positive."""
    differences = np.subtract.outer(np.arange(q), np.arange(q)) % q
    symbol = np.where(differences == 0, 0, np.where(np.isin(differences, _squares(q)), 1, -1))
    core = np.ones((q + 1, q + 1))
    core[0, 0] = 0
    core[1:, 1:] = symbol
    matrix = np.kron(core, [[1, 1], [1, -1]]) + np.kron(np.eye(q + 1), [[1, -1], [-1, -1]])
    matrix = matrix * matrix[:, :1]
    signed: np.ndarray = matrix * matrix[:1]
    return signed


def _squares(p: int) -> np.ndarray:
    return np.unique(np.arange(p) ** 2 % p)


def _prime(number: int) -> bool:
    return number > 1 and all(number % divisor for divisor in range(2, int(number**0.5) + 1))
