"""Simulated respondents, who know the pages only by their HTML. May import no other part of the survey."""

from survey.simulation.browser import WalkError
from survey.simulation.fieldwork import Server, Visit, play
from survey.simulation.sample import PlannedBatch, plan_open_link, plan_wave
from survey.simulation.settings import Settings, SettingsError, load_settings
from survey.simulation.stranger import Stranger, Visited, visit
from survey.simulation.walker import Outcome

__all__ = [
    "Outcome",
    "PlannedBatch",
    "Server",
    "Settings",
    "SettingsError",
    "Stranger",
    "Visit",
    "Visited",
    "WalkError",
    "load_settings",
    "plan_open_link",
    "plan_wave",
    "play",
    "visit",
]
