"""A chart's SVG in, the same drawing for the printer out: few elements, every text from its left end.

WeasyPrint matches styles anew for each element, and puts a text that is centred on a place or ends there
into a form of its own: as matplotlib writes them, the charts took a quarter of the printing time.
"""

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree

from reports.charts.text import text_width

_SVG = "{http://www.w3.org/2000/svg}"
_TEXT, _PATH, _GROUP, _DEFS, _STYLE = (f"{_SVG}{name}" for name in ("text", "path", "g", "defs", "style"))
_MADE_UP = re.compile(r"[A-Za-z0-9]+_\d+$")
"""matplotlib's own names of elements; others are marks of numbers (`reports.trace`)."""
_UNTURNED = re.compile(r"rotate\(-?0 ")
_SHARES = {"middle": 0.5, "end": 1.0}
_EVERYWHERE = {"stroke-linejoin": "round", "stroke-linecap": "butt"}
"""What matplotlib's style sheet says of all elements."""


def flat(svg: str) -> str:
    """Elements of the same look, in their order, below the root or a group that carries marks."""
    root = etree.fromstring(svg.encode(), etree.XMLParser(resolve_entities=False, remove_comments=True))
    size = {name: root.get(name) for name in ("width", "height", "viewBox")}
    made = etree.Element(root.tag, size, nsmap=root.nsmap)
    made.attrib.update(_EVERYWHERE)
    made.extend(_joined(_drawn(root)))
    etree.cleanup_namespaces(made)
    return etree.tostring(made, encoding="unicode")


def _drawn(parent: Any) -> Iterator[Any]:
    """Every element that draws, without the groups around it."""
    for element in parent:
        if element.tag == _GROUP:
            name = element.get("id", "")
            yield from _drawn(element) if not name or _MADE_UP.match(name) else [_marked(element, name)]
        elif element.tag == _DEFS:
            for child in element:
                if child.tag != _STYLE:
                    child.tail = None
                    kept = etree.Element(_DEFS)
                    kept.append(child)
                    yield kept
        else:
            made = _plain(element)
            if made.get("fill") != "none" or "stroke" in made.attrib:
                yield made


def _marked(element: Any, name: str) -> Any:
    group = etree.Element(_GROUP, id=name)
    group.extend(_drawn(element))
    return group


def _plain(element: Any) -> Any:
    """The element with attributes for its style; a text begins where its words begin."""
    styled = (part.partition(":") for part in element.attrib.pop("style", "").split(";") if part)
    for name, _, value in styled:
        element.set(name.strip(), value.strip().strip("'"))
    element.tail = None
    if _UNTURNED.match(element.get("transform", "")):
        del element.attrib["transform"]
    if element.tag == _PATH:
        element.set("d", element.get("d", "").replace(" \n", " ").strip())
    if element.tag == _TEXT and "transform" not in element.attrib:
        share = _SHARES.get(element.attrib.pop("text-anchor", ""), 0.0)
        if share:
            element.set("x", f"{float(element.get('x')) - share * _width(element):.6g}")
    return element


def _width(text: Any) -> float:
    size = float(text.get("font-size").removesuffix("px"))
    return text_width(text.text or "", size, int(text.get("font-weight", "400")))


def _joined(elements: Iterator[Any]) -> Iterator[Any]:
    """Strokes of one look that follow each other are one path."""
    waiting = None
    for element in elements:
        if waiting is not None and _alike(waiting, element):
            waiting.set("d", f"{waiting.get('d')} {element.get('d')}")
            continue
        if waiting is not None:
            yield waiting
        waiting = element
    if waiting is not None:
        yield waiting


def _alike(one: Any, other: Any) -> bool:
    """Whether both are opaque strokes without a filling, of the same look."""
    looks = [{k: v for k, v in each.attrib.items() if k != "d"} for each in (one, other)]
    strokes = all(each.tag == _PATH and each.get("fill") == "none" for each in (one, other))
    return strokes and looks[0] == looks[1] and "stroke-opacity" not in looks[0]
