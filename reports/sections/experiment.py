"""The experiment with situations: what chance varied in them and what it did to the answers."""

from dataclasses import dataclass

from reports.charts import Factor, FactorLevel, Figure, vignette_effects
from reports.further import VignetteAnswers, VignetteFactor
from reports.phrasing import clear_decimals, unprintable
from reports.report import Section
from reports.rows import Reading
from reports.sections.material import Material
from reports.sections.template import render
from reports.tables import Block, Cell, Row, Table, level_cell


@dataclass(frozen=True)
class Shown:
    """One score by what the situation said, ready to print."""

    question: str
    name: str
    figure: Figure
    sentences: tuple[str, ...]


def vignettes_sections(material: Material) -> tuple[Section, ...]:
    """The chapter of vignettes; none where no wave read any, or no error is defined."""
    words, found = material.words, material.further.vignettes
    if not found:
        return ()
    html = render(
        "sections/experiment.html",
        words,
        wave=material.evidence.latest.name,
        shown=[_shown(each, material) for each in found],
        comparisons=material.further.vignette_family,
        adjusted=any(len(each.factors) > 1 for each in found),
    )
    return (Section("vignettes", words.say("What the situation changes"), html, flows=True),)


def experiment_tables(material: Material) -> list[Table]:
    """Means and differences, for the tables chapter."""
    return [_table(each, material) for each in material.further.vignettes]


def _shown(each: VignetteAnswers, material: Material) -> Shown:
    words, label = material.words, _label(each, material)
    table = _table(each, material)
    figure = vignette_effects(
        [_factor(factor, material) for factor in each.factors],
        words,
        higher=each.outcome.higher,
        unit="score",
        scale=each.scale,
        caption=words.say("{label}, by what the situation said", label=label),
        table=table.name,
    )
    return Shown(
        material.in_words(each.outcome.question),
        material.figure_name(f"vignette:{each.outcome.name}", each.outcome.name),
        figure,
        tuple(_sentences(each, material)),
    )


def _label(each: VignetteAnswers, material: Material) -> str:
    return material.words.printed(each.outcome.label, f"label of {each.outcome.name}")


def _factor(factor: VignetteFactor, material: Material) -> Factor:
    words = material.words
    return Factor(
        words.printed(factor.label, "label of a factor"),
        tuple(
            FactorLevel(
                words.printed(level.label, "label of a level"),
                level.mean,
                level.effect,
                "" if level.mean.printable else unprintable(level.mean.few, words),
            )
            for level in factor.levels
        ),
    )


def _sentences(each: VignetteAnswers, material: Material) -> list[str]:
    """Chance made the versions, so that a clear difference is the version's; an unclear one is said too."""
    words = material.words
    said = []
    for factor in each.factors:
        first = words.printed(factor.levels[0].label, "label of a level")
        for level in factor.levels:
            if level.effect is None or not level.effect.printable:
                continue
            decimals = clear_decimals(level.effect.low, level.effect.high, 2)
            values = {
                "label": words.printed(level.label, "label of a level"),
                "other": first,
                "value": words.signed(level.effect.estimate, decimals),
                "low": words.signed(level.effect.low, decimals),
                "high": words.signed(level.effect.high, decimals),
            }
            if level.effect.low > 0 or level.effect.high < 0:
                said.append(
                    words.say(
                        "“{label}” against “{other}”: {value} (95% interval {low} to {high}).", **values
                    )
                )
            else:
                said.append(
                    words.say(
                        "“{label}” against “{other}”: no clear difference, {value} "
                        "(95% interval {low} to {high}, which includes zero).",
                        **values,
                    )
                )
    return said


def _table(each: VignetteAnswers, material: Material) -> Table:
    words = material.words
    adjusted = len(each.factors) > 1
    difference = words.say("Difference, adjusted") if adjusted else words.say("Difference")
    columns = (words.say("Mean score"), difference, words.say("95% interval"), "n")
    blocks = tuple(_block(factor, material) for factor in each.factors)
    name = material.table_name(f"vignette:{each.outcome.name}", each.outcome.name)
    caption = words.say("{label}, by what the situation said", label=_label(each, material))
    return Table(name, caption, words.say("Situation"), tuple((head, False) for head in columns), blocks)


def _block(factor: VignetteFactor, material: Material) -> Block:
    words = material.words
    rows = tuple(
        Row(
            words.printed(level.label, "label of a level"),
            (
                level_cell(level.mean, words, share=False),
                *_effect(level.effect, material),
                Cell(words.number(level.mean.base)),
            ),
        )
        for level in factor.levels
    )
    return Block(words.printed(factor.label, "label of a factor"), rows)


def _effect(effect: Reading | None, material: Material) -> tuple[Cell, Cell]:
    words = material.words
    if effect is None:
        return Cell(words.say("comparison group")), Cell("")
    if not effect.printable:
        return Cell("", "(s)"), Cell("")
    low, high = (words.signed(value, 2) for value in (effect.low, effect.high))
    return Cell(words.signed(effect.estimate, 2)), Cell(words.say("{low} to {high}", low=low, high=high))
