"""What we say: sentences, charts, tables, printed reports. May do no web, no database."""

from reports.build import build_report, professionals_of, read_records, report_from_folders
from reports.charts import Figure, diverging_bars, trend_lines
from reports.errors import ReportError, SpecError
from reports.i18n import LANGUAGES
from reports.questionnaires import codebook_html, codebook_pdf, paper_pdf, preview_html
from reports.render import render_html, render_pdf, write_report
from reports.report import Report, Section
from reports.sections import Record, is_stale
from reports.spec import ReportSpec, facts_schema, read_facts, read_spec, report_schema, spec_for

__all__ = [
    "LANGUAGES",
    "Figure",
    "Record",
    "Report",
    "ReportError",
    "ReportSpec",
    "Section",
    "SpecError",
    "build_report",
    "codebook_html",
    "codebook_pdf",
    "diverging_bars",
    "facts_schema",
    "is_stale",
    "paper_pdf",
    "preview_html",
    "professionals_of",
    "read_facts",
    "read_records",
    "read_spec",
    "render_html",
    "render_pdf",
    "report_from_folders",
    "report_schema",
    "spec_for",
    "trend_lines",
    "write_report",
]
