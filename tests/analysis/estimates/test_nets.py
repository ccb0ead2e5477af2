"""Nets: the share of several codes together is that of a 0/1 column made by hand, with its error."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis import (
    CHANGE_COLUMNS,
    COLUMNS,
    TREND_COLUMNS,
    Design,
    EstimationError,
    Meta,
    SurveyData,
    change,
    from_frame,
    pool,
    proportion,
    proportion_estimates,
    read_release,
    trend,
    write_release,
)
from instruments import Codebook, Net

CLUSTERS = Design(strata="stratum", cluster=("psu",), weight="weight")
AGREE = {1: "fully disagree", 2: "disagree", 3: "neither", 4: "agree", 5: "fully agree"}
NETS = {"agree": Net({"en": "Agree, all"}, (4, 5)), "extreme": Net({"en": "Extreme"}, (1, 5))}
NAMES = ("variable", "code", "label")
"""Columns in which a net differs from a column made by hand."""


def survey(wave: str = "1", seed: int = 3, n: int = 600) -> SurveyData:
    """Answers to `q`, and `hand`, the net of 4 and 5 recoded by hand; missing answers among them."""
    draw = np.random.default_rng(seed)
    row = np.arange(n)
    q = draw.choice([1, 2, 3, 4, 5, -1, -2, -4], n, p=[0.1, 0.2, 0.2, 0.2, 0.15, 0.05, 0.05, 0.05])
    frame = pd.DataFrame(
        {
            "stratum": row % 4 + 1,
            "psu": row // 4 % 7 + 1,
            "weight": draw.uniform(0.4, 2.5, n),
            "q": q,
            "hand": np.where(q > 0, np.isin(q, [4, 5]).astype(int), q),
            "sex": draw.choice([1, 2], n),
        }
    )
    codes = {"q": AGREE, "hand": {0: "no", 1: "yes"}, "sex": {1: "woman", 2: "man"}}
    data = from_frame(frame, CLUSTERS, codes=codes, meta=Meta("made", wave, dates=(wave, wave)))
    variables = tuple(
        replace(variable, nets=NETS) if variable.name == "q" else variable
        for variable in data.codebook.variables
    )
    return replace(data, codebook=replace(data.codebook, variables=variables))


def same(net: pd.DataFrame, hand: pd.DataFrame) -> None:
    columns = [name for name in net.columns if name not in NAMES]
    pd.testing.assert_frame_equal(net[columns], hand[columns], rtol=1e-12)


@pytest.mark.parametrize("interval", ["logit", "mean", "beta", "wilson", "asin"])
@pytest.mark.parametrize("by", [None, "sex"])
def test_a_net_is_the_share_of_the_column_recoded_by_hand(interval: str, by: str | None) -> None:
    data = survey()
    net = proportion(data, "q", code="agree", by=by, interval=interval)
    same(net, proportion(data, "hand", code=1, by=by, interval=interval))
    assert tuple(net.columns) == COLUMNS
    assert set(net["label"]) == {"Agree, all"}
    assert net["code"].isna().all()


def test_two_nets_that_share_a_code_covary_as_their_columns_do() -> None:
    from analysis import joint_covariance

    data = survey()
    frame = data.frame.assign(two=np.where(data.frame["q"] > 0, np.isin(data.frame["q"], [1, 5]), -1))
    by_hand = from_frame(frame, CLUSTERS, codes={"hand": {0: "n", 1: "y"}, "two": {0: "n", 1: "y"}})
    nets = joint_covariance([proportion_estimates(data, "q", code=name) for name in NETS])
    hand = joint_covariance([proportion_estimates(by_hand, name, code=1) for name in ("hand", "two")])
    np.testing.assert_allclose(nets, hand, rtol=1e-12)


def test_change_and_trend_of_a_net_are_those_of_the_column_recoded_by_hand() -> None:
    waves = pool([survey(wave, seed) for seed, wave in enumerate(("2020", "2021", "2022"))])
    between = {"wave_from": "2020", "wave_to": "2022"}
    moved = change(waves, "q", code="agree", **between)
    same(moved, change(waves, "hand", code=1, **between))
    assert tuple(moved.columns) == CHANGE_COLUMNS
    line = trend(waves, "q", code="agree").table
    same(line, trend(waves, "hand", code=1).table)
    assert tuple(line.columns) == TREND_COLUMNS


def test_a_net_nobody_knows_is_refused_with_those_there_are() -> None:
    with pytest.raises(EstimationError, match="no net of q 'agre': type one of agree"):
        proportion(survey(), "q", code="agre")
    with pytest.raises(EstimationError, match="'sex' has no nets"):
        proportion(survey(), "sex", code="agree")


def test_a_code_of_numpy_s_is_a_code() -> None:
    row = proportion(survey(), "q", code=np.int64(4)).iloc[0]
    assert (row["code"], row["label"]) == (4, "agree")


def test_nets_stand_in_a_release_and_a_codebook_without_them_is_written_as_ever(tmp_path) -> None:
    data = survey()
    written = write_release(data, tmp_path, instrument="{}", weights={}, fieldwork={})
    read = read_release(written.folder)
    assert read.variable("q").nets == NETS
    same(proportion(read, "q", code="agree"), proportion(data, "hand", code=1))
    text = (written.folder / "codebook.json").read_text(encoding="utf-8")
    assert text.count('"nets":') == 1
    assert Codebook.from_json(text).variable("sex").nets == {}
