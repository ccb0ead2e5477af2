"""`tolqyn analyse decompose`, `track`, the shapes of `trend` and `change --adjacent`."""

import csv
import io
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import Result

from analysis import (
    CHANGE_COLUMNS,
    SurveyData,
    adjacent_changes,
    age_period_cohort,
    any_change,
    cohort_profile,
    compare_trends,
    convergence,
    curve,
    firebaugh,
    kitagawa,
    oaxaca,
    ordered_trend,
    pool,
    read_plan,
    read_release,
    run_plan,
    series_trend,
    splice,
    standardise,
    wave_series,
)

Analyse = Callable[..., Result]
Answer = Callable[..., Any]
FIGURE = ("--variable", "YES", "--code", "1")
FIGURES = ("estimate", "se", "low", "high")
PLAN = """\
study: attitudes
declared: 2026-03-01
families: {one: {adjustment: holm}}
indicators: {said_yes: {variable: YES, code: 1}}
comparisons:
  - {name: latest, indicator: said_yes, kind: change, from: 2025, to: 2026, family: one, direction: rise}
  - {name: steady, indicator: said_yes, kind: trend, family: one}
"""


def read(folders: Sequence[str]) -> SurveyData:
    return pool([read_release(Path(folder)) for folder in folders])


def same(found: Sequence[dict[str, Any]], expected: pd.DataFrame, names: Sequence[str] = FIGURES) -> None:
    table = pd.DataFrame(found)
    for name in names:
        told, wanted = (pd.to_numeric(each[name]).astype(float).tolist() for each in (table, expected))
        assert told == pytest.approx(wanted, rel=1e-12, nan_ok=True), name


def test_a_change_is_split_by_groups(printed: Answer, attitudes: tuple[str, ...]) -> None:
    told = printed("decompose", *attitudes, *FIGURE, "--by", "SEX", "--family", "2")
    found = kitagawa(read(attitudes), "YES", code=1, by="SEX", wave_from="2023", wave_to="2026", family=2)
    same(told["parts"], found.table)
    same(told["cells"], found.cells, ("share_from", "rate_to"))
    assert [row["part"] for row in told["parts"]] == ["total", "rate", "composition"]
    later = printed("decompose", *attitudes, *FIGURE, "--by", "SEX", "--from", "2024", "--to", "2025")
    assert (later["parts"][0]["wave_from"], later["parts"][0]["wave_to"]) == ("2024", "2025")


def test_two_groups_are_compared_as_two_waves_are(printed: Answer, attitudes: tuple[str, ...]) -> None:
    words = ("--method", "oaxaca", "--factor", "AGE", "--side", "SEX=1", "--side", "SEX=2", "--fold", "3")
    told = printed("decompose", attitudes[0], *FIGURE, *words)["parts"]
    found = oaxaca(
        read(attitudes[:1]), "YES", code=1, factors=["AGE"], domains=({"SEX": 1}, {"SEX": 2}), fold=3
    )
    same(told, found.table)
    assert {(row["side_from"], row["side_to"]) for row in told} == {("SEX=1", "SEX=2")}


def test_waves_are_given_the_people_of_one(printed: Answer, attitudes: tuple[str, ...]) -> None:
    words = ("--method", "standardise", "--by", "SEX", "--standard", "2025")
    told = printed("decompose", *attitudes, *FIGURE, *words)
    found = standardise(read(attitudes), "YES", code=1, by="SEX", standard="2025")
    same(told["waves"], found.table, (*FIGURES, "crude", "effect_se"))


def test_generations_are_followed_and_told_apart_only_where_data_can(
    printed: Answer, attitudes: tuple[str, ...]
) -> None:
    data = read(attitudes)
    words = ("decompose", *attitudes, *FIGURE, "--age", "AGE")
    same(printed(*words, "--method", "firebaugh")["parts"], firebaugh(data, "YES", code=1, age="AGE").table)
    edges = [1940.0, 1970.0, 1990.0, 2010.0]
    typed = [word for edge in edges for word in ("--edge", str(edge))]
    profile = printed(*words, "--method", "cohorts", *typed)
    expected = cohort_profile(data, "YES", code=1, age="AGE", edges=edges)
    same(profile["profile"], expected.table)
    same(profile["changes"], expected.changes, (*FIGURES, "p_adjusted"))
    told = printed(*words, "--method", "apc", "--assume", "age=0:")
    known = age_period_cohort(data, "YES", code=1, age="AGE", assume={"age": (0, None)})
    same(told["identified"], known.identified)
    assert told["note"] == known.caveat
    assert told["bounds"][0]["highest"] is None


