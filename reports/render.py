"""A finished `Report` in, the bytes of one tagged PDF out."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from analysis import TrackingPlan
from reports.build import PLAN_FILE, nobody, reports_from_folders
from reports.document import Attached, Document
from reports.fonts import font_faces
from reports.i18n import words
from reports.printing import print_document, print_to
from reports.report import Report
from reports.sections.template import environment
from reports.sheets import factsheets_from_folders
from reports.spec import ReportSpec
from reports.trace import Marks

_DESCRIPTIONS = {
    "estimates.csv": "Every printed estimate as a table (UTF-8)",
    "estimates.json": "Every printed estimate with the releases it comes from",
    "specification.yaml": "What this report was asked to show",
    PLAN_FILE: "The tracking plan: what was declared before the data were seen",
    "facts.yaml": "Facts about law and help lines, with sources",
    "logo.png": "The organisation's logo",
    "logo.svg": "The organisation's logo",
}


def render_html(report: Report) -> str:
    """The whole document as HTML; addresses in it are relative to the reports package."""
    return (
        environment()
        .get_template("report.html")
        .render(report=report, faces=font_faces(), draft=words(report.language).say("DRAFT"))
    )


def _marked_html(report: Report) -> str:
    """The same document with the marks of its figures, for the printer."""
    sections = tuple(replace(each, html=each.marked or each.html) for each in report.sections)
    return render_html(replace(report, sections=sections))


def document_of(report: Report) -> Document:
    """The report as the printer takes it."""
    return Document(
        html=_marked_html(report),
        identifier=_identifier(report),
        attached=tuple(
            Attached(name, content, _DESCRIPTIONS.get(name, name))
            for name, content in report.attachments.items()
        ),
        dated=report.dated,
        release=report.fingerprint,
        sources=report.sources or Marks(),
        fit=report.fit,
    )


def render_pdf(report: Report) -> bytes:
    """PDF/A-3a and PDF/UA-1 with bookmarks and attachments; the same report gives the same bytes.

    ReportError when a font, style or picture of the package cannot be read.
    """
    return print_document(document_of(report))


def documents(
    folders: Sequence[Path],
    languages: Sequence[str],
    out: Path,
    spec: ReportSpec | None = None,
    plan: TrackingPlan | None = None,
    *,
    incomplete: bool = False,
    further_on: Callable[[], None] = nobody,
) -> Iterator[tuple[Path, Document]]:
    """Each language's document and the file it belongs in, made one after the other from one estimation.

    `further_on` hears of each of STAGES steps before the first.
    """
    for report in reports_from_folders(
        folders, languages, spec, plan, incomplete=incomplete, further_on=further_on
    ):
        yield out / report.file_name, document_of(report)


def factsheet_documents(
    folders: Sequence[Path],
    languages: Sequence[str],
    out: Path,
    spec: ReportSpec | None = None,
    plan: TrackingPlan | None = None,
    *,
    incomplete: bool = False,
) -> Iterator[tuple[Path, Document]]:
    """The same for the two-page factsheet."""
    for report in factsheets_from_folders(folders, languages, spec, plan, incomplete=incomplete):
        yield out / report.file_name, document_of(report)


def write_report(
    folders: Sequence[Path],
    language: str,
    out: Path,
    spec: ReportSpec | None = None,
    plan: TrackingPlan | None = None,
    *,
    incomplete: bool = False,
) -> Path:
    """Build and print one language into the folder `out`, in this process."""
    (report,) = reports_from_folders(folders, (language,), spec, plan, incomplete=incomplete)
    return print_to(document_of(report), out / report.file_name)


def _identifier(report: Report) -> bytes:
    return f"{report.release} {report.language} {report.fingerprint}".encode()
