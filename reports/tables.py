"""Readings and changes in, tables of ready words out: one decimal, bases, marks for what may not be said."""

from collections.abc import Sequence
from dataclasses import dataclass

from reports.evidence import Answers, BatteryEvidence, IndicatorEvidence
from reports.i18n import Words
from reports.phrasing import Pair, Subject, change_decimals, subject
from reports.rows import Change, Reading

ROSE, FELL, UNCLEAR, BROKEN, FEW, NO_INFERENCE, NOT_ASKED = "▲", "▼", "○", "‡", "(s)", "–", "…"
MARKS = {
    "rose": ROSE,
    "fell": FELL,
    "no_clear_change": UNCLEAR,
    "not_comparable": BROKEN,
    "too_few": FEW,
    "not_inferable": NO_INFERENCE,
}


MOST_LINES = 20
"""Lines of a table that is not broken over two pages; a longer one fills what the page before it left."""
MANY_COLUMNS = 7
MANY_IN_HALF = 4


@dataclass(frozen=True)
class Cell:
    """One printed figure; `tone` is `better`, `worse` or empty."""

    text: str
    mark: str = ""
    tone: str = ""

    @property
    def said(self) -> bool:
        """Words instead of a figure, which may go over two lines."""
        return " " in self.text and not any(each.isdigit() for each in self.text)


@dataclass(frozen=True)
class Row:
    """One line: its heading and its cells; `kind` is `figure`, `interval` or `base`."""

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

    @property
    def dense(self) -> bool:
        """Whether its headings need smaller type to stay inside the page."""
        return len(self.columns) >= MANY_COLUMNS

    @property
    def many(self) -> bool:
        """Whether its columns stand closer where it has half a page."""
        return len(self.columns) >= MANY_IN_HALF

    @property
    def whole(self) -> bool:
        """Short enough to stand on one page, so that it is not broken over two."""
        return sum(1 + len(block.rows) for block in self.blocks) <= MOST_LINES


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


def battery_table(battery: BatteryEvidence, words: Words, *, name: str, caption: str) -> Table:
    """Every row of a battery: a line a wave, a column an answer or net, then don’t know, refused, base."""
    first, _ = battery.rows[0]
    codes = sorted({code for variable, _ in battery.rows for code in variable.codes})
    labels = {code: text for variable, _ in battery.rows for code, text in variable.codes.items()}
    heads = [words.printed(labels[code], f"code {code} of {first.name}") for code in codes]
    nets = {name: net.label for variable, _ in battery.rows for name, net in variable.nets.items()}
    heads += [words.printed(label, f"net {name} of {first.name}") for name, label in nets.items()]
    heads += [words.say("Don’t know"), words.say("Refused or skipped"), words.say("Answers (n)")]
    blocks = tuple(
        Block(
            words.printed(variable.label, f"label of {variable.name}"),
            tuple(_answer_line(each, codes, tuple(nets), words) for each in answers),
        )
        for variable, answers in battery.rows
    )
    return Table(name, caption, words.say("Wave"), tuple((head, False) for head in heads), blocks)


def _answer_line(answers: Answers, codes: Sequence[int], nets: Sequence[str], words: Words) -> Row:
    base = Cell(words.number(answers.base), "*" if answers.small else "")
    shares = {reading.code: reading for reading in answers.shares}
    cells = [share_cell(shares.get(code), words) for code in codes]
    cells += [share_cell(answers.nets.get(net), words) for net in nets]
    apart = [share_cell(each, words) for each in (answers.dont_know, answers.refused)]
    return Row(answers.wave, (*cells, *apart, base))


def share_cell(reading: Reading | None, words: Words) -> Cell:
    """A share with one decimal, or the mark alone; an answer the row does not offer has neither."""
    if reading is None:
        return Cell("", NOT_ASKED)
    return Cell(words.whole(reading.estimate, 1)) if reading.printable else Cell("", FEW)


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
    return Block(
        words.printed(each.indicator.label, f"label of indicator {each.indicator.name}"), tuple(lines)
    )


def change_cell(about: Subject, change: Change | None, each: IndicatorEvidence, words: Words) -> Cell:
    """A signed difference with its mark, or the mark alone where no number may stand."""
    if change is None:
        return Cell("", NOT_ASKED)
    mark = MARKS[change.verdict]
    if change.verdict in ("not_comparable", "too_few", "not_inferable") or change.publish == "suppress":
        return Cell("", mark)
    text = words.signed(change.estimate * _scale(about), _table_decimals(about, change, each))
    return Cell(text, mark, tone(each.indicator.higher, change.verdict))


def _figure(about: Subject, reading: Reading | None, words: Words) -> Cell:
    return level_cell(reading, words, share=about.share)


def level_cell(reading: Reading | None, words: Words, *, share: bool) -> Cell:
    """A share in per cent with one decimal or a score with two, or the mark alone."""
    if reading is None:
        return Cell("", NOT_ASKED)
    if not reading.printable:
        return Cell("", FEW)
    text = words.whole(reading.estimate, 1) if share else words.number(reading.estimate, 2)
    return Cell(text, "*" if reading.small else "")


def _interval(about: Subject, reading: Reading | None, words: Words) -> Cell:
    return interval_cell(reading, words, share=about.share)


def interval_cell(reading: Reading | None, words: Words, *, share: bool) -> Cell:
    """The 95% interval, or nothing where none may stand."""
    if reading is None or not reading.printable or reading.low != reading.low:
        return Cell("")
    scale, decimals = (100, 1) if share else (1, 2)
    low, high = (words.number(value * scale, decimals) for value in (reading.low, reading.high))
    return Cell(f"{low}–{high}")


def _change_interval(about: Subject, change: Change | None, words: Words) -> Cell:
    if change is None or change.verdict not in ("rose", "fell", "no_clear_change"):
        return Cell("")
    low, high = (words.signed(value * _scale(about), _decimals(about)) for value in (change.low, change.high))
    return Cell(words.say("{low} to {high}", low=low, high=high))


def _scale(about: Subject) -> int:
    return 100 if about.share else 1


def _decimals(about: Subject) -> int:
    return 1 if about.share else 2


def _table_decimals(about: Subject, change: Change, each: IndicatorEvidence) -> int:
    before, after = each.reading(change.wave_from), each.reading(change.wave_to)
    if before is None or after is None:
        return _decimals(about)
    return max(_decimals(about), change_decimals(about, Pair(before, after, change)))
