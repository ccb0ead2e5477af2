"""Waves side by side: pooled, compared, and refused where they do not compare. May not fit models."""

from analysis.waves.adjacent import adjacent_changes
from analysis.waves.changes import CHANGE_COLUMNS, change
from analysis.waves.modes import MODE_COLUMNS, mode_breaks
from analysis.waves.multiplicity import ADJUSTMENTS, adjust
from analysis.waves.pooling import pool

__all__ = [
    "ADJUSTMENTS",
    "CHANGE_COLUMNS",
    "MODE_COLUMNS",
    "adjacent_changes",
    "adjust",
    "change",
    "mode_breaks",
    "pool",
]
