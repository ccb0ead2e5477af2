"""Every publication, full of addresses that must not be opened: nobody is asked, no file is carried away."""

import html
import io
import logging
import socket
import subprocess
import threading
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import quote

import pytest
from pikepdf import Pdf, PdfError, Stream
from PIL import Image, ImageColor
from weasyprint import HTML

from analysis import SurveyData
from reports import LANGUAGES, HelpLine, LetterText, PosterText, ReportError, ReportSpec, WayIn
from reports.build import build_reports
from reports.document import Document
from reports.ground import prepared
from reports.invitations import sheets
from reports.press import press
from reports.render import document_of
from reports.sections import Record
from reports.sheets import factsheets_of
from reports.spec.model import Organisation, Source

CANARY = "kanareika7"
COLOUR = "#b0175e"
STYLE = f"body::before {{ content: '{CANARY}' }} /* {CANARY} */"
PICTURE = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="200" height="20">'
    f'<rect id="a" width="200" height="20" fill="{COLOUR}"/><!-- {CANARY} --></svg>'
)
INNER = (
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="9" height="9">'
)


def linking(url: str) -> str:
    """A picture whose only part lies elsewhere."""
    return f'{INNER}<image xlink:href="{url}" width="9" height="9"/></svg>'


def as_data(kind: str, content: str) -> str:
    return f"data:{kind},{quote(content, safe='')}"


@dataclass(frozen=True)
class Way:
    """How a document can ask for an address, and what kind of file a reader would open there."""

    markup: Callable[[str], str]
    file: str = "canary.svg"


WAYS = {
    "img": Way(lambda url: f'<img src="{url}">'),
    "object": Way(lambda url: f'<object data="{url}"></object>'),
    "embed": Way(lambda url: f'<embed src="{url}">'),
    "link": Way(lambda url: f'<link rel="stylesheet" href="{url}">', "canary.css"),
    "import": Way(lambda url: f"<style>@import url({url});</style>", "canary.css"),
    "background": Way(lambda url: f'<p style="background: url({url})">a background</p>'),
    "bullet": Way(lambda url: f'<ul><li style="list-style-image: url({url})">a point</li></ul>'),
    "content": Way(lambda url: f"<style>p::after {{ content: url({url}) }}</style><p>a paragraph</p>"),
    "page": Way(lambda url: f"<style>@page {{ background: url({url}) }}</style>"),
    "attachment": Way(lambda url: f'<link rel="attachment" href="{url}">'),
    "attached link": Way(lambda url: f'<a rel="attachment" href="{url}">a file</a>'),
    "svg image": Way(linking),
    "data: of a style": Way(
        lambda url: f'<link rel="stylesheet" href="{as_data("text/css", f"@import url({url});")}">',
        "canary.css",
    ),
    "data: of a picture": Way(lambda url: f'<img src="{as_data("image/svg+xml", linking(url))}">'),
}


@dataclass
class Listener:
    """Counts whoever connects, and answers with nothing of use."""

    server: socket.socket
    asked: list[str] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server.getsockname()[1]}"

    def listen(self) -> None:
        while True:
            try:
                connection, _ = self.server.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(5)
                self.asked.append(connection.recv(4096).decode("latin-1").partition("\r\n")[0])
                connection.sendall(
                    b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                )


@pytest.fixture
def listener() -> Iterator[Listener]:
    server = socket.create_server(("127.0.0.1", 0))
    made = Listener(server)
    thread = threading.Thread(target=made.listen, daemon=True)
    thread.start()
    yield made
    server.shutdown(socket.SHUT_RDWR)
    server.close()
    thread.join()


@pytest.fixture
def canaries(tmp_path: Path) -> Path:
    """A folder of files that no document may open."""
    (tmp_path / "canary.svg").write_text(PICTURE)
    (tmp_path / "canary.css").write_text(STYLE)
    return tmp_path


def by_plain_print(document: str) -> bytes:
    """What the library prints without our guard."""
    logging.getLogger("weasyprint").setLevel(logging.CRITICAL)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        found: bytes = HTML(string=document).write_pdf()
    return found


