"""Beside R's mice on the same gaps: figures over imputations, and how far apart imputations lie, agree."""

import importlib.util
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis import Design, Imputations, from_frame, impute
from instruments import Level

REFERENCE = Path(__file__).resolve().parents[2] / "reference"
THEIRS = json.loads((REFERENCE / "json" / "more" / "21_imputation.json").read_text())
_spec = importlib.util.spec_from_file_location("surveys", REFERENCE / "surveys.py")
surveys = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(surveys)
OURS, R = 30, 60


def gaps() -> pd.DataFrame:
    """The rule of r/21_imputation.R."""
    frame = surveys.studies()["votes"][["age", "income", "educ", "school", "party", "vote"]].copy()
    row = np.arange(len(frame))
    frame["income"] = frame["income"].mask(((row * 7 + frame["age"]) % 10 < 3) & (frame["age"] > 40))
    frame["party"] = frame["party"].mask((row * 3 + frame["educ"]) % 7 < 2, -1)
    frame["school"] = frame["school"].mask(row * 5 % 11 < 2, -1)
    frame["vote"] = frame["vote"].mask((row + frame["age"]) % 9 < 2, -1)
    return frame.drop(columns="educ").astype({"party": int, "school": int, "vote": int})


@pytest.fixture(scope="module")
def imputed() -> Imputations:
    codes = {name: {code: str(code) for code in (1, 2, 3)} for name in ("school", "party")}
    data = from_frame(gaps(), Design(weight=None), codes=codes | {"vote": {0: "no", 1: "yes"}})
    variables = tuple(
        replace(v, level=Level.ORDINAL) if v.name == "school" else v for v in data.codebook.variables
    )
    data = replace(data, codebook=replace(data.codebook, variables=variables))
    return impute(data, ["income", "school", "party", "vote"], seed=3, m=OURS, auxiliary=["age"])


def figure(frame: pd.DataFrame, key: str) -> float:
    if key == "slope":
        other = [frame["party"] == 2, frame["party"] == 3, frame["school"]]
        X = np.column_stack([np.ones(len(frame)), frame["age"], *other])
        return float(np.linalg.lstsq(X, frame["income"], rcond=None)[0][1])
    name, _, code = key.partition(".")
    return float((frame[name] == int(code)).mean() if code else frame[name].mean())


@pytest.mark.parametrize("key", [key for key in THEIRS if key != "_meta"])
def test_imputations_centre_and_spread_as_those_of_mice(imputed: Imputations, key: str) -> None:
    found = np.array([figure(one.frame, key) for one in imputed])
    theirs = THEIRS[key]
    noise = theirs["spread"] * np.sqrt(1 / OURS + 1 / R)
    assert abs(found.mean() - theirs["mean"]) < 4 * noise
    assert 0.6 < found.std(ddof=1) / theirs["spread"] < 1.7
