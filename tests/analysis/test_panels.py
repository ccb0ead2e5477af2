"""Waves that share people or places: every stored figure of R on the stacked rows is met."""

import importlib.util
import json
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis import (
    DataError,
    Design,
    Meta,
    SurveyData,
    Targets,
    calibrate,
    change,
    design_from_dict,
    from_frame,
    make_replicates,
    mean,
    mean_estimates,
    pool,
    proportion_estimates,
    svyglm,
    total,
    trend,
)

REFERENCE = Path(__file__).resolve().parents[1] / "reference"
_spec = importlib.util.spec_from_file_location("surveys", REFERENCE / "surveys.py")
surveys = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(surveys)
KEEP = {1: lambda i: i % 3 != 0, 2: lambda i: i % 3 != 1, 3: lambda i: i % 4 != 2}
PEOPLE = Design(strata="place", weight="w", person="person")
DESIGNS = {
    "person": PEOPLE,
    "person_plain": Design(weight="w", person="person"),
    "places": Design(strata="place", cluster=("band",), weight="w", same_psus=True),
    "calibrated": PEOPLE,
}
RESULTS = json.loads((REFERENCE / "designs" / "panels.json").read_text())
KEYS = sorted(key for key in RESULTS if key not in ("_meta", "cells"))


def frame_of(wave: int) -> pd.DataFrame:
    votes = surveys.studies()["votes"]
    i = np.arange(len(votes))
    keep = KEEP[wave](i)
    v, j = votes[keep], i[keep]
    return pd.DataFrame(
        {
            "person": j,
            "place": v["place"].to_numpy(),
            "band": v["band"].to_numpy(),
            "school": v["school"].to_numpy(),
            "w": v["w_person"].to_numpy() * (1 + 0.1 * ((j + wave) % 3)),
            "y": v["income"].to_numpy() + (wave - 1) * (v["educ"].to_numpy() % 2) - (j % 5 == wave),
            "agree": (v["DoleLR"].to_numpy() + wave + (j % 7 == wave) > 5).astype(int),
            "time": float(wave),
        }
    )


def wave_of(number: int, design: Design, frame: pd.DataFrame | None = None) -> SurveyData:
    codes = {"agree": {0: "no", 1: "yes"}, "school": {1: "a", 2: "b", 3: "c"}}
    meta = Meta("panel", str(number), dates=(f"{2000 + number}-01-01",) * 2)
    return from_frame(frame_of(number) if frame is None else frame, design, codes=codes, meta=meta)


@lru_cache
def panel(name: str) -> SurveyData:
    parts = [wave_of(number, DESIGNS[name]) for number in KEEP]
    if name == "calibrated":
        counts = {cell["cell"]: cell["Freq"] for cell in RESULTS["cells"]}
        for place, part in enumerate(parts):
            margin = {school: counts[f"{place + 1}.{school}"] for school in (1, 2, 3)}
            goal = Targets.from_shares({"school": margin}, population=sum(margin.values()))
            parts[place] = calibrate(part, goal)[0]
    return pool(parts)


def fields(key: str) -> dict[str, Any]:
    name, statistic, *rest = key.split(".")
    data = panel(name)
    if statistic == "by":
        found = mean_estimates(data, "y", by="wave")
        return {"estimate": found.values, "vcov": found.covariance}
    if statistic == "change":
        one, other = rest[0].split("_")
        row = change(data, "y", wave_from=one, wave_to=other).iloc[0]
        return {field: row[field] for field in ("estimate", "se", "df")}
    if statistic == "total":
        return dict(total(data, "y").iloc[0][["estimate", "se"]])
    if statistic == "trend":
        line = svyglm("y ~ time", data)
    else:
        line = svyglm("agree ~ time", data, family="binomial")
    return {"coef": line.params, "vcov": line.covariance, "df_resid": line.df_residual}


