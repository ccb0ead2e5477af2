"""The press: a document in, the bytes of one tagged, archival PDF out; only the package's files are read.

The only importer of WeasyPrint, which `printing` loads when something is printed and not before.
"""

import logging
import warnings
from datetime import UTC, datetime
from pathlib import Path

from weasyprint import HTML, Attachment
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from reports.archive import archive
from reports.document import Attached, Document
from reports.errors import ReportError
from reports.ledger import LEDGER, ledger_file, printed_numbers, take_marks

FOLDER = Path(__file__).parent
_EPOCH = "2000-01-01"
_OF_LEDGER = "Every printed number with its page, its place and the estimate it comes from"


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


def press(document: Document) -> bytes:
    """PDF/A-3a and PDF/UA-1; addresses in the HTML are relative to the reports package.

    The same document gives the same bytes. ReportError when a font, style or picture of the package cannot
    be read.
    """
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    try:
        return archive(_printed(document))
    except FatalURLFetchingError as error:
        raise ReportError(str(error)) from error


def _printed(document: Document) -> bytes:
    with warnings.catch_warnings():
        # WeasyPrint does not close the colour profile it puts into the file.
        warnings.simplefilter("ignore", ResourceWarning)
        source = HTML(string=document.html, base_url=f"{FOLDER.as_uri()}/", url_fetcher=BundledFiles())
        owners = take_marks(source.etree_element)
        laid_out = source.render(pdf_variant="pdf/a-3a")
        files = [*document.attached]
        if document.sources is not None:
            lines = ledger_file(printed_numbers(laid_out.pages, owners), document.sources, document.release)
            files.append(Attached(LEDGER, lines, _OF_LEDGER))
        pdf: bytes = laid_out.write_pdf(
            pdf_variant="pdf/a-3a",
            attachments=[_attachment(each, document.dated) for each in files],
            pdf_identifier=document.identifier,
        )
    return pdf


def _attachment(file: Attached, dated: str) -> Attachment:
    day = datetime.fromisoformat(dated or _EPOCH).replace(tzinfo=UTC)
    return Attachment(
        string=file.content,
        name=file.name,
        description=file.description,
        created=day,
        modified=day,
        relationship="Data",
    )
