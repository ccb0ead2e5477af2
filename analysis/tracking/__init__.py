"""Comparisons declared beforehand, and what the data say of each. May not add or drop a comparison."""

from analysis.tracking.naming import plan_problems
from analysis.tracking.plan import Comparison, Family, Indicator, TrackingPlan
from analysis.tracking.reading import plan_schema, read_plan
from analysis.tracking.running import TRACKING_COLUMNS, run_plan
from analysis.tracking.standing import standing

__all__ = [
    "TRACKING_COLUMNS",
    "Comparison",
    "Family",
    "Indicator",
    "TrackingPlan",
    "plan_problems",
    "plan_schema",
    "read_plan",
    "run_plan",
    "standing",
]
