"""Published editions and a new one in, every figure that is another one out; old pages are marked."""

import csv
import gzip
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from markupsafe import escape

from instruments import safe_row
from reports.i18n import Words
from reports.origin import COLUMNS, Origin
from reports.site.editions import Edition, editions

LATER = "<!--later-->"
"""Stands in the pages of a numbered edition where a later one may say that it corrected them."""
LIST = "errata.csv"
_REPEATING = ("headlines",)
"""Tables whose figures stand in others too."""
PRINTED = 200
"""Corrections on the page; all of them are in its list."""
_NUMBER = re.compile(r"-?\d+(\.\d+)?")


@dataclass(frozen=True)
class Corrected:
    """One figure of a table: what it was, and what it is; empty where there is none."""

    table: str
    line: str
    column: str
    before: str
    after: str


@dataclass(frozen=True)
class Superseded:
    """An edition of which a release was replaced, and what changed since; `waves`: of another release."""

    edition: Edition
    waves: tuple[str, ...]
    figures: tuple[Corrected, ...]


def superseded(out: Path, room: Path, new: Edition, language: str) -> tuple[Superseded, ...]:
    """The earlier editions that `new`, whose files lie in `room`, corrects; the newest first."""
    found = []
    for old in reversed(editions(out, new.study)):
        waves = corrected_waves(old, new)
        if old.number < new.number and waves:
            before, after = (
                base / language / edition.place / "files" for base, edition in ((out, old), (room, new))
            )
            found.append(Superseded(old, waves, tuple(_corrected(before, after))))
    return tuple(found)


def corrected_waves(old: Edition, new: Edition) -> tuple[str, ...]:
    """Waves of which both have a release, and not the same one."""
    return tuple(
        wave
        for wave, release in new.releases.items()
        if wave in old.releases and old.releases[wave]["fingerprint"] != release["fingerprint"]
    )


def _corrected(before: Path, after: Path) -> Iterator[Corrected]:
    for path in sorted(after.glob("*.csv")):
        if path.stem not in (*_REPEATING, Path(LIST).stem) and (before / path.name).is_file():
            old, new = (_cells(each.read_bytes()) for each in (before / path.name, path))
            for place in dict.fromkeys([*new, *old]):
                was, is_now = old.get(place, ""), new.get(place, "")
                # A wave that only one of the editions has is no correction.
                if was != is_now and place in old and place in new:
                    yield Corrected(path.stem, *place, was, is_now)


def _cells(content: bytes) -> dict[tuple[str, str], str]:
    """Cells by line and column, in words of the table; without where it comes from."""
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    if rows and tuple(rows[0][-len(COLUMNS) :]) == COLUMNS:
        rows = [row[: -len(COLUMNS)] for row in rows]
    head = rows[0] if rows else []
    blocks = len(head) > 1 and head[1] == ""
    first = 2 if blocks else 1
    return {
        (" · ".join(row[:first]), column): cell
        for row in rows[1:]
        for column, cell in zip(head[first:], row[first:], strict=True)
    }


def corrections_csv(found: Sequence[Superseded], origin: Origin) -> bytes:
    """All of them as a list."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(("edition", "table", "line", "column", "before", "after", *COLUMNS))
    for each in found:
        for figure in each.figures:
            place = (figure.table, figure.line, figure.column)
            row = (each.edition.number, *place, figure.before, figure.after, *origin.cells)
            writer.writerow(safe_row(row))
    return buffer.getvalue().encode("utf-8-sig")


def mark_superseded(out: Path, new: Edition, words: Mapping[str, Words]) -> int:
    """Say on every page of the editions that `new` corrects that it does; how many pages.

    `words`: of every language that an old edition may have.
    """
    count = 0
    for old in editions(out, new.study):
        if old.number >= new.number or not corrected_waves(old, new):
            continue
        for language, spoken in words.items():
            folder = out / language / old.place
            for path in sorted(folder.rglob("*.html")):
                count += _mark(path, folder, new, spoken)
    return count


def _mark(path: Path, folder: Path, new: Edition, words: Words) -> bool:
    html = path.read_text("utf-8")
    if LATER not in html:
        return False
    address = path.relative_to(folder).as_posix()
    up = "../" * address.count("/")
    same = (folder.parent / new.study / address).is_file()
    newest = f"{up}../{new.study}/{address if same else 'index.html'}"
    errata = f"{up}../{new.study}/errata.html"
    said = words.say("These numbers are superseded: edition {n} corrects them.", n=new.number)
    links = (
        ()
        if words.language not in new.languages
        else (
            f'<a href="{escape(newest)}">{escape(words.say("The newest numbers of this page"))}</a>',
            f'<a href="{escape(errata)}">{escape(words.say("What was corrected"))}</a>',
        )
    )
    note = f'<p class="mark superseded"><strong>{escape(said)}</strong> {" ".join(links)}</p>'
    marked = html.replace(LATER, note, 1).encode()
    path.write_bytes(marked)
    path.with_name(path.name + ".gz").write_bytes(gzip.compress(marked, 9, mtime=0))
    return True
