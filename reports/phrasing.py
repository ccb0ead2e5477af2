"""One estimate or one change in, one sentence of the report's language out.

The verdict comes with the change and is never decided here. A sentence prints whole per cent unless that
would hide what the verdict says (a rise "from 46% to 46%"); then it takes as many decimals as show it.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from instruments import Indicator
from reports.detectable import detectable_sentence
from reports.i18n import Words, capital, rounded
from reports.moments import in_wave, since_wave, wave_words
from reports.rows import Change, Reading

_MAX_DECIMALS = 4


@dataclass(frozen=True)
class Subject:
    """What a sentence is about: the indicator's own words in one language."""

    finding: str
    statistic: str
    """`proportion` or `mean`: decides units and, in Russian, the verb's gender."""

    @property
    def share(self) -> bool:
        return self.statistic == "proportion"


@dataclass(frozen=True)
class Pair:
    """Two readings of one indicator and the change between them."""

    before: Reading
    after: Reading
    change: Change

    @property
    def printable(self) -> bool:
        return self.before.printable and self.after.printable

    @property
    def judged(self) -> bool:
        """Whether the change was tested, and what the test said may be printed."""
        return self.printable and self.change.verdict in ("rose", "fell", "no_clear_change")

    @property
    def few(self) -> bool:
        """Whether it is a small base that forbids the comparison, and not an uncertain figure."""
        return any(each.few for each in (self.before, self.after) if not each.printable)


def subject(indicator: Indicator, words: Words) -> Subject:
    """The indicator's `finding` in this language; ReportError when it has none."""
    finding = words.printed(indicator.finding, f"finding of indicator {indicator.name}")
    return Subject(finding.strip().rstrip("."), indicator.statistic)


def change_sentence(about: Subject, pair: Pair, words: Words, reason: str = "") -> str:
    """The sentence of a change's verdict. `reason`: why two waves do not compare, in this language."""
    verdict = pair.change.verdict
    if verdict in ("not_comparable", "too_few") or not pair.printable:
        template = _NOT_COMPARABLE if verdict == "not_comparable" else _TOO_FEW if pair.few else _UNCERTAIN
        text = _sentence(template, about, words, wave_words(pair.change, words))
        given = words.say("Reason: {reason}.", reason=reason.rstrip(".")) if reason else ""
        return f"{text} {given}".rstrip()
    values = {**_numbers(about, pair, words), **wave_words(pair.change, words)}
    return _sentence(_CHANGES[verdict], about, words, values) + _remarks(about, pair, words)


def step_sentence(about: Subject, pair: Pair, words: Words) -> str:
    """The short form for a further comparison, after `change_sentence` has named the indicator."""
    verdict = pair.change.verdict
    since = since_wave(pair.change.wave_from, words)
    if verdict in ("not_comparable", "too_few") or not pair.printable:
        why = "too_few" if pair.few else "uncertain"
        template = _STEPS["not_comparable" if verdict == "not_comparable" else why]
        return capital(words.say(template, since=since))
    said = capital(words.say(_STEPS[verdict], since=since, **_numbers(about, pair, words)))
    return said + _remarks(about, pair, words)


def level_sentence(about: Subject, reading: Reading, words: Words, *, infers: bool = True) -> str:
    """What one wave found, with its interval; without one for a sample that allows no inference."""
    wave = in_wave(reading.wave, words)
    if not reading.printable:
        template = _LEVEL_FEW if reading.few else _LEVEL_UNCERTAIN
        return _sentence(template, about, words, {"wave": wave, "n": words.number(reading.base)})
    decimals = level_decimals(about, reading)
    values = {"wave": wave, "value": _level(about, reading.estimate, decimals, words)}
    if not infers:
        return _sentence(_LEVEL_NOT_RANDOM, about, words, values) + _caution((reading,), words)
    values["low"] = _level(about, reading.low, decimals, words)
    values["high"] = _level(about, reading.high, decimals, words)
    said = _sentence(_LEVEL, about, words, values)
    if is_majority(about, reading):
        said += " " + words.say("That is a majority: the whole interval lies above 50%.")
    return said + _caution((reading,), words)


def is_majority(about: Subject, reading: Reading) -> bool:
    """More than half, said only when the interval's lower end is above one half."""
    return about.share and reading.printable and reading.low > 0.5


