"""How well the questions were answered: SurveyData in, flags as columns, counts and what they move out."""

from analysis.quality.columns import FLAGS, PARADATA, flag_names
from analysis.quality.flagging import Flagged, flag_interviews
from analysis.quality.interviewers import INTERVIEWER_COLUMNS, Intraclass, interviewer_effects, intraclass
from analysis.quality.nonresponse import NONRESPONSE_COLUMNS, item_nonresponse
from analysis.quality.sensitivity import SENSITIVITY_COLUMNS, sensitivity

__all__ = [
    "FLAGS",
    "INTERVIEWER_COLUMNS",
    "NONRESPONSE_COLUMNS",
    "PARADATA",
    "SENSITIVITY_COLUMNS",
    "Flagged",
    "Intraclass",
    "flag_interviews",
    "flag_names",
    "interviewer_effects",
    "intraclass",
    "item_nonresponse",
    "sensitivity",
]
