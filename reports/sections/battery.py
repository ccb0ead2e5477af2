"""One chapter per headline battery: half a page a row with its finding, or rows of one direction together."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from instruments import Variable
from reports.charts import BarRow, Figure, Segment, diverging_bars
from reports.declared import CONFIRMATORY
from reports.evidence import Answers, BatteryEvidence, IndicatorEvidence
from reports.further import upper_net
from reports.i18n import Words
from reports.phrasing import unprintable
from reports.report import Section
from reports.rows import Reading
from reports.sections.headlines import finding, last_step, movement
from reports.sections.material import Material
from reports.sections.template import render
from reports.standing import ABOVE, Standing

MAX_WAVES, MAX_ROWS, MAX_CODES = 5, 5, 7
Rows = list[tuple[Variable, tuple[Answers, ...]]]


@dataclass(frozen=True)
class Half:
    """One figure with what is said below it; `ids` names the questions; `alone`: of one row."""

    name: str
    figure: Figure
    ids: str
    sentences: tuple[str, ...] = ()
    alone: bool = False


def battery_sections(material: Material) -> tuple[Section, ...]:
    """A section for each battery that has answers to draw."""
    return tuple(
        battery_section(battery, material, again=number > 0)
        for number, battery in enumerate(material.evidence.batteries)
    )


def battery_section(
    battery: BatteryEvidence,
    material: Material,
    text: str = "",
    *,
    apart: bool | None = None,
    again: bool = False,
    steps: bool = False,
) -> Section:
    """The chapter of one battery; `text` stands before it; `apart`: a figure for each row; `again`:
    a chapter before has said how bars are read; `steps`: how each row of a figure of several moved."""
    apart = material.long if apart is None else apart
    words, group = material.words, battery.group
    title = words.printed(group.label, f"label of battery {group.name}")
    table = battery_table_name(battery, material)
    html = render(
        "sections/battery.html",
        words,
        text=text,
        question=words.printed(group.question, f"question of battery {group.name}") if group.question else "",
        halves=[
            _half(part, battery, table, material, apart=apart, steps=steps)
            for part in battery_parts(battery, apart)
        ],
        table_name=table,
        again=again,
        weighted=material.weighted,
        middle=len(battery.rows[0][0].codes) % 2 == 1,
        waves=_waves(material),
        all_waves=material.wave_names,
        tabled=len(material.tabled),
        comparisons=material.further.item_family if (apart or steps) and material.infers else 0,
    )
    return Section(f"battery-{group.name.lower()}", title, html, flows=True)


def battery_table_name(battery: BatteryEvidence, material: Material) -> str:
    """The table with every answer to a battery."""
    return material.table_name(f"battery:{battery.group.name}", ids_of(battery.rows))


def ids_of(rows: Sequence[tuple[Variable, tuple[Answers, ...]]]) -> str:
    """The names of the questions, as the register lists them."""
    return ", ".join(variable.name for variable, _ in rows)


def battery_parts(battery: BatteryEvidence, apart: bool) -> list[Rows]:
    """Rows as figures show them: each apart, or of one direction and scale together, MAX_ROWS at most."""
    drawn = [(v, answers) for v, answers in battery.rows if 2 <= len(v.codes) <= MAX_CODES]
    if apart:
        return [[row] for row in drawn]
    kinds: dict[tuple[str, tuple[int, ...]], Rows] = {}
    for variable, answers in drawn:
        kinds.setdefault((variable.higher, tuple(sorted(variable.codes))), []).append((variable, answers))
    parts = []
    for rows in kinds.values():
        count = -(-len(rows) // MAX_ROWS)
        size = -(-len(rows) // count)
        parts += [rows[i : i + size] for i in range(0, len(rows), size)]
    return parts


def _half(
    rows: Rows, battery: BatteryEvidence, table: str, material: Material, *, apart: bool, steps: bool
) -> Half:
    words, (first, _) = material.words, rows[0]
    name = material.figure_name(f"bars:{battery.group.name}:{first.name}", ids_of(rows))
    known = material.further.items.get(first.name) if apart and material.long else None
    if known is None:
        title = words.printed(battery.group.label, f"label of battery {battery.group.name}")
        figure = answers_figure(rows, _caption(first, title, words), table, material)
        return Half(name, figure, ids_of(rows), tuple(_steps(rows, material)) if steps else ())
    moved = movement(row_subject(known, first, words), material)
    figure = answers_figure(rows, moved or _upper(first, words), table, material)
    sentences = (*row_sentences(known, first, material, above=ABOVE), *_declared(known, material))
    return Half(name, figure, ids_of(rows), sentences, alone=True)


def row_subject(known: IndicatorEvidence, variable: Variable, words: Words) -> IndicatorEvidence:
    """The share of a row's upper answers, named as its sentences name it."""
    named = replace(known.indicator, finding={words.language: _finding(variable, words)})
    return replace(known, indicator=named)


