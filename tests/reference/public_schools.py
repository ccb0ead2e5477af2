"""Californian schools under seven designs: R's descriptives, models and shares computed by `analysis`."""

from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from r_shapes import NO_YES, Results, estimate, estimates, model, test
from scipy import stats

from analysis import (
    Design,
    SurveyData,
    from_frame,
    joint_covariance,
    mean,
    mean_estimates,
    proportion,
    quantile,
    ratio,
    svyglm,
    total,
)

DESIGNS = {
    "srs": ("apisrs", Design(fpc=("fpc",), weight=None)),
    "strat": ("apistrat", Design(strata="stype", fpc=("fpc",), weight="pw")),
    "strat_nofpc": ("apistrat", Design(strata="stype", weight="pw")),
    "clus1": ("apiclus1", Design(cluster=("dnum",), fpc=("fpc",), weight="pw")),
    "clus1_nofpc": ("apiclus1", Design(cluster=("dnum",), weight="pw")),
    "clus2": ("apiclus2", Design(cluster=("dnum", "snum"), fpc=("fpc1", "fpc2"), weight=None)),
    "clus2_wr": ("apiclus2", Design(cluster=("dnum", "snum"), weight="pw")),
}
SCHOOLS = ("E", "H", "M")
INTERVALS = ("logit", "asin", "beta", "mean", "xlogit", "wilson")


@lru_cache
def api(folder: Path, name: str) -> SurveyData:
    file, design = DESIGNS[name]
    frame = pd.read_csv(folder / f"{file}.csv", na_values=[""], keep_default_na=False)
    frame["schw"] = (frame["sch_wide"] == "Yes").astype(int)
    frame["ell0"] = (frame["ell"] == 0).astype(int)
    return from_frame(frame, design, codes={"schw": NO_YES, "ell0": NO_YES})


def contrast(data: SurveyData, one: str, other: str) -> Results:
    parts = [mean_estimates(data, name) for name in (one, other)]
    sign = np.array([1, -1])
    value = parts[0].values[0] - parts[1].values[0]
    return estimate("contrast", {"estimate": value, "se": np.sqrt(sign @ joint_covariance(parts) @ sign)})


def descriptives(folder: Path) -> Results:
    found: Results = {}
    for name in DESIGNS:
        found |= {f"{name}.{key}": value for key, value in of_design(api(folder, name)).items()}
    clus1 = api(folder, "clus1")
    by = mean_estimates(clus1, "api00", by="stype")
    value, variance = by.contrast(np.array([1.0, -1.0, 0.0]))
    found["clus1.by_stype.vcov"] = by.covariance
    found["clus1.by_stype.E_minus_H"] = estimate(
        "contrast", {"estimate": value[0], "se": variance[0, 0] ** 0.5}
    )
    line = svyglm("api00 ~ schw", clus1)
    tested = line.table().loc["schw"]
    found["clus1.ttest.api00_by_schwide"] = {
        "t": tested["t"],
        "df": line.df_residual,
        "p": tested["p"],
        "est": tested["estimate"],
    }
    return found | toys(folder)


def of_design(data: SurveyData) -> Results:
    one = mean(data, "api00").iloc[0]
    enroll = total(data, "enroll").iloc[0]
    quarter = [quantile(data, "api00", p=p).iloc[0] for p in (0.25, 0.5, 0.75)]
    domain = mean(data, "api00", where={"stype": 1, "comp_imp": 2}).iloc[0]
    over = ratio(data, "api00", "api99").iloc[0]
    return {
        "mean.api00": estimate("api00", one) | {"deff": {"api00": _finite_deff(one)}},
        "mean.api00.deff_replace": estimate("api00", one) | {"deff": {"api00": one["deff"]}},
        "total.enroll": estimate("enroll", enroll) | {"deff": {"enroll": _finite_deff(enroll)}},
        "mean.stype": estimates(tuple(f"factor(stype){s}" for s in SCHOOLS), proportion(data, "stype")),
        "ratio.api00_api99": {"est": over["estimate"], "se": over["se"]},
        "degf": data.sample.df(),
        "by_stype.mean.api00": estimates(SCHOOLS, mean(data, "api00", by="stype")),
        "by_schwide.total.enroll": estimates(("No", "Yes"), total(data, "enroll", by="sch_wide")),
        "quantile.api00.math.mean": {
            "q": [row["estimate"] for row in quarter],
            "se": [row["se"] for row in quarter],
            "ci": [[row["low"], row["high"]] for row in quarter],
        },
        "subset_E.mean.api00": estimate("api00", domain)
        | {"degf": domain["df"], "ci": [[domain["low"], domain["high"]]]},
        "contrast.api00_minus_api99": contrast(data, "api00", "api99"),
    }


def _finite_deff(row: Any) -> float:
    """R's deff=TRUE: against simple sampling without replacement from as many as the weights add up to."""
    return float(row["deff"] / (1 - row["base"] / row["weighted_base"]))


