"""A file from outside in, its bytes out when they are safe to parse: no bomb, no entity, not too large."""

import io
import zipfile
from pathlib import Path
from xml.parsers import expat

from instruments.bounds import BROKEN, Bounds, Unfit, weigh_cells, weigh_file, weigh_parts
from instruments.problem import FileProblem, InstrumentError

BOUNDS = Bounds(unpacked=60_000_000)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How an .xls file begins."""
ZIP = b"PK\x03\x04"
TOO_LARGE = "A form is a few hundred kilobytes; is this the right file?"


def refusal(
    path: Path | str, rule: str, expected: str, found: str, hint: str, *, line: int = 0, place: str = ""
) -> FileProblem:
    """One reason why a form cannot be read."""
    return FileProblem(str(path), line, place, rule, expected, found, hint)


def read_bytes(path: Path) -> bytes:
    """The bytes of a file of bounded size. Raises InstrumentError."""
    try:
        if unfit := weigh_file(path, BOUNDS):
            raise InstrumentError([_too_large(path, unfit)])
        return path.read_bytes()
    except OSError as error:
        found = error.strerror or "an error"
        problem = refusal(path, "file", "a readable file", found, "Check the path.")
        raise InstrumentError([problem]) from error


def safe_workbook(path: Path, data: bytes) -> None:
    """Raise InstrumentError unless the bytes are a workbook whose parts are bounded and declare no entity."""
    if data.startswith(OLE):
        return
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            problems = _bombs(path, archive)
    except (*BROKEN, OSError) as error:
        hint = "Open it in a spreadsheet program and save it as .xlsx."
        problem = refusal(path, "workbook", "an .xlsx or .xls workbook", str(error) or "other bytes", hint)
        raise InstrumentError([problem]) from error
    if problems:
        raise InstrumentError(problems)


def _bombs(path: Path, archive: zipfile.ZipFile) -> list[FileProblem]:
    """A document type is looked for before cells are counted: its problem has a line."""
    if unfit := weigh_parts(archive, BOUNDS):
        return [_too_large(path, unfit)]
    if problems := _declarations(path, archive):
        return problems
    unfit = weigh_cells(archive, BOUNDS)
    return [_too_large(path, unfit)] if unfit else []


def _too_large(path: Path, unfit: Unfit) -> FileProblem:
    return refusal(path, unfit.rule, unfit.expected, unfit.found, TOO_LARGE)


def _declarations(path: Path, archive: zipfile.ZipFile) -> list[FileProblem]:
    problems = []
    left = BOUNDS.unpacked
    for part in archive.infolist():
        if not part.filename.endswith((".xml", ".rels", ".vml")):
            continue
        with archive.open(part) as file:
            # What the archive says of its sizes need not be true.
            content = file.read(left + 1)
        left -= len(content)
        if left < 0:
            return [refusal(path, "size", f"at most {BOUNDS.unpacked:,} bytes unpacked", "more", TOO_LARGE)]
        problems += xml_problems(path, content, part.filename)
    return problems


class _Declared(Exception):  # noqa: N818  control flow out of a parser's callback
    pass


def new_parser() -> "expat.XMLParserType":
    """A parser that stops at a document type: without one there are no entities to expand or to fetch."""
    parser = expat.ParserCreate()

    def refuse(*_: object) -> None:
        raise _Declared

    parser.StartDoctypeDeclHandler = refuse
    return parser


def xml_problems(
    path: Path, content: bytes, place: str = "", parser: "expat.XMLParserType | None" = None
) -> list[FileProblem]:
    """What is wrong with a piece of XML; parse it with the handlers of `parser` on the way."""
    parser = new_parser() if parser is None else parser
    try:
        parser.Parse(content, True)
    except _Declared:
        line = parser.CurrentLineNumber
        hint = "Remove the line <!DOCTYPE …>; a form needs none."
        found = "a document type (it can hold entities)"
        return [refusal(path, "entity", "XML without a document type", found, hint, line=line, place=place)]
    except (expat.ExpatError, ValueError, LookupError) as error:
        found = expat.errors.messages.get(getattr(error, "code", 0), str(error))
        hint = "Export the form again from the program that made it."
        line = getattr(error, "lineno", 0)
        return [refusal(path, "xml", "well-formed XML", found, hint, line=line, place=place)]
    return []
