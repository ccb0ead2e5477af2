"""Predictive margins: a fit and settings of its columns come in, average predictions or effects go out.

The average, over the people of a domain, of what the model expects of them when some columns are set (Lane
and Nelder 1982, Biometrics 38; Graubard and Korn 1999, Biometrics 55), and differences and derivatives of it.
"""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from scipy import sparse

from analysis.data import Where
from analysis.errors import EstimationError, Said, setting, unknown_name
from analysis.estimates.cells import By, Cells, make_cells
from analysis.models.marginal import COVARIATES, Margins
from analysis.models.result import ModelResult

At: TypeAlias = "str | Sequence[str] | Mapping[str, Any] | None"
Setting = Mapping[str, Any]
_CHUNK = 20_000
_STEP = np.finfo(float).eps ** (1 / 3)


def predictive_margins(
    fit: ModelResult, at: At = None, *, by: By = None, where: Where = None, covariates: str = "sampled"
) -> Margins:
    """Average expected values over the rows of the model (in `where`, for each group of `by`).

    `at`: a column, whose codes are set one after the other; columns, in all combinations; or {column: value
    or values}; None: nothing is set. `covariates`: sampled, the people averaged over are a sample too
    (Stata's vce(unconditional)), or fixed (Stata's default). Rows of `labels`: setting, then group, then
    outcome. EstimationError for a column that the model does not have and a code it has not met.
    """
    settings = _settings(fit, at)
    named = pd.DataFrame([{name: _plain(value) for name, value in s.items()} for s in settings])
    return _margins(fit, settings, named, cells=_cells(fit, by, where), covariates=covariates)


def marginal_effects(
    fit: ModelResult,
    variable: str,
    *,
    reference: float | None = None,
    at: At = None,
    by: By = None,
    where: Where = None,
    covariates: str = "sampled",
) -> Margins:
    """Average marginal effects of one column: of codes, the difference of each from `reference` (default: the
    lowest met); of a number, the mean derivative. Otherwise as `predictive_margins`. Stata: margins, dydx().
    """
    cells = _cells(fit, by, where)
    around = _settings(fit, at)
    if any(variable in setting for setting in around):
        raise EstimationError(f"{variable!r} is set by at, so it has no effect: leave it out of one of them")
    pairs = list(_pairs(fit, variable, reference))
    settings = [{**base, **moved} for base in around for _, up, down, _ in pairs for moved in (up, down)]
    unit = np.array([pair[3] for _ in around for pair in pairs])
    whole = _margins(fit, settings, pd.DataFrame(index=range(len(settings))), cells, covariates)
    named = pd.DataFrame(
        [
            {**{name: _plain(value) for name, value in base.items()}, "effect": f"{variable}: {pair[0]}"}
            for base in around
            for pair in pairs
        ]
    )
    width = len(whole.values) // len(settings)
    contrast = np.kron(np.kron(np.diag(1 / unit), [[1.0, -1.0]]), np.eye(width))
    labels = _labels(fit, named, cells)
    return whole.combine(contrast, labels, "marginal effect")


def _pairs(
    fit: ModelResult, variable: str, reference: float | None
) -> Iterator[tuple[str, Setting, Setting, float]]:
    """What is compared: words, the column moved up, the column moved down, the distance."""
    values = _column(fit, variable)
    if not _is_coded(fit, variable):
        if reference is not None:
            raise EstimationError(f"{variable!r} is a number without codes: it has no reference")
        step = _STEP * max(float(np.abs(values).max()), 1e-300)
        yield "dy/dx", {variable: values + step}, {variable: values - step}, 2 * step
        return
    codes = list(np.unique(values))
    base = codes[0] if reference is None else reference
    if base not in codes:
        known = ", ".join(str(_plain(code)) for code in codes)
        raise EstimationError(f"the model has not met {base!r} in {variable!r}: type one of {known}")
    for code in codes:
        if code != base:
            yield f"{_plain(code)} - {_plain(base)}", {variable: code}, {variable: base}, 1.0


def _is_coded(fit: ModelResult, name: str) -> bool:
    numeric = pd.api.types.is_numeric_dtype(_column(fit, name).dtype)
    known = name in fit.data.codebook and bool(fit.data.variable(name).codes)
    return name in fit.rows.levels or known or not numeric


def _column(fit: ModelResult, name: str) -> np.ndarray:
    if name not in fit.rows.predictors:
        raise EstimationError(unknown_name("column of the model", name, list(fit.rows.predictors)))
    return fit.rows.columns()[name]


