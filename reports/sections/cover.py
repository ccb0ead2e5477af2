"""Cover and inside cover: title, wave, titles in other languages; contents, content note, help lines."""

from collections.abc import Sequence

from reports.report import Section
from reports.sections.material import Material
from reports.sections.template import render


def cover_section(material: Material) -> Section:
    """The cover: title in the report's language, the other languages' titles small, wave, organiser."""
    words, latest = material.words, material.evidence.latest
    titles = latest.meta.title or material.evidence.codebook.title
    html = render(
        "sections/cover.html",
        words,
        title=material.title,
        others=[(language, text) for language, text in titles.items() if language != words.language],
        edition=_edition(material),
        organiser="; ".join(text for _, text in material.disclosed("conductor")[-1:]),
        synthetic=material.synthetic,
    )
    return Section("cover", material.title, html, listed=False)


def verso_section(material: Material, chapters: Sequence[Section]) -> Section:
    """The inside cover: contents with page numbers, content note, help lines, how to cite."""
    words = material.words
    html = render(
        "sections/verso.html",
        words,
        sections=[section for section in chapters if section.listed],
        content_note=_latest(material, "content_note"),
        help_lines=_latest(material, "help_lines"),
        phones=[] if _latest(material, "help_lines") else material.phones(),
        citation=_latest(material, "citation"),
        licence=_latest(material, "licence"),
        contact=_latest(material, "contact"),
        synthetic=material.synthetic,
    )
    return Section("contents", words.say("Contents"), html, listed=False)


def _edition(material: Material) -> str:
    words, waves = material.words, material.wave_names
    if len(waves) == 1:
        return words.say("Report on one wave: {wave}", wave=waves[0])
    return words.plural(
        "Trend report, {n} wave: {first} to {last}",
        "Trend report, {n} waves: {first} to {last}",
        len(waves),
        first=waves[0],
        last=waves[-1],
    )


def _latest(material: Material, key: str) -> str:
    """What the latest wave's disclosure record says."""
    return material.in_words(material.evidence.latest.meta.disclosure.get(key, ""))