def majority_sentence(words: Words, about: Subject, reading: Reading) -> str:
    """What may be said of a share for which `is_majority` holds, where other sentences speak of changes."""
    text = words.say(
        "{wave}, {value} ({interval}) is a majority: the whole interval lies above 50%.",
        wave=in_wave(reading.wave, words),
        value=level_text(about, reading, words),
        interval=interval_text(about, reading, words),
    )
    return capital(text)


def verdict_word(change: Change, words: Words) -> str:
    """The verdict in a word or two, for cards and charts."""
    uncertain = change.verdict == "too_few" and not change.few
    return verdict_said("uncertain" if uncertain else change.verdict, words)


def verdict_said(verdict: str, words: Words) -> str:
    """One of VERDICTS (or `uncertain`) in a word or two."""
    return words.say(_VERDICT_WORDS[verdict], context="verdict")


def unprintable(few: bool, words: Words, *, withheld: bool = False) -> str:
    """Why a figure is not printed, in a few words, for cards and charts."""
    if few:
        return words.say("too few answers")
    return words.say("hidden to protect a small group") if withheld else words.say("too uncertain to print")


def difference(about: Subject, pair: Pair, words: Words) -> str:
    """The signed difference: percentage points with their unit for shares, bare score points for means."""
    decimals, value = change_decimals(about, pair), pair.change.estimate
    return words.points(value, decimals) if about.share else words.signed(value, decimals)


def level_text(about: Subject, reading: Reading, words: Words) -> str:
    """The bare figure as cards print it: whole per cent, or a mean with two decimals."""
    return _level(about, reading.estimate, level_decimals(about, reading), words)


def interval_text(about: Subject, reading: Reading, words: Words) -> str:
    """The interval as `30–36%` or `2.75–2.86`."""
    decimals = level_decimals(about, reading)
    if not about.share:
        return f"{words.number(reading.low, decimals)}–{words.number(reading.high, decimals)}"
    return f"{words.number(100 * reading.low, decimals)}–{words.percent(reading.high, decimals)}"


def change_decimals(about: Subject, pair: Pair) -> int:
    """The fewest decimals at which the printed numbers say what the verdict says."""
    scale = 100 if about.share else 1
    values = (pair.before.estimate, pair.after.estimate, pair.change.low, pair.change.high)
    if pair.change.verdict not in ("rose", "fell"):
        return 0 if about.share else 2
    for decimals in range(0 if about.share else 2, _MAX_DECIMALS):
        first, last, low, high = (rounded(scale * value, decimals) for value in values)
        if (first < last and low > 0) if pair.change.verdict == "rose" else (first > last and high < 0):
            return decimals
    return _MAX_DECIMALS


def clear_decimals(low: float, high: float, least: int) -> int:
    """The fewest decimals, `least` or more, at which an interval that leaves out zero prints so."""
    clear = [
        places
        for places in range(least, _MAX_DECIMALS)
        if rounded(low, places) > 0 or rounded(high, places) < 0
    ]
    return least if low <= 0 <= high else min(clear, default=_MAX_DECIMALS)


def level_decimals(about: Subject, reading: Reading) -> int:
    """The fewest decimals at which a majority's interval prints above 50% and a share above zero as such."""
    if not about.share:
        return 2
    for decimals in range(_MAX_DECIMALS):
        hidden = reading.estimate > 0 and rounded(100 * reading.estimate, decimals) == 0
        if not hidden and not (reading.low > 0.5 and rounded(100 * reading.low, decimals) <= 50):
            return decimals
    return _MAX_DECIMALS


def closed_clause(finding: str) -> str:
    """A Russian phrase ready for its verb: a subordinate clause at its end is closed with a comma.

    A comma outside brackets and quotation marks opens such a clause (*доля тех, кто …*), unless the phrase
    goes on with *среди* after it was closed. A finding that ends with a comma keeps it.
    """
    outside = re.sub(r"\([^)]*\)|«[^»]*»", "", finding)
    _, comma, tail = outside.rpartition(",")
    opens = bool(comma) and bool(tail.strip()) and not tail.strip().startswith(("среди ", "из числа "))
    return finding + "," if opens else finding


def _sentence(template: str, about: Subject, words: Words, values: Mapping[str, str]) -> str:
    closed = closed_clause(about.finding) if words.language == "ru" else about.finding
    finding = {"finding": closed, "bare": about.finding.rstrip(",")}
    return capital(words.say(template, context=about.statistic, **finding, **values))


