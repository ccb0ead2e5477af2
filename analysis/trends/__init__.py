"""Trends over three or more waves. May not read releases or decide what is printed."""

from analysis.trends.heterogeneity import WaveLevelFit, wave_level_fit
from analysis.trends.times import wave_times
from analysis.trends.trend import TREND_COLUMNS, TrendResult, trend

__all__ = ["TREND_COLUMNS", "TrendResult", "WaveLevelFit", "trend", "wave_level_fit", "wave_times"]
