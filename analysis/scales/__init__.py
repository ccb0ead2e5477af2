"""Attitudes as scales: reliability, factors, invariance, item response and differential functioning."""

from analysis.scales.cfa.fitting import cfa
from analysis.scales.cfa.invariance import (
    INVARIANCE_COLUMNS,
    Cutoffs,
    InvarianceResult,
    difference_test,
    invariance,
    partial_candidates,
)
from analysis.scales.cfa.result import ESTIMATE_COLUMNS, FactorFit
from analysis.scales.dif.graded import IRT_DIF_COLUMNS, irt_dif
from analysis.scales.dif.logistic import DIF_COLUMNS, DifResult, dif
from analysis.scales.factors import (
    Adequacy,
    Eigenvalues,
    FactorLoadings,
    eigenvalues,
    factor_analysis,
    kmo,
    parallel_analysis,
)
from analysis.scales.figures import FIGURE_COLUMNS, Figures
from analysis.scales.irt.fitting import LINK_COLUMNS, grm, link_waves
from analysis.scales.irt.model import GRM_COLUMNS, LATENT_COLUMNS, GradedModel
from analysis.scales.items import Items, scale_items
from analysis.scales.moments import Moments, moments
from analysis.scales.omega import OMEGA_COLUMNS, omega
from analysis.scales.polychoric import Polychoric, polychoric
from analysis.scales.polychoric_pair import PolychoricPair, polychoric_pair
from analysis.scales.reliability import (
    ITEM_COLUMNS,
    RELIABILITY_COLUMNS,
    Reliability,
    alpha,
    item_statistics,
)
from analysis.scales.scores import with_score, with_theta

__all__ = [
    "DIF_COLUMNS",
    "ESTIMATE_COLUMNS",
    "FIGURE_COLUMNS",
    "GRM_COLUMNS",
    "INVARIANCE_COLUMNS",
    "IRT_DIF_COLUMNS",
    "ITEM_COLUMNS",
    "LATENT_COLUMNS",
    "LINK_COLUMNS",
    "OMEGA_COLUMNS",
    "RELIABILITY_COLUMNS",
    "Adequacy",
    "Cutoffs",
    "DifResult",
    "Eigenvalues",
    "FactorFit",
    "FactorLoadings",
    "Figures",
    "GradedModel",
    "InvarianceResult",
    "Items",
    "Moments",
    "Polychoric",
    "PolychoricPair",
    "Reliability",
    "alpha",
    "cfa",
    "dif",
    "difference_test",
    "eigenvalues",
    "factor_analysis",
    "grm",
    "invariance",
    "irt_dif",
    "item_statistics",
    "kmo",
    "link_waves",
    "moments",
    "omega",
    "parallel_analysis",
    "partial_candidates",
    "polychoric",
    "polychoric_pair",
    "scale_items",
    "with_score",
    "with_theta",
]
