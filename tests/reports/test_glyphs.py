"""The letters of every edition look like the font's own: what is seen and what is read out agree."""

import re
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from lxml import etree
from pikepdf import Pdf
from PIL import Image, ImageChops, ImageDraw, ImageFont

from reports import LANGUAGES
from reports.fonts import FILES, FOLDER
from reports.verify.glyphs import STRANGE
from reports.verify.pages import Reader

LETTERS = {"kk": "әғқңөұүһі", "ru": "щыэ", "uz": "ʻ", "en": "gwy"}
"""Letters that other editions lack or that have look-alikes."""
RARE = "һ"
"""Not in every report; the fonts' own test draws it."""
MISTAKEN = str.maketrans("әғқңөұүһіёщыэʻgwy", "егкноууптешиеʼqvv")
DOTS_PER_INCH = 400
APOSTROPHES = str.maketrans("’", "ʼ")
"""One shape in the font."""


@dataclass(frozen=True)
class Found:
    """One word as a program reads it, with its box in points."""

    text: str
    page: int
    box: tuple[float, float, float, float]

    @property
    def height(self) -> float:
        return self.box[3] - self.box[1]


def words_by_table(path: Path) -> list[Found]:
    """Words as the file's own tables of letters give them (poppler)."""
    listing = subprocess.run(["pdftotext", "-bbox", str(path), "-"], capture_output=True, check=True).stdout
    space = "{http://www.w3.org/1999/xhtml}"
    found = []
    for number, page in enumerate(etree.fromstring(listing).iter(f"{space}page"), start=1):
        for word in page.iter(f"{space}word"):
            left, top, right, bottom = (float(word.get(edge, 0)) for edge in ("xMin", "yMin", "xMax", "yMax"))
            found.append(Found(word.text or "", number, (left, top, right, bottom)))
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_people_see_is_what_programs_read(pdfs: dict[str, Path], language: str) -> None:
    """By outlines on the one side, by tables of letters on the other: page by page the same letters."""
    read: dict[int, list[str]] = {}
    for word in words_by_table(pdfs[language]):
        read.setdefault(word.page, []).append(word.text)
    with Pdf.open(pdfs[language]) as document:
        reader = Reader(document)
        for number, page in enumerate(document.pages, start=1):
            words = reader.words(page)
            assert not [word.text for word in words if STRANGE in word.text]
            assert not [word.text for word in words if not word.visible]
            seen = sorted("".join(word.text for word in words).translate(APOSTROPHES))
            assert seen == sorted("".join(read.get(number, [])).translate(APOSTROPHES))


@cache
def page_image(path: Path, page: int) -> Image.Image:
    command = ["pdftoppm", "-r", str(DOTS_PER_INCH), "-gray", "-f", str(page), "-l", str(page), "-singlefile"]
    target = path.with_name(f"{path.stem}-{page}")
    subprocess.run([*command, str(path), str(target)], check=True)
    return Image.open(target.with_suffix(".pgm")).convert("L")


def ink(image: Image.Image) -> Image.Image:
    """Cut to what is drawn, dark on light."""
    corner = image.getpixel((0, 0))
    image = ImageChops.invert(image) if isinstance(corner, int | float) and corner < 128 else image
    low, high = image.getextrema()
    middle = (int(low) + int(high)) / 2  # type: ignore[arg-type]
    black = image.point(lambda value: 0 if value < middle else 255)
    box = ImageChops.invert(black).getbbox()
    assert box, "nothing was drawn"
    return black.crop(box)


def printed(path: Path, word: Found) -> Image.Image:
    scale = DOTS_PER_INCH / 72
    left, top, right, bottom = word.box
    box = (int(scale * left) - 2, int(scale * top), int(scale * right) + 3, int(scale * bottom) + 1)
    return ink(page_image(path, word.page).crop(box))


def drawn(text: str, style: str, height: int) -> Image.Image:
    """The word by FreeType from the shipped file, about as high as the printed one."""
    font = ImageFont.truetype(str(FOLDER / style), height * 2)
    image = Image.new("L", (height * 2 * (len(text) + 2), height * 5), 255)
    ImageDraw.Draw(image).text((height, height), text, font=font, fill=0)
    return ink(image)


def distance(one: Image.Image, other: Image.Image) -> float:
    """Share of the surface that differs, both brought to one size."""
    size = (max(one.width, 24), max(one.height, 24))
    histogram = ImageChops.difference(one.resize(size), other.resize(size)).histogram()
    return sum(value * count for value, count in enumerate(histogram)) / (255 * size[0] * size[1])


def nearest(image: Image.Image, text: str) -> float:
    return min(distance(image, drawn(text, style, image.height)) for style in FILES.values())


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_editions_own_letters_are_drawn_as_the_font_draws_them(
    pdfs: dict[str, Path], language: str
) -> None:
    """A file may read right and look wrong; so poppler's pixels are laid over FreeType's."""
    plain = re.compile(r"[\w\u02bb\u02bc]{4,14}")
    words = [w for w in words_by_table(pdfs[language]) if w.page > 1 and plain.fullmatch(w.text)]
    for letter in LETTERS[language]:
        having = [word for word in words if letter in word.text]
        if letter in RARE and not having:
            continue
        assert having, letter
        word = max(having, key=lambda each: each.height)
        image = printed(pdfs[language], word)
        right, wrong = nearest(image, word.text), nearest(image, word.text.translate(MISTAKEN))
        assert right < 0.1, (word, right)
        assert right < wrong, (word, right, wrong)
