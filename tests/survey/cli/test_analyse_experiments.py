"""`tolqyn analyse experiment`: what a question is, the figures of the package, and refusals."""

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import Result

from analysis import (
    crosswise,
    crosswise_regression,
    list_experiment,
    list_regression,
    pool,
    randomised_response,
    read_release,
    split_ballot,
    vignette_effects,
    write_release,
)

Analyse = Callable[..., Result]
Answer = Callable[..., Any]
PARTS = {"effects", "differences"}
FIGURES = ("estimate", "se", "low", "high", "base", "weighted_base", "n_eff", "deff", "df")


def read(folders: Sequence[str]) -> Any:
    return pool([read_release(Path(folder)) for folder in folders])


def same(found: Sequence[dict[str, Any]], expected: pd.DataFrame, names: Sequence[str] = FIGURES) -> None:
    table = pd.DataFrame(found)
    for name in names:
        assert table[name].tolist() == pytest.approx(expected[name].tolist(), rel=1e-12, nan_ok=True), name


def test_the_codebook_says_which_questions_are_experiments(
    printed: Answer, attitudes: tuple[str, ...]
) -> None:
    told = printed("experiment", attitudes[0])
    assert [(one["experiment"], one["kind"]) for one in told] == [
        ("LIST", "list"),
        ("CROSS", "crosswise"),
        ("VIG", "vignette"),
        ("FORM", "split"),
    ]


def test_a_list_experiment_prints_its_share_and_its_tests(
    printed: Answer, attitudes: tuple[str, ...]
) -> None:
    (told,) = printed("experiment", *attitudes[:2], "--variable", "LIST")
    found = list_experiment(read(attitudes[:2]), "LIST", by="wave")
    same(told["share"], found.table)
    assert told["design_effect_p"] == pytest.approx(found.design.p)
    same(told["ends"], found.ends, ("estimate", "se"))
    assert told["control_items"] == 3


def test_a_list_may_be_regressed_on_covariates(printed: Answer, attitudes: tuple[str, ...]) -> None:
    (told,) = printed("experiment", attitudes[0], "--variable", "LIST", "--formula", "C(SEX)")
    fit = list_regression(read(attitudes[:1]), "LIST", "C(SEX)")
    same(told["coefficients"], fit.table(), ("estimate", "se", "p"))
    assert told["predicted_share"][0]["estimate"] == pytest.approx(fit.prevalence()["estimate"].iloc[0])


def test_crosswise_and_randomised_answers_give_the_same_share(
    printed: Answer, attitudes: tuple[str, ...]
) -> None:
    data = read(attitudes[:1])
    (told,) = printed("experiment", attitudes[0], "--variable", "CROSS", "--by", "SEX")
    same(told["share"], crosswise(data, "CROSS", by="SEX").table)
    device = ("--kind", "randomised", "--device", "crosswise", "--yes", "1", "--chance", "prevalence=0.25")
    (other,) = printed("experiment", attitudes[0], "--variable", "CROSS", *device)
    expected = randomised_response(data, "CROSS", design="crosswise", yes=1, prevalence=0.25)
    same(other["share"], expected.table)
    (fit,) = printed("experiment", attitudes[0], "--variable", "CROSS", "--formula", "AGE")
    same(fit["coefficients"], crosswise_regression(data, "CROSS", "AGE").table(), ("estimate", "se"))


def test_a_vignette_prints_effects_means_and_tests(printed: Answer, attitudes: tuple[str, ...]) -> None:
    found = vignette_effects(read(attitudes[:1]), "VIG")
    (told,) = printed("experiment", attitudes[0], "--variable", "VIG")
    same(told["effects"], found.effects)
    same(told["marginal_means"], found.marginal_means)
    same(told["tests"], found.tests, ("f", "p"))
    (one,) = printed(
        "experiment", attitudes[0], "--variable", "VIG", "--outcome", "YES", "--factor", "VIG_SEX"
    )
    assert [(row["variable"], row["group"]) for row in one["effects"]] == [("YES", "VIG_SEX=2")]


