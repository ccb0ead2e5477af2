"""The printed file: valid as PDF/UA-1 and PDF/A-3a, marked and traceable on every page, the same twice."""

import hashlib
import json
import os
import re
import subprocess
import sys
import zlib
from collections import Counter
from itertools import pairwise
from pathlib import Path

import page as validator
import pytest
from pikepdf import Array, Dictionary, Name, Object, Pdf
from PIL import Image, ImageChops, ImageDraw, ImageFont
from weasyprint.urls import FatalURLFetchingError

from reports import LANGUAGES, Report, render_html
from reports.archive import _ends_with_return
from reports.document import Document
from reports.fonts import FAMILY, FILES, FOLDER, font_faces
from reports.press import BundledFiles
from reports.printing import print_to

MARK = {
    "en": "SYNTHETIC DATA",
    "ru": "СИНТЕТИЧЕСКИЕ ДАННЫЕ",
    "kk": "СИНТЕТИКАЛЫҚ ДЕРЕКТЕР",
    "uz": "SINTETIK MAʼLUMOTLAR",
}
SPECIAL = "әғқңөұүһіӘҒҚҢӨҰҮҺІʻʼ"


def test_of_what_could_not_be_written_nothing_stays_and_the_file_is_named(
    tmp_path: Path, small_files: None
) -> None:
    with pytest.raises(OSError, match="File too large") as caught:
        print_to(Document("<html lang=en><title>A</title><p>Words", b"one"), tmp_path / "a.pdf")
    assert caught.value.filename == str(tmp_path / "a.pdf")
    assert not list(tmp_path.iterdir())


def page_texts(path: Path) -> list[str]:
    found = subprocess.run(
        ["pdftotext", "-layout", str(path), "-"], capture_output=True, text=True, check=True
    )
    return found.stdout.split("\f")[:-1]


def elements(document: Pdf) -> list[Object]:
    stack, found = [document.Root.StructTreeRoot.K], []
    while stack:
        current = stack.pop()
        if isinstance(current, Array):
            stack.extend(reversed(list(current)))
        elif isinstance(current, Dictionary) and "/S" in current:
            found.append(current)
            if "/K" in current:
                stack.append(current.K)
    return found


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("profile", ["PDF_UA_1", "PDF_A_3A"])
def test_the_file_is_valid(pdfs: dict[str, Path], language: str, profile: str) -> None:
    outcome = validator.validate_pdf(
        str(pdfs[language]), profile=getattr(validator.ValidationProfile, profile)
    )
    assert outcome.is_compliant, [(failure.rule_id, failure.message) for failure in outcome.failures]


def test_the_file_is_named_after_study_wave_and_language(pdfs: dict[str, Path]) -> None:
    assert pdfs["kk"].name == "small-2025-kk.pdf"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_carries_the_mark_and_the_fingerprint(
    pdfs: dict[str, Path], reports: dict[str, Report], language: str
) -> None:
    texts = page_texts(pdfs[language])
    assert 8 <= len(texts) <= 22
    for text in texts:
        assert MARK[language] in text
        assert reports[language].fingerprint in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_can_be_read_aloud(pdfs: dict[str, Path], language: str) -> None:
    texts = page_texts(pdfs[language])
    assert not [number for number, text in enumerate(texts, 1) if "\ufffd" in text or "\x00" in text]
    if language == "kk":
        for text in texts:
            assert re.search("[әғқңөұүһі]", text), text
        assert "Полицияға қоңырау шалатын ересектердің үлесі" in re.sub(r"\s+", " ", texts[3])
    if language == "uz":
        assert "qoʻngʻiroq" in "".join(texts)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_document_says_its_language_and_title(
    pdfs: dict[str, Path], reports: dict[str, Report], language: str
) -> None:
    with Pdf.open(pdfs[language]) as document:
        assert str(document.Root.Lang) == language
        assert str(document.docinfo["/Title"]) == reports[language].title
        assert document.Root.ViewerPreferences.DisplayDocTitle


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_in_another_language_than_the_document_say_so(
    pdfs: dict[str, Path], reports: dict[str, Report], language: str
) -> None:
    written = Counter(re.findall(r'<(?:p|td|th|span)[^>]* lang="(\w+)"', render_html(reports[language])))
    with Pdf.open(pdfs[language]) as document:
        tagged = Counter(str(element.Lang) for element in elements(document) if "/Lang" in element)
    assert {*tagged} == {*written} >= {*LANGUAGES} - {language}
    # A cell that goes on over the page is tagged twice, and what a cell holds may be tagged again.
    assert all(tagged[other] >= count for other, count in written.items())


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_figure_has_an_alternative_text_that_is_not_its_caption(
    pdfs: dict[str, Path], reports: dict[str, Report], language: str
) -> None:
    with Pdf.open(pdfs[language]) as document:
        figures = [element for element in elements(document) if Name.Figure == element.S]
        alternatives = [str(figure.Alt) for figure in figures]
    captions = re.findall(
        r"<figcaption>.*?</span> (.*?)</figcaption>", "".join(s.html for s in reports[language].sections)
    )
    # The sample figure stands under a heading of its own and has no caption.
    assert len(captions) + 1 == len(alternatives) >= 4
    for alternative in alternatives:
        assert len(alternative) > 60
        assert not any(alternative in caption or caption in alternative.split(".")[0] for caption in captions)


