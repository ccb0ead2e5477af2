"""Charts as SVG with real text: readings in, `Figure(svg, alt, caption)` out. May not estimate or judge."""

from reports.charts.bars import BarRow, Segment, diverging_bars
from reports.charts.dots import Dot, DotBlock, effect_dots, group_dots
from reports.charts.figure import Figure
from reports.charts.flow import FlowStep, Loss, sample_flow
from reports.charts.foot import footed
from reports.charts.lines import Line, WaveTick, page_by_page, small_multiples, trend_lines
from reports.charts.sample import Sample, sample_figure
from reports.charts.vignettes import Factor, FactorLevel, vignette_effects
from reports.charts.weighting import Margin, MarginCell, weighting_plot

__all__ = [
    "BarRow",
    "Dot",
    "DotBlock",
    "Factor",
    "FactorLevel",
    "Figure",
    "FlowStep",
    "Line",
    "Loss",
    "Margin",
    "MarginCell",
    "Sample",
    "Segment",
    "WaveTick",
    "diverging_bars",
    "effect_dots",
    "footed",
    "group_dots",
    "page_by_page",
    "sample_figure",
    "sample_flow",
    "small_multiples",
    "trend_lines",
    "vignette_effects",
    "weighting_plot",
]
