"""42,572 real interviews of three waves, imported by the guide's map: the published table and R's results."""

import csv
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from analysis import (
    Design,
    SurveyData,
    association,
    change,
    list_releases,
    mean,
    pool,
    proportion,
    read_release,
    verify_release,
)
from survey.cli import main

DATA = "data/rcvs_2018_2021_2024.csv"
ROWS = {"2018": 16_818, "2021": 14_431, "2024": 11_323}

# The published table's rows: the variable and the codes whose shares add up; () for a mean. The names of the
# three rows on fear are permuted in the publication, so they are matched by question (Q81, Q82, Q83).
TABLE: Mapping[str, tuple[str, tuple[int, ...]]] = {
    "Male": ("SEX", (2,)),
    "Age": ("AGE", ()),
    "18-34": ("AGE_GROUP", (1, 2)),
    "35-49": ("AGE_GROUP", (3,)),
    "50-64": ("AGE_GROUP", (4,)),
    "65+": ("AGE_GROUP", (5,)),
    "Education: high school and less": ("EDUCATION", (1,)),
    "Education: associate degree": ("EDUCATION", (2,)),
    "Education: some bachelor and higher": ("EDUCATION", (3,)),
    "Married or cohabiting": ("PARTNERED", (1,)),
    "Living alone": ("LIVES_ALONE", (1,)),
    "Rural residence": ("SETTLEMENT", (5,)),
    "Household size": ("HOUSEHOLD_SIZE", ()),
    "Life satisfaction (1-10)": ("LIFE_SATISFACTION", ()),
    "Victimised last 12 months": ("VICTIM12M", (1,)),
    "Victimised last 5 years": ("VICTIM5Y", (1,)),
    'Row "Fears victimization"': ("SAFE_NIGHT", (3, 4)),
    'Row "Feels unsafe at night"': ("WORRY_BURGLARY", (3, 4)),
    'Row "Fears burglary"': ("WORRY_ASSAULT", (3, 4)),
}

# R's items: the variable and the code of the share.
ITEMS: Mapping[str, tuple[str, int]] = {
    "male": ("SEX", 2),
    "v5": ("VICTIM5Y", 1),
    "v12": ("VICTIM12M", 1),
    "negl": ("OWN_NEGLIGENCE", 1),
    "pol_knew": ("POLICE_KNEW", 1),
    "again": ("CONTACT_AGAIN", 1),
    "unsafe": ("UNSAFE_NIGHT", 1),
    "tpol": ("TRUSTS_POLICE", 1),
    "tcourt": ("TRUSTS_COURTS", 1),
}


def has_age(frame: pd.DataFrame) -> pd.Series:
    """The published recipe leaves out the five rows without age."""
    return frame["AGE"] > 0


