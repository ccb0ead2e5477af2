"""Factor models and invariance: verdicts, latent means, errors under clusters, what is refused or told."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from made_answers import CLUSTERED, ITEMS, Truth, drawn, slope, surveyed

from analysis import (
    Cutoffs,
    Design,
    EstimationError,
    Meta,
    SurveyData,
    alpha,
    cfa,
    from_frame,
    grm,
    invariance,
    joint_covariance,
    mean_estimates,
    partial_candidates,
    pool,
)

NAMES = list(ITEMS)
THREE = "visual =~ x1+x2+x3\ntextual =~ x4+x5+x6\nspeed =~ x7+x8+x9"


def continuous(n: int, seed: int, *, shift: float = 0.0, intercept: float = 0.0) -> SurveyData:
    """Five items of one factor in two groups: `shift` of group 2's factor mean, `intercept` of its q3."""
    draw = np.random.default_rng(seed)
    group = 1 + np.arange(n) % 2
    factor = draw.normal(size=n) + np.where(group == 2, shift, 0.0)
    loadings = (1.0, 0.8, 1.2, 0.9, 1.1)
    frame = pd.DataFrame(
        {name: 3 + a * factor + draw.normal(size=n) for name, a in zip(NAMES, loadings, strict=True)}
    )
    frame["q3"] += np.where(group == 2, intercept, 0.0)
    spread = {"group": group, "weight": draw.uniform(0.5, 2, n), "psu": np.arange(n) // 4 % 50, "stratum": 1}
    return surveyed(frame.assign(**spread))


def test_an_invariant_scale_holds_to_the_end_and_its_latent_mean_is_found() -> None:
    found = invariance(continuous(2000, 1, shift=0.4), NAMES, by="group")
    assert list(found.table["level"]) == ["configural", "metric", "scalar", "strict"]
    assert list(found.table["verdict"]) == ["fits", "holds", "holds", "holds"]
    assert found.reached == "strict"
    assert found.means_comparable
    row = found.latent_means.iloc[1]
    assert row["low"] < 0.4 < row["high"]


def test_one_shifted_intercept_fails_the_scalar_level_and_is_the_first_candidate() -> None:
    data = continuous(2000, 2, shift=0.4, intercept=0.8)
    found = invariance(data, NAMES, by="group")
    assert found.table.set_index("level").loc["scalar", "verdict"] == "fails"
    assert found.reached == "metric"
    assert not found.means_comparable
    candidates = partial_candidates(data, NAMES, by="group", level="scalar")
    assert candidates.iloc[0]["parameter"] == "q3~1"
    freed = invariance(data, NAMES, by="group", partial=["q3~1"])
    assert freed.reached == "strict"
    assert freed.table.set_index("level").loc["scalar", "partial"] == "q3~1"
    row = freed.latent_means.iloc[1]
    assert row["low"] < 0.4 < row["high"]


def test_the_cutoffs_decide() -> None:
    data = continuous(2000, 2, shift=0.4, intercept=0.8)
    lenient = invariance(data, NAMES, by="group", cutoffs=Cutoffs(cfi=0.5, rmsea=0.5))
    assert lenient.reached == "strict"
    strict = invariance(data, NAMES, by="group", cutoffs=Cutoffs(least_cfi=1.01))
    assert strict.reached == ""
    assert strict.table.iloc[0]["verdict"] == "poor_fit"


def test_the_schools_of_holzinger_and_swineford_part_at_the_intercepts(shared: Path) -> None:
    frame = pd.read_csv(shared / "data" / "HolzingerSwineford1939.csv")
    data = from_frame(frame, Design(weight=None))
    found = invariance(data, THREE, by="school", errors="information")
    assert list(found.table["verdict"]) == ["fits", "holds", "fails", "holds"]
    assert found.reached == "metric"
    best = partial_candidates(data, THREE, by="school", level="scalar", errors="information")
    assert set(best["parameter"][:2]) == {"x3~1", "x7~1"}


def test_waves_and_languages_are_groups() -> None:
    waves = []
    for year, seed in ((2024, 3), (2025, 4)):
        frame = drawn(500, seed).assign(language=["kk", "ru"] * 250)
        waves.append(from_frame(frame, CLUSTERED, meta=Meta("made", str(year), dates=(str(year), str(year)))))
    data = pool(waves)
    by_wave = invariance(data, NAMES, by="wave")
    assert by_wave.fits["configural"].groups == ("2024", "2025")
    by_language = invariance(data, NAMES, by="language", estimator="wlsmv")
    assert len(by_language.fits["configural"].groups) == 2
    assert by_language.reached == "strict"
    assert list(by_language.table["level"]) == ["configural", "thresholds", "scalar", "strict"]


def test_a_wave_whose_weights_count_people_does_not_drown_the_other() -> None:
    waves = {}
    for scale in (1.0, 5000.0):
        parts = []
        for year, seed in ((2024, 3), (2025, 4)):
            frame = drawn(400, seed)
            frame["weight"] *= scale if year == 2025 else 1.0
            meta = Meta("made", str(year), dates=(str(year), str(year)))
            parts.append(from_frame(frame, CLUSTERED, meta=meta))
        waves[scale] = pool(parts)
    one, other = waves.values()
    for function in (
        lambda data: invariance(data, NAMES, by="wave").table,
        lambda data: alpha(data, NAMES).table,
    ):
        pd.testing.assert_frame_equal(function(one), function(other), rtol=1e-6)
    pd.testing.assert_frame_equal(
        grm(one, NAMES, by="wave").latent, grm(other, NAMES, by="wave").latent, rtol=1e-5
    )


def test_three_items_fit_exactly_and_say_so() -> None:
    fit = cfa(continuous(300, 9), ["q1", "q2", "q3"])
    assert fit.measures["df"] == 0
    assert fit.measures["chisq"] == pytest.approx(0, abs=1e-8)
    assert fit.measures["cfi"] == fit.measures["tli"] == fit.measures["cfi_robust"] == 1
    assert fit.measures["rmsea"] == 0
    assert np.isnan(fit.measures["pvalue"])
    assert (fit.figures.se > 0).all()


def test_the_scaled_test_keeps_its_size_under_clusters() -> None:
    """80 surveys of a true model whose clusters hold half of everything: the plain test is far too large."""
    plain, scaled = [], []
    for seed in range(80):
        draw = np.random.default_rng(seed)
        psu = np.arange(1000) // 20

        def mixed(draw: np.random.Generator = draw, psu: np.ndarray = psu) -> np.ndarray:
            return (draw.normal(size=50)[psu] + draw.normal(size=1000)) / 2**0.5

        factor = mixed()
        frame = pd.DataFrame({name: factor + mixed() for name in NAMES}).assign(psu=psu)
        fit = cfa(from_frame(frame, Design(weight=None, cluster=("psu",))), NAMES)
        plain.append(fit.measures["chisq"])
        scaled.append(fit.measures["chisq_scaled"])
    assert np.mean(plain) > 2 * 5
    assert 0.75 * 5 < np.mean(scaled) < 1.35 * 5


def test_a_latent_mean_has_a_covariance_with_any_other_estimate() -> None:
    data = continuous(800, 5, shift=0.3)
    fit = cfa(data, NAMES, by="group", level="scalar")
    place = fit.figures.names.index("factor~1 [group=2]")
    V = joint_covariance([fit.figures, mean_estimates(data, "q1", by="group")])
    assert V.shape == (len(fit.theta) + 2, len(fit.theta) + 2)
    assert V[place, place] == pytest.approx(fit.covariance[place, place])
    assert V[place, -1] > 0


@pytest.mark.parametrize(("estimator", "tolerance"), [("ml", 1e-3), ("wlsmv", 0.25)])
def test_influence_is_the_derivative_by_each_weight(estimator: str, tolerance: float) -> None:
    """Of ordered items nearly: Muthén's information is that of the scores, not of second derivatives."""
    data = surveyed(drawn(400, 6))
    Z = np.asarray(cfa(data, NAMES, estimator=estimator).figures.influence)
    size = np.abs(Z).max()
    for row in (3, 50):
        expected = slope(lambda moved: cfa(moved, NAMES, estimator=estimator).theta, data, row)
        np.testing.assert_allclose(Z[row], expected, atol=tolerance * size)


def test_errors_of_clusters_are_larger_and_the_test_is_scaled() -> None:
    draw = np.random.default_rng(7)
    psu = np.arange(900) // 15
    factor = (draw.normal(size=60)[psu] + draw.normal(size=900)) / 2**0.5
    frame = pd.DataFrame({name: factor + draw.normal(size=900) for name in NAMES}).assign(psu=psu)
    alone, grouped = (
        cfa(from_frame(frame, design), NAMES)
        for design in (Design(weight=None), Design(weight=None, cluster=("psu",)))
    )
    place = alone.figures.names.index("factor~~factor")
    np.testing.assert_allclose(alone.theta, grouped.theta)
    assert grouped.figures.se[place] > 1.2 * alone.figures.se[place]
    assert alone.measures["chisq"] == grouped.measures["chisq"]
    assert alone.measures["scaling"] != grouped.measures["scaling"]


def test_a_negative_variance_is_told() -> None:
    draw = np.random.default_rng(1)
    factor = draw.normal(size=400)
    other = draw.normal(size=400)
    frame = pd.DataFrame(
        {
            "a": factor + other + 0.1 * draw.normal(size=400),
            "b": factor + draw.normal(size=400),
            "c": other + draw.normal(size=400),
            "d": 0.05 * factor + draw.normal(size=400),
        }
    )
    fit = cfa(from_frame(frame, Design(weight=None)), ["a", "b", "c", "d"])
    assert (fit.estimates.query("kind == 'residual'")["estimate"] < 0).any()
    assert any("Heywood" in note and "residual variance of a" in note for note in fit.notes)


def test_models_that_cannot_be_identified_are_refused() -> None:
    data = continuous(300, 8)
    with pytest.raises(EstimationError, match="not identified"):
        cfa(data, "f =~ q1 + q2\ng =~ q3 + q4 + q5\nf ~~ 0*g")
    pairs = "\n".join(
        f"{a} ~~ {b}"
        for a, b in (("q1", "q2"), ("q1", "q3"), ("q2", "q3"), ("q4", "q5"), ("q1", "q4"), ("q2", "q5"))
    )
    with pytest.raises(EstimationError, match="not identified"):
        cfa(data, f"f =~ q1 + q2 + q3 + q4 + q5\n{pairs}")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("f =~ q1 + q2 + q3\nf = q4", "cannot read 'f = q4'"),
        ("f =~ q1 + 3q2 + q3", "cannot read '3q2'"),
        ("q1 ~~ q2\n", "no factor"),
        ("f =~ q1 + q2 + q2", "written twice"),
        ("f =~ q1 + q2 + q3\nq1 ~~ f", "both must be items"),
        ("f =~ q1 + q2 + q3\ng =~ f + q4", "both a factor and an item"),
        ("f =~ q1 + q2 + q7", "no variable 'q7'"),
    ],
)
def test_a_line_that_cannot_be_read_is_quoted(text: str, words: str) -> None:
    with pytest.raises(EstimationError, match=words):
        cfa(continuous(200, 9), text)


