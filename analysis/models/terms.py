"""Tests of terms: coefficients, covariances and deviances come in, Wald and Rao-Scott tests go out."""

from dataclasses import dataclass, field

import numpy as np
from scipy import stats

from analysis.errors import EstimationError
from analysis.estimates.quadratic import saddlepoint

TESTS = ("F", "Chisq")


@dataclass(frozen=True)
class Wald:
    """A test that several coefficients are 0: F on df and ddf degrees of freedom; ddf infinite: chi-
    square."""

    f: float
    df: int
    ddf: float
    p: float

    @property
    def chisq(self) -> float:
        """F times df: the chi-square statistic on df degrees of freedom."""
        return self.f * self.df


@dataclass(frozen=True)
class LikelihoodRatio:
    """A Rao-Scott test (Lumley and Scott 2014, Biometrika 101): the deviance that some coefficients explain.

    `chisq`: its amount, distributed as the sum of df chi-squares weighted by `weights`, the generalised
    design effects of the coefficients, largest first; `ddf`: denominator degrees of freedom, infinite for
    Chisq.
    """

    chisq: float
    df: int
    ddf: float
    p: float
    weights: np.ndarray = field(repr=False)


def denominator(test: str, ddf: float) -> float:
    """Denominator degrees of freedom of F or Chisq; EstimationError for another test."""
    if test not in TESTS:
        raise EstimationError(f"test {test!r} is unknown: type {' or '.join(TESTS)}")
    return ddf if test == "F" else np.inf


def wald_test(b: np.ndarray, V: np.ndarray, ddf: float) -> Wald:
    """b'V^-1 b / q against F(q, ddf); EstimationError where V leaves a combination without variance."""
    size = np.sqrt(np.diag(V))
    if not (size > 0).all():
        raise EstimationError("a coefficient has no sampling variance: nothing to test it by")
    scaled = V / np.outer(size, size)
    if np.linalg.eigvalsh(scaled)[0] < 1e-12:
        raise EstimationError(
            f"the {len(b)} coefficients have no covariance matrix of full rank, as with fewer clusters than "
            "coefficients: test fewer of them"
        )
    standard = b / size
    f = float(standard @ np.linalg.solve(scaled, standard)) / len(b)
    if np.isinf(ddf):
        return Wald(f, len(b), ddf, float(stats.chi2.sf(f * len(b), len(b))))
    return Wald(f, len(b), ddf, float(stats.f.sf(f, len(b), ddf)) if ddf > 0 else np.nan)


def likelihood_ratio_test(chisq: float, V: np.ndarray, naive: np.ndarray, ddf: float) -> LikelihoodRatio:
    """`chisq` against the eigenvalues of naive^-1 V, both q x q: design and model covariance of the q
    coefficients."""
    weights = np.sort(np.linalg.eigvals(np.linalg.solve(naive, V)).real)[::-1]
    return LikelihoodRatio(chisq, len(weights), ddf, saddlepoint(chisq, weights, ddf), weights)
