"""Regression of a list experiment's sensitive item: SurveyData and covariates in, a fitted model out.

Imai (2011, JASA 106: 407-416) and Blair and Imai (2012, Political Analysis 20: 47-77), with the weights and
the design in place of independent rows.
"""

from collections.abc import Sequence

import numpy as np

from analysis.data import SurveyData, Where
from analysis.errors import EstimationError
from analysis.experiments.figures import one_survey
from analysis.experiments.fitted import Covariates, ExperimentModel, covariates_of, fitted
from analysis.experiments.list_likelihood import Likelihood
from analysis.experiments.lists import Counts, read_counts, require_length
from analysis.experiments.solving import distinct_rows, influence_of, jacobian, logistic, maximise

METHODS = ("lm", "nls", "ml")
ERRORS = ("design", "list")
PARTS = ("sensitive", "control")


def list_regression(
    data: SurveyData | Sequence[SurveyData],
    item: str,
    covariates: str = "1",
    *,
    method: str = "ml",
    constrained: bool = True,
    errors: str = "design",
    where: Where = None,
    group: str | None = None,
    control_items: int | None = None,
) -> ExperimentModel:
    """How the sensitive item depends on covariates; `covariates` as on the right of a formula.

    Two parts of coefficients, `sensitive` and `control`. `method`: lm, the linear model of the count with
    all covariates by list; nls, two steps of least squares, J logistic(x'c) for the short list and
    logistic(x's) for what the long one adds; ml, maximum likelihood with binomial counts (`constrained`: the
    same for those with and without the sensitive item; else parts control and control_if_sensitive).
    `errors`: design, by influence values; or list, those of R's package list for independent rows: HC3 (lm),
    two-step sandwich (nls), inverse observed information (ml).
    EstimationError for dependent covariates and where no finite coefficients exist.
    """
    for name, given, known in (("method", method, METHODS), ("errors", errors, ERRORS)):
        if given not in known:
            raise EstimationError(f"{name} {given!r} is unknown: type one of {', '.join(known)}")
    data = one_survey(data)
    found = read_counts(data, item, group=group, control_items=control_items)
    rows = covariates_of(data, item, covariates, found.valid & data.domain(where))
    for arm, name in ((found.treated, "long"), (~found.treated, "short")):
        _refuse_rank(rows, arm[rows.used], name)
    if method == "lm":
        return _linear(data, found, rows, errors)
    require_length(found)
    if method == "nls":
        return _least_squares(data, found, rows, errors)
    return _likelihood(data, found, rows, constrained=constrained, errors=errors)


def _refuse_rank(rows: Covariates, arm: np.ndarray, name: str) -> None:
    if np.linalg.matrix_rank(rows.basis[arm]) < rows.basis.shape[1]:
        raise EstimationError(
            f"the covariates {', '.join(rows.names)} are linearly dependent among those who saw the {name} "
            "list: leave one out"
        )


def _linear(data: SurveyData, found: Counts, rows: Covariates, errors: str) -> ExperimentModel:
    y, t, w, Q = found.count[rows.used], found.treated[rows.used], rows.weights, rows.basis
    both = np.hstack([Q * t[:, None], Q])
    information = both.T @ (w[:, None] * both)
    theta = np.linalg.solve(information, both.T @ (w * y))
    scores = (y - both @ theta)[:, None] * both
    influence = influence_of(scores, information, w)
    given = None
    if errors == "list":
        leverage = w * (both * np.linalg.solve(information, both.T).T).sum(axis=1)
        corrected = influence / (1 - leverage)[:, None]
        given = corrected.T @ corrected
    return fitted(
        data, rows, PARTS, theta, influence=influence, method="lm", covariance=given, link="identity"
    )


