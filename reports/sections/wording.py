"""The wording chapter: every question in every language and wave, each wording printed once in the report."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from instruments import Codebook
from reports.charts.style import SEMIBOLD
from reports.charts.text import text_width, wrap
from reports.i18n import own_name
from reports.report import Section
from reports.sections.history import History, Offered, breaks, histories, languages_of, of_variable
from reports.sections.material import Material
from reports.sections.template import render
from reports.sections.vignettes import situations, vignette_before
from reports.toplines import Score

NAMES, POINTS = 6.3, 72 / 25.4
"""Type size of the names of questions; points a millimetre."""
LEAST_NAMES, MOST_NAMES = 11.0, 30.0
PAGE, GUTTER = 165.0, 2.4
"""Millimetres: the table's width, and what parts one column of words from the next."""
SHORT = 12
"""Lines up to which a row of the table stands on one page."""
PARAPHRASE = "paraphrase"
"""Review status of wording that is not what respondents met."""


def wording_section(material: Material) -> Section:
    """Every question once, in questionnaire order; what the topline prints is not printed again."""
    words, codebook = material.words, material.evidence.codebook
    asked = list(_asked(material))
    changed = [each.ids for each in asked if each.changed]
    entries = [_without_own(each, material) for each in asked]
    languages, width = _printed(entries, material), _names_width(asked)
    html = render(
        "sections/wording.html",
        words,
        entries=[each for each in entries if not each.empty],
        languages=languages,
        is_short=lambda each: _lines(each, languages, width) <= SHORT,
        own_name=own_name,
        own=material.words.language,
        several=material.several,
        changed=changed,
        labelled=[each.ids for each in asked if each.labelled],
        names_width=width,
        broken=breaks(material),
        paraphrased=PARAPHRASE in {codebook.status.get(language) for language in codebook.languages},
    )
    return Section("wording", words.say("Questions asked"), html, flows=True)


def _names_width(entries: Sequence[History]) -> float:
    """Millimetres of the column of names: the longest on one line, where that leaves the words room."""
    longest = max((text_width(each.ids, NAMES, SEMIBOLD) for each in entries), default=0.0)
    return round(min(max(longest / POINTS + 3, LEAST_NAMES), MOST_NAMES), 1)


def _lines(entry: History, languages: Sequence[str], names: float) -> int:
    """How many lines its words take in the column that has most."""
    room = ((PAGE - names) / max(len(languages), 1) - GUTTER) * POINTS
    return max((_column(entry, language, room) for language in languages), default=0)


def _column(entry: History, language: str, room: float) -> int:
    """Lines of one language's words in a column so many points wide."""
    told = [f"{each.levels} {each.text}" for each in entry.read(language)]
    for spell in entry.said(language):
        told.append(f"{spell.waves if entry.changed else ''} {spell.text.striptags()}")
    return sum(len(wrap(line, room, NAMES)) for text in told for line in text.splitlines())


def _printed(entries: Sequence[History], material: Material) -> list[str]:
    """The other languages that have anything to print, a column each."""
    return [
        language
        for language in languages_of(material)
        if language != material.words.language
        and any(each.said(language) or each.read(language) for each in entries)
    ]


def _asked(material: Material) -> Iterator[History]:
    """The questions, each vignette before the first one that speaks of it."""
    document = material.latest_instrument()
    told: set[str] = set()
    offered: Offered = {}
    for names, entries in _entries(material, offered):
        vignette = vignette_before(material.evidence.codebook.variable(names[0]).item, document)
        if vignette and vignette not in told:
            told.add(vignette)
            yield _vignette(vignette, document["items"][vignette], material)
        yield from entries


def _entries(material: Material, offered: Offered) -> Iterator[tuple[list[str], list[History]]]:
    """Columns and what is told of them: all toplines, then what printed figures rest on besides."""
    codebook = material.evidence.codebook
    done: set[str] = set()
    for question in material.toplines.questions:
        names = (
            [question.variable.name] if isinstance(question, Score) else [v.name for v, _ in question.rows]
        )
        done |= set(names)
        yield names, list(histories(question, material, offered))
    for each in material.evidence.indicators:
        for name in sources(each.indicator.variable, codebook):
            if name not in done:
                done.add(name)
                yield [name], [of_variable(name, material, offered)]


def _without_own(entry: History, material: Material) -> History:
    """Without the words of the report's language, where no wave had others: the topline has them."""
    own = material.words.language
    kept = tuple(each for each in entry.versions if each.language != own or len(each.spells) > 1)
    return replace(entry, versions=kept, universe="")


def _vignette(name: str, item: Mapping[str, Any], material: Material) -> History:
    """What was read before the questions that follow, in every language."""
    spoken = languages_of(material)
    read = ((language, situations(item, language)) for language in spoken)
    before = material.words.say(
        "One of these situations, drawn by chance, was read before the questions that follow."
    )
    return History(
        name, "", (), (before,), situations=tuple((language, found) for language, found in read if found)
    )


def sources(name: str, codebook: Codebook) -> tuple[str, ...]:
    """The asked variables a column is computed from; the column itself when it was asked."""
    if name not in codebook:
        return ()
    variable = codebook.variable(name)
    if variable.rule is None:
        return (name,)
    found = dict.fromkeys(
        s for part in _names(variable.rule) if part != name for s in sources(part, codebook)
    )
    return tuple(found)


def _names(rule: Any) -> Iterator[str]:
    """Every string a rule holds, keys included: those that are column names are looked up by the caller."""
    if isinstance(rule, Mapping):
        for key, value in rule.items():
            yield str(key)
            yield from _names(value)
    elif isinstance(rule, list | tuple):
        for value in rule:
            yield from _names(value)
    elif isinstance(rule, str):
        yield rule
