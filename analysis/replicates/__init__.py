"""Replicate designs and samples: errors from repeated weights. May not estimate or know questionnaires."""

from analysis.replicates.design import GIVEN, MADE, ReplicateDesign
from analysis.replicates.sample import ReplicateSample

__all__ = ["GIVEN", "MADE", "ReplicateDesign", "ReplicateSample"]
