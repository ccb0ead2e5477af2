"""Trends over 24 waves and other long series, as R was asked for them, computed by `analysis`."""

from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from public_decompositions import decompositions
from r_shapes import NO_YES, Results, estimate, estimates, model, test

from analysis import (
    Design,
    ModelResult,
    SurveyData,
    adjacent_changes,
    any_change,
    change,
    curve,
    from_frame,
    ordered_trend,
    proportion,
    svyglm,
    svyolr,
    wave_level_fit,
    wave_series,
)


@lru_cache
def gss(folder: Path) -> SurveyData:
    """24 waves under one design, strata of years apart, as R was given them."""
    frame = pd.read_csv(folder / "gss_fefam.csv", usecols=lambda name: name not in {"ballot", "sample"})
    frame = frame.dropna(subset=["vpsu", "vstrat", "wtssps", "age", "degree", "sex"])
    frame = frame.assign(
        agree=(frame["fefam"] <= 2).astype(int),
        t10=(frame["year"] - 2000) / 10,
        cohort=frame["year"] - frame["age"],
        female=(frame["sex"] == 2).astype(int),
        ba=(frame["degree"] >= 3).astype(int),
        wave=frame["year"].astype(str),
        stratum=frame["year"] * 1e5 + frame["vstrat"],
    )
    design = Design(strata="stratum", cluster=("vpsu",), weight="wtssps", lonely_psu="adjust")
    return from_frame(frame, design, codes={"agree": NO_YES})


def gss_trends(folder: Path) -> Results:
    data = gss(folder)
    table = proportion(data, "agree", code=1, by="wave")
    years = tuple(table["wave"])
    beta = proportion(data, "agree", code=1, by="wave", interval="beta")
    line, curved = (svyglm(f"agree ~ {x}", data, family="binomial") for x in ("t10", "t10 + I(t10 ** 2)"))
    by_sex = svyglm("agree ~ t10 * C(female)", data, family="binomial")
    parts = {"(Intercept)": "Intercept", "t10": "t10", "factor(female)1": "C(female)[T.1.0]"}
    parts["t10:factor(female)1"] = "t10:C(female)[T.1.0]"
    y, variance = table["estimate"].to_numpy(), table["se"].to_numpy() ** 2
    X = np.column_stack([np.ones(len(years)), (np.array(years, float) - 2000) / 10])
    fixed = wave_level_fit(y, variance, X, random=False)
    named = {"(Intercept)": "Intercept", "t10": "t10", "I(t10^2)": "I(t10 ** 2)"}
    return {
        "n_by_year": dict(zip(years, table["base"], strict=True)),
        "degf": data.sample.df(),
        "agree.by_year": estimates(years, table)
        | {
            "deff_wr": dict(zip(years, table["deff"], strict=True)),
            "n": dict(zip(years, table["base"], strict=True)),
        },
        "agree.by_year.ci_beta": _ends(beta, "low", "high"),
        "agree.by_year.ci_logit": _ends(table, "low", "high", "df"),
        "diff.2018_1977": estimate("contrast", _change(data, "1977", "2018")),
        "diff.2018_2016": estimate("contrast", _change(data, "2016", "2018")),
        "adjacent": _adjacent(data),
        "trend.logit_linear": model(line),
        "trend.logit_quadratic": model(curved, named),
        "trend.lpm": model(svyglm("agree ~ t10", data)),
        "trend.nonlinear_term": _bends(data),
        "trend.any_change": _any_change(data),
        "trend.groups_interaction": model(by_sex, parts) | {"test": test(by_sex, "t10:C(female)")},
        "trend.svyolr": _ordered(data),
        "trend.wave_level_WLS": {
            "coef": fixed.params,
            "se": np.sqrt(np.diag(fixed.covariance)),
            "Q_resid": fixed.q_resid,
            "df": fixed.df,
        },
        **decompositions(data),
        **vocabulary(folder),
    }


