"""The checklist of disclosure: each item of the lists, the page it stands on, whether it is there."""

from dataclasses import dataclass

from reports.report import Section
from reports.sections.material import Material
from reports.sections.method import items
from reports.sections.requirements import gaps
from reports.sections.template import render


@dataclass(frozen=True)
class Line:
    """One item; `anchors` are the places whose pages are printed; `lacking`: waves that do not give it."""

    number: str
    name: str
    anchors: tuple[str, ...]
    lacking: str


BESIDE = {3: ("wording", "topline")}
"""Further places of an item, by its number."""


def checklist_section(material: Material) -> Section:
    """AAPOR's eleven items and the facts of the law, with page numbers."""
    words = material.words
    missing: dict[str, list[str]] = {}
    for gap in gaps(material):
        missing.setdefault(gap.item, []).extend(gap.waves)
    lines = [
        Line(
            f"A{item.number}",
            item.name,
            (f"method-{item.number}", *BESIDE.get(item.number, ())),
            ", ".join(dict.fromkeys(missing.get(f"A{item.number}", ()))),
        )
        for item in items(material)
    ]
    html = render("sections/checklist.html", words, lines=lines)
    return Section("checklist", words.say("Checklist of disclosure"), html, flows=True)
