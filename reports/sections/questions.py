"""Questions with several answers: who named what, wave by wave."""

from reports.report import Section
from reports.sections.listing import told
from reports.sections.material import Material
from reports.sections.template import render


def questions_sections(material: Material) -> tuple[Section, ...]:
    """One chapter of all such questions the report prints; none where there are none."""
    if not material.further.questions:
        return ()
    html = render(
        "sections/listings.html",
        material.words,
        lead=material.words.say(
            "Here more than one answer could be given, so the shares add up to more than 100%."
        ),
        listings=[told(listing, material) for listing in material.further.questions],
    )
    return (Section("questions", material.words.say("Questions with several answers"), html),)
