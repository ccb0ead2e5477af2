"""An edition's numbers in, its folders of pages and downloads out, ready to be served as they are."""

import gzip
import hashlib
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import mkdtemp

from analysis import TrackingPlan
from reports.errors import ReportError
from reports.i18n import LANGUAGES, words
from reports.published import Mended
from reports.site.editions import RECORD, Edition, newest_edition, next_edition, record, told_apart
from reports.site.errata import LIST, corrections_csv, mark_superseded, superseded
from reports.site.estimates import ESTIMATES, estimates_json
from reports.site.files import numbers_in, to_csv, to_xlsx
from reports.site.listed import Gate, publication_of
from reports.site.numbers import Progress, SiteNumbers, gather_site
from reports.site.pages import Maker, Page, Shown, page_html
from reports.site.pictures import faces, letters_of, with_letters
from reports.site.tabled import keep_tables
from reports.spec import ReportSpec

LARGEST_PAGE = 40 * 1024
"""Bytes of a compressed page, at most: it is read over a telephone."""
NARROW = "narrow"
"""The folder of drawings for telephones: pages show them, nobody downloads them."""
_STYLE = Path(__file__).parent.parent / "styles" / "site.css"


@dataclass(frozen=True)
class Written:
    """What was published."""

    edition: Edition
    pages: int
    largest: int
    """Bytes of the largest page, compressed."""
    mended: Mended = field(default_factory=Mended)
    """What is kept back because other tables or earlier publications would tell it."""


def write_site(
    folders: Sequence[Path],
    languages: Sequence[str],
    out: Path,
    *,
    leave_url: str,
    by: Sequence[str] | None = None,
    plan: TrackingPlan | None = None,
    spec: ReportSpec | None = None,
    replace_near: bool = False,
    gate: Gate | None = None,
    tables: Path | None = None,
    progress: Progress = lambda done, of: None,
) -> Written:
    """Estimate once, write every language, then put the folders in place of those before.

    `out` holds `LANG/STUDY/` (the newest numbers) and `LANG/STUDY@N/` (edition N, which never changes).
    `replace_near`: take down earlier editions from which this one differs by a few interviews; without it
    ReportError refuses, because who holds both could compute those people's answers. `gate`: what knows of
    other publications; it refuses before a page is written, and enters the edition before it is shown.
    `plan`, `spec`: what judges the report. `tables`: where the office's lists of the same figures are kept.
    """
    numbers = gather_site(folders, languages, spec=spec, by=by, plan=plan, gate=gate, progress=progress)
    groups = [group.name for group in numbers.groups]
    edition = next_edition(out, folders, groups, languages, plan=plan, spec=spec)
    near = told_apart(out, edition)
    if near and not replace_near:
        raise ReportError(_near(near, edition))
    publication = publication_of(edition, numbers.tables)
    if gate is not None:
        gate.check(publication, numbers.data)
    out.mkdir(parents=True, exist_ok=True)
    room = Path(mkdtemp(prefix=".making-", dir=out))
    try:
        sizes = [
            size
            for language in languages
            for size in _write(numbers, language, edition, Folders(out, room), leave_url)
        ]
        _same_numbers(out, room, edition)
        if gate is not None:
            gate.enter(publication)
        for number in {number for number, _, _ in near}:
            take_down(out, replace(edition, number=number))
        for language in languages:
            for place in (edition.place, edition.study):
                _put(room / language / place, out / language / place)
        if tables is not None:
            keep_tables(numbers, edition, languages, tables)
        mark_superseded(out, edition, {language: words(language) for language in LANGUAGES})
    finally:
        shutil.rmtree(room)
    return Written(edition, len(sizes), max(sizes), numbers.mended)


def take_down(out: Path, edition: Edition) -> None:
    """Remove an edition's folders."""
    for folder in out.glob(f"*/{edition.place}"):
        shutil.rmtree(folder)


def _near(near: Iterable[tuple[int, str, int]], edition: Edition) -> str:
    told = "; ".join(f"edition {number}, wave {wave}: {apart}" for number, wave, apart in near)
    return (
        f"the numbers of {edition.study} differ from published ones by so few interviews ({told}) that "
        "whoever subtracts one from the other learns about those people. "
        "Type --replace to take the earlier edition down"
    )


def _same_numbers(out: Path, room: Path, edition: Edition) -> None:
    """An edition written again may look and read otherwise, but its numbers stay."""
    for new in sorted(room.glob(f"*/{edition.place}/files/*.csv")):
        old = out / new.relative_to(room)
        if old.is_file() and numbers_in(old.read_bytes()) != numbers_in(new.read_bytes()):
            raise ReportError(
                f"edition {edition.number} of {edition.study} is published and {new.name} would differ: "
                "numbers stay under their number. Make a new release (tolqyn release build) and publish that"
            )