def test_a_decomposition_on_the_screen_and_as_csv(analyse: Analyse, attitudes: tuple[str, ...]) -> None:
    words = ("decompose", *attitudes, *FIGURE, "--by", "SEX")
    assert "covered from: 1.0000" in analyse(*words).stdout
    rows = list(csv.DictReader(io.StringIO(analyse(*words, "--csv").stdout)))
    assert [row["part"] for row in rows] == ["total", "rate", "composition"]
    assert {*FIGURES, "base", "weighted_base", "df", "method"} <= set(rows[0])


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ((), 2, "kitagawa needs the groups people belong to"),
        (("--by", "SEX", "--factor", "AGE"), 2, "kitagawa takes no --factor"),
        (("--method", "oaxaca"), 2, "type --factor COLUMN"),
        (("--method", "oaxaca", "--by", "SEX"), 2, "oaxaca takes no --by"),
        (("--method", "firebaugh"), 2, "type --age COLUMN or --cohort COLUMN"),
        (("--method", "apc", "--age", "AGE", "--family", "2"), 2, "apc takes no --family"),
        (("--method", "apc", "--age", "AGE", "--assume", "age"), 2, "type for example age=0:"),
        (("--by", "SEX", "--side", "SEX=1"), 2, "--side is typed twice"),
        (("--by", "SEX", "--variable", "A"), 2, "one --variable at a time"),
        (("--by", "SEXX"), 1, "SEXX"),
        (("--by", "SEX", "--from", "1999"), 1, "1999"),
        (("--method", "standardise", "--by", "SEX", "--standard", "1999"), 1, "no wave '1999'"),
        (("--method", "apc", "--age", "AGE", "--assume", "wealth=0:"), 1, "assume names wealth"),
        (("--method", "firebaugh", "--age", "AGES"), 1, "AGES"),
    ],
)
def test_a_decomposition_that_cannot_be_meant_is_refused(
    analyse: Analyse, attitudes: tuple[str, ...], words: tuple[str, ...], code: int, said: str
) -> None:
    done = analyse("decompose", *attitudes, *FIGURE, *words)
    assert done.exit_code == code, done.output
    assert said in done.stderr
    assert "Traceback" not in done.output


def test_one_wave_has_no_change_to_split(analyse: Analyse, attitudes: tuple[str, ...]) -> None:
    done = analyse("decompose", attitudes[0], *FIGURE, "--by", "SEX")
    assert done.exit_code == 2
    assert "needs releases of two waves, or two groups" in done.stderr


def test_each_wave_is_set_against_the_one_before(printed: Answer, attitudes: tuple[str, ...]) -> None:
    told = printed("change", *attitudes, *FIGURE, "--adjacent", "--adjust", "fdr")
    found = adjacent_changes(read(attitudes), "YES", code=1, adjustment="fdr")
    assert tuple(told[0]) == CHANGE_COLUMNS
    same(told, found, (*FIGURES, "p", "p_adjusted", "mdc"))
    assert [row["wave_to"] for row in told] == ["2024", "2025", "2026"]


def test_shapes_of_a_trend_are_those_of_the_package(printed: Answer, attitudes: tuple[str, ...]) -> None:
    data = read(attitudes)
    words = ("trend", *attitudes, *FIGURE)
    series = wave_series(data, "YES", code=1)
    same(printed(*words, "--shape", "any")["any_change"], any_change(series), ("range", "f", "p"))
    bent = printed(*words, "--shape", "quadratic", "--link", "logit")
    expected = curve(data, "YES", code=1, link="logit")
    same(bent["curve"], expected.table, (*FIGURES, "nonlinear_p"))
    same(bent["fitted"], expected.fitted)
    spline = printed(*words, "--shape", "spline", "--knots", "3")
    same(spline["curve"], curve(data, "YES", code=1, form="spline").table)
    groups = printed(*words, "--shape", "groups", "--by", "SEX", "--against", "SEX=1")
    compared = compare_trends(data, "YES", code=1, by="SEX", against="SEX=1")
    same(groups["differences"], compared.table)
    same(groups["interaction"], compared.interaction, ("f", "p"))
    spread = printed(*words, "--shape", "convergence", "--by", "SEX", "--shares", "equal")
    same(spread["waves"], convergence(data, "YES", code=1, by="SEX", shares="equal").waves)
    whole = printed("trend", *attitudes, "--variable", "A", "--shape", "ordered", "--hold", "SEX")
    same(whole["trend"], ordered_trend(data, "A", adjust=["SEX"]).table)


