"""Weights and figures under calibrated weights, as R was asked for them, computed by `analysis`."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from public_schools import SCHOOLS, api
from r_shapes import NO_YES, Results, estimate, estimates, model

from analysis import (
    Design,
    SurveyData,
    Targets,
    calibrate,
    from_frame,
    kish_deff,
    mean,
    proportion,
    rake,
    svyglm,
    total,
    trim_weights,
)

LIMITS = {"upper": 50, "lower": 32}


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
        "rake_trim": trimmed(raked, **LIMITS),
        "rake_trim_strict": trimmed(raked, upper=50, strict=True),
    }
    found = {name: weighted(survey) for name, survey in made.items()}
    found["greg_total_api00"] = estimate("api00", total(made["cal_linear"], "api00").iloc[0])
    return found | {"rake_trim.args": LIMITS} | pew(folder)


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
            "moe": 100 * made.margin_of_error,
        },
        "pew.anesrake_cap2": capped(data, margins),
    }


def capped(data: SurveyData, margins: dict[str, dict[int, float]]) -> Results:
    raked, made = rake(data, Targets.from_shares(margins), cap=2)
    w = raked.sample.weights
    row = proportion(raked, "approve", code=1).iloc[0]
    found: Results = {"kish": made.kish_deff, "deff_general": made.kish_deff, "head": w[:10]}
    return found | {"max": made.maximum, "sum": w.sum(), "approve": row["estimate"]}