def _put(new: Path, old: Path) -> None:
    """Change folders so that a reader meets the one or the other."""
    old.parent.mkdir(parents=True, exist_ok=True)
    aside = new.with_name(new.name + ".before")
    if old.exists():
        old.replace(aside)
    new.replace(old)


@dataclass(frozen=True)
class Folders:
    """The published site, and the room in which the next edition is made."""

    out: Path
    room: Path


def _write(
    numbers: SiteNumbers, language: str, edition: Edition, folders: Folders, leave_url: str
) -> list[int]:
    """Pages and files of one language; the sizes of its compressed pages."""
    maker = Maker(numbers, language)
    pages = list(maker.pages())
    numbered, newest = (folders.room / language / place for place in (edition.place, edition.study))
    files = numbered / "files"
    files.mkdir(parents=True)
    shown = [each for page in pages for each in page.shown]
    _write_files(shown, files, maker, edition)
    corrected = superseded(folders.out, folders.room, edition, language)
    if corrected:
        (files / LIST).write_bytes(corrections_csv(corrected, maker.origin))
    _write_sums(files)
    listed = [(each.grid.name, each.grid.caption, each.kinds) for each in shown]
    sums = Page("downloads.html", "site/downloads.html", maker.words.say("Downloads"), {"listed": listed})
    (numbered / "style.css").write_bytes(_STYLE.read_bytes())
    sizes = []
    for page in [*pages, maker.errata(corrected, pages), sums]:
        for place, folder in ((edition.place, numbered), (edition.study, newest)):
            html = page_html(page, maker, edition, place, leave_url).encode()
            sizes.append(_write_page(folder / page.address, html))
    (numbered / ESTIMATES).write_text(estimates_json(numbers, edition, maker.origin), "utf-8")
    (numbered / RECORD).write_text(record(edition), "utf-8")
    return sizes


def _write_files(shown: Sequence[Shown], files: Path, maker: Maker, edition: Edition) -> None:
    notes = [
        maker.material.title,
        maker.words.say(
            "Numbers of edition {n}: releases {releases}.", n=edition.number, releases=edition.cited
        ),
        maker.words.say(
            "(s): not shown, too few answers or too uncertain. *: fewer than 100 answers. …: not asked."
        ),
        *filter(None, [maker.material.left_out]),
    ]
    drawn = [svg for each in shown if each.picture for svg in (each.picture.figure.svg, each.picture.narrow)]
    rules = faces(letters_of(drawn))
    narrow = files.with_name(NARROW)
    narrow.mkdir()
    for each in shown:
        name = each.grid.name
        (files / f"{name}.csv").write_bytes(to_csv(each.grid, maker.origin))
        (files / f"{name}.xlsx").write_bytes(to_xlsx(each.grid, notes, maker.origin))
        if each.picture:
            (files / f"{name}.svg").write_bytes(with_letters(each.picture.figure.svg, rules))
            (narrow / f"{name}.svg").write_bytes(with_letters(each.picture.narrow, rules))
            (files / f"{name}.png").write_bytes(each.picture.png)


def _write_sums(files: Path) -> None:
    sums = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in sorted(files.iterdir())
    ]
    (files / "SHA256SUMS").write_text("".join(sums), "utf-8")


def _write_page(path: Path, html: bytes) -> int:
    """The page and the same compressed, for browsers that take it; its compressed size."""
    squeezed = gzip.compress(html, 9, mtime=0)
    if len(squeezed) > LARGEST_PAGE:
        raise ReportError(
            f"{path.name} has {len(squeezed)} bytes compressed, {LARGEST_PAGE} at most: "
            "publish fewer groups with --by, or split the long battery"
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(html)
    path.with_name(path.name + ".gz").write_bytes(squeezed)
    return len(squeezed)


def copy_site(site: Path, study: str, out: Path) -> int:
    """The published folders of a study, to be put on any web server; how many files."""
    if newest_edition(site, study) is None:
        raise ReportError(f"nothing of {study} is published: type tolqyn results publish {study}")
    count = 0
    for language in sorted(site.iterdir()):
        for folder in [language / study, *language.glob(f"{study}@*")]:
            for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
                if path.is_file() and path.suffix != ".gz":
                    target = out / path.relative_to(site)
                    target.parent.mkdir(parents=True, exist_ok=True)
                    shutil.copyfile(path, target)
                    count += 1
    return count
