"""Exposure to information: where people met it, and from whom."""

from reports.report import Section
from reports.sections.listing import listed_sections
from reports.sections.material import Material


def exposure_sections(material: Material) -> tuple[Section, ...]:
    """The chapter on information seen; none where the specification names no question on it."""
    words = material.words
    lead = words.say(
        "Where people say they met information. It shows reach, not effect: "
        "who is interested also remembers more."
    )
    title = words.say("Exposure to information")
    return listed_sections("exposure", title, lead, material.further.exposure, material)
