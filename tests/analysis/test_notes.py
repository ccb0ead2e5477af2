"""What is said of a design: wildly unequal clusters, and nothing where there is nothing to say."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis import Design, Meta, SurveyData, design_notes, from_frame, make_replicates, pool

CLUSTERS = Design(cluster=("village",), weight="w")


def villages(sizes: list[int], wave: str = "1", **columns: float) -> SurveyData:
    frame = pd.DataFrame({"village": np.repeat(np.arange(len(sizes)), sizes), "w": 1.0, **columns})
    frame["y"] = np.arange(len(frame)) % 7
    return from_frame(frame, CLUSTERS, meta=Meta("s", wave))


def test_a_city_among_villages_is_warned_of_by_name_and_share() -> None:
    (note,) = design_notes(villages([10] * 9 + [110]))
    assert note.startswith("the 10 clusters (village) differ in size: coefficient of variation 1.58, the")
    assert "largest (9) with 55% of the weight, as good as 3 of one size" in note
    assert "cover 82 to 91 %" in note


def test_villages_of_one_size_and_samples_of_people_are_not_warned_of() -> None:
    assert design_notes(villages([9, 10, 11, 12, 8, 10])) == ()
    people = from_frame(pd.DataFrame({"w": np.geomspace(1, 90, 50), "y": 1.0}), Design(weight="w"))
    assert design_notes(people) == ()


def test_sizes_are_compared_inside_strata() -> None:
    uneven = villages([10] * 5 + [100] * 5)
    frame = uneven.frame.assign(kind=np.where(uneven.frame["village"] < 5, 1, 2))
    assert design_notes(from_frame(frame, CLUSTERS)) != ()
    assert design_notes(from_frame(frame, replace(CLUSTERS, strata="kind"))) == ()


def test_waves_are_warned_of_one_by_one_and_replicates_by_their_base() -> None:
    both = pool([villages([10] * 10), villages([10] * 9 + [110], "2")])
    (note,) = design_notes(both)
    assert note.startswith("wave 2: the 10 clusters (village) differ in size")
    assert design_notes(make_replicates(both, "bootstrap", replicates=10, seed=1)) == (note,)


def test_the_districts_of_california_are_warned_of(shared: Path) -> None:
    frame = pd.read_csv(shared / "data" / "apiclus1.csv", na_values=[""], keep_default_na=False)
    (note,) = design_notes(from_frame(frame, Design(cluster=("dnum",), weight="pw")))
    assert note.startswith("the 15 clusters (dnum) differ in size: coefficient of variation 0.91")
    stratified = from_frame(frame, Design(strata="stype", weight="pw"))
    assert design_notes(stratified) == ()


@pytest.mark.parametrize("policy", ["adjust", "collapse"])
def test_what_was_done_about_lonely_strata_is_noted_too(policy: str) -> None:
    frame = pd.DataFrame({"s": [1, 1, 2, 2, 3], "y": [1.0, 2, 3, 4, 5], "w": 1.0})
    (note,) = design_notes(from_frame(frame, Design(strata="s", weight="w", lonely_psu=policy)))
    assert note.endswith(f"(lonely_psu='{policy}')")
