"""Public survey data in, the figures that R computed on them by the functions of `analysis` out.

Each function of FILES takes the folder of data and gives, by key of the stored file, a value of the same
shape as R's: what is named there is compared, number by number.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from analysis import (
    Design,
    ModelResult,
    SurveyData,
    Targets,
    calibrate,
    change,
    from_frame,
    joint_covariance,
    kish_deff,
    mean,
    mean_estimates,
    proportion,
    quantile,
    rake,
    ratio,
    svyglm,
    total,
    trim_weights,
    wave_level_fit,
)

Results = dict[str, Any]
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
NO_YES = {0: "no", 1: "yes"}
INTERVALS = ("logit", "asin", "beta", "mean", "xlogit", "wilson")
POOLED_YEARS = ("1977", "2018")


@lru_cache
def api(folder: Path, name: str) -> SurveyData:
    file, design = DESIGNS[name]
    frame = pd.read_csv(folder / f"{file}.csv", na_values=[""], keep_default_na=False)
    frame["schw"] = (frame["sch_wide"] == "Yes").astype(int)
    frame["ell0"] = (frame["ell"] == 0).astype(int)
    return from_frame(frame, design, codes={"schw": NO_YES, "ell0": NO_YES})


def estimate(name: str, row: Any) -> Results:
    return {"est": {name: row["estimate"]}, "se": {name: row["se"]}}


def estimates(names: tuple[str, ...], table: pd.DataFrame) -> Results:
    return {field: dict(zip(names, table[ours], strict=True)) for field, ours in _FIELDS.items()}


_FIELDS = {"est": "estimate", "se": "se"}


def model(fit: ModelResult, names: Mapping[str, str] | None = None) -> Results:
    """A fit in R's order: `names` gives our name of each coefficient of R's."""
    order = names or {name.replace("Intercept", "(Intercept)"): name for name in fit.params.index}
    ours = list(order.values())
    table = fit.table()
    by_name = {"coef": fit.params, "se": fit.se, "p": table["p"]}
    result: Results = {
        field: dict(zip(order, values[ours], strict=True)) for field, values in by_name.items()
    }
    covariance = fit.covariance.loc[ours, ours].to_numpy()
    return result | {"vcov": covariance, "df_resid": fit.df_residual, "df_design": fit.df}


def test(fit: ModelResult, *terms: str) -> Results:
    wald = fit.wald(terms)
    return {"F": wald.f, "df": wald.df, "ddf": wald.ddf, "p": wald.p}


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


def weight_summary(data: SurveyData) -> Results:
    w = data.sample.weights
    kish = kish_deff(w)
    return {"sum": w.sum(), "min": w.min(), "max": w.max(), "cv2": kish - 1, "kish": kish, "head": w[:12]}


def weighted(data: SurveyData) -> Results:
    by = mean(data, "api00", by="stype")
    return {
        "w": weight_summary(data),
        "mean": estimate("api00", mean(data, "api00").iloc[0]),
        "total": estimate("enroll", total(data, "enroll").iloc[0]),
        "by": {"est": dict(zip(SCHOOLS, by["estimate"], strict=True)), "se": by["se"]},
        "logit": model(svyglm("schw ~ ell + meals", data, family="binomial")),
    }


def calibrations(folder: Path) -> Results:
    data = api(folder, "clus1")
    types, wide = {1: 4421, 2: 755, 3: 1018}, {1: 1072, 2: 5122}
    one = Targets.from_shares({"stype": types}, population=6194)
    two = Targets.from_shares({"stype": types, "sch_wide": wide}, population=6194)
    with_total: dict[str, Any] = {"totals": {"api99": 3914069}}
    raked = rake(data, two, scale="population", tolerance=1e-13)[0]
    made = {
        "base": data,
        "poststrat": calibrate(data, one)[0],
        "rake": raked,
        "cal_linear": calibrate(data, one, **with_total)[0],
        "cal_raking": calibrate(data, one, distance="raking", **with_total)[0],
        "cal_logit": calibrate(data, one, distance="logit", bounds=(0.5, 2), **with_total)[0],
        "cal_linear_bounded": calibrate(data, one, bounds=(0.6, 1.6), **with_total)[0],
        "cal_raking_margins": calibrate(data, two, distance="raking")[0],
        "rake_trim": trimmed(raked, lower=32, upper=50),
        "rake_trim_strict": trimmed(raked, upper=50, strict=True),
    }
    found = {name: weighted(survey) for name, survey in made.items()}
    found["greg_total_api00"] = estimate("api00", total(made["cal_linear"], "api00").iloc[0])
    return found | pew(folder)


def trimmed(data: SurveyData, **limits: Any) -> SurveyData:
    """The survey with its weights cut; the design remembers the weights that met the margins."""
    adjusted = data.frame["weight"]
    cut = trim_weights(adjusted.to_numpy(), **limits)
    assert isinstance(data.design, Design)
    assert data.design.calibration is not None
    design = replace(data.design, calibration=replace(data.design.calibration, adjusted="adjusted"))
    return data.with_frame(data.frame.assign(adjusted=adjusted, weight=cut), design=design)


def pew(folder: Path) -> Results:
    columns = ["sex", "recage", "receduc"]
    frame = pd.read_csv(folder / "pew_dec13_excerpt.csv")
    frame = frame[~frame["recage"].str.contains("DK/Ref") & ~frame["receduc"].str.contains("DK/Ref")]
    census = pd.read_csv(folder / "pew_acs_2017_excerpt.csv")
    frame = frame[[*columns, "q1", "weight"]].assign(
        approve=(frame["q1"] == "Approve").astype(int), disapprove=(frame["q1"] == "Disapprove").astype(int)
    )
    data = from_frame(frame, Design(weight="weight"), codes={"approve": NO_YES, "disapprove": NO_YES})
    counts = {name: census.groupby(name)["weight"].sum() for name in columns}
    margins = {name: dict(enumerate(by_word, start=1)) for name, by_word in counts.items()}
    raked, made = rake(data, Targets.from_shares(margins), tolerance=1e-13)
    w, n = raked.sample.weights, made.n
    listed = {"min": w.min(), "max": w.max(), "head": w[:10]}
    cut = trim_weights(w, lower=float(np.quantile(w, 0.01)), upper=float(np.quantile(w, 0.99)))
    deviation = w.std(ddof=1)
    general = 1 + (made.kish_deff - 1) * n / (n - 1)
    found: Results = {"n": n, "kish": made.kish_deff, **listed}
    found["targets"] = {
        name: [{"Freq": share * n} for share in (by_word / by_word.sum())] for name, by_word in counts.items()
    }
    for key, variable in (("approve", "approve"), ("disapprove_taylor", "disapprove")):
        name = f'I(q1 == "{variable.capitalize()}")'
        found[key] = estimates((f"{name}FALSE", f"{name}TRUE"), proportion(raked, variable))
    return {
        "pew.rake": found,
        "pew.anesrake_nocap": {"kish": made.kish_deff, "max": w.max(), "head": w[:10]},
        "pew.trim_1_99": {"min": cut.min(), "max": cut.max(), "sum": cut.sum(), "head": cut[:10]},
        "pew.calculate_deff": {
            "n": n,
            "mean_wt": w.mean(),
            "sd_wt": deviation,
            "deff": general,
            "ess": n / general,
        },
    }


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
    line, curve, free = (
        svyglm(f"agree ~ {x}", data, family="binomial") for x in ("t10", "t10 + I(t10 ** 2)", "C(year)")
    )
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
        "adjacent": _adjacent(data, years),
        "trend.logit_linear": model(line),
        "trend.logit_quadratic": model(curve, named),
        "trend.lpm": model(svyglm("agree ~ t10", data)),
        "trend.nonlinear_term": test(curve, "I(t10 ** 2)"),
        "trend.any_change": test(free, "C(year)"),
        "trend.groups_interaction": model(by_sex, parts) | {"test": test(by_sex, "t10:C(female)")},
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


def _adjacent(data: SurveyData, years: tuple[str, ...]) -> Results:
    rows = [_change(data, since, to) for since, to in pairwise(years)]
    return {"diff": [row["estimate"] for row in rows], "se": [row["se"] for row in rows]}


def decompositions(data: SurveyData) -> Results:
    """What decompositions are made from: regressions and means of single waves."""
    fit = svyglm("agree ~ year + cohort", data)
    ends = {"where": {"wave": list(POOLED_YEARS)}, "by": "wave"}
    cohort, agree = mean(data, "cohort", **ends), proportion(data, "agree", code=1, **ends)
    last = mean(data, "cohort", where={"wave": "2024"}).iloc[0]["estimate"]
    level = proportion(data, "agree", code=1, where={"wave": "2024"}).iloc[0]["estimate"]
    oaxaca: Results = {}
    for year in POOLED_YEARS:
        one = svyglm("agree ~ female + ba + age", data, where={"wave": year})
        oaxaca[f"beta_{year}"] = model(one)["coef"]
        oaxaca[f"x_{year}"] = {
            name: mean(data, name, where={"wave": year}).iloc[0]["estimate"]
            for name in ("female", "ba", "age")
        }
    return {
        "firebaugh": {
            "coef": model(fit)["coef"],
            "se": model(fit)["se"],
            "mean_cohort": [cohort["estimate"].iloc[0], last],
            "mean_y": [agree["estimate"].iloc[0], level],
        },
        "oaxaca_1977_2018": oaxaca,
    }


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
        "gssvocab.lm": {"n": fit.n, "coef": model(fit, names)["coef"]},
    }


def sensitive(folder: Path) -> Results:
    data = from_frame(pd.read_csv(folder / "list_race.csv"), Design(strata="treat", weight=None), codes=_ARMS)
    value, variance = mean_estimates(data, "y", by="treat").contrast(np.array([-1.0, 1.0]))
    return {"race.diff_in_means": {"est": value[0], "se": variance[0, 0] ** 0.5}}


_ARMS = {"treat": {0: "short list", 1: "long list"}}


def random_waves(folder: Path) -> Results:
    table = proportion(gss(folder), "agree", code=1, by="wave")
    X = np.column_stack([np.ones(len(table)), (table["wave"].astype(float) - 2000) / 10])
    fit = wave_level_fit(table["estimate"].to_numpy(), table["se"].to_numpy() ** 2, X)
    found = {"tau2": fit.tau2, "coef": fit.params, "se": np.sqrt(np.diag(fit.covariance)), "Q": fit.q_resid}
    return {"gss.meta_regression_DL": found}


FILES: dict[str, Callable[[Path], Results]] = {
    "01_api_descriptives": descriptives,
    "03_svyglm": models,
    "05_svychisq_ciprop": shares,
    "06_calibration": calibrations,
    "07_trend": gss_trends,
    "09_sensitive": sensitive,
    "11_extra": random_waves,
}
