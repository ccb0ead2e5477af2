"""How to read the report: rules of the sentences, signs and a sample figure; review status of a wording."""

from analysis import WAVES_FOR_VARIATION
from instruments import Codebook
from reports.charts import sample_figure
from reports.i18n import Words
from reports.report import Section
from reports.sections.material import Material
from reports.sections.template import render


def reading_section(material: Material) -> Section:
    """What the verdicts, intervals, colours and signs mean, and what the survey cannot tell."""
    words = material.words
    evidence = material.evidence
    html = render(
        "sections/reading.html",
        words,
        infers=material.infers,
        several=material.several,
        left_out=material.left_out,
        modelled=material.modelled,
        comparisons=evidence.comparisons,
        planned=material.further.named is not None,
        lines=any(each.slope is not None and each.slope.printable for each in evidence.indicators),
        few_waves=len(evidence.waves) < WAVES_FOR_VARIATION,
        least_waves=WAVES_FOR_VARIATION,
        sample=sample_figure(words, several=material.several, infers=material.infers),
    )
    return Section("reading", words.say("How to read this report"), html, flows=True)


def review_status(language: str, codebook: Codebook, words: Words) -> str:
    """A wording's review status in words; `draft, needs native review` is a draft."""
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
