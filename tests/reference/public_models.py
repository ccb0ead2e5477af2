"""Further models of schools, and fits pooled over imputations: R's figures computed by `analysis`."""

from pathlib import Path

import numpy as np
import pandas as pd
from public_schools import DESIGNS, api
from public_schools import models as linear_models
from r_shapes import Results

from analysis import (
    ModelResult,
    SurveyData,
    bell_mccaffrey,
    design_aic,
    from_frame,
    mean_estimates,
    pool_imputations,
    predictive_margins,
    svyglm,
    svymultinomial,
    svyolr,
)

STYPE = {"avg_ed": "avg_ed", "mobility": "mobility", "stypeH": "C(stype)[T.2.0]", "stypeM": "C(stype)[T.3.0]"}
TWO = {"avg_ed": "avg_ed", "mobility": "mobility"}
QUARTERS = {"1|2": "1|2", "2|3": "2|3", "3|4": "3|4"}


def generalised(folder: Path) -> Results:
    found = linear_models(folder)
    for name in ("strat", "clus1", "clus1_nofpc", "clus2", "clus2_wr"):
        fit = svyglm("schw ~ ell + meals + mobility", api(folder, name), family="binomial")
        test, aic = fit.likelihood_ratio(["ell", "mobility"]), design_aic(fit)
        found[f"{name}.logit.LRT"] = {
            "chisq": test.chisq,
            "df": test.df,
            "ddf": test.ddf,
            "p": test.p,
            "lambda": test.weights,
        }
        found[f"{name}.logit.AIC_BIC"] = {
            "AIC": {"eff.p": aic.effective_parameters, "AIC": aic.aic, "deltabar": aic.mean_effect}
        }
    clus1 = api(folder, "clus1")
    margins = predictive_margins(svyglm("schw ~ ell + C(stype)", clus1, family="binomial"), "stype")
    schools = dict(zip(("E", "H", "M"), range(3), strict=True))
    se = np.sqrt(np.diag(margins.covariance_of_parts))
    found["clus1.svypredmeans_stype"] = {
        "est": {name: margins.values[place] for name, place in schools.items()},
        "se": {name: se[place] for name, place in schools.items()},
    }
    plain = svyglm("api00 ~ ell + meals + mobility", api(folder, "clus1_nofpc"))
    few = bell_mccaffrey(plain)
    names = {"(Intercept)": "Intercept", "ell": "ell", "meals": "meals", "mobility": "mobility"}
    found["clus1_nofpc.gaussian.bell_mccaffrey"] = {
        "coef": {theirs: few.params[ours] for theirs, ours in names.items()},
        "se": {theirs: few.se[ours] for theirs, ours in names.items()},
        "degf": [],
    }
    return found


def classes(folder: Path, name: str) -> SurveyData:
    data = api(folder, name)
    meals = data.frame["meals"]
    quarter = pd.cut(meals, [0, 25, 50, 75, 100], include_lowest=True, labels=False) + 1
    third = pd.cut(meals, [-1, 25, 60, 100], labels=False) + 1
    stype = {1: "E", 2: "H", 3: "M"}
    frame = data.frame.assign(quarter=quarter, third=third)
    codes = {
        "stype": stype,
        "quarter": {i: str(i) for i in range(1, 5)},
        "third": {1: "lo", 2: "mid", 3: "hi"},
    }
    return from_frame(frame, DESIGNS[name][1], codes=codes)


def categorical(folder: Path) -> Results:
    strat, clus1 = classes(folder, "strat"), classes(folder, "clus1")
    with_type, two = "quarter ~ avg_ed + mobility + C(stype)", "quarter ~ avg_ed + mobility"
    found = {
        "strat.olr.logistic": cumulative(svyolr(with_type, strat), STYPE),
        "clus1.olr.logistic": cumulative(svyolr(two, clus1), TWO),
        "strat.olr.probit": cumulative(svyolr(with_type, strat, link="probit"), STYPE),
    }
    for key, formula, data, names in (("strat", with_type, strat, STYPE), ("clus1", two, clus1, TWO)):
        fit = svyolr(formula, data, information="expected")
        found[f"{key}.vglm_same_as_olr"] = exceeding(fit, names, slope=-1.0, threshold=1.0)
    fit = svyolr("third ~ avg_ed + mobility", clus1, information="expected")
    found["clus1.cumulative_parallel"] = exceeding(fit, TWO, slope=1.0, threshold=-1.0)
    many = svymultinomial("third ~ avg_ed + mobility", clus1)
    order = {
        f"{theirs}:{place}": f"{code}: {ours}"
        for theirs, ours in {"(Intercept)": "Intercept", **TWO}.items()
        for place, code in ((1, 2), (2, 3))
    }
    ours = list(order.values())
    found["clus1.multinomial"] = {
        "coef": dict(zip(order, many.params[ours], strict=True)),
        "se": dict(zip(order, many.se[ours], strict=True)),
        "vcov": many.covariance.loc[ours, ours].to_numpy(),
    }
    return found


def cumulative(fit: ModelResult, names: dict[str, str]) -> Results:
    """svyolr's shape: slopes, then thresholds."""
    whole = {**names, **QUARTERS}
    ours = list(whole.values())
    return {
        "coef": {theirs: fit.params[name] for theirs, name in names.items()},
        "zeta": {theirs: fit.params[name] for theirs, name in QUARTERS.items()},
        "vcov": fit.covariance.loc[ours, ours].to_numpy(),
        "se": dict(zip(whole, fit.se[ours], strict=True)),
        "df": fit.df_residual,
        "deviance": fit.deviance,
    }


def exceeding(fit: ModelResult, names: dict[str, str], *, slope: float, threshold: float) -> Results:
    """svyVGAM's shape: log odds of P(Y <= j), or of P(Y > j) (reverse), as linear predictors."""
    cuts = [name for name in fit.params.index if "|" in name]
    order = {f"(Intercept):{place}": (name, threshold) for place, name in enumerate(cuts, 1)}
    order |= {theirs: (name, slope) for theirs, name in names.items()}
    return {
        "coef": {theirs: sign * fit.params[name] for theirs, (name, sign) in order.items()},
        "se": {theirs: fit.se[name] for theirs, (name, _) in order.items()},
    }


def imputations(folder: Path) -> Results:
    frame = pd.read_csv(folder / "apiclus1_mi10.csv")
    parts = [part.reset_index(drop=True) for _, part in frame.groupby(".imp")]
    data = [from_frame(part, DESIGNS["clus1"][1]) for part in parts]
    fits = [svyglm("api00 ~ ell + meals + mobility", one) for one in data]
    pooled = pool_imputations(fits, df_complete=np.inf)
    means = pool_imputations([mean_estimates(one, "meals") for one in data], df_complete=np.inf)
    names = {name.replace("Intercept", "(Intercept)"): name for name in pooled.params.index}
    return {
        "apiclus1.mi_svyglm": {
            field: {theirs: values[ours] for theirs, ours in names.items()}
            for field, values in (
                ("coef", pooled.params),
                ("se", pooled.se),
                ("df", pooled.df),
                ("fmi", pooled.missing_information),
            )
        },
        "apiclus1.mi_svymean_meals": {
            "est": means.params["meals"],
            "se": means.se["meals"],
            "df": means.df["meals"],
        },
    }
