"""What the chapters beyond trends and batteries draw from: releases and a specification in, figures out."""

from reports.further.associations import Effect, Model, Predictor
from reports.further.gathering import Further, gather_further
from reports.further.groups import Cut, GroupLine, with_language
from reports.further.items import UPPER, upper_codes
from reports.further.lists import Line, Listing
from reports.further.planned import Declared, Planned
from reports.further.professionals import Beside, ByRole, Shared
from reports.further.scales import Same, Scale

__all__ = [
    "UPPER",
    "Beside",
    "ByRole",
    "Cut",
    "Declared",
    "Effect",
    "Further",
    "GroupLine",
    "Line",
    "Listing",
    "Model",
    "Planned",
    "Predictor",
    "Same",
    "Scale",
    "Shared",
    "gather_further",
    "upper_codes",
    "with_language",
]
