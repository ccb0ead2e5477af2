"""One estimate or one change in, one sentence of the report's language out.

The verdict comes with the change and is never decided here. A sentence prints whole per cent unless that would
hide what the verdict says (a rise "from 46% to 46%"); then it takes as many decimals as show it.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from instruments import Indicator
from reports.i18n import Words, rounded
from reports.rows import Change, Reading

_YEAR = re.compile(r"\d{4}")
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


def subject(indicator: Indicator, words: Words) -> Subject:
    """The indicator's `finding` in this language; ReportError when it has none."""
    finding = words.pick(indicator.finding, f"finding of indicator {indicator.name}")
    return Subject(finding.strip().rstrip("."), indicator.statistic)


def change_sentence(
    subject: Subject, before: Reading, after: Reading, change: Change, words: Words, reason: str = ""
) -> str:
    """The sentence of a change's verdict. `reason`: why two waves are not comparable, in this language."""
    if change.verdict in ("too_few", "not_comparable") or not (before.printable and after.printable):
        return _without_numbers(subject, change, words, reason)
    template = _CHANGES[change.verdict]
    decimals = change_decimals(subject, before, after, change)
    values = {**_numbers(subject, before, after, change, decimals, words), **_waves(change, words)}
    text = _sentence(template, subject, words, values)
    if change.verdict == "no_clear_change" and math.isfinite(change.mdc):
        size = _detectable(subject, change.mdc, decimals, words)
        text += " " + words.say("The smallest change that could have been seen is about {size}.", size=size)
    return text + _caution((before, after), words)


def step_sentence(subject: Subject, before: Reading, after: Reading, change: Change, words: Words) -> str:
    """The short form for a further comparison of the same indicator, after `change_sentence` has named it."""
    template = _STEPS[change.verdict]
    decimals = change_decimals(subject, before, after, change)
    if change.verdict != "not_comparable" and not (before.printable and after.printable):
        template = _STEPS["too_few"]
    values = _numbers(subject, before, after, change, decimals, words) if "{before}" in template else {}
    text = words.say(template, since=since_wave(change.wave_from, words), **values)
    if "{high}" in template and change.verdict == "no_clear_change" and math.isfinite(change.mdc):
        size = _detectable(subject, change.mdc, decimals, words)
        text += " " + words.say("The smallest change that could have been seen is about {size}.", size=size)
    return text[0].upper() + text[1:] + (_caution((before, after), words) if values else "")


def level_sentence(subject: Subject, reading: Reading, words: Words, *, infers: bool = True) -> str:
    """What one wave found, with its interval; for a sample that is not random, without one."""
    if not reading.printable:
        return _sentence(
            _LEVEL_HIDDEN,
            subject,
            words,
            {"wave": in_wave(reading.wave, words), "n": words.number(reading.base)},
        )
    decimals = level_decimals(subject, reading)
    values = {
        "wave": in_wave(reading.wave, words),
        "value": _level(subject, reading.estimate, decimals, words),
        "low": _level(subject, reading.low, decimals, words),
        "high": _level(subject, reading.high, decimals, words),
    }
    template = _LEVEL if infers else _LEVEL_NOT_RANDOM
    text = _sentence(template, subject, words, values)
    if infers and is_majority(subject, reading):
        text += " " + words.say("That is a majority: the whole interval lies above 50%.")
    return text + _caution((reading,), words)


def is_majority(subject: Subject, reading: Reading) -> bool:
    """More than half, said only when the interval's lower end is above one half."""
    return subject.share and reading.low > 0.5


def verdict_word(change: Change, words: Words) -> str:
    """The verdict in a word or two, for cards and tables."""
    return words.say(_VERDICT_WORDS[change.verdict], context="verdict")


def difference(subject: Subject, value: float, decimals: int, words: Words) -> str:
    """A signed difference with its unit: percentage points for shares, scale points without a name for means."""
    return words.points(value, decimals) if subject.share else words.signed(value, decimals)


def level_text(subject: Subject, reading: Reading, words: Words) -> str:
    """The bare figure as text and charts print it: whole per cent, or a mean with two decimals."""
    return _level(subject, reading.estimate, level_decimals(subject, reading), words)


def interval_text(subject: Subject, reading: Reading, words: Words) -> str:
    """The interval as `30–36%` or `2.75–2.86`."""
    decimals = level_decimals(subject, reading)
    if not subject.share:
        return f"{words.number(reading.low, decimals)}–{words.number(reading.high, decimals)}"
    return f"{words.number(100 * reading.low, decimals)}–{words.percent(reading.high, decimals)}"


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


def change_decimals(subject: Subject, before: Reading, after: Reading, change: Change) -> int:
    """The fewest decimals at which the printed numbers say what the verdict says."""
    scale = 100 if subject.share else 1
    for decimals in range(0 if subject.share else 2, _MAX_DECIMALS):
        first, last, low, high = (
            rounded(scale * value, decimals)
            for value in (before.estimate, after.estimate, change.low, change.high)
        )
        if (
            change.verdict not in ("rose", "fell")
            or (change.verdict == "rose" and first < last and low > 0)
            or (change.verdict == "fell" and first > last and high < 0)
        ):
            return decimals
    return _MAX_DECIMALS


