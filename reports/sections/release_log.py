"""Errata and release log: every release of every wave, why one replaced another, and what changed by it."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from reports.correcting import Changed
from reports.further import UPPER
from reports.report import Section
from reports.rows import SUPPRESS, code_in
from reports.sections.material import Material
from reports.sections.requirements import CORRECTION
from reports.sections.template import render
from reports.tables import FEW, MARKS

MOST_PRINTED = 40
"""Lines of corrected figures in print; all of them are in the attached list."""
UNSAID = ("not_comparable", "too_few", "not_inferable")
OLD = "…"


@dataclass(frozen=True)
class Replaced:
    """A release that replaced the one before it."""

    release: str
    reason: str


@dataclass(frozen=True)
class Corrected:
    """One figure that another release gave otherwise, ready to print."""

    id: str
    label: str
    waves: str
    was: str
    now: str


def release_log_section(material: Material) -> Section:
    """The releases this report is made of, what was corrected in them, how to have data and code."""
    words, found = material.words, material.corrections
    html = render(
        "sections/release_log.html",
        words,
        replaced=list(replaced(material)),
        corrected=[corrected(each, material) for each in found.changed[:MOST_PRINTED]],
        count=len(found.changed),
        more=len(found.changed) - MOST_PRINTED,
        withheld=any(each.withheld for each in found.changed),
        known=[f"{each.wave}/{each.release}" for each in found.replaced],
        unknown=list(_unknown(material)),
        code_version=material.code_version,
    )
    return Section("release-log", words.say("Errata and release log"), html, flows=True)


def replaced(material: Material) -> Iterator[Replaced]:
    """The releases after the first of each wave, with the reason their disclosure records give."""
    for wave in material.evidence.waves:
        for number in range(2, wave.meta.release + 1):
            key = CORRECTION.format(number=number)
            reason = material.in_words(wave.meta.disclosure.get(key, ""))
            name = f"{wave.meta.study} {wave.name}/{number}"
            yield Replaced(name, reason or material.words.say("no reason is given"))


def _unknown(material: Material) -> Iterator[str]:
    """Releases that replaced one which does not lie beside them, so that nothing can be compared."""
    known = {each.wave for each in material.corrections.replaced}
    for wave in material.evidence.waves:
        if wave.meta.release > 1 and wave.name not in known:
            yield f"{wave.name}/{wave.meta.release}"


def corrected(each: Changed, material: Material) -> Corrected:
    """The figure's name and its old and new value, as the tables print such a figure."""
    row = each.now
    return Corrected(
        str(row["id"]),
        _label(row, material),
        _waves(row),
        OLD if each.withheld else _figure(each.before, material),
        _figure(row, material),
    )


def _figure(row: Mapping[str, Any], material: Material) -> str:
    """`31.2 (n=389)`; a change with its mark; the mark alone where no number may stand."""
    words, kind, verdict = material.words, str(row["statistic"]), row.get("verdict")
    mean = "mean" in kind or kind == "amce"
    scale, decimals = (1, 2) if mean else (100, 1)
    if row["publish"] == SUPPRESS or math.isnan(row["estimate"]):
        return MARKS.get(str(verdict), FEW)
    if verdict in UNSAID:
        return MARKS[str(verdict)]
    value = scale * float(row["estimate"])
    if kind in ("proportion", "mean"):
        text = words.number(value, decimals)
        return f"{text} (n={words.number(int(row['base']))})"
    return f"{words.signed(value, decimals)} {MARKS.get(str(verdict), '')}".strip()


def _waves(row: Mapping[str, Any]) -> str:
    """The wave, or the two waves of a change."""
    ends = [row.get(name) for name in ("wave_from", "wave_to")]
    told = [end for end in ends if isinstance(end, str) and end]
    return "–".join(told) if told else str(row["wave"])


def _label(row: Mapping[str, Any], material: Material) -> str:
    """The indicator's or the question's label, and which answer of it."""
    words, codebook = material.words, material.evidence.codebook
    name, code = str(row["variable"]), code_in(row)
    base = name.removesuffix("_asked")
    for each in material.evidence.indicators:
        if each.indicator.variable == name and each.indicator.code == code:
            return words.printed(each.indicator.label, f"label of indicator {each.indicator.name}")
    if base not in codebook:
        return name
    variable = codebook.variable(base)
    label = words.printed(variable.label, f"label of {base}").rstrip(".")
    answer = _answer(row, base != name, variable.codes, material)
    return words.say("{label}: {values}", label=label, values=answer) if answer else label


def _answer(row: Mapping[str, Any], apart: bool, codes: Mapping[int, Any], material: Material) -> str:
    words, code = material.words, code_in(row)
    if f".{UPPER}@" in str(row["id"]):
        return words.say("upper answers together")
    if code is None:
        return ""
    if apart:
        names = (words.say("answered"), words.say("don’t know"), words.say("refused or skipped"))
        return names[code - 1]
    return words.printed(codes[code], f"code {code}") if code in codes else str(code)
