"""Age, period and cohort: what the data say of them comes out, and what no data can say is not made up.

Period = cohort + age, so one slope may be added to two of the three and taken from the other without changing
any figure. Identified are the sums of slopes and every bend (Fosse and Winship 2019, Annual Review of
Sociology 45).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.breaks import refuse_broken
from analysis.data import SurveyData, Where
from analysis.decomposition.births import birth_years
from analysis.decomposition.sides import answers
from analysis.errors import EstimationError
from analysis.estimates.intervals import student
from analysis.models import ModelResult, family_of, fit_matrix
from analysis.trends import LEAST_WAVES, wave_times
from analysis.waves import pooled

SLOPES = ("age", "period", "cohort")
CAVEAT = (
    "The slopes of age, period and cohort are not identified: period is cohort plus age, and any number may "
    "be added to the slopes of age and cohort and taken from that of period without changing one figure. No "
    "method finds them from the data; the bounds follow from the assumptions stated, and from nothing else."
)
IDENTIFIED_COLUMNS = ("term", "meaning", "estimate", "se", "low", "high", "df", "p")
BOUNDS_COLUMNS = ("slope", "lowest", "highest", "low", "high", "assumed")
Range = tuple[float | None, float | None]


@dataclass(frozen=True)
class AgePeriodCohort:
    """`caveat`: to be shown with any of it; `identified`: sums of slopes per year and bends,
    IDENTIFIED_COLUMNS; `bounds`: the range of each slope that the assumptions leave (infinite where they
    leave none), with `low` and `high` the ends of its interval, BOUNDS_COLUMNS; `line`: age, period and
    cohort slopes, each triple fitting the data exactly as well; `fit`: the model.
    """

    caveat: str
    identified: pd.DataFrame
    bounds: pd.DataFrame
    line: pd.DataFrame
    fit: ModelResult


def age_period_cohort(
    data: SurveyData | Sequence[SurveyData],
    variable: str,
    *,
    cohort: str | None = None,
    age: str | None = None,
    assume: Mapping[str, Range] | None = None,
    solve: str | None = None,
    code: int | str | None = None,
    where: Where = None,
    time: Mapping[str, float] | None = None,
    level: float = 0.95,
) -> AgePeriodCohort:
    """Sums of the slopes of age, period and cohort, their bends, and bounds of each slope under assumptions.

    A regression of the answers on age and cohort, their squares and that of period, centred: its coefficients
    of age and cohort are the slopes of age + period and cohort + period at the centre, those of the squares
    the bends. `assume`: {slope: (lowest, highest)}, None for no limit, as {"age": (0, None)}: growing older
    does not lower the figure. `line` runs over 11 slopes of period, from minus to plus twice the larger sum,
    or within bounds. `solve` is there to be refused: a method that gives the three slopes assumes them
    without saying so.
    EstimationError for it, for assumptions that contradict the data, and for fewer than 3 waves.
    """
    if solve is not None:
        raise EstimationError(
            f"solve={solve!r}: the slopes of age, period and cohort are not identified, and the intrinsic "
            "estimator, an equality or a dropped term puts in what it seems to find: state what you assume, "
            "assume={'age': (0, None)} and read the bounds"
        )
    data = pooled(data)
    limits = _limits(assume or {})
    times = wave_times(data, time)
    y, valid = answers(data, variable, code)
    born = birth_years(data, times, cohort=cohort, age=age)
    used = np.flatnonzero(data.domain(where) & valid & ~np.isnan(born))
    fit = _fit(data, variable, times, (y, born, used))
    sums = fit.params[["age", "cohort"]].to_numpy()
    covariance = fit.covariance.loc[["age", "cohort"], ["age", "cohort"]].to_numpy()
    t = float(student(np.array([fit.df_residual]), level)[0])
    bounds = _bounds(sums, covariance, limits, t)
    return AgePeriodCohort(CAVEAT, _identified(fit, level), bounds, _line(sums, bounds), fit)


def _limits(assume: Mapping[str, Range]) -> dict[str, tuple[float, float]]:
    unknown = [name for name in assume if name not in SLOPES]
    if unknown:
        raise EstimationError(f"assume names {', '.join(unknown)}: type one of {', '.join(SLOPES)}")
    found = {}
    for name in SLOPES:
        low, high = assume.get(name, (None, None))
        ends = (-np.inf if low is None else float(low), np.inf if high is None else float(high))
        if not ends[0] <= ends[1]:
            raise EstimationError(f"assume {name}: the lowest slope {low} is above the highest {high}")
        found[name] = ends
    return found


def _fit(
    data: SurveyData,
    variable: str,
    times: Mapping[str, float],
    rows: tuple[np.ndarray, np.ndarray, np.ndarray],
) -> ModelResult:
    y, born, used = rows
    when = np.array([times[wave] for wave in data.waves])[data.wave_place]
    waves = sorted({data.waves[place] for place in np.unique(data.wave_place[used])}, key=lambda w: times[w])
    if len(waves) < LEAST_WAVES:
        raise EstimationError(
            f"age, period and cohort need {LEAST_WAVES} waves and {variable!r} has {len(waves)}: "
            "type cohort_profile for what two waves show"
        )
    refuse_broken(data, [variable], waves)
    c = born[used] - born[used].mean()
    a = (when - born)[used] - (when - born)[used].mean()
    columns = {"level": np.ones(len(used)), "age": a, "cohort": c}
    columns |= {"age bend": a**2, "period bend": (a + c) ** 2, "cohort bend": c**2}
    return fit_matrix(data, y[used], pd.DataFrame(columns), used, family_of("gaussian"))


def _identified(fit: ModelResult, level: float) -> pd.DataFrame:
    meanings = {
        "age": "slope of age + slope of period: how a cohort moves in a year",
        "cohort": "slope of cohort + slope of period: how an age moves in a year",
        "age bend": "bend of age",
        "period bend": "bend of period",
        "cohort bend": "bend of cohort",
    }
    names = {"age": "age + period", "cohort": "cohort + period"}
    table = fit.table(level).loc[list(meanings)]
    listed = table[["estimate", "se", "low", "high"]].reset_index(drop=True)
    return listed.assign(
        term=[names.get(name, name) for name in meanings],
        meaning=list(meanings.values()),
        df=fit.df_residual,
        p=table["p"].to_numpy(),
    )[list(IDENTIFIED_COLUMNS)]


def _bounds(
    sums: np.ndarray, covariance: np.ndarray, limits: Mapping[str, tuple[float, float]], t: float
) -> pd.DataFrame:
    """Bounds of the period slope by each assumption, then of the others; intervals by the end that binds."""
    se = np.sqrt(np.diag(covariance))
    gap_se = float(np.sqrt(covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1]))
    # each end of the period slope: value, and how it moves with the two sums
    lows = [(limits["period"][0], np.zeros(2))]
    highs = [(limits["period"][1], np.zeros(2))]
    for place, name in enumerate(("age", "cohort")):
        unit = np.eye(2)[place]
        lows.append((sums[place] - limits[name][1], unit))
        highs.append((sums[place] - limits[name][0], unit))
    low, high = max(lows, key=lambda end: end[0]), min(highs, key=lambda end: end[0])
    if low[0] > high[0]:
        raise EstimationError(
            f"the assumptions contradict the data: they need a slope of period above {low[0]:.6g} and below "
            f"{high[0]:.6g} a year; the data give age + period {sums[0]:.6g} (se {se[0]:.2g}), cohort + "
            f"period {sums[1]:.6g} (se {se[1]:.2g}), age - cohort {sums[0] - sums[1]:.6g} (se {gap_se:.2g}): "
            "widen one"
        )
    rows = []
    for name, unit in (("age", np.eye(2)[0]), ("period", None), ("cohort", np.eye(2)[1])):
        if unit is None:
            ends = [low, high]
        else:
            value = float(unit @ sums)
            ends = [(value - high[0], unit - high[1]), (value - low[0], unit - low[1])]
        spread = [float(np.sqrt(max(0.0, move @ covariance @ move))) for _, move in ends]
        assumed = limits[name]
        rows.append(
            (
                name,
                ends[0][0],
                ends[1][0],
                ends[0][0] - t * spread[0],
                ends[1][0] + t * spread[1],
                "" if np.isinf(assumed).all() else f"{assumed[0]:g} to {assumed[1]:g}",
            )
        )
    return pd.DataFrame(rows, columns=list(BOUNDS_COLUMNS))


def _line(sums: np.ndarray, bounds: pd.DataFrame) -> pd.DataFrame:
    reach = 2 * float(np.abs(sums).max())
    low, high = bounds.loc[bounds["slope"] == "period", ["lowest", "highest"]].to_numpy(float)[0]
    start = low if np.isfinite(low) else min(-reach, high - reach if np.isfinite(high) else -reach)
    end = high if np.isfinite(high) else max(reach, low + reach if np.isfinite(low) else reach)
    period = np.linspace(start, end, 11)
    return pd.DataFrame({"age": sums[0] - period, "period": period, "cohort": sums[1] - period})
