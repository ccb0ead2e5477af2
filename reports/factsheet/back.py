"""The factsheet's second page: answers by wave, groups, how we know it, how to quote it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from instruments import Group, Text, Variable
from reports.charts import Dot, DotBlock, Figure, group_dots
from reports.evidence import BatteryEvidence
from reports.factsheet.front import CARDS, attached
from reports.further import Cut, GroupLine
from reports.i18n import typeset
from reports.phrasing import unprintable
from reports.qr import qr_source
from reports.report import Section
from reports.sections import Material
from reports.sections.battery import MAX_CODES, Rows, answers_figure
from reports.sections.cover import citation, licence
from reports.sections.published_facts import published_facts
from reports.sections.template import blanks, render
from reports.sections.trends import score_range
from reports.sections.wording import sources
from reports.shortening import ELLIPSIS, shared, shortened
from reports.summary import LABEL, brief, carded, method_line, plain_address

STATEMENT, ANSWER, GROUP, MEMBERS, FACT, CITATION, LICENCE = 130, 40, 40, 60, 260, 400, 60
FIGURES = 420
"""Letters of a statement, of an answer, of what parts people, of who a group is (two lines: that those who
did not say are counted in it stands at its end), of a fact of the method, of a citation, of a licence; and of
dates, sizes and errors, which eight waves do not reach."""
WORDING, LEAST_WORDING, MOST_QUESTIONS = 660, 80, 8
"""Letters of all questions, and of one at least; questions that are said in words, the others by name."""


@dataclass(frozen=True)
class Asked:
    """A question the page rests on."""

    ids: str
    text: str


def back_section(material: Material) -> Section:
    """Who answered what, and how we know."""
    words, spec = material.words, material.spec
    row = _row(material)
    asked = _asked(row, material)
    html = render(
        "factsheet/back.html",
        words,
        answers=_answers(row, material) if row else None,
        groups=_groups(material),
        facts=[
            (fact.name, shortened(fact.text, FIGURES if fact.figures else FACT))
            for fact in published_facts(material)
            if not fact.anchor
        ],
        asked=asked,
        small=_small(row, material),
        joint=any(line.joint for cut in material.further.cuts for line in cut.lines),
        cut=any(each.text.endswith(ELLIPSIS) for each in asked),
        weighted=material.weighted,
        infers=material.infers,
        citation=shortened(citation(material), CITATION),
        licence=shortened(licence(material).partition(",")[0], LICENCE),
        strip=method_line(material),
        qr=qr_source(spec.address) if spec.address else "",
        address=plain_address(spec.address),
    )
    return Section("back", words.say("How people answered, and how we know"), html)


def _row(material: Material) -> tuple[BatteryEvidence, Rows] | None:
    """The row of a battery that is drawn: the one asked for, else the first that can be."""
    asked = material.spec.factsheet.answers if material.spec.factsheet else ""
    for battery in material.evidence.batteries:
        for variable, answers in battery.rows:
            if asked in ("", variable.name) and 2 <= len(variable.codes) <= MAX_CODES:
                return battery, [(_brief(variable, material), answers)]
    return None


def _brief(variable: Variable, material: Material) -> Variable:
    """The row with words that bars have room for."""
    words, language = material.words, material.words.language
    label = words.pick(variable.label, f"label of {variable.name}")
    codes = {
        code: {**text, language: shortened(words.pick(text, f"code {code} of {variable.name}"), ANSWER)}
        for code, text in variable.codes.items()
    }
    return replace(variable, label={**variable.label, language: shortened(label, STATEMENT)}, codes=codes)


def _answers(found: tuple[BatteryEvidence, Rows], material: Material) -> Figure:
    battery, rows = found
    words = material.words
    title = words.printed(battery.group.label, f"label of battery {battery.group.name}")
    return answers_figure(rows, shortened(title, LABEL), attached(material), material)


def _groups(material: Material) -> Figure | None:
    cuts = material.further.cuts
    if not cuts:
        return None
    words, latest, previous = material.words, material.wave_names[-1], material.wave_names[-2:-1]
    name = cuts[0].indicator.name
    each = brief(next(e for e in material.evidence.indicators if e.indicator.name == name), material)
    label = words.printed(each.indicator.label, f"label of indicator {name}")
    share = each.indicator.statistic == "proportion"
    return group_dots(
        [_block(cut, material) for cut in cuts],
        words,
        higher=each.indicator.higher,
        wave=latest,
        total=each.reading(latest),
        before=previous[0] if previous else "",
        unit="percent" if share else "score",
        scale=(0.0, 1.0) if share else score_range(each.indicator.variable, each.readings, material),
        caption=words.say("{label}, by group", label=label),
        table=attached(material),
    )


def _block(cut: Cut, material: Material) -> DotBlock:
    words = material.words
    heading = shortened(words.pick(cut.column.label, f"label of {cut.column.name}"), GROUP)
    return DotBlock(heading, tuple(_dot(line, cut, material) for line in cut.lines))


def _dot(line: GroupLine, cut: Cut, material: Material) -> Dot:
    words, reading = material.words, line.latest
    label = words.printed(line.label, f"code {line.code} of {cut.column.name}")
    hidden = ""
    if reading is not None and not reading.printable:
        hidden = unprintable(reading.few, words, withheld=reading.withheld)
    return Dot(shortened(label, MEMBERS), reading, line.previous, hidden)


def _asked(row: tuple[BatteryEvidence, Rows] | None, material: Material) -> list[Asked]:
    """The wording of the questions behind cards and bars, in the page's language."""
    names: dict[str, None] = {}
    for each in carded(material)[:CARDS]:
        names |= dict.fromkeys(sources(each.indicator.variable, material.evidence.codebook))
    if row is not None:
        names |= dict.fromkeys(variable.name for variable, _ in row[1])
    found = list(_worded(names, material))
    rooms = shared([len(text) for _, text in found[:MOST_QUESTIONS]], WORDING, LEAST_WORDING)
    told = [Asked(ids, shortened(text, room)) for (ids, text), room in zip(found, rooms, strict=False)]
    rest = ", ".join(ids for ids, _ in found[MOST_QUESTIONS:])
    return [*told, Asked(shortened(rest, LEAST_WORDING), ELLIPSIS)] if rest else told


