"""A page of a file in, the words people see on it out: where, in which colour, and whether hidden."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from pikepdf import Dictionary, Name, Object, Page, Pdf, Stream, parse_content_stream

from reports.verify.drawing import Box, Drawing, Word, corners, matrix_of, times
from reports.verify.glyphs import Glyphs

__all__ = ["Box", "Reader", "Word"]

_DEEPEST = 12
_COVERED = 0.4
"""A word is hidden when this share of it lies under something drawn later."""


class Reader:
    """Reads pages of one file; each font is looked at once."""

    def __init__(self, document: Pdf) -> None:
        self._document = document
        self._fonts: dict[tuple[int, int], Glyphs] = {}

    def words(self, page: Page) -> tuple[Word, ...]:
        """The words of a page in the order they are drawn, those of charts and annotations with them."""
        left, bottom, right, top = (float(edge) for edge in page.mediabox)
        drawing = Drawing(top, (1, 0, 0, 1, -left, 0))
        self._read(page, page.obj.get("/Resources"), drawing, 0)
        for appearance in _appearances(page):
            self._form(appearance, drawing, 1)
        sheet = Box(0, 0, right - left, top - bottom)
        return tuple(_seen(word, moment, drawing.areas, sheet) for moment, word in drawing.words)

    def _read(self, content: Page | Object, resources: Object | None, drawing: Drawing, depth: int) -> None:
        drawing.save()
        level = drawing.depth
        for instruction in parse_content_stream(content):
            operands: list[Any] = list(instruction.operands)
            name = str(instruction.operator)
            if name == "Do":
                self._object(resources, operands[0], drawing, depth)
            elif name == "Tf":
                drawing.choose(self._font(resources, operands[0]), float(operands[1]))
            elif name != "Q" or drawing.depth > level:
                drawing.do(name, operands)
        while drawing.depth >= level:
            drawing.restore()

    def _object(self, resources: Object | None, name: Name, drawing: Drawing, depth: int) -> None:
        found = _resource(resources, "/XObject", name)
        if found is None:
            return
        if found.get("/Subtype") == Name.Form:
            self._form(found, drawing, depth + 1)
        else:
            drawing.cover(corners(drawing.state.matrix, 0, 0, 1, 1))

    def _form(self, form: Object, drawing: Drawing, depth: int) -> None:
        if depth > _DEEPEST:
            return
        before = drawing.state
        if "/Matrix" in form:
            moved = times(matrix_of(list(form.Matrix)), before.matrix)
            drawing.state = replace(before, matrix=moved)
        self._read(form, form.get("/Resources"), drawing, depth)
        drawing.state = before

    def _font(self, resources: Object | None, name: Name) -> Glyphs | None:
        found = _resource(resources, "/Font", name)
        if found is None:
            return None
        if found.objgen == (0, 0):
            return Glyphs(found)
        if found.objgen not in self._fonts:
            self._fonts[found.objgen] = Glyphs(found)
        return self._fonts[found.objgen]


def _resource(resources: Object | None, kind: str, name: Name) -> Object | None:
    if resources is None or kind not in resources:
        return None
    return resources[kind].get(str(name))


def _seen(word: Word, moment: int, areas: Sequence[tuple[int, Box]], sheet: Box) -> Word:
    hidden = sheet.share_of(word.box) < _COVERED or any(
        later > moment and area.share_of(word.box) > _COVERED for later, area in areas
    )
    return replace(word, visible=word.visible and not hidden)


def _appearances(page: Page) -> Iterator[Object]:
    """What annotations draw over the page."""
    for annotation in page.obj.get("/Annots", []):
        appearance = annotation.get("/AP", Dictionary()).get("/N")
        if isinstance(appearance, Stream):
            yield appearance
