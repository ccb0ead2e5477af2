"""The tables chapter: every trend with interval, base and change, and every battery answer by wave."""

from reports.report import Section
from reports.sections.material import Material
from reports.sections.template import render
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
            name=material.table_name(1),
            caption=_caption(material),
        )
    ]
    for number, battery in enumerate(evidence.batteries, start=2):
        title = words.printed(battery.group.label, f"label of battery {battery.group.name}")
        caption = words.say("{title}: all answers by wave", title=title)
        tables.append(battery_table(battery, words, name=material.table_name(number), caption=caption))
    html = render("sections/tables.html", words, tables=tables, **_facts(material))
    return Section("tables", words.say("Tables"), html)


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