def _small(row: tuple[BatteryEvidence, Rows] | None, material: Material) -> bool:
    """Whether a base below the star of caution is printed on the page."""
    lines = [line for cut in material.further.cuts for line in cut.lines]
    groups = any(line.latest is not None and line.latest.small for line in lines)
    return groups or (row is not None and any(each.small for _, answers in row[1] for each in answers))


def _worded(names: dict[str, None], material: Material) -> Iterator[tuple[str, str]]:
    """(ids, words): a battery's stem with the rows it needs once, any other question by itself."""
    codebook = material.evidence.codebook
    groups = {name: group for group in codebook.groups for name in group.variables}
    told: set[str] = set()
    for name in names:
        if name in told:
            continue
        group = groups.get(name)
        members = [each for each in group.variables if each in names] if group else [name]
        told |= set(members)
        variables = [codebook.variable(each) for each in members]
        yield _span(members), _question(group, variables, material)


def _question(group: Group | None, variables: list[Variable], material: Material) -> str:
    stem = (group.question if group else {}) or variables[0].question or variables[0].label
    text = blanks(_said(stem, material))
    rows = (
        [_said(each.label, material).rstrip(".;") for each in variables] if group and group.question else []
    )
    return f"{text} — {'; '.join(rows)}" if rows else text


def _said(text: Text, material: Material) -> str:
    language = material.words.language
    return typeset(material.in_words(text), language) if text else ""


def _span(members: list[str]) -> str:
    return members[0] if len(members) == 1 else f"{members[0]}–{members[-1]}"
