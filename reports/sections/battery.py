"""One chapter per headline battery: the answers by wave as diverging bars, rows of one direction together."""

from collections.abc import Sequence
from dataclasses import replace

from instruments import Variable
from reports.charts import BarRow, Figure, Segment, diverging_bars
from reports.evidence import Answers, BatteryEvidence
from reports.phrasing import unprintable
from reports.report import Section
from reports.rows import Reading
from reports.sections.material import Material
from reports.sections.template import render

MAX_WAVES, MAX_ROWS, MAX_CODES = 5, 5, 7
FIRST_FIGURE, FIRST_TABLE = 2, 2


def battery_sections(material: Material) -> tuple[Section, ...]:
    """A section for each battery that has answers to draw."""
    number = FIRST_FIGURE
    result = []
    for position, battery in enumerate(material.evidence.batteries):
        section, number = _section(battery, position, number, material)
        result.append(replace(section, flows=position > 0))
    return tuple(result)


def _section(battery: BatteryEvidence, position: int, number: int, material: Material) -> tuple[Section, int]:
    words, group = material.words, battery.group
    title = words.printed(group.label, f"label of battery {group.name}")
    table = material.table_name(FIRST_TABLE + position)
    figures = []
    for part in battery_parts(battery):
        figures.append((material.figure_name(number), _figure(part, title, table, material)))
        number += 1
    html = render(
        "sections/battery.html",
        words,
        question=words.printed(group.question, f"question of battery {group.name}") if group.question else "",
        figures=figures,
        table_name=table,
        weighted=material.weighted,
        middle=len(battery.rows[0][0].codes) % 2 == 1,
        waves=_waves(material),
        all_waves=material.wave_names,
    )
    return Section(f"battery-{group.name.lower()}", title, html), number


def battery_parts(battery: BatteryEvidence) -> list[list[tuple[Variable, tuple[Answers, ...]]]]:
    """Rows of one direction and one scale, in their order, cut into figures of at most MAX_ROWS rows."""
    kinds: dict[tuple[str, tuple[int, ...]], list[tuple[Variable, tuple[Answers, ...]]]] = {}
    for variable, answers in battery.rows:
        if 2 <= len(variable.codes) <= MAX_CODES:
            kinds.setdefault((variable.higher, tuple(sorted(variable.codes))), []).append((variable, answers))
    parts = []
    for rows in kinds.values():
        count = -(-len(rows) // MAX_ROWS)
        size = -(-len(rows) // count)
        parts += [rows[i : i + size] for i in range(0, len(rows), size)]
    return parts


def _figure(
    rows: Sequence[tuple[Variable, tuple[Answers, ...]]], title: str, table: str, material: Material
) -> Figure:
    words, (first, _) = material.words, rows[0]
    labels = [
        words.printed(first.codes[code], f"code {code} of {first.name}") for code in sorted(first.codes)
    ]
    waves = _waves(material)
    bars = [
        BarRow(
            words.printed(variable.label, f"label of {variable.name}"),
            tuple(_segment(each, variable, material) for each in answers if each.wave in waves),
        )
        for variable, answers in rows
    ]
    directions = {
        "harmful": words.say(
            "{title}: agreeing or answering high is the harmful attitude (brown)", title=title
        ),
        "protective": words.say(
            "{title}: agreeing or answering high is the protective attitude (blue)", title=title
        ),
    }
    caption = directions.get(first.higher, title)
    return diverging_bars(bars, labels, first.higher, words, caption=caption, table=table)


def _segment(answers: Answers, variable: Variable, material: Material) -> Segment:
    if not answers.printable:
        return Segment(answers.wave, answers.base, (), hidden=unprintable(answers.few, material.words))
    shares = {reading.code: reading.estimate for reading in answers.shares}
    return Segment(
        wave=answers.wave,
        base=answers.base,
        shares=tuple(shares.get(code, 0.0) for code in sorted(variable.codes)),
        dont_know=_apart(answers.dont_know),
        refused=_apart(answers.refused),
        small=answers.small,
    )


def _apart(reading: Reading | None) -> float | None:
    """The share of everybody asked, None where it may not be printed."""
    if reading is None:
        return 0.0
    return reading.estimate if reading.printable else None


def _waves(material: Material) -> tuple[str, ...]:
    """The first wave and the latest ones, as many as a row of bars can hold."""
    names = material.wave_names
    return names if len(names) <= MAX_WAVES else (names[0], *names[1 - MAX_WAVES :])
