"""What it means: releases, weights, estimates, changes and trends. May do no web, no database."""

from analysis.data import Break, Meta, SurveyData
from analysis.design import Calibration, Design, PooledDesign, design_from_dict
from analysis.errors import AnalysisError, DataError, EstimationError
from analysis.frames import from_frame
from analysis.recode import derive

__all__ = [
    "AnalysisError",
    "Break",
    "Calibration",
    "DataError",
    "Design",
    "EstimationError",
    "Meta",
    "PooledDesign",
    "SurveyData",
    "derive",
    "design_from_dict",
    "from_frame",
]
