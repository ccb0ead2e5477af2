"""The topline questionnaire: every question with the share of each answer, wave by wave."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from instruments import Group, Variable
from reports.charts.style import SEMIBOLD
from reports.charts.text import wrap
from reports.evidence import Answers, BatteryEvidence
from reports.report import Section
from reports.rows import Reading
from reports.sections.battery import battery_table_name
from reports.sections.columns import Block as Columns
from reports.sections.columns import in_columns
from reports.sections.material import NARROW, Material
from reports.sections.template import blanks, render
from reports.tables import FEW, NOT_ASKED, Block, Cell, Row, Table
from reports.toplines import SINGLE, Score

CHOSEN = 1
"""Code of an option that was ticked."""
MOST_HIDDEN = 4
"""So many answers that no wave may print are named in one line."""
LONG = 40
"""More lines than this are printed in pieces, so that a list of regions never fills a page of its own."""
ROOM, HEADED = 272.0, 48.0
"""What a column may hold by these generous heights, and what heading and notes take of the first page."""
COLUMN, WAVE = 79.0, 8.0
"""Widths in millimetres: a column, a wave in a table."""
POINTS = 72 / 25.4


@dataclass(frozen=True)
class Question:
    """One question: its words, who was asked, the table of its answers, or where that stands."""

    name: str
    text: str
    universe: str
    table: Table | None
    rows: tuple[tuple[str, str], ...] = ()
    """Names and words of the rows whose answers stand in another table."""
    answers: tuple[tuple[int, str], ...] = ()
    elsewhere: str = ""
    hidden: tuple[str, ...] = ()
    """Answers that no wave may print, named together instead of a line each."""


def topline_section(material: Material) -> Section:
    """Whole per cent; nets, don't know and refused apart; answers below half a per cent as `<1`."""
    questions = [unit for each in material.toplines.questions for unit in _units(each, material)]
    wide = len(material.in_topline) > NARROW
    html = render(
        "sections/topline.html",
        material.words,
        blocks=[((each,),) for each in questions] if wide else _in_two(questions),
        weighted=material.weighted,
        left_out=material.left_out,
        waves=len(material.wave_names),
        shown=len(material.in_topline),
    )
    return Section("topline", material.words.say("Topline questionnaire"), html)


def _in_two(questions: Sequence[Question]) -> list[Columns[Question]]:
    """Two columns, page by page."""
    return list(in_columns(questions, _height, count=2, room=ROOM, first=ROOM - HEADED))


def _height(question: Question) -> float:
    """How high it stands in a column, in millimetres, by the widths of its words in the shipped font."""
    room = COLUMN * POINTS
    height = 0.0
    if question.text:
        height += 2.6 + 3.25 * len(wrap(f"{question.name} {question.text}", room, 7, SEMIBOLD))
    if question.universe:
        height += 0.8 + 3.3 * len(wrap(question.universe + "Asked of: ", room, 6.6))
    for _, text in question.rows:
        height += 0.4 + 2.95 * len(wrap(f"WR1a {text}", room, 6.6))
    if question.table is None:
        answers = " · ".join(f"{code} {text}" for code, text in question.answers)
        return height + 7 + 2.95 * len(wrap(answers, room, 6.6))
    beside = room - WAVE * POINTS * len(question.table.columns) - 8
    lines = len(wrap(question.table.corner, beside, 6.4, SEMIBOLD)) * 2.8 + 1.2
    for block in question.table.blocks:
        lines += 3.4 if block.head else 0
        lines += sum(0.5 + 2.72 * len(wrap(row.head, beside, 6.4)) for row in block.rows)
    hidden = ", ".join(question.hidden)
    return height + lines + 2.2 + (1 + 3.3 * len(wrap(hidden, room - 60, 6.6)) if hidden else 0)


def _units(each: BatteryEvidence | Score, material: Material) -> tuple[Question, ...]:
    """The question; one of several rows as a unit a row, its words with the first."""
    question = _question(each, material)
    table = question.table
    if table is None:
        return (question,)
    table = replace(table, blocks=tuple(piece for block in table.blocks for piece in _pieces(block)))
    if len(table.blocks) < 2:
        return (question,)
    rows = [
        replace(
            question,
            text="" if number else question.text,
            universe="" if number else question.universe,
            table=replace(table, corner=block.head or table.corner, blocks=(replace(block, head=""),)),
        )
        for number, block in enumerate(table.blocks)
    ]
    return tuple(rows)


