"""1,500 interviews raked to margins like Kazakhstan's have the weights that R's survey::rake gives them."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis import Design, SurveyData, Targets, from_frame, kish_deff, rake

PRINTED = 1e-9
"""R's weights are stored with ten significant digits, and its own iteration stops near 1e-8."""


@pytest.fixture(scope="module")
def raked(shared: Path) -> tuple[SurveyData, pd.DataFrame, dict[str, Any]]:
    folder = shared / "reference"
    theirs = pd.read_csv(folder / "kz_rake_sample.csv", dtype={"id": str, "edu": str})
    asked = json.loads((folder / "kz_rake_targets.json").read_text())
    codes = {
        name: {word: code for code, word in enumerate(shares, 1)} for name, shares in asked["targets"].items()
    }
    frame = pd.DataFrame({name: theirs[name].map(codes[name]) for name in codes}).assign(weight=1.0)
    labels = {name: {code: word for word, code in found.items()} for name, found in codes.items()}
    shares = {
        name: {codes[name][word]: share for word, share in found.items()}
        for name, found in asked["targets"].items()
    }
    data = from_frame(frame, Design(), codes=labels)
    return rake(data, Targets.from_shares(shares), tolerance=1e-13)[0], theirs, asked


def test_every_weight_is_r_s(raked: tuple[SurveyData, pd.DataFrame, dict[str, Any]]) -> None:
    data, theirs, asked = raked
    assert len(data.frame) == asked["n"]
    np.testing.assert_allclose(data.sample.weights, theirs["rake_weight"].to_numpy(), rtol=1e-7, atol=PRINTED)


def test_spread_and_design_effect_are_r_s(raked: tuple[SurveyData, pd.DataFrame, dict[str, Any]]) -> None:
    data, _, asked = raked
    weights = data.sample.weights
    assert kish_deff(weights) == pytest.approx(asked["kish_deff"], rel=1e-6)
    assert (weights.min(), weights.max()) == pytest.approx((asked["min"], asked["max"]), rel=1e-6)
