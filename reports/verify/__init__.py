"""A printed report and releases in, every number of it that the releases do not give out."""

from reports.verify.difference import Difference
from reports.verify.errata import Correction, Errata, Reissue, errata
from reports.verify.outcome import Outcome, carried_by, verify_report

__all__ = [
    "Correction",
    "Difference",
    "Errata",
    "Outcome",
    "Reissue",
    "carried_by",
    "errata",
    "verify_report",
]