def test_a_split_ballot_prints_the_differences_of_its_forms(
    printed: Answer, attitudes: tuple[str, ...]
) -> None:
    data = read(attitudes[:1])
    (told,) = printed("experiment", attitudes[0], "--variable", "FORM")
    same(told["differences"], split_ballot(data, "FORM").table)
    assert [row["form"] for row in told["forms"]] == [1, 1, 2, 2]
    (one,) = printed("experiment", attitudes[0], "--variable", "FORM", "--outcome", "YES", "--code", "1")
    same(one["differences"], split_ballot(data, "FORM", ["YES"], code=1).table)


def test_experiments_on_the_screen_and_as_csv(analyse: Analyse, attitudes: tuple[str, ...]) -> None:
    shown = analyse("experiment", attitudes[0]).stdout
    assert "LIST: list experiment" in shown
    assert "design_effect: " in shown
    assert "FORM: split experiment" in shown
    printed = analyse("experiment", attitudes[0], "--variable", "LIST", "--csv").stdout
    (row,) = csv.DictReader(io.StringIO(printed))
    assert (row["experiment"], row["kind"]) == ("LIST", "list")
    assert {*FIGURES, "method", "admissible"} <= set(row)


def test_experiments_of_an_opt_in_sample_have_shares_and_no_errors(
    printed: Answer, attitudes: tuple[str, ...], tmp_path: Path
) -> None:
    data = read_release(Path(attitudes[0]))
    opt_in = replace(data, meta=replace(data.meta, sample_type="nonprobability"))
    folder = write_release(opt_in, tmp_path, instrument="{}", weights={}, fieldwork={}).folder
    told = printed("experiment", str(folder))
    shown = {one["kind"]: one["share" if "share" in one else next(iter(PARTS & set(one)))] for one in told}
    assert set(shown) == {"list", "crosswise", "vignette", "split"}
    assert {row["se"] for table in shown.values() for row in table} == {None}
    vignette = next(one for one in told if one["kind"] == "vignette")
    assert {row["p"] for row in vignette["tests"]} == {None}
    tested = [row for one in told for row in one.get("balance", [])]
    assert tested and {row["p"] for row in tested} == {row["f"] for row in tested} == {None}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--variable", "YES"), "type --kind list|crosswise|randomised|vignette|split if it is one"),
        (("--variable", "YES", "--kind", "list"), "no column says who saw the long list"),
        (("--variable", "YES", "--kind", "crosswise"), "type --prevalence"),
        (("--variable", "LIST", "--control-items", "1"), "or type --control-items"),
        (("--variable", "LIST", "--formula", "NOWHERE"), "does not fit the data"),
        (("--variable", "CROSS", "--prevalence", "0.5"), "it must differ from 0.5"),
        (("--variable", "VIG", "--outcome", "VIG_SEX"), "is a factor"),
        (("--variable", "FORM", "--where", "FORM=1"), "divides nobody"),
        (
            ("--variable", "CROSS", "--kind", "randomised", "--device", "warner", "--yes", "1"),
            "needs p; given: nothing",
        ),
    ],
)
def test_what_an_experiment_cannot_say_is_refused(
    analyse: Analyse, attitudes: tuple[str, ...], words: tuple[str, ...], said: str
) -> None:
    done = analyse("experiment", attitudes[0], *words)
    assert done.exit_code == 1, done.output
    assert said in done.stderr
    assert "Traceback" not in done.output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--kind", "list"), "type --variable NAME too"),
        (("--variable", "LIST", "--prevalence", "0.2"), "which has no --prevalence"),
        (("--variable", "CROSS", "--control-items", "3"), "which has no --control-items"),
        (("--variable", "LIST", "--method", "nls"), "type --formula too"),
        (("--variable", "VIG", "--by", "SEX"), "a vignette experiment takes no --by"),
        (("--variable", "LIST", "--formula", "AGE", "--by", "SEX"), "a regression takes no --by"),
        (("--variable", "CROSS", "--formula", "AGE", "--attentive", "0.9"), "takes no --attentive"),
        (("--variable", "CROSS", "--kind", "randomised"), "needs --device, --yes"),
        (("--variable", "CROSS", "--chance", "p"), "type for example p=0.7"),
    ],
)
def test_an_experiment_asked_for_wrongly_exits_2(
    analyse: Analyse, attitudes: tuple[str, ...], words: tuple[str, ...], said: str
) -> None:
    done = analyse("experiment", attitudes[0], *words)
    assert done.exit_code == 2, done.output
    assert said in done.stderr
