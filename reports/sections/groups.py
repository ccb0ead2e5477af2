"""Who thinks what: each indicator by groups of people, the latest wave beside the one before."""

from dataclasses import dataclass

from reports.further import Cut, GroupLine
from reports.report import Section
from reports.rows import Reading
from reports.sections.material import Material
from reports.sections.template import render
from reports.tables import Block, Cell, Row, Table, interval_cell, level_cell


@dataclass(frozen=True)
class Parted:
    """One indicator by all cuts."""

    label: str
    sentences: tuple[str, ...]
    table: Table


def groups_sections(material: Material) -> tuple[Section, ...]:
    """The chapter of groups; none where nothing parts people."""
    found: dict[str, list[Cut]] = {}
    for cut in material.further.cuts:
        found.setdefault(cut.indicator.name, []).append(cut)
    if not found:
        return ()
    html = render(
        "sections/groups.html",
        material.words,
        parted=[_parted(cuts, material) for cuts in found.values()],
        tests=sum(cut.tested for cut in material.further.cuts),
        infers=material.infers,
        weighted=material.weighted,
    )
    return (Section("groups", material.words.say("Who thinks what"), html),)


def _parted(cuts: list[Cut], material: Material) -> Parted:
    words, indicator = material.words, cuts[0].indicator
    label = words.printed(indicator.label, f"label of indicator {indicator.name}")
    return Parted(label, tuple(_sentences(cuts, material)), _table(cuts, label, material))


def _sentences(cuts: list[Cut], material: Material) -> list[str]:
    words = material.words
    if not material.infers:
        return []
    tested = [cut for cut in cuts if cut.tested and _shown(cut)]
    clear = [_head(cut, material) for cut in tested if cut.differs]
    unclear = [_head(cut, material) for cut in tested if not cut.differs]
    said = []
    if clear:
        said.append(words.say("Groups clearly differ by: {cuts}.", cuts="; ".join(clear)))
    if unclear:
        said.append(words.say("No clear difference between groups by: {cuts}.", cuts="; ".join(unclear)))
    return said


def _shown(cut: Cut) -> bool:
    """Whether two groups at least are printed: a verdict on hidden figures would speak of them."""
    return sum(line.latest is not None and line.latest.printable for line in cut.lines) > 1


def _head(cut: Cut, material: Material) -> str:
    return material.words.printed(cut.column.label, f"label of {cut.column.name}")


def _table(cuts: list[Cut], label: str, material: Material) -> Table:
    words, names = material.words, material.wave_names
    share = cuts[0].indicator.statistic == "proportion"
    previous = names[-2:-1]
    columns = [*previous, names[-1]]
    columns += [words.say("95% interval")] if material.infers else []
    columns.append(words.say("Answers (n, to the nearest 5)"))
    blocks = tuple(
        Block(
            _head(cut, material),
            tuple(_row(line, cut, bool(previous), share, material) for line in cut.lines),
        )
        for cut in cuts
    )
    name = material.table_name(f"groups:{cuts[0].indicator.name}", cuts[0].indicator.name)
    caption = words.say("{label}, by group", label=label)
    return Table(name, caption, words.say("Group"), tuple((head, False) for head in columns), blocks)


def _row(line: GroupLine, cut: Cut, previous: bool, share: bool, material: Material) -> Row:
    words = material.words
    cells = [level_cell(line.previous, words, share=share)] if previous else []
    cells.append(level_cell(line.latest, words, share=share))
    if material.infers:
        cells.append(interval_cell(line.latest, words, share=share))
    cells.append(Cell(_base(line.latest, material)))
    label = words.printed(line.label, f"code {line.code} of {cut.column.name}")
    return Row(label, tuple(cells))


def _base(reading: Reading | None, material: Material) -> str:
    return material.words.number(reading.base) if reading is not None and reading.printable else ""
