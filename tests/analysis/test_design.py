"""The design: what it refuses, and what its variances do not depend on."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis import (
    Calibration,
    DataError,
    Design,
    EstimationError,
    Meta,
    SurveyData,
    design_from_dict,
    from_frame,
    mean,
    pool,
    proportion,
    total,
)

CLUSTERS = Design(strata="stratum", cluster=("psu",), weight="weight")


def lonely_frame() -> pd.DataFrame:
    return pd.DataFrame({"s": [1, 1, 2, 2, 3], "p": [1, 2, 3, 4, 5], "y": [1.0, 2, 3, 5, 9], "w": 1.0})


def lonely(policy: str = "fail") -> SurveyData:
    return from_frame(lonely_frame(), Design(strata="s", cluster=("p",), weight="w", lonely_psu=policy))


@pytest.mark.parametrize(
    ("value", "word"), [(np.nan, "missing"), (0.0, "zero"), (-1.0, "negative"), (np.inf, "infinite")]
)
def test_a_bad_weight_is_refused_with_its_kind_count_and_row(
    frame: pd.DataFrame, value: float, word: str
) -> None:
    frame.loc[[7, 9], "weight"] = value
    with pytest.raises(DataError, match=rf"weight 'weight' is {word} in 2 rows, first row 7: give every row"):
        from_frame(frame, CLUSTERS)


LONELY = pd.DataFrame(
    {
        "s": [1, 1, 2, 3, 3, 4, 5, 5, 9],
        "p": [1, 2, 3, 4, 5, 6, 7, 8, 9],
        "y": [1.0, 4, 2, 8, 3, 7, 5, 6, 1],
        "w": [1.0, 2, 1, 3, 1, 2, 1, 1, 2],
        "N": [9, 9, 5, 7, 7, 4, 8, 8, 6],
    }
)


@pytest.mark.parametrize(
    ("pairs", "joined"),
    [((), [1, 1, 3, 3, 3, 5, 5, 5, 5]), (((2, 1), (4, 9)), [1, 1, 1, 3, 3, 4, 5, 5, 4])],
)
def test_collapsed_strata_are_the_strata_that_are_joined(pairs: tuple, joined: list[int]) -> None:
    for fpc in ((), ("N",)):
        design = Design("s", ("p",), fpc, "w", lonely_psu="collapse", collapse=pairs)
        data = from_frame(LONELY, design)
        sizes = LONELY.drop_duplicates("s").set_index("s")["N"]
        by_group = sizes.groupby(dict(zip(LONELY["s"], joined, strict=True))).sum()
        by_hand = LONELY.assign(s=joined, N=pd.Series(joined).map(by_group))
        same = from_frame(by_hand, Design("s", ("p",), fpc, "w"))
        for table in (mean, total):
            assert table(data, "y")["se"][0] == pytest.approx(table(same, "y")["se"][0], rel=1e-12)
        assert data.sample.df() == same.sample.df()
        assert data.sample.weights.tolist() == LONELY["w"].tolist()
        assert design_from_dict(design.to_dict()) == design


def test_what_was_done_about_lonely_strata_is_said() -> None:
    collapse = Design("s", ("p",), (), "w", lonely_psu="collapse", collapse=((2, 1),))
    assert from_frame(LONELY, collapse).sample.notes == (
        "s '2': one sampled p; joined with s '1', declared (lonely_psu='collapse')",
        "s '4': one sampled p; joined with s '5', its neighbour in order (lonely_psu='collapse')",
        "s '9': one sampled p; joined with s '5', its neighbour in order (lonely_psu='collapse')",
    )
    for policy, done in (
        ("certainty", "adds no variance"),
        ("adjust", "adds its squared deviation from the mean of all PSUs"),
        ("average", "adds the average variance of the other strata"),
    ):
        data = from_frame(LONELY, replace(collapse, lonely_psu=policy, collapse=()))
        note = f"s '2', '4', '9': one sampled p; {done} (lonely_psu='{policy}')"
        assert data.sample.notes == (note,)
        table = mean(data, "y")
        assert table.attrs["notes"] == [note]
    assert from_frame(LONELY[LONELY["s"].isin([1, 3])], Design("s", ("p",), (), "w")).sample.notes == ()
    first = from_frame(LONELY, collapse, meta=Meta("s", "a"))
    second = from_frame(LONELY, collapse, meta=Meta("s", "b"))
    assert pool([first, second]).sample.notes[3].startswith("wave b: s '2': one sampled p; joined with s '1'")


def test_pairs_of_strata_that_cannot_be_joined_are_refused() -> None:
    design = Design("s", ("p",), (), "w", lonely_psu="collapse")
    with pytest.raises(DataError, match="no code of s '7': type one of"):
        _ = from_frame(LONELY, replace(design, collapse=((2, 7),))).sample
    with pytest.raises(DataError, match="s 2 is declared to join itself: name another stratum"):
        _ = from_frame(LONELY, replace(design, collapse=((2, 2),))).sample
    with pytest.raises(DataError, match="s has one stratum with one PSU: there is no other to join it with"):
        _ = from_frame(LONELY[LONELY["s"] == 2], design).sample
    with pytest.raises(DataError, match="pairs of strata to join need lonely_psu='collapse'"):
        Design("s", ("p",), (), "w", collapse=((2, 1),))


def test_a_weight_of_words_is_refused(frame: pd.DataFrame) -> None:
    words = frame.assign(weight=[f"w{i}" for i in range(len(frame))])
    with pytest.raises(DataError, match="column 'weight' of the design must hold numbers, found 'w0'"):
        from_frame(words, CLUSTERS)


def test_all_absent_columns_of_the_design_are_named_at_once(frame: pd.DataFrame) -> None:
    with pytest.raises(DataError) as refused:
        from_frame(frame, Design(strata="area", cluster=("village",), weight="weight"))
    assert refused.value.problems == (
        "the design names column 'area', which the data lack",
        "the design names column 'village', which the data lack",
    )


def test_a_gap_in_a_stratum_is_refused(frame: pd.DataFrame) -> None:
    frame["stratum"] = frame["stratum"].astype(float)
    frame.loc[3, "stratum"] = np.nan
    with pytest.raises(DataError, match="column 'stratum' of the design is empty in 1 rows, first row 3"):
        from_frame(frame, CLUSTERS)


def test_a_population_smaller_than_its_sample_is_refused(frame: pd.DataFrame) -> None:
    data = from_frame(frame.assign(N=90), Design(strata="stratum", fpc=("N",), weight="weight"))
    with pytest.raises(DataError, match=r"fpc 'N' says 90 units of row in stratum 1, but 100 were sampled"):
        mean(data, "income")


def test_a_population_size_that_varies_in_a_stratum_is_refused(frame: pd.DataFrame) -> None:
    frame["N"] = np.where(np.arange(len(frame)) == 0, 900, 800)
    data = from_frame(frame, Design(strata="stratum", fpc=("N",), weight="weight"))
    with pytest.raises(DataError, match="fpc 'N' varies inside stratum 1: from 800 to 900"):
        mean(data, "income")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"lonely_psu": "ignore"}, "lonely_psu='ignore' is unknown: type one of fail, certainty"),
        ({"cluster": ("psu",), "fpc": ("a", "b")}, "2 fpc columns for 1 cluster stages"),
    ],
)
def test_an_impossible_design_is_refused(options: dict[str, Any], words: str) -> None:
    with pytest.raises(DataError, match=words):
        Design(**options)


def test_an_unknown_adjustment_is_refused() -> None:
    with pytest.raises(DataError, match="calibration 'magic' is unknown: type one of regression, raking"):
        Calibration(method="magic")


def test_a_lonely_cluster_without_a_policy_is_refused_by_name() -> None:
    with pytest.raises(EstimationError, match=r"s '3' has only one PSU, p '5'.*type lonely_psu='adjust'"):
        mean(lonely(), "y")


@pytest.mark.parametrize("policy", ["certainty", "remove", "adjust", "average"])
def test_a_policy_for_lonely_clusters_gives_an_error_and_leaves_the_estimate(policy: str) -> None:
    row = mean(lonely(policy), "y").iloc[0]
    assert row["estimate"] == pytest.approx(4.0)
    assert row["se"] > 0


def test_adjusting_lonely_clusters_never_shrinks_the_error_of_a_mean_below_certainty() -> None:
    assert mean(lonely("adjust"), "y").iloc[0]["se"] > mean(lonely("certainty"), "y").iloc[0]["se"]


def test_averaging_without_any_sound_stratum_is_refused() -> None:
    frame = lonely_frame().iloc[[0, 2]]
    data = from_frame(frame, Design(strata="s", cluster=("p",), weight="w", lonely_psu="average"))
    with pytest.raises(EstimationError, match="lonely_psu='average' needs a s with two or more units of p"):
        mean(data, "y")


def test_a_lonely_cluster_taken_for_certain_by_its_population_size_needs_no_policy() -> None:
    frame = lonely_frame().assign(N=[20, 20, 20, 20, 1])
    data = from_frame(frame, Design(strata="s", cluster=("p",), fpc=("N",), weight="w"))
    assert mean(data, "y").iloc[0]["se"] > 0


def test_a_lonely_stratum_outside_the_domain_is_no_obstacle() -> None:
    assert mean(lonely(), "y", where={"s": [1, 2]}).iloc[0]["df"] == 2


def test_a_census_has_no_sampling_error(frame: pd.DataFrame) -> None:
    data = from_frame(frame.assign(N=100), Design(strata="stratum", fpc=("N",), weight="weight"))
    assert mean(data, "income").iloc[0]["se"] == pytest.approx(0, abs=1e-12)


def test_sampling_fractions_and_population_counts_say_the_same(frame: pd.DataFrame) -> None:
    by_count = from_frame(frame.assign(N=400), Design(strata="stratum", fpc=("N",), weight="weight"))
    by_share = from_frame(frame.assign(N=0.25), Design(strata="stratum", fpc=("N",), weight="weight"))
    se = [mean(data, "income").iloc[0]["se"] for data in (by_count, by_share)]
    assert se[0] == pytest.approx(se[1], rel=1e-13)


def test_without_a_weight_column_the_population_sizes_give_the_weights(frame: pd.DataFrame) -> None:
    data = from_frame(frame.assign(N=1000), Design(strata="stratum", fpc=("N",), weight=None))
    assert data.sample.weights == pytest.approx(np.full(400, 10.0))


def test_the_same_cluster_code_in_two_strata_means_two_clusters(survey: SurveyData) -> None:
    assert survey.sample.df() == 4 * 5 - 4


def test_the_unit_of_the_weights_leaves_shares_and_their_errors(frame: pd.DataFrame, make: Any) -> None:
    plain, thousand = make(frame), make(frame.assign(weight=1000 * frame["weight"]))
    one, other = (proportion(data, "vote", by="sex") for data in (plain, thousand))
    for column in ("estimate", "se", "low", "high", "deff"):
        assert other[column].to_numpy() == pytest.approx(one[column].to_numpy(), rel=1e-11)
    assert total(thousand, "income").iloc[0]["se"] == pytest.approx(
        1000 * total(plain, "income").iloc[0]["se"]
    )


def test_the_order_of_the_rows_leaves_every_figure(frame: pd.DataFrame, make: Any) -> None:
    shuffled = frame.sample(frac=1, random_state=3)
    for estimator, variable in ((proportion, "vote"), (mean, "income"), (total, "income")):
        one, other = (estimator(make(rows), variable, by="sex") for rows in (frame, shuffled))
        for column in ("estimate", "se", "low", "high", "df"):
            assert other[column].to_numpy() == pytest.approx(one[column].to_numpy(), rel=1e-11)


@pytest.mark.parametrize(
    "design",
    [
        Design(),
        Design(strata="s", cluster=("a", "b"), fpc=("n",), weight=None, lonely_psu="average"),
        Design(calibration=Calibration("start", (("a", "b"), ("c",)), ("y",), "raking", "before")),
    ],
)
def test_a_design_survives_its_own_record(design: Design) -> None:
    assert design_from_dict(design.to_dict()) == design


def test_a_pooled_design_survives_its_own_record(wave: Any) -> None:
    design = pool([wave("2025", 0.4), wave("2026", 0.5)]).design
    assert design_from_dict(design.to_dict()) == design


def test_a_single_name_serves_as_cluster_and_fpc() -> None:
    assert Design(cluster="psu", fpc="N") == Design(cluster=("psu",), fpc=("N",))
