"""Tests, intervals and variances that R computed on Californian schools, by the functions of `analysis`."""

from pathlib import Path
from typing import Any

from public_schools import DESIGNS, api, shares
from r_shapes import Results

from analysis import SurveyData, TestResult, association, goodness_of_fit, proportion, rank_test, variance

STATISTICS = {"F": "F", "Chisq": "Chisq", "Wald": "Wald", "adjWald": "adjWald", "saddlepoint": "saddlepoint"}
# R was run without the package CompQuadForm, said so in a warning and gave the saddlepoint for lincom too
STATISTICS["lincom"] = "saddlepoint"
WITHOUT_DEGREES = ("lincom", "saddlepoint")


def tables(folder: Path) -> Results:
    clus1, strat = api(folder, "clus1"), api(folder, "strat")
    found = shares(folder)
    for name, data, column in (("clus1", clus1, "stype"), ("strat", strat, "comp_imp")):
        for theirs, ours in STATISTICS.items():
            made = association(data, "sch_wide", column, statistic=ours)
            found[f"{name}.chisq.{theirs}"] = tested(made, degrees=theirs not in WITHOUT_DEGREES)
    fit = goodness_of_fit(clus1, "stype", {1: 0.7, 2: 0.15, 3: 0.15})
    found["clus1.gof_stype"] = {"stat": fit.statistic, "p": fit.p}
    rank = rank_test(clus1, "api00", "sch_wide")
    found["clus1.ranktest"] = {"t": rank.statistic, "df": rank.df, "p": rank.p, "est": rank.estimate}
    return found | likelihoods(clus1, strat)


def tested(made: TestResult, *, degrees: bool) -> Results:
    found = [made.df, made.ddf] if made.ddf == made.ddf else made.df
    return {"stat": made.statistic, "par": found if degrees else [], "p": made.p}


def likelihoods(clus1: SurveyData, strat: SurveyData) -> Results:
    asked: dict[str, tuple[SurveyData, str, int, dict[str, Any]]] = {
        "clus1.ell0": (clus1, "ell0", 1, {}),
        "clus1.schwide": (clus1, "sch_wide", 2, {}),
        "clus1.schwide90": (clus1, "sch_wide", 2, {"level": 0.9}),
        "strat.compimp": (strat, "comp_imp", 2, {}),
        "clus1.domain_E.schwide": (clus1, "sch_wide", 2, {"where": {"stype": 1}}),
    }
    found: Results = {}
    for name, (data, variable, code, options) in asked.items():
        row = proportion(data, variable, code=code, interval="likelihood", **options).iloc[0]
        found[f"{name}.likelihood"] = {"p": row["estimate"], "ci": [row["low"], row["high"]]}
    return found


def variances(folder: Path) -> Results:
    rows = {name: variance(api(folder, name), "api00").iloc[0] for name in DESIGNS}
    return {f"{name}.var.api00": {"est": row["estimate"], "se": row["se"]} for name, row in rows.items()}
