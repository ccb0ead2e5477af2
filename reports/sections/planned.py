"""What was declared beforehand: the plan's comparisons, confirmatory and exploratory apart."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from reports.further import Declared
from reports.i18n import Words
from reports.phrasing import verdict_said
from reports.report import Section
from reports.rows import VERDICTS
from reports.sections.material import Material
from reports.sections.template import render
from reports.spec import day
from reports.tables import MARKS


@dataclass(frozen=True)
class Line:
    """One comparison, ready to print."""

    label: str
    kind: str
    waves: str
    change: str
    interval: str
    p: str
    verdict: str
    expected: str


def planned_sections(material: Material) -> tuple[Section, ...]:
    """The chapter of the tracking plan; none where no plan was given."""
    plan, words = material.further.planned, material.words
    if plan is None:
        return ()
    html = render(
        "sections/planned.html",
        words,
        declared=words.day(day(plan.declared)),
        fingerprint=plan.fingerprint,
        families=_families((*plan.confirmatory, *plan.exploratory)),
        parts=[
            (
                words.say("Confirmatory: declared before the wave went to the field"),
                _lines(plan.confirmatory, words),
            ),
            (words.say("Exploratory: to be told, not claimed"), _lines(plan.exploratory, words)),
        ],
    )
    return (Section("planned", words.say("What was declared beforehand"), html, flows=True),)


def _families(declared: Sequence[Declared]) -> str:
    return ", ".join(dict.fromkeys(f"{each.family} ({each.adjustment})" for each in declared))


def _lines(declared: Sequence[Declared], words: Words) -> list[Line]:
    return [_line(each, words) for each in declared]


def _line(each: Declared, words: Words) -> Line:
    kinds = {
        "change": words.say("change"),
        "adjacent": words.say("step from wave to wave"),
        "trend": words.say("slope a year"),
        "any_change": words.say("any change at all"),
        "groups": words.say("difference between groups’ slopes"),
    }
    scale, decimals = (100, 1) if each.share else (1, 2)
    known = (
        each.printable
        and math.isfinite(each.estimate)
        and each.verdict not in ("not_comparable", "not_available")
    )
    low, high = (
        words.signed(scale * value, decimals) if math.isfinite(value) else ""
        for value in (each.low, each.high)
    )
    groups = [words.printed(group, f"group of comparison {each.name}") for group in each.groups]
    group = f" ({' – '.join(groups)})" if groups else ""
    return Line(
        label=words.printed(each.label, f"label of comparison {each.name}") + group,
        kind=kinds[each.kind],
        waves="–".join(wave for wave in each.waves if wave),
        change=words.signed(scale * each.estimate, decimals) if known else "",
        interval=words.say("{low} to {high}", low=low, high=high) if known and low and high else "",
        p=_p(each.p, words) if known else "",
        verdict=f"{MARKS.get(each.verdict, '')} {_verdict(each, words)}".strip(),
        expected={"yes": words.say("as expected"), "no": words.say("against what was expected")}.get(
            each.expected, ""
        ),
    )


def _p(value: float, words: Words) -> str:
    if not math.isfinite(value):
        return ""
    least = 0.001
    return f"<{words.number(least, 3)}" if value < least else words.number(value, 3)


def _verdict(each: Declared, words: Words) -> str:
    if each.verdict in VERDICTS:
        return verdict_said(each.verdict, words)
    if each.verdict == "not_available":
        return words.say("cannot be had from these data")
    if each.verdict == "changed":
        return words.say("some wave differs")
    return words.say("slopes differ") if _differs(each) else words.say("no clear difference")


def _differs(each: Declared) -> bool:
    return math.isfinite(each.low) and (each.low > 0 or each.high < 0)
