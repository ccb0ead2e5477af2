"""People or generations: waves and birth years come in, Firebaugh's two parts of a trend go out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.breaks import refuse_broken
from analysis.data import SurveyData, Where
from analysis.decomposition.births import birth_years
from analysis.decomposition.parts import Parts, smallest
from analysis.decomposition.sides import answers, df_of_sides
from analysis.decomposition.smooth import Smooth, given, stack
from analysis.errors import EstimationError
from analysis.models import ModelResult, family_of, fit_matrix
from analysis.trends import LEAST_WAVES, wave_times
from analysis.waves import pooled

CAVEAT = (
    "A linear decomposition: it holds that nothing but time and birth year moves the answers, each along a "
    "line. Ageing stands in the intracohort part."
)


@dataclass(frozen=True)
class Firebaugh:
    """`table`: total, intracohort, replacement and rest with PARTS_COLUMNS; `fit`: answers on time and
    cohort; `years`, `cohorts`, `means`: time, mean birth year and figure of the first and the last wave.
    """

    table: pd.DataFrame
    parts: Parts
    fit: ModelResult
    years: tuple[float, float]
    cohorts: tuple[float, float]
    means: tuple[float, float]
    caveat: str = CAVEAT


def firebaugh(
    data: SurveyData | Sequence[SurveyData],
    variable: str,
    *,
    cohort: str | None = None,
    age: str | None = None,
    code: int | str | None = None,
    where: Where = None,
    time: Mapping[str, float] | None = None,
    family: int = 1,
    level: float = 0.95,
) -> Firebaugh:
    """Change from the first to the last wave as change within cohorts and replacement of cohorts.

    Firebaugh 1997: a regression of the answers on time and birth year over all waves; intracohort = b_time
    times the years between, replacement = b_cohort times the change of the mean birth year, `rest` what the
    line misses. `cohort`: the column of birth years, or `age`: years of age, from which they are made.
    EstimationError for fewer than 3 waves, waves that do not compare, and without birth years.
    """
    data = pooled(data)
    times = wave_times(data, time)
    born = birth_years(data, times, cohort=cohort, age=age)
    y, valid = answers(data, variable, code)
    when = np.array([times[wave] for wave in data.waves])[data.wave_place]
    inside = data.domain(where) & valid & ~np.isnan(born)
    waves = sorted(
        {data.waves[place] for place in np.unique(data.wave_place[inside])}, key=lambda w: times[w]
    )
    if len(waves) < LEAST_WAVES:
        raise EstimationError(
            f"time and birth year are told apart over {LEAST_WAVES} waves, and {variable!r} has {len(waves)}"
        )
    refuse_broken(data, [variable], waves)
    used = np.flatnonzero(inside)
    centre = (float(when[used].mean()), float(born[used].mean()))
    X = pd.DataFrame(
        {"level": np.ones(len(used)), "time": when[used] - centre[0], "cohort": born[used] - centre[1]}
    )
    fit = fit_matrix(data, y[used], X, used, family_of("gaussian"))
    ends = tuple(inside & (data.wave_place == data.waves.index(wave)) for wave in (waves[0], waves[-1]))
    weights = data.sample.weights
    sources = {"b": given(fit.influence)}
    means = []
    for name, rows in zip(("first", "last"), ends, strict=True):
        w = np.where(rows, weights, 0.0) / weights[rows].sum()
        columns = np.column_stack([y, np.nan_to_num(born, nan=centre[1])])
        mean = w @ columns
        sources[name] = given(w[:, None] * (columns - mean))
        means.append(Smooth.estimated(name, mean))
    b = Smooth.estimated("b", fit.params.to_numpy())
    change = means[1] - means[0]
    total, older = (change.through(np.eye(2)[[place]]) for place in (0, 1))
    years = (times[waves[0]], times[waves[-1]])
    within = b.through(np.array([[0.0, years[1] - years[0], 0.0]]))
    replaced = b.through(np.array([[0.0, 0.0, 1.0]])) * older
    whole = stack([total, within, replaced, total - within - replaced])
    parts = Parts(
        data=data,
        statistic="firebaugh",
        variable=variable,
        code=code,
        names=(("total", ""), ("intracohort", ""), ("replacement", ""), ("rest", "")),
        values=whole.value,
        influence=whole.influence(sources),
        domain=inside,
        ends=(waves[0], waves[-1]),
        bases=smallest(weights, ends),
        infers=all(data.wave_meta(wave).infers for wave in waves),
        df=df_of_sides(data, inside, ends),
    )
    (y0, c0), (y1, c1) = (mean.value for mean in means)
    return Firebaugh(
        parts.table(family=family, level=level),
        parts,
        fit,
        years,
        (float(c0), float(c1)),
        (float(y0), float(y1)),
    )
