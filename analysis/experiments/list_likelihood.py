"""The likelihood of a list experiment with binomial counts: counts, lists and covariates in, scores out."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.special import gammaln

from analysis.experiments.solving import logistic


@dataclass(frozen=True)
class Likelihood:
    """m rows: counts y, lists t, covariates Q (m x k), J items on the short list.

    The sensitive item holds with chance logistic(Q s); the others are binomial, J with chance logistic(Q c),
    or logistic(Q d) for those with the sensitive item unless `constrained`. Parameters: s, c, d.
    """

    y: np.ndarray
    t: np.ndarray
    Q: np.ndarray
    J: int
    constrained: bool

    def _parts(self, theta: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        k = self.Q.shape[1]
        control = self.Q @ theta[k : 2 * k]
        return (
            self.Q @ theta[:k],
            control,
            control if self.constrained else self.Q @ theta[2 * k :],
        )

    @cached_property
    def _with(self) -> np.ndarray:
        """The others' count where the sensitive item holds; outside 0..J it cannot hold."""
        return self.y - self.t

    @cached_property
    def _possible(self) -> tuple[np.ndarray, np.ndarray]:
        return self.y <= self.J, self._with >= 0

    def _binomial(self, y: np.ndarray, eta: np.ndarray) -> np.ndarray:
        """Log density at counts cut to 0..J."""
        y = np.clip(y, 0, self.J)
        ways = gammaln(self.J + 1) - gammaln(y + 1) - gammaln(self.J - y + 1)
        return ways + y * eta - self.J * np.log(1 + np.exp(eta))

    def _holds(self, theta: np.ndarray) -> np.ndarray:
        """m chances that the sensitive item holds, given the count; analytic in theta."""
        sensitive, control, other = self._parts(theta)
        odds = sensitive + self._binomial(self._with, other) - self._binomial(self.y, control)
        without, with_it = self._possible
        return np.where(~with_it, 0, np.where(~without, 1, logistic(odds)))

    def scores(self, theta: np.ndarray) -> np.ndarray:
        """m x k derivative of the log density, up to the weights."""
        sensitive, control, other = self._parts(theta)
        q, g = self._holds(theta), logistic(sensitive)
        h, d = self.J * logistic(control), self.J * logistic(other)
        if self.constrained:
            return np.hstack([(q - g)[:, None] * self.Q, (self.y - q * self.t - h)[:, None] * self.Q])
        columns = (q - g, (1 - q) * (self.y - h), q * (self._with - d))
        return np.hstack([column[:, None] * self.Q for column in columns])

    def log_density(self, theta: np.ndarray) -> np.ndarray:
        """m log densities."""
        sensitive, control, other = self._parts(theta)
        without, with_it = self._possible
        no = np.where(without, -np.logaddexp(0, sensitive) + self._binomial(self.y, control), -np.inf)
        yes = np.where(with_it, -np.logaddexp(0, -sensitive) + self._binomial(self._with, other), -np.inf)
        return np.logaddexp(no, yes)
