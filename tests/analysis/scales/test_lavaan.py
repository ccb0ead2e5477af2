"""Factor models against lavaan on personality items: weights, clusters, pairs, groups, ordered items."""

import json
from collections.abc import Callable
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis import (
    Design,
    FactorFit,
    SurveyData,
    alpha,
    cfa,
    difference_test,
    from_frame,
    item_statistics,
)

STORED: dict[str, Any] = json.loads(
    (Path(__file__).resolve().parents[2] / "reference" / "scales" / "scales.json").read_text()
)
NERVOUS, OUTGOING = ([f"{letter}{k}" for k in range(1, 6)] for letter in "NE")
ONE = "N =~ N1 + N2 + N3 + N4 + N5"
BOTH = f"{ONE}\nE =~ E1 + E2 + E3 + E4 + E5"
LEVELS = ("configural", "metric", "scalar", "strict")
ORDERED = ("configural", "thresholds", "scalar", "strict")
SAID = {"rmsea.ci.lower": "rmsea_low", "rmsea.ci.upper": "rmsea_high"}
FIT, ESTIMATE = 3e-6, 5e-5
"""lavaan reaches its statistics to 1e-9 and its parameters to 1e-5; what is linear in these follows them."""


@lru_cache
def personality(folder: Path, *, weight: str | None = None, cluster: str = "") -> SurveyData:
    frame = pd.read_csv(folder / "data" / "bfi.csv")
    frame["w"] = 0.5 + np.arange(len(frame)) % 5 / 2
    frame["cluster"] = frame["age"] // 3
    frame = frame.assign(**{f"bin{k}": (frame[f"N{k}"] > 3).astype(float) for k in range(1, 5)})
    frame = frame[frame[[*NERVOUS, *OUTGOING]].notna().all(axis=1)].reset_index(drop=True)
    design = Design(weight=weight, cluster=(cluster,) if cluster else ())
    return from_frame(frame, design, codes={"gender": {1: "men", 2: "women"}})


def weighted(folder: Path) -> SurveyData:
    return personality(folder, weight="w")


@pytest.fixture
def folder(shared: Path) -> Path:
    return shared


def compare(fit: FactorFit, key: str, *, signs: bool = True) -> int:
    """Every measure and every estimate with its error; without `signs`, a factor may be turned over."""
    theirs = STORED[key]
    for name, value in theirs["fit"].items():
        ours = fit.measures[SAID.get(name, name.replace(".", "_"))]
        assert ours == pytest.approx(value, rel=FIT, abs=1e-9), name
    groups = {name: place + 1 for place, name in enumerate(fit.groups)}
    found = {(groups[row.group], row.parameter): row for row in fit.estimates.itertuples()}
    compared = len(theirs["fit"])
    for row in theirs["est"]:
        name = f"{row['lhs']}{row['op']}{row['rhs']}"
        ours = found.get((row.get("group", 1), name))
        if ours is None:
            assert row["op"] == "~1"
            assert row["est"] == 0
            continue
        estimate, value = (ours.estimate, row["est"]) if signs else (abs(ours.estimate), abs(row["est"]))
        assert estimate == pytest.approx(value, rel=ESTIMATE, abs=ESTIMATE), name
        assert ours.se == pytest.approx(row["se"], rel=ESTIMATE, abs=1e-9), name
        compared += 2
    return compared


def test_maximum_likelihood(folder: Path) -> None:
    data = personality(folder)
    assert compare(cfa(data, BOTH, errors="information"), "ml") > 50
    compare(cfa(data, BOTH, errors="information", identify="variance"), "ml.std_lv", signs=False)


def test_robust_errors_and_tests_with_and_without_weights(folder: Path) -> None:
    compare(cfa(personality(folder), BOTH, errors="sandwich"), "mlr")
    compare(cfa(weighted(folder), BOTH, errors="sandwich"), "mlr.weighted")


def test_residuals_that_covary_and_equal_and_fixed_loadings(folder: Path) -> None:
    pairs = f"{BOTH}\nN1 ~~ N2  # both on temper\nE1 ~~ E2"
    compare(cfa(weighted(folder), pairs, errors="sandwich"), "mlr.pairs")
    labels = cfa(personality(folder), "N =~ N1 + a*N2 + a*N3 + N4 + 0.5*N5", errors="information")
    compare(labels, "ml.labels")
    loadings = labels.estimates.set_index("parameter")["estimate"]
    assert loadings["N=~N2"] == loadings["N=~N3"]
    assert loadings["N=~N5"] == 0.5


def test_the_design_s_errors_are_lavaan_s_clustered_ones(folder: Path) -> None:
    compare(cfa(personality(folder, weight="w", cluster="cluster"), ONE, means=True), "mlr.clustered")


@pytest.mark.parametrize("level", LEVELS)
def test_weighted_groups(folder: Path, level: str) -> None:
    compare(cfa(weighted(folder), BOTH, by="gender", level=level, errors="sandwich"), f"mg.weighted.{level}")


@pytest.mark.parametrize("level", ["metric", "scalar"])
def test_groups_identified_by_the_variance(folder: Path, level: str) -> None:
    fit = cfa(personality(folder), BOTH, by="gender", level=level, identify="variance", errors="information")
    compare(fit, f"mg.std_lv.{level}", signs=False)


def test_scaled_differences_of_nested_models(folder: Path) -> None:
    data = weighted(folder)
    fits = [cfa(data, BOTH, by="gender", level=level, errors="sandwich") for level in LEVELS]
    steps = [difference_test(later, earlier) for earlier, later in pairwise(fits)]
    theirs = STORED["mg.weighted.lrt"]
    assert [step.df for step in steps] == theirs["df_diff"]
    np.testing.assert_allclose([step.scaled for step in steps], theirs["chisq_diff"], rtol=1e-5)


ORDINAL: dict[str, Callable[[Path], FactorFit]] = {
    "wlsmv": lambda folder: cfa(personality(folder), BOTH, estimator="wlsmv", errors="sandwich"),
    "wlsmv.weighted": lambda folder: cfa(weighted(folder), ONE, estimator="wlsmv", errors="sandwich"),
    "wlsmv.binary": lambda folder: cfa(
        personality(folder), "N =~ bin1 + bin2 + bin3 + bin4", estimator="wlsmv", errors="sandwich"
    ),
}


@pytest.mark.parametrize("key", sorted(ORDINAL))
def test_ordered_items(folder: Path, key: str) -> None:
    assert compare(ORDINAL[key](folder), key) > 20


@pytest.mark.parametrize("level", ORDERED)
def test_ordered_items_in_groups(folder: Path, level: str) -> None:
    fit = cfa(personality(folder), ONE, by="gender", level=level, estimator="wlsmv", errors="sandwich")
    compare(fit, f"mg.wlsmv.{level}")


def test_reliability_is_that_of_psych(folder: Path) -> None:
    data, theirs = personality(folder), STORED["psych.alpha"]
    row = alpha(data, NERVOUS).table.iloc[0]
    ours = (row["estimate"], row["standardised"], row["g6"], row["se_normal"])
    assert ours == pytest.approx([theirs[name] for name in ("raw", "std", "G6", "ase")], rel=1e-9)
    items = item_statistics(data, NERVOUS)
    np.testing.assert_allclose(items["alpha_if_dropped"], theirs["drop"], rtol=1e-9)
    np.testing.assert_allclose(items["item_rest"], theirs["r_drop"], rtol=1e-9)
