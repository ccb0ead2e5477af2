"""Waves side by side: pooled, compared, and refused where they do not compare. May not fit models."""

from analysis.waves.changes import CHANGE_COLUMNS, change
from analysis.waves.pooling import pool

__all__ = ["CHANGE_COLUMNS", "change", "pool"]
