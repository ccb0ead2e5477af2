"""A study's releases in, its tables as lists for the office out: a file for each wave and language.

The cells are those of the public pages, shown or kept back by the same gate; they are listed before anything
is published, so that analysts see tables and no rows of answers.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from analysis import TrackingPlan
from instruments import write_whole
from reports.errors import ReportError
from reports.site.editions import Edition, next_edition, told_apart
from reports.site.grids import Grid, Line, Value
from reports.site.listed import Gate, publication_of
from reports.site.numbers import Progress, SiteNumbers, gather_site
from reports.site.pages import Maker
from reports.spec import ReportSpec

FORMAT = 1


@dataclass(frozen=True)
class Cell:
    """One figure of one wave: what it is of, as the public page words it, and whether it is shown."""

    variable: str
    table: str
    kind: str
    """figure, net, apart, interval, base or change."""
    answer: str
    by: str
    """The grouping's column; empty for everybody."""
    group: str
    text: str
    """With a decimal mark of the language; the mark of what is kept back in its place."""
    mark: str
    """* for few answers."""
    number: float | None
    interval: str = ""
    """Of a change, the one that decided."""


@dataclass(frozen=True)
class Tabled:
    """What was written."""

    waves: tuple[str, ...]
    cells: int


def write_tables(
    folders: Sequence[Path],
    languages: Sequence[str],
    out: Path,
    *,
    site: Path,
    by: Sequence[str] | None = None,
    plan: TrackingPlan | None = None,
    spec: ReportSpec | None = None,
    replace_near: bool = False,
    gate: Gate | None = None,
    progress: Progress = lambda done, of: None,
) -> Tabled:
    """Estimate once and list every table below `out`, STUDY/WAVE/LANGUAGE.json.

    `site`: where editions are published. The gate refuses what it would refuse of a publication, because
    whoever holds both could subtract; nothing is entered, for nothing is published.
    """
    numbers = gather_site(folders, languages, spec=spec, by=by, plan=plan, gate=gate, progress=progress)
    edition = next_edition(
        site, folders, [group.name for group in numbers.groups], languages, plan=plan, spec=spec
    )
    if (near := told_apart(site, edition)) and not replace_near:
        number, wave, apart = near[0]
        raise ReportError(
            f"the tables of {edition.study} differ from edition {number} by {apart} interviews of wave "
            f"{wave}: whoever subtracts learns about those people. Type --replace if that edition is to go"
        )
    if gate is not None:
        gate.check(publication_of(edition, numbers.tables), numbers.data)
    return keep_tables(numbers, edition, languages, out)


def keep_tables(numbers: SiteNumbers, edition: Edition, languages: Sequence[str], out: Path) -> Tabled:
    """Write the lists of numbers that were gathered."""
    count = 0
    for language in languages:
        maker = Maker(numbers, language, pictures=False)
        groups = {
            each.name: maker.words.printed(each.label, f"label of {each.name}") for each in numbers.groups
        }
        for wave, cells in _by_wave(maker).items():
            content = {
                "format": FORMAT,
                "study": edition.study,
                "wave": wave,
                "language": language,
                "releases": edition.releases,
                "groups": groups,
                "cells": [asdict(cell) for cell in cells],
            }
            _write(out / edition.study / wave / f"{language}.json", json.dumps(content, ensure_ascii=False))
            count += len(cells)
    return Tabled(tuple(edition.releases), count)


def _by_wave(maker: Maker) -> dict[str, list[Cell]]:
    waves = tuple(maker.numbers.data.waves)
    found: dict[str, list[Cell]] = {wave: [] for wave in waves}
    for group in ("", *(each.name for each in maker.numbers.groups)):
        for table in maker.tables(group):
            for wave, cell in _cells(table.grid, group, waves):
                found[wave].append(cell)
    return found


def _cells(grid: Grid, group: str, waves: Sequence[str]) -> Iterator[tuple[str, Cell]]:
    """A grid by a group has a block a wave; one of changes a line for two waves; others a column a wave."""
    if grid.name.endswith(".changes"):
        yield from ((wave, cell) for wave, cell in _changes(grid) if wave in waves)
        return
    variable = grid.name.partition(".by-")[0]
    for line in grid.lines:
        for column, value in zip(grid.columns, line.cells, strict=True):
            if not (value.text or value.mark):
                continue
            if group:
                yield line.block, _cell(variable, grid, line, value, (group, column))
            else:
                yield column, _cell(variable, grid, line, value, ("", ""))


def _changes(grid: Grid) -> Iterator[tuple[str, Cell]]:
    """A line of changes is one figure: the difference with its interval, and what was found of it."""
    for line in grid.lines:
        difference, low, high, finding = line.cells
        head, wave = f"{line.head}: {finding.text}", line.head.rpartition("→")[2]
        between = f"{low.text} – {high.text}" if difference.text else ""
        name = grid.name.removesuffix(".changes")
        text, number = difference.text, difference.number
        yield wave, Cell(name, grid.caption, "change", head, "", "", text, "", number, between)


def _cell(variable: str, grid: Grid, line: Line, value: Value, group: tuple[str, str]) -> Cell:
    text, mark = (value.text, value.mark) if value.text else (value.mark, "")
    return Cell(variable, grid.caption, line.kind, line.head, *group, text, mark, value.number)


def _write(path: Path, text: str) -> None:
    """Whole or not at all: a page may read it at the same moment."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, text.encode(), 0o600)
