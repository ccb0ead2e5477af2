"""Two PDF files in, the places of their object trees that differ out, also of what no page shows."""

from collections.abc import Iterator
from typing import Any

from pikepdf import Array, Dictionary, Object, Pdf, Stream

from reports.verify.difference import Difference

_OF_STORAGE = ("/Length", "/Filter", "/DecodeParms", "/TQLN_Padding")
"""How a stream is packed is no part of what it says."""
_MOST = 20
"""Places listed; more would be one change seen from many sides."""


def differing_objects(file: Pdf, again: Pdf) -> Iterator[Difference]:
    """A line a place, nearest to the root first."""
    found = _places(file.Root, again.Root)
    for number, (place, printed, recomputed) in enumerate(found):
        if number == _MOST:
            return
        yield Difference(place, printed, recomputed, "file")
    for key in ("/Title", "/Author", "/Subject", "/Creator", "/Producer", "/CreationDate", "/ModDate"):
        printed, recomputed = str(file.docinfo.get(key, "")), str(again.docinfo.get(key, ""))
        if printed != recomputed:
            yield Difference(key.lstrip("/"), printed, recomputed, "file")


def _places(file: Object, again: Object) -> Iterator[tuple[str, str, str]]:
    """Breadth first; an object met before is not entered again."""
    waiting: list[tuple[str, Any, Any]] = [("", file, again)]
    met: set[tuple[tuple[int, int], tuple[int, int]]] = set()
    for place, here, there in waiting:
        if _entered(here, there, met):
            continue
        if isinstance(here, Stream) and isinstance(there, Stream) and here.read_bytes() != there.read_bytes():
            yield place, "another content", f"{len(there.read_bytes())} bytes"
        if isinstance(here, Dictionary | Stream) and isinstance(there, Dictionary | Stream):
            keys = sorted(({*here.keys()} | {*there.keys()}) - {*_OF_STORAGE})
            waiting += [(f"{place}{key}", here.get(key), there.get(key)) for key in keys]
        elif isinstance(here, Array) and isinstance(there, Array):
            for number in range(max(len(here), len(there))):
                one, other = (each[number] if number < len(each) else None for each in (here, there))
                waiting.append((f"{place}/{number + 1}", one, other))
        elif _plain(here) != _plain(there):
            yield place, _plain(here), _plain(there)


def _entered(here: Any, there: Any, met: set[tuple[tuple[int, int], tuple[int, int]]]) -> bool:
    if not (isinstance(here, Object) and isinstance(there, Object)):
        return False
    pair = (here.objgen, there.objgen)
    if pair == ((0, 0), (0, 0)):
        return False
    if pair in met:
        return True
    met.add(pair)
    return False


def _plain(value: Any) -> str:
    if value is None:
        return "(none)"
    if isinstance(value, Dictionary | Array | Stream):
        return f"a {type(value).__name__.lower()}"
    return str(value)
