"""Replicate weights and panel identifiers of a map: in every figure, and no identifier in the release."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml

from analysis import (
    Design,
    ImportedWave,
    ImportProblems,
    Meta,
    ReplicateDesign,
    SurveyData,
    change,
    from_frame,
    import_file,
    mean,
    pool,
    proportion,
    read_release,
    total,
    write_release,
)

TYPES = {"E": 1, "H": 2, "M": 3}
SCHOOLS: dict[str, Any] = {
    "study": "schools",
    "languages": ["en"],
    "wave": {"value": "2000", "dates": "2000", "mode": "other", "sample": "probability"},
    "design": {
        "weight": "pw",
        "cluster": "dnum",
        "repweights": {"columns": "V1 to V100", "kind": "bootstrap"},
    },
    "variables": {
        "API00": {"from": "api00", "label": "API", "level": "interval"},
        "ENROL": {"from": "enroll", "label": "Enrolment", "level": "interval", "blank": -5},
        "STYPE": {
            "from": "stype",
            "label": "Type",
            "recode": TYPES,
            "codes": {"1": "primary", "2": "high", "3": "middle"},
        },
    },
}
PANEL: dict[str, Any] = {
    "study": "panel",
    "languages": ["en"],
    "wave": {"column": "year", "dates": {"2021": 2021, "2022": 2022}, "mode": "web", "sample": "probability"},
    "design": {"weight": "w", "person": "id"},
    "variables": {"AGREE": {"from": "agree", "label": "Agrees", "codes": {"0": "no", "1": "yes"}}},
}


def imported(folder: Path, frame: pd.DataFrame, told: Mapping[str, Any]) -> tuple[ImportedWave, ...]:
    data, plan = folder / "data.csv", folder / "map.yaml"
    frame.to_csv(data, index=False)
    plan.write_text(yaml.safe_dump(dict(told), sort_keys=False), encoding="utf-8")
    return import_file(data, plan)


def released(folder: Path, waves: Sequence[ImportedWave]) -> list[SurveyData]:
    """Written and read back."""
    refs = [
        write_release(
            wave.data, folder, instrument=wave.instrument, weights=wave.weights, fieldwork=wave.fieldwork
        )
        for wave in waves
    ]
    return [read_release(ref.folder) for ref in refs]


def rules(refused: ImportProblems) -> list[tuple[str, str]]:
    return [(problem.path, problem.rule) for problem in refused.problems]


def changed(told: Mapping[str, Any], **design: Any) -> dict[str, Any]:
    return {**told, "design": {**told["design"], **design}}


@pytest.fixture
def schools(shared: Path) -> pd.DataFrame:
    """R's apiclus1 beside a hundred bootstrap weights of it."""
    rows = pd.read_csv(shared / "data" / "apiclus1.csv")
    copies = pd.read_csv(shared / "data" / "apiclus1_subboot100_weights.csv")
    return pd.concat([rows[["pw", "dnum", "api00", "enroll", "stype"]], copies], axis=1)


def test_replicate_weights_reach_the_release_and_every_error(schools: pd.DataFrame, tmp_path: Path) -> None:
    waves = imported(tmp_path, schools, SCHOOLS)
    assert waves[0].weights["imported"]["replicates"] == "100 columns of kind bootstrap, V1 to V100"
    assert not any("columns not imported" in note for note in waves[0].notes)
    (data,) = released(tmp_path, waves)
    assert isinstance(data.design, ReplicateDesign)
    assert data.sample.method == "bootstrap, 100 replicates"
    copies = schools.filter(regex=r"^V\d+$").to_numpy()
    means = copies.T @ schools["api00"].to_numpy() / copies.sum(axis=0)
    error = np.sqrt(((means - means.mean()) ** 2).sum() / 99)
    found = mean(data, "API00")
    assert found["se"][0] == pytest.approx(error, rel=1e-9)
    assert found["method"][0].startswith("bootstrap, 100 replicates")
    whole = total(data, "STYPE", code=2)
    sums = copies.T @ (schools["stype"] == "H").to_numpy(float)
    assert whole["se"][0] == pytest.approx(np.sqrt(((sums - sums.mean()) ** 2).sum() / 99), rel=1e-9)


def test_factors_scales_and_degrees_of_freedom_come_from_the_map(
    schools: pd.DataFrame, tmp_path: Path
) -> None:
    copies = schools.filter(regex=r"^V\d+$")
    factors = schools.assign(**{name: copies[name] / schools["pw"] for name in copies})
    options = {"kind": "other", "combined": False, "scale": 0.02, "mse": True, "df": 9}
    spec = {"columns": [f"V{number}" for number in range(1, 101)], **options}
    (data,) = released(tmp_path, imported(tmp_path, factors, changed(SCHOOLS, repweights=spec)))
    weights = copies.to_numpy()
    means = weights.T @ schools["api00"].to_numpy() / weights.sum(axis=0)
    whole = np.average(schools["api00"], weights=schools["pw"])
    found = mean(data, "API00")
    assert found["se"][0] == pytest.approx(np.sqrt(0.02 * ((means - whole) ** 2).sum()), rel=1e-9)
    assert found["df"][0] == 9