def carried(pdf: bytes, tmp_path: Path) -> bool:
    """Whether the canary's word or colour stands on a page, or its word in any stream of the file."""
    path = tmp_path / "printed.pdf"
    path.write_bytes(pdf)
    said = subprocess.run(["pdftotext", str(path), "-"], capture_output=True, text=True, check=True).stdout
    subprocess.run(["pdftoppm", "-r", "40", "-png", str(path), str(tmp_path / "page")], check=True)
    pages = [Image.open(each).convert("RGB") for each in tmp_path.glob("page-*.png")]
    if CANARY in said or any(_has_colour(page) for page in pages):
        return True
    with Pdf.open(io.BytesIO(pdf)) as opened:
        return any(isinstance(each, Stream) and CANARY.encode() in _content(each) for each in opened.objects)


def _has_colour(page: Image.Image) -> bool:
    return any(
        colour == ImageColor.getrgb(COLOUR) for _, colour in page.getcolors(page.width * page.height) or ()
    )


def _content(stream: Stream) -> bytes:
    try:
        return stream.read_bytes()
    except PdfError:  # a picture's own compression: as it lies in the file
        return stream.read_raw_bytes()


@pytest.mark.parametrize("way", WAYS)
def test_plain_print_asks_and_carries_away_and_ours_stops(
    way: str, listener: Listener, canaries: Path, tmp_path: Path
) -> None:
    """The control: without the guard each way opens both the address and the file."""
    asked = WAYS[way].markup(f"{listener.address}/x.svg")
    opened = WAYS[way].markup((canaries / WAYS[way].file).as_uri())
    by_plain_print(f"<title>t</title>{asked}")
    assert listener.asked, "the library connects"
    assert carried(by_plain_print(f"<title>t</title>{opened}"), tmp_path), "the library opens the file"
    listener.asked.clear()
    for body in (asked, opened):
        with pytest.raises(ReportError, match="may not fetch"):
            press(Document(f"<html lang='en'><title>t</title>{body}", b"x"))
    assert listener.asked == []


def hostile(listener: Listener, canaries: Path) -> list[str]:
    """Words as an office, a translator or an author could type them."""
    return [
        way.markup(url)
        for way in WAYS.values()
        for url in (f"{listener.address}/x.svg", (canaries / way.file).as_uri())
    ]


def in_languages(words: str) -> dict[str, str]:
    return dict.fromkeys(LANGUAGES, words)


def worded(data: SurveyData, words: list[str]) -> SurveyData:
    """The wave with these words after each label, question, finding and disclosed statement, one by one."""
    count = iter(range(10_000))

    def said(text: dict[str, str]) -> dict[str, str]:
        more = words[next(count) % len(words)]
        return {language: f"{given} {more}" for language, given in text.items()}

    codebook = data.codebook
    variables = tuple(
        replace(
            each, label=said(each.label), question=said(each.question) if each.question else each.question
        )
        for each in codebook.variables
    )
    indicators = tuple(
        replace(each, label=said(each.label), finding=said(each.finding)) for each in codebook.indicators
    )
    groups = tuple(replace(each, question=said(each.question)) for each in codebook.groups)
    disclosed = {
        key: said(value) if isinstance(value, dict) else value for key, value in data.meta.disclosure.items()
    }
    meta = replace(data.meta, title=said(data.meta.title), disclosure=disclosed)
    return replace(
        data,
        codebook=replace(codebook, variables=variables, indicators=indicators, groups=groups),
        meta=meta,
    )


def commissioned(words: list[str], logo: str) -> ReportSpec:
    """A specification whose every text is hostile."""
    organisation = Organisation(
        name=in_languages(f"Office {words[0]}"),
        logo="logo.svg",
        logo_text=in_languages(f"A logo {words[1]}"),
        foreword=in_languages("\n\n".join(words)),
        signed=in_languages(words[2]),
        funder=in_languages(words[3]),
    )
    source = Source(Path("report.yaml"), lambda path: 1, logo=logo.encode())
    return ReportSpec(organisation=organisation, source=source, address="https://example.org/attitudes")


