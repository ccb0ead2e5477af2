"""The border type of printing: HTML ready to be laid out and the files that travel inside its PDF."""

from dataclasses import dataclass

from reports.trace import Marks


@dataclass(frozen=True)
class Attached:
    """A file that travels inside the PDF."""

    name: str
    content: bytes
    description: str


@dataclass(frozen=True)
class Fit:
    """How many pages a document has, and the type sizes to try, in points: the first that fits is taken."""

    pages: int
    sizes: tuple[float, ...]


@dataclass(frozen=True)
class Document:
    """HTML whose figures are marked, and what travels with it; `sources` asks for a ledger of its numbers."""

    html: str
    identifier: bytes
    attached: tuple[Attached, ...] = ()
    dated: str = ""
    release: str = ""
    sources: Marks | None = None
    fit: Fit | None = None