def test_bad_replicate_weights_are_refused_with_their_rows(schools: pd.DataFrame, tmp_path: Path) -> None:
    bad = schools.astype({"V3": object, "V5": float})
    bad.loc[2, "V3"], bad.loc[4, "V5"] = "many", -1.0
    missing = changed(SCHOOLS, repweights={"columns": "V1 to V101", "kind": "bootstrap"})
    with pytest.raises(ImportProblems) as refused:
        imported(tmp_path, bad, missing)
    assert rules(refused.value) == [
        ("design.repweights", "unknown-column"),
        ("design.repweights", "repweights"),
        ("design.repweights", "repweights"),
    ]
    assert [problem.found for problem in refused.value.problems][1:] == [
        "V3 not a number in 1 rows (line 4)",
        "V5 negative in 1 rows (line 6)",
    ]


def panel(n: int = 300) -> pd.DataFrame:
    """Two waves of people with telling names; most came back, and their answers go together."""
    draw = np.random.default_rng(4)
    lean = draw.uniform(0, 1, 2 * n)
    waves = []
    for year, people in ((2021, range(n)), (2022, range(60, n + 60))):
        who = draw.permutation(list(people))
        agree = (draw.uniform(0, 1, n) < 0.15 + 0.7 * lean[who]).astype(int)
        names = [f"Aigerim-{number}@example.org" for number in who]
        waves.append(pd.DataFrame({"year": year, "id": names, "agree": agree, "w": draw.uniform(0.5, 2, n)}))
    return pd.concat(waves, ignore_index=True)


def test_people_of_a_panel_are_recognised_and_not_named(tmp_path: Path) -> None:
    people = panel()
    waves = imported(tmp_path, people, PANEL)
    data = pool(released(tmp_path / "home", waves))
    named = pool(
        [
            from_frame(
                rows.rename(columns={"agree": "AGREE"}),
                Design(weight="w", person="id"),
                codes={"AGREE": {0: "no", 1: "yes"}},
                meta=Meta("panel", str(year), dates=(str(year), str(year))),
            )
            for year, rows in people.groupby("year")
        ]
    )
    frame = data.frame
    same = pd.crosstab(frame["person"], people["id"])
    assert ((same > 0).sum(axis=0) == 1).all()
    assert ((same > 0).sum(axis=1) == 1).all()
    joint, known = (change(each, "AGREE", wave_from="2021", wave_to="2022", code=1) for each in (data, named))
    assert joint["se"][0] == pytest.approx(known["se"][0], rel=1e-9)
    assert joint["se"][0] < 0.97 * np.hypot(*proportion(data, "AGREE", code=1, by="wave")["se"])
    for file in (tmp_path / "home").rglob("*.*"):
        assert b"Aigerim" not in file.read_bytes(), file.name
    text = json.dumps([wave.fieldwork for wave in waves]) + "".join(wave.instrument for wave in waves)
    assert "Aigerim" not in text


def test_people_of_two_files_are_never_the_same(tmp_path: Path) -> None:
    people = panel()
    parts = []
    for year in (2021, 2022):
        told = {**PANEL, "wave": {**PANEL["wave"], "value": str(year), "dates": year}}
        del told["wave"]["column"]
        rows = people[people["year"] == year].sort_values("id").assign(id=range(300))
        parts += imported(tmp_path, rows, told)
    first, second = (set(part.data.frame["person"]) for part in parts)
    assert not first & second
    data = pool([part.data for part in parts])
    alone = change(data, "AGREE", wave_from="2021", wave_to="2022", code=1)["se"][0]
    assert alone == pytest.approx(np.hypot(*proportion(data, "AGREE", code=1, by="wave")["se"]), rel=2e-2)


def test_the_same_people_have_the_same_codes_when_the_file_is_corrected(tmp_path: Path) -> None:
    people = panel()
    one = imported(tmp_path, people, PANEL)
    other = imported(tmp_path, people.assign(w=1.0), PANEL)
    assert all(
        a.data.frame["person"].tolist() == b.data.frame["person"].tolist()
        for a, b in zip(one, other, strict=True)
    )


def test_a_person_twice_in_a_wave_or_without_a_name_is_refused(tmp_path: Path) -> None:
    people = panel().astype({"id": object})
    people.loc[7, "id"] = people.loc[3, "id"]
    people.loc[9, "id"] = None
    with pytest.raises(ImportProblems) as refused:
        imported(tmp_path, people, PANEL)
    assert rules(refused.value) == [("design.person", "person-twice"), ("design.person", "design-blank")]
    assert refused.value.problems[0].found == "id the same person twice in a wave in 2 rows (line 5, 9)"


def test_a_wave_may_have_no_people_and_names_of_the_design_are_taken(tmp_path: Path) -> None:
    people = panel().astype({"id": object})
    people.loc[people["year"] == 2021, "id"] = None
    told = changed(PANEL, waves={"2021": {"person": None}})
    first, second = imported(tmp_path, people, told)
    assert (first.data.design.person, second.data.design.person) == (None, "person")
    clash = {**PANEL, "variables": {**PANEL["variables"], "person": {"from": "id", "level": "text"}}}
    with pytest.raises(ImportProblems) as refused:
        imported(tmp_path, people, clash)
    assert ("variables.person", "reserved-name") in rules(refused.value)
