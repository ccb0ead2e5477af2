"""The grammar of formulas: what is allowed runs as before, and nothing else runs at all."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import patsy
import pytest

from analysis import (
    Design,
    EstimationError,
    SurveyData,
    crosswise_regression,
    from_frame,
    list_regression,
    predictive_margins,
    response_propensity,
    svyglm,
    svymultinomial,
    svyolr,
)
from analysis.grammar import read_grammar

CODES = {"sex": {1: "woman", 2: "man"}, "vote": {1: "for", 2: "against", 3: "abstain"}}


def people(**more: Any) -> pd.DataFrame:
    draw = np.random.default_rng(7)
    frame = {
        "weight": draw.uniform(0.5, 2.0, 240),
        "sex": draw.choice([1, 2], 240),
        "vote": draw.choice([1, 2, 3], 240),
        "age": draw.integers(18, 80, 240).astype(float),
        "income": draw.normal(10, 3, 240),
    }
    return pd.DataFrame({**frame, **more})


@pytest.fixture
def data() -> SurveyData:
    return from_frame(people(), Design(weight="weight"), codes=CODES)


FORBIDDEN = (
    "__import__('os').system('touch {0}')",
    "I(__import__('pathlib').Path('{0}').touch())",
    "np.save('{0}', age)",
    "np.lib.npyio.DataSource('{0}')",
    "age.to_csv('{0}')",
    "age.values.tofile('{0}')",
    "open('{0}', 'w')",
    "eval('1')",
    "[each for each in (1, 2)]",
    "(lambda x: x)(age)",
    "age[0]",
    "I(age if age > 1 else 0)",
    "I(f'{age}')",
    "log(*age)",
    "bs(**age)",
    "C",
    "log",
    "np",
    "np.log",
    "I('word' * 9)",
    "I(9 ** 9 ** 9)",
    "I(age @ age)",
    "I(age << 2)",
    "I(age and sex)",
    "I(age in (1, 2))",
    "I(age is 1)",
    "Q(age)",
    "Q('age', 'sex')",
    "C()",
    "I(b'age')",
)


@pytest.mark.parametrize("term", FORBIDDEN)
def test_what_the_grammar_does_not_hold_is_refused_before_anything_runs(
    data: SurveyData, tmp_path: Path, term: str
) -> None:
    term = term.replace("{0}", str(tmp_path / "made"))
    for formula in (f"income ~ {term}", f"{term} ~ age", f"income ~ age + C(sex):{term}"):
        with pytest.raises(EstimationError, match="does not fit the data"):
            svyglm(formula, data)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "call",
    [
        lambda d, f: svyglm(f"income ~ {f}", d),
        lambda d, f: svyolr(f"vote ~ {f}", d),
        lambda d, f: svymultinomial(f"vote ~ {f}", d),
        lambda d, f: response_propensity(d, "answered", f),
        lambda d, f: list_regression(d, "count", f, group="half", control_items=3),
        lambda d, f: crosswise_regression(d, "half", f, prevalence=0.25),
    ],
)
def test_no_estimator_with_a_formula_runs_code_of_it(
    tmp_path: Path, call: Callable[[SurveyData, str], Any]
) -> None:
    draw = np.random.default_rng(1)
    frame = people(
        answered=draw.choice([0, 1], 240), count=draw.integers(0, 4, 240), half=draw.choice([1, 2], 240)
    )
    codes = {**CODES, "half": {1: "short", 2: "long"}, "answered": {0: "no", 1: "yes"}}
    codes["count"] = {code: str(code) for code in range(5)}
    data = from_frame(frame, Design(weight="weight"), codes=codes)
    with pytest.raises(EstimationError, match="is not allowed: a formula holds names of columns"):
        call(data, f"open('{tmp_path / 'made'}', 'w')")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "formula",
    [
        "income ~ age * C(sex) - C(sex)",
        "income ~ C(vote, Treatment(reference=2)) + 0",
        "income ~ C(vote, Treatment(2)) : age",
        "income ~ C(vote, Sum) + C(sex, levels=[1, 2])",
        "income ~ (age + C(sex)) ** 2",
        "income ~ I((age - 45) / 10) + I(((age - 45) / 10) ** 2) + I(sex == 2)",
        "income ~ I((age > 30) & ~(sex == 1))",
        "income ~ I(age ** -0.5) + sqrt(age)",
        "income ~ bs(age, df=4, degree=3)",
        "income ~ 0 + cr(age, knots=[30, 40, 60])",
        "income ~ cr(age, df=4, constraints='center')",
        "income ~ center(age) + standardize(age * sex)",
        "abs(income) ~ np.log(age) + log10(age + 1)",
        "income ~ C(age > 40)",
    ],
)
def test_what_the_grammar_holds_is_what_patsy_makes_of_it(data: SurveyData, formula: str) -> None:
    names = {"np": np, "sqrt": np.sqrt, "abs": np.abs, "log10": np.log10}
    frame = data.frame.drop(columns="wave")
    y, X = patsy.dmatrices(formula, frame, patsy.EvalEnvironment([names]), return_type="dataframe")
    root = np.sqrt(data.sample.weights)
    theirs = np.linalg.lstsq(X.to_numpy() * root[:, None], y.to_numpy()[:, 0] * root, rcond=None)[0]
    assert svyglm(formula, data).params.to_numpy() == pytest.approx(theirs, rel=1e-6, abs=1e-9)


def test_log_is_the_log_of_numpy(data: SurveyData) -> None:
    one, other = svyglm("income ~ log(age)", data), svyglm("income ~ np.log(age)", data)
    assert one.params.to_numpy() == pytest.approx(other.params.to_numpy())


def test_names_with_dots_spaces_or_keywords_are_told_to_stand_in_quotes() -> None:
    frame = people(**{"house.size": np.arange(240) % 5, "my age": np.arange(240.0), "class": 1.0})
    data = from_frame(frame, Design(weight="weight"), codes=CODES)
    for name in ("house.size", "my age", "class"):
        with pytest.raises(EstimationError, match=rf"type Q\('{name}'\) for that column"):
            svyglm(f"income ~ C(sex) + {name}", data)
    with pytest.raises(EstimationError, match=r"no column 'house\.sise': type one of house\.size"):
        svyglm("income ~ house.sise", data)
    fit = svyglm("income ~ Q('my age') + C(Q('house.size'))", data)
    plain = from_frame(frame.rename(columns={"house.size": "h", "my age": "a"}), Design(weight="weight"))
    same = svyglm("income ~ a + C(h)", plain)
    assert fit.params.to_numpy() == pytest.approx(same.params.to_numpy())
    at = predictive_margins(fit, "house.size").values
    assert at == pytest.approx(predictive_margins(same, "h").values)


def test_a_formula_knows_its_columns_in_order_and_which_are_codes() -> None:
    read = read_grammar("b ~ C(a) + I(c > 2) + C(c) + Q('d e'):C(Q('f'))", ["a", "b", "c", "d e", "f"])
    assert read.names == ("b", "a", "c", "d e", "f")
    assert read.coded == {"a", "f"}
