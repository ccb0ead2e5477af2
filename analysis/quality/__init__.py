"""How well the questions were answered: SurveyData in, flags as columns, counts and what they move out."""

from analysis.quality.columns import FLAGS, PARADATA, flag_names
from analysis.quality.flagging import Flagged, flag_interviews
from analysis.quality.sensitivity import SENSITIVITY_COLUMNS, sensitivity

__all__ = [
    "FLAGS",
    "PARADATA",
    "SENSITIVITY_COLUMNS",
    "Flagged",
    "flag_interviews",
    "flag_names",
    "sensitivity",
]
