"""The press: a document in, the bytes of one tagged, archival PDF out; only the package's files are read.

The only importer of WeasyPrint, which `printing` loads when something is printed and not before.
"""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pydyf
from weasyprint import CSS, HTML, Attachment
from weasyprint.pdf import tags
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from instruments import write_whole
from reports.archive import archive
from reports.document import Attached, Document, Fit
from reports.errors import ReportError
from reports.ledger import LEDGER, ledger_file, printed_numbers, take_marks

FOLDER = Path(__file__).parent
_EPOCH = "2000-01-01"
_OF_LEDGER = "Every printed number with its page, its place and the estimate it comes from"


class BundledFiles(URLFetcher):
    """Opens `data:` addresses and files inside the reports package; anything else stops the rendering."""

    def __init__(self) -> None:
        super().__init__()
        self.refused: list[str] = []

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        if not (url.startswith("data:") or _inside(url)):
            self.refused.append(url)
            raise _refusal(url)
        return super().fetch(url, headers)


def _refusal(url: str) -> FatalURLFetchingError:
    return FatalURLFetchingError(f"a report may not fetch {url}")


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
        return archive(_printed(document), document.identifier)
    except FatalURLFetchingError as error:
        raise ReportError(str(error)) from error


def press_to(document: Document, path: Path) -> Path:
    """The same into a file, of which a reader never meets half."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return write_whole(path, press(document))


def _printed(document: Document) -> bytes:
    with warnings.catch_warnings():
        # WeasyPrint does not close the colour profile it puts into the file.
        warnings.simplefilter("ignore", ResourceWarning)
        fetcher = BundledFiles()
        source = HTML(string=document.html, base_url=f"{FOLDER.as_uri()}/", url_fetcher=fetcher)
        owners = take_marks(source.etree_element)
        laid_out = _laid_out(source, document.fit)
        files = [*document.attached]
        if document.sources is not None:
            lines = ledger_file(printed_numbers(laid_out.pages, owners), document.sources, document.release)
            files.append(Attached(LEDGER, lines, _OF_LEDGER))
        with _languages_marked():
            pdf: bytes = laid_out.write_pdf(
                pdf_variant="pdf/a-3a",
                attachments=[_attachment(each, document.dated) for each in files],
                finisher=_pages_as_they_are,
            )
    # WeasyPrint leaves out an SVG whose parts may not be fetched, and goes on as if there were none.
    if fetcher.refused:
        raise _refusal(fetcher.refused[0])
    return pdf


@contextmanager
def _languages_marked() -> Iterator[None]:
    """Elements in another language than the document say so in their tag too (ISO 14289-1, 7.2).

    WeasyPrint hands on the language of the whole document alone, and has no place to say more.
    """
    build = tags._build_box_tree

    def marked(box: Any, *others: Any) -> Iterator[Any]:
        source = getattr(box, "_box", box).element
        language = None if source is None or source.tag in ("html", "body") else source.get("lang")
        for element in build(box, *others):
            if language and "Lang" not in element:
                element["Lang"] = pydyf.String(language)
            yield element

    tags._build_box_tree = marked
    try:
        yield
    finally:
        tags._build_box_tree = build


def _pages_as_they_are(document: Any, pdf: Any) -> None:
    """The pages' contents are read and written anew by `archive`, which compresses them: once is enough.

    For an identifier WeasyPrint would make and compress every object of the file a second time, to take
    their sum; `archive` gives it.
    """
    for number in pdf.pages["Kids"][::3]:
        contents = int(pdf.objects[number]["Contents"].split()[0])
        pdf.objects[contents].compress = False


def _laid_out(source: HTML, fit: Fit | None) -> Any:
    """The pages; where they have to be so many, at the largest type size at which they are.

    The first size is tried first, for most documents fit at it; then the others by halves, as what fits at a
    size fits at every smaller one.
    """
    if fit is None:
        return source.render(pdf_variant="pdf/a-3a")
    found = None
    low, high, tried = 0, len(fit.sizes), 0
    while low < high:
        sized = CSS(string=f"html {{ font-size: {fit.sizes[tried]}pt !important }}")
        pages = source.render(pdf_variant="pdf/a-3a", stylesheets=[sized])
        if len(pages.pages) == fit.pages:
            found, high = pages, tried
        else:
            low = tried + 1
        tried = (low + high) // 2
    if found is None:
        raise ReportError(
            f"expected {fit.pages} pages, found {len(pages.pages)} at the smallest type size: shorten "
            "the texts of the disclosure record, or name fewer columns under factsheet: by:"
        )
    return found


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
