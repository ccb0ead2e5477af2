"""Evidence in, tables with words for the page and rounded numbers for the downloads out."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import isfinite

from instruments import Text, Variable
from reports.evidence import Answers, IndicatorEvidence
from reports.grouping import GroupTable
from reports.i18n import Words, capital, rounded
from reports.phrasing import verdict_word
from reports.rows import Change, Reading
from reports.tables import FEW, MARKS, NOT_ASKED
from reports.unstated import NOT_STATED, is_joint, joint_label, own_code

SHARE_DECIMALS, SCORE_DECIMALS = 1, 2


@dataclass(frozen=True)
class Value:
    """One cell: its words and mark for the page, its number for the downloads."""

    text: str = ""
    mark: str = ""
    number: float | None = None


@dataclass(frozen=True)
class Line:
    """One row; `block` heads the rows that belong together."""

    head: str
    cells: tuple[Value, ...]
    kind: str = "figure"
    block: str = ""


@dataclass(frozen=True)
class Grid:
    """One table. `name` is the stem of its files."""

    name: str
    caption: str
    corner: str
    columns: tuple[str, ...]
    lines: tuple[Line, ...]
    joint: bool = False
    """Whether a column holds those who did not say besides its own group."""

    @property
    def blocks(self) -> Iterator[tuple[str, list[Line]]]:
        """Lines under their headings, in order."""
        heads = dict.fromkeys(line.block for line in self.lines)
        yield from ((head, [line for line in self.lines if line.block == head]) for head in heads)


@dataclass(frozen=True)
class Table:
    """A table alone; `unit` of its columns where the lines do not say it."""

    grid: Grid
    unit: str


def share(value: float, words: Words) -> Value:
    """A share as per cent with one decimal; above zero but below it `<0.1`, in downloads 0."""
    number = float(rounded(100 * value, SHARE_DECIMALS))
    return Value(words.whole(value, SHARE_DECIMALS), number=number)


def score(value: float, words: Words) -> Value:
    """A mean with two decimals."""
    number = float(rounded(value, SCORE_DECIMALS))
    return Value(words.number(number, SCORE_DECIMALS), number=number)


Number = Callable[[float, Words], Value]


def base_value(base: int | None, words: Words, *, small: bool = False) -> Value:
    """The number of answers; of a group too small to print only that it is."""
    if base is None:
        return Value("<30")
    return Value(words.number(base), "*" if small else "", float(base))


def indicator_grid(each: IndicatorEvidence, waves: Sequence[str], words: Words, *, infers: bool) -> Grid:
    """Level, interval and base over all waves."""
    is_share = each.indicator.statistic == "proportion"
    number = share if is_share else score
    readings = [each.reading(wave) for wave in waves]
    lines = [Line(_unit(words, share=is_share), tuple(_level(r, number, words) for r in readings))]
    if infers:
        lines += [
            Line(head, tuple(_bound(r, which, number, words) for r in readings), "interval")
            for head, which in (
                (words.say("95% interval, from"), "low"),
                (words.say("95% interval, to"), "high"),
            )
        ]
    bases = tuple(base_value(r.base, words, small=r.small) if r else Value() for r in readings)
    lines.append(Line(words.say("Answers (n)"), bases, "base"))
    label = words.printed(each.indicator.label, f"label of indicator {each.indicator.name}")
    return Grid(each.indicator.name, label, words.say("Wave"), tuple(waves), tuple(lines))


def changes_grid(each: IndicatorEvidence, words: Words) -> Grid | None:
    """What changed between waves, with the interval that decided; None for one wave."""
    if not each.changes:
        return None
    is_share = each.indicator.statistic == "proportion"
    heads = (
        words.say("Difference, points") if is_share else words.say("Difference"),
        words.say("95% interval, from"),
        words.say("95% interval, to"),
        words.say("Finding"),
    )
    lines = tuple(Line(f"{c.wave_from}→{c.wave_to}", _change(c, words, share=is_share)) for c in each.changes)
    label = words.printed(each.indicator.label, f"label of indicator {each.indicator.name}")
    caption = words.say("{title}: changes", title=label)
    return Grid(f"{each.indicator.name}.changes", caption, words.say("Waves"), heads, lines)


def _change(change: Change, words: Words, *, share: bool) -> tuple[Value, ...]:
    word = Value(verdict_word(change, words), MARKS[change.verdict])
    if change.verdict not in ("rose", "fell", "no_clear_change") or change.publish == "suppress":
        return (Value(), Value(), Value(), word)
    scale, decimals = (100, SHARE_DECIMALS) if share else (1, SCORE_DECIMALS)
    numbers = [change.estimate * scale, change.low * scale, change.high * scale]
    return (*(Value(words.signed(n, decimals), "", float(rounded(n, decimals))) for n in numbers), word)


def is_open(answers: Answers, closed_waves: frozenset[str] = frozenset()) -> bool:
    """Whether a wave's answers may be shown: with one share hidden, the others would tell it."""
    nets = all(reading.printable for reading in answers.nets.values())
    return answers.printable and nets and answers.wave not in closed_waves


