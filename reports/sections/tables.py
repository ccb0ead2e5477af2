"""The tables chapter: every trend with interval, base and change, and every battery answer by wave."""

from reports.evidence import BatteryEvidence
from reports.report import Section
from reports.sections.battery import battery_table_name
from reports.sections.material import Material
from reports.sections.template import render
from reports.sections.trends import TABLE, indicator_ids
from reports.tables import Table, battery_table, trend_table


def tables_section(material: Material) -> Section:
    """Table 1: the indicators; one more table per battery."""
    words, evidence = material.words, material.evidence
    tables: list[Table] = [
        trend_table(
            evidence.indicators,
            material.wave_names,
            material.pairs,
            words,
            name=material.table_name(TABLE, indicator_ids(material)),
            caption=_caption(material),
        )
    ]
    for battery in _batteries(material):
        title = words.printed(battery.group.label, f"label of battery {battery.group.name}")
        caption = words.say("{title}: all answers by wave", title=title)
        tables.append(
            battery_table(battery, words, name=battery_table_name(battery, material), caption=caption)
        )
    html = render("sections/tables.html", words, tables=tables, **_facts(material))
    return Section("tables", words.say("Tables"), html)


def _batteries(material: Material) -> tuple[BatteryEvidence, ...]:
    """Every battery with figures, that of the spotlight too."""
    spotlight = material.further.spotlight
    return (*material.evidence.batteries, *((spotlight,) if spotlight is not None else ()))


def _facts(material: Material) -> dict[str, bool]:
    return {"infers": material.infers, "several": material.several, "weighted": material.weighted}


def _caption(material: Material) -> str:
    """What Table 1 holds: intervals only of a sample that allows them, changes only between waves."""
    words = material.words
    if material.infers and material.several:
        return words.say("Headline indicators by wave, with intervals, bases and changes")
    if material.several:
        return words.say("Headline indicators by wave, with bases and changes")
    if material.infers:
        return words.say("Headline indicators, with intervals and bases")
    return words.say("Headline indicators, with bases")
