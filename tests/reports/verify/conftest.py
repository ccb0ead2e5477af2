"""One printed report, and ways to tamper with a copy of it."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fontTools.ttLib import TTFont
from pikepdf import (
    ContentStreamInstruction,
    Operator,
    Page,
    Pdf,
    String,
    parse_content_stream,
    unparse_content_stream,
)

from reports.fonts import FOLDER
from reports.verify.pages import Reader, Word


@dataclass(frozen=True)
class Opened:
    """A report being tampered with."""

    document: Pdf

    def find(self, text: str, *, least_page: int = 4) -> tuple[int, Word]:
        """The first page (from 0) with this word, and the word."""
        reader = Reader(self.document)
        for number, page in enumerate(self.document.pages):
            for word in reader.words(page):
                if word.text == text and number + 1 >= least_page:
                    return number, word
        raise AssertionError(f"{text} is printed nowhere")

    def draw(self, number: int, operators: str) -> None:
        """Put operators at the end of a page."""
        page = self.document.pages[number]
        page.contents_add(b"\nq\n" + operators.encode() + b"\nQ\n")

    def digits(self, page: Page, text: str) -> tuple[str, str]:
        """The name of a font of the page, and the codes that draw these digits in it."""
        for name, font in page.Resources.Font.items():
            if str(font.BaseFont).endswith("Tolqyn-Sans"):
                cmap = TTFont(FOLDER / "TolqynSans-Regular.ttf")
                codes = "".join(f"{cmap.getGlyphID(cmap.getBestCmap()[ord(c)]):04x}" for c in text)
                return name, codes
        raise AssertionError("no regular font")


Tamper = Callable[[Opened], Any]


def rewrite_digit(content: Any, before: int, after: int, *, tag: str = "") -> list[Any]:
    """The instructions of a content stream, the first glyph with that code changed to another.

    `tag`: only within parts of the page that are tagged so, as /Figure.
    """
    instructions, done, tags = [], False, [""]
    for each in parse_content_stream(content):
        operands = list(each.operands)
        if str(each.operator) in ("BDC", "BMC"):
            tags.append(str(operands[0]))
        elif str(each.operator) == "EMC":
            tags.pop()
        if str(each.operator) == "TJ" and not done and (not tag or tags[-1] == tag):
            for place, part in enumerate(operands[0]):
                codes = bytes(part) if hasattr(part, "__bytes__") else b""
                if codes == before.to_bytes(2):
                    operands[0][place] = String(after.to_bytes(2))
                    done = True
                    break
        instructions.append(ContentStreamInstruction(operands, Operator(str(each.operator))))
    assert done, "the digit is not in this stream"
    return instructions


def rewritten(content: Any, before: int, after: int, *, tag: str = "") -> bytes:
    return unparse_content_stream(rewrite_digit(content, before, after, tag=tag))


@pytest.fixture(scope="session")
def intact(pdfs: dict[str, Path]) -> bytes:
    """The English report as it was built."""
    return pdfs["en"].read_bytes()


@pytest.fixture(scope="session")
def tampered(intact: bytes) -> Callable[[Tamper], bytes]:
    """The bytes of the report after something was done to it."""

    def tamper(change: Tamper) -> bytes:
        with Pdf.open(io.BytesIO(intact)) as document:
            change(Opened(document))
            buffer = io.BytesIO()
            document.save(buffer)
        return buffer.getvalue()

    return tamper
