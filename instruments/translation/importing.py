"""A returned workbook in, the changes it makes to a wording file out, or every problem of all its rows."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from instruments.loader import (
    Assembly,
    Source,
    fielded,
    library_path,
    read_source,
    status_of,
    words_sha,
)
from instruments.loader.reviews import REVIEWED
from instruments.problem import FileProblem, InstrumentError
from instruments.questionnaire import REVIEWS
from instruments.translation.faults import linted, too_long
from instruments.translation.results import Change, Imported
from instruments.translation.sheet import STATES
from instruments.translation.texts import Place, open_for, places, taken_over
from instruments.translation.workbook import Returned, Row, read_workbook
from instruments.translation.writing import edited, fresh
from instruments.tree import nearest, said
from instruments.wording import plain_texts

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def compare_sheet(file: Path, into: Path | None = None, today: date | None = None) -> Imported:
    """Compare a workbook with the instrument it was exported from: `into`, else the one of the library.

    With `today`, reviews of a later day are refused.
    Raises InstrumentError with every problem of every row. A version in the field takes no words any more.
    """
    returned = read_workbook(file)
    about = returned.about
    path = into or _in_library(file, about["instrument"], about["version"])
    assembly = open_for(path, about["to"], about["from"])
    content = assembly.content
    _refuse_other(returned, path, content.name, content.version)
    texts = places(assembly, about["to"], about["from"])
    by_path = {place.path: place for place in texts}
    rows = {row.path: _settled(row, by_path.get(row.path)) for row in returned.rows}
    problems = [*returned.problems, *_rows(returned, texts, rows)]
    problems += _not_yet(file, rows.values(), today)
    known = [
        replace(place, words=rows[place.path].words if place.path in rows else place.words) for place in texts
    ]
    wording = _as_source(file, about["to"], known, rows)
    problems += linted(open_for(path, about["to"], about["from"], {about["to"]: wording}), about["to"])
    for name, length in too_long(known, about["to"]).items():
        limit = next(place.limit(about["to"]) for place in known if place.path == name)
        found = f"{length} letters"
        problems.append(_at(file, rows[name], "too_long", f"at most {limit} letters", found, "Shorten it."))
    if problems:
        raise InstrumentError(problems)
    return _imported(path, about["to"], assembly, texts, rows)


def _in_library(file: Path, name: str, version: str) -> Path:
    try:
        return library_path(name, version)
    except InstrumentError as error:
        hint = f"Name its structure file, as in --into my/{version}.yaml."
        found = f"{name} {version}, which is not there"
        expected = "an instrument of the library, or --into"
        problem = FileProblem(str(file), 0, "--into", "instrument", expected, found, hint)
        raise InstrumentError([problem]) from error


def _not_yet(file: Path, rows: Iterable[Row], today: date | None) -> Iterator[FileProblem]:
    """Reviews of a day that has not come."""
    for row in rows:
        if today and row.status == "reviewed" and _day(row.date) and row.date > today.isoformat():
            expected = f"a day up to today, {today.isoformat()}"
            yield _at(file, row, "date", expected, said(row.date), "Write the day of the review.")


def write_file(imported: Imported) -> Path:
    """Write the wording file, whole or not at all, unless it says all this already."""
    if not imported.changes_file:
        return imported.file
    beside = imported.file.with_name(f".{imported.file.name}.new")
    try:
        beside.write_text(imported.content, encoding="utf-8")
        if not _holds(beside, imported):
            raise InstrumentError([_unwritable(imported.file)])
        beside.replace(imported.file)
    finally:
        beside.unlink(missing_ok=True)
    return imported.file


def _settled(row: Row, place: Place | None) -> Row:
    """A row that nobody touched follows the file where that says something else since the export."""
    if place is None or not place.words or row.mark != row.was:
        return row
    status = STATES[bool(place.reviewed_by)]
    return replace(row, words=place.words, status=status, reviewer=place.reviewed_by, date=place.reviewed_on)


def _refuse_other(returned: Returned, path: Path, name: str, version: str) -> None:
    about, file = returned.about, returned.file
    problems = []
    if (about["instrument"], about["version"]) != (name, version):
        found = f"{about['instrument']} {about['version']}"
        hint = "Name the right instrument with --into."
        problems.append(
            FileProblem(str(file), 0, "", "instrument", f"a workbook of {name} {version}", found, hint)
        )
    if version in fielded(path.parent):
        hint = "Copy its files to a new version and translate that; say of each text how it compares."
        found = f"{name} {version}, which went into the field"
        problems.append(FileProblem(str(path), 0, "", "fielded", "a version not yet fielded", found, hint))
    if problems:
        raise InstrumentError(problems)


def _rows(returned: Returned, texts: Iterable[Place], rows: Mapping[str, Row]) -> Iterator[FileProblem]:
    file, known = returned.file, {place.path: place for place in texts}
    for path, times in Counter(row.path for row in returned.rows).items():
        if times > 1:
            yield _at(file, rows[path], "duplicate_key", "each key once", f"{times} rows", "Remove one.")
    for row in returned.rows:
        place = known.get(row.path)
        if place is None:
            expected = "a text of this instrument"
            yield _at(file, row, "unknown_key", expected, said(row.path), nearest(row.path, tuple(known)))
            continue
        if row.sha != place.sha:
            hint = f"They now read {said(place.shown)}. Export again and look at this translation."
            yield _at(file, row, "source", "the source words that were exported", "other ones", hint)
        if place.words and row.mark != row.was and place.mark not in (row.was, row.mark):
            hint = f"The file now says {said(place.words)}. Export again and translate this text there."
            yield _at(file, row, "both_changed", "a text that only one side changed", said(row.words), hint)
        yield from _one(file, rows[row.path], place)
    for path in known:
        if path not in rows:
            hint = "Rows may not be removed; export again and paste the translations."
            yield FileProblem(str(file), 0, path, "missing_row", "a row for every text", "none", hint)


def _one(file: Path, row: Row, place: Place) -> Iterator[FileProblem]:
    if not row.words and place.words:
        hint = "Write the translation; a text is never deleted."
        yield _at(file, row, "emptied", "the words, as before or changed", "nothing", hint)
    if CONTROL.search(row.words) or ("\n" in row.words and "\n" not in place.source):
        found = "a line break" if "\n" in row.words else "a control character"
        yield _at(file, row, "line", "one line of plain text, as in the source", found, "Remove it.")
    if row.status not in STATES:
        yield _at(file, row, "status", " or ".join(STATES), said(row.status), "Choose from the list.")
    if row.status == "reviewed":
        if not row.words:
            yield _at(file, row, "status", "words that were reviewed", "none", "Write them, or choose draft.")
        if not row.reviewer:
            yield _at(file, row, "reviewer", "the reviewer's name", "nothing", "Write it, or choose draft.")
        if not _day(row.date):
            yield _at(file, row, "date", "the day as year-month-day", said(row.date), "Write 2026-05-01.")


def _day(words: str) -> bool:
    try:
        return date.fromisoformat(words).isoformat() == words
    except ValueError:
        return False


def _as_source(file: Path, to: str, texts: Iterable[Place], rows: Mapping[str, Row]) -> Source:
    """The workbook as if it were the wording file, so that the linter can read it."""
    source = Source(str(file), {"language": to, "status": "draft"}, {"": 1, "language": 1, "status": 1})
    for place in texts:
        if not place.words:
            continue
        line = rows[place.path].line if place.path in rows else 1
        *parents, last = place.path.split(".")
        inside: dict[str, Any] = source.data
        for depth, parent in enumerate(parents, start=1):
            inside = inside.setdefault(parent, {})
            source.lines.setdefault(".".join(parents[:depth]), line)
        inside[last] = place.words
        source.lines[place.path] = line
    return source


def _imported(
    path: Path, to: str, assembly: Assembly, texts: tuple[Place, ...], rows: Mapping[str, Row]
) -> Imported:
    file = path.with_name(f"{path.stem}.{to}.yaml")
    words = {place.path: rows[place.path].words for place in texts if rows[place.path].words}
    reviewed = {
        place.path: {"by": row.reviewer, "date": row.date, "sha": words_sha(place.source, row.words)}
        for place in texts
        if (row := rows[place.path]).status == "reviewed"
    }
    written = str(read_source(file).data.get("status", "")) if file.is_file() else ""
    taken = taken_over(assembly, to, texts)
    held = {
        entry["path"]: entry
        for entry in assembly.content.document.get(REVIEWS, {}).get(to, ())
        if entry["path"] in taken
    }
    status = status_of({**reviewed, **held}, len(texts) + len(taken), written)
    if file.is_file():
        order = tuple(place.path for place in texts)
        content = edited(file.read_text(encoding="utf-8"), words, order, status, reviewed)
    else:
        content = fresh(to, path.parent.name, words, status, reviewed)
    changes = tuple(
        Change(place.path, place.words, rows[place.path].words)
        for place in texts
        if rows[place.path].words != place.words
    )
    empty = len(texts) - len(words)
    return Imported(file, to, changes, len(texts), empty, reviewed, status, content, words, len(taken))


def _holds(file: Path, imported: Imported) -> bool:
    """Whether the file, read again, says what it should and nothing else."""
    read = read_source(file)
    kept = {path: text for path, text in plain_texts(read.data) if not path.startswith(f"{REVIEWED}.")}
    reviews = read.data.get(REVIEWED, {})
    same = (read.data.get("language"), read.data.get("status")) == (imported.language, imported.status)
    return not read.problems and same and kept == dict(imported.words) and reviews == dict(imported.reviewed)


def _unwritable(file: Path) -> FileProblem:
    hint = "Move the file away and import again; a new one is then written in the order of the structure."
    expected, found = "a layout that new words can be put into", "one that they cannot"
    return FileProblem(str(file), 0, "", "layout", expected, found, hint)


def _at(file: Path, row: Row, rule: str, *words: str) -> FileProblem:
    expected, found, hint = words
    return FileProblem(str(file), row.line, row.path, rule, expected, found, hint)
