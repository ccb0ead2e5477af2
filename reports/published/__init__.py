"""A publication and the register of earlier ones in, what both would tell together out."""

from reports.published.cells import tables_of
from reports.published.conflicts import FEWEST, Conflict, conflicts
from reports.published.made import publication_of, releases_of
from reports.published.record import Publication, Table
from reports.published.register import Entry, Listed, Register

__all__ = [
    "FEWEST",
    "Conflict",
    "Entry",
    "Listed",
    "Publication",
    "Register",
    "Table",
    "conflicts",
    "publication_of",
    "releases_of",
    "tables_of",
]
