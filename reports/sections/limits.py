"""What the survey can and cannot tell: what the design bears in, plain words out."""

from reports.report import Section
from reports.sections.material import Material
from reports.sections.template import render


def limits_section(material: Material) -> Section:
    """One page in plain words, from how the sample was drawn and how many waves there are."""
    words = material.words
    html = render(
        "sections/limits.html",
        words,
        infers=material.infers,
        several=material.several,
        parted=bool(material.further.cuts),
        broken=any(each.breaks for each in material.evidence.indicators),
        spoken=len(material.evidence.latest.languages) > 1,
        limitations=[text for _, text in material.disclosed("limitations")],
    )
    return Section("limits", words.say("What this survey can and cannot tell"), html, flows=True)
