"""Errata and release log: every release of every wave, and why one replaced another."""

from collections.abc import Iterator
from dataclasses import dataclass

from reports.report import Section
from reports.sections.material import Material
from reports.sections.requirements import CORRECTION
from reports.sections.template import render


@dataclass(frozen=True)
class Replaced:
    """A release that replaced the one before it."""

    release: str
    reason: str


def release_log_section(material: Material) -> Section:
    """The releases this report is made of, what was corrected in them, how to have data and code."""
    words = material.words
    html = render(
        "sections/release_log.html",
        words,
        waves=[
            (wave.name, str(wave.meta.release), words.days(*wave.meta.dates) if wave.meta.dates else "")
            for wave in material.evidence.waves
        ],
        replaced=list(_replaced(material)),
        citation=_latest("citation", material),
        licence=_latest("licence", material),
        contact=_latest("contact", material),
        code_version=material.code_version,
    )
    return Section("release-log", words.say("Errata and release log"), html, flows=True)


def _replaced(material: Material) -> Iterator[Replaced]:
    for wave in material.evidence.waves:
        for number in range(2, wave.meta.release + 1):
            key = CORRECTION.format(number=number)
            reason = material.in_words(wave.meta.disclosure.get(key, ""))
            name = f"{wave.meta.study} {wave.name}/{number}"
            yield Replaced(name, reason or material.words.say("no reason is given"))


def _latest(key: str, material: Material) -> str:
    return material.in_words(material.evidence.latest.meta.disclosure.get(key, ""))
