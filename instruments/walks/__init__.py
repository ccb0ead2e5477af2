"""Rehearsal of a questionnaire without pages: seeded random walks in, what they met and missed out."""

from instruments.walks.arms import Arm
from instruments.walks.burden import Burden
from instruments.walks.report import WalkReport, walk_randomly
from instruments.walks.walking import passing_answers

__all__ = ["Arm", "Burden", "WalkReport", "passing_answers", "walk_randomly"]
