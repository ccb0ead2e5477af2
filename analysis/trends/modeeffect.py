"""What the mode of interview does to answers: waves of several modes come in, differences go out."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from analysis.data import SurveyData, Where
from analysis.errors import EstimationError, unknown_name
from analysis.models import ModelResult, family_of, fit_matrix
from analysis.trends.columns import covariates
from analysis.waves import pooled
from analysis.waves.adjacent import DIFFERS, adjusted_rows

MODE_EFFECT_COLUMNS = (
    "variable",
    "code",
    "mode",
    "against",
    "waves",
    "unadjusted",
    "unadjusted_se",
    "estimate",
    "se",
    "low",
    "high",
    "df",
    "p",
    "p_adjusted",
    "mdc",
    "verdict",
    "base",
    "base_against",
    "method",
)
LEAST_IN_MODE = 30


def mode_effect(
    data: SurveyData | Sequence[SurveyData],
    variable: str,
    *,
    adjust: Sequence[str],
    code: int | str | None = None,
    against: Any = None,
    where: Where = None,
    adjustment: str = "holm",
    level: float = 0.95,
) -> pd.DataFrame:
    """Differences between modes within the waves where both have 30 answers, MODE_EFFECT_COLUMNS.

    A linear regression of the answers on mode, wave and the columns `adjust` (coded ones as categories,
    others linear) under the design; `unadjusted`: without those columns, over the same people. `against`: the
    mode set against, by default the most frequent. What separates those who were reached in each mode beyond
    `adjust` stays in the estimate: it is the effect of the mode only where modes were assigned at random, or
    where `adjust` holds what decided them. Verdicts: differs, no_clear_difference, not_inferable; all rows
    are one family.
    EstimationError where no wave has two modes with 30 answers each.
    """
    data = pooled(data)
    if "mode" not in data.frame:
        raise EstimationError("the data have no column 'mode': name it in the import map (wave: mode:)")
    y, usable = _answers(data, variable, code, adjust, where)
    modes = data.frame["mode"]
    counts = modes[usable].value_counts()
    if counts.empty:
        raise EstimationError(f"nobody has an answer to {variable!r}, a mode and all of {', '.join(adjust)}")
    first = counts.index[0] if against is None else against
    if first not in counts.index:
        raise EstimationError(unknown_name("mode", str(first), [str(mode) for mode in counts.index]))
    rows = [
        _row(data, (variable, code), (y, usable), (mode, first), adjust)
        for mode in counts.index
        if mode != first
    ]
    found = [row for row in rows if row is not None]
    if not found:
        raise EstimationError(
            f"no wave has {LEAST_IN_MODE} answers to {variable!r} in each of two modes: an effect of mode "
            "cannot be told from a change"
        )
    table = pd.DataFrame(found, columns=list(MODE_EFFECT_COLUMNS)).astype({"code": "Int64"})
    return adjusted_rows(table, adjustment, level, words=DIFFERS)


def _answers(
    data: SurveyData, variable: str, code: int | str | None, adjust: Sequence[str], where: Where
) -> tuple[np.ndarray, np.ndarray]:
    """Each row's answer (0 or 1 for a code), and whether it has one with all that is adjusted for."""
    data.refuse_grouped("an effect of the mode")
    usable = data.domain(where) & data.valid(variable) & data.frame["mode"].notna().to_numpy()
    for name in adjust:
        usable &= data.valid(name)
    if code is None:
        return data.values(variable), usable
    return data.frame[variable].isin(data.codes_of(variable, code)).to_numpy(float), usable


def _row(
    data: SurveyData,
    what: tuple[str, int | str | None],
    answers: tuple[np.ndarray, np.ndarray],
    pair: tuple[Any, Any],
    adjust: Sequence[str],
) -> dict[str, Any] | None:
    y, usable = answers
    modes = data.frame["mode"].to_numpy()
    masks = [usable & (modes == mode) for mode in pair]
    sizes = np.array([np.bincount(data.wave_place[mask], minlength=len(data.waves)) for mask in masks])
    overlap = np.flatnonzero((sizes >= LEAST_IN_MODE).all(axis=0))
    if not len(overlap):
        return None
    used = np.flatnonzero((masks[0] | masks[1]) & np.isin(data.wave_place, overlap))
    X = _columns(data, used, modes[used] == pair[0], overlap)
    wide = pd.concat([X, *(covariates(data, name, used) for name in adjust)], axis=1)
    plain = _fit(data, y[used], X, used)
    fit = _fit(data, y[used], wide, used)
    waves = [data.waves[place] for place in overlap]
    infers = all(data.wave_meta(wave).infers for wave in waves)
    row: dict[str, Any] = dict.fromkeys(MODE_EFFECT_COLUMNS, np.nan)
    return row | {
        "variable": what[0],
        "code": what[1] if isinstance(what[1], int) else None,
        "mode": pair[0],
        "against": pair[1],
        "waves": ",".join(waves),
        "unadjusted": plain.params["mode"],
        "unadjusted_se": plain.se["mode"] if infers else np.nan,
        "estimate": fit.params["mode"],
        "se": fit.se["mode"] if infers else np.nan,
        "df": fit.df_residual,
        "p": fit.table()["p"]["mode"] if infers else np.nan,
        "verdict": (DIFFERS[2] if fit.df_residual > 0 else "too_few") if infers else "not_inferable",
        "base": int(sizes[0][overlap].sum()),
        "base_against": int(sizes[1][overlap].sum()),
        "method": "taylor, t, bonferroni 1",
    }


def _columns(data: SurveyData, used: np.ndarray, mode: np.ndarray, overlap: np.ndarray) -> pd.DataFrame:
    place = data.wave_place[used]
    columns = {"level": np.ones(len(used)), "mode": mode.astype(float)}
    columns |= {f"wave {data.waves[at]}": (place == at).astype(float) for at in overlap[1:]}
    return pd.DataFrame(columns)


def _fit(data: SurveyData, y: np.ndarray, X: pd.DataFrame, used: np.ndarray) -> ModelResult:
    return fit_matrix(data, y, X, used, family_of("gaussian"))
