"""Records of the latest wave in; sample flow and weighting plot, and the tables of their numbers, out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reports.charts import Figure, FlowStep, Loss, Margin, MarginCell, sample_flow, weighting_plot
from reports.sections.material import Material
from reports.sections.method_facts import ENDED, outcome_names, outcomes_told
from reports.tables import Block, Cell, Row, Table

FINISHED = ("complete", "partial")
LOST = ("breakoff", ENDED, "screenout", "withdrawn")
TABLE = "weighting"


@dataclass(frozen=True)
class Drawn:
    """A figure with its name."""

    name: str
    figure: Figure


def method_figures(material: Material) -> tuple[Drawn, ...]:
    """How invitations became interviews; how far the sample stood from the population. None unknown."""
    return tuple(each for each in (_flow(material), _weighting(material)) if each is not None)


def method_tables(material: Material) -> list[Table]:
    """The tables of the numbers in these figures."""
    flow, margins = _stages(material), _margins(material)
    tables = [_counts(flow, material)] if flow else []
    return [*tables, *([_shares(margins, material)] if margins else [])]


def _flow(material: Material) -> Drawn | None:
    words, wave, steps = material.words, material.evidence.latest.name, _stages(material)
    if not steps:
        return None
    name = material.figure_name("flow", words.say("fieldwork of {wave}", wave=wave))
    table = _counts(steps, material)
    return Drawn(name, sample_flow(steps, words, caption=table.caption, table=table.name))


def _stages(material: Material) -> list[FlowStep]:
    """From invitations to the interviews analysed; none where the records do not tell."""
    words, latest = material.words, material.evidence.latest
    fieldwork = material.record(latest.name).fieldwork
    counts = outcomes_told(fieldwork)
    begun, invited = sum(counts.values()), fieldwork.get("invitations") or 0
    kept = sum(counts.get(name, 0) for name in FINISHED)
    if not kept or begun < latest.interviews:
        return []
    steps = []
    losses: tuple[Loss, ...] = ()
    if invited >= begun:
        steps.append(FlowStep(words.say("Invitations"), invited))
        losses = (Loss(words.say("did not begin, or left nothing behind"), invited - begun),)
    steps.append(FlowStep(words.say("Questionnaires begun"), begun, losses))
    steps.append(FlowStep(words.say("Interviews kept"), kept, _losses(counts, material)))
    if latest.interviews < kept:
        out = (Loss(words.say("left out when the data were checked"), kept - latest.interviews),)
        steps.append(FlowStep(words.say("Interviews analysed"), latest.interviews, out))
    return steps


def _counts(steps: Sequence[FlowStep], material: Material) -> Table:
    """A line a stage, and a line for whoever left before it."""
    words, wave, rows = material.words, material.evidence.latest.name, []
    for step in steps:
        rows += [Row(loss.label, (Cell(words.signed(-loss.count, 0)),), "interval") for loss in step.losses]
        rows.append(Row(step.label, (Cell(words.number(step.count)),)))
    name = material.table_name("flow", words.say("fieldwork of {wave}", wave=wave))
    caption = words.say("From those asked to the interviews analysed, {wave}", wave=wave)
    columns = ((words.say("Count"), False),)
    return Table(name, caption, words.say("Stage"), columns, (Block("", tuple(rows)),))


def _losses(counts: Mapping[str, int], material: Material) -> tuple[Loss, ...]:
    words = material.words
    names = outcome_names(words)
    return tuple(Loss(names[each], counts[each]) for each in LOST if counts.get(each))


def _weighting(material: Material) -> Drawn | None:
    words, wave, margins = material.words, material.evidence.latest.name, _margins(material)
    if not margins:
        return None
    name = material.figure_name(TABLE, words.say("weights of {wave}", wave=wave))
    table = _shares(margins, material)
    return Drawn(name, weighting_plot(margins, words, caption=table.caption, table=table.name))


def _margins(material: Material) -> list[Margin]:
    """Population and sample, margin by margin; none where the weights keep no cells."""
    cells = material.record(material.evidence.latest.name).weights.get("cells") or ()
    found: dict[str, list[MarginCell]] = {}
    for each in cells:
        label = _cell(str(each["cell"]), material)
        cell = MarginCell(label, float(each["target"]), float(each["before"]), float(each["after"]))
        found.setdefault(str(each["margin"]), []).append(cell)
    return [Margin(_margin(name, material), tuple(of)) for name, of in found.items()]


def _shares(margins: Sequence[Margin], material: Material) -> Table:
    """Shares of the population and of the sample in per cent."""
    words, wave = material.words, material.evidence.latest.name
    heads = (words.say("population, %"), words.say("before"), words.say("after"))
    blocks = tuple(
        Block(margin.label, tuple(_share(cell, material) for cell in margin.cells)) for margin in margins
    )
    name = material.table_name(TABLE, words.say("weights of {wave}", wave=wave))
    caption = words.say("The sample beside the population, before and after weighting, {wave}", wave=wave)
    return Table(name, caption, words.say("Group"), tuple((head, False) for head in heads), blocks)


def _share(cell: MarginCell, material: Material) -> Row:
    shares = (cell.target, cell.before, cell.after)
    return Row(cell.label, tuple(Cell(material.words.number(100 * share, 1)) for share in shares))


def _margin(name: str, material: Material) -> str:
    codebook = material.evidence.codebook
    labels = [
        material.in_words(codebook.variable(part).label) if part in codebook else part
        for part in name.replace("*", ":").split(":")
    ]
    return " × ".join(labels)


def _cell(text: str, material: Material) -> str:
    """`Z_SEX=1,AREA=2` as the labels of its codes."""
    codebook = material.evidence.codebook
    found = []
    for part in text.split(","):
        name, _, code = part.strip().partition("=")
        known: Mapping[int, Any] = codebook.variable(name).codes if name in codebook else {}
        label = known.get(int(code)) if code.lstrip("-").isdigit() else None
        found.append(material.in_words(label) if label else part)
    return " × ".join(found)
