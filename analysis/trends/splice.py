"""Two wordings made one series: a bridge wave that asked both comes in, the spliced series goes out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse, special, stats

from analysis.data import SurveyData, Where
from analysis.errors import EstimationError, Said, setting, unknown_name
from analysis.estimates.cells import By
from analysis.estimates.intervals import student
from analysis.trends.lines import refuse_link
from analysis.trends.series import WaveSeries, wave_series
from analysis.trends.times import wave_times
from analysis.waves import pooled
from analysis.waves.changes import POWER

SHIFT_COLUMNS = (
    "group",
    "code",
    "code_old",
    "bridge",
    "link",
    "old",
    "new",
    "estimate",
    "se",
    "low",
    "high",
    "df",
    "p",
    "mdc",
    "verdict",
    "base_old",
    "base_new",
)
_ORDER = ("show", "flag", "suppress")
_ROUNDING = 1e-12


@dataclass(frozen=True)
class Splice:
    """`series`: a spliced one per group, in the new wording; `shifts`: what was added to the old wording's
    figures (new minus old in the bridge wave), a row per group with SHIFT_COLUMNS.
    """

    series: tuple[WaveSeries, ...]
    shifts: pd.DataFrame


@dataclass(frozen=True)
class _Bridge:
    """Where and how two series meet."""

    wave: str
    link: str
    level: float


def splice(
    data: SurveyData | Sequence[SurveyData],
    old: str,
    new: str,
    *,
    bridge: str,
    halves: tuple[Where, Where] | None = None,
    code: int | str | None = None,
    code_old: int | str | None = None,
    statistic: str | None = None,
    by: By = None,
    where: Where = None,
    time: Mapping[str, float] | None = None,
    link: str = "identity",
    level: float = 0.95,
) -> Splice:
    """The series of `new` with the waves before the bridge taken from `old`, shifted by the bridge's
    difference.

    `old`, `new`: the two variables, both asked in the wave `bridge` (of a split ballot, or of everybody); or
    the same variable twice with `halves`, the bridge's people who got the old and the new wording.
    `code_old`: the code of `old` where it differs from `code`. `link` logit shifts log odds, so that shares
    stay within 0 and 1. The influence values of the shift are part of every shifted figure, so its variance,
    and the covariance it makes between the shifted waves, is in every change and trend of the series. A break
    between the wordings is what the bridge mends; a break within either one's own waves stands. The shift
    assumes that what separates the wordings in the bridge wave separated them before.
    EstimationError where the bridge did not ask both, and where a shifted share leaves 0 to 1.
    """
    data = pooled(data)
    refuse_link(link)
    if bridge not in data.waves:
        raise EstimationError(unknown_name("wave", bridge, data.waves))
    if old == new and halves is None:
        raise EstimationError(
            f"{old!r} is named as old and as new wording: give halves=(where_old, where_new), "
            "who got which in the bridge wave"
        )
    times = wave_times(data, time)
    when = np.array([times[wave] - times[bridge] for wave in data.waves])[data.wave_place]
    in_old, in_new = _sides(data, where, when, halves)
    options: dict[str, Any] = {"statistic": statistic, "by": by, "time": time, "level": level}
    before = wave_series(data, old, code=code if code_old is None else code_old, where=in_old, **options)
    after = wave_series(data, new, code=code, where=in_new, least=1, **options)
    met = _Bridge(bridge, link, level)
    parts = [_join(one, other, met) for one, other in _matched(before, after, code_old is not None)]
    if not parts:
        raise EstimationError(
            f"no group has {old!r} and {new!r} in wave {bridge!r}: name a wave that asked both wordings"
        )
    shifts = pd.DataFrame([row for _, row in parts], columns=list(SHIFT_COLUMNS))
    return Splice(tuple(series for series, _ in parts), shifts.astype({"code": "Int64", "code_old": "Int64"}))


def _sides(
    data: SurveyData, where: Where, when: np.ndarray, halves: tuple[Where, Where] | None
) -> tuple[np.ndarray, np.ndarray]:
    """Rows that may count for the old and for the new wording; `when`: n years before (-) and after the
    bridge.
    """
    domain = data.domain(where)
    there = when == 0
    old, new = (data.domain(half) for half in halves or (None, None))
    return (
        domain & ((when < 0) | (there & old)),
        domain & ((when > 0) | (there & new)),
    )


def _matched(
    before: Sequence[WaveSeries], after: Sequence[WaveSeries], recoded: bool
) -> list[tuple[WaveSeries, WaveSeries]]:
    """Series of the same group and code; of the same group where the codes differ by declaration."""
    later = {(one.group, None if recoded else one.code): one for one in after}
    keys = [(one.group, None if recoded else one.code) for one in before]
    return [(one, later[key]) for key, one in zip(keys, before, strict=True) if key in later]


def _join(old: WaveSeries, new: WaveSeries, met: _Bridge) -> tuple[WaveSeries, dict[str, Any]]:
    for one in (old, new):
        if met.wave not in one.waves:
            raise EstimationError(
                f"nobody answered {one.variable!r} in wave {met.wave!r}"
                f"{' in group ' + one.group if one.group else ''}: name a wave that asked both wordings"
            )
    place_old, place_new = old.waves.index(met.wave), new.waves.index(met.wave)
    a, b = old.on(met.link), new.on(met.link)
    Za, Zb = sparse.csc_array(a.influence), sparse.csc_array(b.influence)
    shift = b.values[place_new] - a.values[place_old]
    step = sparse.csc_array(Zb[:, [place_new]] - Za[:, [place_old]])
    earlier = list(range(place_old))
    values = a.values[earlier] + shift
    influence = Za[:, earlier] + sparse.csc_array(step @ np.ones((1, len(earlier))))
    if met.link == "logit":
        values = special.expit(values)
        influence = sparse.csc_array(influence @ sparse.diags_array(values * (1 - values)))
    _refuse_outside(old, values, met)
    ruling = max(_ORDER.index(one.rows["publish"].iloc[p]) for one, p in ((old, place_old), (new, place_new)))
    series = replace(
        new,
        waves=(*old.waves[:place_old], *new.waves),
        times=np.concatenate([old.times[earlier], new.times]),
        values=np.concatenate([values, new.values]),
        influence=sparse.csr_array(sparse.hstack([influence, sparse.csc_array(new.influence)])),
        domain=old.domain | new.domain,
        obstacle=_obstacle(old, new),
    )
    series = replace(series, rows=_rows(series, old.rows.iloc[earlier], new.rows, _ORDER[ruling], met.level))
    return series, _shift_row(old, new, float(shift), step, met)


def _refuse_outside(old: WaveSeries, values: np.ndarray, met: _Bridge) -> None:
    if old.statistic == "proportion" and ((values < -_ROUNDING) | (values > 1 + _ROUNDING)).any():
        raise EstimationError(
            Said(
                f"shifted by bridge {met.wave!r}, a share of {old.variable!r} leaves 0 to 1: type ",
                setting("link", "logit"),
            )
        )


def _obstacle(old: WaveSeries, new: WaveSeries) -> str:
    """Why a spliced series cannot be tested; too few waves on one side is no reason."""
    found = [one.obstacle for one in (old, new) if one.obstacle not in ("", "too_few")]
    return found[0] if found else ""


def _rows(
    series: WaveSeries, old: pd.DataFrame, new: pd.DataFrame, ruling: str, level: float
) -> pd.DataFrame:
    """The spliced figures as an EstimateTable; a shifted one is published no more freely than the bridge."""
    shifted = len(old)
    se = np.sqrt(np.maximum(0.0, np.diag(series.covariance)))
    df = np.array([series.df] * shifted)
    half = student(df, level) * se[:shifted]
    estimate = series.values[:shifted]
    worse = [_ORDER[max(_ORDER.index(own), _ORDER.index(ruling))] for own in old["publish"]]
    known = old["se"].notna()
    moved = old.assign(
        variable=series.variable,
        code=new["code"].iloc[0],
        label=new["label"].iloc[0],
        estimate=estimate,
        se=np.where(known, se[:shifted], np.nan),
        low=np.where(known, estimate - half, np.nan),
        high=np.where(known, estimate + half, np.nan),
        n_eff=np.nan,
        deff=np.nan,
        df=df,
        method=f"spliced, t {level:.6g}",
        publish=worse,
    )
    return pd.concat([moved, new], ignore_index=True)


def _shift_row(
    old: WaveSeries, new: WaveSeries, shift: float, step: sparse.csc_array, met: _Bridge
) -> dict[str, Any]:
    data = old.data
    at = data.wave_place == data.waves.index(met.wave)
    domain = (old.domain | new.domain) & at
    se = float(np.sqrt(data.sample.variances(sparse.csr_array(step), domain)[0]))
    df = data.sample.df(domain)
    t = float(student(np.array([df]), met.level)[0])
    low, high = shift - t * se, shift + t * se
    place_old, place_new = old.waves.index(met.wave), new.waves.index(met.wave)
    infers = data.wave_meta(met.wave).infers
    return {
        "group": old.group,
        "code": new.code if isinstance(new.code, int) else None,
        "code_old": old.code if isinstance(old.code, int) else None,
        "bridge": met.wave,
        "link": met.link,
        "old": old.values[place_old],
        "new": new.values[place_new],
        "estimate": shift,
        "se": se if infers else np.nan,
        "low": low if infers else np.nan,
        "high": high if infers else np.nan,
        "df": df,
        "p": float(2 * stats.t.sf(abs(shift) / se, df)) if infers and se > 0 and df > 0 else np.nan,
        "mdc": (t + float(stats.t.ppf(POWER, max(df, 1)))) * se if infers else np.nan,
        "verdict": ("differs" if low > 0 or high < 0 else "no_clear_difference")
        if infers
        else "not_inferable",
        "base_old": int(old.rows["base"].iloc[place_old]),
        "base_new": int(new.rows["base"].iloc[place_new]),
    }
