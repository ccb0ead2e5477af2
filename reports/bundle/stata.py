"""The bytes of a Stata file of format 118 and notes in, the same file with the notes of its data out.

The library that writes the file writes none. A note is a characteristic of the data: `notes` lists it.
"""

import struct
from collections.abc import Sequence

_BEGIN, _END = b"<characteristics>", b"</characteristics>"
_MAP = b"<map>"
_PLACES = struct.Struct("<14Q")
"""Where the parts of the file begin, in order; what stands after the characteristics moves."""
_NAME = 129
"""Bytes of a name, with the zero that ends it."""


def with_notes(content: bytes, notes: Sequence[str]) -> bytes:
    """The file, its places moved by what was put in. ValueError for a file that has characteristics."""
    at = content.index(_BEGIN) + len(_BEGIN)
    if not content.startswith(_END, at):
        raise ValueError("the file has characteristics already")
    told = _characteristic("note0", str(len(notes))) if notes else b""
    told += b"".join(_characteristic(f"note{n}", text) for n, text in enumerate(notes, 1))
    places = content.index(_MAP) + len(_MAP)
    moved = [place + len(told) if place > at else place for place in _PLACES.unpack_from(content, places)]
    head, rest = content[:at], content[at:]
    return head[:places] + _PLACES.pack(*moved) + head[places + _PLACES.size :] + told + rest


def _characteristic(name: str, text: str) -> bytes:
    body = b"_dta".ljust(_NAME, b"\0") + name.encode().ljust(_NAME, b"\0") + text.encode() + b"\0"
    return b"<ch>" + struct.pack("<I", len(body)) + body + b"</ch>"
