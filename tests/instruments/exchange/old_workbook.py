"""A workbook as Excel 97 wrote it (.xls): BIFF8 records in a compound file, just words and numbers.

Source: [MS-XLS] and [MS-CFB] of the Microsoft Open Specifications.
"""

import struct
from collections.abc import Mapping, Sequence
from pathlib import Path

SECTOR = 512
END, FREE, FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
SMALLEST_STREAM = 4096


def write_xls(path: Path, sheets: Mapping[str, Sequence[Sequence[object]]]) -> Path:
    """Write the sheets; None is an empty cell."""
    path.write_bytes(_compound(_workbook(sheets)))
    return path


def _record(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def _begin(kind: int) -> bytes:
    return _record(0x809, struct.pack("<HHHHII", 0x600, kind, 0, 1997, 0, 6))


def _cell(row: int, column: int, value: object) -> bytes:
    if isinstance(value, int | float):
        return _record(0x203, struct.pack("<HHHd", row, column, 0, value))
    text = str(value)
    return _record(0x204, struct.pack("<HHHHB", row, column, 0, len(text), 1) + text.encode("utf-16-le"))


def _workbook(sheets: Mapping[str, Sequence[Sequence[object]]]) -> bytes:
    bodies = []
    for rows in sheets.values():
        cells = [
            _cell(row, column, value)
            for row, values in enumerate(rows)
            for column, value in enumerate(values)
            if value is not None
        ]
        bodies.append(_begin(0x10) + b"".join(cells) + _record(0x0A, b""))
    names = [name.encode("utf-16-le") for name in sheets]
    heads = sum(4 + 8 + len(name) for name in names)
    start = len(_begin(0x05)) + heads + 4
    bounds = []
    for name, body in zip(names, bodies, strict=True):
        bounds.append(_record(0x85, struct.pack("<IBBBB", start, 0, 0, len(name) // 2, 1) + name))
        start += len(body)
    return _begin(0x05) + b"".join(bounds) + _record(0x0A, b"") + b"".join(bodies)


def _entry(name: str, kind: int, start: int, size: int, child: int = FREE) -> bytes:
    written = (name + "\0").encode("utf-16-le")
    head = written.ljust(64, b"\0") + struct.pack("<HBB", len(written), kind, 1)
    return head + struct.pack("<III", FREE, FREE, child) + b"\0" * 36 + struct.pack("<IQ", start, size)


def _compound(stream: bytes) -> bytes:
    stream = stream.ljust(SMALLEST_STREAM, b"\0")
    stream += b"\0" * (-len(stream) % SECTOR)
    count = len(stream) // SECTOR
    table = [FAT, END, *range(3, count + 2), END]
    table += [FREE] * (SECTOR // 4 - len(table))
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16
    head += struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + b"\0" * 6
    head += struct.pack("<IIIIIIIII", 0, 1, 1, 0, SMALLEST_STREAM, END, 0, END, 0)
    head += struct.pack("<I", 0) + struct.pack("<I", FREE) * 108
    directory = _entry("Root Entry", 5, END, 0, child=1) + _entry("Workbook", 2, 2, len(stream)) + b"\0" * 256
    return head + struct.pack(f"<{len(table)}I", *table) + directory + stream
