"""Every stored result of R survey on statsmodels' own data sets is compared with ours; none is silent."""

import importlib.util
import json
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from decompositions import decomposition, marriages
from table_pairs import KINDS as TABLES
from table_pairs import table_pairs

from analysis import (
    Design,
    SurveyData,
    any_change,
    change,
    compare_trends,
    kish_deff,
    mean,
    mean_estimates,
    proportion,
    proportion_estimates,
    quantile,
    ratio,
    svyglm,
    total,
    trend,
    trim_weights,
    wave_level_fit,
    wave_series,
)

REFERENCE = Path(__file__).resolve().parent.parent / "reference"
FILES = sorted(path.stem for path in (REFERENCE / "json").glob("*.json"))
TOLERANCE = 1e-6
_spec = importlib.util.spec_from_file_location("surveys", REFERENCE / "surveys.py")
surveys = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(surveys)
EXCEPTIONS = {
    "cards.adjust.total.AVGEXP/se": "survey 4.1.1 does not centre a lonely cluster's total, 4.5 and we do",
}
FAMILY = {
    "gaussian": ("gaussian", None),
    "logit": ("binomial", "logit"),
    "probit": ("binomial", "probit"),
    "cloglog": ("binomial", "cloglog"),
    "poisson": ("poisson", None),
}
Pairs = Iterator[tuple[str, Any, Any]]
"""Name of a field, R's value, ours."""
Group = dict[str, int] | None


def group_of(parts: list[str]) -> Group:
    """{"school": 2} of a key that has a part `school=2`."""
    pairs = [part.split("=") for part in parts if "=" in part]
    return {name: int(code) for name, code in pairs} or None


def row_of(
    estimator: Callable[..., pd.DataFrame], data: SurveyData, group: Group, *args: Any, **options: Any
) -> Any:
    """The estimator's one row; a group is asked for by `by` and by `where`, which must agree."""
    if group is None:
        return estimator(data, *args, **options).iloc[0]
    ((name, code),) = group.items()
    table = estimator(data, *args, by=name, **options)
    row = table[table["group"] == f"{name}={code}"].iloc[0]
    alone = estimator(data, *args, where=group, **options).iloc[0]
    for field in ("estimate", "se", "low", "high", "df"):
        assert row[field] == pytest.approx(alone[field], rel=1e-12, abs=1e-300, nan_ok=True)
    return row


def fields(ours: Any, theirs: dict[str, Any]) -> Pairs:
    for field, value in theirs.items():
        yield field, value, ours[field]


def descriptive(data: SurveyData, parts: list[str], theirs: dict[str, Any]) -> Pairs:
    kind, variable, group = parts[0], parts[1], group_of(parts)
    if kind == "quantile":
        yield from fields(quantile(data, variable, p=int(parts[2]) / 100).iloc[0], theirs)
    elif kind == "ratio":
        yield from fields(row_of(ratio, data, group, variable, parts[2]), theirs)
    else:
        yield from fields(row_of({"mean": mean, "total": total}[kind], data, group, variable), theirs)


def share(data: SurveyData, parts: list[str], theirs: dict[str, Any]) -> Pairs:
    variable, code, group = parts[1], int(parts[2]), group_of(parts)
    row = row_of(proportion, data, group, variable, code=code)
    for field, value in theirs.items():
        if field in ("logit", "beta", "mean", "asin", "wilson"):
            other = proportion(data, variable, code=code, where=group, interval=field).iloc[0]
            yield field, value, [other["low"], other["high"]]
        else:
            yield field, value, row[field]


