"""Replicate designs of statsmodels' data sets: every stored figure of R survey is met."""

import importlib.util
import json
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from analysis import (
    Design,
    SurveyData,
    Targets,
    calibrate,
    make_replicates,
    mean,
    mean_estimates,
    quantile,
    rake,
    ratio,
    svyglm,
    total,
)

REFERENCE = Path(__file__).resolve().parents[2] / "reference"
TOLERANCE = 1e-6
_spec = importlib.util.spec_from_file_location("surveys", REFERENCE / "surveys.py")
surveys = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(surveys)
CODED = ("school", "party", "vote", "place")
PAIRS = Design(strata="band", cluster=("half",), weight="w_person")


@lru_cache
def results() -> dict[str, Any]:
    stored = json.loads((REFERENCE / "designs" / "replicates.json").read_text())
    return {key: value for key, value in stored.items() if key != "_meta"}


def halves(design: Design, name: str = "votes", keep: Callable[..., Any] = lambda frame: frame.index >= 0):
    frame = surveys.studies()[name]
    frame = frame.assign(half=(np.arange(len(frame)) + 1) % 2)
    return surveys.declared(frame[keep(frame)], design, CODED if name == "votes" else ())


def votes(design: str) -> SurveyData:
    return surveys.survey(f"votes.{design}", *CODED)


@lru_cache
def under(name: str) -> SurveyData:
    targets = Targets.from_shares({"school": surveys.SCHOOLS}, population=6100)
    options: dict[str, Any] = {"totals": {"age": 6100 * 46.5}, "tolerance": 1e-13}
    moved = Targets.from_shares({"school": {1: 2100, 2: 2300, 3: 1700}}, population=6100)
    knife = make_replicates(votes("clusters"), "JKn")
    both = Targets.from_shares({"school": surveys.SCHOOLS, "party": surveys.PARTIES}, population=6100)
    made: dict[str, Callable[[], SurveyData]] = {
        "votes.clusters.JKn": lambda: knife,
        "votes.clusters_fpc.JKn": lambda: make_replicates(votes("clusters_fpc"), "JKn"),
        "votes.clusters.JKn_mse": lambda: make_replicates(votes("clusters"), "JKn", mse=True),
        "votes.pairs.BRR": lambda: make_replicates(halves(PAIRS), "BRR"),
        "votes.pairs.Fay": lambda: make_replicates(halves(PAIRS), "Fay", fay_rho=0.3),
        "votes.few.BRR": lambda: make_replicates(halves(PAIRS, keep=lambda f: f.band.between(4, 13)), "BRR"),
        "schools.counties.BRR": lambda: make_replicates(
            halves(Design(strata="county", cluster=("half",), weight="w_county"), "schools"), "BRR"
        ),
        "schools.counties.JK1": lambda: make_replicates(surveys.survey("schools.counties"), "JK1"),
        "raked": lambda: rake(knife, both, scale="population", tolerance=1e-13)[0],
        "poststratified": lambda: calibrate(knife, targets)[0],
        "cal_linear": lambda: calibrate(knife, moved, **options)[0],
        "cal_raking": lambda: calibrate(knife, moved, distance="raking", **options)[0],
        "cal_logit": lambda: calibrate(knife, moved, distance="logit", bounds=(0.5, 2.2), **options)[0],
    }
    return made[name]()


def figure(data: SurveyData, statistic: str) -> Any:
    if statistic == "by":
        found = mean_estimates(data, "income", by="school")
        return {"estimate": found.values, "vcov": found.covariance}
    plain: dict[str, Callable[[], Any]] = {
        "mean": lambda: mean(data, "income").iloc[0],
        "total": lambda: total(data, "vote").iloc[0],
        "ratio": lambda: ratio(data, "TVnews", "educ").iloc[0],
        "median": lambda: quantile(data, "income").iloc[0],
        "degf": data.sample.df,
        "degf_subset": lambda: data.sample.df(data.domain({"place": 2})),
        "count": lambda: data.sample.count,
    }
    return plain[statistic]()


def fields(key: str, theirs: Any) -> dict[str, tuple[Any, Any]]:
    name, statistic = key.rsplit(".", 1)
    data = under(name)
    if name.startswith("schools") and statistic == "mean":
        ours = mean(data, "PCTYRRND" if name.endswith("BRR") else "LOWINC").iloc[0]
        return {field: (value, ours[field]) for field, value in theirs.items()}
    if statistic in ("logit", "probit"):
        covariates = " + ".join(name for name in theirs["names"] if name != "(Intercept)")
        fit = svyglm(f"vote ~ {covariates}", data, family="binomial", link=statistic)
        ours = {
            "coef": fit.params,
            "vcov": fit.covariance,
            "df_resid": fit.df_residual,
            "p": fit.table()["p"],
        }
        return {field: (theirs[field], value) for field, value in ours.items()}
    ours = figure(data, statistic)
    if not isinstance(theirs, dict):
        return {"value": (theirs, ours)}
    return {field: (value, ours[field]) for field, value in theirs.items()}


@pytest.mark.parametrize("key", sorted(results()))
def test_every_replicate_figure_of_r_is_met(key: str) -> None:
    for field, (theirs, ours) in fields(key, results()[key]).items():
        r, found = np.asarray(theirs, float), np.asarray(ours, float)
        assert found.ravel() == pytest.approx(r.ravel(), rel=TOLERANCE, abs=1e-13), field