@pytest.fixture(scope="module")
def home(shared: Path, repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The three waves, imported by the command."""
    folder = tmp_path_factory.mktemp("rcvs")
    guide = repository / "docs" / "guide" / "examples" / "rcvs.yaml"
    command = ["release", "import", str(shared / DATA), "--map", str(guide), "--json"]
    result = CliRunner().invoke(main, command, env={"TOLQYN_HOME": str(folder), "TOLQYN_DATABASE_URL": ""})
    assert result.exit_code == 0, result.output
    assert [ref["release"] for ref in json.loads(result.output)["releases"]] == [1, 1, 1]
    return folder


@pytest.fixture(scope="module")
def waves(home: Path) -> dict[str, SurveyData]:
    return {ref.wave: read_release(ref.folder) for ref in list_releases(home, "rcvs")}


@pytest.fixture(scope="module")
def reference(shared: Path) -> Any:
    return json.loads((shared / "reference/rcvs/rcvs_r_survey.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def as_in_r(waves: dict[str, SurveyData]) -> SurveyData:
    """All waves under one design without strata, as R had them; Tolqyn itself keeps waves as strata."""
    pooled = pool(list(waves.values()))
    return pooled.with_frame(pooled.frame, design=Design())


def test_the_file_becomes_three_releases(home: Path, waves: dict[str, SurveyData]) -> None:
    assert {wave: len(data.frame) for wave, data in waves.items()} == ROWS
    assert all(verify_release(ref.folder) == () for ref in list_releases(home))
    assert {data.meta.sample_type for data in waves.values()} == {"probability"}
    assert {data.meta.dates for data in waves.values()} == {(wave, wave) for wave in ROWS}


def test_no_value_is_lost_on_the_way(shared: Path, waves: dict[str, SurveyData]) -> None:
    with (shared / DATA).open(encoding="utf-8") as file:
        source = pd.DataFrame(csv.DictReader(file))
    frame = pd.concat([data.frame for data in waves.values()], ignore_index=True)
    plain = {"SEX": "sex", "AGE": "age", "OWN_NEGLIGENCE": "own_negligence_q17", "REGION": "region_iso"}
    for variable, column in plain.items():
        answered = source[column].replace({"": None} | ({} if variable == "AGE" else {"98": None})).notna()
        assert (frame[variable] >= 0).tolist() == answered.tolist(), variable
    assert np.array_equal(frame["weight"], source["weight"].astype(float))


def figures(data: SurveyData, variable: str, codes: tuple[int, ...]) -> dict[str, float]:
    """The numbers of a published row: mean and interval, raw and weighted, by the publication's recipe."""
    base = data.valid(variable) & has_age(data.frame).to_numpy()
    values = data.frame[variable].to_numpy(float)[base]
    y = np.isin(values, codes).astype(float) if codes else values
    weights = data.frame["weight"].to_numpy()[base]
    if codes:
        weighted = sum(
            float(proportion(data, variable, code=code, where=has_age)["estimate"].iloc[0]) for code in codes
        )
    else:
        weighted = float(mean(data, variable, where=has_age)["estimate"].iloc[0])
    found: dict[str, float] = {"n": float(base.sum())}
    for kind, w, centre in (("raw", np.ones(len(y)), float(y.mean())), ("wt", weights, weighted)):
        n_eff = w.sum() ** 2 / (w**2).sum()
        half = 1.96 * np.sqrt((w * (y - centre) ** 2).sum() / w.sum() / n_eff)
        found |= {f"pub_{kind}": centre, f"pub_{kind}_lo": centre - half, f"pub_{kind}_hi": centre + half}
    return found


def test_all_53_rows_of_the_published_table_come_out(shared: Path, waves: dict[str, SurveyData]) -> None:
    with (shared / "data/rcvs_published_table3_check.csv").open(encoding="utf-8") as file:
        published = list(csv.DictReader(file))
    off: dict[tuple[str, str], float] = {}
    for row in published:
        variable, codes = TABLE[row["item"]]
        found = figures(waves[row["wave"]], variable, codes)
        assert found.pop("n") == float(row["n"]), row["item"]
        off[row["wave"], row["item"]] = max(abs(found[key] - float(row[key])) for key in found)
    assert len(off) == 53
    beyond = {row: difference for row, difference in off.items() if difference > 0.0015}
    assert beyond == {("2024", "Rural residence"): pytest.approx(0.00152, abs=5e-6)}


def test_shares_errors_intervals_and_design_effects_equal_r(as_in_r: SurveyData, reference: Any) -> None:
    compared = 0
    for expected in reference["estimates"]:
        wave, *sex = [part.split("=")[1] for part in expected["domain"].split("|")]
        where = has_age(as_in_r.frame) & (as_in_r.frame["wave"] == wave)
        if sex:
            where &= as_in_r.frame["SEX"] == int(sex[0])
        variable, code = ITEMS[expected["item"]]
        (row,) = proportion(as_in_r, variable, code=code, where=where).to_dict("records")
        found = [row["base"], row["estimate"], row["se"], row["low"], row["high"], row["deff"]]
        wanted = [
            expected["n"],
            expected["est"],
            expected["se"],
            *expected["ci_logit"],
            expected["deff_design"],
        ]
        assert found == pytest.approx(wanted, rel=1e-6), (expected["item"], expected["domain"])
        compared += 1
    assert compared == 60


def test_changes_between_waves_equal_r(as_in_r: SurveyData, reference: Any) -> None:
    compared = 0
    for expected in reference["changes"]:
        variable, code = ITEMS[expected["item"]]
        between = (str(expected["from"]), str(expected["to"]))
        table = change(as_in_r, variable, code=code, wave_from=between[0], wave_to=between[1], where=has_age)
        (row,) = table.to_dict("records")
        assert [row["estimate"], row["se"]] == pytest.approx([expected["diff"], expected["se"]], rel=1e-6)
        # R's test is a regression's, whose degrees of freedom are one fewer than those of a difference.
        assert row["p"] == pytest.approx(expected["p"], rel=1e-5)
        compared += 1
    assert compared == 16


def test_rao_scott_tests_equal_r(as_in_r: SurveyData, reference: Any) -> None:
    for expected in reference["chisq"]:
        where = has_age(as_in_r.frame) & (as_in_r.frame["wave"] == str(expected["wave"]))
        where &= as_in_r.valid("CONTACT_AGAIN") & as_in_r.valid("EDUCATION")
        made = association(as_in_r, "CONTACT_AGAIN", "EDUCATION", where=where)
        found = [made.statistic, made.df, made.ddf, made.p]
        assert found == pytest.approx([expected[name] for name in ("F", "ndf", "ddf", "p")], rel=1e-6)


def test_waves_as_strata_move_an_error_by_less_than_a_ten_thousandth(
    waves: dict[str, SurveyData], reference: Any
) -> None:
    for expected in reference["estimates"]:
        if "|" in expected["domain"]:
            continue
        data = waves[expected["domain"].removeprefix("wave=")]
        variable, code = ITEMS[expected["item"]]
        (row,) = proportion(data, variable, code=code, where=has_age).to_dict("records")
        assert row["estimate"] == pytest.approx(expected["est"], rel=1e-9)
        assert row["se"] == pytest.approx(expected["se"], rel=1e-4)


def test_the_items_on_blame_and_police_carry_what_a_report_needs(waves: dict[str, SurveyData]) -> None:
    codebook = waves["2024"].codebook
    assert codebook.languages == ("en", "ru")
    headline = [indicator for indicator in codebook.indicators if indicator.headline]
    assert {"own_negligence", "police_knew", "contact_again", "trusts_police"} <= {i.name for i in headline}
    for indicator in codebook.indicators:
        assert set(indicator.finding) == {"en", "ru", "kk", "uz"}
        assert indicator.variable in codebook
        assert max(map(len, indicator.label.values())) <= 40
    for variable in codebook.variables:
        for language in codebook.languages:
            assert variable.label[language]
            assert all(words[language] for words in variable.codes.values())