def level_decimals(subject: Subject, reading: Reading) -> int:
    """The fewest decimals at which a majority's interval prints above 50%, and a share above zero is no zero."""
    if not subject.share:
        return 2
    for decimals in range(_MAX_DECIMALS):
        hidden = reading.estimate > 0 and rounded(100 * reading.estimate, decimals) == 0
        if not hidden and (reading.low <= 0.5 or rounded(100 * reading.low, decimals) > 50):
            return decimals
    return _MAX_DECIMALS


def _sentence(template: str, subject: Subject, words: Words, values: Mapping[str, str]) -> str:
    closed = closed_clause(subject.finding) if words.language == "ru" else subject.finding
    text = words.say(
        template, context=subject.statistic, finding=closed, bare=subject.finding.rstrip(","), **values
    )
    return text[0].upper() + text[1:]


def closed_clause(finding: str) -> str:
    """A Russian phrase ready for its verb: a subordinate clause at its end is closed with a comma.

    A comma outside brackets opens such a clause (*доля тех, кто …*), unless the phrase goes on with *среди* after
    it was closed. A finding that ends with a comma keeps it.
    """
    outside = re.sub(r"\([^)]*\)", "", finding)
    _, comma, tail = outside.rpartition(",")
    opens = bool(comma) and bool(tail.strip()) and not tail.strip().startswith(("среди ", "из числа "))
    return finding + "," if opens else finding


def _numbers(
    subject: Subject, before: Reading, after: Reading, change: Change, decimals: int, words: Words
) -> dict[str, str]:
    return {
        "before": _level(subject, before.estimate, decimals, words),
        "after": _level(subject, after.estimate, decimals, words),
        "change": difference(subject, change.estimate, decimals, words),
        "low": _bound(subject, change.low, decimals, words) if math.isfinite(change.low) else "",
        "high": _bound(subject, change.high, decimals, words) if math.isfinite(change.high) else "",
    }


def _without_numbers(subject: Subject, change: Change, words: Words, reason: str) -> str:
    template = _NOT_COMPARABLE if change.verdict == "not_comparable" else _TOO_FEW
    text = _sentence(template, subject, words, _waves(change, words))
    given = words.say("Reason: {reason}.", reason=reason.rstrip(".")) if reason else ""
    return f"{text} {given}".rstrip()


def _waves(change: Change, words: Words) -> dict[str, str]:
    first, last = change.wave_from, change.wave_to
    if _YEAR.fullmatch(first) and _YEAR.fullmatch(last):
        between = words.say("between {a} and {b}", a=first, b=last)
    else:
        between = words.say("between waves “{a}” and “{b}”", a=first, b=last)
    return {"wave_from": in_wave(first, words), "wave_to": in_wave(last, words), "between": between}


def _caution(readings: tuple[Reading, ...], words: Words) -> str:
    small = [each.base for each in readings if each.small]
    if not small:
        return ""
    base = min(small)
    return " " + words.plural(
        "Read with caution: a small base, {n} answer.", "Read with caution: a small base, {n} answers.", base
    )


def _level(subject: Subject, value: float, decimals: int, words: Words) -> str:
    return words.percent(value, decimals) if subject.share else words.number(value, decimals)


def _bound(subject: Subject, value: float, decimals: int, words: Words) -> str:
    return words.signed(100 * value if subject.share else value, decimals)


def _detectable(subject: Subject, mdc: float, decimals: int, words: Words) -> str:
    """Rounded up: a smaller number would promise more than the sample can see."""
    step = Decimal(1).scaleb(-decimals)
    up = float(Decimal(repr((100 if subject.share else 1) * mdc)).quantize(step, rounding=ROUND_CEILING))
    return words.width(up / 100, decimals) if subject.share else words.number(up, decimals)


_CHANGES = {
    "rose": "{finding} rose from {before} {wave_from} to {after} {wave_to} ({change}; 95% interval {low} to {high}).",
    "fell": "{finding} fell from {before} {wave_from} to {after} {wave_to} ({change}; 95% interval {low} to {high}).",
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
    "not_comparable": "{since}: no comparison, for the question or the way it was asked is not the same.",
    "not_inferable": "{since}: from {before} to {after} in this sample; whether opinion changed cannot be inferred.",
}
_TOO_FEW = "{bare}: too few answers to say whether it changed {between}."
_NOT_COMPARABLE = (
    "{bare}: no comparison {between}, for the question or the way it was asked is not the same in both waves."
)
_LEVEL = "{wave} {finding} was {value} (95% interval {low} to {high})."
_LEVEL_NOT_RANDOM = "{wave}, in this sample, {finding} was {value}."
_LEVEL_HIDDEN = "{bare}: too few answers {wave} ({n}) to print a figure."
_VERDICT_WORDS = {
    "rose": "rose",
    "fell": "fell",
    "no_clear_change": "no clear change",
    "too_few": "too few answers",
    "not_comparable": "not comparable",
    "not_inferable": "cannot be inferred",
}
TEMPLATES = (*_CHANGES.values(), _TOO_FEW, _NOT_COMPARABLE, _LEVEL, _LEVEL_NOT_RANDOM, _LEVEL_HIDDEN)
"""Messages that exist twice in each catalogue, in the contexts `proportion` and `mean`."""
VERDICT_WORDS = tuple(_VERDICT_WORDS.values())
"""Messages of the context `verdict`."""
