"""Blocks of words and the room there is in, the same blocks in sizes and lengths that fit out."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from matplotlib.axes import Axes

from reports.charts.style import INK, REGULAR, write
from reports.charts.text import wrap
from reports.errors import ReportError
from reports.shortening import shortened
from reports.trace import unmarked

LEAST = 6.5
"""No word of a tile is smaller, in units of its sheet."""
SCALES = (1.0, 0.92, 0.84, 0.76, 0.68, 0.6)
LEAST_LETTERS = 14
_ASCENT = 0.95
"""Of the type size, from the top of a line to its baseline."""


@dataclass(frozen=True)
class Block:
    """One paragraph. `rigid` is never shortened: figures, verdicts, marks; `optional` may fall away whole."""

    text: str
    size: float
    weight: int = REGULAR
    colour: str = INK
    after: float = 0.0
    leading: float = 1.25
    rigid: bool = False
    optional: bool = False

    def lines(self, width: float) -> tuple[str, ...]:
        return wrap(self.text, width, self.size, self.weight)

    def height(self, width: float) -> float:
        return len(self.lines(width)) * self.size * self.leading + self.after


def height(blocks: Sequence[Block], width: float) -> float:
    """Of all blocks under each other."""
    return sum(block.height(width) for block in blocks)


def sized(blocks: Sequence[Block], width: float, room: float) -> tuple[Block, ...] | None:
    """The blocks at the largest scale at which they fit; None where they fit at none."""
    told = [block for block in blocks if block.text]
    scaled = (tuple(_scaled(block, scale) for block in told) for scale in SCALES)
    return next((tried for tried in scaled if height(tried, width) <= room), None)


def fitted(blocks: Sequence[Block], width: float, room: float) -> tuple[Block, ...]:
    """The blocks at the largest scale at which they fit; if none does, the longest words are shortened.

    Then optional blocks fall away, the last one first. ReportError when what is left has no room.
    """
    found = sized(blocks, width, room)
    if found is not None:
        return found
    tried = tuple(_scaled(block, SCALES[-1]) for block in blocks if block.text)
    while height(tried, width) > room:
        tried = _tighter(tried, width)
    return tried


def _tighter(blocks: tuple[Block, ...], width: float) -> tuple[Block, ...]:
    """The same with the longest words shortened, else without the last optional block."""
    cut = [block for block in blocks if not (block.rigid or block.optional)]
    cut = [block for block in cut if len(block.lines(width)) > 1 and len(block.text) > LEAST_LETTERS]
    if cut:
        longest = max(cut, key=lambda block: len(block.lines(width)) * block.size)
        most = max(LEAST_LETTERS, len(longest.text) * 5 // 6)
        short = replace(longest, text=shortened(longest.text, most))
        return tuple(short if block is longest else block for block in blocks)
    spare = [block for block in blocks if block.optional]
    if not spare:
        said = " / ".join(unmarked(block.text) for block in blocks)
        raise ReportError(f"the words of a tile have no room even when shortened: {said}")
    return tuple(block for block in blocks if block is not spare[-1])


def flow(axes: Axes, x: float, y: float, width: float, blocks: Sequence[Block]) -> float:
    """Write the blocks under each other; the height at which the next thing may stand."""
    for block in blocks:
        for line in block.lines(width):
            write(
                axes,
                x,
                y + _ASCENT * block.size * min(1.0, block.leading),
                line,
                size=block.size,
                weight=block.weight,
                colour=block.colour,
            )
            y += block.size * block.leading
        y += block.after
    return y


def _scaled(block: Block, scale: float) -> Block:
    size = max(min(block.size, LEAST), block.size * scale)
    return replace(block, size=size, after=block.after * scale)