def toys(folder: Path) -> Results:
    """A book's example with and without fpc, and six rows with a lonely cluster."""
    found: Results = {}
    book = pd.read_csv(folder / "fpc.csv")
    for name, fpc in {"nofpc": (), "fpc": ("Nh",)}.items():
        data = from_frame(book, Design(strata="stratid", cluster=("psuid",), weight="weight", fpc=fpc))
        found[f"fpc.{name}.total"] = estimate("x", total(data, "x").iloc[0])
        found[f"fpc.{name}.mean"] = estimate("x", mean(data, "x").iloc[0])
    six = pd.DataFrame(
        {
            "str": [1, 1, 1, 2, 2, 3],
            "psu": range(1, 7),
            "y": [1, 3, 4, 2, 8, 5],
            "w": [2, 2, 2, 3, 3, 5],
        }
    )
    for policy in ("certainty", "remove", "adjust", "average"):
        data = from_frame(six, Design(strata="str", cluster=("psu",), weight="w", lonely_psu=policy))
        found[f"lonely.{policy}.mean"] = estimate("y", mean(data, "y").iloc[0])
        found[f"lonely.{policy}.total"] = estimate("y", total(data, "y").iloc[0])
        if policy == "adjust":
            part = mean(data, "y", where={"psu": [1, 2, 3, 4]}).iloc[0]
            found["lonely.domain_noadjust.mean"] = estimate("y", part)
            alone = from_frame(six, replace(data.design, lonely_domain=True))
            part = mean(alone, "y", where={"psu": [1, 2, 3, 4]}).iloc[0]
            found["lonely.domain_adjust.mean"] = estimate("y", part)
    return found


MODELS = {
    "gaussian": ("api00", "ell + meals + mobility", "gaussian", None),
    "logit": ("schw", "ell + meals + mobility", "binomial", "logit"),
    "probit": ("schw", "ell + meals + mobility", "binomial", "probit"),
    "cloglog": ("schw", "ell + meals + mobility", "binomial", "cloglog"),
    "poisson": ("api_stu", "ell + meals", "poisson", None),
}


def models(folder: Path) -> Results:
    found: Results = {}
    for name in ("strat", "clus1", "clus1_nofpc", "clus2", "clus2_wr"):
        for kind, (y, x, family, link) in MODELS.items():
            fit = svyglm(f"{y} ~ {x}", api(folder, name), family=family, link=link)
            found[f"{name}.{kind}"] = model(fit)
            if kind in ("gaussian", "logit"):
                found[f"{name}.{kind}.wald"] = test(fit, "ell", "mobility")
            if kind == "gaussian":
                wald = fit.wald(["ell", "mobility"])
                chisq = wald.f * wald.df
                p = stats.chi2.sf(chisq, wald.df)
                found[f"{name}.gaussian.wald_chisq"] = {"chisq": chisq, "df": wald.df, "p": p}
                found[f"{name}.gaussian.confint"] = fit.table()[["low", "high"]].to_numpy()
    clus1 = api(folder, "clus1")
    factor = svyglm("schw ~ C(stype) + ell", clus1, family="binomial")
    names = {
        "(Intercept)": "Intercept",
        "stypeH": "C(stype)[T.2.0]",
        "stypeM": "C(stype)[T.3.0]",
        "ell": "ell",
    }
    found["clus1.logit_factor"] = model(factor, names)
    found["clus1.logit_factor.wald_stype"] = test(factor, "C(stype)")
    found["clus1.subset_notH.gaussian"] = model(svyglm("api00 ~ ell + meals", clus1, where={"stype": [1, 3]}))
    fit = svyglm("schw ~ ell + meals", api(folder, "strat"), family="binomial")
    rows = pd.DataFrame({"ell": [0, 20, 50], "meals": [10, 50, 90]})
    for scale in ("response", "link"):
        shown = fit.predict(rows, scale=scale)
        found[f"strat.logit.predict_{scale}"] = {"fit": shown["estimate"], "se": shown["se"]}
    return found


def shares(folder: Path) -> Results:
    clus1, strat = api(folder, "clus1"), api(folder, "strat")
    asked: dict[str, tuple[SurveyData, str, int, dict[str, Any]]] = {
        "clus1.ell0": (clus1, "ell0", 1, {}),
        "clus1.schwide": (clus1, "sch_wide", 2, {}),
        "clus1.schwide90": (clus1, "sch_wide", 2, {"level": 0.9}),
        "strat.compimp": (strat, "comp_imp", 2, {}),
        "clus1.domain_E.schwide": (clus1, "sch_wide", 2, {"where": {"stype": 1}}),
    }
    found: Results = {"clus1.degf": clus1.sample.df()}
    for name, (data, variable, code, options) in asked.items():
        for interval in INTERVALS:
            method = interval.removeprefix("x")
            row = proportion(data, variable, code=code, interval=method, **options).iloc[0]
            found[f"{name}.{interval}"] = {"p": row["estimate"], "ci": [row["low"], row["high"]]}
    for name, data, by in (("clus1", clus1, "stype"), ("strat", strat, "comp_imp")):
        found[f"{name}.table"] = [
            total(data, "sch_wide", code=code, by=by)["estimate"].to_numpy() for code in (1, 2)
        ]
    return found
