"""When a wave was: wave names and dates come in, a number of years for each goes out."""

import re
from calendar import monthrange
from collections.abc import Mapping
from datetime import date

from analysis.data import SurveyData
from analysis.errors import EstimationError, Said, setting

_TIME = setting("time", written="{wave: year}")
_YEAR = re.compile(r"(?<!\d)(1[89]\d\d|20\d\d)(?!\d)")


def wave_times(data: SurveyData, time: Mapping[str, float] | None = None) -> dict[str, float]:
    """Years by wave: `time` where given, else the year in the wave's name, else the middle of its dates.

    Names serve only when each holds one year and all differ. EstimationError when a wave has no time or two
    have the same.
    """
    waves = data.waves
    if time is not None:
        absent = [wave for wave in waves if wave not in time]
        if absent:
            raise EstimationError(f"time gives no number for wave {', '.join(absent)}: add it")
        times = {wave: float(time[wave]) for wave in waves}
    else:
        times = _from_names(waves) or _from_dates(data)
    if len(set(times.values())) < len(times):
        raise EstimationError(Said(f"two waves have the same time ({times}): type ", _TIME))
    return times


def _from_names(waves: tuple[str, ...]) -> dict[str, float]:
    years = {wave: _YEAR.findall(wave) for wave in waves}
    if any(len(found) != 1 for found in years.values()):
        return {}
    times = {wave: float(found[0]) for wave, found in years.items()}
    return times if len(set(times.values())) == len(times) else {}


def _from_dates(data: SurveyData) -> dict[str, float]:
    times = {}
    for wave in data.waves:
        dates = data.wave_meta(wave).dates
        if not dates or not data.meta.parts:
            raise EstimationError(
                Said(f"wave {wave!r} has neither a year in its name nor dates: type ", _TIME)
            )
        times[wave] = (_decimal_year(dates[0]) + _decimal_year(dates[1], last=True)) / 2
    return times


def _decimal_year(text: str, *, last: bool = False) -> float:
    """A date as a year with decimals; a month or a year alone counts from its first or to its last day."""
    year, month, day = (*map(int, text.split("-")), 0, 0)[:3]
    month = month or (12 if last else 1)
    day = day or (monthrange(year, month)[1] if last else 1)
    start = date(year, 1, 1)
    return year + (date(year, month, day) - start).days / (date(year + 1, 1, 1) - start).days
