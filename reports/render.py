"""A finished `Report` in, the bytes of one tagged PDF out."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from weasyprint import Attachment

from reports.build import report_from_folders
from reports.fonts import font_faces
from reports.printing import print_html
from reports.report import Report
from reports.sections.template import environment
from reports.spec import ReportSpec

_EPOCH = "2000-01-01"
_DESCRIPTIONS = {
    "estimates.csv": "Every printed estimate as a table (UTF-8)",
    "estimates.json": "Every printed estimate with the releases it comes from",
}


def render_html(report: Report) -> str:
    """The whole document as HTML; addresses in it are relative to the reports package."""
    return environment().get_template("report.html").render(report=report, faces=font_faces())


def render_pdf(report: Report) -> bytes:
    """PDF/A-3a and PDF/UA-1 with bookmarks and attachments; the same report gives the same bytes.

    ReportError when a font, style or picture of the package cannot be read.
    """
    day = datetime.fromisoformat(report.dated or _EPOCH).replace(tzinfo=UTC)
    attachments = [
        Attachment(
            string=content,
            name=name,
            description=_DESCRIPTIONS.get(name, name),
            created=day,
            modified=day,
            relationship="Data",
        )
        for name, content in report.attachments.items()
    ]
    return print_html(render_html(report), _identifier(report), attachments)


def write_report(
    folders: Sequence[Path],
    language: str,
    out: Path,
    spec: ReportSpec | None = None,
    *,
    incomplete: bool = False,
) -> Path:
    """Build and print one language into the folder `out`; a reader never meets half a file."""
    report = report_from_folders(folders, language, spec, incomplete=incomplete)
    path = out / report.file_name
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".part")
    partial.write_bytes(render_pdf(report))
    return partial.replace(path)


def _identifier(report: Report) -> bytes:
    return f"{report.release} {report.language} {report.fingerprint}".encode()
