"""The list experiment on race and closed forms of indirect questions, as R's list and rr computed them."""

from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from r_shapes import Results

from analysis import (
    Design,
    ListExperiment,
    SurveyData,
    from_frame,
    list_experiment,
    list_regression,
)

LISTS = {"treat": {0: "short list", 1: "long list"}}
COVARIATES = "south + age + male + college"
KNOWN: dict[str, Any] = {"group": "treat", "control_items": 3}


@lru_cache
def race(folder: Path, weight: str | None = None) -> SurveyData:
    """The two lists as strata: their groups are independent samples, as R takes them."""
    frame = pd.read_csv(folder / "list_race.csv")
    frame["w"] = np.resize([0.5, 1.5, 1.0], len(frame))
    return from_frame(frame, Design(strata="treat", weight=weight), codes=LISTS)


def race_experiment(folder: Path) -> ListExperiment:
    return list_experiment(race(folder), "y", **KNOWN)


def sensitive(folder: Path) -> Results:
    row = race_experiment(folder).table.iloc[0]
    return {
        "race.diff_in_means": {"est": row["estimate"], "se": row["se"]},
        "race.ictreg_lm": _model(race(folder), "lm"),
        "race.ictreg_nls": _model(race(folder), "nls"),
        "race.ictreg_ml_constrained": _model(race(folder), "ml"),
        "race.ict_test": {},
        "race.ictreg_lm_weighted": _model(race(folder, "w"), "lm"),
    }


def _model(data: SurveyData, method: str) -> Results:
    fit = list_regression(data, "y", COVARIATES, method=method, errors="list", **KNOWN)
    found: Results = {}
    for part, theirs in (("sensitive", "treat"), ("control", "control")):
        for name, values in (("par", fit.params), ("se", fit.se)):
            named = {term.replace("Intercept", "(Intercept)"): value for term, value in values[part].items()}
            found[f"{name}_{theirs}"] = named
    return found if method != "ml" else found | {"llik": fit.log_likelihood}
