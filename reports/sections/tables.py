"""The tables chapter: every trend with interval, base and change, and every battery answer by wave."""

from collections.abc import Iterator
from dataclasses import replace

from instruments import Variable
from reports.evidence import Answers, BatteryEvidence
from reports.further import Model
from reports.report import Section
from reports.sections.association import association_table
from reports.sections.battery import battery_table_name
from reports.sections.columns import in_columns
from reports.sections.experiment import experiment_tables
from reports.sections.groups import group_tables
from reports.sections.languages import language_tables
from reports.sections.material import Material
from reports.sections.method_figures import method_tables
from reports.sections.template import render
from reports.sections.trends import TABLE, indicator_ids
from reports.tables import Table, battery_table, trend_table

LINES = 54
"""Lines of two columns of small tables, which stand on one page."""


def tables_section(material: Material) -> tuple[Section, ...]:
    """Table 1: the indicators; one more table per battery; figures by group and of models in columns.

    Of many waves the tables with a column a wave lie on their side, in a chapter before the others.
    """
    words = material.words
    lying = by_wave_tables(material) if material.turned else []
    html = render(
        "sections/tables.html",
        words,
        tables=_upright(material),
        blocks=list(in_columns(_narrow(material), _lines, count=2, room=LINES)),
        **_facts(material),
    )
    made = Section("tables", words.say("Tables"), html, flows=not lying)
    if not lying:
        return (made,)
    html = render("sections/tables.html", words, tables=lying, blocks=[], **_facts(material))
    return (Section("tables-by-wave", words.say("Tables by wave"), html), made)


def all_tables(material: Material) -> list[Table]:
    """Every table of the chapter, in order."""
    lying = by_wave_tables(material) if material.turned else []
    return [*lying, *_upright(material), *_narrow(material)]


def by_wave_tables(material: Material) -> list[Table]:
    """The tables with a column a wave: the indicators, and the languages of the interview."""
    return [_indicators(material), *language_tables(material)]


def _upright(material: Material) -> list[Table]:
    """The tables over the whole width: the indicators unless they lie, the answers to every battery."""
    first = [] if material.turned else [_indicators(material)]
    return [*first, *(_answers(battery, material) for battery in _batteries(material))]


def _narrow(material: Material) -> list[Table]:
    """Figures by group, of the model and the situations, of fieldwork and weights: half a page wide."""
    return [
        *group_tables(material),
        *([] if material.turned else language_tables(material)),
        *_association(material),
        *experiment_tables(material),
        *method_tables(material),
    ]


def _indicators(material: Material) -> Table:
    evidence, name = material.evidence, material.table_name(TABLE, indicator_ids(material))
    return trend_table(
        evidence.indicators,
        material.wave_names,
        material.pairs,
        material.words,
        name=name,
        caption=_caption(material),
    )


def _answers(battery: BatteryEvidence, material: Material) -> Table:
    words = material.words
    title = words.printed(battery.group.label, f"label of battery {battery.group.name}")
    caption = words.say("{title}: all answers by wave", title=title)
    battery = replace(battery, rows=tuple(_latest(battery, material)))
    return battery_table(battery, words, name=battery_table_name(battery, material), caption=caption)


def _latest(battery: BatteryEvidence, material: Material) -> Iterator[tuple[Variable, tuple[Answers, ...]]]:
    """The rows with their answers in the waves that the table shows."""
    for variable, answers in battery.rows:
        if shown := tuple(each for each in answers if each.wave in material.tabled):
            yield variable, shown


def _association(material: Material) -> list[Table]:
    model = material.further.model
    return [association_table(model, material)] if isinstance(model, Model) else []


def _lines(table: Table) -> float:
    return 4 + sum(1 + len(block.rows) for block in table.blocks)


def _batteries(material: Material) -> tuple[BatteryEvidence, ...]:
    """Every battery with figures, that of the spotlight too."""
    spotlight = material.further.spotlight
    return (*material.evidence.batteries, *((spotlight,) if spotlight is not None else ()))


def _facts(material: Material) -> dict[str, int]:
    return {
        "infers": material.infers,
        "several": material.several,
        "weighted": material.weighted,
        "waves": len(material.wave_names),
        "shown": len(material.tabled),
    }


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
