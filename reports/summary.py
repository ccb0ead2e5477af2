"""Material in, what the short publications share out: which indicators, which sentences, whose help line."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from reports.charts import Line
from reports.evidence import IndicatorEvidence
from reports.sections import Material, finding
from reports.sections.cover import help_lines
from reports.sections.published_facts import method_parts, not_random
from reports.shortening import ELLIPSIS, shortened
from reports.spec import chosen_cards

LABEL, FINDING = 64, 200
"""Letters of an indicator's label and of its clause that a short publication has room for."""
MOST_SENTENCES = 3
_NUMBER = re.compile(r"\d[\d -]*\d")


@dataclass(frozen=True)
class Help:
    """Where to turn to: a text of the wave's record, or numbers with whose they are."""

    told: str
    phones: tuple[tuple[str, str], ...]


def carded(material: Material) -> tuple[IndicatorEvidence, ...]:
    """The indicators on cards, their words short enough for one."""
    names = chosen_cards(material.evidence.codebook, material.spec)
    by_name = {each.indicator.name: each for each in material.evidence.indicators}
    return tuple(brief(by_name[name], material) for name in names)


def brief(each: IndicatorEvidence, material: Material) -> IndicatorEvidence:
    """The indicator with label and clause cut to their room, in the material's language."""
    words, indicator = material.words, each.indicator
    label = words.pick(indicator.label, f"label of indicator {indicator.name}")
    clause = words.pick(indicator.finding, f"finding of indicator {indicator.name}")
    short = replace(
        indicator,
        label={**indicator.label, words.language: shortened(label, LABEL)},
        finding={**indicator.finding, words.language: shortened(clause, FINDING)},
    )
    return replace(each, indicator=short)


def sentences(material: Material, cards: Sequence[IndicatorEvidence]) -> tuple[str, ...]:
    """Three sentences on the long view: what moved, and at least one that did not where there is one.

    The cards speak first, the report's other indicators where the cards have no such finding.
    """
    named = {each.indicator.name for each in cards}
    others = [
        brief(each, material) for each in material.evidence.indicators if each.indicator.name not in named
    ]
    pool = [*cards, *others]
    moved = [each for each in pool if _verdict(each) in ("rose", "fell")]
    still = [each for each in pool if _verdict(each) not in ("rose", "fell")]
    still.sort(key=lambda each: _verdict(each) != "no_clear_change")
    room = MOST_SENTENCES - min(len(still), 1)
    chosen = [*moved[:room], *still][:MOST_SENTENCES]
    return tuple(finding(each, material).sentences[0] for each in chosen)


def helping(material: Material) -> Help:
    """The help lines of the report's inside cover."""
    told, phones = help_lines(material)
    return Help(told, tuple(phones))


def alike(lines: Sequence[Line]) -> tuple[Line, ...]:
    """The lines that may share a panel: of one unit, scale and break; the largest such set, in order."""
    sets: dict[object, list[Line]] = {}
    for line in lines:
        sets.setdefault((line.unit, line.scale, line.breaks), []).append(line)
    most = max((len(each) for each in sets.values()), default=0)
    return next((tuple(each) for each in sets.values() if len(each) == most), ())


def short_help(told: str, most: int) -> str:
    """A help text in so many letters: one that loses its number says the words around the number instead."""
    short = shortened(told, most)
    number = _NUMBER.search(told)
    if number is None or number[0] in short:
        return short
    before = told[: number.start()].split()[-3:]
    return shortened(" ".join([ELLIPSIS, *before, told[number.start() :]]), most)


def method_line(material: Material, most: int = 110) -> str:
    """ESOMAR's minimum in one line, each free text at most so long; of no random sample it says so."""
    words = material.words
    line = " · ".join(
        words.say("{label}: {values}", label=name, values=text if figures else shortened(text, most))
        for name, text, figures in method_parts(material)
    )
    return line if material.infers else f"{line.rstrip('.')}. {not_random(words)}"


def sample_only(material: Material) -> str:
    """Of no random sample: whom its figures describe; empty for any other."""
    words = material.words
    return (
        "" if material.infers else words.say("The figures describe those who took part, not the population.")
    )


def plain_address(address: str) -> str:
    """An address as people type it."""
    return address.partition("://")[2].rstrip("/")


def _verdict(each: IndicatorEvidence) -> str:
    """Of the comparison that its first sentence speaks of; empty where there is none."""
    return each.changes[0].verdict if each.changes else ""
