"""What we say: sentences, charts, tables, printed reports. May do no web, no database."""

from reports.build import build_report, read_records, report_from_folders
from reports.charts import Figure, diverging_bars, trend_lines
from reports.errors import ReportError
from reports.i18n import LANGUAGES
from reports.questionnaires import codebook_html, codebook_pdf, paper_pdf, preview_html
from reports.render import render_html, render_pdf, write_report
from reports.report import Report, Section
from reports.sections import Record
from reports.spec import ReportSpec
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
    "build_report",
    "carried_by",
    "codebook_html",
    "codebook_pdf",
    "diverging_bars",
    "errata",
    "paper_pdf",
    "preview_html",
    "read_records",
    "render_html",
    "render_pdf",
    "report_from_folders",
    "trend_lines",
    "verify_report",
    "write_report",
]
