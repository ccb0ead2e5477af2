"""Variable Inter 4 in, four static subset files under the name Tolqyn Sans out. Run by hand, not at run time.

    python -m venv fonts-env && fonts-env/bin/pip install fontpkg-inter==4.1.post1 fonttools==4.68.0
    fonts-env/bin/python reports/fonts/make_fonts.py

The same input gives the same bytes. Inter reserves no font name: its licence allows renamed, reduced copies.
"""

import shutil
from dataclasses import dataclass
from importlib.metadata import files
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

FAMILY = "Tolqyn Sans"
VERSION = "4.001"
RANGES = (
    (0x0020, 0x007E),  # Basic Latin
    (0x00A0, 0x017F),  # Latin-1, Latin Extended-A
    (0x018F, 0x0192),
    (0x0259, 0x0259),  # Latin schwa, Azerbaijani and Kazakh Latin drafts
    (0x02B9, 0x02BF),  # modifier letters: the Uzbek apostrophes ʻ ʼ
    (0x0300, 0x0304),
    (0x0308, 0x0308),
    (0x0400, 0x04FF),  # Cyrillic with all Kazakh and Uzbek letters
    (0x2002, 0x2003),
    (0x2009, 0x2015),
    (0x2018, 0x2026),
    (0x202F, 0x2033),
    (0x2039, 0x203A),
    (0x2070, 0x2089),
    (0x20AC, 0x20AC),
    (0x20B8, 0x20BD),
    (0x2116, 0x2116),
    (0x2122, 0x2122),
    (0x2190, 0x2199),
    (0x2206, 0x2206),
    (0x2212, 0x2212),
    (0x2248, 0x2265),
    (0x25A0, 0x25A1),
    (0x25B2, 0x25BD),
    (0x25C6, 0x25CF),
    (0x2713, 0x2713),
)
FEATURES = ["kern", "mark", "mkmk", "ccmp", "locl", "tnum", "case", "cv11"]
"""`calt` is left out: it redraws "->" and the x of "3x2", and so would change codes in print."""


@dataclass(frozen=True)
class Cut:
    """One static style: file name, variable source, optical size (points) and weight."""

    style: str
    source: str
    opsz: int
    weight: int


CUTS = (
    Cut("Regular", "Inter[opsz,wght].ttf", 14, 400),
    Cut("Italic", "Inter-Italic[opsz,wght].ttf", 14, 400),
    Cut("SemiBold", "Inter[opsz,wght].ttf", 14, 600),
    Cut(
        "Bold", "Inter[opsz,wght].ttf", 28, 700
    ),  # only headings and big figures are bold: the display drawing
)


def package_file(name: str) -> Path:
    """Where the installed `fontpkg-inter` keeps a file; LookupError when it is not installed."""
    for entry in files("fontpkg-inter") or ():
        if entry.name == name:
            return Path(str(entry.locate()))
    raise LookupError(f"{name} not found: pip install fontpkg-inter==4.1.post1")


def instance(cut: Cut) -> TTFont:
    """The static font of one style, reduced to RANGES and FEATURES, hinting dropped."""
    font = TTFont(package_file(cut.source), recalcTimestamp=False)
    font = instantiateVariableFont(font, {"opsz": cut.opsz, "wght": cut.weight}, updateFontNames=False)
    options = Options(hinting=False, notdef_outline=True, name_IDs=["*"], layout_features=FEATURES)
    options.drop_tables += ["DSIG", "STAT", "MVAR", "HVAR", "avar", "meta"]
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=[code for first, last in RANGES for code in range(first, last + 1)])
    subsetter.subset(font)
    rename(font, cut)
    return font


def rename(font: TTFont, cut: Cut) -> None:
    """Own family name, weight class and style bits; copyright and licence entries stay Inter's."""
    names = font["name"]
    keep = {record.nameID: record.toUnicode() for record in names.names if record.nameID in (0, 13, 14)}
    names.names = []
    linked = cut.style in ("Regular", "Italic", "Bold")
    postscript = f"{FAMILY.replace(' ', '')}-{cut.style}"
    entries = keep | {
        1: FAMILY if linked else f"{FAMILY} {cut.style}",
        2: cut.style if linked else "Regular",
        3: f"{VERSION};{postscript}",
        4: f"{FAMILY} {cut.style}",
        5: f"Version {VERSION}; instanced and subset from Inter 4.1",
        6: postscript,
        16: FAMILY,
        17: cut.style,
    }
    for number, text in sorted(entries.items()):
        names.setName(text, number, 3, 1, 0x409)
    italic, bold = cut.style == "Italic", cut.style == "Bold"
    os2, head = font["OS/2"], font["head"]
    os2.usWeightClass = cut.weight
    os2.fsSelection = (os2.fsSelection & ~0b1100001) | italic | bold << 5 | (cut.style == "Regular") << 6
    head.macStyle = bold | italic << 1


def main() -> None:
    """Write the four files and the licence text beside this script."""
    folder = Path(__file__).parent
    for cut in CUTS:
        instance(cut).save(folder / f"{FAMILY.replace(' ', '')}-{cut.style}.ttf")
    shutil.copyfile(package_file("LICENSE"), folder / "OFL.txt")


if __name__ == "__main__":
    main()
