"""Cover and inside cover: title, wave, titles in other languages; contents, content note, help lines."""

import base64
from collections.abc import Mapping, Sequence
from typing import Any

from reports.qr import qr_source
from reports.report import Section
from reports.sections.facts import is_stale
from reports.sections.material import Material
from reports.sections.published_facts import said
from reports.sections.template import render
from reports.spec import day

LICENCE = "CC BY 4.0, https://creativecommons.org/licenses/by/4.0/"
"""Of a report whose records name none."""
MOST_LISTED = 12
"""Chapters up to which contents and notes share a page."""


def cover_section(material: Material) -> Section:
    """The cover: title in the report's language, the other languages' titles small, wave, organiser."""
    words, latest, organisation = material.words, material.evidence.latest, material.spec.organisation
    html = render(
        "sections/cover.html",
        words,
        title=material.title,
        others=_others(material),
        edition=_edition(material),
        organiser=organiser(material),
        release=words.say(
            "Release {release}", release=f"{latest.meta.study} {latest.name}/{latest.meta.release}"
        ),
        logo=logo_source(material),
        logo_text=material.in_words(organisation.logo_text) if organisation else "",
        draft=material.spec.draft,
        synthetic=material.synthetic,
    )
    return Section("cover", material.title, html, listed=False)


def _others(material: Material) -> list[tuple[str, str]]:
    """The titles in the other languages of the interviews; in all of them where no release tells its own."""
    evidence = material.evidence
    titles = material.spec.title or evidence.latest.meta.title or evidence.codebook.title
    asked = {language for wave in evidence.waves for language in wave.languages} or set(titles)
    return [
        (language, text)
        for language, text in titles.items()
        if language in asked and language != material.words.language
    ]


def verso_sections(material: Material, chapters: Sequence[Section]) -> tuple[Section, ...]:
    """Contents with page numbers; note, help lines and how to cite below them, or above many chapters."""
    words = material.words
    listed = [section for section in chapters if section.listed]
    contents = render("sections/contents.html", words, sections=listed)
    inside = _inside(material)
    if len(listed) <= MOST_LISTED:
        return (Section("contents", words.say("Contents"), contents + inside, listed=False),)
    return (
        Section("inside", words.say("About this report"), inside, listed=False),
        Section("contents", words.say("Contents"), contents, listed=False, flows=True),
    )


def _inside(material: Material) -> str:
    words, latest, organisation = material.words, material.evidence.latest, material.spec.organisation
    told, phones = help_lines(material)
    return render(
        "sections/verso.html",
        words,
        content_note=_latest(material, "content_note"),
        help_lines=told,
        phones=phones,
        citation=citation(material),
        licence=licence(material),
        doi=material.spec.doi,
        contact=_latest(material, "contact"),
        funders=_funders(material),
        independence=material.in_words(organisation.independence) if organisation else "",
        address=material.spec.address,
        qr=qr_source(material.spec.address) if material.spec.address else "",
        release=f"{latest.meta.study} {latest.name}/{latest.meta.release}",
        fingerprint=latest.meta.fingerprint,
        draft=material.spec.draft,
        synthetic=material.synthetic,
    )


def _funders(material: Material) -> list[tuple[str, str]]:
    """Who paid, and for what where the report had another than every wave."""
    words, organisation = material.words, material.spec.organisation
    own = {key: name for key, name in (organisation.funder if organisation else {}).items() if name}
    told = [wave.meta.disclosure.get("funder", "") for wave in material.evidence.waves]
    polls = said("funder", material)
    if not own or all(not funder or _same(own, funder) for funder in told):
        paid = material.in_words(own) if own else polls
        return [(words.say("Funded by"), paid)] if paid else []
    return [(words.say("Report funded by"), material.in_words(own)), (words.say("Polls funded by"), polls)]


def _same(one: Mapping[str, str], other: Any) -> bool:
    """Whether two payers have the same name in a language that both were written in."""
    if not isinstance(other, Mapping):
        return _bare(str(other)) in map(_bare, one.values())
    return any(_bare(one[each]) == _bare(other[each]) for each in one.keys() & other.keys())


def _bare(name: str) -> str:
    return name.strip(" .").casefold()


def _fact_lines(material: Material) -> list[tuple[str, str]]:
    """Help lines of the facts file: (number, whose it is and when it was last checked)."""
    facts = material.spec.source.facts if material.spec.source else ()
    words = material.words
    return [
        (
            fact.number,
            _sentence(words.printed(fact.text, "a help line of the facts file"))
            + " "
            + words.say("Last checked: {date}.", date=words.day(day(fact.checked)))
            + (
                " " + words.say("Look again before you rely on it.") if is_stale(fact, material.dated) else ""
            ),
        )
        for fact in facts
        if fact.kind == "help_line"
    ]


def _sentence(text: str) -> str:
    """Words that more follows: with a full stop, where whoever wrote them left it out."""
    return text if text.endswith((".", "!", "?")) else f"{text}."


def help_lines(material: Material) -> tuple[str, list[tuple[str, str]]]:
    """What the disclosure record says of help, and numbers with whose they are: those of the facts file,
    else the questionnaire's where the record says nothing."""
    told = _latest(material, "help_lines")
    return told, _fact_lines(material) or ([] if told else material.phones())


def citation(material: Material) -> str:
    """The disclosure record's own, else who, what, when and which release."""
    latest = material.evidence.latest
    if own := _latest(material, "citation"):
        return own
    release = material.words.say(
        "Release {release}", release=f"{latest.meta.study} {latest.name}/{latest.meta.release}"
    )
    parts = (organiser(material), material.title, material.dated[:4], release)
    return ". ".join(part.rstrip(".") for part in parts if part) + "."


def licence(material: Material) -> str:
    """The disclosure record's own, else the one under which the package of the wave is given away."""
    return _latest(material, "licence") or LICENCE


def organiser(material: Material) -> str:
    """The organisation of the specification, else who the latest wave says conducted it."""
    if material.spec.organisation is not None:
        return material.in_words(material.spec.organisation.name)
    return "; ".join(text for _, text in material.disclosed("conductor")[-1:])


def logo_source(material: Material) -> str:
    """The logo as a `data:` address; empty where there is none."""
    source, organisation = material.spec.source, material.spec.organisation
    if source is None or organisation is None or not source.logo:
        return ""
    kind = "image/svg+xml" if organisation.logo.endswith(".svg") else "image/png"
    return f"data:{kind};base64,{base64.b64encode(source.logo).decode()}"


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
