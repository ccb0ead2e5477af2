"""Regression models with design-based errors, out of SurveyData. May not read files, weight data or compare waves."""

from analysis.models.families import FAMILIES, LINKS, family_of
from analysis.models.glm import fit_matrix, fit_model, svyglm
from analysis.models.result import ModelResult, Wald

__all__ = [
    "FAMILIES",
    "LINKS",
    "ModelResult",
    "Wald",
    "family_of",
    "fit_matrix",
    "fit_model",
    "svyglm",
]
