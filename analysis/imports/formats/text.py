"""A delimited text file comes in, a table of cells goes out; encoding and delimiter are those declared."""

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from analysis.errors import ImportProblems
from analysis.imports.formats.limits import CELLS, refuse_cells
from analysis.imports.formats.table import Column, Table, check_names, text_cells
from analysis.imports.noting import Notes
from analysis.imports.spec import FileSpec

LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z")
UNICODE = ("utf-8", "utf8", "utf-8-sig", "utf_8")
DELIMITERS = {",": "','", ";": "';'", "\t": '"\\t"', "|": "'|'"}
CYRILLIC_AS_LATIN = re.compile(r"[ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖØÙÚÛÜÝÞßà-ÿ]{4,}")


def read_csv(path: Path, spec: FileSpec) -> Table:
    """One record a row, the first the header. ImportProblems for bytes, quotes or rows that do not fit."""
    header, records, lines = _records(str(path), decode(path, spec.encoding or "utf-8"), spec)
    check_names(header, str(path), 1)
    _check_lengths(str(path), header, records, lines, spec)
    words = zip(*records, strict=True) if records else iter([()] * len(header))
    columns = {
        name: Column(name, text_cells(column, spec.decimal))
        for name, column in zip(header, words, strict=True)
    }
    return Table(str(path), columns, np.array(lines, int), "line")


def decode(path: Path, encoding: str) -> str:
    """The text of the file. ImportProblems when its bytes are plainly in another encoding."""
    content = path.read_bytes()
    name = "utf-8-sig" if encoding.lower() in UNICODE else encoding
    problem = _byte_order(content, name)
    text = ""
    try:
        text = content.decode(name)
    except (UnicodeDecodeError, UnicodeError) as error:
        start = getattr(error, "start", 0)
        line = content[:start].count(b"\n") + 1
        found = f"byte {content[start]:#04x}" if start < len(content) else "other bytes"
        problem = problem or (line, found, _likely(content))
    if not problem and name != "utf-8-sig" and _is_utf8(content):
        problem = (1, "text in UTF-8", "write `encoding: utf-8`")
    if (
        not problem
        and (odd := CYRILLIC_AS_LATIN.search(text))
        and name.lower() in ("latin-1", "latin1", "cp1252")
    ):
        problem = (
            text.count("\n", 0, odd.start()) + 1,
            f"words such as {odd.group()}",
            "write `encoding: cp1251`",
        )
    if problem:
        line, found, hint = problem
        notes = Notes(str(path), lambda _: line)
        notes.add(("file", "encoding"), "encoding", f"text in {encoding}", found, hint)
        raise ImportProblems(notes.problems)
    return text


def _byte_order(content: bytes, name: str) -> tuple[int, str, str] | None:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff") and not name.lower().startswith("utf-16"):
        return 1, "the mark of UTF-16", "write `encoding: utf-16`"
    return None


def _is_utf8(content: bytes) -> bool:
    """Whether letters beyond ASCII form valid UTF-8, which no other encoding does by chance."""
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return not content.isascii()


def _likely(content: bytes) -> str:
    if _is_utf8(content):
        return "write `encoding: utf-8`"
    return "write `encoding: cp1251` if it is Russian text from Windows"


def _records(path: str, text: str, spec: FileSpec) -> tuple[list[str], list[list[str]], list[int]]:
    reader = csv.reader(_lines(text), delimiter=spec.delimiter, strict=True)
    try:
        numbered = list(_bounded(path, _numbered(reader)))
    except csv.Error as error:
        notes = Notes(path, lambda _: reader.line_num)
        notes.add((), "csv-syntax", "complete quoted fields", str(error), "close the quotation mark")
        raise ImportProblems(notes.problems) from error
    header = [name.strip() for name in numbered[0][1]] if numbered else []
    return header, [record for _, record in numbered[1:]], [line for line, _ in numbered[1:]]


def _lines(text: str) -> Iterator[str]:
    """Line by line, without a second copy of a large text."""
    return (match.group() for match in LINE.finditer(text))


def _bounded(path: str, records: Iterator[tuple[int, list[str]]]) -> Iterator[tuple[int, list[str]]]:
    """Every record with cells, and of all no more cells than may be read."""
    rows = cells = 0
    for line, record in records:
        if not record:
            continue
        rows, cells = rows + 1, cells + len(record)
        if cells > CELLS:
            refuse_cells(Path(path), rows, len(record))
        yield line, record


def _numbered(reader: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
    """Each record with the line it begins in."""
    begins = 1
    for record in reader:
        yield begins, record
        begins = reader.line_num + 1  # type: ignore[attr-defined]


def _check_lengths(
    path: str, header: list[str], records: list[list[str]], lines: list[int], spec: FileSpec
) -> None:
    notes = Notes(path, lambda _: 1)
    other = [sign for sign in DELIMITERS if sign != spec.delimiter and len(header) == 1 and sign in header[0]]
    if other:
        found = f"one column, {header[0][:40]!r}"
        hint = f"write `delimiter: {DELIMITERS[other[0]]}`"
        notes.add(("file", "delimiter"), "delimiter", f"columns divided by {spec.delimiter!r}", found, hint)
        raise ImportProblems(notes.problems)
    odd = [
        (line, len(record)) for line, record in zip(lines, records, strict=True) if len(record) != len(header)
    ]
    if odd:
        notes = Notes(path, lambda _: odd[0][0])
        first = ", ".join(f"line {line} with {count}" for line, count in odd[:3])
        hint = "put fields that hold the delimiter in quotation marks"
        expected = f"{len(header)} fields in every row, as in the header"
        notes.add((), "row-length", expected, f"{len(odd)} rows with another number: {first}", hint)
        raise ImportProblems(notes.problems)
