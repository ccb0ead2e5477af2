"""`tolqyn analyse model`, `plan` and `outcomes`: the figures of the package, in every form, and refusals."""

import csv
import io
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import Result

from analysis import (
    PLAN_COLUMNS,
    RATE_COLUMNS,
    Meta,
    SurveyData,
    dispositions_of,
    marginal_effects,
    outcome_rates,
    plan_next_wave,
    pool,
    predictive_margins,
    read_json,
    read_release,
    svyglm,
    svymultinomial,
    svyolr,
    write_release,
)

Analyse = Callable[..., Result]
Answer = Callable[..., Any]
FORMULA = "YES ~ C(SEX) + AGE"


def read(folders: Sequence[str]) -> SurveyData:
    return pool([read_release(Path(folder)) for folder in folders])


def same(found: Sequence[dict[str, Any]], expected: pd.DataFrame, names: Sequence[str]) -> None:
    table = pd.DataFrame(found)
    for name in names:
        told, wanted = (pd.to_numeric(each[name]).astype(float).tolist() for each in (table, expected))
        assert told == pytest.approx(wanted, rel=1e-12, nan_ok=True), name


@pytest.fixture
def opt_in(attitudes: tuple[str, ...], tmp_path: Path) -> str:
    """A wave that is no probability sample."""
    data = read_release(Path(attitudes[0]))
    meta = Meta("attitudes", "2023", dates=data.meta.dates, sample_type="nonprobability")
    changed = SurveyData(data.frame, data.codebook, data.design, meta)
    counts = {"dispositions": {"complete": 500, "partial": 100, "breakoff": 200}, "invitations": 1000}
    return str(write_release(changed, tmp_path, instrument="{}", weights={}, fieldwork=counts).folder)


def test_a_model_prints_its_coefficients_and_tests(printed: Answer, attitudes: tuple[str, ...]) -> None:
    fit = svyglm(FORMULA, read(attitudes[:1]), family="binomial")
    told = printed("model", FORMULA, attitudes[0], "--family", "binomial", "--level", "0.9")
    same(told["coefficients"], fit.table(0.9), ("estimate", "se", "low", "high", "t", "p"))
    assert [row["coefficient"] for row in told["coefficients"]] == list(fit.params.index)
    assert {row["df"] for row in told["coefficients"]} == {fit.df_residual}
    same(told["tests"], fit.anova(method="Wald"), ("statistic", "p"))
    assert (told["n"], told["df"]) == (600, 39)


def test_margins_and_effects_are_printed_by_group(printed: Answer, attitudes: tuple[str, ...]) -> None:
    fit = svyglm(FORMULA, read(attitudes[:1]), family="binomial")
    words = ("--family", "binomial", "--margins", "SEX", "--effects", "AGE", "--by", "SEX")
    told = printed("model", FORMULA, attitudes[0], *words)
    same(told["margins"], predictive_margins(fit, "SEX", by="SEX").table(), ("estimate", "se", "low"))
    same(told["effects"], marginal_effects(fit, "AGE", by="SEX").table(), ("estimate", "se", "p"))
    assert [(row["column"], row["at"]) for row in told["margins"]][::2] == [("SEX", 1), ("SEX", 2)]


def test_margins_of_a_number_are_taken_where_it_is_set(printed: Answer, attitudes: tuple[str, ...]) -> None:
    fit = svyglm(FORMULA, read(attitudes[:1]))
    told = printed("model", FORMULA, attitudes[0], "--margins", "AGE=20,40.5")
    same(told["margins"], predictive_margins(fit, {"AGE": [20, 40.5]}).table(), ("estimate", "se"))
    assert [row["at"] for row in told["margins"]] == [20, 40.5]


def test_ordered_and_multinomial_models_are_fitted(printed: Answer, attitudes: tuple[str, ...]) -> None:
    data = read(attitudes[:2])
    ordered = printed("model", "A ~ C(SEX)", *attitudes[:2], "--kind", "ordered", "--link", "probit")
    same(ordered["coefficients"], svyolr("A ~ C(SEX)", data, link="probit").table(), ("estimate", "se"))
    words = ("--kind", "multinomial", "--reference", "3", "--where", "SEX=1", "--test", "LRT")
    several = printed("model", "A ~ AGE", *attitudes[:2], *words)
    expected = svymultinomial("A ~ AGE", data, reference=3, where={"SEX": 1})
    same(several["coefficients"], expected.table(), ("estimate", "se"))
    same(several["tests"], expected.anova(method="LRT"), ("statistic", "p"))


