"""The last chapter: releases with fingerprints, figures and tables with the ids of their estimates."""

from reports.code import code_fingerprint
from reports.report import Section
from reports.sections.battery import FIRST_FIGURE, FIRST_TABLE, battery_parts
from reports.sections.material import Material
from reports.sections.template import render


def register_section(material: Material) -> Section:
    """Where every printed number comes from."""
    words, evidence = material.words, material.evidence
    html = render(
        "sections/register.html",
        words,
        waves=evidence.waves,
        infers=material.infers,
        entries=_entries(material),
        code_version=material.code_version,
        code=code_fingerprint(),
        rows=words.plural("{n} figure", "{n} figures", len(evidence.table)),
        example=str(evidence.table["id"].iloc[0]),
    )
    return Section("register", words.say("Sources and register of figures"), html)


def _entries(material: Material) -> list[tuple[str, str]]:
    """(figure or table, ids of the estimates in it)."""
    evidence = material.evidence
    names = ", ".join(each.indicator.name for each in evidence.indicators)
    entries = [(material.figure_name(1), names)]
    number = FIRST_FIGURE
    for battery in evidence.batteries:
        for part in battery_parts(battery):
            entries.append((material.figure_name(number), ", ".join(variable.name for variable, _ in part)))
            number += 1
    entries.append((material.table_name(1), names))
    for number, battery in enumerate(evidence.batteries, start=FIRST_TABLE):
        entries.append(
            (material.table_name(number), ", ".join(variable.name for variable, _ in battery.rows))
        )
    return entries
