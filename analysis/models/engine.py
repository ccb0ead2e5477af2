"""What every kind of model offers beside coefficients: means of its outcomes, their gradients, deviances."""

from typing import Protocol

import numpy as np

Outcomes = tuple[int | float | str, ...]


class Engine(Protocol):
    """A fitted model of J outcomes with p coefficients on q columns."""

    @property
    def outcomes(self) -> Outcomes:
        """The J codes of the response; one empty text for a model of one mean."""
        ...

    @property
    def equations(self) -> Outcomes:
        """What the K linear predictors stand for."""
        ...

    @property
    def is_share(self) -> bool:
        """Whether the expected values are shares, from 0 to 1."""
        ...

    @property
    def kind(self) -> str:
        """The family and link, in words."""
        ...

    def mean(self, X: np.ndarray) -> np.ndarray:
        """m x J expected values of rows X (m x q)."""
        ...

    def gradient(self, X: np.ndarray) -> np.ndarray:
        """m x J x p derivatives of the expected values by the coefficients."""
        ...

    def linear(self, X: np.ndarray) -> np.ndarray:
        """m x K linear predictors."""
        ...

    def linear_gradient(self, X: np.ndarray) -> np.ndarray:
        """m x K x p derivatives of the linear predictors by the coefficients."""
        ...

    def deviance(self, keep: np.ndarray) -> float:
        """Deviance of the model with only the columns of X where `keep` (q booleans), fitted again."""
        ...
