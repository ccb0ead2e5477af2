"""Waves side by side: pooled, compared, and refused where they do not compare. May not fit models."""

from analysis.waves.adjacent import adjacent_changes
from analysis.waves.changes import CHANGE_COLUMNS, change
from analysis.waves.modes import MODE_COLUMNS, mode_breaks
from analysis.waves.pooling import pool, pooled

__all__ = [
    "CHANGE_COLUMNS",
    "MODE_COLUMNS",
    "adjacent_changes",
    "change",
    "mode_breaks",
    "pool",
    "pooled",
]
