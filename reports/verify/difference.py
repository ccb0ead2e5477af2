"""What a verification lists: one thing of a file that is not what the releases give."""

import struct
from dataclasses import dataclass

from fontTools.ttLib import TTLibError
from pikepdf import PikepdfError


@dataclass(frozen=True)
class Difference:
    """`id` is that of the ledger or of an estimate where there is one; `where` says page or attachment."""

    id: str
    printed: str
    recomputed: str
    where: str = ""


NOT_READABLE, READABLE = "not readable", "as report build wrote it"
DAMAGED = (
    PikepdfError,
    TTLibError,
    struct.error,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    AssertionError,
    RecursionError,
)
"""What reading a file may raise that was written by nobody knows whom: a byte that is no longer what it was
may stand in a page, in a font or in anything they are packed with."""
