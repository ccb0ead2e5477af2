"""Regression models with design-based errors out of SurveyData. May not weight data or compare waves."""

from analysis.models.criteria import DesignAIC, DesignBIC, design_aic, design_bic
from analysis.models.families import FAMILIES, LINKS, family_of
from analysis.models.formula import formula_columns
from analysis.models.glm import fit_matrix, fit_model, svyglm
from analysis.models.marginal import Margins
from analysis.models.margins import marginal_effects, predictive_margins
from analysis.models.multinomial import svymultinomial
from analysis.models.ordinal import svyolr
from analysis.models.result import ModelResult
from analysis.models.small_sample import bell_mccaffrey
from analysis.models.terms import LikelihoodRatio, Wald, wald_test

__all__ = [
    "FAMILIES",
    "LINKS",
    "DesignAIC",
    "DesignBIC",
    "LikelihoodRatio",
    "Margins",
    "ModelResult",
    "Wald",
    "bell_mccaffrey",
    "design_aic",
    "design_bic",
    "family_of",
    "fit_matrix",
    "fit_model",
    "formula_columns",
    "marginal_effects",
    "predictive_margins",
    "svyglm",
    "svymultinomial",
    "svyolr",
    "wald_test",
]
