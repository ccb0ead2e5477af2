"""Exposure to information: where people met it, and from whom."""

from reports.report import Section
from reports.sections.listing import told
from reports.sections.material import Material
from reports.sections.template import render


def exposure_sections(material: Material) -> tuple[Section, ...]:
    """The chapter on information seen; none where the specification names no question on it."""
    if not material.further.exposure:
        return ()
    html = render(
        "sections/listings.html",
        material.words,
        lead=material.words.say(
            "Where people say they met information. It shows reach, not effect: "
            "who is interested also remembers more."
        ),
        listings=[told(listing, material) for listing in material.further.exposure],
    )
    return (Section("exposure", material.words.say("Exposure to information"), html),)
