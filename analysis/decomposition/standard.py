"""Waves with one composition: SurveyData and a standard come in, the standardised series goes out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from analysis.adding import as_shares
from analysis.breaks import refuse_broken
from analysis.data import SurveyData, Where
from analysis.decomposition.composition import (
    Composition,
    cells_of,
    common,
    composition,
    names_of,
)
from analysis.decomposition.sides import answers
from analysis.decomposition.smooth import Smooth, stack
from analysis.errors import EstimationError, unknown_name
from analysis.estimates.cells import By, Cells
from analysis.estimates.intervals import normal
from analysis.estimates.judging import without_rounding
from analysis.estimates.table import NO_ERROR
from analysis.trends import WaveSeries, wave_series
from analysis.waves import pooled
from analysis.weighting import Margin

STANDARD_COLUMNS = (
    "wave",
    "estimate",
    "se",
    "low",
    "high",
    "crude",
    "crude_se",
    "effect",
    "effect_se",
    "covered",
    "base",
    "df",
)
Standard = str | Margin | Mapping[Any, float]


@dataclass(frozen=True)
class Standardised:
    """`series`: the waves' figures had their people been those of the standard, ready for changes and trends;
    `table`: the same beside the crude figures with STANDARD_COLUMNS; `effect`: standardised minus crude;
    `covered`: the standard's share that stands in cells the wave has.
    """

    series: WaveSeries
    table: pd.DataFrame


def standardise(
    data: SurveyData | Sequence[SurveyData],
    variable: str,
    *,
    by: By,
    standard: Standard,
    code: int | str | None = None,
    where: Where = None,
    time: Mapping[str, float] | None = None,
    empty: str = "refuse",
    level: float = 0.95,
) -> Standardised:
    """Direct standardisation: each wave's rates in the cells of `by`, weighted by the standard's shares.

    `standard`: a wave, whose shares are estimates and enter the errors, or a population: a `Margin` over the
    same columns, or shares (or counts) by code or tuple of codes. `empty`: a cell of the standard that a wave
    lacks is refused, or dropped from that wave, whose other cells then carry its share (`covered` says how
    much is left).
    EstimationError for such cells, for waves that do not compare, and for a population that lacks a cell.
    """
    data = pooled(data)
    y, valid = answers(data, variable, code)
    cells = cells_of(data, by or (), data.domain(where) & valid)
    inside = cells.index >= 0
    statistic = "mean" if code is None else "proportion"
    (plain,) = wave_series(
        data, variable, code=code, statistic=statistic, where=inside, time=time, level=level
    )
    refuse_broken(data, [variable], plain.waves)
    weights = data.sample.weights
    waves = {wave: data.wave_place == data.waves.index(wave) for wave in plain.waves}
    made = {
        wave: composition(weights, y, np.where(rows, cells.index, -1), cells.count)
        for wave, rows in waves.items()
    }
    shares, sources = _standard(data, standard, made, cells)
    sources = sources | {f"R {wave}": one.rate_source() for wave, one in made.items()}
    found = [_figure(shares, one, wave, cells, empty) for wave, one in made.items()]
    whole = stack([figure for figure, _ in found])
    influence = whole.influence(sources)
    series = WaveSeries(
        data=data,
        statistic=f"{plain.statistic}_standardised",
        variable=variable,
        code=code,
        group="",
        waves=plain.waves,
        times=plain.times,
        values=whole.value,
        influence=sparse.csr_array(influence),
        domain=plain.domain,
        rows=plain.rows,
        obstacle=plain.obstacle,
    )
    table = _table(series, plain, influence, [covered for _, covered in found], level)
    rows = plain.rows.assign(
        statistic=series.statistic,
        **{name: table[name].to_numpy() for name in ("estimate", "se", "low", "high")},
        n_eff=np.nan,
        deff=np.nan,
        method=np.where(plain.rows["method"] != NO_ERROR, f"standardised, t {level:.6g}", NO_ERROR),
    )
    return Standardised(replace(series, rows=rows), table)


def _figure(shares: Smooth, one: Composition, wave: str, cells: Cells, empty: str) -> tuple[Smooth, float]:
    """One wave's standardised figure, and the standard's share it covers."""
    kept = common([one], cells, [f"wave {wave}"], empty=empty, needed=shares.value > 0)
    pick = np.eye(len(kept))[kept]
    rates = Smooth.estimated(f"R {wave}", np.where(one.filled, one.rates, 0.0)).through(pick)
    weights = shares.through(pick)
    return (weights * rates).total() / weights.total(), float(weights.value.sum())


def _standard(
    data: SurveyData, standard: Standard, made: Mapping[str, Composition], cells: Cells
) -> tuple[Smooth, dict[str, Any]]:
    """The standard's shares of the cells, and the source of their error, where they have one."""
    if isinstance(standard, str):
        if standard not in made:
            raise EstimationError(unknown_name("wave", standard, list(made)))
        one = made[standard]
        return Smooth.estimated("P", one.shares), {"P": one.share_source()}
    names = tuple(cells.codes.columns)
    if isinstance(standard, Margin):
        if set(standard.variables) != set(names):
            raise EstimationError(
                f"the standard is over {', '.join(standard.variables)}, the cells over {', '.join(names)}: "
                "name the same columns"
            )
        order = [standard.variables.index(name) for name in names]
        known = {tuple(cell[i] for i in order): share for cell, share in standard.shares.items()}
    else:
        known = {key if isinstance(key, tuple) else (key,): float(share) for key, share in standard.items()}
    here = [tuple(row) for row in cells.codes.to_numpy().tolist()]
    words = dict(zip(here, names_of(cells), strict=True))
    problems = [
        f"the standard has no share of {words[cell]}: give it, or 0" for cell in here if cell not in known
    ]
    problems += [
        f"nobody in any wave has the standard's cell {cell}: join it with another"
        for cell, share in known.items()
        if cell not in words and share > 0
    ]
    problems += [
        f"the standard's share of {cell} is {share:g}: give 0 or more"
        for cell, share in known.items()
        if not 0 <= share < np.inf
    ]
    whole = sum(known.values())
    if not problems and not whole > 0:
        problems.append("the standard's shares are all 0: give shares or counts")
    if problems:
        raise EstimationError(problems)
    return Smooth(as_shares(np.array([known[cell] for cell in here]), "the standard"), {}), {}


def _table(
    series: WaveSeries, plain: WaveSeries, influence: np.ndarray, covered: Sequence[float], level: float
) -> pd.DataFrame:
    data = series.data
    crude = sparse.csr_array(plain.influence).toarray()
    infers = plain.rows["se"].notna().to_numpy()
    se, plain_se, effect_se = (
        np.where(
            infers, np.sqrt(without_rounding(data.sample.variances(Z, series.domain), plain.values)), np.nan
        )
        for Z in (influence, crude, influence - crude)
    )
    group = np.where(series.domain, data.wave_place, -1)
    df = data.sample.df_by(group, len(data.waves))[[data.waves.index(wave) for wave in series.waves]]
    low, high = normal(series.values, se, df, level)
    return pd.DataFrame(
        {
            "wave": series.waves,
            "estimate": series.values,
            "se": se,
            "low": low,
            "high": high,
            "crude": plain.values,
            "crude_se": plain_se,
            "effect": series.values - plain.values,
            "effect_se": effect_se,
            "covered": covered,
            "base": plain.rows["base"].to_numpy(),
            "df": df,
        }
    )[list(STANDARD_COLUMNS)]
