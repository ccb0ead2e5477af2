"""Information criteria under a design: fits come in, AIC and BIC of Lumley and Scott (2015) go out.

Lumley and Scott, "AIC and BIC for modeling with complex survey data", Journal of Survey Statistics and
Methodology 3: the number of coefficients gives way to the sum of their design effects. R: AIC.svyglm,
BIC.svyglm.
"""

from dataclasses import dataclass

import numpy as np
from statsmodels.genmod import families

from analysis.errors import EstimationError
from analysis.models.glm import LinearEngine
from analysis.models.result import ModelResult

_FREE_DISPERSION = (families.Gamma, families.InverseGaussian, families.Tweedie)


@dataclass(frozen=True)
class DesignAIC:
    """`aic`; `effective_parameters`: the sum, `mean_effect`: the mean design effect of the coefficients."""

    aic: float
    effective_parameters: float
    mean_effect: float


@dataclass(frozen=True)
class DesignBIC:
    """`bic`; `effective_n`: rows over the design effect of what the largest model adds; NaN where it adds
    nothing."""

    bic: float
    parameters: int
    effective_n: float


def design_aic(fit: ModelResult, *, penalty: float = 2.0) -> DesignAIC:
    """Deviance + penalty * sum of the design effects of all coefficients but the intercept or thresholds.

    A gaussian model counts its variance as one more parameter. EstimationError for families whose dispersion
    is not known (gamma, inverse gaussian, Tweedie).
    """
    place = _free(fit)
    V, naive = fit.covariance.to_numpy()[np.ix_(place, place)], fit.naive[np.ix_(place, place)]
    if isinstance(fit.engine, LinearEngine) and isinstance(fit.engine.family, families.Gaussian):
        return _gaussian(fit, V, naive, penalty)
    _refuse_free_dispersion(fit)
    effects = np.linalg.eigvals(np.linalg.solve(naive, V)).real if place else np.zeros(0)
    return _criterion(fit.deviance, effects, penalty)


def design_bic(fit: ModelResult, maximal: ModelResult | None = None) -> DesignBIC:
    """BIC against the largest model considered (default: this one), which must hold all its coefficients."""
    largest = maximal or fit
    _refuse_free_dispersion(largest)
    absent = [name for name in fit.params.index if name not in largest.params.index]
    if absent:
        raise EstimationError(f"the largest model lacks {', '.join(absent)}: give one that holds all of them")
    if not np.array_equal(fit.rows.used, largest.rows.used):
        raise EstimationError(
            f"the models are fitted to different rows ({fit.n} and {largest.n}): limit both to the rows "
            "where every column is valid, by where"
        )
    more = [i for i, name in enumerate(largest.params.index) if name not in fit.params.index]
    size = len(fit.params)
    base = size * np.log(fit.n) + largest.deviance
    if not more:
        return DesignBIC(float(base), size, np.nan)
    b = largest.params.to_numpy()[more]
    V, naive = largest.covariance.to_numpy()[np.ix_(more, more)], largest.naive[np.ix_(more, more)]
    effect = float(np.linalg.det(np.linalg.solve(naive, V)))
    value = float(b @ np.linalg.solve(V, b)) + base + np.log(effect)
    return DesignBIC(float(value), size, float(fit.n / effect ** (1 / len(more))))


def _free(fit: ModelResult) -> list[int]:
    """Positions of the coefficients other than intercepts and thresholds."""
    named = {part for term, parts in fit.terms.items() if term != "Intercept" for part in parts}
    return [i for i, name in enumerate(fit.params.index) if name in named]


def _refuse_free_dispersion(fit: ModelResult) -> None:
    if isinstance(fit.engine, LinearEngine) and isinstance(fit.engine.family, _FREE_DISPERSION):
        raise EstimationError(
            f"a {fit.engine.kind} model has a dispersion that is not estimated by likelihood, so no AIC "
            "and no BIC: compare models by likelihood_ratio or wald"
        )


def _gaussian(fit: ModelResult, V: np.ndarray, naive: np.ndarray, penalty: float) -> DesignAIC:
    """The variance is profiled out; its own design effect is that of its score (Lumley and Scott 2015,
    section 3)."""
    weights = fit.rows.weights
    squares = (fit.rows.response - fit.engine.mean(fit.rows.X.to_numpy(float))[:, 0]) ** 2
    variance = float(weights @ squares / weights.sum())
    z = np.zeros(len(fit.data.frame))
    z[fit.rows.used] = weights * (squares - variance) / weights.sum()
    design = float(fit.data.sample.variances(z[:, None], fit.domain)[0])
    effects = np.append(
        np.linalg.eigvals(np.linalg.solve(naive * variance, V)).real if len(V) else np.zeros(0),
        design / (2 * variance**2 / weights.sum()),
    )
    return _criterion(float(weights.sum() * (np.log(2 * np.pi * variance) + 1)), effects, penalty)


def _criterion(deviance: float, effects: np.ndarray, penalty: float) -> DesignAIC:
    total = float(effects.sum())
    mean = float(effects.mean()) if len(effects) else np.nan
    return DesignAIC(deviance + penalty * total, total, mean)
