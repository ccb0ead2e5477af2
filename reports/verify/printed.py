"""Two files of one report in, every word on a page of the first that the second has otherwise out."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Any

from pikepdf import Pdf

from reports.trace import NUMBER
from reports.verify.difference import DAMAGED, NOT_READABLE, READABLE, Difference
from reports.verify.pages import Box, Reader, Word

NOT_THERE, HIDDEN = "(not there)", "(hidden)"
_NEAR = 3.0
"""Points between two words of which one may stand in the other's place."""
_FAR = 28.0
"""Points beyond which an equal number of the ledger is another one."""


@dataclass(frozen=True)
class Entry:
    """A line of the ledger: a printed number and where it stands."""

    id: str
    printed: str
    box: Box


Ledger = Mapping[int, Sequence[Entry]]


def ledger_of(content: bytes) -> Ledger:
    """The entries of a ledger file by page."""
    found: dict[int, list[Entry]] = {}
    for line in json.loads(content)["numbers"]:
        x, y, width, height = line["box"]
        entry = Entry(line["id"], line["printed"], Box(x, y, x + width, y + height))
        found.setdefault(line["page"], []).append(entry)
    return found


def differing_words(file: Pdf, again: Pdf, ledger: Ledger) -> Iterator[Difference]:
    """Word by word as people see them, page by page; `ledger` is that of the file made again."""
    ours, theirs = Reader(again), Reader(file)
    for number in range(1, max(len(file.pages), len(again.pages)) + 1):
        try:
            printed = theirs.words(file.pages[number - 1]) if number <= len(file.pages) else ()
        except DAMAGED:
            where = f"page {number}"
            yield Difference(where, NOT_READABLE, READABLE, where)
            continue
        recomputed = ours.words(again.pages[number - 1]) if number <= len(again.pages) else ()
        yield from _page(printed, recomputed, number, ledger.get(number, ()))


def _page(
    printed: Sequence[Word], recomputed: Sequence[Word], number: int, entries: Sequence[Entry]
) -> Iterator[Difference]:
    extra: list[Word] = []
    missing: list[tuple[Word, str]] = []
    matcher = SequenceMatcher(None, [w.text for w in printed], [w.text for w in recomputed], autojunk=False)
    for kind, a, b, c, d in matcher.get_opcodes():
        for here, there in zip_longest(printed[a:b], recomputed[c:d]):
            if kind == "equal" or (here and there and here.text == there.text):
                if there.visible and not here.visible:
                    missing.append((there, HIDDEN))
                elif here.colour != there.colour:
                    missing.append((there, f"{here.text} in another colour"))
            elif here and there and _near(here, there):
                missing.append((there, here.text if here.visible else HIDDEN))
            else:
                extra += [here] if here and here.visible else []
                missing += [(there, NOT_THERE)] if there else []
    yield from _told(missing, extra, number, entries)


def _told(
    missing: Sequence[tuple[Word, str]], extra: list[Word], number: int, entries: Sequence[Entry]
) -> Iterator[Difference]:
    """A word that stands where one is missing is what is printed in its place."""
    where = f"page {number}"
    for word, how in missing:
        instead = [other for other in extra if how in (NOT_THERE, HIDDEN) and _near(other, word)]
        for other in instead:
            extra.remove(other)
        printed = " ".join(other.text for other in instead) or how
        yield Difference(_id(word, entries, where), printed, word.text, where)
    for word in extra:
        yield Difference(_id(word, entries, where), word.text, NOT_THERE, where)


def _near(one: Word, other: Word) -> bool:
    a, b = one.box, other.box
    across = max(a.left, b.left) - min(a.right, b.right)
    down = max(a.top, b.top) - min(a.bottom, b.bottom)
    return across < _NEAR and down < 0


def _id(word: Word, entries: Sequence[Entry], otherwise: str) -> str:
    """The ledger's id of the number in a word; of several equal ones on a page, the nearest."""
    texts = {found[0] for found in NUMBER.finditer(word.text)}
    same = [entry for entry in entries if entry.printed in texts] or [
        entry for entry in entries if word.box.share_of(entry.box) > 0.3
    ]
    near = [(_distance(entry.box, word.box), entry.id) for entry in same]
    distance, found = min(near, default=(_FAR, ""))
    return found if distance < _FAR else otherwise


def _distance(one: Box, other: Box) -> float:
    return abs(one.left - other.left) + abs(one.bottom - other.bottom)


def attachments(document: Pdf) -> dict[str, bytes]:
    """The files a PDF carries, by name."""
    found: dict[str, Any] = {name: document.attachments[name] for name in document.attachments}
    return {name: each.get_file().read_bytes() for name, each in found.items()}
