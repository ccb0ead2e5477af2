"""Trends over three or more waves. May not read releases or decide what is printed."""

from analysis.trends.anychange import ANY_CHANGE_COLUMNS, any_change
from analysis.trends.convergence import CONVERGENCE_COLUMNS, SPREAD_COLUMNS, Convergence, convergence
from analysis.trends.curve import CURVE_COLUMNS, CurveResult, curve
from analysis.trends.groups import (
    GROUP_TREND_COLUMNS,
    INTERACTION_COLUMNS,
    GroupTrends,
    compare_trends,
    difference_series,
)
from analysis.trends.heterogeneity import WaveLevelFit, wave_level_fit
from analysis.trends.joinpoint import (
    BREAK_COLUMNS,
    SEGMENT_COLUMNS,
    SELECTION_COLUMNS,
    JoinpointResult,
    joinpoint,
)
from analysis.trends.line import WAVES_FOR_VARIATION
from analysis.trends.lines import LEAST_WAVES
from analysis.trends.modeeffect import MODE_EFFECT_COLUMNS, mode_effect
from analysis.trends.ordered import ORDERED_TREND_COLUMNS, OrderedTrend, ordered_trend
from analysis.trends.series import WaveSeries, wave_series
from analysis.trends.serieschange import series_changes
from analysis.trends.splice import SHIFT_COLUMNS, Splice, splice
from analysis.trends.times import wave_times
from analysis.trends.trend import TREND_COLUMNS, TrendResult, trend
from analysis.trends.waveline import series_trend

__all__ = [
    "ANY_CHANGE_COLUMNS",
    "BREAK_COLUMNS",
    "CONVERGENCE_COLUMNS",
    "CURVE_COLUMNS",
    "GROUP_TREND_COLUMNS",
    "INTERACTION_COLUMNS",
    "LEAST_WAVES",
    "MODE_EFFECT_COLUMNS",
    "ORDERED_TREND_COLUMNS",
    "SEGMENT_COLUMNS",
    "SELECTION_COLUMNS",
    "SHIFT_COLUMNS",
    "SPREAD_COLUMNS",
    "TREND_COLUMNS",
    "WAVES_FOR_VARIATION",
    "Convergence",
    "CurveResult",
    "GroupTrends",
    "JoinpointResult",
    "OrderedTrend",
    "Splice",
    "TrendResult",
    "WaveLevelFit",
    "WaveSeries",
    "any_change",
    "compare_trends",
    "convergence",
    "curve",
    "difference_series",
    "joinpoint",
    "mode_effect",
    "ordered_trend",
    "series_changes",
    "series_trend",
    "splice",
    "trend",
    "wave_level_fit",
    "wave_series",
    "wave_times",
]
