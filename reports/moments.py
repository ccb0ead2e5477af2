"""Names of waves in, the words that place a figure in time out."""

import re

from reports.i18n import Words
from reports.rows import Change

_YEAR = re.compile(r"\d{4}")


def in_wave(wave: str, words: Words) -> str:
    """`in 2025`, or `in wave “spring”` for a wave whose name is no year."""
    if _YEAR.fullmatch(wave):
        return words.say("in {wave}", wave=wave)
    return words.say("in wave “{wave}”", wave=wave)


def since(amount: str, wave: str, words: Words) -> str:
    """`−4 points since 2024`."""
    return words.say("{amount} {since}", amount=amount, since=since_wave(wave, words))


def since_wave(wave: str, words: Words) -> str:
    """`since 2024`."""
    if _YEAR.fullmatch(wave):
        return words.say("since {wave}", wave=wave)
    return words.say("since wave “{wave}”", wave=wave)


def wave_words(change: Change, words: Words) -> dict[str, str]:
    """The two waves of a change, each way a sentence may name them."""
    first, last = change.wave_from, change.wave_to
    if _YEAR.fullmatch(first) and _YEAR.fullmatch(last):
        between = words.say("between {a} and {b}", a=first, b=last)
        both = words.say("of {a} and {b}", a=first, b=last)
    else:
        between = words.say("between waves “{a}” and “{b}”", a=first, b=last)
        both = words.say("of the waves “{a}” and “{b}”", a=first, b=last)
    return {
        "wave_from": in_wave(first, words),
        "wave_to": in_wave(last, words),
        "between": between,
        "both": both,
    }
