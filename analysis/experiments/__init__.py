"""Designed questions: SurveyData and an item's name in, what its design tells out. May not weight data."""

from analysis.experiments.attention import ATTENTION_COLUMNS
from analysis.experiments.balance import Balance, balance
from analysis.experiments.devices import Device
from analysis.experiments.figures import Test
from analysis.experiments.fitted import ExperimentModel
from analysis.experiments.list_difference import ListExperiment, list_experiment
from analysis.experiments.list_ends import ENDS_COLUMNS
from analysis.experiments.list_regression import list_regression
from analysis.experiments.list_tests import DesignTest
from analysis.experiments.randomised import IndirectShare, crosswise, randomised_response
from analysis.experiments.response_regression import crosswise_regression, randomised_regression
from analysis.experiments.splits import SplitBallot, split_ballot
from analysis.experiments.vignettes import VignetteEffects, vignette_effects

__all__ = [
    "ATTENTION_COLUMNS",
    "ENDS_COLUMNS",
    "Balance",
    "DesignTest",
    "Device",
    "ExperimentModel",
    "IndirectShare",
    "ListExperiment",
    "SplitBallot",
    "Test",
    "VignetteEffects",
    "balance",
    "crosswise",
    "crosswise_regression",
    "list_experiment",
    "list_regression",
    "randomised_regression",
    "randomised_response",
    "split_ballot",
    "vignette_effects",
]
