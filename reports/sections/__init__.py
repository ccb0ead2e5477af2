"""The report's parts: material in, sections of HTML out. May not estimate, judge or open a file of data."""

from collections.abc import Callable

from reports.report import Section
from reports.sections.association import association_sections
from reports.sections.battery import battery_sections
from reports.sections.checklist import checklist_section
from reports.sections.cover import cover_section, verso_sections
from reports.sections.differences import differences_sections
from reports.sections.exposure import exposure_sections
from reports.sections.facts import facts_sections, is_stale
from reports.sections.foreword import foreword_sections
from reports.sections.groups import groups_sections
from reports.sections.headlines import finding, headlines_section
from reports.sections.history import history_section
from reports.sections.limits import limits_section
from reports.sections.material import Material, Record
from reports.sections.method import method_section
from reports.sections.official import official_sections
from reports.sections.planned import planned_sections
from reports.sections.professionals import professionals_sections
from reports.sections.published_facts import method_strip
from reports.sections.questions import questions_sections
from reports.sections.reading import reading_section
from reports.sections.register import register_section
from reports.sections.release_log import release_log_section
from reports.sections.requirements import gaps, refuse_incomplete
from reports.sections.scales import scales_sections
from reports.sections.spotlight import spotlight_sections
from reports.sections.tables import tables_section
from reports.sections.targets import targets_sections
from reports.sections.topline import topline_section
from reports.sections.trends import trends_section
from reports.sections.wording import wording_section
from reports.spec import ReportSpec

SECTIONS: tuple[Callable[[Material], Section | tuple[Section, ...]], ...] = (
    foreword_sections,
    reading_section,
    headlines_section,
    trends_section,
    limits_section,
    planned_sections,
    scales_sections,
    battery_sections,
    questions_sections,
    groups_sections,
    association_sections,
    spotlight_sections,
    professionals_sections,
    exposure_sections,
    targets_sections,
    official_sections,
    facts_sections,
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

CHAPTERS = {make.__name__.removesuffix("s").removesuffix("_section"): make for make in SECTIONS}
"""Chapters by the name a specification gives them: `method`, `battery`."""
NEEDED = ("method", "register")
"""Chapters that no specification leaves out: who says a number says how it was made."""


def chosen_chapters(spec: ReportSpec) -> tuple[Callable[[Material], Section | tuple[Section, ...]], ...]:
    """The chapters in the specification's order, the register last: it lists what the others printed."""
    if spec.chapters is None:
        return SECTIONS
    names = [name for name in spec.chapters if name != "register"]
    return tuple(CHAPTERS[name] for name in (*names, "register"))


__all__ = [
    "CHAPTERS",
    "NEEDED",
    "SECTIONS",
    "Material",
    "Record",
    "chosen_chapters",
    "cover_section",
    "finding",
    "gaps",
    "is_stale",
    "method_strip",
    "refuse_incomplete",
    "verso_sections",
]