def test_unknown_options_are_answered_with_the_known_ones() -> None:
    data = continuous(200, 9)
    for options, words in (
        ({"level": "weak"}, "configural, metric"),
        ({"estimator": "gls"}, "ml or wlsmv"),
        ({"errors": "naive"}, "design, sandwich, information"),
        ({"identify": "none"}, "marker or variance"),
        ({"partial": ("q8~1",)}, "no parameter 'q8~1'"),
    ):
        with pytest.raises(EstimationError, match=words):
            cfa(data, NAMES, by="group", **options)
    with pytest.raises(EstimationError, match="in this order"):
        invariance(data, NAMES, by="group", levels=["scalar", "metric"])
    with pytest.raises(EstimationError, match="only one group"):
        invariance(data, NAMES, by="group", where={"group": 1})
    with pytest.raises(EstimationError, match="no column 'tongue'"):
        invariance(data, NAMES, by="tongue")


def test_an_answer_that_a_group_never_gives_is_refused_for_ordered_items() -> None:
    frame = drawn(600, 10)
    frame.loc[(frame["group"] == 2) & (frame["q2"] == 4), "q2"] = 3.0
    with pytest.raises(EstimationError, match="nobody in group=2 answers 4 to 'q2'"):
        invariance(surveyed(frame), NAMES, by="group", estimator="wlsmv")


def test_dependent_items_and_small_groups_are_refused() -> None:
    frame = drawn(300, 11)
    copied = surveyed(frame.assign(q6=frame["q1"]))
    with pytest.raises(EstimationError, match="linearly dependent"):
        cfa(copied, [*NAMES, "q6"])
    with pytest.raises(EstimationError, match="complete rows"):
        cfa(surveyed(frame.iloc[:5]), NAMES)


def test_thresholds_that_differ_break_the_first_ordinal_level() -> None:
    frame = drawn(2000, 12, Truth(shift={"q1": 1.2, "q2": -1.0}))
    found = invariance(surveyed(frame), NAMES, by="group", estimator="wlsmv")
    assert found.table.set_index("level").loc["thresholds", "verdict"] == "fails"
    assert found.reached == "configural"
