"""The estimate table: Estimates come in, one row per figure with its error, base and origin goes out."""

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from analysis.data import SurveyData
from analysis.estimates.influence import Estimates, over
from analysis.estimates.intervals import Shares, normal, share_interval
from analysis.estimates.publish import DEFAULT, NO_ERROR, judged
from instruments import Codebook, Missing

EstimateTable: TypeAlias = pd.DataFrame
COLUMNS = (
    "statistic",
    "variable",
    "code",
    "label",
    "group",
    "wave",
    "estimate",
    "se",
    "low",
    "high",
    "base",
    "weighted_base",
    "n_eff",
    "deff",
    "df",
    "method",
    "publish",
    "reason",
)


@dataclass(frozen=True)
class Figures:
    """What a table prints, figure by figure (m of them), whatever they were estimated by.

    `codes`: codes, names of nets or None; `variance` and `simple_variance` m: under the design, and under
    simple random sampling with replacement and the same base.
    """

    statistic: str
    data: SurveyData
    variables: tuple[str, ...]
    codes: tuple[int | str | None, ...]
    groups: tuple[str, ...]
    waves: tuple[str, ...]
    values: np.ndarray
    variance: np.ndarray
    simple_variance: np.ndarray
    base: np.ndarray
    weighted_base: np.ndarray
    df: np.ndarray

    @property
    def deff(self) -> np.ndarray:
        """m design effects (Kish 1965)."""
        return np.where(self.simple_variance > 0, over(self.variance, self.simple_variance), np.nan)


def to_table(
    estimates: Estimates, *, interval: str, level: float, rules: str | None = DEFAULT
) -> EstimateTable:
    """The rows of `estimates` with the columns COLUMNS; `code` is empty where a figure has none, or a net.

    `.attrs["notes"]`: what was done about the design, as `data.sample.notes`. `rules` None: the columns
    publish and reason are left to the caller.
    Rows of waves without a probability sample or a declared model, and those without degrees of freedom, have
    no se, low, high, n_eff, deff.
    """
    waves = tuple(estimates.cells.waves[i] for i in estimates.cell)
    known = any(_infers(estimates.data, wave) for wave in set(waves))
    figures = Figures(
        statistic=estimates.statistic,
        data=estimates.data,
        variables=(estimates.variable,) * len(waves),
        codes=estimates.codes,
        groups=tuple(estimates.cells.groups[i] for i in estimates.cell),
        waves=waves,
        values=estimates.values,
        variance=estimates.variance if known else np.full(len(waves), np.nan),
        simple_variance=estimates.simple_variance,
        base=estimates.base,
        weighted_base=estimates.weighted_base,
        df=estimates.df,
    )
    return figures_table(figures, interval=interval, level=level, rules=rules)


def figures_table(
    figures: Figures, *, interval: str, level: float, rules: str | None = DEFAULT
) -> EstimateTable:
    """The same of figures of several variables."""
    known = {
        wave: (_infers(figures.data, wave), _modelled(figures.data, wave)) for wave in set(figures.waves)
    }
    infers, modelled = (np.array([known[wave][k] for wave in figures.waves]) for k in (0, 1))
    some = figures.base > 0
    estimable = infers & (figures.df > 0)
    se = np.where(estimable & some, np.sqrt(figures.variance), np.nan)
    low, high, method = _interval(figures, se, interval, level)
    method = np.where(some, method, "nobody in the base")
    method = np.where(modelled, np.array([f"modelled, {word}" for word in method], object), method)
    deff = np.where(estimable, figures.deff, np.nan)
    columns: dict[str, Any] = {
        "statistic": figures.statistic,
        "variable": list(figures.variables),
        "code": pd.array([code if isinstance(code, int) else None for code in figures.codes], "Int64"),
        "label": _labels(figures),
        "group": list(figures.groups),
        "wave": list(figures.waves),
        "estimate": figures.values,
        "se": se,
        "low": np.where(estimable, low, np.nan),
        "high": np.where(estimable, high, np.nan),
        "base": figures.base,
        "weighted_base": figures.weighted_base,
        "n_eff": np.where(infers, over(figures.base.astype(float), deff), np.nan),
        "deff": deff,
        "df": figures.df,
        "method": np.where(infers, method, NO_ERROR),
    }
    if rules is not None:
        shares = np.full(len(infers), figures.statistic == "proportion")
        columns["publish"], columns["reason"] = judged(columns, infers, shares, rules)
    whole = pd.DataFrame(columns)
    whole.attrs["notes"] = list(figures.data.sample.notes)
    return whole


def _interval(
    figures: Figures, se: np.ndarray, interval: str, level: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    if figures.statistic == "proportion":
        shares = Shares(figures.values, se, figures.base.astype(float), figures.df, level)
        low, high, used = share_interval(shares, interval)
    else:
        low, high = normal(figures.values, se, figures.df, level)
        used = np.full(len(se), "t")
    return (
        low,
        high,
        np.array([f"{figures.data.sample.method}, {name} {level:.6g}" for name in used], dtype=object),
    )


def _modelled(data: SurveyData, wave: str) -> bool:
    return any(
        data.wave_meta(name).sample_type == "nonprobability" for name in ([wave] if wave else data.waves)
    )


def _infers(data: SurveyData, wave: str) -> bool:
    if wave:
        return data.wave_meta(wave).infers
    return all(data.wave_meta(name).infers for name in data.waves)


def _labels(figures: Figures) -> list[str]:
    pairs = list(zip(figures.variables, figures.codes, strict=True))
    words = {pair: _label(figures.data.codebook, *pair) for pair in set(pairs)}
    return [words[pair] for pair in pairs]


def _label(codebook: Codebook, name: str, code: int | str | None) -> str:
    if name not in codebook:
        return ""
    variable = codebook.variable(name)
    if isinstance(code, str):
        words = variable.nets[code].label
    elif code is not None and code < 0 and code not in variable.codes:
        return Missing(code).name.lower().replace("_", " ")
    else:
        words = variable.codes[code] if code is not None else variable.label
    return words.get(codebook.source_language) or next(iter(words.values()), "")
