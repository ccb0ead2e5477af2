"""Questions with several answers: who named what, wave by wave."""

from reports.report import Section
from reports.sections.listing import listed_sections
from reports.sections.material import Material


def questions_sections(material: Material) -> tuple[Section, ...]:
    """One chapter of all such questions the report prints; none where there are none."""
    words = material.words
    lead = words.say("Here more than one answer could be given, so the shares add up to more than 100%.")
    title = words.say("Questions with several answers")
    return listed_sections("questions", title, lead, material.further.questions, material)
