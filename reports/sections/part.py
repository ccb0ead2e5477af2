"""An indicator in, the part of the sample it was asked of in words out: whom a figure speaks of."""

from reports.evidence import IndicatorEvidence
from reports.sections.material import Material
from reports.sections.wording import sources


def asked_of(each: IndicatorEvidence, material: Material) -> str:
    """`Asked of a part of the sample (130 of 418): people who have heard of it`; empty where all were asked.

    Where the questionnaire has no words for who was asked, the finding's own words say whose share it is.
    """
    if not each.not_applicable:
        return ""
    words, latest = material.words, material.evidence.latest
    reading = each.reading(latest.name)
    n, total = words.number(reading.base if reading else 0), words.number(latest.interviews)
    who = universe(each, material) or material.in_words(each.indicator.finding)
    if not who:
        return words.say("Asked of a part of the sample ({n} of {total})", n=n, total=total)
    return words.say("Asked of a part of the sample ({n} of {total}): {who}", n=n, total=total, who=who)


def universe(each: IndicatorEvidence, material: Material) -> str:
    """Who was asked, where the indicator is one question's and the questionnaire says it in words."""
    codebook = material.evidence.codebook
    asked = sources(each.indicator.variable, codebook)
    return material.in_words(codebook.variable(asked[0]).universe) if len(asked) == 1 else ""