def model(
    data: SurveyData, kind: str, theirs: dict[str, Any], *, where: Group = None, formula: str = ""
) -> Pairs:
    family, link = FAMILY[kind]
    fit = svyglm(formula or theirs["formula"], data, family=family, link=link, where=where)
    covariance = np.array(theirs["vcov"])
    se = np.sqrt(np.diag(covariance))
    yield "coef", theirs["coef"], fit.params
    yield "se", se, fit.se
    yield "se of the statsmodels fit", se, fit.fit.bse
    # a covariance near 0 is held to the size of its two standard errors
    yield "vcov", np.ones_like(covariance), 1 + (fit.covariance.to_numpy() - covariance) / np.outer(se, se)
    if "df_resid" in theirs:
        yield "df_resid", theirs["df_resid"], fit.df_residual
        yield "p", theirs["p"], fit.table()["p"]


def wald(test: Any, theirs: dict[str, Any]) -> Pairs:
    yield from fields({"F": test.f, "df": test.df, "ddf": test.ddf, "p": test.p}, theirs)


def weights(w: np.ndarray, theirs: dict[str, Any]) -> Pairs:
    ours = {"sum": w.sum(), "min": w.min(), "max": w.max(), "squares": w @ w, "kish": kish_deff(w)}
    yield from fields(ours | {"by_row": w @ np.arange(1, len(w) + 1)}, theirs)


def prediction(data: SurveyData, scale: str, theirs: dict[str, Any]) -> Pairs:
    fit = svyglm(theirs["formula"], data, family="binomial")
    ours = fit.predict(pd.DataFrame({name: theirs[name] for name in ("age", "income")}), scale=scale)
    yield from fields(ours, {name: theirs[name] for name in ("estimate", "se")})


def calibration(data: SurveyData, parts: list[str], theirs: dict[str, Any]) -> Pairs:
    if parts[0] == "weights":
        yield from weights(data.sample.weights, theirs)
    elif parts[0] == "model":
        yield from model(data, "logit", theirs)
    else:
        yield from (share if parts[0] == "proportion" else descriptive)(data, parts, theirs)


def contrast(design: str, parts: list[str], theirs: dict[str, Any]) -> Pairs:
    variable, by = parts[1], parts[2]
    to, since = (int(code) for code in parts[3].split("-"))
    shares = variable == "vote"
    data = surveys.survey(design, by, *(["vote"] if shares else []))
    pair = {"by": by, "where": {by: [to, since]}}
    estimates = (
        proportion_estimates(data, variable, code=1, **pair)
        if shares
        else mean_estimates(data, variable, **pair)
    )
    value, covariance = estimates.contrast(np.array([1.0, -1.0]) * (1 if to < since else -1))
    df = data.sample.df(data.domain(pair["where"]))
    yield from fields({"estimate": value[0], "se": np.sqrt(covariance[0, 0]), "df": df}, theirs)


def between_waves(parts: list[str], theirs: dict[str, Any]) -> Pairs:
    variable, (since, to) = parts[1], parts[2].split("-")
    code = None if variable == "affairs" else 1
    row = row_of(change, surveys.waves(), group_of(parts), variable, wave_from=since, wave_to=to, code=code)
    yield from fields(row, theirs)


def slope(row: Any, theirs: dict[str, Any]) -> Pairs:
    """A trend's slope a year against R's slope a decade."""
    yield "slope", theirs["coef"][1], 10 * row["estimate"]
    yield "slope_se", np.sqrt(theirs["vcov"][1][1]), 10 * row["se"]
    yield from fields({"df_resid": row["df"]}, {"df_resid": theirs["df_resid"]})
    yield "slope_p", theirs["p"][1], row["p"]


