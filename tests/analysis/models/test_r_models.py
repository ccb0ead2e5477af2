"""What R says of further models on statsmodels' data sets (r/20_more_models.R): every key is compared."""

import importlib.util
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from analysis import (
    ModelResult,
    SurveyData,
    design_aic,
    design_bic,
    mean_estimates,
    pool_imputations,
    predictive_margins,
    svyglm,
    svymultinomial,
    svyolr,
)

REFERENCE = Path(__file__).resolve().parents[2] / "reference"
RESULTS = json.loads((REFERENCE / "json" / "more" / "20_more_models.json").read_text())
KEYS = [key for key in RESULTS if key != "_meta"]
TOLERANCE = 1e-6
CURVATURE = 1e-3
"""svyolr takes its second derivatives by finite differences; see tests/reference/README.md."""
_spec = importlib.util.spec_from_file_location("surveys", REFERENCE / "surveys.py")
surveys = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(surveys)
FAMILIES = {
    "quasibinomial": "binomial",
    "binomial": "binomial",
    "quasipoisson": "poisson",
    "gaussian": "gaussian",
}
Pairs = Iterator[tuple[str, Any, Any, float]]


def ours(formula: str) -> str:
    """R's formula as patsy's, and the names of its terms."""
    return re.sub(r"factor\( ?(\w+) ?\)", r"C(\1)", formula)


def survey(theirs: dict[str, Any], *coded: str) -> SurveyData:
    return surveys.survey(theirs["design"], *coded)


def covariance(theirs: Any, fit: Any, tolerance: float = TOLERANCE) -> Pairs:
    """A covariance near 0 is held to the size of its two standard errors."""
    theirs = np.array(theirs)
    se = np.sqrt(np.diag(theirs))
    yield "se", se, fit.se, tolerance
    yield (
        "vcov",
        np.ones_like(theirs),
        1 + (fit.covariance.to_numpy() - theirs) / np.outer(se, se),
        2 * tolerance,
    )


def family(kind: str, theirs: dict[str, Any]) -> Pairs:
    name, link = kind.replace("cauchit", "cauchy").rsplit("_", 1)
    fit = svyglm(theirs["formula"], survey(theirs), family=name, link=link)
    yield "coef", theirs["coef"], fit.params, TOLERANCE
    yield from covariance(theirs["vcov"], fit)
    yield "df", theirs["df_resid"], fit.df_residual, TOLERANCE
    yield "p", theirs["p"], fit.table()["p"], TOLERANCE


def whole_and_terms(theirs: dict[str, Any]) -> tuple[ModelResult, list[str]]:
    fit = svyglm(ours(theirs["formula"]), survey(theirs), family=FAMILIES[theirs["family"]])
    terms = theirs["terms"]
    return fit, [ours(term) for term in ([terms] if isinstance(terms, str) else terms)]


def term_tests(theirs: dict[str, Any], what: str) -> Pairs:
    fit, terms = whole_and_terms(theirs)
    if what == "wald_chisq":
        found = fit.wald(terms, test="Chisq")
        yield "chisq", theirs["chisq"], found.chisq, TOLERANCE
    else:
        found = fit.likelihood_ratio(terms, test=what)
        yield "chisq", theirs["chisq"], found.chisq, TOLERANCE
        yield "weights", np.atleast_1d(theirs["lambda"]), found.weights, TOLERANCE
    yield "p", theirs["p"], found.p, TOLERANCE


def anova(theirs: dict[str, Any], method: str) -> Pairs:
    fit, _ = whole_and_terms(theirs)
    found = fit.anova(method=method, sequential=True)
    assert list(found["term"]) == [ours(term) for term in theirs["order"]]
    yield "statistic", theirs["statistic"], found["statistic"], TOLERANCE
    yield "p", theirs["p"], found["p"], TOLERANCE