def _least_squares(data: SurveyData, found: Counts, rows: Covariates, errors: str) -> ExperimentModel:
    """The information is the expected one, without the residuals' second derivatives, as in `list`."""
    y, t, w, Q, J = found.count[rows.used], found.treated[rows.used], rows.weights, rows.basis, found.items
    control = _curve(y[~t], Q[~t], w[~t], J, [_start(y[~t].mean() / J, Q)])
    excess = y[t] - J * logistic(Q[t] @ control)
    share = float(np.clip(np.average(excess, weights=w[t]), 0.02, 0.98))
    starts = [_start(share, Q), _start(min(0.5, share * 2), Q), _from_excess(excess, Q[t], w[t])]
    sensitive = _curve(excess, Q[t], w[t], 1, starts)
    g, h = logistic(Q @ sensitive), logistic(Q @ control)
    slope_g, slope_h = g * (1 - g), J * h * (1 - h)
    residual = y - J * h - np.where(t, g, 0)
    scores = np.hstack([(t * residual * slope_g)[:, None] * Q, (~t * residual * slope_h)[:, None] * Q])
    k = Q.shape[1]
    information = np.zeros((2 * k, 2 * k))
    information[:k, :k] = Q.T @ ((w * t * slope_g**2)[:, None] * Q)
    information[:k, k:] = Q.T @ ((w * t * slope_g * slope_h)[:, None] * Q)
    information[k:, k:] = Q.T @ ((w * ~t * slope_h**2)[:, None] * Q)
    influence = influence_of(scores, information, w)
    given = influence.T @ influence if errors == "list" else None
    theta = np.concatenate([sensitive, control])
    return fitted(data, rows, PARTS, theta, influence=influence, method="nls", covariance=given)


def _curve(y: np.ndarray, Q: np.ndarray, w: np.ndarray, J: int, starts: Sequence[np.ndarray]) -> np.ndarray:
    """Least squares of y on J logistic(Q theta)."""

    def scores(theta: np.ndarray) -> np.ndarray:
        h = logistic(Q @ theta)
        return ((y - J * h) * J * h * (1 - h))[:, None] * Q

    def objective(theta: np.ndarray) -> float:
        return -0.5 * float(w @ (y - J * logistic(Q @ theta)) ** 2)

    return maximise(objective, scores, w, starts)


def _start(share: float, Q: np.ndarray) -> np.ndarray:
    """Coefficients of a constant share, as near as the columns come to it."""
    share = min(max(share, 0.02), 0.98)
    eta = np.full(len(Q), np.log(share / (1 - share)))
    return np.linalg.lstsq(Q, eta, rcond=None)[0]


def _from_excess(excess: np.ndarray, Q: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Coefficients of a line through the excess counts, bent into shares."""
    root = np.sqrt(w)
    line = np.linalg.lstsq(Q * root[:, None], excess * root, rcond=None)[0]
    shares = np.clip(Q @ line, 0.05, 0.95)
    return np.linalg.lstsq(Q, np.log(shares / (1 - shares)), rcond=None)[0]


def _likelihood(
    data: SurveyData, found: Counts, rows: Covariates, *, constrained: bool, errors: str
) -> ExperimentModel:
    y, t, w, Q = found.count[rows.used], found.treated[rows.used], rows.weights, rows.basis
    first, kind = distinct_rows(np.column_stack([y, t, Q]))
    model = Likelihood(y[first], t[first], Q[first], found.items, constrained)
    totals = np.bincount(kind, w)
    control = _start(np.average(y[~t], weights=w[~t]) / found.items, Q)
    excess = y[t] - found.items * logistic(Q[t] @ control)
    shares = [float(np.average(excess, weights=w[t])), 0.1, 0.4]
    counts = 1 if constrained else 2
    starts = [np.concatenate([s, *[control] * counts]) for s in (_start(share, Q) for share in shares)]
    starts.append(np.concatenate([_from_excess(excess, Q[t], w[t]), *[control] * counts]))
    theta = maximise(lambda at: float(totals @ model.log_density(at)), model.scores, totals, starts)
    information = -jacobian(model.scores, theta, totals)
    influence = influence_of(model.scores(theta)[kind], information, w)
    given = np.linalg.inv(information) if errors == "list" else None
    parts = PARTS if constrained else (*PARTS, "control_if_sensitive")
    return fitted(
        data,
        rows,
        parts,
        theta,
        influence=influence,
        method="ml",
        covariance=given,
        log_likelihood=float(totals @ model.log_density(theta)),
    )