def _ends(table: pd.DataFrame, *columns: str) -> Results:
    return {row["wave"]: [row[name] for name in columns] for row in table.to_dict("records")}


def _change(data: SurveyData, since: str, to: str) -> Any:
    return change(data, "agree", code=1, wave_from=since, wave_to=to).iloc[0]


def _adjacent(data: SurveyData) -> Results:
    tables = {
        name: adjacent_changes(data, "agree", code=1, adjustment=ours, normal=True)
        for name, ours in {"holm": "holm", "BH": "fdr", "hommel": "hommel", "BY": "fdr_dependent"}.items()
    }
    table = tables["holm"]
    adjusted = {name: each["p_adjusted"].to_numpy() for name, each in tables.items()}
    fields = {"diff": "estimate", "se": "se", "p": "p"}
    return {field: table[ours].to_numpy() for field, ours in fields.items()} | adjusted


def _ordered(data: SurveyData) -> Results:
    """Slopes of the trend function, per decade as R's; thresholds of the model on R's columns."""
    found = ordered_trend(data, "fefam", adjust=["female", "ba"])
    plain = svyolr("fefam ~ t10 + female + ba", data)
    cuts = ["1|2", "2|3", "3|4"]
    row = found.table.iloc[0]
    slopes = {name: found.fit.params[name] for name in ("female", "ba")}
    errors = {name: found.fit.se[name] for name in ("female", "ba")}
    return {
        "coef": {"t10": 10 * row["estimate"], **slopes},
        "zeta": plain.params[cuts].to_dict(),
        "se": {"t10": 10 * row["se"], **errors, **plain.se[cuts].to_dict()},
    }


def _bends(data: SurveyData) -> Results:
    row = curve(data, "agree", code=1, link="logit").table.iloc[0]
    return {name: row[f"nonlinear_{name.lower()}"] for name in ("F", "df", "ddf", "p")}


def _any_change(data: SurveyData) -> Results:
    series = wave_series(data, "agree", code=1)
    row = any_change(series, link="logit", adjusted=False).iloc[0]
    return {name: row[name.lower()] for name in ("F", "df", "ddf", "p")}


def vocabulary(folder: Path) -> Results:
    frame = pd.read_csv(folder / "GSSvocab.csv", na_values=[""], keep_default_na=False)
    frame = frame.replace("NA", np.nan).dropna()
    frame = frame.assign(
        born=(frame["nativeBorn"] == "yes").astype(int), t10=(frame["year"].astype(int) - 2000) / 10
    ).astype({"vocab": float, "educ": float})
    data = from_frame(frame[["vocab", "t10", "educ", "born"]], Design(weight=None))
    fit = svyglm("vocab ~ t10 + educ + born", data)
    names = {"(Intercept)": "Intercept", "t10": "t10", "educ": "educ", "nativeBornyes": "born"}
    return {
        "gssvocab.svyglm_srs": model(fit, names),
        "gssvocab.lm": {"n": fit.n, "coef": model(fit, names)["coef"], "se": _ordinary(fit, names)},
    }


def _ordinary(fit: ModelResult, names: dict[str, str]) -> Results:
    """Errors of one variance for all people, which a fit knows as what it would be without a design."""
    variance = np.diag(fit.naive) * fit.deviance / (fit.n - len(fit.params))
    by_name = dict(zip(fit.params.index, np.sqrt(variance), strict=True))
    return {theirs: by_name[ours] for theirs, ours in names.items()}


def random_waves(folder: Path) -> Results:
    table = proportion(gss(folder), "agree", code=1, by="wave")
    X = np.column_stack([np.ones(len(table)), (table["wave"].astype(float) - 2000) / 10])
    fit = wave_level_fit(table["estimate"].to_numpy(), table["se"].to_numpy() ** 2, X)
    found = {"tau2": fit.tau2, "coef": fit.params, "se": np.sqrt(np.diag(fit.covariance)), "Q": fit.q_resid}
    return {"gss.meta_regression_DL": found}
