"""Weights that meet known population margins. May not estimate, compare waves or write releases."""

from analysis.fitting import trim_weights
from analysis.weighting.calibration import calibrate, post_stratify
from analysis.weighting.nonresponse import NonresponseCell, NonresponseReport, nonresponse_cells
from analysis.weighting.raking import rake
from analysis.weighting.reading import read_targets
from analysis.weighting.report import BALANCE_COLUMNS, MarginCell, WeightReport, kish_deff, weighting_margin
from analysis.weighting.selection import selection_weights
from analysis.weighting.targets import Margin, Targets

__all__ = [
    "BALANCE_COLUMNS",
    "Margin",
    "MarginCell",
    "NonresponseCell",
    "NonresponseReport",
    "Targets",
    "WeightReport",
    "calibrate",
    "kish_deff",
    "nonresponse_cells",
    "post_stratify",
    "rake",
    "read_targets",
    "selection_weights",
    "trim_weights",
    "weighting_margin",
]
