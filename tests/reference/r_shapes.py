"""Rows and fits of `analysis` in, the shapes in which R's results are stored out."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from analysis import ModelResult

Results = dict[str, Any]
NO_YES = {0: "no", 1: "yes"}


def estimate(name: str, row: Any) -> Results:
    return {"est": {name: row["estimate"]}, "se": {name: row["se"]}}


def estimates(names: tuple[str, ...], table: pd.DataFrame) -> Results:
    return {field: dict(zip(names, table[ours], strict=True)) for field, ours in _FIELDS.items()}


_FIELDS = {"est": "estimate", "se": "se"}


def model(fit: ModelResult, names: Mapping[str, str] | None = None) -> Results:
    """A fit in R's order: `names` gives our name of each coefficient of R's."""
    order = names or {name.replace("Intercept", "(Intercept)"): name for name in fit.params.index}
    ours = list(order.values())
    table = fit.table()
    by_name = {"coef": fit.params, "se": fit.se, "p": table["p"]}
    result: Results = {
        field: dict(zip(order, values[ours], strict=True)) for field, values in by_name.items()
    }
    covariance = fit.covariance.loc[ours, ours].to_numpy()
    return result | {"vcov": covariance, "df_resid": fit.df_residual, "df_design": fit.df}


def test(fit: ModelResult, *terms: str) -> Results:
    wald = fit.wald(terms)
    return {"F": wald.f, "df": wald.df, "ddf": wald.ddf, "p": wald.p}
