"""Weights that meet known population margins. May not estimate, compare waves or write releases."""

from analysis.fitting import trim_weights
from analysis.weighting.calibration import calibrate
from analysis.weighting.raking import rake
from analysis.weighting.reading import read_targets
from analysis.weighting.report import MarginCell, WeightReport, kish_deff
from analysis.weighting.targets import Margin, Targets

__all__ = [
    "Margin",
    "MarginCell",
    "Targets",
    "WeightReport",
    "calibrate",
    "kish_deff",
    "rake",
    "read_targets",
    "trim_weights",
]
