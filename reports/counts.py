"""Counts of people in; the words that may be printed of them out, so that nobody can tell fewer than ten."""

from collections.abc import Mapping

from reports.i18n import Words

FEWEST = 10
"""Figures of fewer people than this are kept back; so are differences between two groups or releases."""
_ROUNDING = 10


def counted(count: int, words: Words) -> str:
    """A count that is no part of a known whole: exact, or that it is of fewer than ten."""
    return words.number(count) if count == 0 or count >= FEWEST else _fewer(words)


def parts_counted(parts: Mapping[str, int], words: Words) -> dict[str, str]:
    """Parts of a known whole: small ones are fewer than ten, and the two largest are said roughly.

    What is said of the second follows from what it makes with the small ones, and of the largest from
    itself. So whoever subtracts the other parts, or knows the largest exactly (public rows may tell it from
    all others together), learns of a small part no more than that it is of 1 to 9. Where the second is so
    small that being ten or more tells of those beside it, all of them are fewer than twenty.
    """
    few = {name: count for name, count in parts.items() if 0 < count < FEWEST}
    said = {name: _fewer(words) if name in few else words.number(count) for name, count in parts.items()}
    first, *rest = sorted((name for name in parts if parts[name]), key=lambda name: -parts[name]) or [""]
    if not few or first in few:
        return said
    second = max((name for name in rest if name not in few), key=lambda name: parts[name], default=first)
    together = parts[second] + sum(few.values())
    beside = together if second != first else sum(few.values())
    if len(rest) > 1 and beside < 2 * FEWEST + len(few):
        low = [name for name in rest if parts[name] < 2 * FEWEST]
        whole = parts[first] + sum(parts[name] for name in low)
        return said | dict.fromkeys(low, _fewer(words, 2 * FEWEST)) | {first: _about(whole - FEWEST, words)}
    middle = together - len(few) * FEWEST / 2
    return said | {first: _about(parts[first], words)} | {second: _about(middle, words)}


def _about(middle: float, words: Words) -> str:
    rough = max(FEWEST, round(middle / _ROUNDING) * _ROUNDING)
    return words.say("about {n}", n=words.number(rough))


def _fewer(words: Words, least: int = FEWEST) -> str:
    return words.say("fewer than {n}", n=words.number(least))
