"""A printed report and releases in, every number of it that the releases do not give out."""

from reports.verify.difference import Difference
from reports.verify.outcome import Outcome, carried_by, verify_report

__all__ = ["Difference", "Outcome", "carried_by", "verify_report"]
