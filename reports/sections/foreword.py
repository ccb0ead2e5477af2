"""The organisation's foreword, as the specification gives it."""

from reports.report import Section
from reports.sections.material import Material
from reports.sections.template import render


def foreword_sections(material: Material) -> tuple[Section, ...]:
    """The foreword with who signs it; none where the specification has none."""
    words, organisation = material.words, material.spec.organisation
    if organisation is None or not organisation.foreword:
        return ()
    text = words.printed(organisation.foreword, "foreword of the specification")
    html = render(
        "sections/foreword.html",
        words,
        paragraphs=[part.strip() for part in text.split("\n\n") if part.strip()],
        signed=material.in_words(organisation.signed),
        organisation=material.in_words(organisation.name),
    )
    return (Section("foreword", words.say("Foreword"), html, flows=True),)
