"""Replicates that draw nobody from a class of a weighting margin: calibrated to the others, or refused."""

import numpy as np
import pandas as pd
import pytest

from analysis import (
    Design,
    EstimationError,
    Meta,
    SurveyData,
    Targets,
    calibrate,
    from_frame,
    make_replicates,
    pool,
    proportion,
    rake,
)
from analysis.replicates.lost import SMALL

CODES = {
    "region": {1: "north", 2: "south", 3: "isles"},
    "sex": {1: "woman", 2: "man"},
    "agree": {0: "no", 1: "yes"},
}
SHARES = {1: 0.53, 2: 0.41, 3: 0.06}
SEX = {1: 0.52, 2: 0.48}


def people(seed: int = 1, isles: int = 2) -> pd.DataFrame:
    """Eight strata of five PSUs of ten; the isles are whole PSUs of the first stratum."""
    draw = np.random.default_rng(seed)
    row = np.arange(400)
    place = row // 10
    return pd.DataFrame(
        {
            "stratum": place // 5,
            "psu": place % 5,
            "weight": draw.uniform(0.5, 2.0, 400),
            "region": np.where(place < isles, 3, place % 2 + 1),
            "sex": draw.choice([1, 2], 400),
            "agree": draw.choice([0, 1], 400),
            "age": draw.integers(18, 80, 400).astype(float),
        }
    )


def survey(seed: int = 1, isles: int = 2, wave: str = "w1") -> SurveyData:
    design = Design(strata="stratum", cluster=("psu",))
    return from_frame(people(seed, isles), design, codes=CODES, meta=Meta("s", wave))


def targets(isles: float = SHARES[3]) -> Targets:
    shares = {1: 0.53, 2: 0.47 - isles, 3: isles}
    return Targets.from_shares({"region": shares, "sex": SEX}, population=8000.0)


def weighted(way: str, share: float = 0.06, isles: int = 2) -> SurveyData:
    data = survey(isles=isles)
    if way == "rake":
        return rake(data, targets(share))[0]
    if way == "trim":
        return rake(data, targets(share), trim=(0.1, 6.0))[0]
    return calibrate(data, targets(share), totals={"age": 8000 * 48.0})[0]


def weights_of(data: SurveyData) -> np.ndarray:
    return np.column_stack([weights for _, weights in data.sample.replicate_weights()])


@pytest.mark.parametrize("way", ["rake", "trim", "calibrate"])
def test_a_replicate_without_a_small_class_meets_all_other_targets(way: str) -> None:
    data = make_replicates(weighted(way), "bootstrap", replicates=60, seed=2)
    table, frame = weights_of(data), data.frame
    lost = ~(table[(frame["region"] == 3).to_numpy()] > 0).any(axis=0)
    assert 0 < lost.sum() < 60
    share = {
        (name, code): table[(frame[name] == code).to_numpy()].sum(axis=0) / table.sum(axis=0)
        for name, codes in (("region", SHARES), ("sex", SEX))
        for code in codes
    }
    for code, wanted in SEX.items():
        assert share["sex", code] == pytest.approx(np.full(60, wanted), abs=1e-5)
    for code, wanted in SHARES.items():
        kept = np.where(lost, 0.0 if code == 3 else wanted / 0.94, wanted)
        assert share["region", code] == pytest.approx(kept, abs=1e-5)
    if way == "calibrate":
        assert (table * frame[["age"]].to_numpy()).sum(axis=0) == pytest.approx(np.full(60, 8000 * 48.0))
    note = (
        f"{lost.sum()} of 60 replicates draw nobody from a class of a weighting margin (region=3 in "
        f"{lost.sum()}); they are calibrated to the other classes, which stand in for it"
    )
    assert data.sample.notes == (note,)
    assert proportion(data, "agree", code=1).attrs["notes"] == [note]


def test_errors_with_replicates_that_lack_a_small_class_are_those_of_the_jackknife() -> None:
    boot = make_replicates(weighted("rake"), "bootstrap", replicates=1500, seed=3)
    knife = make_replicates(weighted("rake"), "JKn")
    assert boot.sample.notes and not knife.sample.notes
    ours, theirs = (float(proportion(data, "agree", code=1)["se"][0]) for data in (boot, knife))
    assert ours == pytest.approx(theirs, rel=0.1)


@pytest.mark.parametrize("way", ["rake", "trim", "calibrate"])
def test_a_replicate_without_a_class_that_is_not_small_is_refused_by_margin_and_class(way: str) -> None:
    data = make_replicates(weighted(way, share=SMALL + 0.01), "bootstrap", replicates=60, seed=2)
    words = (
        r"^replicate \d+ cannot be calibrated as the sample was: it draws nobody with region=3 \(11.0% of "
        r"the weight\), .* Join region=3 with a neighbour, in the codebook and in the targets, and weight "
        r"again; type make_replicates\(data, 'JKn'\) \(--replicates JKn\), .*recalibrate=False"
    )
    with pytest.raises(EstimationError, match=words):
        proportion(data, "agree", code=1)
    again = make_replicates(data, "JKn")
    assert proportion(again, "agree", code=1)["se"][0] > 0


def test_a_class_of_one_psu_is_not_sent_to_the_jackknife() -> None:
    data = make_replicates(weighted("rake", share=0.2, isles=1), "JKn")
    with pytest.raises(EstimationError, match="nobody with region=3") as refused:
        proportion(data, "agree", code=1)
    assert "JKn" not in str(refused.value)


def test_pooled_waves_say_in_which_of_them_a_class_is_lost() -> None:
    parts = [rake(survey(seed, isles, f"w{seed}"), targets())[0] for seed, isles in ((1, 2), (2, 5))]
    notes = make_replicates(pool(parts), "bootstrap", replicates=60, seed=2).sample.notes
    assert len(notes) == 1
    assert "region=3 in wave w1 in " in notes[0] and "wave w2" not in notes[0]