def criterion(theirs: dict[str, Any], what: str) -> Pairs:
    fit, _ = whole_and_terms(theirs)
    if what == "AIC":
        found = design_aic(fit)
        yield "aic", theirs["aic"], found.aic, TOLERANCE
        yield "effective", theirs["effective"], found.effective_parameters, TOLERANCE
        yield "mean", theirs["mean"], found.mean_effect, TOLERANCE
    else:
        small = svyglm(ours(theirs["small"]), survey(theirs), family=FAMILIES[theirs["family"]])
        found_bic = design_bic(small, fit)
        yield "bic", theirs["bic"], found_bic.bic, TOLERANCE
        yield "effective_n", theirs["effective_n"], found_bic.effective_n, TOLERANCE


def categorical(parts: list[str], theirs: dict[str, Any]) -> Pairs:
    kind, what = parts[0], parts[-1]
    data = surveys.weighted("votes.elements", "raked") if what == "raked" else survey(theirs)
    if kind == "multinomial":
        fit = svymultinomial(theirs["formula"], data)
        yield "coef", theirs["coef"], fit.params, TOLERANCE
        yield from covariance(theirs["vcov"], fit)
    else:
        where = {"party": 1} if what == "party=1" else None
        fit = svyolr(theirs["formula"], data, link="probit" if what == "probit" else "logit", where=where)
        yield "coef", theirs["coef"], fit.params, TOLERANCE
        yield from covariance(theirs["vcov"], fit, CURVATURE)
        yield "df", theirs["df_resid"], fit.df_residual, TOLERANCE
    yield "deviance", theirs["deviance"], fit.deviance, TOLERANCE


def margins(theirs: dict[str, Any]) -> Pairs:
    fit = svyglm(ours(theirs["formula"]), survey(theirs, theirs["at"]), family="binomial")
    found = predictive_margins(fit, theirs["at"])
    yield "estimate", theirs["estimate"], found.values, TOLERANCE
    yield "se", theirs["se"], np.sqrt(np.diag(found.covariance_of_parts)), TOLERANCE


def pooled(what: str, complete: float, theirs: dict[str, Any]) -> Pairs:
    frame = surveys.studies()["votes"]
    row = np.arange(1, len(frame) + 1)
    design = surveys.DESIGNS["votes.clusters"]
    sets = [
        surveys.declared(frame.assign(income=frame["income"] + row * i % 7 / 3), design, ())
        for i in range(1, 6)
    ]
    fits = [
        svyglm("income ~ age + educ", one) if what == "line" else mean_estimates(one, "income")
        for one in sets
    ]
    found = pool_imputations(fits, df_complete=complete)
    yield "coef", theirs["coef"], np.squeeze(found.params), TOLERANCE
    yield "vcov", theirs["vcov"], np.squeeze(found.covariance), TOLERANCE
    yield "df", theirs["df"], np.squeeze(found.df), TOLERANCE
    yield "missing", theirs["missing"], np.squeeze(found.missing_information), TOLERANCE


def pairs(key: str, theirs: dict[str, Any]) -> Pairs:
    parts = key.split(".")
    if parts[0] == "family":
        yield from family(parts[1], theirs)
    elif parts[0] == "test":
        yield from term_tests(theirs, parts[-1])
    elif parts[0] == "anova":
        yield from anova(theirs, parts[-1])
    elif parts[0] == "criterion":
        yield from criterion(theirs, parts[-1])
    elif parts[0] in ("ordered", "multinomial"):
        yield from categorical(parts, theirs)
    elif parts[0] == "margins":
        yield from margins(theirs)
    elif parts[0] == "pooled":
        yield from pooled(parts[1], float(parts[2].replace("Inf", "inf")), theirs)


@pytest.mark.parametrize("key", KEYS)
def test_every_further_result_of_r_is_met(key: str) -> None:
    found = list(pairs(key, RESULTS[key]))
    assert found
    for field, theirs, mine, tolerance in found:
        a, b = np.asarray(theirs, float), np.asarray(mine, float)
        assert a.shape == b.shape, field
        assert np.max(np.abs(a - b) / np.maximum(np.abs(a), 1e-300)) <= tolerance, (field, a, b)
