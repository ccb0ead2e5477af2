"""Alpha, omega, polychoric correlations and factors: against R, by their influence, and over many draws."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from made_answers import CLUSTERED, ITEMS, drawn, slope, surveyed
from scipy import stats
from scipy.integrate import quad
from surveys import studies

from analysis import (
    Design,
    EstimationError,
    Meta,
    SurveyData,
    alpha,
    cfa,
    dif,
    eigenvalues,
    factor_analysis,
    from_frame,
    grm,
    item_statistics,
    joint_covariance,
    kmo,
    moments,
    omega,
    parallel_analysis,
    polychoric,
    polychoric_pair,
    scale_items,
)
from analysis.scales import normal
from analysis.scales.extraction import _least_squares, _likelihood

STORED: dict[str, Any] = json.loads(
    (Path(__file__).resolve().parents[2] / "reference" / "scales" / "scales.json").read_text()
)
DESIGNS = {
    "elements": Design(weight="w_person"),
    "strata_fpc": Design(strata="place", fpc=("place_size",), weight="w_place"),
    "clusters": Design(strata="place", cluster=("band",), weight="w_person"),
}
RIGHT = ["PID", "selfLR", "ClinLR", "DoleLR"]
NAMES = list(ITEMS)


@pytest.mark.parametrize("name", sorted(DESIGNS))
def test_alpha_and_its_error_are_those_of_svyvar(name: str) -> None:
    data = from_frame(studies()["votes"], DESIGNS[name])
    found = alpha(data, RIGHT, keys={"ClinLR": -1}, missing="complete").table.iloc[0]
    theirs = STORED[f"alpha.{name}"]
    assert found["estimate"] == pytest.approx(theirs["alpha"], rel=1e-9)
    assert found["se"] == pytest.approx(theirs["se"], rel=1e-6)
    covariance = moments(scale_items(data, RIGHT, keys={"ClinLR": -1}), "complete").covariance
    np.testing.assert_allclose(covariance, theirs["cov"], rtol=1e-9)


FIGURES: dict[str, Callable[[SurveyData], Any]] = {
    "alpha": lambda data: alpha(data, NAMES).figures[0],
    "omega": lambda data: omega(data, NAMES).figures[0],
    "omega of correlations": lambda data: omega(data, NAMES, method="minres").figures[0],
    "eigenvalues": lambda data: eigenvalues(data, NAMES).figures,
    "adequacy": lambda data: kmo(data, NAMES).figures,
}


@pytest.mark.parametrize("name", sorted(FIGURES))
def test_influence_is_the_derivative_by_each_weight(name: str) -> None:
    data = surveyed(drawn(300, 2))
    figure = FIGURES[name]
    Z = np.asarray(figure(data).influence)
    for row in (0, 17, 123):
        expected = slope(lambda moved: figure(moved).values, data, row)
        np.testing.assert_allclose(Z[row], expected, rtol=2e-4, atol=2e-8)


@pytest.mark.parametrize("name", sorted(FIGURES))
def test_the_scale_of_weights_and_the_order_of_rows_change_nothing(name: str) -> None:
    frame = drawn(300, 2)
    shuffled = frame.sample(frac=1, random_state=3).assign(weight=lambda f: 1000 * f["weight"])
    one, other = (FIGURES[name](surveyed(f)) for f in (frame, shuffled))
    np.testing.assert_allclose(one.values, other.values, rtol=1e-8)
    np.testing.assert_allclose(one.se, other.se, rtol=1e-6)


def test_clusters_widen_the_interval_and_feldt_does_not_know() -> None:
    frame = drawn(400, 4)
    twice = pd.concat([frame, frame], ignore_index=True).assign(psu=lambda f: f.index % 400, stratum=0)
    paired = alpha(surveyed(twice), NAMES).table.iloc[0]
    alone = alpha(surveyed(twice, Design(weight="weight")), NAMES).table.iloc[0]
    assert paired["se"] == pytest.approx(alone["se"] * 2**0.5, rel=0.01)
    assert paired["feldt_low"] == alone["feldt_low"]


def test_feldts_interval_is_that_of_the_f_distribution() -> None:
    row = alpha(from_frame(drawn(300, 2), Design(weight=None)), NAMES).table.iloc[0]
    left = (1 - row["estimate"]) * stats.f.ppf([0.975, 0.025], 299, 299 * 4)
    np.testing.assert_allclose([row["feldt_low"], row["feldt_high"]], 1 - left)
    # without weights and clusters the two errors agree, up to the answers not being normal
    assert row["se"] == pytest.approx(row["se_normal"], rel=0.2)


def test_alpha_by_group_has_a_joint_covariance() -> None:
    data = surveyed(drawn(800, 5))
    found = alpha(data, NAMES, by="group")
    assert list(found.table["group"]) == ["group=1", "group=2"]
    V = joint_covariance(found.figures)
    np.testing.assert_allclose(np.sqrt(np.diag(V)), found.table["se"])
    assert V[0, 1] != 0  # both groups share clusters
    alone = alpha(data, NAMES, where={"group": 2}).table.iloc[0]
    assert alone["estimate"] == found.table.iloc[1]["estimate"]
    assert alone["se"] == pytest.approx(found.table.iloc[1]["se"])


def test_an_item_alike_in_one_group_names_the_group() -> None:
    frame = drawn(300, 2)
    frame.loc[frame["group"] == 2, "q3"] = 2.0
    with pytest.raises(EstimationError, match="group=2 all answers to q3 are alike"):
        alpha(surveyed(frame), NAMES, by="group")


def test_item_statistics_are_weighted_and_turned() -> None:
    frame = drawn(400, 6)
    turned = frame.assign(q2=5 - frame["q2"])
    one = item_statistics(surveyed(frame), NAMES)
    other = item_statistics(surveyed(turned), NAMES, keys={"q2": -1})
    pd.testing.assert_frame_equal(one.drop(columns="key"), other.drop(columns="key"))
    w = frame["weight"]
    assert one.loc["q1", "mean"] == pytest.approx(np.average(frame["q1"], weights=w))
    assert one.loc["q1", "floor"] == pytest.approx(w[frame["q1"] == 1].sum() / w.sum())
    assert one.loc["q1", "ceiling"] == pytest.approx(w[frame["q1"] == 4].sum() / w.sum())
    dropped = alpha(surveyed(frame), NAMES[1:]).table.iloc[0]["estimate"]
    assert one.loc["q1", "alpha_if_dropped"] == pytest.approx(dropped)


@pytest.mark.parametrize("rho", [-0.95, -0.3, 0.0, 0.6, 0.99])
def test_the_bivariate_normal_is_the_integral_over_one_variable(rho: float) -> None:
    x, y = np.array([-2.0, -0.4, 1.3]), np.array([-1.1, 0.0, 2.2])
    ours = normal.cumulative(x, y, rho)
    rest = (1 - rho**2) ** 0.5

    def law(a: float, b: float) -> float:
        return quad(
            lambda t: stats.norm.pdf(t) * stats.norm.cdf((b - rho * t) / rest),
            -12,
            a,
            points=[b],
            epsabs=1e-13,
        )[0]

    theirs = [[law(a, b) for b in y] for a in x]
    np.testing.assert_allclose(ours, theirs, atol=1e-9)
    assert normal.cells(x, y, rho).sum() == pytest.approx(1, abs=1e-14)


def test_slopes_of_the_cells_are_their_derivatives() -> None:
    x, y, rho, h = np.array([-0.5, 0.8]), np.array([-0.2, 0.4, 1.0]), 0.45, 1e-6
    by_rho = (normal.cells(x, y, rho + h) - normal.cells(x, y, rho - h)) / (2 * h)
    np.testing.assert_allclose(normal.cell_densities(x, y, rho), by_rho, atol=1e-9)
    up = normal.cells(x + np.array([h, 0]), y, rho) - normal.cells(x - np.array([h, 0]), y, rho)
    np.testing.assert_allclose(normal.edge_slopes(x, y, rho)[0], up[0] / (2 * h), atol=1e-9)


def test_polychoric_correlations_recover_the_normal_they_were_cut_from() -> None:
    draw = np.random.default_rng(1)
    inside, errors = 0, []
    for _ in range(60):
        x = draw.multivariate_normal([0, 0], [[1, 0.5], [0.5, 1]], 400)
        frame = pd.DataFrame(
            {"a": np.digitize(x[:, 0], [-1, 0.3]), "b": np.digitize(x[:, 1], [-0.5, 0.5, 1.2])}
        )
        row = polychoric(from_frame(frame.astype(float), Design(weight=None)), ["a", "b"])
        shown = row.correlation_figures.table().iloc[0]
        errors.append(shown["estimate"] - 0.5)
        inside += shown["low"] <= 0.5 <= shown["high"]
    assert abs(np.mean(errors)) < 0.02
    assert inside >= 53


def test_a_pair_by_full_likelihood_lies_above_what_polycor_stopped_at(shared: Path) -> None:
    frame = pd.read_csv(shared / "data" / "bfi.csv").dropna(subset=[f"A{k}" for k in range(1, 6)])
    found = polychoric_pair(from_frame(frame.reset_index(drop=True), Design(weight=None)), "A2", "A3")
    assert found.log_likelihood > -7600.2095
    assert found.figures.values[0] == pytest.approx(0.55935, rel=3e-3)


def test_a_pair_by_full_likelihood_has_the_influence_of_its_weights() -> None:
    data = surveyed(drawn(300, 2))
    Z = np.asarray(polychoric_pair(data, "q1", "q2").figures.influence)
    for row in (0, 17):
        expected = slope(lambda moved: polychoric_pair(moved, "q1", "q2").figures.values, data, row)
        np.testing.assert_allclose(Z[row], expected, atol=2e-4 * np.abs(Z).max())


def test_answers_that_determine_each_other_have_no_polychoric_correlation() -> None:
    frame = drawn(200, 1)
    with pytest.raises(EstimationError, match="determine each other"):
        polychoric(surveyed(frame.assign(q2=frame["q1"])), ["q1", "q2"])


@pytest.mark.parametrize(("method", "slope_of"), [("ml", _likelihood), ("minres", _least_squares)])
def test_extracted_factors_lie_at_the_minimum(method: str, slope_of: Callable[..., Any]) -> None:
    data = surveyed(drawn(500, 9))
    found = factor_analysis(data, NAMES, 1, method=method)
    items = scale_items(data, NAMES)
    V = moments(items, "complete").covariance
    R = V / np.sqrt(np.outer(np.diag(V), np.diag(V)))
    assert np.abs(slope_of(found.uniquenesses.to_numpy(), R, 1)[1]).max() < 1e-7
    assert found.notes == ()
    assert (found.loadings["F1"] > 0.3).all()


def test_rotation_leaves_communalities_and_fit() -> None:
    frame = drawn(500, 9).assign(**{f"r{k}": drawn(500, 20)[f"q{k}"] for k in range(1, 6)})
    names = [*NAMES, *(f"r{k}" for k in range(1, 6))]
    plain, turned, oblique = (
        factor_analysis(surveyed(frame), names, 2, rotation=way) for way in ("none", "varimax", "oblimin")
    )
    for other in (turned, oblique):
        pd.testing.assert_series_equal(plain.communalities, other.communalities, rtol=1e-8)
        assert plain.chisq == pytest.approx(other.chisq)
    assert (oblique.loadings.abs().max(axis=1) > 0.35).all()
    assert (oblique.loadings.abs().min(axis=1) < 0.15).all()


def test_parallel_analysis_finds_the_number_of_factors_and_is_seeded() -> None:
    frame = drawn(500, 9).assign(**{f"r{k}": drawn(500, 20)[f"q{k}"] for k in range(1, 6)})
    names = [*NAMES, *(f"r{k}" for k in range(1, 6))]
    table = parallel_analysis(surveyed(frame), names, seed=1, draws=60)
    assert table["keep"].sum() == 2
    pd.testing.assert_frame_equal(table, parallel_analysis(surveyed(frame), names, seed=1, draws=60))


def test_too_many_factors_and_dependent_items_are_refused() -> None:
    frame = drawn(300, 9)
    with pytest.raises(EstimationError, match="type a number from 1 to 2"):
        factor_analysis(surveyed(frame), NAMES, 3)
    with pytest.raises(EstimationError, match="positive definite"):
        kmo(surveyed(frame.assign(q6=frame["q1"] + frame["q2"])), [*NAMES, "q6"])


def test_the_interval_of_alpha_covers_under_clusters() -> None:
    """The truth is the mean over many large draws; clusters hold a share of the variance of every item."""

    def clustered(n: int, seed: int) -> SurveyData:
        draw = np.random.default_rng(seed)
        psu = np.arange(n) // 10
        theta = (draw.normal(size=psu.max() + 1)[psu] + draw.normal(size=n)) / 2**0.5
        frame = pd.DataFrame({name: theta + draw.normal(size=n) for name in NAMES})
        design = Design(strata="stratum", cluster=("psu",), weight="weight")
        return from_frame(frame.assign(psu=psu, stratum=psu % 4, weight=draw.uniform(0.5, 1.5, n)), design)

    truth = 5 / 4 * (1 - 10 / (10 + 20))  # five items of variance 2 and covariances of 1
    inside = 0
    for seed in range(150):
        row = alpha(clustered(600, seed), NAMES).table.iloc[0]
        inside += row["low"] <= truth <= row["high"]
    assert 0.9 <= inside / 150 <= 0.99


def test_clustered_design_is_used() -> None:
    assert alpha(surveyed(drawn(400, 1), CLUSTERED), NAMES).table.iloc[0]["df"] == 80 - 4


def test_a_sample_that_does_not_infer_has_no_errors() -> None:
    frame = drawn(300, 1)
    found = {}
    for model in ("", "quotas by age and sex, treated as random"):
        meta = Meta("made", "1", sample_type="nonprobability", model=model)
        data = from_frame(frame, Design(weight="weight"), codes={"group": {1: "one", 2: "two"}}, meta=meta)
        tables = (
            alpha(data, NAMES).table[["se", "low", "high", "feldt_low", "se_normal"]],
            omega(data, NAMES).table[["se", "low"]],
            item_statistics(data, NAMES)[["se", "low", "item_rest_se"]],
            cfa(data, NAMES).estimates.query("not fixed")[["se", "p"]],
            grm(data, NAMES).table[["se", "low"]],
        )
        found[bool(model)] = [table.isna().to_numpy() for table in tables]
    assert all(part.all() for part in found[False])
    assert not any(part.any() for part in found[True])
    meta = Meta("made", "1", sample_type="nonprobability")
    data = from_frame(frame, Design(weight="weight"), codes={"group": {1: "one", 2: "two"}}, meta=meta)
    with pytest.raises(EstimationError, match="non-probability"):
        dif(data, NAMES, by="group")