@pytest.mark.parametrize("key", KEYS)
def test_every_figure_of_r_on_the_stacked_waves_is_met(key: str) -> None:
    for field, ours in fields(key).items():
        theirs = np.asarray(RESULTS[key][field], float).ravel()
        assert np.asarray(ours, float).ravel() == pytest.approx(theirs, rel=1e-8, abs=1e-13), field


def test_a_trend_over_a_panel_has_the_panels_error() -> None:
    row = trend(panel("person"), "agree", code=1, link="logit").table.iloc[0]
    theirs = np.sqrt(RESULTS["person.logit"]["vcov"][1][1])
    assert row["se"] == pytest.approx(theirs, rel=2e-3)  # the years between the waves are not all 365.25 days
    alone = pool([wave_of(number, replace(PEOPLE, person=None)) for number in KEEP])
    assert row["se"] != pytest.approx(
        trend(alone, "agree", code=1, link="logit").table.iloc[0]["se"], rel=0.02
    )


def test_the_line_through_a_panels_waves_weighs_their_covariance() -> None:
    draw = np.random.default_rng(4)
    frames = {n: frame_of(n % 3 + 1) for n in range(8)}
    leaning = draw.random(1000)
    for n, frame in frames.items():
        chance = 0.6 * leaning[frame["person"]] + 0.4 * draw.random(len(frame))
        frame["agree"] = (chance > 0.5 - 0.01 * n).astype(int)
    linked = pool([wave_of(n, PEOPLE, frame) for n, frame in frames.items()])
    alone = pool([wave_of(n, replace(PEOPLE, person=None), frame) for n, frame in frames.items()])
    rows = [trend(data, "agree", code=1).table.iloc[0] for data in (linked, alone)]
    estimates = proportion_estimates(linked, "agree", code=1, by="wave")
    times = np.array([trend(linked, "agree", code=1).times[wave] for wave in linked.waves])
    X = np.column_stack([np.ones(8), times - times.mean()])
    W = np.linalg.inv(estimates.covariance)
    line = np.linalg.solve(X.T @ W @ X, X.T @ W @ estimates.values)
    residual = estimates.values - X @ line
    assert rows[0]["q_waves"] == pytest.approx(residual @ W @ residual, rel=1e-8)
    assert rows[1]["q_waves"] != pytest.approx(rows[0]["q_waves"], rel=0.01)


def test_a_panel_whose_waves_say_the_same_has_no_line_through_independent_figures() -> None:
    frames = [frame_of(1).assign(agree=lambda f: f["agree"] ^ (f["person"] % 2)) for _ in range(6)]
    same = pool([wave_of(n, PEOPLE, frame) for n, frame in enumerate(frames)])
    row = trend(same, "agree", code=1).table.iloc[0]
    assert row["note"].startswith("wave-to-wave variation not estimable: one wave's figure follows from")
    assert np.isnan(row["se_waves"])
    assert row["decides"] == "sampling"


def test_a_change_within_the_same_people_is_more_precise_than_between_strangers() -> None:
    alone = pool([wave_of(number, replace(PEOPLE, person=None)) for number in KEEP])
    ours = change(panel("person"), "y", wave_from="1", wave_to="3")["se"][0]
    strangers = change(alone, "y", wave_from="1", wave_to="3")["se"][0]
    assert ours < 0.75 * strangers


def test_waves_without_a_person_column_stay_independent_of_those_that_have_one() -> None:
    parts = [wave_of(1, PEOPLE), wave_of(2, PEOPLE), wave_of(3, replace(PEOPLE, person=None))]
    covariance = mean_estimates(pool(parts), "y", by="wave").covariance
    assert covariance[0, 1] > 0
    assert covariance[:2, 2] == pytest.approx(0, abs=1e-18)
    alone = mean(parts[2], "y")["se"][0]
    assert np.sqrt(covariance[2, 2]) == pytest.approx(alone, rel=1e-12)


