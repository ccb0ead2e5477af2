"""A publication and the register of earlier ones in, what both would tell together out."""

from reports.counts import FEWEST
from reports.published.cells import tables_of
from reports.published.conflicts import Conflict, conflicts
from reports.published.given import given_by
from reports.published.made import publication_of, releases_of
from reports.published.mending import Mended, mended, telling_steps
from reports.published.record import Given, Publication, Table
from reports.published.register import CHOICES, PLANS, Entry, Listed, Register, fingerprint, governing

__all__ = [
    "CHOICES",
    "FEWEST",
    "PLANS",
    "Conflict",
    "Entry",
    "Given",
    "Listed",
    "Mended",
    "Publication",
    "Register",
    "Table",
    "conflicts",
    "fingerprint",
    "given_by",
    "governing",
    "mended",
    "publication_of",
    "releases_of",
    "tables_of",
    "telling_steps",
]
