"""What an instrument takes from another: the request in a file, and the records a merged document keeps."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from instruments.codebook import Review, Text
from instruments.questionnaire.structure import Reuse
from instruments.tree import Node
from instruments.wording import texts_in

REUSED, REVIEWS = "reused", "reviews"
"""Keys of a merged document that no file may hold: the loader writes them."""


@dataclass(frozen=True)
class Request:
    """What `reuse` asks for."""

    instrument: str = ""
    version: str = ""
    items: tuple[str, ...] = ()
    rows: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Batteries of which some rows are taken, under the battery's question."""
    derived: tuple[str, ...] = ()
    indicators: tuple[str, ...] = ()
    stems: Mapping[str, Text] = field(default_factory=dict)
    """The question of a row of a battery that is asked alone."""


def read_request(root: Node) -> Request:
    """The request in a file's root, an empty one when there is none."""
    if not root.has("reuse"):
        return Request()
    node = root.sub("reuse")
    rows = node.sub("rows")
    request = Request(
        node.string("instrument", required=True),
        node.string("version", required=True),
        node.strings("items"),
        {battery: rows.strings(battery) for battery in rows.value},
        node.strings("derived"),
        node.strings("indicators"),
        node.texts("stems"),
    )
    node.finish()
    return request


def read_reused(document: Mapping[str, Any], problems: list[Any]) -> Reuse | None:
    """Where the items that were taken over come from."""
    if document.get(REUSED) is None:
        return None
    node = Node(document[REUSED], REUSED, problems)
    reuse = Reuse(
        node.string("instrument", required=True),
        node.string("version", required=True),
        node.string("sha256", required=True),
        node.strings("items"),
        node.strings("stems"),
    )
    for group in ("derived", "indicators"):
        node.strings(group)
    node.raw("rows")
    node.finish()
    return reuse


def read_reviews(document: Mapping[str, Any], problems: list[Any]) -> dict[str, Review]:
    """By language, how many of its texts were reviewed, by whom, and when the last one was."""
    source = str(document.get("source_language"))
    reviews = {}
    written = Node(document.get(REVIEWS) or {}, REVIEWS, problems)
    for language in written.value:
        entries = list(written.entries(language))
        names = tuple(sorted({entry.string("by", required=True) for entry in entries}))
        last = max((entry.string("date", required=True) for entry in entries), default="")
        texts = sum(1 for _ in texts_in(document, language, source))
        reviews[language] = Review(len(entries), texts, names, last)
    return reviews
