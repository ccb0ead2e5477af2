"""One HTML document in, the bytes of one tagged, archival PDF out; only the package's files are read."""

import logging
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path

from weasyprint import HTML, Attachment
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from reports.archive import archive
from reports.errors import ReportError
from reports.ledger import Printed, printed_numbers, take_marks

FOLDER = Path(__file__).parent


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


Attach = Callable[[Sequence[Printed]], Sequence[Attachment]]


def print_html(html: str, identifier: bytes, attach: Attach | None = None) -> bytes:
    """PDF/A-3a and PDF/UA-1; addresses in the HTML are relative to the reports package.

    `attach`: from every number as it was laid out to the files that travel inside. The same HTML and
    identifier give the same bytes. ReportError when a font, style or picture of the package cannot be read.
    """
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    try:
        return archive(_printed(html, identifier, attach))
    except FatalURLFetchingError as error:
        raise ReportError(str(error)) from error


def _printed(html: str, identifier: bytes, attach: Attach | None) -> bytes:
    with warnings.catch_warnings():
        # WeasyPrint does not close the colour profile it puts into the file.
        warnings.simplefilter("ignore", ResourceWarning)
        source = HTML(string=html, base_url=f"{FOLDER.as_uri()}/", url_fetcher=BundledFiles())
        marks = take_marks(source.etree_element)
        document = source.render(pdf_variant="pdf/a-3a")
        attachments = list(attach(printed_numbers(document.pages, marks))) if attach else []
        pdf: bytes = document.write_pdf(
            pdf_variant="pdf/a-3a", attachments=attachments, pdf_identifier=identifier
        )
    return pdf
