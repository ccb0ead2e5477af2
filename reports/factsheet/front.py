"""The factsheet's first page: three cards, one trend, three sentences, where to find help."""

from collections.abc import Sequence
from dataclasses import replace

from reports.charts import Figure, WaveTick, trend_lines
from reports.evidence import IndicatorEvidence
from reports.report import Section
from reports.sections import Material
from reports.sections.cover import logo_source, organiser
from reports.sections.headlines import Card, card
from reports.sections.template import render
from reports.sections.trends import trend_line
from reports.shortening import shortened
from reports.summary import alike, carded, helping, method_line, sentences, short_help

CARDS = 3
SIDE_BY_SIDE = 4
"""Waves up to which three panels stand beside each other; for more, the lines that may share one."""
TITLE, HELP, OWNER, ASKED, MOST_PHONES = 120, 240, 90, 160, 4
"""Letters of the title, of a help text, of whose a number is, of who was asked; and numbers of help lines."""


def front_section(material: Material) -> Section:
    """What was found."""
    words = material.words
    cards = carded(material)[:CARDS]
    help_ = helping(material)
    html = render(
        "factsheet/front.html",
        words,
        organiser=shortened(organiser(material), TITLE),
        logo=logo_source(material),
        logo_text=material.in_words(material.spec.organisation.logo_text)
        if material.spec.organisation
        else "",
        edition=edition(material),
        draft=material.spec.draft,
        synthetic=material.synthetic,
        cards=[_short(card(each, material)) for each in cards],
        small=any(reading.small for each in cards for reading in each.readings[-1:]),
        figure=trend(cards, material),
        infers=material.infers,
        sentences=sentences(material, cards),
        told=short_help(help_.told, HELP),
        phones=[(number, shortened(owner, OWNER)) for number, owner in help_.phones[:MOST_PHONES]],
        strip=method_line(material),
    )
    return Section("front", shortened(material.title, TITLE), html)


def _short(shown: Card) -> Card:
    return replace(shown, asked=shortened(shown.asked, ASKED))


def edition(material: Material) -> str:
    """`Factsheet, 2023 to 2026`."""
    words, waves = material.words, material.wave_names
    if len(waves) == 1:
        return words.say("Factsheet, {wave}", wave=waves[0])
    return words.say("Factsheet, {first} to {last}", first=waves[0], last=waves[-1])


def trend(cards: Sequence[IndicatorEvidence], material: Material) -> Figure:
    """The cards' indicators over the waves; a file attached to the page holds the figures."""
    words = material.words
    ticks = [WaveTick(wave.name, wave.year) for wave in material.evidence.waves]
    lines = [trend_line(each, material) for each in cards]
    if len(ticks) > SIDE_BY_SIDE:
        lines = list(alike(lines))
    caption = words.say("The same questions, wave by wave") if material.several else words.say("At a glance")
    return trend_lines(lines, ticks, words, caption=caption, table=attached(material))


def attached(material: Material) -> str:
    """What holds every figure of the page."""
    return material.words.say("the attached file estimates.csv")
