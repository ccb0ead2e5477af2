"""Planning: errors, designs and earlier waves in, sample sizes, smallest changes and power out."""

from analysis.planning.changes import n_for_change, power_of_change, smallest_change
from analysis.planning.indirect import (
    crosswise_error,
    indirect_power,
    list_error,
    n_for_indirect,
    penalty,
    randomised_error,
)
from analysis.planning.margins import (
    SampleSize,
    best_cluster_size,
    cluster_deff,
    expected_completes,
    margin_of_error,
    n_for_margin,
    planned_margin,
)
from analysis.planning.next_wave import PLAN_COLUMNS, WavePlan, plan_next_wave
from analysis.planning.slopes import n_for_slope, power_of_slope, smallest_slope, waves_for_slope

__all__ = [
    "PLAN_COLUMNS",
    "SampleSize",
    "WavePlan",
    "best_cluster_size",
    "cluster_deff",
    "crosswise_error",
    "expected_completes",
    "indirect_power",
    "list_error",
    "margin_of_error",
    "n_for_change",
    "n_for_indirect",
    "n_for_margin",
    "n_for_slope",
    "penalty",
    "plan_next_wave",
    "planned_margin",
    "power_of_change",
    "power_of_slope",
    "randomised_error",
    "smallest_change",
    "smallest_slope",
    "waves_for_slope",
]
