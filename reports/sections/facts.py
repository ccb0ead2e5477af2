"""Dated facts about the law and help lines: each with its source, the day it was checked, and a warning."""

from dataclasses import dataclass

from reports.report import Section
from reports.sections.material import Material
from reports.sections.template import render
from reports.spec import Fact, day

MOST_DAYS = 90
"""Days after which a fact is printed with a warning."""


@dataclass(frozen=True)
class Told:
    """One fact, ready to print; `stale`: checked too long before the report's day."""

    text: str
    source: str
    url: str
    number: str
    checked: str
    stale: bool


def facts_sections(material: Material) -> tuple[Section, ...]:
    """The chapter of facts; none where the specification names no facts file."""
    facts = material.spec.source.facts if material.spec.source else ()
    if not facts:
        return ()
    words = material.words
    told = {
        kind: [_told(each, material) for each in facts if each.kind == kind] for kind in ("law", "help_line")
    }
    html = render("sections/facts.html", words, laws=told["law"], lines=told["help_line"], days=MOST_DAYS)
    return (Section("facts", words.say("Law and help"), html, flows=True),)


def is_stale(fact: Fact, dated: str) -> bool:
    """Whether it was last checked more than MOST_DAYS before the report's day."""
    return bool(dated) and (day(dated) - day(fact.checked)).days > MOST_DAYS


def _told(fact: Fact, material: Material) -> Told:
    words = material.words
    return Told(
        words.printed(fact.text, "a fact of the facts file"),
        words.printed(fact.source, "source of a fact"),
        fact.url,
        fact.number,
        words.day(day(fact.checked)),
        is_stale(fact, material.dated),
    )
