"""The trend chapter: all headline indicators over the waves, in one figure where one page holds it."""

from collections.abc import Sequence

from reports.charts import Figure, Line, WaveTick, page_by_page, trend_lines
from reports.charts.style import HARMFUL, PROTECTIVE
from reports.evidence import IndicatorEvidence
from reports.phrasing import level_text, subject, unprintable
from reports.report import Section
from reports.rows import Reading
from reports.sections.headlines import card
from reports.sections.material import Material
from reports.sections.part import universe
from reports.sections.template import render

FIGURE, TABLE = "trends", "indicators"
"""Keys of the figure and of the table with its numbers."""


def trends_section(material: Material) -> Section:
    """The trend chart with its caption and reading notes."""
    words, evidence = material.words, material.evidence
    ticks = [WaveTick(wave.name, wave.year) for wave in evidence.waves]
    html = render(
        "sections/trends.html",
        words,
        figures=_figures(ticks, material),
        table_name=material.table_name(TABLE),
        several=material.several,
        weighted=material.weighted,
        population=_population(material) if material.infers else "",
        asked_of=_asked_of(material),
        infers=material.infers,
        broken=any(each.breaks for each in evidence.indicators),
    )
    title = words.say("Trends") if material.several else words.say("Indicators at a glance")
    return Section("trends", title, html, flows=True)


def _figures(ticks: Sequence[WaveTick], material: Material) -> list[tuple[str, Figure]]:
    """Names and drawings of the parts that stand on a page each."""
    lines = [trend_line(each, material) for each in material.evidence.indicators]
    names = [each.indicator.name for each in material.evidence.indicators]
    table, found = material.table_name(TABLE), []
    for number, part in enumerate(page_by_page(lines, ticks)):
        ids, names = ", ".join(names[: len(part)]), names[len(part) :]
        name = material.figure_name(f"{FIGURE}:{number}" if number else FIGURE, ids)
        found.append(
            (name, trend_lines(part, ticks, material.words, caption=_caption(material), table=table))
        )
    return found


def indicator_ids(material: Material) -> str:
    """The names of the report's indicators, for the register."""
    return ", ".join(each.indicator.name for each in material.evidence.indicators)


def _caption(material: Material) -> str:
    waves = material.wave_names
    if len(waves) == 1:
        return material.words.say("Headline indicators, {wave}", wave=waves[0])
    return material.words.say("Headline indicators, {first} to {last}", first=waves[0], last=waves[-1])


def _population(material: Material) -> str:
    stated = material.disclosed("population")
    return stated[-1][1] if stated else material.in_words(material.evidence.codebook.population)


def _asked_of(material: Material) -> list[str]:
    """The indicators that do not apply to some of the latest wave's interviews, and to whom they do."""
    words, latest = material.words, material.evidence.latest
    found = []
    for each in material.evidence.indicators:
        if not each.not_applicable:
            continue
        label = words.printed(each.indicator.label, f"label of indicator {each.indicator.name}")
        applies = words.say(
            "{label} ({n} of {total} interviews in {wave})",
            label=label,
            n=words.number(reading.base if (reading := each.reading(latest.name)) else 0),
            total=words.number(latest.interviews),
            wave=latest.name,
        )
        who = universe(each, material)
        found.append(words.say("{label}: {values}", label=applies, values=who) if who else applies)
    return found


def trend_line(each: IndicatorEvidence, material: Material) -> Line:
    """One indicator as a line of the chart, with its latest change."""
    words, about, shown = material.words, subject(each.indicator, material.words), card(each, material)
    note = " · ".join(part for part in (f"{shown.mark} {shown.change}".strip(), shown.verdict) if part)
    latest = each.reading(material.evidence.latest.name)
    return Line(
        label=shown.label,
        higher=each.indicator.higher,
        readings=each.readings,
        unit="percent" if about.share else "score",
        scale=(0.0, 1.0) if about.share else score_range(each.indicator.variable, each.readings, material),
        breaks=each.breaks,
        break_label=words.say("question changed"),
        note=note,
        note_colour={"better": PROTECTIVE[0], "worse": HARMFUL[0]}.get(shown.tone, ""),
        last=level_text(about, latest, words) if latest and latest.printable else "",
        hidden=unprintable(all(reading.few for reading in each.readings), words),
    )


def score_range(variable_name: str, readings: Sequence[Reading], material: Material) -> tuple[float, float]:
    """The score's possible range: its codes, the range its rule declares, else one around what was read."""
    variable = material.evidence.codebook.variable(variable_name)
    if variable.codes:
        return float(min(variable.codes)), float(max(variable.codes))
    declared = (variable.rule or {}).get("range")
    if declared:
        return float(declared[0]), float(declared[1])
    values = [reading.estimate for reading in readings if reading.printable]
    return (min(0.0, *values), max(values) * 1.25) if values else (0.0, 1.0)
