"""The ledger of printed numbers: a marked document and its laid-out pages in, a line for each number out."""

import base64
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote
from xml.etree.ElementTree import Element

from lxml import etree

from reports.code import code_fingerprint
from reports.trace import NUMBER, Marks, numbers, unmarked

LEDGER = "numbers.json"
_POINTS = 0.75
"""Of a CSS pixel."""
_PICTURE = re.compile(r"data:image/svg\+xml;base64,([A-Za-z0-9+/=]+)")
_GROUP = re.compile('<g id="([\U000f0000-\U0010fffd]+)">')
_TEXT = "{http://www.w3.org/2000/svg}text"
_SIZE = re.compile(r"([\d.]+)px")
_LETTER = 0.58
"""Width of a letter of a chart in ems, on average: a place need only be found, not measured."""


@dataclass(frozen=True)
class Printed:
    """One number on a page. `letter` is its mark; the place is its left upper corner, in points."""

    text: str
    letter: str
    section: str
    page: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Drawn:
    """One text of a picture with the letters of its numbers: its left end, baseline and type size there."""

    text: str
    letters: str
    x: float
    y: float
    size: float


@dataclass(frozen=True)
class _Own:
    """The numbers an element itself prints, in order, and the section it belongs to."""

    section: str
    texts: tuple[str, ...] = ()
    letters: str = ""
    drawn: tuple[Drawn, ...] = ()
    size: tuple[float, float] = (1.0, 1.0)


Owners = Mapping[Element, _Own]


def without_marks(html: str) -> str:
    """The HTML as it is published: no marks in texts, attributes and pictures."""
    return _PICTURE.sub(lambda found: _address(_GROUP.sub("<g>", _svg(found[0]))), unmarked(html))


def take_marks(root: Element) -> Owners:
    """Take every mark out of a parsed document; whose numbers they stood before goes into the answer."""
    found: dict[Element, _Own] = {}
    _take(root, "", found)
    return found


def _take(element: Element, section: str, found: dict[Element, _Own]) -> None:
    if element.tag == "section":
        section = element.get("id", section)
    if "alt" in element.attrib:
        element.set("alt", unmarked(element.attrib["alt"]))
    if element.tag == "img":
        found[element] = _picture(element, section)
        return
    own = [element.text or ""]
    for child in element:
        _take(child, section, found)
        own.append(child.tail or "")
        child.tail = unmarked(child.tail or "")
    element.text = unmarked(element.text or "")
    texts, letters = numbers("\n".join(own))
    found[element] = _Own(section, texts, letters)


def _picture(element: Element, section: str) -> _Own:
    address = element.get("src", "")
    if not _PICTURE.match(address):
        return _Own(section)
    svg = _svg(address)
    root = etree.fromstring(svg.encode(), etree.XMLParser(resolve_entities=False, no_network=True))
    element.set("src", _address(_GROUP.sub("<g>", svg)))
    _, _, width, height = (float(part) for part in root.get("viewBox", "0 0 1 1").split())
    return _Own(section, drawn=tuple(_drawn(root)), size=(width, height))


def _drawn(root: Any) -> Iterator[Drawn]:
    for text in root.iter(_TEXT):
        name = text.getparent().get("id", "")
        words = "".join(text.itertext())
        texts, unknown = numbers(words)
        if texts:
            x, y = _place(text)
            found = _SIZE.match(text.get("font-size", ""))
            size = float(found[1]) if found else 7.0
            yield Drawn(
                words, name if len(name) == len(texts) and ord(name[0]) >= 0xF0000 else unknown, x, y, size
            )


def _place(text: Any) -> tuple[float, float]:
    """Where a text's baseline starts: matplotlib says it as a move, or as x and y."""
    moved = re.search(r"translate\(([-\d.]+)[ ,]+([-\d.]+)", text.get("transform", ""))
    if moved:
        return float(moved[1]), float(moved[2])
    return float(text.get("x", 0)), float(text.get("y", 0))


