"""How to read the report: rules of the sentences, signs, review status of the wording."""

from reports.i18n import own_name
from reports.report import Section
from reports.sections.material import Material
from reports.sections.template import render


def reading_section(material: Material) -> Section:
    """What the verdicts, intervals, colours and signs mean, and what the survey cannot tell."""
    words = material.words
    languages = material.evidence.codebook.status
    html = render(
        "sections/reading.html",
        words,
        infers=material.infers,
        modelled=material.modelled,
        comparisons=material.evidence.comparisons,
        reviews=[(own_name(language), review_status(language, material)) for language in languages],
    )
    return Section("reading", words.say("How to read this report"), html)


def review_status(language: str, material: Material) -> str:
    """A wording's review status in words; `draft, needs native review` is a draft."""
    words, codebook = material.words, material.evidence.codebook
    if review := codebook.reviews.get(language):
        return words.say(
            "{done} of {all} texts reviewed by {names}, last on {date}",
            done=str(review.done),
            all=str(review.of),
            names=", ".join(review.by),
            date=review.last,
        )
    known = {
        "source": words.say("source wording"),
        "draft": words.say("draft, needs native review"),
        "reviewed": words.say("reviewed by native speakers"),
        "paraphrase": words.say("a paraphrase, not the words respondents met"),
    }
    status = codebook.status.get(language, "")
    return known.get(status.partition(",")[0].strip(), status) or words.say("not stated")
