"""Readings and changes in, tables of ready words out: one decimal, bases, marks for what may not be said."""

from collections.abc import Sequence
from dataclasses import dataclass

from instruments import Variable
from reports.evidence import Answers, BatteryEvidence, IndicatorEvidence
from reports.i18n import Words
from reports.phrasing import Pair, Subject, change_decimals, subject
from reports.rows import Change, Reading

ROSE, FELL, UNCLEAR, BROKEN, FEW, NO_INFERENCE = "▲", "▼", "○", "‡", "(s)", "–"
MARKS = {
    "rose": ROSE,
    "fell": FELL,
    "no_clear_change": UNCLEAR,
    "not_comparable": BROKEN,
    "too_few": FEW,
    "not_inferable": NO_INFERENCE,
}


@dataclass(frozen=True)
class Cell:
    """One printed figure; `tone` is `better`, `worse` or empty."""

    text: str
    mark: str = ""
    tone: str = ""


@dataclass(frozen=True)
class Row:
    """One line: its heading and its cells; `kind` is `figure`, `interval`, `base` or `apart`."""

    head: str
    cells: tuple[Cell, ...]
    kind: str = "figure"


@dataclass(frozen=True)
class Block:
    """Lines that belong together under one heading."""

    head: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Table:
    """A whole table. `columns` are (heading, whether it is a change)."""

    name: str
    caption: str
    corner: str
    columns: tuple[tuple[str, bool], ...]
    blocks: tuple[Block, ...]


def tone(higher: str, verdict: str) -> str:
    """Whether a change is for the better or the worse: the attitude's direction decides, not the arrow's."""
    if verdict not in ("rose", "fell") or higher == "neutral":
        return ""
    return "better" if (higher == "protective") == (verdict == "rose") else "worse"


def trend_table(
    evidence: Sequence[IndicatorEvidence],
    waves: Sequence[str],
    pairs: Sequence[tuple[str, str]],
    words: Words,
    *,
    name: str,
    caption: str,
) -> Table:
    """Indicators over waves with intervals, bases and changes."""
    columns = [(wave, False) for wave in waves] + [(f"{a}→{b}", True) for a, b in pairs]
    blocks = tuple(_indicator_block(each, waves, pairs, words) for each in evidence)
    return Table(name, caption, words.say("Indicator"), tuple(columns), blocks)


def battery_table(
    battery: BatteryEvidence, waves: Sequence[str], words: Words, *, name: str, caption: str
) -> Table:
    """Every row of a battery with all its answers over the waves."""
    blocks = tuple(_battery_block(variable, answers, waves, words) for variable, answers in battery.rows)
    return Table(name, caption, words.say("Answer, %"), tuple((wave, False) for wave in waves), blocks)


def _indicator_block(
    each: IndicatorEvidence, waves: Sequence[str], pairs: Sequence[tuple[str, str]], words: Words
) -> Block:
    about = subject(each.indicator, words)
    readings = [each.reading(wave) for wave in waves]
    changes = [each.change(*pair) for pair in pairs]
    figures = [_figure(about, reading, words) for reading in readings]
    figures += [change_cell(about, change, each, words) for change in changes]
    intervals = [_interval(about, reading, words) for reading in readings]
    intervals += [_change_interval(about, change, words) for change in changes]
    bases = [Cell(words.number(reading.base) if reading else "") for reading in readings]
    bases += [Cell("") for _ in changes]
    unit = words.say("Share, %") if about.share else words.say("Mean score")
    lines = [Row(unit, tuple(figures))]
    if any(cell.text for cell in intervals):
        lines.append(Row(words.say("95% interval"), tuple(intervals), "interval"))
    lines.append(Row(words.say("Answers (n)"), tuple(bases), "base"))
    return Block(words.pick(each.indicator.label, f"label of indicator {each.indicator.name}"), tuple(lines))


def change_cell(about: Subject, change: Change | None, each: IndicatorEvidence, words: Words) -> Cell:
    """A signed difference with its mark, or the mark alone where no number may stand."""
    if change is None:
        return Cell("")
    mark = MARKS[change.verdict]
    if change.verdict in ("not_comparable", "too_few", "not_inferable") or change.publish == "suppress":
        return Cell("", mark)
    text = words.signed(change.estimate * _scale(about), _table_decimals(about, change, each))
    return Cell(text, mark, tone(each.indicator.higher, change.verdict))


def _figure(about: Subject, reading: Reading | None, words: Words) -> Cell:
    if reading is None:
        return Cell("")
    if not reading.printable:
        return Cell("", FEW)
    text = words.whole(reading.estimate, 1) if about.share else words.number(reading.estimate, 2)
    return Cell(text, "*" if reading.small else "")


def _interval(about: Subject, reading: Reading | None, words: Words) -> Cell:
    if reading is None or not reading.printable or reading.low != reading.low:
        return Cell("")
    low, high = (
        words.number(value * _scale(about), _decimals(about)) for value in (reading.low, reading.high)
    )
    return Cell(f"{low}–{high}")


def _change_interval(about: Subject, change: Change | None, words: Words) -> Cell:
    if change is None or change.verdict not in ("rose", "fell", "no_clear_change"):
        return Cell("")
    low, high = (words.signed(value * _scale(about), _decimals(about)) for value in (change.low, change.high))
    return Cell(words.say("{low} to {high}", low=low, high=high))


def _battery_block(
    variable: Variable, answers: Sequence[Answers], waves: Sequence[str], words: Words
) -> Block:
    by_wave = {each.wave: each for each in answers}
    lines = []
    for code in sorted(variable.codes):
        cells = [_answer(by_wave.get(wave), code, words) for wave in waves]
        lines.append(Row(words.pick(variable.codes[code], f"code {code} of {variable.name}"), tuple(cells)))
    for head, attribute in (
        (words.say("Don't know"), "dont_know"),
        (words.say("Refused or skipped"), "refused"),
    ):
        cells = [_apart(by_wave.get(wave), attribute, words) for wave in waves]
        lines.append(Row(head, tuple(cells), "apart"))
    bases = [Cell(words.number(by_wave[wave].base) if wave in by_wave else "") for wave in waves]
    lines.append(Row(words.say("Answers (n)"), tuple(bases), "base"))
    return Block(words.pick(variable.label, f"label of {variable.name}"), tuple(lines))


def _answer(answers: Answers | None, code: int, words: Words) -> Cell:
    if answers is None:
        return Cell("")
    if not answers.printable:
        return Cell("", FEW)
    found = next((reading for reading in answers.shares if reading.code == code), None)
    return Cell(words.whole(found.estimate, 1) if found else words.number(0, 1))


def _apart(answers: Answers | None, attribute: str, words: Words) -> Cell:
    reading: Reading | None = getattr(answers, attribute) if answers else None
    if answers is None or reading is None:
        return Cell("")
    return Cell(words.whole(reading.estimate, 1)) if answers.printable else Cell("", FEW)


def _scale(about: Subject) -> int:
    return 100 if about.share else 1


def _decimals(about: Subject) -> int:
    return 1 if about.share else 2


def _table_decimals(about: Subject, change: Change, each: IndicatorEvidence) -> int:
    before, after = each.reading(change.wave_from), each.reading(change.wave_to)
    if before is None or after is None:
        return _decimals(about)
    return max(_decimals(about), change_decimals(about, Pair(before, after, change)))