def _svg(address: str) -> str:
    return base64.b64decode(unquote(address).partition(",")[2]).decode()


def _address(svg: str) -> str:
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()


def printed_numbers(pages: Sequence[Any], owners: Owners) -> tuple[Printed, ...]:
    """Every number between the margins of laid-out pages, in reading order; counters and feet are none."""
    next_of: Counter[Element] = Counter()
    found: list[Printed] = []
    for number, page in enumerate(pages, start=1):
        for box in _boxes(page._page_box):
            if box.element is None or box.element not in owners or "::" in (box.element_tag or ""):
                continue
            own = owners[box.element]
            if own.drawn:
                found += _in_picture(box, own, number)
            elif hasattr(box, "text"):
                found += _in_text(box, own, number, next_of)
    return tuple(found)


def _boxes(box: Any) -> Iterator[Any]:
    """Texts and pictures of the page's area, in order."""
    box = getattr(box, "_box", box)
    if type(box).__name__ == "MarginBox":
        return
    if hasattr(box, "text") or hasattr(box, "replacement"):
        yield box
    for child in getattr(box, "children", ()):
        yield from _boxes(child)


def _in_text(box: Any, own: _Own, page: int, next_of: Counter[Element]) -> Iterator[Printed]:
    """An element's texts may lie on several lines and pages: it is read on where the last one ended."""
    for each in NUMBER.finditer(box.text):
        at = next_of[box.element] % max(1, len(own.texts))
        letter = own.letters[at] if own.texts and own.texts[at] == each[0] else ""
        next_of[box.element] += 1
        share = box.width / max(1, len(box.text))
        yield Printed(
            each[0],
            letter,
            own.section,
            page,
            round(_POINTS * (box.position_x + share * each.start()), 1),
            round(_POINTS * box.position_y, 1),
            round(_POINTS * share * len(each[0]), 1),
            round(_POINTS * box.height, 1),
        )


def _in_picture(box: Any, own: _Own, page: int) -> Iterator[Printed]:
    scale = _POINTS * box.width / own.size[0]
    left, top = _POINTS * box.content_box_x(), _POINTS * box.content_box_y()
    for drawn in own.drawn:
        for each, letter in zip(NUMBER.finditer(drawn.text), drawn.letters, strict=True):
            yield Printed(
                each[0],
                letter,
                own.section,
                page,
                round(left + scale * (drawn.x + _LETTER * drawn.size * each.start()), 1),
                round(top + scale * (drawn.y - 0.75 * drawn.size), 1),
                round(scale * _LETTER * drawn.size * len(each[0]), 1),
                round(scale * drawn.size, 1),
            )


def ledger_file(printed: Sequence[Printed], marks: Marks, fingerprint: str) -> bytes:
    """`numbers.json`: code version, release, and a line a number with its id, page, place and estimate."""
    lines = [json.dumps(line, ensure_ascii=False) for line in _lines(printed, marks)]
    head = {"code": code_fingerprint(), "release": fingerprint, "place": "points from the upper left corner"}
    opening = json.dumps(head, indent=1)[:-2]
    return (opening + ',\n "numbers": [\n' + ",\n".join(lines) + "\n]\n}\n").encode()


def _lines(printed: Sequence[Printed], marks: Marks) -> Iterator[dict[str, object]]:
    seen: Counter[str] = Counter()
    for each in printed:
        (source,) = marks.sources(each.letter) or (None,)
        about = f"{each.section}/{source.estimate}:{source.column}" if source else f"{each.section}/text"
        seen[about] += 1
        line: dict[str, object] = {
            "id": f"{about}#{seen[about]}",
            "printed": each.text,
            "page": each.page,
            "box": [each.x, each.y, each.width, each.height],
        }
        yield {**line, "estimate": source.estimate, "column": source.column} if source else line
