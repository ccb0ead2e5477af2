"""Smooth functions of estimates: values with gradients come in, influence values go out (delta method)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

Gradients: TypeAlias = Mapping[str, np.ndarray]
Sources: TypeAlias = Mapping[str, Callable[[np.ndarray], np.ndarray]]
"""By name of an estimated vector (q): what turns gradients by it (m x q) into influence values (n x m)."""


@dataclass(frozen=True)
class Smooth:
    """m numbers that depend on estimated vectors; `gradients`: m x q by the name of the vector."""

    value: np.ndarray
    gradients: Gradients

    @classmethod
    def estimated(cls, name: str, value: np.ndarray) -> "Smooth":
        """An estimated vector itself."""
        value = np.atleast_1d(np.asarray(value, float))
        return cls(value, {name: np.eye(len(value))})

    def __add__(self, other: "Smooth") -> "Smooth":
        return Smooth(self.value + other.value, _merged(self.gradients, other.gradients))

    def __sub__(self, other: "Smooth") -> "Smooth":
        return self + other * -1.0

    def __mul__(self, other: "Smooth | float") -> "Smooth":
        """Element by element; one number stretches to the other's length."""
        if not isinstance(other, Smooth):
            return Smooth(self.value * other, {name: g * other for name, g in self.gradients.items()})
        left = {name: g * other.value[:, None] for name, g in self.gradients.items()}
        right = {name: self.value[:, None] * g for name, g in other.gradients.items()}
        return Smooth(self.value * other.value, _merged(left, right))

    def __truediv__(self, other: "Smooth") -> "Smooth":
        inverse = Smooth(
            1 / other.value, {name: -g / other.value[:, None] ** 2 for name, g in other.gradients.items()}
        )
        return self * inverse

    def total(self) -> "Smooth":
        """The sum, as one number."""
        return self.through(np.ones((1, len(self.value))))

    def through(self, L: np.ndarray) -> "Smooth":
        """Linear combinations L (k x m)."""
        return Smooth(L @ self.value, {name: L @ g for name, g in self.gradients.items()})

    def influence(self, sources: Sources) -> np.ndarray:
        """n x m influence values."""
        return np.sum([sources[name](g) for name, g in self.gradients.items()], axis=0)


def stack(parts: Sequence[Smooth]) -> Smooth:
    """Several, one under the other."""
    names = dict.fromkeys(name for part in parts for name in part.gradients)
    width = {name: part.gradients[name].shape[1] for part in parts for name in part.gradients}
    gradients = {
        name: np.vstack(
            [part.gradients.get(name, np.zeros((len(part.value), width[name]))) for part in parts]
        )
        for name in names
    }
    return Smooth(np.concatenate([part.value for part in parts]), gradients)


def given(influence: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    """A source whose influence values (n x q) are at hand."""
    return lambda gradient: influence @ gradient.T


def _merged(one: Gradients, other: Gradients) -> dict[str, np.ndarray]:
    result = dict(one)
    for name, gradient in other.items():
        result[name] = result[name] + gradient if name in result else gradient
    return result