def test_a_model_of_an_opt_in_sample_has_no_errors(printed: Answer, opt_in: str) -> None:
    told = printed("model", FORMULA, opt_in)
    assert {row["se"] for row in told["coefficients"]} == {None}
    assert "tests" not in told


def test_a_model_on_the_screen_and_as_csv(analyse: Analyse, attitudes: tuple[str, ...]) -> None:
    shown = analyse("model", FORMULA, attitudes[0], "--margins", "SEX").stdout
    assert shown.startswith(f"formula: {FORMULA}\n")
    assert "margins\ncolumn at wave estimate" in shown
    rows = list(csv.DictReader(io.StringIO(analyse("model", FORMULA, attitudes[0], "--csv").stdout)))
    assert [row["coefficient"] for row in rows] == ["Intercept", "C(SEX)[T.2.0]", "AGE"]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("YES ~ NOWHERE",), 1, "NOWHERE"),
        (("YES ~",), 1, "YES ~"),
        (("YES",), 1, "YES"),
        ((FORMULA, "--family", "gauss"), 1, "family 'gauss' is unknown"),
        (("A ~ SEX", "--family", "binomial"), 1, "write I(name == code)"),
        (("YES ~ AGE", "--where", "YES=1"), 1, "there is nothing to explain"),
        ((FORMULA, "--margins", "A"), 1, "'A'"),
        ((FORMULA, "--margins", "AGE"), 1, "is a number without codes"),
        ((FORMULA, "--margins", "AGE=young"), 2, "expected COLUMN or COLUMN=NUMBER"),
        ((FORMULA, "--by", "SEX"), 2, "--by is of --margins and --effects"),
        ((FORMULA, "--kind", "ordered", "--family", "binomial"), 2, "--family is of --kind glm"),
        ((FORMULA, "--reference", "1"), 2, "--reference is of --kind multinomial"),
        ((FORMULA, "--kind", "multinomial", "--link", "probit"), 2, "leave --link out"),
        ((FORMULA, "--kind", "cox"), 2, "'cox' is not one of"),
    ],
)
def test_a_model_that_cannot_be_meant_is_refused(
    analyse: Analyse, attitudes: tuple[str, ...], words: tuple[str, ...], code: int, said: str
) -> None:
    done = analyse("model", words[0], attitudes[0], *words[1:])
    assert done.exit_code == code, done.output
    assert said in done.stderr
    assert "Traceback" not in done.output


def test_a_plan_prints_what_the_next_wave_needs(printed: Answer, attitudes: tuple[str, ...]) -> None:
    words = ("--margin", "0.04", "--change", "0.1", "--response", "0.4", "--family", "3", "--n", "800")
    told = printed("plan", *attitudes, *words)
    expected = plan_next_wave(read(attitudes), margin=0.04, change=0.1, response=0.4, family=3, n=800)
    assert tuple(told["plan"][0]) == PLAN_COLUMNS
    numbers = [name for name in PLAN_COLUMNS if name not in ("indicator", "label", "statistic", "note")]
    same(told["plan"], expected.table, numbers)
    assert (told["n"], told["largest"]) == (800, expected.largest)
    assert told["assumption"] == list(expected.assumptions)
    (one,) = printed("plan", *attitudes, "--variable", "A_MEAN")["plan"]
    assert (one["indicator"], one["statistic"], one["n_for_margin"]) == ("A_MEAN", "mean", None)


