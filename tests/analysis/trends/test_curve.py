"""Curves: quadratic and spline trends, their tests and what they refuse."""

from typing import Any

import numpy as np
import pytest

from analysis import CURVE_COLUMNS, EstimationError, SurveyData, curve, pool, svyglm, trend
from analysis.trends.curve import spline_terms

BENT = (0.30, 0.40, 0.46, 0.47, 0.41, 0.33)


def waves(wave: Any, *shares: float, **meta: Any) -> SurveyData:
    return pool([wave(str(2020 + i), share, **meta) for i, share in enumerate(shares)])


@pytest.mark.parametrize("link", ["identity", "logit"])
def test_a_quadratic_curve_is_that_of_the_regression_whatever_its_scale(wave: Any, link: str) -> None:
    data = waves(wave, *BENT)
    when = data.with_frame(data.frame.assign(year=data.frame["wave"].astype(float) - 2000))
    family = "binomial" if link == "logit" else "gaussian"
    fit = svyglm("agree ~ year + I(year ** 2)", when, family=family)
    row = curve(data, "agree", code=1, link=link).table.iloc[0]
    assert row["nonlinear_f"] == pytest.approx(fit.wald("I(year ** 2)").f)
    assert row["trend_f"] == pytest.approx(fit.wald(["year", "I(year ** 2)"]).f, rel=1e-6)
    assert row["estimate"] == pytest.approx(-fit.params["I(year ** 2)"] * 2.5**2)
    assert row["se"] == pytest.approx(fit.se["I(year ** 2)"] * 2.5**2)
    assert row["verdict"] == "bent"


def test_a_straight_line_has_no_bend(wave: Any) -> None:
    for form in ("quadratic", "spline"):
        found = curve(waves(wave, 0.30, 0.34, 0.38, 0.42, 0.46), "agree", code=1, form=form)
        row = found.table.iloc[0]
        assert tuple(found.table.columns) == CURVE_COLUMNS
        assert row["verdict"] == "no_clear_bend"
        assert row["estimate"] == pytest.approx(0, abs=1e-12)
        assert found.fitted["estimate"].to_numpy() == pytest.approx([0.30, 0.34, 0.38, 0.42, 0.46])


def test_a_spline_is_linear_beyond_its_outer_knots_and_smooth_at_each() -> None:
    knots = np.array([0.0, 1.0, 2.0, 4.0])
    t = np.linspace(-2, 6, 801)
    terms = spline_terms(t, knots)
    curvature = np.diff(terms, 2, axis=0)
    assert np.abs(curvature[t[1:-1] < -0.02]).max() == pytest.approx(0, abs=1e-12)
    assert np.abs(curvature[t[1:-1] > 4.02]).max() == pytest.approx(0, abs=1e-12)
    assert np.abs(np.diff(curvature, axis=0)).max() < 1e-4
    assert terms.shape == (801, 2)


def test_a_spline_takes_knots_at_quantiles_or_years(wave: Any) -> None:
    data = waves(wave, *BENT)
    assert curve(data, "agree", code=1, form="spline").knots == pytest.approx((2020.5, 2022.5, 2024.5))
    assert curve(data, "agree", code=1, form="spline", knots=[2020, 2022, 2025]).knots == (2020, 2022, 2025)


def test_a_curve_departs_from_the_waves_only_where_it_does_not_hit_them(wave: Any) -> None:
    data = waves(wave, 0.3, 0.45, 0.4)
    row = curve(data, "agree", code=1).table.iloc[0]
    assert np.isnan(row["departure_f"])
    wide = curve(waves(wave, *BENT), "agree", code=1).table.iloc[0]
    assert wide["departure_df"] == 3
    assert wide["departure_f"] < trend(waves(wave, *BENT), "agree", code=1).table.iloc[0]["departure_f"]


def test_a_group_with_fewer_waves_than_the_curve_has_coefficients_is_too_few(wave: Any) -> None:
    data = waves(wave, *BENT)
    late = data.frame["sex"].where((data.frame["wave"] > "2022") | (data.frame["sex"] == 1), -1)
    found = curve(
        data.with_frame(data.frame.assign(sex=late)), "agree", code=1, by="sex", form="spline", knots=4
    ).table.set_index("group")
    assert found.loc["sex=2", "verdict"] == "too_few"
    assert found.loc["sex=2", "note"] == "a spline curve of 4 coefficients needs more waves than 3"
    assert found.loc["sex=1", "verdict"] != "too_few"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"form": "cubic"}, "form 'cubic' is unknown: type quadratic or spline"),
        ({"form": "spline", "knots": 7}, "knots=7: type 3, 4 or 5, or a list of years"),
        ({"form": "spline", "knots": [2020, 2021]}, "a spline needs three different years"),
        ({"form": "spline", "knots": [2010, 2021, 2022]}, "lie outside the waves: type years from 2020"),
        ({"link": "probit"}, "link 'probit' is unknown here"),
        ({"code": None, "statistic": "mean", "link": "logit"}, "link='logit' needs a proportion"),
    ],
)
def test_what_has_no_curve_is_refused(wave: Any, options: dict[str, Any], words: str) -> None:
    with pytest.raises(EstimationError, match=words):
        curve(waves(wave, *BENT), "agree", **{"code": 1} | options)
