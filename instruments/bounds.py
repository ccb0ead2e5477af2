"""A workbook or another file in, why it may not be opened out: bombs are weighed before they are unpacked.

A kilobyte of zip can hold a gigabyte, and a megabyte of XML a hundred times as much in cells. So the parts of
a workbook are read through once, in pieces, and their cells counted, before openpyxl makes objects of them.
"""

import re
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

PIECE = 1 << 20
OVERLAP = 64
MADE = re.compile(rb"<(?:\w{1,16}:)?(?:c|row|si|xf|mergeCell|definedName)[\s/>]")
"""Elements of which openpyxl makes an object each."""
DECLARED = re.compile(rb"<!(?:DOCTYPE|ENTITY)")
XML = (".xml", ".rels", ".vml")
BROKEN = (zipfile.BadZipFile, zlib.error, ValueError, NotImplementedError, RuntimeError, EOFError)
"""What zipfile raises for bytes that are no archive; NotImplementedError for a packing it does not know."""


@dataclass(frozen=True)
class Bounds:
    """The most a file may hold."""

    size: int = 20_000_000
    """Bytes as it lies on the disk."""
    unpacked: int = 200_000_000
    parts: int = 2_000
    cells: int = 2_000_000


@dataclass(frozen=True)
class Unfit:
    """Why a file may not be opened."""

    rule: str
    expected: str
    found: str


def weigh_file(path: Path, bounds: Bounds = Bounds()) -> Unfit | None:
    """Whether it is larger than may be read. OSError where there is none."""
    size = path.stat().st_size
    return Unfit("size", f"at most {bounds.size:,} bytes", f"{size:,} bytes") if size > bounds.size else None


def weigh_workbook(path: Path, bounds: Bounds = Bounds()) -> Unfit | None:
    """Whether it is no .xlsx workbook, or one that would grow too large. OSError where there is none."""
    if unfit := weigh_file(path, bounds):
        return unfit
    try:
        with zipfile.ZipFile(path) as archive:
            return weigh_parts(archive, bounds) or weigh_cells(archive, bounds)
    except BROKEN as error:
        return Unfit("workbook", "an .xlsx workbook", str(error)[:120] or "other bytes")


def weigh_parts(archive: zipfile.ZipFile, bounds: Bounds) -> Unfit | None:
    """What an archive says of its parts; it need not be true."""
    parts = archive.infolist()
    unpacked = sum(part.file_size for part in parts)
    if len(parts) <= bounds.parts and unpacked <= bounds.unpacked:
        return None
    expected = f"at most {bounds.parts:,} parts and {bounds.unpacked:,} bytes once unpacked"
    return Unfit("size", expected, f"{len(parts):,} parts of {unpacked:,} bytes")


def weigh_cells(archive: zipfile.ZipFile, bounds: Bounds) -> Unfit | None:
    """What its parts become once they are read. Raises what is BROKEN."""
    cells = 0
    for part in archive.infolist():
        if not part.filename.lower().endswith(XML):
            continue
        with archive.open(part) as content:
            found = _objects(content, bounds.cells - cells)  # type: ignore[arg-type]
        if isinstance(found, Unfit):
            return found
        cells += found
    return None


def _objects(content: BinaryIO, most: int) -> int | Unfit:
    """How many objects a part becomes; why it may not, for more than that many."""
    count, rest = 0, b""
    while piece := content.read(PIECE):
        if not rest and b"\0" in piece[:OVERLAP]:
            return Unfit("workbook", "parts in UTF-8", "another encoding")
        seen = rest + piece
        if DECLARED.search(seen):
            return Unfit("entity", "XML without a document type", "a document type (it can hold entities)")
        # What ends in the overlap is counted with the next piece, or at the end.
        found = list(MADE.finditer(seen))
        count += sum(match.end() > len(rest) for match in found)
        if count > most:
            return Unfit("size", "at most as many cells and rows as it may hold", "more")
        rest = seen[-OVERLAP:]
    return count
