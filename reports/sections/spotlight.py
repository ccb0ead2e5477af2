"""The year's own module: one battery of statements, or questions with their answers."""

from dataclasses import replace

from reports.report import Section
from reports.sections.battery import battery_section
from reports.sections.listing import blocks, compared, told
from reports.sections.material import Material
from reports.sections.template import render


def spotlight_sections(material: Material) -> tuple[Section, ...]:
    """The chapter the specification asks for; none where it asks for none."""
    words, asked = material.words, material.spec.spotlight
    if asked is None:
        return ()
    title = words.say("Spotlight: {title}", title=words.printed(asked.title, "title of the spotlight"))
    text = material.in_words(asked.text)
    if material.further.spotlight is not None:
        made = battery_section(material.further.spotlight, material, text, apart=False, steps=True)
        return (replace(made, name="spotlight", title=title),)
    html = render(
        "sections/listings.html",
        words,
        lead=text,
        comparisons=compared(material.further.spotlight_lists, material),
        alone=material.narrow,
        blocks=blocks([told(listing, material) for listing in material.further.spotlight_lists], material),
    )
    return (Section("spotlight", title, html, flows=True),)