def _numbers(about: Subject, pair: Pair, words: Words) -> dict[str, str]:
    decimals, change = change_decimals(about, pair), pair.change
    scale = 100 if about.share else 1
    numbers = {
        "before": _level(about, pair.before.estimate, decimals, words),
        "after": _level(about, pair.after.estimate, decimals, words),
        "change": difference(about, pair, words),
    }
    if math.isfinite(change.low) and math.isfinite(change.high):
        numbers["low"] = words.signed(scale * change.low, decimals)
        numbers["high"] = words.signed(scale * change.high, decimals)
    return numbers


def _remarks(about: Subject, pair: Pair, words: Words) -> str:
    """How large a change would have been seen, where none was; a warning about a small base."""
    text = ""
    if pair.change.verdict == "no_clear_change" and math.isfinite(pair.change.mdc):
        decimals = change_decimals(about, pair)
        text = " " + detectable_sentence(pair.change.mdc, decimals, words, share=about.share)
    return text + _caution((pair.before, pair.after), words)


def _caution(readings: tuple[Reading, ...], words: Words) -> str:
    small = [each.base for each in readings if each.small]
    if not small:
        return ""
    return " " + words.plural(
        "Read with caution: a small base, {n} answer.",
        "Read with caution: a small base, {n} answers.",
        min(small),
    )


def _level(about: Subject, value: float, decimals: int, words: Words) -> str:
    return words.percent(value, decimals) if about.share else words.number(value, decimals)


_CHANGES = {
    "rose": (
        "{finding} rose from {before} {wave_from} to {after} {wave_to} "
        "({change}; 95% interval {low} to {high})."
    ),
    "fell": (
        "{finding} fell from {before} {wave_from} to {after} {wave_to} "
        "({change}; 95% interval {low} to {high})."
    ),
    "no_clear_change": (
        "No clear change: {finding} was {before} {wave_from} and {after} {wave_to} "
        "({change}; 95% interval {low} to {high}, which includes zero)."
    ),
    "not_inferable": (
        "In this sample, {finding} was {before} {wave_from} and {after} {wave_to}. "
        "This is not a random sample: margins of error do not apply, "
        "and whether opinion changed cannot be inferred."
    ),
}
_STEPS = {
    "rose": "{since}: up from {before} to {after} ({change}; 95% interval {low} to {high}).",
    "fell": "{since}: down from {before} to {after} ({change}; 95% interval {low} to {high}).",
    "no_clear_change": (
        "{since}: no clear change, from {before} to {after} "
        "({change}; 95% interval {low} to {high}, which includes zero)."
    ),
    "too_few": "{since}: too few answers to say whether it changed.",
    "uncertain": "{since}: a figure is too uncertain to print, so whether it changed is not said.",
    "not_comparable": "{since}: no comparison, for the question or the way it was asked is not the same.",
    "not_inferable": (
        "{since}: from {before} to {after} in this sample; whether opinion changed cannot be inferred."
    ),
}
_TOO_FEW = "{bare}: too few answers to say whether it changed {between}."
_UNCERTAIN = "{bare}: a figure is too uncertain to print, so whether it changed {between} is not said."
_NOT_COMPARABLE = (
    "{bare}: no comparison {between}, for the question or the way it was asked is not the same in both waves."
)
_LEVEL = "{wave} {finding} was {value} (95% interval {low} to {high})."
_LEVEL_NOT_RANDOM = "{wave}, in this sample, {finding} was {value}."
_LEVEL_FEW = "{bare}: too few answers {wave} ({n}) to print a figure."
_LEVEL_UNCERTAIN = "{bare}: the figure {wave} is too uncertain to print (answers: {n})."
_VERDICT_WORDS = {
    "rose": "rose",
    "fell": "fell",
    "no_clear_change": "no clear change",
    "too_few": "too few answers",
    "uncertain": "too uncertain",
    "not_comparable": "not comparable",
    "not_inferable": "cannot be inferred",
}
BY_STATISTIC = (
    *_CHANGES.values(),
    _TOO_FEW,
    _UNCERTAIN,
    _NOT_COMPARABLE,
    _LEVEL,
    _LEVEL_NOT_RANDOM,
    _LEVEL_FEW,
    _LEVEL_UNCERTAIN,
)
"""Messages that stand twice in each catalogue, in the contexts `proportion` and `mean`."""
STEPS = tuple(_STEPS.values())
VERDICT_WORDS = tuple(_VERDICT_WORDS.values())
"""Messages of the context `verdict`."""
