"""One question or indicator by one grouping in, its tables with a dot plot of the latest waves out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from instruments import Variable
from reports.charts import Dot, DotBlock, dots, style
from reports.grouping import GroupTable
from reports.origin import origin_of
from reports.phrasing import unprintable
from reports.rows import FLAG, SHOW, SUPPRESS, Reading
from reports.sections import Material
from reports.site.grids import Grid, Number, group_grid, group_label
from reports.site.pictures import Picture, pictured
from reports.unstated import is_joint, own_code

MOST_BLOCKS = 8
"""Answers of which a plot shows the groups; a longer list is a table alone."""


@dataclass(frozen=True)
class Parted:
    """What is shown by groups: `heads` the lines' names by answer; `scale` of a score, none of shares."""

    name: str
    caption: str
    tables: tuple[GroupTable, ...]
    heads: Mapping[int | None, str]
    group: Variable
    higher: str
    total: Mapping[int | None, Reading]
    """The whole of the latest wave, by answer."""
    scale: tuple[float, float] | None = None


def parted_grid(parted: Parted, material: Material, number: Number) -> Grid:
    """The table: a block a wave, a column a group."""
    return group_grid(
        parted.name,
        parted.caption,
        tables=parted.tables,
        heads=parted.heads,
        group=parted.group,
        words=material.words,
        number=number,
    )


def parted_picture(parted: Parted, material: Material) -> Picture | None:
    """Dots of the latest wave with intervals, the wave before hollow; None where no dot could stand."""
    latest = parted.tables[-1]
    before = parted.tables[-2] if len(parted.tables) > 1 else None
    if len(parted.heads) > MOST_BLOCKS:
        return None
    blocks = [
        DotBlock(head if len(parted.heads) > 1 else "", tuple(_dots(code, parted, latest, before, material)))
        for code, head in parted.heads.items()
        if any(
            cell.value is not None
            for (of, at), cell in latest.cells.items()
            if of == code and own_code(at) in parted.group.codes
        )
    ]
    if not blocks:
        return None
    words = material.words
    total = parted.total.get(next(iter(parted.heads))) if len(parted.heads) == 1 else None
    unit, scale = "score" if parted.scale else "percent", parted.scale or (0.0, 1.0)

    def draw(width: float) -> style.Canvas:
        return dots.draw_groups(
            blocks,
            words,
            higher=parted.higher,
            wave=latest.wave,
            total=total,
            before=before.wave if before else "",
            unit=unit,
            scale=scale,
            width=width,
        )

    axis = dots.levels_axis(blocks, total, unit, scale)
    alt = dots.groups_alt(blocks, axis, words, wave=latest.wave, table=words.say("the table below"))
    return pictured(draw, alt=alt, caption=parted.caption, origin=origin_of(material))


def _dots(
    code: int | None, parted: Parted, latest: GroupTable, before: GroupTable | None, material: Material
) -> Sequence[Dot]:
    """A dot a group; who did not say has none."""
    found = []
    for own in sorted(parted.group.codes):
        at = latest.group(own)
        if at in latest.bases:
            reading = _reading(latest, code, at)
            hidden = "" if reading.printable else _why(latest, code, at, material)
            then = before.group(own) if before else own
            earlier = _reading(before, code, then) if before and then in before.bases else None
            named = then if earlier is not None and is_joint(then) else at
            found.append(Dot(group_label(named, parted.group, material.words), reading, earlier, hidden))
    return found


def _why(table: GroupTable, code: int | None, at: int, material: Material) -> str:
    """Too few in the group, hidden for people's sake (its own or a smaller group's), or too uncertain."""
    cell = table.cells.get((code, at))
    secret = cell is not None and (cell.secret or cell.beside)
    return unprintable(table.bases[at] is None, material.words, withheld=secret)


def _reading(table: GroupTable, code: int | None, at: int) -> Reading:
    """A cell as charts take it; its base is the rounded one, none of a group too small to print."""
    cell, base = table.cells.get((code, at)), table.bases[at] or 0
    nothing = float("nan")
    if cell is None or cell.value is None:
        return Reading(table.wave, nothing, nothing, nothing, base, publish=SUPPRESS)
    low, high = (nothing if end is None else end for end in (cell.low, cell.high))
    return Reading(table.wave, cell.value, low, high, base, publish=FLAG if cell.small else SHOW)