def report_of(data: SurveyData, spec: ReportSpec) -> Document:
    (report,) = build_reports([data], languages=["ru"], spec=spec, records=recorded(data))
    return document_of(report)


def factsheet_of(data: SurveyData, spec: ReportSpec) -> Document:
    (report,) = factsheets_of(prepared([data], languages=["kk"], spec=spec, records=recorded(data)))
    return replace(document_of(report), fit=None)


def recorded(data: SurveyData) -> dict[str, Record]:
    return {data.meta.wave: Record({}, {"base_weight": "given"}, {})}


@pytest.mark.parametrize("publication", [report_of, factsheet_of], ids=["report", "factsheet"])
def test_a_publication_of_hostile_words_asks_nobody(
    publication: Callable[[SurveyData, ReportSpec], Document],
    make_wave: Callable[..., SurveyData],
    listener: Listener,
    canaries: Path,
    tmp_path: Path,
) -> None:
    """Labels, questions, findings, the disclosure record, foreword, signature, logo text."""
    words = hostile(listener, canaries)
    document = publication(
        worded(make_wave("2025"), words), commissioned(words, PICTURE.replace(COLOUR, "#123456"))
    )
    judge(document, listener, tmp_path)


def judge(document: Document, listener: Listener, tmp_path: Path) -> None:
    """Nobody is asked; with either defence alone neither; with none the listener hears of it."""
    bare = replace(document, html=html.unescape(document.html))
    pdf = press(document)
    assert listener.asked == []
    printed = by_plain_print(document.html)
    assert listener.asked == [], "words are escaped, so that not even the unguarded library asks"
    with pytest.raises(ReportError, match="may not fetch"):
        press(bare)
    assert listener.asked == [], "the guard stops what is not escaped"
    unguarded = by_plain_print(bare.html)
    assert listener.asked or carried(unguarded, tmp_path), "without both the addresses would be opened"
    assert pdf.startswith(b"%PDF")
    assert printed.startswith(b"%PDF")
    for made in (pdf, printed):
        assert not carried(made, tmp_path)


def test_a_letter_and_a_poster_of_hostile_words_ask_nobody(
    listener: Listener, canaries: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = hostile(listener, canaries)
    seen: list[str] = []

    def print_html(made: str, identifier: bytes) -> bytes:
        seen.append(made)
        return press(Document(made, identifier))

    monkeypatch.setattr(sheets, "print_html", print_html)
    lines = tuple(HelpLine(f"11{n}", each) for n, each in enumerate(words[:3]))
    entry = WayIn(
        "https://opinion.example.org/s/a/i/T", f"opinion.example.org {words[0]}", f"AB-1 {words[1]}"
    )
    text = LetterText("en", words[0], tuple(words), words[1], words[2], lines, words[3], words[4], words[5])
    sheets.letters_pdf([text], [entry], author=f"Office {words[6]}")
    for each in words:
        poster = PosterText("en", "And you?", each, "Type it.", "Help", (), "Office", "a code")
        sheets.poster_pdf([poster], replace(entry, typed="opinion.example.org"), size="A4", author=each)
    assert len(seen) == 1 + len(words)
    for made in seen[:5]:
        listener.asked.clear()
        judge(Document(made, b"x"), listener, tmp_path)


@pytest.mark.parametrize("where", ["address", "file"])
def test_a_logo_that_loads_something_is_refused_and_loads_nothing(
    where: str, make_wave: Callable[..., SurveyData], listener: Listener, canaries: Path, tmp_path: Path
) -> None:
    url = f"{listener.address}/x.svg" if where == "address" else (canaries / "canary.svg").as_uri()
    document = factsheet_of(make_wave("2025"), commissioned(["A word"] * 4, linking(url)))
    with pytest.raises(ReportError, match="may not fetch"):
        press(document)
    assert listener.asked == []
    printed = by_plain_print(document.html)
    assert carried(printed, tmp_path) if where == "file" else listener.asked, "the library would load it"
