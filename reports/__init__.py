"""What we say: sentences, charts, tables, printed reports. May do no web, no database."""

from reports.build import build_report, read_records, report_from_folders
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
from reports.errors import ReportError
from reports.i18n import LANGUAGES
from reports.questionnaires import codebook_html, codebook_pdf, paper_pdf, preview_html
from reports.render import render_html, render_pdf, write_report
from reports.report import Report, Section
from reports.sections import Record
from reports.site import Written, copy_site, write_site
from reports.spec import ReportSpec

__all__ = [
    "LANGUAGES",
    "Figure",
    "Record",
    "Report",
    "ReportError",
    "ReportSpec",
    "Section",
    "Written",
    "build_report",
    "codebook_html",
    "codebook_pdf",
    "copy_site",
    "diverging_bars",
    "effect_dots",
    "group_dots",
    "paper_pdf",
    "preview_html",
    "read_records",
    "render_html",
    "render_pdf",
    "report_from_folders",
    "sample_flow",
    "small_multiples",
    "trend_lines",
    "vignette_effects",
    "weighting_plot",
    "write_report",
    "write_site",
]
