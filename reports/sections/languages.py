"""Groups by the language of the interview over all waves: cuts in, small multiples and their tables out."""

from collections.abc import Iterator, Sequence

from reports.charts import Figure, Line, WaveTick, small_multiples
from reports.further import Cut, GroupLine
from reports.phrasing import unprintable
from reports.rows import Reading
from reports.sections.material import Material
from reports.spec import LANGUAGE
from reports.tables import NOT_ASKED, Block, Cell, Row, Table, level_cell

LEAST_LINES = 2
"""One language alone is nearly everybody."""


def language_cuts(material: Material) -> list[Cut]:
    """Shares by the language of the interview that waves enough have for a line."""
    if not material.long:
        return []
    return [
        cut
        for cut in material.further.cuts
        if cut.column.name == LANGUAGE
        and cut.indicator.statistic == "proportion"
        and len(_lines(cut)) >= LEAST_LINES
    ]


def language_figures(material: Material) -> Iterator[tuple[str, Figure]]:
    """A panel a language, everybody in grey behind each; the tables chapter has their numbers."""
    words, ticks = material.words, [WaveTick(wave.name, wave.year) for wave in material.evidence.waves]
    for cut in language_cuts(material):
        known = {each.indicator.name: each for each in material.evidence.indicators}.get(cut.indicator.name)
        breaks = known.breaks if known else ()
        total = _line(words.say("everybody"), known.readings, cut, breaks, material) if known else None
        lines = [
            _line(_label(line, cut, material), line.readings, cut, breaks, material) for line in _lines(cut)
        ]
        table = language_table(cut, material)
        figure = small_multiples(lines, ticks, words, total=total, caption=table.caption, table=table.name)
        name = material.figure_name(f"languages:{cut.indicator.name}", cut.indicator.name)
        yield name, figure


def language_tables(material: Material) -> list[Table]:
    """Each indicator's figures by language over all waves, for the tables chapter."""
    return [language_table(cut, material) for cut in language_cuts(material)]


def language_table(cut: Cut, material: Material) -> Table:
    """A line a language, a column a wave, as far as figures may be printed."""
    words, waves = material.words, material.wave_names
    rows = tuple(
        Row(
            _label(line, cut, material),
            tuple(_cell(wave, line.readings, material) for wave in waves),
        )
        for line in cut.lines
    )
    name = material.table_name(f"languages:{cut.indicator.name}", cut.indicator.name)
    caption = words.say(
        "{label}, by language of the interview, wave by wave",
        label=words.printed(cut.indicator.label, f"label of indicator {cut.indicator.name}"),
    )
    head = words.say("Share, %")
    return Table(
        name, caption, words.say("Group"), tuple((wave, False) for wave in waves), (Block(head, rows),)
    )


def _cell(wave: str, readings: Sequence[Reading], material: Material) -> Cell:
    reading = next((each for each in readings if each.wave == wave), None)
    return level_cell(reading, material.words, share=True) if reading else Cell("", NOT_ASKED)


def _lines(cut: Cut) -> list[GroupLine]:
    """The languages of which two waves at least may be printed."""
    return [line for line in cut.lines if sum(reading.printable for reading in line.readings) > 1]


def _label(line: GroupLine, cut: Cut, material: Material) -> str:
    return material.words.printed(line.label, f"code {line.code} of {cut.column.name}")


def _line(
    label: str, readings: Sequence[Reading], cut: Cut, breaks: tuple[str, ...], material: Material
) -> Line:
    words = material.words
    return Line(
        label,
        cut.indicator.higher,
        tuple(readings),
        breaks=breaks,
        break_label=words.say("question changed"),
        hidden=unprintable(all(reading.few for reading in readings), words),
    )
