"""What it means: releases, weights, estimates, changes and trends. May do no web, no database."""

from analysis.data import Break, Meta, SurveyData
from analysis.design import Calibration, Design, PooledDesign, design_from_dict
from analysis.errors import AnalysisError, DataError, EstimationError, ImportProblems, ReleaseError
from analysis.estimates import (
    COLUMNS,
    Estimates,
    EstimateTable,
    mean,
    mean_estimates,
    proportion,
    proportion_estimates,
    quantile,
    ratio,
    ratio_estimates,
    total,
    total_estimates,
)
from analysis.frames import from_frame
from analysis.recode import derive
from analysis.release import (
    ReleaseRef,
    latest,
    list_releases,
    read_json,
    read_release,
    verify_release,
    write_release,
)

__all__ = [
    "COLUMNS",
    "AnalysisError",
    "Break",
    "Calibration",
    "DataError",
    "Design",
    "EstimateTable",
    "Estimates",
    "EstimationError",
    "ImportProblems",
    "Meta",
    "PooledDesign",
    "ReleaseError",
    "ReleaseRef",
    "SurveyData",
    "derive",
    "design_from_dict",
    "from_frame",
    "latest",
    "list_releases",
    "mean",
    "mean_estimates",
    "proportion",
    "proportion_estimates",
    "quantile",
    "ratio",
    "ratio_estimates",
    "read_json",
    "read_release",
    "total",
    "total_estimates",
    "verify_release",
    "write_release",
]
