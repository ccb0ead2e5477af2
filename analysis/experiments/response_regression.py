"""Logit regression behind a randomising device: SurveyData and covariates in, a fitted model out."""

from collections.abc import Sequence

import numpy as np

from analysis.data import SurveyData, Where
from analysis.errors import EstimationError
from analysis.experiments.devices import Device, crosswise_device, device, named_probabilities
from analysis.experiments.figures import one_survey
from analysis.experiments.fitted import ExperimentModel, covariates_of, fitted
from analysis.experiments.randomised import SAME, known_prevalence, refuse_codes
from analysis.experiments.solving import distinct_rows, influence_of, jacobian, logistic, maximise


def crosswise_regression(
    data: SurveyData | Sequence[SurveyData],
    item: str,
    covariates: str = "1",
    *,
    where: Where = None,
    prevalence: float | None = None,
    same: int = SAME,
) -> ExperimentModel:
    """The log odds of the sensitive statement on covariates; `covariates` as on the right of a formula.

    Jann, Jerke and Krumpal (2012, Public Opinion Quarterly 76: 32-49). See randomised_regression.
    """
    data = one_survey(data)
    found = crosswise_device(known_prevalence(data, item, prevalence))
    refuse_codes(data, item)
    data.codes_of(item, same)
    return _fit(data, (item, same), found, covariates, where)


def randomised_regression(
    data: SurveyData | Sequence[SurveyData],
    item: str,
    covariates: str = "1",
    *,
    design: str,
    yes: int,
    where: Where = None,
    **probabilities: float,
) -> ExperimentModel:
    """The log odds of the sensitive item on covariates, by pseudo-maximum likelihood.

    P(yes) = a + b logistic(x'c) with the device's a and b (Blair, Imai and Zhou 2015, JASA 110: 1304-1319);
    influence w s A^-1, A the observed information. `design`, `yes` and probabilities as in
    randomised_response. EstimationError where no finite coefficients exist.
    """
    data = one_survey(data)
    data.codes_of(item, yes)
    found = device(design, named_probabilities(probabilities))
    return _fit(data, (item, yes), found, covariates, where)


def _fit(
    data: SurveyData, answer: tuple[str, int], found: Device, covariates: str, where: Where
) -> ExperimentModel:
    item, code = answer
    rows = covariates_of(data, item, covariates, data.valid(item) & data.domain(where))
    y = (data.frame[item].to_numpy()[rows.used] == code).astype(float)
    first, kind = distinct_rows(np.column_stack([y, rows.basis]))
    w = np.bincount(kind, rows.weights)
    y, Q, a, b = y[first], rows.basis[first], found.base, found.slope

    def scores(theta: np.ndarray) -> np.ndarray:
        g = logistic(Q @ theta)
        yes = a + b * g
        return ((y - yes) / (yes * (1 - yes)) * b * g * (1 - g))[:, None] * Q

    def objective(theta: np.ndarray) -> float:
        yes = a + b * logistic(Q @ theta)
        return float(w @ (y * np.log(yes) + (1 - y) * np.log1p(-yes)))

    share = float(np.clip(found.share(np.average(y, weights=w)), 0.03, 0.97))
    starts = [
        np.linalg.lstsq(Q, np.full(len(Q), np.log(s / (1 - s))), rcond=None)[0] for s in (share, 0.5, 0.1)
    ]
    try:
        theta = maximise(objective, scores, w, starts)
    except EstimationError as error:
        raise EstimationError(
            f"the model of {item!r} has no finite solution: the estimated share may be 0 or below in some "
            "group; leave a covariate out or join its codes"
        ) from error
    information = -jacobian(scores, theta, w)
    influence = influence_of(scores(theta)[kind], information, rows.weights)
    return fitted(
        data,
        rows,
        ("sensitive",),
        theta,
        influence=influence,
        method="ml",
        log_likelihood=objective(theta),
    )
