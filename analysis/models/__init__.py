"""Regression models with design-based errors, out of SurveyData. May not read files, weight data or compare waves."""

from analysis.models.criteria import DesignAIC, DesignBIC, design_aic, design_bic
from analysis.models.families import FAMILIES, LINKS, family_of
from analysis.models.glm import fit_matrix, fit_model, svyglm
from analysis.models.multinomial import svymultinomial
from analysis.models.ordinal import svyolr
from analysis.models.result import ModelResult
from analysis.models.terms import LikelihoodRatio, Wald

__all__ = [
    "FAMILIES",
    "LINKS",
    "DesignAIC",
    "DesignBIC",
    "LikelihoodRatio",
    "ModelResult",
    "Wald",
    "design_aic",
    "design_bic",
    "family_of",
    "fit_matrix",
    "fit_model",
    "svyglm",
    "svymultinomial",
    "svyolr",
]
