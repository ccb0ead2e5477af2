"""The boxes of laid-out pages in; what a page breaks off from what it belongs to out."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from reports import Report, press, render_html

OPENS = {"h1", "h2", "h3", "caption", "figcaption", "thead"}
"""Elements after which something has to follow on the same page."""
OPENING = {"lead", "before", "conventions", "question", "opens", "block"}
"""And the classes of those that have one."""
WHOLE = {"half", "listing", "group"}
"""Classes of what a sentence and its figure or table stand in together."""


@dataclass(frozen=True)
class Line:
    """A line of text: its words, the elements it stands in from the outermost on, and its lower end."""

    text: str
    inside: tuple[Any, ...]
    bottom: float


def laid_out(report: Report) -> list[Any]:
    """The printer's pages."""
    base = f"{press.FOLDER.as_uri()}/"
    html = press.HTML(string=render_html(report), base_url=base, url_fetcher=press.BundledFiles())
    pages: list[Any] = press._laid_out(html, None).pages
    return pages


def lines(page: Any) -> list[Line]:
    """Every line and picture between head and foot, as they are drawn."""
    body, *_ = page._page_box.children
    return list(_lines(body, ()))


def _lines(box: Any, above: tuple[Any, ...]) -> Iterator[Line]:
    element = getattr(box, "element", None)
    inside = above if element is None or element in above[-1:] else (*above, element)
    kind = type(box).__name__
    if kind in ("LineBox", "BlockReplacedBox"):
        text = (
            "".join(each.text for each in box.descendants() if hasattr(each, "text")) if box.children else ""
        )
        yield Line(text.strip() or "(picture)", inside, box.position_y + box.height)
        return
    for child in getattr(box, "children", ()):
        yield from _lines(child, inside)


def _classes(element: Any) -> set[str]:
    return set(element.get("class", "").split())


def left_at_the_foot(pages: list[Any]) -> list[tuple[int, str]]:
    """Pages whose lowest line opens something that only the next page holds."""
    found = []
    for number, page in enumerate(pages[:-1], start=1):
        drawn = lines(page)
        last = max(drawn, key=lambda line: line.bottom) if drawn else None
        if last and any(each.tag in OPENS or _classes(each) & OPENING for each in last.inside):
            found.append((number, last.text))
    return found


def torn_apart(pages: list[Any]) -> list[tuple[int, str]]:
    """Figures, and sentences with their figure, that stand on more than one page."""
    first: dict[Any, int] = {}
    found = []
    for number, page in enumerate(pages, start=1):
        for line in lines(page):
            kept = [each for each in line.inside if each.tag == "figure" or _classes(each) & WHOLE]
            if any(first.setdefault(each, number) != number for each in kept):
                found.append((number, line.text))
    return found


def names_alone(pages: list[Any]) -> list[tuple[int, str]]:
    """Rows of which a page has the name of the question without any of its words."""
    found = []
    for number, page in enumerate(pages, start=1):
        rows: dict[Any, set[str]] = {}
        names: dict[Any, str] = {}
        for line in lines(page):
            row = next((each for each in line.inside if each.tag == "tr"), None)
            cell = next((each for each in line.inside if each.tag in ("th", "td")), None)
            if row is not None and cell is not None:
                rows.setdefault(row, set()).add(cell.tag)
                names.setdefault(row, line.text)
        wanted = {row for row in rows if any(len(each) or each.text for each in row if each.tag == "td")}
        found += [(number, names[row]) for row in wanted if "td" not in rows[row]]
    return found


def notes_without_their_table(pages: list[Any]) -> list[tuple[int, str]]:
    """Pages that begin with the note of a table which ended on the page before."""
    found = []
    for number, page in enumerate(pages[1:], start=2):
        drawn = lines(page)
        first = min(drawn, key=lambda line: line.bottom) if drawn else None
        if first and any(_notes_a_table(*pair) for pair in zip(first.inside, first.inside[1:], strict=False)):
            found.append((number, first.text))
    return found


def _notes_a_table(above: Any, element: Any) -> bool:
    beside = list(above)
    place = beside.index(element) if element in beside else 0
    return "note" in _classes(element) and place > 0 and beside[place - 1].tag == "table"