def test_a_plan_on_the_screen_leaves_out_what_was_not_asked(
    analyse: Analyse, attitudes: tuple[str, ...]
) -> None:
    shown = analyse("plan", *attitudes).stdout
    assert "assumption: " in shown
    assert "n_for_margin" not in shown
    assert "n_for_margin" in analyse("plan", *attitudes, "--margin", "0.04").stdout
    head = next(csv.reader(io.StringIO(analyse("plan", *attitudes, "--csv").stdout)))
    assert tuple(head) == PLAN_COLUMNS


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--variable", "NO"), 1, "no indicator 'NO': type one of"),
        (("--margin", "0"), 1, "must be above 0"),
        (("--power", "1.2"), 1, "power"),
        (("--margin", "0.04", "--response", "0"), 1, "response"),
        (("--overlap", "2"), 2, "2.0 is not in the range"),
        (("--by", "SEX"), 2, "No such option"),
    ],
)
def test_a_plan_that_cannot_be_made_is_refused(
    analyse: Analyse, attitudes: tuple[str, ...], words: tuple[str, ...], code: int, said: str
) -> None:
    done = analyse("plan", attitudes[0], *words)
    assert done.exit_code == code, done.output
    assert said in done.stderr


def test_an_opt_in_sample_cannot_be_planned_with(analyse: Analyse, opt_in: str) -> None:
    done = analyse("plan", opt_in)
    assert done.exit_code == 1
    assert "no probability sample" in done.stderr


def test_outcome_rates_are_those_of_the_fieldwork(printed: Answer, attitudes: tuple[str, ...]) -> None:
    told = printed("outcomes", *attitudes[:2])
    folder = Path(attitudes[0])
    expected = outcome_rates(dispositions_of(read_json(folder, "fieldwork")), meta=read_release(folder).meta)
    first = [row for row in told["rates"] if row["wave"] == "2023"]
    same(first, expected, ("estimate", "numerator", "denominator"))
    assert [row["rate"] for row in first] == expected["rate"].tolist()
    assert told["note"][0].startswith("attitudes/2023: 140 of 900 drawn have no disposition")
    half = {row["rate"]: row["estimate"] for row in printed("outcomes", attitudes[0], "--e", "0.5")["rates"]}
    assert half["RR3"] == pytest.approx(540 / (760 + 0.5 * 140))


def test_an_opt_in_sample_has_a_participation_rate_alone(printed: Answer, opt_in: str) -> None:
    assert [row["rate"] for row in printed("outcomes", opt_in)["rates"]] == [
        "participation_rate",
        "completion_rate",
    ]


def test_outcomes_on_the_screen_and_as_csv(analyse: Analyse, attitudes: tuple[str, ...]) -> None:
    assert "RR1" in analyse("outcomes", attitudes[0]).stdout
    head = next(csv.reader(io.StringIO(analyse("outcomes", attitudes[0], "--csv").stdout)))
    assert tuple(head) == ("study", "wave", *RATE_COLUMNS)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--e", "2"), 1, "type one from 0 to 1"),
        (("--drawn", "5"), 1, "760 dispositions of 5 cases drawn"),
        (("--also", "moved"), 2, "type for example moved=NE"),
        (("--level", "0.9"), 2, "No such option"),
    ],
)
def test_outcomes_asked_for_wrongly_are_refused(
    analyse: Analyse, attitudes: tuple[str, ...], words: tuple[str, ...], code: int, said: str
) -> None:
    done = analyse("outcomes", attitudes[0], *words)
    assert done.exit_code == code, done.output
    assert said in done.stderr


def test_a_word_without_a_category_is_refused_until_it_has_one(
    analyse: Analyse, printed: Answer, attitudes: tuple[str, ...], tmp_path: Path
) -> None:
    data = read_release(Path(attitudes[0]))
    counts = {"dispositions": {"complete": 5, "moved": 5}}
    folder = str(write_release(data, tmp_path, instrument="{}", weights={}, fieldwork=counts).folder)
    refused = analyse("outcomes", folder)
    assert refused.exit_code == 1
    assert "'moved' is no disposition" in refused.stderr
    told = printed("outcomes", folder, "--also", "moved=NE")["rates"]
    assert told[0]["estimate"] == 1.0


@pytest.mark.parametrize(
    "command",
    [
        "topline", "crosstab", "compare", "change", "trend", "track", "decompose", "scale",
        "invariance", "experiment", "model",
        "quality", "outcomes", "plan",
    ],
)  # fmt: skip
def test_each_command_has_an_example(analyse: Analyse, command: str) -> None:
    done = analyse(command, "--help")
    assert done.exit_code == 0
    assert f"Example:  tolqyn analyse {command}" in done.stdout
