"""The report's parts: material in, sections of HTML out. May not estimate, judge or open a file of data."""

from reports.sections.battery import battery_sections
from reports.sections.checklist import checklist_section
from reports.sections.cover import cover_section, verso_section
from reports.sections.differences import differences_sections
from reports.sections.headlines import finding, headlines_section
from reports.sections.history import history_section
from reports.sections.material import Material, Record
from reports.sections.method import method_section
from reports.sections.published_facts import method_strip
from reports.sections.reading import reading_section
from reports.sections.register import register_section
from reports.sections.release_log import release_log_section
from reports.sections.requirements import gaps, refuse_incomplete
from reports.sections.tables import tables_section
from reports.sections.topline import topline_section
from reports.sections.trends import trends_section
from reports.sections.wording import wording_section

SECTIONS = (
    reading_section,
    headlines_section,
    trends_section,
    battery_sections,
    tables_section,
    method_section,
    wording_section,
    topline_section,
    history_section,
    differences_sections,
    release_log_section,
    checklist_section,
    register_section,
)
"""The chapters in printing order; cover and inside cover are put before them."""

__all__ = [
    "SECTIONS",
    "Material",
    "Record",
    "cover_section",
    "finding",
    "gaps",
    "method_strip",
    "refuse_incomplete",
    "verso_section",
]
