"""Estimates with design-based errors out of SurveyData. May not read files, weight data or compare waves."""

from analysis.estimates.cells import make_cells
from analysis.estimates.contrasts import (
    CONTRAST_COLUMNS,
    Contrast,
    contrast,
    difference,
    infers,
    quotient,
    stack,
)
from analysis.estimates.distribution import (
    DISTRIBUTION_COLUMNS,
    distribution,
    distribution_estimates,
)
from analysis.estimates.influence import Estimates, by_cell, joint_covariance
from analysis.estimates.many import proportions
from analysis.estimates.mean import mean, mean_estimates, ratio, ratio_estimates, total, total_estimates
from analysis.estimates.net import net_estimates, net_share
from analysis.estimates.proportion import class_shares, proportion, proportion_estimates
from analysis.estimates.publish import COMPLEMENTARY, NO_ERROR, apply_rules, gate
from analysis.estimates.quantile import quantile
from analysis.estimates.rules import Rule, Rules, read_rules, rule_names
from analysis.estimates.table import COLUMNS, EstimateTable, to_table
from analysis.estimates.variance import variance, variance_estimates

__all__ = [
    "COLUMNS",
    "COMPLEMENTARY",
    "CONTRAST_COLUMNS",
    "DISTRIBUTION_COLUMNS",
    "NO_ERROR",
    "Contrast",
    "EstimateTable",
    "Estimates",
    "Rule",
    "Rules",
    "apply_rules",
    "by_cell",
    "class_shares",
    "contrast",
    "difference",
    "distribution",
    "distribution_estimates",
    "gate",
    "infers",
    "joint_covariance",
    "make_cells",
    "mean",
    "mean_estimates",
    "net_estimates",
    "net_share",
    "proportion",
    "proportion_estimates",
    "proportions",
    "quantile",
    "quotient",
    "ratio",
    "ratio_estimates",
    "read_rules",
    "rule_names",
    "stack",
    "to_table",
    "total",
    "total_estimates",
    "variance",
    "variance_estimates",
]
