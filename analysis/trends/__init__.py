"""Trends over three or more waves. May not read releases or decide what is printed."""

from analysis.trends.heterogeneity import WaveLevelFit, wave_level_fit
from analysis.trends.line import WAVES_FOR_VARIATION
from analysis.trends.times import wave_times
from analysis.trends.trend import LEAST_WAVES, TREND_COLUMNS, TrendResult, trend

__all__ = [
    "LEAST_WAVES",
    "TREND_COLUMNS",
    "WAVES_FOR_VARIATION",
    "TrendResult",
    "WaveLevelFit",
    "trend",
    "wave_level_fit",
    "wave_times",
]