def question_grid(
    variable: Variable,
    answers: Sequence[Answers],
    waves: Sequence[str],
    words: Words,
    *,
    closed: frozenset[str] = frozenset(),
) -> Grid:
    """Answers, answers reported together, don't know and refused of all asked, over all waves."""
    by_wave = {each.wave: each for each in answers}
    columns = [by_wave.get(wave) for wave in waves]
    shown = [each if each and is_open(each, closed) else None for each in columns]

    def line(head: str, readings: Sequence[Reading | None], kind: str = "figure") -> Line:
        cells = [
            Value("", NOT_ASKED)
            if asked is None
            else Value("", FEW)
            if r is None
            else share(r.estimate, words)
            for asked, r in zip(columns, readings, strict=True)
        ]
        return Line(head, tuple(cells), kind)

    lines = []
    for code in sorted(variable.codes):
        label = words.printed(variable.codes[code], f"code {code} of {variable.name}")
        lines.append(line(label, [_of_code(each, code) for each in shown]))
    for name, net in variable.nets.items():
        label = words.printed(net.label, f"net {name} of {variable.name}")
        lines.append(line(label, [each.nets.get(name) if each else None for each in shown], "net"))
    beside = [apart(each) for each in columns]
    lines.append(line(words.say("Don’t know, of all asked"), [pair[0] for pair in beside], "apart"))
    lines.append(line(words.say("Refused or skipped, of all asked"), [pair[1] for pair in beside], "apart"))
    bases = tuple(base_value(e.base, words, small=e.small) if e else Value("", NOT_ASKED) for e in columns)
    lines.append(Line(words.say("Answers (n)"), bases, "base"))
    caption = words.say("{title}: answers, %", title=_label(variable, words))
    return Grid(variable.name, caption, words.say("Answer"), tuple(waves), tuple(lines))


def _of_code(answers: Answers | None, code: int) -> Reading | None:
    """A share; nobody who gave an answer offered is a share of zero, not a hidden one."""
    if answers is None:
        return None
    found = next((reading for reading in answers.shares if reading.code == code), None)
    return found or Reading(answers.wave, 0.0, 0.0, 0.0, answers.base, code=code)


def apart(answers: Answers | None) -> tuple[Reading | None, Reading | None]:
    """Don't know and refused: both or neither, because with the base one would tell the other."""
    if answers is None:
        return None, None
    nothing = Reading(answers.wave, 0.0, 0.0, 0.0, answers.base)
    both = (answers.dont_know or nothing, answers.refused or nothing)
    return both if all(reading.printable for reading in both) else (None, None)