def trends(parts: list[str], theirs: dict[str, Any]) -> Pairs:
    variable, group, what = parts[1], group_of(parts), parts[-1]
    link = "identity" if what in ("share_line", "random_waves") else "logit"
    code, kind = (
        (None, "gaussian") if variable == "affairs" else (1, "gaussian" if link == "identity" else "logit")
    )

    def line(data: SurveyData, **options: Any) -> pd.DataFrame:
        return trend(data, variable, code=code, link=link, **options).table

    if what in ("logit_line", "share_line"):
        yield from model(surveys.waves(), kind, theirs, where=group, formula=f"{variable} ~ decade")
        yield from slope(row_of(line, surveys.waves(), group), theirs)
    elif what == "linear":
        yield from wald(
            svyglm(f"{variable} ~ decade", surveys.waves(), family="binomial", where=group).wald("decade"),
            theirs,
        )
    elif what == "any_change":
        fit = svyglm(f"{variable} ~ C(wave)", surveys.waves(), family="binomial", where=group)
        yield from wald(fit.wald("C(wave)"), theirs)
        series = wave_series(surveys.waves(), variable, code=1, where=group)
        row = any_change(series, link="logit", adjusted=False).iloc[0]
        yield from ((f"series {name}", value, row[name.lower()]) for name, value in theirs.items())
    elif what == "departure":
        row = row_of(line, surveys.waves(), group)
        yield from fields({name: row[f"departure_{name.lower()}"] for name in theirs}, theirs)
    elif what == "random_waves":
        yield from random_waves(line(surveys.waves()).iloc[0], variable, theirs)
    else:
        fit = svyglm("affair ~ decade * C(college)", surveys.waves(), family="binomial")
        if what == "differ":
            yield from wald(fit.wald("decade:C(college)"), theirs)
            joint = compare_trends(surveys.waves(), "affair", code=1, by="college", link="logit")
            row = joint.interaction.iloc[0]
            yield from ((f"groups {name}", value, row[name.lower()]) for name, value in theirs.items())
        else:
            order = [0, 2, 1, 3]
            yield "coef", np.array(theirs["coef"])[order], fit.params


def random_waves(row: Any, variable: str, theirs: dict[str, Any]) -> Pairs:
    table = proportion(surveys.waves(), variable, code=1, by="wave")
    X = np.column_stack([np.ones(7), (table["wave"].astype(int) - 2000) / 10])
    fit = wave_level_fit(table["estimate"].to_numpy(), table["se"].to_numpy() ** 2, X)
    plain, scaled = fit.covariance[1, 1], fit.knapp_hartung[1, 1]
    ours = {
        "Q": row["q_waves"],
        "tau2": row["tau2"],
        "slope": 10 * row["estimate_waves"],
        "df": row["df_waves"],
    }
    ours |= {
        "se_plain": np.sqrt(plain),
        "q": scaled / plain,
        "se_knapp_hartung": 10 * row["se_waves"],
        "p": row["p_waves"],
    }
    yield from fields(ours, theirs)


def lonely(parts: list[str], theirs: dict[str, Any]) -> Pairs:
    policy, kind, variable = parts
    data = surveys.declared(
        surveys.studies()["cards"],
        Design(strata="ages", cluster=("year",), weight="w", lonely_psu=policy),
        (),
    )
    yield from (
        model(data, "gaussian", theirs) if kind == "model" else descriptive(data, [kind, variable], theirs)
    )


OVER_WAVES: dict[str, Callable[[list[str], dict[str, Any]], Pairs]] = {
    "change": between_waves,
    "trend": trends,
    "decomposition": lambda parts, theirs: decomposition(parts[1:], theirs, lambda: marriages(surveys)),
}


def pairs(key: str, theirs: dict[str, Any]) -> Pairs:
    """R's values of one key beside ours; nothing for a key nobody knows."""
    study, second, *parts = key.split(".")
    design = f"{study}.{second}"
    if parts[0] in TABLES:
        yield from table_pairs(surveys.survey, design, parts, theirs)
    elif study == "cards":
        yield from lonely([second, *parts], theirs)
    elif parts[0] in ("poststratified", "raked") or parts[0].startswith("cal_"):
        yield from calibration(surveys.weighted(design, parts[0]), parts[1:], theirs)
    elif parts[0] == "trimmed":
        strict = parts[1] == "strict"
        base = surveys.survey(design).sample.weights
        yield from weights(trim_weights(base, lower=4, upper=8, strict=strict), theirs)
    elif parts[0] == "predict":
        yield from prediction(surveys.survey(design), parts[1], theirs)
    elif parts[0] in ("mean", "total", "ratio", "quantile"):
        group = group_of(parts) or {}
        yield from descriptive(surveys.survey(design, *group), parts, theirs)
    elif parts[0] == "proportion":
        yield from share(
            surveys.survey(design, *dict.fromkeys([parts[1], *(group_of(parts) or {})])), parts, theirs
        )
    elif parts[0] == "contrast":
        yield from contrast(design, parts, theirs)
    elif parts[0] in OVER_WAVES:
        yield from OVER_WAVES[parts[0]](parts, theirs)
    elif parts[0] == "share":
        yield from fields(
            proportion(surveys.waves(), parts[1], code=1, where={"wave": parts[2]}).iloc[0], theirs
        )
    elif parts[0] in FAMILY:
        yield from model_or_test(design, parts, theirs)


