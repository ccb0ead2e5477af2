"""A finished `Report` in, the bytes of one tagged PDF out; nothing is fetched but the package's own files."""

import logging
import warnings
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from weasyprint import HTML, Attachment
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from reports.archive import archive
from reports.build import report_from_folders
from reports.errors import ReportError
from reports.fonts import font_faces
from reports.report import Report
from reports.sections.template import environment
from reports.spec import ReportSpec

FOLDER = Path(__file__).parent
_EPOCH = "2000-01-01"
_DESCRIPTIONS = {
    "estimates.csv": "Every printed estimate as a table (UTF-8)",
    "estimates.json": "Every printed estimate with the releases it comes from",
}


class BundledFiles(URLFetcher):
    """Opens `data:` addresses and files inside the reports package; anything else stops the rendering."""

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        if not (url.startswith("data:") or _inside(url)):
            raise FatalURLFetchingError(f"a report may not fetch {url}")
        return super().fetch(url, headers)


def _inside(url: str) -> bool:
    if not url.startswith("file:"):
        return False
    path = Path(url.removeprefix("file://")).resolve()
    return path.is_relative_to(FOLDER) and path.suffix in (".css", ".svg", ".ttf")


def render_html(report: Report) -> str:
    """The whole document as HTML; addresses in it are relative to the reports package."""
    return environment().get_template("report.html").render(report=report, faces=font_faces())


def render_pdf(report: Report) -> bytes:
    """PDF/A-3a and PDF/UA-1 with bookmarks and attachments; the same report gives the same bytes.

    ReportError when a font, style or picture of the package cannot be read.
    """
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
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
    try:
        return archive(_printed(report, attachments))
    except FatalURLFetchingError as error:
        raise ReportError(str(error)) from error


def _printed(report: Report, attachments: Sequence[Attachment]) -> bytes:
    with warnings.catch_warnings():
        # WeasyPrint does not close the colour profile it puts into the file.
        warnings.simplefilter("ignore", ResourceWarning)
        document = HTML(
            string=render_html(report), base_url=f"{FOLDER.as_uri()}/", url_fetcher=BundledFiles()
        )
        pdf: bytes = document.write_pdf(
            pdf_variant="pdf/a-3a", attachments=attachments, pdf_identifier=_identifier(report)
        )
    return pdf


def write_report(folders: Sequence[Path], language: str, out: Path, spec: ReportSpec | None = None) -> Path:
    """Build and print one language into the folder `out`; a reader never meets half a file."""
    report = report_from_folders(folders, language, spec)
    path = out / report.file_name
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".part")
    partial.write_bytes(render_pdf(report))
    return partial.replace(path)


def _identifier(report: Report) -> bytes:
    return f"{report.release} {report.language} {report.fingerprint}".encode()
