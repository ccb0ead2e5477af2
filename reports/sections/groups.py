"""Who thinks what: each indicator by groups of people, the latest wave beside the one before."""

from dataclasses import dataclass

from reports.charts import Dot, DotBlock, Figure, group_dots
from reports.further import Cut, GroupLine
from reports.phrasing import unprintable
from reports.report import Section
from reports.rows import Reading
from reports.sections.languages import language_figures
from reports.sections.material import Material
from reports.sections.template import render
from reports.sections.trends import score_range
from reports.tables import Block, Cell, Row, Table, interval_cell, level_cell


@dataclass(frozen=True)
class Parted:
    """One indicator by all cuts."""

    label: str
    sentences: tuple[str, ...]
    name: str
    figure: Figure


def groups_sections(material: Material) -> tuple[Section, ...]:
    """The chapter of groups; none where nothing parts people."""
    found = _by_indicator(material)
    if not found:
        return ()
    html = render(
        "sections/groups.html",
        material.words,
        parted=[_parted(cuts, material) for cuts in found],
        languages=list(language_figures(material)),
        joint=any(line.joint for cuts in found for cut in cuts for line in cut.lines),
        tests=sum(cut.tested for cut in material.further.cuts),
        infers=material.infers,
        weighted=material.weighted,
    )
    return (Section("groups", material.words.say("Who thinks what"), html, flows=True),)


def _by_indicator(material: Material) -> list[list[Cut]]:
    """Cuts of each indicator; one that is suppressed in every group has neither figure nor table."""
    found: dict[str, list[Cut]] = {}
    for cut in material.further.cuts:
        found.setdefault(cut.indicator.name, []).append(cut)
    return [cuts for cuts in found.values() if any(_seen(line) for cut in cuts for line in cut.lines)]


def _parted(cuts: list[Cut], material: Material) -> Parted:
    words, indicator = material.words, cuts[0].indicator
    label = words.printed(indicator.label, f"label of indicator {indicator.name}")
    table = group_table(cuts, material)
    return Parted(
        label,
        tuple(_sentences(cuts, material)),
        material.figure_name(f"groups:{indicator.name}", indicator.name),
        _figure(cuts, label, table.name, material),
    )


def _figure(cuts: list[Cut], label: str, table: str, material: Material) -> Figure:
    """Every group of every cut, the wave before hollow, everybody as a dashed rule."""
    words, indicator, names = material.words, cuts[0].indicator, material.wave_names
    blocks = [
        DotBlock(_head(cut, material), tuple(_dot(line, cut, material) for line in cut.lines if _seen(line)))
        for cut in cuts
    ]
    share = indicator.statistic == "proportion"
    known = {each.indicator.name: each for each in material.evidence.indicators}
    total = known[indicator.name].reading(names[-1]) if indicator.name in known else None
    readings = [each for cut in cuts for line in cut.lines for each in (line.latest, line.previous) if each]
    return group_dots(
        blocks,
        words,
        higher=indicator.higher,
        wave=names[-1],
        total=total,
        before=names[-2] if len(names) > 1 else "",
        unit="percent" if share else "score",
        scale=(0.0, 1.0) if share else score_range(indicator.variable, readings, material),
        caption=words.say("{label}, by group", label=label),
        table=table,
    )


def _seen(line: GroupLine) -> bool:
    """Whether either wave has a figure to draw."""
    return any(each is not None and each.printable for each in (line.latest, line.previous))


def _dot(line: GroupLine, cut: Cut, material: Material) -> Dot:
    label = material.words.printed(line.label, f"code {line.code} of {cut.column.name}")
    hidden = ""
    if line.latest is not None and not line.latest.printable:
        hidden = unprintable(line.latest.few, material.words, withheld=line.latest.withheld)
    return Dot(label, line.latest, line.previous, hidden)


def group_tables(material: Material) -> list[Table]:
    """Each indicator's figures by group, for the tables chapter."""
    return [group_table(cuts, material) for cuts in _by_indicator(material)]


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
        said.append(words.say("No clear difference by: {cuts}.", cuts="; ".join(unclear)))
    return said


def _shown(cut: Cut) -> bool:
    """Whether two groups at least are printed: a verdict on hidden figures would speak of them."""
    return sum(line.latest is not None and line.latest.printable for line in cut.lines) > 1


def _head(cut: Cut, material: Material) -> str:
    return material.words.printed(cut.column.label, f"label of {cut.column.name}")


def group_table(cuts: list[Cut], material: Material) -> Table:
    """The latest and the previous figure of each group with interval and base."""
    words, names = material.words, material.wave_names
    label = words.printed(cuts[0].indicator.label, f"label of indicator {cuts[0].indicator.name}")
    share = cuts[0].indicator.statistic == "proportion"
    previous = names[-2:-1]
    columns = [*previous, names[-1]]
    columns += [words.say("95% interval")] if material.infers else []
    columns.append(words.say("n, to the nearest 5"))
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
    return material.words.number(reading.base) if reading is not None else ""
