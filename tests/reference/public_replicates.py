"""Californian schools under replicate designs: R's figures computed by `analysis`."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
from public_schools import DESIGNS, SCHOOLS, api
from r_shapes import Results, estimate, model

from analysis import (
    Design,
    ReplicateDesign,
    SurveyData,
    Targets,
    calibrate,
    from_frame,
    make_replicates,
    mean,
    quantile,
    rake,
    svyglm,
    total,
)

MADE = {
    "clus1.JK1": ("clus1", "JK1", False),
    "clus1_nofpc.JK1": ("clus1_nofpc", "JK1", False),
    "strat.JKn": ("strat", "JKn", False),
    "clus1.JK1_mse": ("clus1", "JK1", True),
}
LINE = "api00 ~ ell + meals + mobility"


def replicates(folder: Path) -> Results:
    found: Results = {}
    for name, (design, kind, mse) in MADE.items():
        data = make_replicates(api(folder, design), kind, mse=mse)
        by, median = mean(data, "api00", by="stype"), quantile(data, "api00").iloc[0]
        found |= {
            f"{name}.mean.api00": estimate("api00", mean(data, "api00").iloc[0]),
            f"{name}.total.enroll": estimate("enroll", total(data, "enroll").iloc[0]),
            f"{name}.by_stype": {
                field: dict(zip(SCHOOLS, by[ours], strict=True))
                for field, ours in (("est", "estimate"), ("se", "se"))
            },
            f"{name}.degf": data.sample.df(),
            f"{name}.median": {"q": median["estimate"], "se": median["se"]},
            f"{name}.glm": model(svyglm(LINE, data)),
        }
    given = given_weights(folder)
    found["clus1.subboot100"] = {
        "scale": given.sample.coefficients[0],
        "rscales": 1,
        "mse": given.design.mse,
        "mean": estimate("api00", mean(given, "api00").iloc[0]),
        "glm": model(svyglm(LINE, given)),
    }
    return found


def given_weights(folder: Path) -> SurveyData:
    """The clustered sample with a hundred columns of bootstrap weights."""
    columns = pd.read_csv(folder / "apiclus1_subboot100_weights.csv")
    frame = pd.read_csv(folder / f"{DESIGNS['clus1'][0]}.csv", na_values=[""], keep_default_na=False)
    design = ReplicateDesign("bootstrap", Design(weight="pw"), weights=tuple(columns.columns))
    return from_frame(pd.concat([frame, columns], axis=1), design)


def recalibrated(folder: Path) -> Results:
    """Jackknife replicates raked and post-stratified one by one."""
    data = make_replicates(api(folder, "clus1"), "JK1")
    types, wide = {1: 4421, 2: 755, 3: 1018}, {1: 1072, 2: 5122}
    one = Targets.from_shares({"stype": types}, population=6194)
    two = Targets.from_shares({"stype": types, "sch_wide": wide}, population=6194)
    raked = rake(data, two, scale="population", tolerance=1e-13)[0]
    found: Results = {}
    for name, survey in (("JK1_rake", raked), ("JK1_poststrat", calibrate(data, one)[0])):
        found[name] = {
            "mean": estimate("api00", mean(survey, "api00").iloc[0]),
            "total": estimate("enroll", total(survey, "enroll").iloc[0]),
        }
    found["JK1_rake"]["w"] = {"sum": raked.sample.weights.sum()}
    return found


def same_in_any_order(folder: Path) -> SurveyData:
    """The jackknife made after the raking: the design repeats the raking all the same."""
    data = api(folder, "clus1")
    margins = {"stype": {1: 4421, 2: 755, 3: 1018}, "sch_wide": {1: 1072, 2: 5122}}
    raked = rake(data, Targets.from_shares(margins, population=6194), scale="population", tolerance=1e-13)[0]
    return replace(raked, design=ReplicateDesign("JK1", raked.design))
