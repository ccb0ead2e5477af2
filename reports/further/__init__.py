"""What the chapters beyond trends and batteries draw from: releases and a specification in, figures out."""

from reports.further.associations import LEAST_MODEL, Effect, Model, Predictor, Sample, Unfitted, Why
from reports.further.few import gather_few
from reports.further.gathering import Further, gather_further, spotlight_battery
from reports.further.groups import Cut, GroupLine, with_language
from reports.further.items import UPPER, item_changes, upper_net
from reports.further.lists import Line, Listing, listings
from reports.further.planned import Declared, Planned
from reports.further.professionals import Beside, ByRole, Shared
from reports.further.scales import Same, Scale
from reports.further.vignettes import VignetteAnswers, VignetteFactor, VignetteLevel

__all__ = [
    "LEAST_MODEL",
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
    "Sample",
    "Scale",
    "Shared",
    "Unfitted",
    "VignetteAnswers",
    "VignetteFactor",
    "VignetteLevel",
    "Why",
    "gather_few",
    "gather_further",
    "item_changes",
    "listings",
    "spotlight_battery",
    "upper_net",
    "with_language",
]
