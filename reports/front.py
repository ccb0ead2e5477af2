"""The names of the front door of `reports`, each from where it is made."""

from reports.build import build_report, professionals_of, read_records, report_from_folders
from reports.charts import (
    Figure,
    diverging_bars,
    effect_dots,
    group_dots,
    sample_flow,
    small_multiples,
    trend_lines,
    vignette_effects,
    weighting_plot,
)
from reports.errors import ReportError, SpecError
from reports.i18n import LANGUAGES
from reports.printing import print_side_by_side
from reports.questionnaires import codebook_html, codebook_pdf, paper_pdf, preview_html
from reports.render import documents, render_html, render_pdf, write_report
from reports.report import Report, Section
from reports.sections import Record, is_stale
from reports.site import Written, copy_site, write_site
from reports.spec import ReportSpec, facts_schema, read_facts, read_spec, report_schema, spec_for
from reports.verify import Correction, Difference, Errata, Outcome, Reissue, carried_by, errata, verify_report

__all__ = [
    "LANGUAGES",
    "Correction",
    "Difference",
    "Errata",
    "Figure",
    "Outcome",
    "Record",
    "Reissue",
    "Report",
    "ReportError",
    "ReportSpec",
    "Section",
    "SpecError",
    "Written",
    "build_report",
    "carried_by",
    "codebook_html",
    "codebook_pdf",
    "copy_site",
    "diverging_bars",
    "documents",
    "effect_dots",
    "errata",
    "facts_schema",
    "group_dots",
    "is_stale",
    "paper_pdf",
    "preview_html",
    "print_side_by_side",
    "professionals_of",
    "read_facts",
    "read_records",
    "read_spec",
    "render_html",
    "render_pdf",
    "report_from_folders",
    "report_schema",
    "sample_flow",
    "small_multiples",
    "spec_for",
    "trend_lines",
    "verify_report",
    "vignette_effects",
    "weighting_plot",
    "write_report",
    "write_site",
]
