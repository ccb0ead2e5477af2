"""Simulated respondents, who know the pages only by their HTML. May import no other part of the survey."""

from survey.simulation.settings import SettingsError, load_settings

__all__ = ["SettingsError", "load_settings"]
