"""Generations over the waves: birth years come in, each cohort's figures and its change go out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.data import SurveyData, Where
from analysis.decomposition.births import banded, birth_years
from analysis.errors import EstimationError
from analysis.estimates import EstimateTable, mean_estimates, proportion_estimates
from analysis.estimates.table import to_table
from analysis.trends import WaveSeries, series_changes, wave_series, wave_times
from analysis.waves import pooled
from analysis.waves.adjacent import adjusted_rows

COHORT = "cohort_band"
_DECADE = 10


@dataclass(frozen=True)
class CohortProfile:
    """`table`: an EstimateTable row per cohort and wave (and code), with `cohort` (born from ... to under
    ...) and `time`; `changes`: each cohort's last minus its first wave that may be published,
    CHANGE_COLUMNS and `cohort`; `data`: with the coded column `cohort_band`; `series`: one per cohort and
    code.
    """

    table: EstimateTable
    changes: pd.DataFrame
    data: SurveyData
    series: tuple[WaveSeries, ...]


def cohort_profile(
    data: SurveyData | Sequence[SurveyData],
    variable: str,
    *,
    cohort: str | None = None,
    age: str | None = None,
    edges: Sequence[float] | None = None,
    code: int | str | None = None,
    statistic: str | None = None,
    where: Where = None,
    time: Mapping[str, float] | None = None,
    adjustment: str = "holm",
    level: float = 0.95,
) -> CohortProfile:
    """Shares or means of birth cohorts in every wave, and how each cohort changed; all changes are one
    family.

    `edges`: birth years at which cohorts begin, the last one open; by default decades. `cohort` or `age`: see
    `birth_years`. A cohort in two waves is other people of the same birth years; those who died or left are
    not in the later one. EstimationError as in `change`.
    """
    data = pooled(data)
    times = wave_times(data, time)
    born = birth_years(data, times, cohort=cohort, age=age)
    known = born[~np.isnan(born) & data.domain(where)]
    if not len(known):
        raise EstimationError("nobody in the domain has a birth year: check the column named")
    limits = list(edges) if edges is not None else _decades(known)
    whole = banded(data, born, limits, into=COHORT, origin="birth year")
    asked = statistic or ("proportion" if data.variable(variable).codes else "mean")
    if asked not in ("proportion", "mean"):
        raise EstimationError(f"statistic {asked!r} has no profile: type proportion or mean")
    if asked == "mean":
        estimates = mean_estimates(whole, variable, by=(COHORT, "wave"), where=where)
    else:
        estimates = proportion_estimates(whole, variable, code=code, by=(COHORT, "wave"), where=where)
    labels = {
        f"{COHORT}={number}": words[whole.codebook.source_language]
        for number, words in whole.variable(COHORT).codes.items()
    }
    table = to_table(estimates, interval="logit", level=level)
    table["cohort"] = table["group"].map(labels)
    table["time"] = table["wave"].map(times)
    series = wave_series(
        whole, variable, code=code, statistic=asked, by=COHORT, where=where, time=time, level=level
    )
    several = [one for one in series if len(one.waves) > 1]
    changes = pd.concat(
        [series_changes([one], pairs=[_ends(one)], adjustment="none") for one in several],
        ignore_index=True,
    )
    return CohortProfile(table, _family(changes, labels, adjustment, level), whole, tuple(several))


def _ends(series: WaveSeries) -> tuple[str, str]:
    """The first and last wave whose figure may be published; of all, where fewer than two may."""
    shown = series.rows["publish"].to_numpy() != "suppress"
    waves = [wave for wave, show in zip(series.waves, shown, strict=True) if show]
    chosen = waves if len(waves) > 1 else series.waves
    return chosen[0], chosen[-1]


def _family(changes: pd.DataFrame, labels: Mapping[str, str], adjustment: str, level: float) -> pd.DataFrame:
    changes["method"] = "taylor, t, bonferroni 1"
    return adjusted_rows(changes, adjustment, level).assign(cohort=changes["group"].map(labels))


def _decades(born: np.ndarray) -> list[float]:
    first, last = np.floor(born.min() / _DECADE), np.floor(born.max() / _DECADE) + 1
    return [float(edge) for edge in np.arange(first, last + 1) * _DECADE]
