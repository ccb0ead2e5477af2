"""The two-page factsheet: material and one figure by group in, its two pages as sections out."""

from reports.document import Fit
from reports.factsheet.back import back_section
from reports.factsheet.front import front_section
from reports.report import Section
from reports.sections import Material

FIT = Fit(pages=2, sizes=(9.4, 9.0, 8.6, 8.2, 7.8, 7.4, 7.0))
"""Sizes of running text; the smallest words have 0.85 of it."""


def factsheet_sections(material: Material) -> tuple[Section, ...]:
    """Front and back."""
    return front_section(material), back_section(material)


__all__ = ["FIT", "factsheet_sections"]
