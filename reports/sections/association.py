"""What goes with what: one outcome and everything it is compared by at once, stated as association."""

from reports.charts import Dot, DotBlock, Figure, effect_dots
from reports.further import LEAST_MODEL, Effect, Model, Predictor, Sample, Unfitted, Why
from reports.i18n import Words
from reports.phrasing import clear_decimals
from reports.report import Section
from reports.rows import LEAST_BASE, Reading
from reports.sections.material import Material
from reports.sections.template import render
from reports.tables import FEW, Block, Cell, Row, Table


def association_sections(material: Material) -> tuple[Section, ...]:
    """The chapter of the model, or why there is none; no chapter where none was asked for."""
    model, words = material.further.model, material.words
    if model is None:
        return ()
    label = words.printed(model.outcome.label, f"label of indicator {model.outcome.name}")
    title = words.say("What goes with what")
    if isinstance(model, Unfitted):
        why = _why(model, words)
        html = render("sections/no_model.html", words, label=label, wave=model.wave, why=why)
        return (Section("association", title, html, flows=True),)
    table = association_table(model, material)
    html = render(
        "sections/association.html",
        words,
        label=label,
        wave=model.wave,
        base=words.number(model.base),
        left_out=_left_out(model.sample, words),
        comparisons=model.family,
        clear=[line for each in model.predictors for line in _clear(each, words)],
        figure_name=material.figure_name("association", model.outcome.name),
        figure=_figure(model, label, table.name, material),
    )
    return (Section("association", title, html, flows=True),)


def _why(model: Unfitted, words: Words) -> str:
    if model.why is Why.NOT_RANDOM:
        return words.say("this is not a random sample, so no difference could be told from chance.")
    if model.why is Why.FEW:
        return words.say(
            "{n} of {total} interviews answered everything it takes, {least} are needed.",
            n=words.number(model.sample.complete),
            total=words.number(model.sample.interviews),
            least=words.number(LEAST_MODEL),
        )
    return words.say(
        "it cannot be fitted to these answers: some group answered all alike, or columns say the same."
    )


def _left_out(sample: Sample, words: Words) -> str:
    """Why the model has fewer interviews than the wave; no count of a small group alone."""
    parts = []
    if silent := sample.interviews - sample.answered:
        parts.append(words.say("{n} without an answer to the question itself", n=words.number(silent)))
    if fewer := sample.answered - sample.complete:
        said = (
            words.say(
                "{n} without an answer to something they are compared by, or in a group with fewer than "
                "{least} answers",
                n=words.number(fewer),
                least=words.number(LEAST_BASE),
            )
            if sample.small
            else words.say("{n} without an answer to something they are compared by", n=words.number(fewer))
        )
        parts.append(said)
    if not parts:
        return ""
    total = words.number(sample.interviews)
    return words.say(
        "Left out of the wave’s {total} interviews: {parts}.", total=total, parts="; ".join(parts)
    )


def _clear(each: Predictor, words: Words) -> list[str]:
    """A line for every difference whose interval, adjusted for all of them, leaves out zero."""
    lines = []
    for effect in each.effects:
        if effect.clear:
            decimals = clear_decimals(100 * effect.low, 100 * effect.high, 0)
            lines.append(
                words.say(
                    "{label}: {change} (95% interval {low} to {high}).",
                    label=_name(each, effect, words),
                    change=words.points(effect.estimate, decimals),
                    low=words.signed(100 * effect.low, decimals),
                    high=words.signed(100 * effect.high, decimals),
                )
            )
    return lines


def _name(each: Predictor, effect: Effect, words: Words) -> str:
    label = words.printed(each.variable.label, f"label of {each.variable.name}")
    if effect.code is None:
        return words.say("{label}, one point more", label=label)
    group = words.printed(effect.label, f"code {effect.code} of {each.variable.name}")
    reference = words.printed(each.reference, f"first code of {each.variable.name}")
    return words.say("{label}: {group} against {reference}", label=label, group=group, reference=reference)


def _figure(model: Model, label: str, table: str, material: Material) -> Figure:
    """Differences from the first group of each column, or for one point more of a score."""
    words = material.words
    return effect_dots(
        [_dots(each, model.wave, words) for each in model.predictors],
        words,
        higher=model.outcome.higher,
        caption=words.say("{label}: differences with everything else held equal, no causes", label=label),
        table=table,
    )


def _dots(each: Predictor, wave: str, words: Words) -> DotBlock:
    head = words.printed(each.variable.label, f"label of {each.variable.name}")
    dots = []
    if each.reference:
        dots.append(Dot(words.printed(each.reference, f"first code of {each.variable.name}"), None))
    for effect in each.effects:
        label = words.say("one point more")
        if effect.code is not None:
            label = words.printed(effect.label, f"code {effect.code} of {each.variable.name}")
        reading = Reading(wave, effect.estimate, effect.low, effect.high, 0, publish=effect.publish)
        why = "" if effect.printable else words.say("a group is hidden")
        dots.append(Dot(label, reading, hidden=why))
    return DotBlock(head, tuple(dots))


def association_table(model: Model, material: Material) -> Table:
    """Every difference with its interval."""
    words = material.words
    label = words.printed(model.outcome.label, f"label of indicator {model.outcome.name}")
    blocks = tuple(_block(each, words) for each in model.predictors)
    name = material.table_name("association", model.outcome.name)
    caption = words.say("{label}: differences with everything else in the table held equal", label=label)
    columns = ((words.say("Difference, points"), False), (words.say("95% interval"), False))
    return Table(name, caption, words.say("Group"), columns, blocks)


def _block(each: Predictor, words: Words) -> Block:
    head = words.printed(each.variable.label, f"label of {each.variable.name}")
    if not each.reference:
        return Block(head, tuple(_row(words.say("one point more"), effect, words) for effect in each.effects))
    first = words.printed(each.reference, f"first code of {each.variable.name}")
    rows = [Row(first, (Cell(words.say("comparison group")), Cell("")))]
    rows += [
        _row(words.printed(effect.label, f"code {effect.code} of {each.variable.name}"), effect, words)
        for effect in each.effects
    ]
    return Block(head, tuple(rows))


def _row(label: str, effect: Effect, words: Words) -> Row:
    if not effect.printable:
        return Row(label, (Cell("", FEW), Cell("")))
    low, high = (words.signed(100 * value, 1) for value in (effect.low, effect.high))
    interval = words.say("{low} to {high}", low=low, high=high)
    return Row(label, (Cell(words.signed(100 * effect.estimate, 1)), Cell(interval)))
