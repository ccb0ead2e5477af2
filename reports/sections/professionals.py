"""Professionals beside the public: shared questions side by side, the professionals' indicators by role."""

from reports.further import Beside, ByRole, Shared
from reports.report import Section
from reports.rows import Reading
from reports.sections.material import Material
from reports.sections.template import render
from reports.tables import Block, Cell, Row, Table, level_cell


def professionals_sections(material: Material) -> tuple[Section, ...]:
    """The chapter of the other study; none where the specification names none."""
    other, words = material.further.professionals, material.words
    if other is None:
        return ()
    html = render(
        "sections/professionals.html",
        words,
        title=words.printed(other.title, "title of the other study"),
        wave=other.wave,
        interviews=words.number(other.interviews),
        release=other.release,
        fingerprint=other.fingerprint,
        synthetic=other.synthetic,
        tables=professionals_tables(material),
    )
    return (Section("professionals", words.say("Professionals beside the public"), html, flows=True),)


def professionals_tables(material: Material) -> list[Table]:
    """Questions asked of both, and indicators by field of work, where there are any."""
    other = material.further.professionals
    if other is None:
        return []
    shared = [_shared_table(other, material)] if other.shared else []
    return [*shared, *([_roles_table(other, material)] if other.indicators else [])]


def _shared_table(other: Beside, material: Material) -> Table:
    words = material.words
    name = material.table_name("professionals:shared", ", ".join(each.variable.name for each in other.shared))
    columns = (
        words.say("Public, {wave}", wave=material.evidence.latest.name),
        words.say("Professionals, {wave}", wave=other.wave),
    )
    blocks = tuple(_shared_block(each, material) for each in other.shared)
    caption = words.say("Questions asked of both in the same words")
    return Table(name, caption, words.say("Question"), tuple((head, False) for head in columns), blocks)


def _shared_block(each: Shared, material: Material) -> Block:
    words = material.words
    pair = (each.public, each.professionals)
    figures = tuple(level_cell(reading, words, share=False) for reading in pair)
    bases = tuple(Cell(words.number(reading.base)) for reading in pair)
    rows = (Row(words.say("Mean score"), figures), Row(words.say("Answers (n)"), bases, "base"))
    return Block(words.printed(each.variable.label, f"label of {each.variable.name}"), rows)


def _roles_table(other: Beside, material: Material) -> Table:
    words = material.words
    heads = [words.say("All"), *(words.printed(role, "label of a field of work") for role in other.roles)]
    name = material.table_name(
        "professionals:roles", ", ".join(each.indicator.name for each in other.indicators)
    )
    blocks = tuple(_role_block(each, material) for each in other.indicators)
    caption = words.say("Professionals by field of work")
    return Table(name, caption, words.say("Indicator"), tuple((head, False) for head in heads), blocks)


def _role_block(each: ByRole, material: Material) -> Block:
    words, share = material.words, each.indicator.statistic == "proportion"
    readings: tuple[Reading | None, ...] = (each.whole, *each.roles)
    figures = tuple(level_cell(reading, words, share=share) for reading in readings)
    bases = tuple(
        Cell(words.number(reading.base) if reading is not None and reading.printable else "")
        for reading in readings
    )
    unit = words.say("Share, %") if share else words.say("Mean score")
    rows = (Row(unit, figures), Row(words.say("Answers (n)"), bases, "base"))
    label = words.printed(each.indicator.label, f"label of indicator {each.indicator.name}")
    return Block(label, rows)
