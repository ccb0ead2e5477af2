"""Why a figure changed: who people are, what they think, and generations. May not say what is a cause."""

from analysis.decomposition.apc import AgePeriodCohort, age_period_cohort
from analysis.decomposition.births import bands
from analysis.decomposition.cohorts import CohortProfile, cohort_profile
from analysis.decomposition.firebaugh import Firebaugh, firebaugh
from analysis.decomposition.kitagawa import Kitagawa, kitagawa
from analysis.decomposition.oaxaca import Oaxaca, oaxaca
from analysis.decomposition.parts import PARTS_COLUMNS, Parts
from analysis.decomposition.standard import STANDARD_COLUMNS, Standardised, standardise

__all__ = [
    "PARTS_COLUMNS",
    "STANDARD_COLUMNS",
    "AgePeriodCohort",
    "CohortProfile",
    "Firebaugh",
    "Kitagawa",
    "Oaxaca",
    "Parts",
    "Standardised",
    "age_period_cohort",
    "bands",
    "cohort_profile",
    "firebaugh",
    "kitagawa",
    "oaxaca",
    "standardise",
]