def test_a_reworded_question_is_joined_to_its_past(printed: Answer, attitudes: tuple[str, ...]) -> None:
    words = ("--variable", "NEW", "--code", "1", "--splice", "OLD", "--bridge", "2025")
    told = printed("trend", *attitudes, *words)
    found = splice(read(attitudes), "OLD", "NEW", bridge="2025", code=1)
    same(told["trend"], series_trend(found.series), ("estimate", "se", "p"))
    same(told["shifts"], found.shifts)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--shape", "joinpoint"), 1, "needs 7 waves of 'YES', and there are 4"),
        (("--shape", "any", "--knots", "3"), 2, "--shape any takes no --knots"),
        (("--shape", "groups"), 2, "type --by COLUMN"),
        (("--shape", "groups", "--by", "SEX", "--family", "2"), 2, "leave --family out"),
        (("--shape", "groups", "--by", "SEX", "--against", "SEX=7"), 1, "SEX=7"),
        (("--shape", "ordered"), 2, "leave --code and --by out"),
        (("--shape", "convergence", "--by", "SEX", "--link", "logit"), 2, "leave --link out"),
        (("--splice", "OLD"), 2, "a splice needs both"),
        (("--splice", "A", "--bridge", "1999"), 1, "no wave '1999'"),
        (("--shape", "any", "--variable", "A"), 2, "one --variable at a time"),
    ],
)
def test_a_shape_that_cannot_be_meant_is_refused(
    analyse: Analyse, attitudes: tuple[str, ...], words: tuple[str, ...], code: int, said: str
) -> None:
    done = analyse("trend", *attitudes, *FIGURE, *words)
    assert done.exit_code == code, done.output
    assert said in done.stderr
    assert "Traceback" not in done.output


@pytest.mark.parametrize("words", [("--adjacent", "--from", "2024"), ("--adjust", "holm")])
def test_a_family_of_changes_is_either_declared_or_adjacent(
    analyse: Analyse, attitudes: tuple[str, ...], words: tuple[str, ...]
) -> None:
    assert analyse("change", *attitudes, *FIGURE, *words).exit_code == 2


def test_a_tracking_plan_is_run(
    printed: Answer, analyse: Analyse, attitudes: tuple[str, ...], tmp_path: Path
) -> None:
    path = tmp_path / "plan.yaml"
    path.write_text(PLAN, encoding="utf-8")
    told = printed("track", str(path), *attitudes)
    found = run_plan(read_plan(path), read(attitudes))
    same(told["comparisons"], found, (*FIGURES, "p_adjusted"))
    assert [row["standing"] for row in told["comparisons"]] == found["standing"].tolist()
    assert told["plan"] == read_plan(path).fingerprint
    assert "confirmatory" in analyse("track", str(path), *attitudes).stdout
    head = next(csv.reader(io.StringIO(analyse("track", str(path), *attitudes, "--csv").stdout)))
    assert tuple(head) == tuple(found.columns)


def test_a_plan_that_is_none_or_of_another_study_is_refused(
    analyse: Analyse, attitudes: tuple[str, ...], tmp_path: Path
) -> None:
    path = tmp_path / "plan.yaml"
    path.write_text(PLAN.replace("kind: trend", "kind: trent"), encoding="utf-8")
    done = analyse("track", str(path), *attitudes)
    assert done.exit_code == 1
    assert "plan.yaml:7" in done.stderr
    path.write_text(PLAN.replace("study: attitudes", "study: poll"), encoding="utf-8")
    other = analyse("track", str(path), *attitudes)
    assert other.exit_code == 1
    assert "the plan is of study 'poll'" in other.stderr
    assert analyse("track", str(tmp_path / "none.yaml"), *attitudes).exit_code == 2


def test_a_plan_that_names_what_no_release_has_is_run_and_ends_with_status_1(
    analyse: Analyse, attitudes: tuple[str, ...], tmp_path: Path
) -> None:
    path = tmp_path / "plan.yaml"
    path.write_text(PLAN.replace("variable: YES", "variable: YESS"), encoding="utf-8")
    done = analyse("track", str(path), *attitudes)
    assert done.exit_code == 1
    assert "not_available" in done.stdout
    assert "no variable 'YESS': type one of YES" in done.stderr
    told = analyse("track", str(path), *attitudes, "--json")
    assert told.exit_code == 1
    assert json.loads(told.stdout)["comparisons"]


def test_a_comparison_says_why_it_is_exploratory(
    analyse: Analyse, attitudes: tuple[str, ...], tmp_path: Path
) -> None:
    path = tmp_path / "plan.yaml"
    path.write_text(PLAN.replace("declared: 20", "declared: 29", 1), encoding="utf-8")
    shown = analyse("track", str(path), *attitudes).stdout
    assert "standing_reason" in shown.split("comparisons", 1)[1]
    assert "had begun" in shown or "no dates" in shown
