"""Records of the waves in; the facts every publication of a poll gives, as a list and as one line, out.

The list is what Kazakhstan's law asks of a published poll (constitutional law on elections, article 28); the
line under every figure is ESOMAR's minimum.
"""

from dataclasses import dataclass

from markupsafe import Markup, escape

from reports.i18n import Words
from reports.sections.material import Material
from reports.sections.method_facts import precision_rows


@dataclass(frozen=True)
class Fact:
    """One fact by its name; `anchor`: the section that holds the whole of it."""

    name: str
    text: str
    anchor: str = ""
    figures: bool = False
    """Whether it is dates or numbers and no free text."""


def published_facts(material: Material) -> tuple[Fact, ...]:
    """Who conducted, ordered and paid; when, how, in which words; how many answered; the error."""
    words = material.words
    return (
        Fact(words.say("Conducted by"), said("conductor", material)),
        Fact(words.say("Ordered by"), said("sponsor", material)),
        Fact(words.say("Paid for by"), said("funder", material)),
        Fact(words.say("Fieldwork"), "; ".join(fieldwork_days(material)), figures=True),
        Fact(words.say("Method"), _method(material)),
        Fact(words.say("Exact wording"), words.say("in the chapter “Questions asked”"), "wording"),
        Fact(words.say("People who answered"), _sizes(material), figures=True),
        Fact(words.say("Error"), _error(material), figures=True),
    )


def method_text(material: Material) -> str:
    """One line: who, for whom, about whom, how many, by which means, when."""
    words = material.words
    line = " · ".join(
        words.say("{label}: {values}", label=name, values=text) for name, text, _ in method_parts(material)
    )
    return line if material.infers else f"{line}. {not_random(words)}"


def method_strip(material: Material) -> str:
    """The same line as HTML."""
    return Markup('<p class="strip">{}</p>').format(escape(method_text(material)))


def method_parts(material: Material) -> list[tuple[str, str, bool]]:
    """ESOMAR's minimum: its name, what is known of it, and whether that is figures and no free text."""
    words = material.words
    about = words.say("Population") if material.infers else words.say("Meant for")
    parts = [
        (words.say("Conducted by"), said("conductor", material), False),
        (words.say("Ordered by"), said("sponsor", material), False),
        (about, _population(material), False),
        (words.say("Interviews"), _sizes(material), True),
        (words.say("Mode"), _modes(material), False),
        (words.say("Fieldwork"), _span(material), True),
    ]
    return [part for part in parts if part[1]]


def not_random(words: Words) -> str:
    """The fixed sentence of a sample that was not drawn at random."""
    return words.say("This is not a random sample; margins of error do not apply.")


def mode_names(words: Words) -> dict[str, str]:
    """Modes of interviews in words."""
    return {
        "web": words.say("web questionnaire"),
        "capi": words.say("face-to-face interview on a tablet"),
        "cati": words.say("telephone interview"),
        "papi": words.say("interview on paper"),
        "mail": words.say("paper questionnaire by mail"),
        "other": words.say("another mode"),
    }


def said(key: str, material: Material) -> str:
    """What the records say under a key, with its waves where they differ."""
    found = [(waves, text.rstrip(".")) for waves, text in material.disclosed(key)]
    if len(found) == 1 and found[0][0] == material.wave_names:
        return found[0][1]
    return "; ".join(f"{', '.join(waves)}: {text}" for waves, text in found)


def _population(material: Material) -> str:
    return said("population", material) or material.in_words(material.evidence.codebook.population).rstrip(
        "."
    )


def fieldwork_days(material: Material) -> list[str]:
    """The days of each wave, its name before them unless it is named after them."""
    dated = [(wave.name, wave.meta.dates) for wave in material.evidence.waves]
    days = [(name, material.words.days(*dates)) for name, dates in dated if dates]
    return [name if said == name else f"{name}: {said}" for name, said in days]


def _span(material: Material) -> str:
    """First day of the first wave to the last day of the last one; of several, in how many rounds."""
    words, dates = material.words, [wave.meta.dates for wave in material.evidence.waves if wave.meta.dates]
    if not dates:
        return ""
    span = words.days(dates[0][0], dates[-1][1])
    if len(dates) == 1:
        return span
    return words.plural("{n} round within {dates}", "{n} rounds within {dates}", len(dates), dates=span)


def _modes(material: Material) -> str:
    names = mode_names(material.words)
    found = dict.fromkeys(mode for wave in material.evidence.waves for mode in wave.modes)
    return ", ".join(names.get(mode, mode) for mode in found) or said("modes", material)


def _method(material: Material) -> str:
    """Two records, each a sentence or several of its own."""
    parts = (said("modes", material) or _modes(material), said("sampling", material))
    return ". ".join(part.rstrip(".") for part in parts if part)


def _sizes(material: Material) -> str:
    waves = material.evidence.waves
    if len(waves) == 1:
        return material.words.number(waves[0].interviews)
    return ", ".join(f"{material.words.number(wave.interviews)} ({wave.name})" for wave in waves)


def _error(material: Material) -> str:
    words = material.words
    if not material.infers:
        return not_random(words)
    widest = [(row.wave, row.half_width) for row in precision_rows(material) if row.half_width]
    if not widest:
        return words.say("intervals stand beside every figure")
    text = words.say(
        "at most {sizes} for a share among the headline indicators, at 95%",
        sizes=", ".join(f"{size} ({wave})" for wave, size in widest),
    )
    if material.modelled:
        text += ". " + words.say("Intervals rest on the model stated under item 5 and are called modelled.")
    return text