def group_grid(
    name: str,
    caption: str,
    *,
    tables: Sequence[GroupTable],
    heads: Mapping[int | None, str],
    group: Variable,
    words: Words,
    number: Number,
) -> Grid:
    """Shares or means by group: a block a wave, a column a group; `heads`: the lines' names by code."""
    own = (*sorted(group.codes), NOT_STATED)
    codes = [code for code in own if any(t.group(code) in t.bases for t in tables)]
    lines = []
    for table in reversed(tables):
        for code, head in heads.items():
            cells = tuple(_group_value(table, code, table.group(at), number, words) for at in codes)
            lines.append(Line(head, cells, block=table.wave))
        groups = [table.group(at) for at in codes]
        bases = tuple(
            base_value(table.bases[at], words) if at in table.bases else Value("", NOT_ASKED) for at in groups
        )
        lines.append(Line(words.say("Answers (n), rounded to 5"), bases, "base", table.wave))
    columns = tuple(_column(code, tables, group, words) for code in codes)
    joint = any(is_joint(table.group(code)) for table in tables for code in codes)
    return Grid(name, caption, words.say("Wave"), columns, tuple(lines), joint)


def _column(code: int, tables: Sequence[GroupTable], group: Variable, words: Words) -> str:
    """A group's name; of waves that differ, in which of them those who did not say are in it."""
    there = {table.wave: at for table in tables if (at := table.group(code)) in table.bases}
    joint = [wave for wave, at in there.items() if is_joint(at)]
    if len(joint) in (0, len(there)):
        return group_label(there[joint[0]] if joint else code, group, words)
    own = group_label(code, group, words)
    return words.say("{group} ({waves}: or not stated)", group=own, waves=", ".join(joint))


def _group_value(table: GroupTable, code: int | None, at: int, number: Number, words: Words) -> Value:
    cell = table.cells.get((code, at))
    if at not in table.bases:
        return Value("", NOT_ASKED)
    if cell is None or cell.value is None:
        return Value("", FEW)
    made: Value = number(cell.value, words)
    return Value(made.text, "*" if cell.small else "", made.number)


def group_label(code: int, group: Variable, words: Words) -> str:
    """A group's name."""
    if code == NOT_STATED:
        return words.say("Not stated")
    own = own_code(code)
    label = joint_label(group.codes[own]) if is_joint(code) else group.codes[own]
    return words.printed(label, f"code {own} of {group.name}")


def _label(variable: Variable, words: Words) -> str:
    """Without the full stop of a statement: more follows."""
    return capital(words.printed(variable.label, f"label of {variable.name}")).rstrip(".")


def _unit(words: Words, *, share: bool) -> str:
    return words.say("Share, %") if share else words.say("Mean score")


def _level(reading: Reading | None, number: Number, words: Words) -> Value:
    if reading is None:
        return Value("", NOT_ASKED)
    if not reading.printable:
        return Value("", FEW)
    made: Value = number(reading.estimate, words)
    return Value(made.text, "*" if reading.small else "", made.number)


def _bound(reading: Reading | None, which: str, number: Number, words: Words) -> Value:
    if reading is None or not reading.printable:
        return Value()
    value = float(getattr(reading, which))
    made: Value = number(value, words) if isfinite(value) else Value()
    return made


def words_of(text: Text, words: Words) -> str:
    """A text in this language, or what there is: a wording's history may lack a language."""
    return str(text.get(words.language) or next((t for t in text.values() if t), ""))


def stacked(name: str, caption: str, grids: list[Grid], words: Words) -> Grid:
    """Tables with the same columns one below the other."""
    lines = tuple(replace(line, block=grid.caption) for grid in grids for line in grid.lines)
    return Grid(name, caption, words.say("Wave"), grids[0].columns, lines)


def ticked(
    key: str, answers: Sequence[tuple[Variable, object]], grids: list[Grid], title: str, words: Words
) -> Grid:
    """Of a question with several answers only the share that ticked each option, a line an option."""
    lines = []
    for (variable, _), grid in zip(answers, grids, strict=True):
        wanted = words.printed(variable.codes[1], "ticked") if 1 in variable.codes else ""
        head = words.printed(variable.label, f"label of {variable.name}")
        lines += [replace(line, head=head) for line in grid.lines if line.head == wanted]
    lines += [line for line in grids[0].lines if line.kind in ("apart", "base")]
    caption = words.say("{title}: answers, %", title=title.rstrip("."))
    return Grid(key, caption, words.say("Answer"), grids[0].columns, tuple(lines))
