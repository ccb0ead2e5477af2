"""Official case counts beside opinion: numbers of other sources, each with where and when it was read."""

from dataclasses import dataclass

from reports.report import Section
from reports.sections.material import Material
from reports.sections.template import render
from reports.spec import OfficialCount, day


@dataclass(frozen=True)
class Count:
    """One line, ready to print."""

    label: str
    year: str
    value: str
    source: str
    url: str
    looked_at: str


def official_sections(material: Material) -> tuple[Section, ...]:
    """The chapter of official counts; none where the specification has none."""
    counts, words = material.spec.official_counts, material.words
    if not counts:
        return ()
    ordered = sorted(counts, key=lambda each: (material.in_words(each.label), each.year))
    html = render(
        "sections/official.html",
        words,
        counts=[_count(each, material) for each in ordered],
        table_name=official_table_name(material),
    )
    return (Section("official", words.say("Official counts: another source"), html, flows=True),)


def official_table_name(material: Material) -> str:
    return material.table_name("official", material.words.say("Official counts: another source"))


def _count(each: OfficialCount, material: Material) -> Count:
    words = material.words
    return Count(
        words.printed(each.label, "label of an official count"),
        each.year,
        words.number(each.value),
        words.printed(each.source, "source of an official count"),
        each.url,
        words.day(day(each.looked_at)),
    )
