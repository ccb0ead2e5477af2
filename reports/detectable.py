"""The smallest change of 80 per cent power in, the sentence beside a change that was not clear out."""

from decimal import ROUND_CEILING, Decimal

from reports.i18n import Words
from reports.trace import derived


def detectable_sentence(mdc: float, decimals: int, words: Words, *, share: bool, yearly: bool = False) -> str:
    """Rounded up: a smaller number would promise more than the sample can see.

    A smaller change may be seen too, with less luck: the sentence says how often, and no threshold.
    """
    step = Decimal(1).scaleb(-decimals)
    size = Decimal(repr((100 if share else 1) * mdc)).quantize(step, rounding=ROUND_CEILING)
    shown = derived(float(size), mdc)
    text = words.width(shown / 100, decimals) if share else words.number(shown, decimals)
    if yearly:
        return words.say(
            "A change of about {size} a year would have been seen four times in five.", size=text
        )
    return words.say("A change of about {size} would have been seen four times in five.", size=text)