def _pieces(block: Block) -> tuple[Block, ...]:
    """A long list of answers in pieces of about the same length."""
    count = -(-len(block.rows) // LONG)
    size = -(-len(block.rows) // count) if count else 1
    return tuple(replace(block, rows=block.rows[i : i + size]) for i in range(0, len(block.rows), size))


def _question(each: BatteryEvidence | Score, material: Material) -> Question:
    words = material.words
    blocks: tuple[Block, ...]
    hidden: tuple[str, ...] = ()
    if isinstance(each, Score):
        text, first = each.variable.question or each.variable.label, each.variable
        ids, blocks = first.name, (_score(each, material),)
    else:
        group, first = each.group, each.rows[0][0]
        text = group.question or group.label
        ids = group.name
        if _of_tables(each, material) is not None:
            return _elsewhere(each, material)
        blocks, hidden = _without_hidden(_blocks(each, material))
    columns = tuple((wave, False) for wave in material.in_topline)
    universe = material.in_words(first.universe)
    if len(blocks) == 1:
        table = Table(ids, "", blocks[0].head, columns, (replace(blocks[0], head=""),))
    else:
        table = Table(ids, "", words.say("Answer"), columns, blocks)
    said = blanks(words.printed(text, f"question {ids}"), material.fills(_last_asked(each)))
    return Question(ids, said, universe, table, hidden=hidden)


def _last_asked(each: BatteryEvidence | Score) -> str:
    """The latest wave that asked it."""
    if isinstance(each, Score):
        return each.readings[-1].wave
    return each.rows[0][1][-1].wave


def _of_tables(each: BatteryEvidence, material: Material) -> BatteryEvidence | None:
    """The battery of the tables chapter that holds every one of these rows."""
    names = {variable.name for variable, _ in each.rows}
    spotlight = material.further.spotlight
    printed = (*material.evidence.batteries, *((spotlight,) if spotlight is not None else ()))
    holding = (other for other in printed if names <= {variable.name for variable, _ in other.rows})
    return next(holding, None)


def _elsewhere(each: BatteryEvidence, material: Material) -> Question:
    """The words of a battery whose answers have a table of their own."""
    words, group, (first, _) = material.words, each.group, each.rows[0]
    return Question(
        group.name,
        blanks(
            words.printed(group.question or group.label, f"question {group.name}"),
            material.fills(_last_asked(each)),
        ),
        material.in_words(first.universe),
        None,
        tuple((v.name, words.printed(v.label, f"label of {v.name}")) for v, _ in each.rows),
        tuple(
            (code, words.printed(text, f"code {code} of {first.name}"))
            for code, text in sorted(first.codes.items())
        ),
        battery_table_name(_of_tables(each, material) or each, material),
    )


def _without_hidden(blocks: Sequence[Block]) -> tuple[tuple[Block, ...], tuple[str, ...]]:
    """Lines without any figure taken out and named, where so many are that they would fill a column."""
    gone = [row.head for block in blocks for row in block.rows if _is_hidden(row)]
    if len(gone) < MOST_HIDDEN:
        return tuple(blocks), ()
    kept = (replace(block, rows=tuple(r for r in block.rows if not _is_hidden(r))) for block in blocks)
    return tuple(kept), tuple(gone)


def _is_hidden(row: Row) -> bool:
    return row.kind == "figure" and all(not cell.text and cell.mark == FEW for cell in row.cells)


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
    """Who gave no answer, as the bars have it: don't know + refused."""
    words = material.words
    pairs = {wave: (each.dont_know, each.refused) for wave, each in by_wave.items()}
    cells = tuple(
        Cell(" + ".join(_apart_share(each, material) for each in pairs[wave]))
        if wave in pairs
        else Cell("", NOT_ASKED)
        for wave in material.in_topline
    )
    return (
        Row(words.say("Don’t know + refused or skipped"), cells, "apart"),
        _bases({wave: (each.base, each.small) for wave, each in by_wave.items()}, material),
    )


def _apart_share(reading: Reading | None, material: Material) -> str:
    if reading is None:
        return material.words.number(0)
    return material.words.whole(reading.estimate) if reading.printable else FEW


def _score(score: Score, material: Material) -> Block:
    words = material.words
    by_wave = {reading.wave: reading for reading in score.readings}
    cells = tuple(_mean(by_wave.get(wave), material) for wave in material.in_topline)
    bases = _bases({wave: (each.base, each.small) for wave, each in by_wave.items()}, material)
    head = words.printed(score.variable.label, f"label of {score.variable.name}")
    return Block(head, (Row(words.say("Mean"), cells), bases))


def _mean(reading: Reading | None, material: Material) -> Cell:
    if reading is None:
        return Cell("", NOT_ASKED)
    return Cell(material.words.number(reading.estimate, 2)) if reading.printable else Cell("", FEW)


def _line(head: str, shares: Mapping[str, Reading | None], material: Material, kind: str = "figure") -> Row:
    return Row(head, tuple(_share(wave, shares, material) for wave in material.in_topline), kind)


def _share(wave: str, shares: Mapping[str, Reading | None], material: Material) -> Cell:
    reading = shares.get(wave)
    if reading is None:
        return Cell("", NOT_ASKED)
    return Cell(material.words.whole(reading.estimate)) if reading.printable else Cell("", FEW)


def _bases(bases: Mapping[str, tuple[int, bool]], material: Material) -> Row:
    words = material.words
    cells = (
        Cell(words.number(bases[wave][0]), "*" if bases[wave][1] else "") if wave in bases else Cell("")
        for wave in material.in_topline
    )
    return Row(words.say("Answers (n)"), tuple(cells), "base")


def _share_of(answers: Answers, code: int) -> Reading | None:
    return next((reading for reading in answers.shares if reading.code == code), None)
