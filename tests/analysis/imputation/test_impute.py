"""Chained equations: what is imputed and what stays, seeds, and whether the draws say what the data do."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis import (
    Design,
    EstimationError,
    Meta,
    SurveyData,
    from_frame,
    impute,
    mean,
    mean_estimates,
    pool,
    pool_imputations,
    svyglm,
)
from analysis.imputation.draws import DRAWS, predictive_mean
from instruments import Level, Role

CODES = {
    "sex": {1: "woman", 2: "man"},
    "agree": {0: "no", 1: "yes"},
    "vote": {1: "for", 2: "against", 3: "abstain"},
    "trust": {1: "none", 2: "little", 3: "some", 4: "much"},
}
DESIGN = Design(cluster=("psu",), weight="weight")


def answers(n: int = 600, seed: int = 3) -> pd.DataFrame:
    draw = np.random.default_rng(seed)
    age, sex = draw.normal(size=n), draw.integers(1, 3, n)
    lean = age + (sex == 2)
    return pd.DataFrame(
        {
            "psu": np.arange(n) // 10,
            "weight": draw.uniform(0.5, 2, n),
            "sex": sex,
            "age": age,
            "agree": (draw.logistic(size=n) < 2 * lean - 1).astype(int),
            "vote": 1
            + np.argmax(np.column_stack([0 * age, 2 * age, -age]) + draw.gumbel(size=(n, 3)), axis=1),
            "trust": 1 + np.searchsorted([-1, 0.5, 2], 2 * lean + draw.logistic(size=n)),
            "income": 10 + 2 * lean + draw.normal(size=n),
        }
    )


def survey(frame: pd.DataFrame, **options: Any) -> SurveyData:
    data = from_frame(frame, DESIGN, codes=CODES, **options)
    variables = tuple(
        replace(v, level=Level.ORDINAL) if v.name == "trust" else v for v in data.codebook.variables
    )
    return replace(data, codebook=replace(data.codebook, variables=variables))


def with_gaps(frame: pd.DataFrame, seed: int = 4) -> pd.DataFrame:
    """People who are older are silent more often (missing at random)."""
    draw = np.random.default_rng(seed)
    silent = pd.DataFrame(
        draw.random((len(frame), 4)) < 0.5 / (1 + np.exp(-2 * frame[["age"]].to_numpy())),
        columns=["agree", "vote", "trust", "income"],
    )
    gone = frame.copy()
    for name, code in (("agree", -1), ("vote", -2), ("trust", -5), ("income", np.nan)):
        gone[name] = gone[name].mask(silent[name], code)
    return gone


NAMES = ("agree", "vote", "trust", "income")


def test_every_gap_is_filled_with_a_code_of_the_codebook_and_answers_stay() -> None:
    gone = with_gaps(answers())
    data = survey(gone)
    found = impute(data, NAMES, seed=1, m=3, iterations=3, auxiliary=["sex", "age"])
    assert found.methods == {"agree": "logit", "vote": "multinomial", "trust": "ordered", "income": "pmm"}
    assert found.missing == {name: int((~data.valid(name)).sum()) for name in NAMES}
    assert len(found) == len(found.data) == 3
    for one in found:
        for name in NAMES:
            assert one.valid(name).all()
            given = data.valid(name)
            assert (one.frame[name][given] == gone[name][given]).all()
        assert set(one.frame["income"]) <= set(gone["income"].dropna())
        assert one.frame["vote"].dtype == gone["vote"].dtype
        assert one.design == data.design


def test_the_same_seed_gives_the_same_answers_and_another_gives_others() -> None:
    data = survey(with_gaps(answers()))
    one, same, other = (
        impute(data, NAMES, seed=seed, m=2, iterations=2, auxiliary=["age"]) for seed in (7, 7, 8)
    )
    assert all(a.frame.equals(b.frame) for a, b in zip(one, same, strict=True))
    assert not one.data[0].frame.equals(other.data[0].frame)
    assert not one.data[0].frame.equals(one.data[1].frame)
    more = impute(data, NAMES, seed=7, m=3, iterations=2, auxiliary=["age"])
    assert more.data[0].frame.equals(one.data[0].frame)


def test_only_the_kinds_named_are_imputed_and_only_in_the_domain() -> None:
    frame = answers()
    frame.loc[:99, "vote"] = -3
    frame.loc[100:199, "vote"] = -1
    frame.loc[200:249, "vote"] = -2
    data = survey(frame)
    default = impute(data, ["vote"], seed=1, m=2, auxiliary=["age"])
    assert default.missing == {"vote": 150}
    assert (default.data[0].frame["vote"][:100] == -3).all()
    refusals = impute(data, ["vote"], seed=1, m=2, auxiliary=["age"], kinds=[-2])
    assert refusals.missing == {"vote": 50}
    women = impute(data, ["vote"], seed=1, m=2, auxiliary=["age"], where={"sex": 1})
    left = women.data[0].frame["vote"][100:250] < 0
    assert (left == (frame["sex"][100:250] == 2)).all()


def test_means_of_answers_missing_at_random_come_back() -> None:
    frame = answers(2500)
    whole, gone = survey(frame), survey(with_gaps(frame))
    found = impute(gone, NAMES, seed=11, m=10, iterations=5, auxiliary=["sex", "age"])
    for name in ("income", "trust"):
        data = [with_interval(one, name) for one in found]
        pooled = pool_imputations([mean_estimates(one, name) for one in data])
        true = mean(with_interval(whole, name), name)["estimate"][0]
        naive = mean(with_interval(gone, name), name)["estimate"][0]
        assert abs(pooled.params[name] - true) < 2.5 * pooled.se[name] < abs(naive - true)


def with_interval(data: SurveyData, name: str) -> SurveyData:
    variables = tuple(
        replace(v, level=Level.INTERVAL, codes={}, missing=(-1, -2, -5)) if v.name == name else v
        for v in data.codebook.variables
    )
    return replace(data, codebook=replace(data.codebook, variables=variables))


def test_a_slope_comes_back_with_more_uncertainty_than_complete_answers_have() -> None:
    frame = answers(1500)
    whole = svyglm("income ~ age + C(sex)", survey(frame))
    found = impute(survey(with_gaps(frame)), NAMES, seed=5, m=10, iterations=5, auxiliary=["sex", "age"])
    pooled = pool_imputations([svyglm("income ~ age + C(sex)", one) for one in found])
    assert pooled.params.to_numpy() == pytest.approx(whole.params.to_numpy(), abs=0.15)
    assert (pooled.se > whole.se).all()
    assert ((pooled.missing_information > 0) & (pooled.missing_information < 1)).all()


def test_a_column_that_parts_the_answers_does_not_stop_the_draws() -> None:
    frame = answers(300)
    frame["agree"] = (frame["age"] > 0).astype(int)
    frame.loc[:60, "agree"] = -1
    found = impute(survey(frame), ["agree"], seed=1, m=2, auxiliary=["age"])
    right = found.data[0].frame["agree"][:61] == (frame["age"][:61] > 0)
    assert right.mean() > 0.9


def test_an_interval_variable_that_a_wave_did_not_ask_stays_empty_there() -> None:
    first = survey(with_gaps(answers()), meta=Meta("made", "2020"))
    second = survey(with_gaps(answers(seed=9)).drop(columns="income"), meta=Meta("made", "2021"))
    found = impute(pool([first, second]), NAMES, seed=2, m=2, iterations=2, auxiliary=["age"])
    frame = found.data[0].frame
    assert frame["income"][frame["wave"] == "2021"].isna().all()
    assert frame["income"][frame["wave"] == "2020"].notna().all()


def test_computed_columns_follow_the_imputed_ones() -> None:
    data = survey(with_gaps(answers()).assign(much=-5))
    rule = {"recode": "trust", "to": {0: [1, 2], 1: [3, 4]}}
    much = next(v for v in data.codebook.variables if v.name == "much")
    computed = replace(
        much, level=Level.NOMINAL, codes={0: {"en": "no"}, 1: {"en": "yes"}}, role=Role.INDICATOR, rule=rule
    )
    variables = tuple(computed if v.name == "much" else v for v in data.codebook.variables)
    data = replace(data, codebook=replace(data.codebook, variables=variables))
    found = impute(data, ["trust"], seed=1, m=2, auxiliary=["age"]).data[0].frame
    assert (found["much"] == (found["trust"] >= 3)).all()
    with pytest.raises(EstimationError, match="'much' is computed from other columns: impute those"):
        impute(data, ["much"], seed=1)


def test_donors_are_the_nearest_and_each_of_them_may_give() -> None:
    x = np.arange(100.0)
    X = np.column_stack([np.ones(100), x])
    found = predictive_mean(X, x, np.array([[1.0, 50.2]] * 300), np.random.default_rng(1), 5)
    assert set(found) == {48.0, 49.0, 50.0, 51.0, 52.0}
    edge = predictive_mean(X, x, np.array([[1.0, 500.0]]), np.random.default_rng(1), 3)
    assert edge[0] >= 97


@pytest.mark.parametrize("method", ["logit", "multinomial", "ordered"])
def test_codes_are_drawn_with_the_shares_of_their_group(method: str) -> None:
    draw = np.random.default_rng(2)
    group = draw.integers(0, 2, 4000)
    y = np.where(draw.random(4000) < np.where(group == 1, 0.8, 0.3), 1.0, 2.0)
    X = np.column_stack([np.ones(4000), group])
    found = DRAWS[method](X, y, np.repeat([[1.0, 1.0], [1.0, 0.0]], 4000, axis=0), draw, 5)
    assert (found[:4000] == 1).mean() == pytest.approx(0.8, abs=0.05)
    assert (found[4000:] == 1).mean() == pytest.approx(0.3, abs=0.05)


@pytest.mark.parametrize(
    ("variables", "options", "words"),
    [
        (["sex"], {}, "sex: nothing to impute, no answer is missing with one of the codes"),
        (["weight"], {}, "'weight' belongs to the design"),
        ({"vote": "cart"}, {}, "method 'cart' of 'vote' is unknown: type one of pmm, logit"),
        ({"income": "logit"}, {}, "'income' is a number without codes: its method is pmm"),
        (["votes"], {}, "no variable 'votes': type one of"),
        (["vote"], {"auxiliary": ["trust"]}, "'trust' has .* missing answers of its own"),
        (["vote", "trust"], {"auxiliary": ["trust"]}, "'trust' is imputed and auxiliary: name it once"),
        (["vote"], {"m": 1}, "give m of at least 2"),
        (["vote"], {"where": {"sex": 7}}, "holds nobody"),
    ],
)
def test_what_cannot_be_imputed_is_refused(variables: Any, options: dict[str, Any], words: str) -> None:
    data = survey(with_gaps(answers()))
    with pytest.raises(EstimationError, match=words):
        impute(data, variables, seed=1, **options)


def test_a_question_nobody_answered_is_refused() -> None:
    with pytest.raises(EstimationError, match="nobody answered 'vote'"):
        impute(survey(answers().assign(vote=-1)), ["vote"], seed=1)


def test_fewer_answers_than_predictors_are_refused() -> None:
    frame = answers(40)
    frame["income"] = frame["income"].where(frame.index < 3)
    with pytest.raises(EstimationError, match="cannot carry"):
        impute(survey(frame), ["income"], seed=1, auxiliary=["vote", "trust", "sex", "age"])
