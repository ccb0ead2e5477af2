"""The chapters of a report in, its tables numbered in the order in which they are printed out.

A figure cites its table before the table stands; a number that is given away with the first citation would
not rise from page to page.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from reports.sections.listing import listing_tables
from reports.sections.material import Material
from reports.sections.official import official_table_name
from reports.sections.professionals import professionals_tables
from reports.sections.tables import all_tables
from reports.sections.targets import targets_table_name

TABLED: Mapping[str, Callable[[Material], object]] = {
    "questions": lambda material: listing_tables(material.further.questions, material),
    "exposure": lambda material: listing_tables(material.further.exposure, material),
    "spotlight": lambda material: listing_tables(material.further.spotlight_lists, material),
    "professionals": professionals_tables,
    "targets": lambda material: targets_table_name(material) if material.spec.targets else "",
    "official": lambda material: official_table_name(material) if material.spec.official_counts else "",
    "tables": all_tables,
}
"""Chapters that print numbered tables, with what asks for their names in printing order."""


def number_tables(material: Material, chapters: Sequence[str]) -> None:
    """Give every table its number, before anything cites one. The marks of figures are left as they are."""
    unmarked = replace(material, words=replace(material.words, marks=None))
    for chapter in chapters:
        if chapter in TABLED:
            TABLED[chapter](unmarked)
