"""The index page: mean scores over the waves in one figure, and whether they measure the same."""

import math
from dataclasses import dataclass

from reports.charts import WaveTick, trend_lines
from reports.further import Scale
from reports.report import Section
from reports.sections.headlines import finding
from reports.sections.material import Material
from reports.sections.template import render
from reports.sections.trends import trend_line


@dataclass(frozen=True)
class Shown:
    """One score: its findings and notes, ready to print."""

    label: str
    sentences: tuple[str, ...]
    notes: tuple[str, ...]


def scales_sections(material: Material) -> tuple[Section, ...]:
    """The chapter of mean scores; none where the codebook has none."""
    words, found = material.words, material.further.scales
    if not found:
        return ()
    ids = ", ".join(scale.evidence.indicator.name for scale in found)
    ticks = [WaveTick(wave.name, wave.year) for wave in material.evidence.waves]
    title = words.say("Scores made of several questions")
    figure = trend_lines(
        [trend_line(scale.evidence, material) for scale in found],
        ticks,
        words,
        caption=words.say("Mean scores by wave"),
        table=material.table_name("indicators"),
    )
    html = render(
        "sections/scales.html",
        words,
        figure=figure,
        figure_name=material.figure_name("scales", ids),
        scales=[_shown(scale, material) for scale in found],
    )
    return (Section("scales", title, html, flows=True),)


def _shown(scale: Scale, material: Material) -> Shown:
    said = finding(scale.evidence, material)
    return Shown(said.label, said.sentences, tuple(_notes(scale, material)))


def _notes(scale: Scale, material: Material) -> list[str]:
    words = material.words
    notes = [
        words.say(
            "Made of {n} questions: {items}.", n=words.number(len(scale.items)), items=", ".join(scale.items)
        )
    ]
    if math.isfinite(scale.alpha):
        notes.append(
            words.say(
                "Reliability (Cronbach’s alpha), {wave}: {value}.",
                wave=material.evidence.latest.name,
                value=words.number(scale.alpha, 2),
            )
        )
    over_waves = {
        "yes": words.say(
            "The score means the same in every wave (scalar invariance holds), so its waves compare."
        ),
        "no": words.say(
            "Whether the score means the same in every wave is not supported (scalar invariance fails): "
            "read its change with caution, and look at the single questions."
        ),
    }
    over_languages = {
        "yes": words.say(
            "It means the same in these languages: {languages}.",
            languages=", ".join(scale.over_languages.groups),
        ),
        "no": words.say(
            "It does not mean quite the same in these languages, "
            "so their means are not compared: {languages}.",
            languages=", ".join(scale.over_languages.groups),
        ),
    }
    untested = words.say("Whether it means the same in each language could not be tested: too few answers.")
    headlines = {each.indicator.name for each in material.evidence.indicators}
    widened = material.further.scale_family
    if material.infers and widened > 1 and scale.evidence.indicator.name not in headlines:
        notes.append(
            words.plural(
                "Exploratory: intervals of changes are widened for the {n} comparison of these chapters.",
                "Exploratory: intervals of changes are widened for the {n} comparisons of these chapters.",
                widened,
            )
        )
    if material.several and scale.over_waves.verdict in over_waves:
        notes.append(over_waves[scale.over_waves.verdict])
    notes.append(over_languages.get(scale.over_languages.verdict, untested))
    return notes
