"""A Stata file in; what its head claims to hold against what its bytes hold out.

Before version 13 the head alone says how many cases there are, and readers take its word: further rows are
read as value labels, or labels as rows. But the file ends with its last label, so its length tells.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

LAYOUTS = range(111, 116)
"""Of Stata 7 SE to 12 ("Description of the .dta file format", `dta_115.html`, `dta_113.html`)."""
LONG = 109
"""Bytes of the head."""
COUNTED = 4
"""Where the numbers of variables and of cases stand."""
LOW_FIRST = 2
NAME, LABEL = 33, 81
FORMAT = {True: 49, False: 12}
"""Bytes of a display format, from layout 114 on and before."""
WIDTHS = {251: 1, 252: 2, 253: 4, 254: 4, 255: 8}
"""Bytes of a number; a smaller code is the length of a text."""
TABLE_HEAD = 4 + NAME + 3
"""Bytes before the labels of one table: their length, its name, padding."""
SEARCHED = 100_000
"""Numbers of cases that are tried where the said one does not hold."""
TAGGED, ENDS = b"<stata_dta>", b"</stata_dta>"
"""From version 13 on the file is tagged; the reader compares the rest."""


@dataclass(frozen=True)
class Untrue:
    """What a file says and what it holds, in words."""

    expected: str
    found: str


@dataclass(frozen=True)
class _Head:
    order: str
    cases: int
    width: int
    start: int
    """Where the first case stands."""


def untrue(path: Path) -> Untrue | None:
    """What does not hold; None of a file that is as it says, or whose layout is another."""
    size = path.stat().st_size
    with path.open("rb") as file:
        if file.read(len(TAGGED)) == TAGGED:
            file.seek(max(0, size - len(ENDS)))
            whole = file.read() == ENDS
            return None if whole else Untrue(f"{ENDS.decode()} at the end", "a file that ends before it")
        file.seek(0)
        head = _head_of(file)
        if head is None or _ends_at(file, head, head.cases, size):
            return None
        fits = next((n for n in _counts(head, size) if _ends_at(file, head, n, size)), None)
    expected = f"{head.cases:,} cases, as the head of the file says"
    if fits is None:
        return Untrue(expected, "a file that ends elsewhere than with its last case or value label")
    return Untrue(expected, f"{fits:,} whole ones")


def _head_of(file: BinaryIO) -> _Head | None:
    head = file.read(LONG)
    if len(head) < LONG or head[0] not in LAYOUTS:
        return None
    order = "<" if head[1] == LOW_FIRST else ">"
    variables, cases = struct.unpack_from(f"{order}Hi", head, COUNTED)
    width = sum(WIDTHS.get(code, code) for code in file.read(variables))
    file.seek(variables * (2 * NAME + FORMAT[head[0] >= 114] + LABEL) + 2 * (variables + 1), 1)
    while len(field := file.read(5)) == 5:
        kind, length = struct.unpack(f"{order}bi", field)
        if not kind and not length:
            break
        file.seek(max(0, length), 1)
    return _Head(order, cases, width, file.tell()) if width else None


def _counts(head: _Head, size: int) -> Iterator[int]:
    """Numbers of cases that the bytes leave room for, the largest first: labels take little."""
    most = max(0, size - head.start) // head.width
    yield from range(most, max(-1, most - SEARCHED), -1)


def _ends_at(file: BinaryIO, head: _Head, cases: int, size: int) -> bool:
    """Whether after so many cases nothing follows but whole tables of value labels."""
    place = head.start + cases * head.width
    while 0 <= place < size:
        file.seek(place)
        if len(read := file.read(4)) < 4:
            return False
        length = struct.unpack(f"{head.order}i", read)[0]
        if length < 0:
            return False
        place += TABLE_HEAD + length
    return place == size