def _settings(fit: ModelResult, at: At) -> list[Setting]:
    if at is None:
        return [{}]
    if not isinstance(at, Mapping):
        names = [at] if isinstance(at, str) else list(at)
        for name in names:
            if not _is_coded(fit, name):
                raise EstimationError(
                    Said(
                        f"{name!r} is a number without codes: say where to set it, as ",
                        setting("at", {name: [20, 40]}),
                    )
                )
        at = {name: list(np.unique(_column(fit, name))) for name in names}
    for name in at:
        _column(fit, name)
    values = [v if isinstance(v, list | tuple | np.ndarray) else [v] for v in at.values()]
    return [dict(zip(at, combination, strict=True)) for combination in itertools.product(*values)]


def _cells(fit: ModelResult, by: By, where: Where) -> Cells:
    inside = fit.data.domain(where) & fit.domain
    if not inside.any():
        raise EstimationError(f"the domain {where!r} holds nobody of the {fit.n} rows of the model")
    return make_cells(fit.data, by, inside)


def _margins(
    fit: ModelResult, settings: Sequence[Setting], named: pd.DataFrame, cells: Cells, covariates: str
) -> Margins:
    if covariates not in COVARIATES:
        raise EstimationError(f"covariates {covariates!r} is unknown: type {' or '.join(COVARIATES)}")
    inside = cells.index[fit.rows.used] >= 0
    used = fit.rows.used[inside]
    cell = cells.index[used]
    weights = fit.data.sample.weights[used]
    share = weights / np.bincount(cell, weights, minlength=cells.count)[cell]
    average = sparse.csc_array((share, (cell, np.arange(len(cell)))), shape=(cells.count, len(cell)))
    columns = {name: values[inside] for name, values in fit.rows.columns().items()}
    outcomes = len(fit.engine.outcomes)
    values = np.zeros((len(settings), cells.count, outcomes))
    gradient = np.zeros((*values.shape, len(fit.params)))
    own = []
    for place, chosen in enumerate(settings):
        X = fit.rows.matrix({**columns, **_spread(chosen, inside)})
        mean = fit.engine.mean(X)
        values[place] = average @ mean
        for rows in np.array_split(np.arange(len(X)), len(X) // _CHUNK + 1):
            slopes = fit.engine.gradient(X[rows])
            summed = average[:, rows] @ slopes.reshape(len(rows), -1)
            gradient[place] += summed.reshape(gradient[place].shape)
        own.append(share[:, None] * (mean - values[place][cell]))
    return Margins(
        statistic="predictive margin",
        data=fit.data,
        domain=fit.domain,
        labels=_labels(fit, named, cells),
        values=values.ravel(),
        coefficients=fit.influence,
        gradient=gradient.reshape(values.size, -1),
        covariate_part=_spread_over(used, cell, np.stack(own, axis=1), fit, cells),
        covariates=covariates,
        df=fit.df_residual,
        shares=fit.engine.is_share,
    )


def _spread_over(
    used: np.ndarray, cell: np.ndarray, own: np.ndarray, fit: ModelResult, cells: Cells
) -> sparse.csr_array:
    """n x k: m x settings x outcomes values of the rows used, each in the columns of its cell."""
    _, settings, outcomes = own.shape
    place = np.arange(settings)[None, :, None] * cells.count + cell[:, None, None]
    column = place * outcomes + np.arange(outcomes)
    row = np.broadcast_to(used[:, None, None], own.shape)
    size = (len(fit.data.frame), settings * cells.count * outcomes)
    return sparse.csr_array((own.ravel(), (row.ravel(), column.ravel())), shape=size)


def _spread(setting: Setting, inside: np.ndarray) -> dict[str, np.ndarray]:
    size = int(inside.sum())
    return {
        name: value[inside] if isinstance(value, np.ndarray) else np.repeat(np.asarray([value]), size)
        for name, value in setting.items()
    }


def _labels(fit: ModelResult, named: pd.DataFrame, cells: Cells) -> pd.DataFrame:
    """A row for each setting, group and outcome, in that order; a name of ours that is set gets _set."""
    named = named.rename(columns={name: f"{name}_set" for name in ("group", "wave", "outcome", "estimate")})
    outcomes = fit.engine.outcomes
    groups = pd.DataFrame({"group": cells.groups, "wave": cells.waves})
    whole = named.merge(groups, how="cross") if named.shape[1] else pd.concat([groups] * max(len(named), 1))
    if len(outcomes) > 1:
        whole = whole.merge(pd.DataFrame({"outcome": outcomes}), how="cross")
    return whole.reset_index(drop=True)


def _plain(value: Any) -> Any:
    number = value.item() if isinstance(value, np.generic) else value
    return int(number) if isinstance(number, float) and number.is_integer() else number
