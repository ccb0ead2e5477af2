"""Invented figures in, every kind of sentence in every language out: a table for native readers to review.

`python -m reports.specimens > docs/guide/sentences.md` writes it anew; a test compares the two.
"""

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace

from instruments import Indicator, load_library
from reports.declared import CONFIRMATORY, EXPLORATORY
from reports.i18n import LANGUAGES, Words, words
from reports.phrasing import (
    Pair,
    Subject,
    change_sentence,
    level_sentence,
    step_sentence,
    subject,
)
from reports.rows import FLAG, SUPPRESS, Change, Reading, Slope
from reports.slopes import slope_sentence
from reports.standing import Standings

INSTRUMENT, SHARE, MEAN = "kz_thb_core", "WR_POLICE", "VB_INDEX"
REASON = {
    "en": "from 2025 on the scale has five answers",
    "ru": "с 2025 года в шкале пять ответов",
    "kk": "2025 жылдан бастап шкалада бес жауап бар",
    "uz": "2025-yildan shkalada beshta javob bor",
}
Say = Callable[[Subject, Words], str]


def specimens(language: str) -> Iterator[tuple[str, str]]:
    """(what was found, the sentence) for every kind of sentence in one language."""
    spoken = words(language)
    share, mean = (subject(_indicator(name), spoken) for name in (SHARE, MEAN))
    for name, say in _SHARES.items():
        yield name, say(share, spoken)
    for name, say in _MEANS.items():
        yield name, say(mean, spoken)


def markdown() -> str:
    """The table as a Markdown page."""
    lines = [
        "# Sentences a report writes, for review by native readers",
        "",
        "Made by `python -m reports.specimens > docs/guide/sentences.md`; the figures are invented. The",
        "words in kk, ru and uz are drafts: write what is wrong beside the sentence and change it in",
        "`reports/translations/LANG/LC_MESSAGES/reports.po` (findings: in the instrument).",
    ]
    found = {language: dict(specimens(language)) for language in LANGUAGES}
    for name in found["en"]:
        lines += ["", f"## {name}", "", "| | |", "|---|---|"]
        lines += [f"| {language} | {found[language][name]} |" for language in LANGUAGES]
    return "\n".join(lines) + "\n"


def _indicator(name: str) -> Indicator:
    codebook = load_library(INSTRUMENT).codebook()
    return next(each for each in codebook.indicators if each.name == name)


def _reading(wave: str, value: float, half: float, base: int = 1500) -> Reading:
    return Reading(wave, value, value - half, value + half, base)


def _pair(before: float, after: float, half: float, verdict: str, *, mdc: float = 0.0) -> Pair:
    moved = after - before
    change = Change("2022", "2025", moved, moved - half, moved + half, mdc, verdict)
    return Pair(_reading("2022", before, half), _reading("2025", after, half), change)


def _stood(sentence: str, words: Words, standing: str) -> str:
    return Standings(words).after(sentence, standing)


def _again(sentence: str, words: Words, standing: str) -> str:
    stands = Standings(words)
    stands.after(sentence, standing)
    return stands.after(sentence, standing)


_ROSE = _pair(0.46, 0.58, 0.03, "rose")
_FELL = _pair(0.46, 0.33, 0.03, "fell")
_STILL = _pair(0.46, 0.48, 0.03, "no_clear_change", mdc=0.043)
_HIDDEN = replace(_ROSE, after=replace(_ROSE.after, base=21, publish=SUPPRESS))
_FEW = replace(_HIDDEN, change=replace(_ROSE.change, verdict="too_few", reason="base_under_30"))
_VAGUE = replace(_FEW, after=replace(_HIDDEN.after, base=182))
_BROKEN = _pair(0.46, 0.58, 0.03, "not_comparable")
_UNDRAWN = _pair(0.46, 0.58, 0.03, "not_inferable")
_SMALL = replace(_ROSE, after=replace(_ROSE.after, base=64, publish=FLAG))
_NARROW = _pair(0.461, 0.464, 0.002, "rose")
_SLOPE = Slope(5, "2021", "2025", -0.021, -0.034, -0.008, "fell", curved=True)
_FLAT = Slope(5, "2021", "2025", 0.006, -0.004, 0.016, "no_clear_change", curved=False, mdc=0.0143)
_SHARES: dict[str, Say] = {
    "Rose": lambda about, words: change_sentence(about, _ROSE, words),
    "Fell": lambda about, words: change_sentence(about, _FELL, words),
    "No clear change, with the change that would have been seen four times in five": lambda about, words: (
        change_sentence(about, _STILL, words)
    ),
    "Too few answers": lambda about, words: change_sentence(about, _FEW, words),
    "Too uncertain to print": lambda about, words: change_sentence(about, _VAGUE, words),
    "Not comparable, because the question changed": lambda about, words: change_sentence(
        about, _BROKEN, words, REASON[words.language]
    ),
    "Not a random sample": lambda about, words: change_sentence(about, _UNDRAWN, words),
    "A rise that whole per cent would hide": lambda about, words: change_sentence(about, _NARROW, words),
    "A small base": lambda about, words: change_sentence(about, _SMALL, words),
    "Confirmatory": lambda about, words: _stood(change_sentence(about, _ROSE, words), words, CONFIRMATORY),
    "Exploratory": lambda about, words: _stood(change_sentence(about, _FELL, words), words, EXPLORATORY),
    "Confirmatory, said of a further sentence": lambda about, words: _again(
        step_sentence(about, _ROSE, words), words, CONFIRMATORY
    ),
    "Exploratory, said of a further sentence": lambda about, words: _again(
        slope_sentence(_SLOPE, words, share=about.share), words, EXPLORATORY
    ),
    "A further comparison": lambda about, words: step_sentence(about, _FELL, words),
    "A further comparison without clear change": lambda about, words: step_sentence(about, _STILL, words),
    "One wave": lambda about, words: level_sentence(about, _ROSE.before, words),
    "One wave, a majority": lambda about, words: level_sentence(about, _ROSE.after, words),
    "One wave, not a random sample": lambda about, words: level_sentence(
        about, _ROSE.before, words, infers=False
    ),
    "One wave, too few answers": lambda about, words: level_sentence(about, _HIDDEN.after, words),
    "All waves together": lambda about, words: slope_sentence(_SLOPE, words, share=about.share),
    "All waves together, no clear direction": lambda about, words: slope_sentence(
        _FLAT, words, share=about.share
    ),
}
_MEANS: dict[str, Say] = {
    "A mean rose": lambda about, words: change_sentence(about, _pair(2.8, 3.05, 0.1, "rose"), words),
    "A mean fell": lambda about, words: change_sentence(about, _pair(3.05, 2.8, 0.1, "fell"), words),
    "A mean without clear change": lambda about, words: change_sentence(
        about, _pair(3.05, 3.01, 0.1, "no_clear_change", mdc=0.141), words
    ),
}

if __name__ == "__main__":
    sys.stdout.write(markdown())
