"""The topline questionnaire: every question with the share of each answer, wave by wave."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from instruments import Group, Variable
from reports.evidence import Answers, BatteryEvidence
from reports.report import Section
from reports.rows import Reading
from reports.sections.material import Material
from reports.sections.template import blanks, render
from reports.tables import FEW, NOT_ASKED, Block, Cell, Row, Table
from reports.toplines import SINGLE, Score

CHOSEN = 1
"""Code of an option that was ticked."""


NARROW = 4
"""So many waves fit beside the answers in half the width of a page."""


@dataclass(frozen=True)
class Question:
    """One question: its words, who was asked, the table of its answers."""

    text: str
    universe: str
    table: Table


def topline_section(material: Material) -> Section:
    """Whole per cent; nets, don't know and refused apart; answers below half a per cent as `<1`."""
    questions = [_question(each, material) for each in material.toplines.questions]
    html = render(
        "sections/topline.html",
        material.words,
        questions=questions,
        weighted=material.weighted,
        narrow=len(material.wave_names) <= NARROW,
    )
    return Section("topline", material.words.say("Topline questionnaire"), html)


def _question(each: BatteryEvidence | Score, material: Material) -> Question:
    words = material.words
    blocks: tuple[Block, ...]
    if isinstance(each, Score):
        text, first = each.variable.question or each.variable.label, each.variable
        ids, blocks = first.name, (_score(each, material),)
    else:
        group, first = each.group, each.rows[0][0]
        text = group.question or group.label
        ids = group.name
        blocks = _blocks(each, material)
    columns = tuple((wave, False) for wave in material.wave_names)
    universe = material.in_words(first.universe)
    table = Table(ids, "", words.say("Answer"), columns, blocks)
    return Question(blanks(words.printed(text, f"question {ids}")), universe, table)


def _blocks(battery: BatteryEvidence, material: Material) -> tuple[Block, ...]:
    group = battery.group
    if group.kind == "multi":
        return (_options(battery, material),)
    return tuple(
        Block(_head(variable, group, material), _answers(variable, answers, material))
        for variable, answers in battery.rows
    )


def _head(variable: Variable, group: Group, material: Material) -> str:
    label = material.words.printed(variable.label, f"label of {variable.name}")
    return label if group.kind == SINGLE else f"{variable.name} {label}"


def _answers(variable: Variable, answers: Sequence[Answers], material: Material) -> tuple[Row, ...]:
    """A line an answer, then the nets, then who gave none."""
    words = material.words
    by_wave = {each.wave: each for each in answers}
    lines = [
        _line(
            words.printed(text, f"code {code} of {variable.name}"),
            {w: _share_of(each, code) for w, each in by_wave.items()},
            material,
        )
        for code, text in sorted(variable.codes.items())
    ]
    for name, net in variable.nets.items():
        label = words.say("Net: {label}", label=words.printed(net.label, f"net {name} of {variable.name}"))
        lines.append(_line(label, {w: each.nets.get(name) for w, each in by_wave.items()}, material, "net"))
    return (*lines, *_apart(by_wave, material))


def _options(battery: BatteryEvidence, material: Material) -> Block:
    """A line an option: who ticked it. Who ticked none is the same for every option."""
    words = material.words
    lines = [
        _line(
            words.printed(variable.label, f"label of {variable.name}"),
            {each.wave: _share_of(each, CHOSEN) for each in answers},
            material,
        )
        for variable, answers in battery.rows
    ]
    first = {each.wave: each for each in battery.rows[0][1]}
    head = words.printed(battery.group.label, f"label of {battery.group.name}")
    return Block(head, (*lines, *_apart(first, material)))


def _apart(by_wave: Mapping[str, Answers], material: Material) -> tuple[Row, ...]:
    words = material.words
    return (
        _line(words.say("Don’t know"), {w: e.dont_know for w, e in by_wave.items()}, material, "apart"),
        _line(words.say("Refused or skipped"), {w: e.refused for w, e in by_wave.items()}, material, "apart"),
        _bases({wave: (each.base, each.small) for wave, each in by_wave.items()}, material),
    )


def _score(score: Score, material: Material) -> Block:
    words = material.words
    by_wave = {reading.wave: reading for reading in score.readings}
    cells = tuple(_mean(by_wave.get(wave), material) for wave in material.wave_names)
    bases = _bases({wave: (each.base, each.small) for wave, each in by_wave.items()}, material)
    head = words.printed(score.variable.label, f"label of {score.variable.name}")
    return Block(head, (Row(words.say("Mean"), cells), bases))


def _mean(reading: Reading | None, material: Material) -> Cell:
    if reading is None:
        return Cell("", NOT_ASKED)
    return Cell(material.words.number(reading.estimate, 2)) if reading.printable else Cell("", FEW)


def _line(head: str, shares: Mapping[str, Reading | None], material: Material, kind: str = "figure") -> Row:
    return Row(head, tuple(_share(wave, shares, material) for wave in material.wave_names), kind)


def _share(wave: str, shares: Mapping[str, Reading | None], material: Material) -> Cell:
    reading = shares.get(wave)
    if reading is None:
        return Cell("", NOT_ASKED)
    return Cell(material.words.whole(reading.estimate)) if reading.printable else Cell("", FEW)


def _bases(bases: Mapping[str, tuple[int, bool]], material: Material) -> Row:
    words = material.words
    cells = (
        Cell(words.number(bases[wave][0]), "*" if bases[wave][1] else "") if wave in bases else Cell("")
        for wave in material.wave_names
    )
    return Row(words.say("Answers (n)"), tuple(cells), "base")


def _share_of(answers: Answers, code: int) -> Reading | None:
    return next((reading for reading in answers.shares if reading.code == code), None)
