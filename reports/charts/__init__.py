"""Charts as SVG with real text: readings in, `Figure(svg, alt, caption)` out. May not estimate or judge."""

from reports.charts.bars import BarRow, Segment, diverging_bars
from reports.charts.lines import Line, WaveTick, trend_lines
from reports.charts.style import Figure

__all__ = ["BarRow", "Figure", "Line", "Segment", "WaveTick", "diverging_bars", "trend_lines"]
