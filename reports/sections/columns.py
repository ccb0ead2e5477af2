"""Things of known height in, the same in columns, page by page, out.

The printer's own columns balance by laying everything out again and again, all that follows included: on
ten pages of appendices that was three quarters of the printing time.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")
Block = tuple[tuple[T, ...], ...]


def in_columns(
    things: Sequence[T], height: Callable[[T], float], *, count: int, room: float, first: float = 0.0
) -> Iterator[Block[T]]:
    """Blocks of `count` columns, filled one after the other up to `room`; the last one is evened out.

    `first` is the room of the first block, which shares its page with what stands before.
    """
    waiting = list(things)
    most = first or room
    while waiting:
        if _columns([height(each) for each in waiting], most) <= count:
            yield _evened(waiting, height, count)
            return
        taken = _filled(waiting, height, count, most)
        waiting = waiting[sum(map(len, taken)) :]
        yield taken
        most = room


def _filled(things: Sequence[T], height: Callable[[T], float], count: int, most: float) -> Block[T]:
    """As many things as fit, in their order; a thing higher than a column has it to itself."""
    columns: list[list[T]] = [[]]
    used = 0.0
    for each in things:
        size = height(each)
        if used and used + size > most:
            if len(columns) == count:
                break
            columns.append([])
            used = 0.0
        columns[-1].append(each)
        used += size
    return tuple(tuple(column) for column in columns)


def _evened(things: Sequence[T], height: Callable[[T], float], count: int) -> Block[T]:
    """All things in columns whose highest is as low as can be."""
    heights = [height(each) for each in things]
    low, high = max(heights), sum(heights)
    while high - low > 0.5:
        middle = (low + high) / 2
        low, high = (low, middle) if _columns(heights, middle) <= count else (middle, high)
    return _filled(things, height, count, high)


def _columns(heights: Sequence[float], most: float) -> int:
    """How many columns of this height they fill in their order."""
    count, used = 1, 0.0
    for size in heights:
        if used and used + size > most:
            count, used = count + 1, 0.0
        used += size
    return count
