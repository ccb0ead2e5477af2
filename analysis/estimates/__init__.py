"""Estimates with design-based errors out of SurveyData. May not read files, weight data or compare waves."""

from analysis.estimates.influence import Estimates, joint_covariance
from analysis.estimates.mean import mean, mean_estimates, ratio, ratio_estimates, total, total_estimates
from analysis.estimates.proportion import proportion, proportion_estimates
from analysis.estimates.publish import gate
from analysis.estimates.quantile import quantile
from analysis.estimates.spread import variance, variance_estimates
from analysis.estimates.table import COLUMNS, EstimateTable

__all__ = [
    "COLUMNS",
    "EstimateTable",
    "Estimates",
    "gate",
    "joint_covariance",
    "mean",
    "mean_estimates",
    "proportion",
    "proportion_estimates",
    "quantile",
    "ratio",
    "ratio_estimates",
    "total",
    "total_estimates",
    "variance",
    "variance_estimates",
]
