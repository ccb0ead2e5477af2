"""The words of letters and posters by language and where they lead in, PDF/UA-1 files out.

Everything printed comes from the caller; nothing here knows a wave or keeps a code.
"""

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pikepdf

from reports.errors import ReportError
from reports.fonts import font_faces
from reports.i18n import LANGUAGES, words
from reports.printing import print_html
from reports.qr import qr_source
from reports.sections.template import render

STYLES = Path(__file__).parent.parent / "styles"
SIZES = ("A4", "A5")


@dataclass(frozen=True)
class HelpLine:
    """A number to call, and what answers there."""

    display: str
    what: str


@dataclass(frozen=True)
class WayIn:
    """One way in. `address` is what the QR code opens; `typed` and `code` are what is typed by hand."""

    address: str
    typed: str
    code: str = ""


@dataclass(frozen=True)
class LetterText:
    """A letter's words in one language."""

    language: str
    subject: str
    body: tuple[str, ...]
    how: str
    """How to begin."""
    help: str
    """What stands above the help lines."""
    lines: tuple[HelpLine, ...]
    signed: str
    qr: str
    """What the QR code is, for those who cannot see it."""
    code: str = ""
    """What stands before the code."""


@dataclass(frozen=True)
class PosterText:
    """A poster's words in one language."""

    language: str
    heading: str
    body: str
    how: str
    help: str
    lines: tuple[HelpLine, ...]
    signed: str
    qr: str


def letters_pdf(texts: Sequence[LetterText], entries: Sequence[WayIn], *, author: str) -> bytes:
    """One letter an entry, a page a language, so that two languages are the two sides of a sheet.

    ReportError for no language, no entry or an unknown language.
    """
    _refuse_none(texts, entries)
    first = texts[0]
    html = render(
        "invitations/letters.html",
        words(first.language),
        texts=texts,
        entries=[(entry, qr_source(entry.address)) for entry in entries],
        title=first.subject,
        author=author,
        style=(STYLES / "letter.css").read_text("utf-8"),
        faces=font_faces(),
    )
    return print_html(html, _identifier("letters", author, str(len(entries)), first.subject))


def poster_pdf(texts: Sequence[PosterText], entry: WayIn, *, size: str, author: str) -> bytes:
    """One page with one QR code and each language's words. ReportError for a size other than A4 and A5."""
    _refuse_none(texts, (entry,))
    if size not in SIZES:
        raise ReportError(f"a poster is printed on A4 or A5, not {size!r}: type --size A4")
    html = render(
        "invitations/poster.html",
        words(texts[0].language),
        texts=texts,
        entry=entry,
        qr=qr_source(entry.address),
        title=texts[0].heading,
        author=author,
        size=size,
        style=(STYLES / "poster.css").read_text("utf-8"),
        faces=font_faces(),
    )
    pdf = print_html(html, _identifier("poster", author, size, entry.address))
    with pikepdf.open(io.BytesIO(pdf)) as printed:
        if len(printed.pages) > 1:
            raise ReportError(
                f"the words of {len(texts)} languages need {len(printed.pages)} pages of {size}: "
                "a poster has one; print fewer languages, or shorten the words of the template"
            )
    return pdf


def _refuse_none(texts: Sequence[LetterText] | Sequence[PosterText], entries: Sequence[WayIn]) -> None:
    unknown = [text.language for text in texts if text.language not in LANGUAGES]
    if not texts or unknown:
        found = ", ".join(unknown) or "none"
        raise ReportError(f"a sheet in {', '.join(LANGUAGES)}; not {found}: type --languages kk,ru")
    if not entries:
        raise ReportError("nothing to print: the list of codes is empty")


def _identifier(*parts: str) -> bytes:
    """Names the file; no code is in it."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest().encode()
