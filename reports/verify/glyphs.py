"""What the letters on a page look like: an embedded font in, the character each glyph really draws out.

A file's own table from glyphs to characters (ToUnicode) is what copying and searching see; whoever edits it
makes a program read one digit where people see another. So a glyph is known by its outline: it stands for a
character of the shipped font of that style when both draw the same.
"""

import io
from functools import cache
from typing import Any

from fontTools.ttLib import TTFont, TTLibError
from pikepdf import Name, Object

from reports.fonts import FILES, FOLDER

STRANGE = "\ufffd"
"""What stands for a glyph that no letter of the shipped fonts looks like."""
_STYLES = {
    "Tolqyn-Sans": FILES[400, "normal"],
    "Tolqyn-Sans-Italic": FILES[400, "italic"],
    "Tolqyn-Sans-Semi-Bold": FILES[600, "normal"],
    "Tolqyn-Sans-Bold": FILES[700, "normal"],
}


class Glyphs:
    """One embedded font of a file."""

    def __init__(self, font: Object) -> None:
        style = str(font.get("/BaseFont", "/")).rpartition("+")[2].lstrip("/")
        self._shipped = _shipped(_STYLES[style]) if style in _STYLES else None
        self._embedded = _embedded(font)
        self._known: dict[int, str] = {}

    def text(self, glyph: int) -> str:
        """The character or characters a glyph draws, or STRANGE."""
        if glyph not in self._known:
            self._known[glyph] = self._look(glyph)
        return self._known[glyph]

    def width(self, glyph: int) -> float:
        """Its advance in ems; half an em for a strange one."""
        return self._shipped.advance(glyph) if self._shipped else 0.5

    def _look(self, glyph: int) -> str:
        if self._shipped is None or self._embedded is None:
            return STRANGE
        drawn = _outline(self._embedded, glyph)
        return self._shipped.text(glyph) if drawn == _outline(self._shipped.font, glyph) else STRANGE


class _Shipped:
    """A font file of the package, with the characters of its glyphs, also of those only features reach."""

    def __init__(self, font: TTFont) -> None:
        self.font = font
        self._order = font.getGlyphOrder()
        self._texts = {name: chr(code) for code, name in sorted(font.getBestCmap().items(), reverse=True)}
        for name, base in _substitutes(font):
            self._texts.setdefault(name, "".join(self._texts.get(part, STRANGE) for part in base))
        self._advances = font["hmtx"]
        self._em = font["head"].unitsPerEm

    def text(self, glyph: int) -> str:
        return self._texts.get(self._order[glyph], STRANGE) if glyph < len(self._order) else STRANGE

    def advance(self, glyph: int) -> float:
        return self._advances[self._order[glyph]][0] / self._em if glyph < len(self._order) else 0.5


@cache
def _shipped(file: str) -> _Shipped:
    return _Shipped(TTFont(FOLDER / file))


def _substitutes(font: TTFont) -> list[tuple[str, tuple[str, ...]]]:
    """(glyph, the glyphs it is drawn for) of every single and ligature substitution, such as even figures."""
    found: list[tuple[str, tuple[str, ...]]] = []
    for lookup in font["GSUB"].table.LookupList.Lookup if "GSUB" in font else ():
        for given in lookup.SubTable:
            table = getattr(given, "ExtSubTable", given)
            if table.LookupType == 1:
                found += [(new, (old,)) for old, new in sorted(table.mapping.items())]
            elif table.LookupType == 4:
                found += [
                    (each.LigGlyph, (first, *each.Component))
                    for first, all_of_it in sorted(table.ligatures.items())
                    for each in all_of_it
                ]
    return found


def _embedded(font: Object) -> TTFont | None:
    """The font program, where codes are glyph numbers; None for whatever the report's printer never makes."""
    try:
        descendant = font.DescendantFonts[0]
        if font.Encoding != Name("/Identity-H") or descendant.get("/CIDToGIDMap") != Name.Identity:
            return None
        return TTFont(io.BytesIO(descendant.FontDescriptor.FontFile2.read_bytes()))
    except (AttributeError, KeyError, IndexError, TTLibError):
        return None


def _outline(font: TTFont, glyph: int) -> Any:
    order = font.getGlyphOrder()
    if glyph >= len(order):
        return None
    table = font["glyf"]
    coordinates, ends, flags = table[order[glyph]].getCoordinates(table)
    return list(coordinates), list(ends), [flag & 1 for flag in flags]