@pytest.mark.parametrize("language", LANGUAGES)
def test_headings_leave_no_gap(pdfs: dict[str, Path], language: str) -> None:
    with Pdf.open(pdfs[language]) as document:
        names = [str(e.S) for e in elements(document)]
    levels = [int(name[2]) for name in names if re.fullmatch(r"/H[1-6]", name)]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_table_heading_has_a_scope(pdfs: dict[str, Path], language: str) -> None:
    with Pdf.open(pdfs[language]) as document:
        headings = [element for element in elements(document) if element.S == Name.TH]
        assert len(headings) > 40
        scopes = {str(heading.A.Scope) for heading in headings}
    assert scopes == {"/Column", "/Row"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_contents_are_tagged_as_such_and_its_page_numbers_are_right(
    pdfs: dict[str, Path], reports: dict[str, Report], language: str
) -> None:
    with Pdf.open(pdfs[language]) as document:
        names = [element.S for element in elements(document)]
    listed = [section.title for section in reports[language].sections if section.listed]
    assert names.count(Name.TOC) == 1
    assert names.count(Name.TOCI) == len(listed)
    texts = page_texts(pdfs[language])
    for title in listed:
        number = int(re.search(rf"^ *{re.escape(title)} +(\d+)$", texts[1], re.MULTILINE)[1])  # type: ignore[index]
        below_the_running_head = texts[number - 1].strip().splitlines()[1:]
        assert title in " ".join(" ".join(below_the_running_head).split())


@pytest.mark.parametrize("language", LANGUAGES)
def test_chapters_are_bookmarks(pdfs: dict[str, Path], reports: dict[str, Report], language: str) -> None:
    with Pdf.open(pdfs[language]) as document, document.open_outline() as outline:
        titles = [entry.title for entry in outline.root]
    listed = [section.title for section in reports[language].sections if section.listed]
    assert [title for title in titles if title in listed] == listed


def test_running_heads_are_no_content(pdfs: dict[str, Path]) -> None:
    with Pdf.open(pdfs["en"]) as document:
        for sheet in document.pages[1:]:
            content = sheet.Contents.read_bytes()
            assert content.count(b"/Artifact <</Type /Pagination>> BDC") >= 4


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_fonts_are_embedded_and_ours(pdfs: dict[str, Path], language: str) -> None:
    listing = subprocess.run(
        ["pdffonts", str(pdfs[language])], capture_output=True, text=True, check=True
    ).stdout
    rows = listing.splitlines()[2:]
    assert rows
    assert all("Tolqyn-Sans" in row for row in rows), listing
    assert all(re.search(r"Identity-H +yes yes yes", row) for row in rows), listing


def test_the_estimates_travel_with_the_file(pdfs: dict[str, Path], reports: dict[str, Report]) -> None:
    with Pdf.open(pdfs["uz"]) as document:
        attached = {name: document.attachments[name].get_file() for name in document.attachments}
        assert {name: each.size for name, each in attached.items()}.keys() == {
            "estimates.csv",
            "estimates.json",
            "numbers.json",
        }
        content = {name: each.read_bytes() for name, each in attached.items()}
        for name, each in attached.items():
            assert each.md5 == hashlib.md5(content[name], usedforsecurity=False).digest()
    assert content["estimates.csv"].rstrip() == reports["uz"].attachments["estimates.csv"].rstrip()
    found = json.loads(content["estimates.json"])
    assert found["releases"][-1]["fingerprint"] == reports["uz"].fingerprint
    assert {row["id"] for row in found["estimates"]} >= {"VB_ANY.1@2025"}


def test_builds_in_other_processes_side_by_side_are_the_same_byte_for_byte(
    folders: tuple[Path, ...], pdfs: dict[str, Path], tmp_path: Path
) -> None:
    program = (
        "import sys; from pathlib import Path; from reports import write_report\n"
        "write_report([Path(p) for p in sys.argv[3:]], sys.argv[1], Path(sys.argv[2]))"
    )
    running = [
        subprocess.Popen(
            [sys.executable, "-c", program, language, str(tmp_path), *map(str, folders)],
            env={**os.environ, "PYTHONHASHSEED": str(7 + number)},
        )
        for number, language in enumerate(LANGUAGES)
    ]
    assert [each.wait() for each in running] == [0] * len(LANGUAGES)
    for path in pdfs.values():
        assert (tmp_path / path.name).read_bytes() == path.read_bytes(), path.name


def test_no_date_but_that_of_the_fieldwork(pdfs: dict[str, Path]) -> None:
    with Pdf.open(pdfs["en"]) as document:
        assert "/CreationDate" not in document.docinfo
        params = document.attachments["estimates.csv"].get_file().obj.Params
        assert str(params.ModDate).startswith("D:20250512")


def test_nothing_is_fetched_but_the_packages_own_files(tmp_path: Path) -> None:
    fetcher = BundledFiles()
    secret = tmp_path / "secret.svg"
    secret.write_text("<svg/>")
    style = (FOLDER.parent / "styles" / "report.css").as_uri()
    assert fetcher.fetch(style).status in (None, 200)
    for url in (
        "http://127.0.0.1:9/x.svg",
        secret.as_uri(),
        f"{FOLDER.parent.as_uri()}/../setup.cfg",
        f"{FOLDER.parent.as_uri()}/build.py",
    ):
        with pytest.raises(FatalURLFetchingError):
            fetcher.fetch(url)


@pytest.mark.parametrize("ending", [b"", b"x", b"xy"])
def test_deflated_content_that_ends_with_a_return_is_foreseen(ending: bytes) -> None:
    content = next(c for i in range(10_000) if _ends_with_return(c := b"q" * i + ending))
    assert zlib.compress(content).endswith(b"\r")


def drawn_by_print(letter: str, style: str, tmp_path: Path) -> Image.Image:
    from weasyprint import HTML

    weight, slope = next(key for key, file in FILES.items() if file == style)
    document = (
        f"<meta charset='utf-8'><style>{font_faces()} @page {{ size: 100pt 100pt; margin: 0 }}"
        f"body {{ font: {slope} {weight} 60pt/100pt '{FAMILY}'; margin: 0; text-align: center }}</style>"
        f"{letter}"
    )
    HTML(string=document, base_url=f"{FOLDER.parent.as_uri()}/", url_fetcher=BundledFiles()).write_pdf(
        tmp_path / "l.pdf"
    )
    subprocess.run(
        ["pdftoppm", "-r", "72", "-gray", "-singlefile", tmp_path / "l.pdf", tmp_path / "l"], check=True
    )
    return Image.open(tmp_path / "l.pgm").convert("L")


def drawn_by_font(letter: str, style: str) -> Image.Image:
    image = Image.new("L", (100, 100), 255)
    font = ImageFont.truetype(str(FOLDER / style), 60)
    ImageDraw.Draw(image).text((50, 70), letter, font=font, fill=0, anchor="ms")
    return image


def cut(image: Image.Image) -> Image.Image:
    box = image.point(lambda value: 255 if value < 128 else 0).getbbox()
    assert box, "nothing was drawn"
    return image.crop(box).resize((48, 48))


def distance(one: Image.Image, other: Image.Image) -> float:
    histogram = ImageChops.difference(cut(one), cut(other)).histogram()
    return sum(value * count for value, count in enumerate(histogram)) / (255 * 48 * 48)


@pytest.mark.parametrize("style", FILES.values())
def test_printed_letters_look_like_the_fonts_own(style: str, tmp_path: Path) -> None:
    """Text extraction stays right even when the wrong glyphs are drawn, so the pixels are compared."""
    letters = "әғқңөұүһіʻ"
    for letter in letters:
        printed = drawn_by_print(letter, style, tmp_path)
        away = {other: distance(printed, drawn_by_font(other, style)) for other in letters}
        assert min(away, key=lambda other: away[other]) == letter, away
        assert away[letter] < 0.2


def test_every_font_file_holds_every_letter_and_sign() -> None:
    from fontTools.ttLib import TTFont

    for file in FILES.values():
        known = TTFont(FOLDER / file).getBestCmap()
        assert not [sign for sign in SPECIAL + "ёЁўЎҳҲ«»“”„№₸−–—±≥≤▲▼○‡…→·" if ord(sign) not in known]


def test_the_font_licence_is_beside_the_files() -> None:
    assert "SIL OPEN FONT LICENSE" in (FOLDER / "OFL.txt").read_text("utf-8").upper()
    assert len(list(FOLDER.glob("*.ttf"))) == 4
