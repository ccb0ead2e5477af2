"""The list experiment on race against what R's list printed, and where R stopped short."""

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from public_sensitive import COVARIATES, KNOWN, race, race_experiment

from analysis import list_regression


@pytest.fixture
def stored(shared: Path) -> dict[str, Any]:
    return json.loads((shared / "reference" / "json" / "09_sensitive.json").read_text())


def test_the_types_of_people_and_the_design_test_are_those_r_printed(
    shared: Path, stored: dict[str, Any]
) -> None:
    printed = "\n".join(stored["race.ict_test"]["raw"])
    rows = re.findall(r"Y_i\(0\) = (\d), Z_i = (\d)\)\s+(-?[\d.]+)\s+([\d.]+)", printed)
    ours = race_experiment(shared / "data").design
    for (count, holds, estimate, se), row in zip(rows, ours.types.to_dict("records"), strict=True):
        assert (row["count"], row["sensitive"]) == (int(count), int(holds))
        assert row["estimate"] == pytest.approx(float(estimate), abs=5.1e-5)
        # R divides by n where the design divides by n - 1
        assert row["se"] == pytest.approx(float(se), abs=5.1e-5 + 1e-3 * float(se))
    p = float(re.findall(r"\n\s+(0\.\d{8})", printed)[0])
    # R takes Welch's degrees of freedom, ours are the design's
    assert ours.p_list == pytest.approx(p, rel=1e-3)


def test_the_rule_that_leaves_only_negative_types_to_the_test_makes_p_smaller(shared: Path) -> None:
    ours = race_experiment(shared / "data").design
    assert ours.p_list < 0.05 < ours.p


@pytest.mark.parametrize(
    ("key", "method"), [("race.ictreg_nls", "nls"), ("race.ictreg_ml_constrained", "ml")]
)
def test_where_r_stopped_short_ours_fits_better(
    shared: Path, stored: dict[str, Any], key: str, method: str
) -> None:
    frame = pd.read_csv(shared / "data" / "list_race.csv")
    X = np.column_stack([np.ones(len(frame)), frame[COVARIATES.split(" + ")]])
    fit = list_regression(race(shared / "data"), "y", COVARIATES, method=method, **KNOWN)
    if method == "ml":
        assert fit.log_likelihood >= stored[key]["llik"]
        return
    short = (frame["treat"] == 0).to_numpy()
    y = frame["y"].to_numpy()[short]

    def squares(coefficients: Any) -> float:
        return float(((y - 3 / (1 + np.exp(-X[short] @ np.asarray(list(coefficients))))) ** 2).sum())

    assert squares(fit.params["control"]) <= squares(stored[key]["par_control"].values())
