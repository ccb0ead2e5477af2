"""The next wave from those before it: SurveyData of earlier waves in, errors and sizes to expect out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from analysis.data import SurveyData
from analysis.errors import EstimationError, Said, setting, unknown_name
from analysis.estimates import Estimates, mean_estimates, proportion_estimates
from analysis.planning.checks import at_least, critical, overlap_of, share
from analysis.planning.margins import sized
from analysis.planning.slopes import LEAST_WAVES
from analysis.trends import wave_times
from analysis.waves import pooled
from instruments import Indicator

PLAN_COLUMNS = (
    "indicator",
    "label",
    "statistic",
    "waves",
    "estimate",
    "deff",
    "deff_least",
    "deff_most",
    "answering",
    "n",
    "margin",
    "smallest_change",
    "smallest_slope",
    "n_for_margin",
    "n_for_change",
    "contacts_for_margin",
    "contacts_for_change",
    "note",
)


@dataclass(frozen=True)
class WavePlan:
    """`table`: a row per indicator with PLAN_COLUMNS; `n`: interviews planned; `largest`: the most any
    indicator needs, None without an aim or where one is out of reach (`note`); `assumptions`: what the plan
    takes for granted, in sentences.
    """

    table: pd.DataFrame
    n: int
    largest: int | None
    assumptions: tuple[str, ...]


@dataclass(frozen=True)
class _Aims:
    n: int
    margin: float | None
    change: float | None
    power: float
    level: float
    family: int
    response: float | None
    common: float


def plan_next_wave(
    data: SurveyData | Sequence[SurveyData],
    indicators: Sequence[str] | None = None,
    *,
    n: int | None = None,
    margin: float | None = None,
    change: float | None = None,
    power: float = 0.8,
    level: float = 0.95,
    family: int = 1,
    response: float | None = None,
    overlap: float = 0.0,
    rho: float = 0.0,
    time: float | None = None,
) -> WavePlan:
    """What a next wave of n interviews would find, and how many it needs, from the design effects observed.

    `indicators`: names of the codebook's indicators, all headlines by default. `n`: the latest wave's
    interviews by default. `margin`, `change`: what every indicator should reach (shares in 0..1, means in
    their own units); `contacts_*` are n at the `response` rate. `smallest_change`: between the latest wave,
    as it was, and the next, z sqrt(V_latest + V_next - 2 overlap rho sqrt(V V)), z = z(1 - alpha/2) +
    z(power); `family`, `overlap`, `rho` as in n_for_change. `smallest_slope`: of a line through all waves and
    the next at `time` (years; by default as far ahead as the waves are apart), sampling error only. Design
    effects are the mean over the waves; `answering` is the share of interviews that have a valid answer, so
    that n counts interviews, not answers.
    EstimationError for a sample without sampling error and an unknown indicator.
    """
    data = pooled(data)
    data.refuse_grouped("a plan")
    _refuse_without_error(data)
    chosen = _chosen(data, indicators)
    planned = int(n or _interviews(data, data.waves[-1]))
    at_least("n", planned, 2)
    share("power", power)
    for name, aim in (("margin", margin), ("change", change)):
        if aim is not None and not aim > 0:
            raise EstimationError(Said(setting(name, float(aim)), " must be above 0: type 0.03 for 3 points"))
    aims = _Aims(planned, margin, change, power, level, family, response, overlap_of(overlap, rho))
    times = _times(data, time)
    table = pd.DataFrame([_row(data, each, aims, times) for each in chosen], columns=list(PLAN_COLUMNS))
    table = table.astype({name: "Int64" for name in PLAN_COLUMNS if name.startswith(("n_for", "contacts"))})
    needed = table[["n_for_margin", "n_for_change"]].max(axis=1).max()
    reached = not pd.isna(needed) and (table["note"] == "").all()
    return WavePlan(table, planned, int(needed) if reached else None, _assumptions(data, aims, times))


def _refuse_without_error(data: SurveyData) -> None:
    without = [wave for wave in data.waves if not data.wave_meta(wave).infers]
    if without:
        raise EstimationError(
            f"wave {', '.join(without)} is no probability sample and has no declared model: without sampling "
            "error there is no design effect to plan with"
        )


def _chosen(data: SurveyData, names: Sequence[str] | None) -> list[Indicator]:
    known = {each.name: each for each in data.codebook.indicators}
    if names is None:
        found = [each for each in known.values() if each.headline]
        if not found:
            raise EstimationError(
                Said("the codebook has no headline indicator: name one, as ", setting("indicators"))
            )
        return found
    for name in names:
        if name not in known:
            raise EstimationError(unknown_name("indicator", name, list(known)))
    return [known[name] for name in names]


def _interviews(data: SurveyData, wave: str) -> int:
    return int((data.wave_place == data.waves.index(wave)).sum())


def _times(data: SurveyData, time: float | None) -> list[float]:
    """The waves' times and the next one's; empty where they have none."""
    if len(data.waves) < 2:
        return []
    try:
        known = wave_times(data, None)
    except EstimationError:
        return []
    past = [known[wave] for wave in data.waves]
    return [*past, time if time is not None else past[-1] + (past[-1] - past[0]) / (len(past) - 1)]


def _estimates(data: SurveyData, indicator: Indicator) -> Estimates:
    if indicator.statistic == "mean":
        return mean_estimates(data, indicator.variable, by="wave")
    return proportion_estimates(data, indicator.variable, code=indicator.code, by="wave")


def _row(data: SurveyData, indicator: Indicator, aims: _Aims, times: list[float]) -> dict[str, Any]:
    found = _estimates(data, indicator)
    deff, base = found.deff, found.base
    sound = np.flatnonzero(np.isfinite(deff) & (base > 1))
    row: dict[str, Any] = dict.fromkeys(PLAN_COLUMNS)
    row |= {
        "indicator": indicator.name,
        "label": indicator.label.get(data.codebook.source_language, indicator.name),
        "statistic": indicator.statistic,
        "waves": len(sound),
        "n": aims.n,
        "note": "" if len(sound) else "no wave has an error to plan with",
    }
    if not len(sound):
        return row
    last = sound[-1]
    interviews = [_interviews(data, found.cells.waves[cell]) for cell in found.cell[sound]]
    answering = float((base[sound] / interviews).mean())
    effect = float(deff[sound].mean())
    # variance of one answer, from which that of a figure is spread * deff / answers
    spread = float(found.simple_variance[last] * (base[last] - 1))
    one = spread * effect / answering
    next_variance = one / aims.n
    z, both = critical(aims.level), critical(aims.level, aims.family) + float(stats.norm.ppf(aims.power))
    latest = float(found.variance[last])
    row |= {
        "estimate": float(found.values[last]),
        "deff": effect,
        "deff_least": float(deff[sound].min()),
        "deff_most": float(deff[sound].max()),
        "answering": answering,
        "margin": z * float(np.sqrt(next_variance)),
        "smallest_change": both * float(np.sqrt(_together(latest, next_variance, aims.common))),
        "smallest_slope": _slope(found, sound, next_variance, times, aims),
    }
    if aims.margin is not None:
        row |= _sizes("margin", one * (z / aims.margin) ** 2, aims)
    if aims.change is not None:
        exact = _for_change(one, latest, aims.change / both, aims.common)
        row |= _sizes("change", exact, aims)
        if exact is None:
            row["note"] = (
                f"no size finds a change of {aims.change:g}: the latest wave's own error is too large"
            )
    return row


def _together(latest: float, coming: float, common: float) -> float:
    return latest + coming - 2 * common * float(np.sqrt(latest * coming))


def _for_change(one: float, latest: float, error: float, common: float) -> float | None:
    """Interviews that bring the error of the change down to `error`; None where no number does.

    With x the next figure's error, x^2 - 2 common s x + s^2 = error^2.
    """
    s = float(np.sqrt(latest))
    inside = (common * s) ** 2 - s**2 + error**2
    x = common * s + np.sqrt(inside) if inside >= 0 else 0.0
    return one / x**2 if x > 0 else None


def _sizes(name: str, exact: float | None, aims: _Aims) -> dict[str, int | None]:
    if exact is None:
        return {f"n_for_{name}": None, f"contacts_for_{name}": None}
    found = sized(exact, aims.response)
    return {f"n_for_{name}": found.n, f"contacts_for_{name}": found.contacts}


def _slope(
    found: Estimates, sound: np.ndarray, coming: float, times: list[float], aims: _Aims
) -> float | None:
    """The smallest slope of a weighted line through the waves, the next one included."""
    if len(times) < LEAST_WAVES or len(sound) + 1 < LEAST_WAVES:
        return None
    waves = list(found.data.waves)
    at = np.array([times[waves.index(found.cells.waves[cell])] for cell in found.cell[sound]] + [times[-1]])
    variance = np.append(found.variance[sound], coming)
    if not (variance > 0).all() or np.ptp(at) == 0:
        return None
    weights = 1 / variance
    centre = float(weights @ at / weights.sum())
    error = float(1 / np.sqrt(weights @ (at - centre) ** 2))
    return error * (critical(aims.level, aims.family) + float(stats.norm.ppf(aims.power)))


def _assumptions(data: SurveyData, aims: _Aims, times: list[float]) -> tuple[str, ...]:
    said = [
        f"design effects and shares answering stay at their mean over {len(data.waves)} wave(s)",
        "the next wave has the same design and population; figures stay near the latest",
    ]
    if times:
        said.append(f"the next wave is at {times[-1]:.1f}; slopes carry sampling error only")
    if aims.family > 1:
        said.append(f"changes are judged as {aims.family} together (Bonferroni)")
    if aims.common:
        said.append(f"waves share people: overlap times correlation is {aims.common:.2f}")
    return tuple(said)
