"""An SPSS system file in; what its head claims to hold out, and the same file with the claim taken out."""

import shutil
import struct
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

LONG = 176
"""Bytes of the head ("System File Format", PSPP Internals)."""
LAYOUT, ELEMENTS, CASES = 64, 68, 80
"""Where three of its numbers stand."""
LAYOUTS = (2, 3)
VARIABLE = 2
RECORD = 32
"""Bytes of a variable's record before its label and missing values."""
UNKNOWN = -1


@dataclass(frozen=True)
class Head:
    """What the head says, which no reader compares with the file."""

    order: str
    """`<` or `>`, as `struct` has it."""
    cases: int
    """-1 where the program that wrote it did not know."""
    elements: int
    """Values of a case; not above 0 where it did not know."""
    described: int
    """Values of a case that the dictionary describes."""


def head_of(path: Path) -> Head | None:
    """The head; None of a file that has none."""
    with path.open("rb") as file:
        head = file.read(LONG)
        if len(head) < LONG or head[:3] != b"$FL":
            return None
        order = "<" if struct.unpack_from("<i", head, LAYOUT)[0] in LAYOUTS else ">"
        cases, elements = (struct.unpack_from(f"{order}i", head, place)[0] for place in (CASES, ELEMENTS))
        return Head(order, cases, elements, _described(file, order))


def _described(file: BinaryIO, order: str) -> int:
    """How many records of variables follow: one for each eight bytes of a case."""
    count = 0
    while len(record := file.read(RECORD)) == RECORD:
        kind, _, labelled, missing = struct.unpack_from(f"{order}4i", record)
        if kind != VARIABLE:
            break
        count += 1
        if labelled:
            length = file.read(4)
            if len(length) < 4:
                break
            file.seek(-(-struct.unpack(f"{order}i", length)[0] // 4) * 4, 1)
        file.seek(8 * abs(missing), 1)
    return count


@contextmanager
def uncounted(path: Path, head: Head) -> Iterator[Path]:
    """A copy that says it does not know how many cases it holds: readers then take all there are."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "data.sav"
        shutil.copyfile(path, copy)
        copy.chmod(0o600)
        with copy.open("r+b") as file:
            file.seek(CASES)
            file.write(struct.pack(f"{head.order}i", UNKNOWN))
        yield copy