def model_or_test(design: str, parts: list[str], theirs: dict[str, Any]) -> Pairs:
    if parts[-1] == "wald":
        yield from model_test(design, parts, theirs)
    else:
        yield from model(surveys.survey(design), parts[0], theirs, where=group_of(parts))


def model_test(design: str, parts: list[str], theirs: dict[str, Any]) -> Pairs:
    family, link = FAMILY[parts[0]]
    formula = results("06_models")[f"{design}.{parts[0]}.{parts[1]}"]["formula"]
    test = svyglm(formula, surveys.survey(design), family=family, link=link).wald(theirs["terms"])
    yield from wald(test, {name: value for name, value in theirs.items() if name != "terms"})


@lru_cache
def results(file: str) -> dict[str, Any]:
    stored = json.loads((REFERENCE / "json" / f"{file}.json").read_text())
    return {key: value for key, value in stored.items() if key != "_meta"}


def difference(theirs: Any, ours: Any) -> float:
    """Largest relative difference of two numbers or arrays of the same shape."""
    a, b = np.asarray(theirs, float), np.asarray(ours, float)
    assert a.shape == b.shape
    return float(np.max(np.abs(a - b) / np.maximum(np.abs(a), 1e-300)))


@pytest.mark.parametrize("file", FILES)
def test_every_result_of_r_is_met_and_no_key_is_silent(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    found = {
        f"{key}/{field}": (difference(r, ours), np.size(r))
        for key, theirs in results(file).items()
        for field, r, ours in pairs(key, theirs)
    }
    silent = [key for key in results(file) if not any(name.startswith(f"{key}/") for name in found)]
    assert not silent
    held = {name: value for name, value in found.items() if name not in EXCEPTIONS}
    worst = max(held, key=lambda name: held[name][0])
    with capsys.disabled():
        count = sum(size for _, size in held.values())
        print(
            f"\n{file}: {count} numbers compared, largest relative difference {held[worst][0]:.1e} ({worst})"
        )
    assert {name: value for name, (value, _) in held.items() if not value <= TOLERANCE} == {}


def test_a_lonely_total_is_centred_at_the_mean_of_all_cluster_totals_as_in_survey_4_5() -> None:
    cards = surveys.studies()["cards"]
    clusters = (cards.w * cards.AVGEXP).groupby([cards.ages, cards.year]).sum()
    alone = clusters[clusters.groupby("ages").transform("size") == 1]
    certain = results("03_lonely")["cards.certainty.total.AVGEXP"]["se"]
    expected = np.sqrt(certain**2 + ((alone - clusters.mean()) ** 2).sum())
    design = Design(strata="ages", cluster=("year",), weight="w", lonely_psu="adjust")
    found = total(surveys.declared(cards, design, ()), "AVGEXP").iloc[0]
    assert len(alone) == 2
    assert found["se"] == pytest.approx(expected, rel=1e-12)


def test_an_exception_is_a_real_difference() -> None:
    key, field = next(iter(EXCEPTIONS)).split("/")
    values = {name: difference(r, ours) for name, r, ours in pairs(key, results("03_lonely")[key])}
    assert values[field] > TOLERANCE
    assert values["estimate"] < TOLERANCE
