"""Crosstabs and banners: shares are those of proportion, margins add up, letters follow tests."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis import (
    BANNER_COLUMNS,
    COMPARISON_COLUMNS,
    TABLE_COLUMNS,
    Break,
    EstimationError,
    Meta,
    SurveyData,
    banner,
    crosstab,
    pool,
    proportion,
)

FIELDS = ["estimate", "se", "low", "high", "base", "df"]
BOTH = {"vote": [1, 2, 3], "sex": [1, 2]}


def cells(table: pd.DataFrame) -> pd.DataFrame:
    return table[table["row_code"].notna() & table["column_code"].notna()]


@pytest.mark.parametrize(("percent", "of", "by"), [("column", "vote", "sex"), ("row", "sex", "vote")])
def test_a_cells_share_is_the_proportion_in_its_column_or_row(
    survey: SurveyData, percent: str, of: str, by: str
) -> None:
    table = crosstab(survey, "vote", "sex", percent=percent)
    assert list(table.columns) == list(TABLE_COLUMNS)
    alone = proportion(survey, of, by=by, where=BOTH)
    ours = cells(table).reset_index(drop=True)
    for field in FIELDS:
        assert ours[field].to_numpy(float) == pytest.approx(alone[field].to_numpy(float), rel=1e-12)


def test_the_margin_of_column_percentages_is_the_items_own_distribution(survey: SurveyData) -> None:
    table = crosstab(survey, "vote", "sex")
    margin = table[table["column_code"].isna()]
    alone = proportion(survey, "vote", where=BOTH)
    assert margin["estimate"].to_numpy() == pytest.approx(alone["estimate"].to_numpy(), rel=1e-12)
    assert list(margin["column_label"]) == ["all"] * 3


def test_shares_of_the_whole_add_up_to_their_margins(survey: SurveyData) -> None:
    table = crosstab(survey, "vote", "sex", percent="total")
    inner = cells(table).pivot_table(index="row_code", columns="column_code", values="estimate")
    assert inner.to_numpy().sum() == pytest.approx(1)
    rows = table[table["column_code"].isna()].set_index("row_code")["estimate"]
    assert inner.sum(axis=1).to_numpy() == pytest.approx(rows.to_numpy(float))


def test_counts_are_of_rows_and_of_weights(survey: SurveyData) -> None:
    table = crosstab(survey, "vote", "sex", percent="total")
    one = table[(table["row_code"] == 2) & (table["column_code"] == 1)].iloc[0]
    rows = (survey.frame["vote"] == 2) & (survey.frame["sex"] == 1)
    assert one["count"] == rows.sum()
    assert one["weighted_count"] == pytest.approx(survey.frame.loc[rows, "weight"].sum())
    margin = table[table["row_code"].isna()]
    assert margin["count"].sum() == survey.frame["vote"].gt(0).sum()


def test_a_code_nobody_gave_has_no_row(frame: pd.DataFrame, make: Any) -> None:
    frame["vote"] = frame["vote"].where(frame["vote"] != 3, 1)
    assert set(cells(crosstab(make(frame), "vote", "sex"))["row_code"]) == {1, 2}


def test_one_group_alone_is_a_table_too(frame: pd.DataFrame, make: Any) -> None:
    table = crosstab(make(frame.assign(sex=1)), "vote", "sex")
    inner, margin = cells(table), table[table["column_code"].isna()]
    assert inner["estimate"].to_numpy() == pytest.approx(margin["estimate"].to_numpy())


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"percent": "cell"}, "percent 'cell' is unknown: type one of column, row, total"),
        ({"column": "income"}, "'income' has no codes to tabulate"),
        ({"column": "vote"}, "'vote' against itself is no table"),
        ({"where": {"vote": -1}}, "nobody in the domain has valid answers to both 'vote' and 'sex'"),
        ({"rules": "nothing"}, "nothing"),
    ],
)
def test_what_is_no_table_is_refused(survey: SurveyData, options: dict[str, Any], message: str) -> None:
    asked = {"column": "sex"} | options
    with pytest.raises(Exception, match=message) as refused:
        crosstab(survey, "vote", asked.pop("column"), **asked)
    assert type(refused.value).__module__ == "analysis.errors"


def test_a_banner_sets_every_column_beside_the_whole(survey: SurveyData) -> None:
    made = banner(survey, "vote", ["sex", "agree"])
    assert list(made.table.columns) == list(BANNER_COLUMNS)
    assert list(made.comparisons.columns) == list(COMPARISON_COLUMNS)
    whole = made.table[made.table["column"] == ""]
    alone = proportion(survey, "vote")
    assert whole["estimate"].to_numpy() == pytest.approx(alone["estimate"].to_numpy())
    assert list(dict.fromkeys(made.table["letter"])) == ["", "A", "B", "C", "D"]
    assert set(made.comparisons["letter"] + made.comparisons["letter_other"]) == {"AB", "CD"}


def split(frame: pd.DataFrame, make: Any) -> SurveyData:
    """Women nearly all for, men nearly all against: differences that are sure."""
    draw = np.random.default_rng(2)
    other = draw.random(len(frame)) < 0.2
    vote = np.where((frame["sex"] == 1) ^ other, 1, 2)
    return make(frame.assign(vote=np.where(draw.random(len(frame)) < 0.15, 3, vote)))


def test_the_higher_share_bears_the_letter_of_the_lower(frame: pd.DataFrame, make: Any) -> None:
    made = banner(split(frame, make), "vote", ["sex"])
    marks = made.table[made.table["letter"] != ""].set_index(["row_code", "letter"])["marks"]
    assert marks[1, "A"] == "B"
    assert marks[2, "B"] == "A"
    assert marks[1, "B"] == marks[2, "A"] == marks[3, "A"] == ""


def test_a_comparison_is_the_t_test_of_the_two_shares(survey: SurveyData) -> None:
    made = banner(survey, "vote", ["sex"], adjust="none").comparisons.iloc[0]
    by_sex = proportion(survey, "vote", code=1, by="sex")
    assert made["difference"] == pytest.approx(-np.diff(by_sex["estimate"])[0])
    assert made["p"] == pytest.approx(2 * stats.t.sf(abs(made["t"]), made["df"]))
    assert made["p_adjusted"] == made["p"]


@pytest.mark.parametrize(("family", "times"), [("row", 1), ("variable", 3), ("banner", 6)])
def test_bonferroni_multiplies_by_the_declared_family(survey: SurveyData, family: str, times: int) -> None:
    found = banner(survey, "vote", ["sex", "agree"], adjust="bonferroni", family=family).comparisons
    expected = np.minimum(1, times * found["p"])
    assert found["p_adjusted"].to_numpy() == pytest.approx(expected.to_numpy())


def test_suppressed_cells_neither_bear_nor_lend_letters(frame: pd.DataFrame, make: Any) -> None:
    data = split(frame, make)
    few = np.concatenate([np.flatnonzero(frame["sex"] == 1)[:20], np.flatnonzero(frame["sex"] == 2)])
    mask = np.zeros(len(frame), bool)
    mask[few] = True
    made = banner(data, "vote", ["sex"], where=mask, adjust="none", alpha=0.99)
    assert made.comparisons["significant"].any()
    assert set(made.table["marks"]) == {""}


def test_a_sample_without_inference_gets_no_letters(frame: pd.DataFrame, make: Any) -> None:
    data = split(frame, lambda f: make(f, meta=Meta("open", "1", sample_type="nonprobability")))
    made = banner(data, "vote", ["sex"])
    assert made.table["se"].isna().all()
    assert made.comparisons["p"].isna().all()
    assert set(made.table["marks"]) == {""}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"columns": "sex"}, "give a list of one or more column variables"),
        ({"columns": ["sex", "sex"]}, "name a variable twice"),
        ({"family": "all"}, "family='all' is unknown: type one of row, variable, banner"),
        ({"adjust": "tukey"}, "adjust='tukey' is unknown"),
        ({"alpha": 5}, "alpha=5 is no level of significance"),
    ],
)
def test_a_banner_of_unknown_options_is_refused(
    survey: SurveyData, options: dict[str, Any], message: str
) -> None:
    asked = {"columns": ["sex"]} | options
    with pytest.raises(EstimationError, match=message):
        banner(survey, "vote", asked.pop("columns"), **asked)


def test_waves_with_a_break_between_them_bear_no_letters(wave: Any) -> None:
    data = pool(
        [
            wave(name, share, dates=(name, name))
            for name, share in (("2020", 0.2), ("2021", 0.5), ("2022", 0.8))
        ]
    )
    reworded = tuple(Break("agree", "2020", later, {"en": "reworded"}) for later in ("2021", "2022"))
    broken = replace(data, breaks=reworded)
    marks = [
        banner(d, "agree", ["wave"]).table.set_index(["row_code", "letter"])["marks"] for d in (data, broken)
    ]
    assert (marks[0][1, "C"], marks[1][1, "C"]) == ("AB", "B")
    assert (marks[0][1, "B"], marks[1][1, "B"]) == ("A", "")


@pytest.mark.parametrize("percent", ["column", "row", "total"])
def test_cells_whose_margins_are_known_are_those_of_the_whole_table(survey: SurveyData, percent: str) -> None:
    whole = crosstab(survey, "vote", "sex", percent=percent)
    alone = crosstab(survey, "vote", "sex", percent=percent, known_margins=True)
    apart = [name for name in TABLE_COLUMNS if name not in ("publish", "reason")]
    pd.testing.assert_frame_equal(
        alone[apart], cells(whole)[apart].reset_index(drop=True), check_exact=True, check_dtype=False
    )
    assert len(cells(whole)) < len(whole)