def row_sentences(
    known: IndicatorEvidence,
    variable: Variable,
    material: Material,
    *,
    above: frozenset[Standing] = frozenset(),
) -> tuple[str, ...]:
    """How a row's upper answers moved, and whether that is a headline finding too."""
    said = finding(row_subject(known, variable, material.words), material, above=above)
    return (*said.sentences, *_twin(known, material.words))


def _steps(rows: Rows, material: Material) -> Iterator[str]:
    """A sentence a row, since the wave before."""
    words = material.words
    for variable, _ in rows:
        known = material.further.items.get(variable.name)
        if known is None:
            continue
        label = words.printed(variable.label, f"label of {variable.name}").rstrip(".")
        step = last_step(row_subject(known, variable, words), material, above=ABOVE)
        if step:
            yield words.say(
                "{label}. {sentence}", label=f"{label} ({_upper(variable, words)})", sentence=step
            )


def _twin(about: IndicatorEvidence, words: Words) -> Iterator[str]:
    """That the row is a headline finding too: its interval is widened for that chapter's comparisons."""
    if about.same_as is not None and about.changes:
        label = words.printed(about.same_as.label, f"label of indicator {about.same_as.name}")
        yield words.say(
            "The same share is the headline indicator “{label}”; "
            "the interval of its change is the one there.",
            label=label,
        )


def _declared(about: IndicatorEvidence, material: Material) -> Iterator[str]:
    """That the plan has a test of this question: what stands here is exploratory all the same."""
    plan, variable = material.further.named, about.indicator.variable
    waves = [(each.wave_from, each.wave_to) for each in about.changes if each.standing != CONFIRMATORY]
    if plan is not None and any(plan.concerns(variable, pair) for pair in waves):
        yield material.words.say(
            "A change of this question was declared beforehand; "
            "its test stands in the chapter “What was declared beforehand”."
        )


def _caption(first: Variable, title: str, words: Words) -> str:
    directions = {
        "harmful": words.say(
            "{title}: agreeing or answering high is the harmful attitude (brown)", title=title
        ),
        "protective": words.say(
            "{title}: agreeing or answering high is the protective attitude (blue)", title=title
        ),
    }
    return directions.get(first.higher, title)


def _upper(variable: Variable, words: Words) -> str:
    """The net of upper answers by its name, else its answers in words: “Agree” or “Strongly agree”."""
    net = upper_net(variable)
    parts = [net.label] if net.label else [variable.codes[code] for code in net.codes]
    said = [
        words.say("“{question}”", question=words.printed(part, f"upper answers of {variable.name}"))
        for part in parts
    ]
    return said[0] if len(said) == 1 else words.say("{a} or {b}", a=", ".join(said[:-1]), b=said[-1])


def _finding(variable: Variable, words: Words) -> str:
    """The subject of the row's sentence; the statement stands in the figure right above it."""
    return words.say("the share of people who answered {answers}", answers=_upper(variable, words))


def answers_figure(rows: Rows, caption: str, table: str, material: Material) -> Figure:
    """Bars of rows of one scale, one a wave; `table` names what holds their figures."""
    words, (first, _) = material.words, rows[0]
    labels = [
        words.printed(first.codes[code], f"code {code} of {first.name}") for code in sorted(first.codes)
    ]
    waves = _waves(material)
    bars = [
        BarRow(
            words.printed(variable.label, f"label of {variable.name}"),
            tuple(_segment(each, variable, material) for each in answers if each.wave in waves),
            _breaks(variable, waves, material),
            words.say("question changed"),
        )
        for variable, answers in rows
    ]
    return diverging_bars(bars, labels, first.higher, words, caption=caption, table=table)


def _breaks(variable: Variable, waves: Sequence[str], material: Material) -> tuple[str, ...]:
    """The drawn waves whose question is not the one of the drawn wave before."""
    known, names = material.further.items.get(variable.name), material.wave_names
    if known is None:
        return ()
    places = {wave: names.index(wave) for wave in (*known.breaks, *waves)}
    pairs = pairwise(waves)
    return tuple(
        after
        for before, after in pairs
        if any(places[before] < places[wave] <= places[after] for wave in known.breaks)
    )


def _segment(answers: Answers, variable: Variable, material: Material) -> Segment:
    if not answers.printable:
        return Segment(answers.wave, answers.base, (), hidden=unprintable(answers.few, material.words))
    shares = {reading.code: reading.estimate for reading in answers.shares}
    return Segment(
        wave=answers.wave,
        base=answers.base,
        shares=tuple(shares.get(code, 0.0) for code in sorted(variable.codes)),
        dont_know=_apart(answers.dont_know),
        refused=_apart(answers.refused),
        small=answers.small,
    )


def _apart(reading: Reading | None) -> float | None:
    """The share of everybody asked, None where it may not be printed."""
    if reading is None:
        return 0.0
    return reading.estimate if reading.printable else None


def _waves(material: Material) -> tuple[str, ...]:
    """The first wave and the latest ones, as many as a row of bars can hold."""
    names = material.wave_names
    return names if len(names) <= MAX_WAVES else (names[0], *names[1 - MAX_WAVES :])
