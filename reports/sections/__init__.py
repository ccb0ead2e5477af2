"""The report's parts: material in, sections of HTML out. May not estimate, judge or open a file of data."""

from collections.abc import Callable

from reports.report import Section
from reports.sections.association import association_sections
from reports.sections.battery import battery_sections, row_sentences
from reports.sections.checklist import checklist_section
from reports.sections.cover import cover_section, verso_sections
from reports.sections.differences import differences_sections
from reports.sections.experiment import vignettes_sections
from reports.sections.exposure import exposure_sections
from reports.sections.facts import facts_sections, is_stale
from reports.sections.foreword import foreword_sections
from reports.sections.groups import groups_sections
from reports.sections.headlines import finding, headlines_section
from reports.sections.limits import limits_section
from reports.sections.listing import most_named
from reports.sections.material import APPENDED, Material, Record
from reports.sections.method import method_section
from reports.sections.official import official_sections
from reports.sections.order import number_tables
from reports.sections.planned import planned_sections
from reports.sections.professionals import professionals_sections
from reports.sections.published_facts import method_strip, method_text
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
    limits_section,
    trends_section,
    planned_sections,
    scales_sections,
    battery_sections,
    questions_sections,
    exposure_sections,
    groups_sections,
    vignettes_sections,
    association_sections,
    spotlight_sections,
    professionals_sections,
    targets_sections,
    official_sections,
    facts_sections,
    tables_section,
    method_section,
    topline_section,
    wording_section,
    differences_sections,
    release_log_section,
    checklist_section,
    register_section,
)
"""The chapters in printing order; cover and inside cover are put before them."""

CHAPTERS = {make.__name__.removesuffix("s").removesuffix("_section"): make for make in SECTIONS}
"""Chapters by the name a specification gives them: `method`, `battery`."""
NEEDED = ("method", "register")
"""Chapters that a specification has to name: who says a number says how it was made."""


def chosen_chapters(spec: ReportSpec) -> tuple[str, ...]:
    """The chapters in the specification's order, the register last: it lists what the others printed."""
    if spec.chapters is None:
        return tuple(CHAPTERS)
    names = [name for name in spec.chapters if name != "register"]
    names += [name for name in APPENDED if name not in names]
    return (*names, "register")


def chapters_of(material: Material) -> tuple[Section, ...]:
    """Every chapter of the report, its figures and tables numbered as they follow each other."""
    names = chosen_chapters(material.spec)
    number_tables(material, names)
    chapters: list[Section] = []
    for name in names:
        made = CHAPTERS[name](material)
        chapters += made if isinstance(made, tuple) else [made]
    return tuple(chapters)


__all__ = [
    "CHAPTERS",
    "NEEDED",
    "SECTIONS",
    "Material",
    "Record",
    "chapters_of",
    "cover_section",
    "finding",
    "gaps",
    "is_stale",
    "method_strip",
    "method_text",
    "most_named",
    "refuse_incomplete",
    "row_sentences",
    "verso_sections",
]
