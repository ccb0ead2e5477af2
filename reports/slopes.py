"""The line through three or more waves in, one sentence of the report's language out.

It stands below the sentences of the changes, which name the indicator. The verdict comes with the slope.
"""

import math

from reports.detectable import detectable_sentence
from reports.i18n import Words, rounded
from reports.rows import Slope

_MAX_DECIMALS = 4
_SENTENCES = {
    "rose": "All {n} waves together: up by {size} a year on average (95% interval {low} to {high}).",
    "fell": "All {n} waves together: down by {size} a year on average (95% interval {low} to {high}).",
    "no_clear_change": (
        "All {n} waves together: no clear direction, {change} a year on average "
        "(95% interval {low} to {high}, which includes zero)."
    ),
}
_CURVED = "The waves do not lie on one line, so the average hides ups and downs."
SLOPES = (*_SENTENCES.values(), _CURVED)


def slope_sentence(slope: Slope, words: Words, *, share: bool) -> str:
    """What the line says, or nothing where none may be drawn: the changes have said why."""
    if not slope.printable or slope.verdict not in _SENTENCES:
        return ""
    decimals, scale = slope_decimals(slope, share=share), 100 if share else 1
    text = words.say(
        _SENTENCES[slope.verdict],
        n=words.number(slope.waves),
        size=_size(abs(slope.estimate), decimals, words, share=share),
        change=_change(slope.estimate, decimals, words, share=share),
        low=words.signed(scale * slope.low, decimals),
        high=words.signed(scale * slope.high, decimals),
    )
    if slope.verdict == "no_clear_change" and math.isfinite(slope.mdc):
        text += " " + detectable_sentence(slope.mdc, decimals, words, share=share, yearly=True)
    return f"{text} {words.say(_CURVED)}" if slope.curved else text


def slope_decimals(slope: Slope, *, share: bool) -> int:
    """The fewest decimals (points: one, scores: two) at which the interval shows what the verdict says."""
    scale, least = (100, 1) if share else (1, 2)
    for decimals in range(least, _MAX_DECIMALS):
        low, high = rounded(scale * slope.low, decimals), rounded(scale * slope.high, decimals)
        if slope.verdict == "no_clear_change" or low > 0 or high < 0:
            return decimals
    return _MAX_DECIMALS


def _size(value: float, decimals: int, words: Words, *, share: bool) -> str:
    return words.width(value, decimals) if share else words.number(value, decimals)


def _change(value: float, decimals: int, words: Words, *, share: bool) -> str:
    return words.points(value, decimals) if share else words.signed(value, decimals)
