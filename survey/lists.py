"""A CSV file that somebody hands to a command in, its rows with their lines out, or why it cannot be read."""

import csv
import io
from pathlib import Path

from instruments import Bounds, weigh_file
from survey.refusal import Reason, Refused

BOUNDS = Bounds(size=20_000_000)
WIDEST = 1_000
"""Columns of a list."""


def read_text(path: Path, hint: str) -> str:
    """The text of a file of bounded size. Raises Refused."""
    try:
        if unfit := weigh_file(path, BOUNDS):
            raise Refused(Reason(unfit.expected, unfit.found, hint, rule=unfit.rule, file=path.name))
        content = path.read_bytes()
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        found = "a file of another kind" if b"\0" in content else "another encoding"
        hint = "save it as CSV UTF-8"
        raise Refused(Reason("text in UTF-8", found, hint, rule="csv", file=path.name)) from error
    except OSError as error:
        found = error.strerror or "an error"
        raise Refused(
            Reason("a file that can be read", found, "check the path", rule="file", file=path.name)
        ) from error


def read_rows(path: Path, hint: str) -> list[tuple[int, list[str]]]:
    """Each row with the line it ends in; comma or semicolon, whichever stands in the first line."""
    text = read_text(path, hint)
    head = text.partition("\n")[0]
    mark = ";" if head.count(";") > head.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark)
    rows = []
    try:
        for row in reader:
            if len(row) > WIDEST:
                found = f"{len(row):,} in line {reader.line_num}"
                raise Refused(Reason(f"at most {WIDEST:,} columns", found, hint, rule="size", file=path.name))
            rows.append((reader.line_num, row))
    except csv.Error as error:
        raise Refused(
            Reason(
                "complete fields of at most 131,072 letters",
                str(error),
                "close the quotation mark",
                rule="csv",
                file=path.name,
                line=reader.line_num,
            )
        ) from error
    return rows


def read_records(path: Path, hint: str) -> tuple[list[str], list[tuple[int, dict[str, str]]]]:
    """The header, and each row under it as a mapping; what a row lacks is empty. Blank rows are left out."""
    rows = [(line, row) for line, row in read_rows(path, hint) if row]
    header = rows[0][1] if rows else []
    padded = [(line, [*row, *[""] * (len(header) - len(row))]) for line, row in rows[1:]]
    return header, [(line, dict(zip(header, row, strict=False))) for line, row in padded]