def test_people_in_clusters_join_the_clusters_of_their_waves() -> None:
    people = replace(DESIGNS["places"], same_psus=False, person="person")
    linked = pool([wave_of(number, people) for number in KEEP])
    shared = panel("places")
    ours = mean_estimates(linked, "y", by="wave").covariance
    assert ours == pytest.approx(mean_estimates(shared, "y", by="wave").covariance, rel=1e-9)
    assert linked.sample.df() == shared.sample.df()
    moved = frame_of(2)
    moved.loc[moved["person"] == 2, "band"] = moved.loc[
        moved["place"] == moved["place"].iloc[1], "band"
    ].max()
    notes = pool([wave_of(1, people), wave_of(2, people, moved)]).sample.notes
    assert any("clusters were joined with another of their wave" in note for note in notes)


def test_a_person_in_two_strata_is_refused_by_name() -> None:
    astray = frame_of(2)
    astray.loc[astray["person"] == 2, "place"] = 4 - (astray["place"].iloc[1] == 4) * 3
    with pytest.raises(
        DataError, match=r"person 2 stands in stratum '\d' in wave 2 and hangs together with rows"
    ):
        _ = pool([wave_of(1, PEOPLE), wave_of(2, PEOPLE, astray)]).sample


def test_a_panel_that_cannot_be_linked_is_refused() -> None:
    counted = replace(PEOPLE, fpc=("size",))
    with pytest.raises(
        DataError, match="wave 1: waves linked by person or place count as drawn with replacement"
    ):
        _ = pool([wave_of(n, counted, frame_of(n).assign(size=9000)) for n in (1, 2)]).sample
    with pytest.raises(DataError, match="linked waves need the same lonely_psu"):
        _ = pool([wave_of(1, PEOPLE), wave_of(2, replace(PEOPLE, lonely_psu="adjust"))]).sample
    with pytest.raises(
        DataError, match="same_psus says that cluster codes last, and the design names no cluster"
    ):
        Design(same_psus=True)
    double = pd.concat([frame_of(1), frame_of(1).iloc[:1]])
    with pytest.raises(DataError, match="person 1 stands in 2 rows of wave 1"):
        wave_of(1, PEOPLE, double.reset_index(drop=True))
    empty = frame_of(1).assign(person=lambda f: f["person"].where(f["person"] != 4))
    with pytest.raises(DataError, match="column 'person' of the design is empty in 1 rows, first row 2"):
        wave_of(1, PEOPLE, empty)


def test_a_panel_without_anybody_in_two_waves_says_so() -> None:
    strangers = frame_of(2).assign(person=lambda f: f["person"] + 10_000)
    notes = pool([wave_of(1, PEOPLE), wave_of(2, PEOPLE, strangers)]).sample.notes
    assert notes == ("waves 1, 2: nobody stands in two of these waves: is 'person' the same code in each?",)


def test_replicates_of_a_panel_leave_out_a_person_in_every_wave() -> None:
    pooled = panel("person_plain")
    drawn = make_replicates(pooled, "bootstrap", replicates=2000, seed=3)
    exact = change(pooled, "y", wave_from="1", wave_to="3")["se"][0]
    assert change(drawn, "y", wave_from="1", wave_to="3")["se"][0] == pytest.approx(exact, rel=0.06)


def test_a_panels_design_comes_back_from_json() -> None:
    for design in (*DESIGNS.values(), panel("person").design):
        assert design_from_dict(json.loads(json.dumps(design.to_dict()))) == design


def test_the_same_codes_as_numbers_and_as_floats_are_the_same_people() -> None:
    floats = frame_of(2).assign(person=lambda f: f["person"].astype(float))
    found = pool([wave_of(1, PEOPLE), wave_of(2, PEOPLE, floats)])
    whole = pool([wave_of(1, PEOPLE), wave_of(2, PEOPLE)])
    assert found.sample.df() == whole.sample.df()
