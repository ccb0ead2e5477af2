"""Figures of the method statement: readings and weight reports in, words and table lines out."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median
from typing import Any

from reports.counts import FEWEST
from reports.evidence import Evidence, Wave
from reports.i18n import Words, rounded
from reports.rates import printed_rates
from reports.rows import Reading
from reports.sections.material import Material

ENDED = "ended"
"""Broken off or withdrawn."""


@dataclass(frozen=True)
class PrecisionRow:
    """Size and precision of one wave over the headline indicators, ready to print."""

    wave: str
    dates: str
    interviews: str
    deff: str
    n_eff: str
    half_width: str
    gained: bool
    """Whether the design makes figures surer than a simple random sample would."""


def precision_rows(material: Material) -> tuple[PrecisionRow, ...]:
    """A line for each wave: the median design effect of the headline indicators, the interviews over it."""
    return tuple(_row(wave, material) for wave in material.evidence.waves)


def _row(wave: Wave, material: Material) -> PrecisionRow:
    words = material.words
    readings = _readings(wave.name, material.evidence)
    known = [reading.deff for reading, _ in readings if math.isfinite(reading.deff)]
    deff = float(rounded(median(known), 2)) if known else math.nan
    shares = [r for r, share in readings if share and r.printable]
    infers = wave.meta.infers
    return PrecisionRow(
        wave=wave.name,
        dates=words.days(*wave.meta.dates) if wave.meta.dates else words.say("not stated"),
        interviews=words.number(wave.interviews),
        deff=_known(deff, 2, words) if infers else "",
        n_eff=_known(wave.interviews / deff if deff else math.nan, 0, words) if infers else "",
        half_width=_widest(shares, words) if infers else "",
        gained=infers and deff < 1,
    )


def _readings(wave: str, evidence: Evidence) -> list[tuple[Reading, bool]]:
    found = ((each.reading(wave), each.indicator.statistic == "proportion") for each in evidence.indicators)
    return [(reading, share) for reading, share in found if reading is not None]


def _known(value: float, decimals: int, words: Words) -> str:
    return words.number(value, decimals) if math.isfinite(value) else words.say("not stated")


def _widest(readings: list[Reading], words: Words) -> str:
    widths = [(r.high - r.low) / 2 for r in readings if math.isfinite(r.high - r.low)]
    return "±" + words.width(max(widths), 1) if widths else ""


def outcome_names(words: Words) -> dict[str, str]:
    """Outcomes of interviews in words."""
    return {
        "complete": words.say("complete"),
        "partial": words.say("partial"),
        "breakoff": words.say("broken off"),
        ENDED: words.say("broken off or withdrawn"),
        "screenout": words.say("screened out"),
        "quota": words.say("quota full"),
        "withdrawn": words.say("withdrawn"),
    }


def outcomes_told(fieldwork: Mapping[str, Any]) -> dict[str, int]:
    """Interviews by outcome. Few who withdrew are one with those who broke off: both are R in rates."""
    counts = dict(fieldwork.get("dispositions") or {})
    if 0 < counts.get("withdrawn", 0) < FEWEST or 0 < counts.get("breakoff", 0) < FEWEST:
        both = [counts.pop(name, 0) for name in ("breakoff", "withdrawn")]
        counts["breakoff" if not both[1] else ENDED] = sum(both)
    return counts


def fieldwork_facts(fieldwork: Mapping[str, Any], words: Words) -> str:
    """Invitations and outcomes of a wave's fieldwork.json, in words; empty when it counts none."""
    names = outcome_names(words)
    counts = outcomes_told(fieldwork)
    parts = [
        f"{name} {words.number(counts[outcome])}" for outcome, name in names.items() if counts.get(outcome)
    ]
    if fieldwork.get("invitations"):
        parts.insert(0, words.say("invitations {n}", n=words.number(fieldwork["invitations"])))
    if (paper := fieldwork.get("paper")) and paper["forms"]:
        parts.append(_paper_facts(paper, words))
    return ", ".join(parts)


def rate_facts(wave: Wave, fieldwork: Mapping[str, Any], words: Words) -> str:
    """Response or participation rates with number and formula; that there is none through an open link."""
    if not fieldwork.get("dispositions"):
        return ""
    if fieldwork.get("access") == "open":
        return words.say("no response rate: through an open link nobody is invited")
    names = {
        "participation_rate": words.say("participation rate"),
        "completion_rate": words.say("completion rate"),
    }
    return "; ".join(
        f"{names.get(each.name, each.name)} {words.percent(each.share, 1)} = {each.formula}"
        for each in printed_rates(fieldwork, wave.meta)
    )


def _paper_facts(paper: Mapping[str, Any], words: Words) -> str:
    """Forms printed and typed twice, and the share of cells in which the two clerks differed."""
    return words.say(
        "paper forms printed {n}, typed twice {m} (clerks differed in {share}% of the cells)",
        n=words.number(paper["printed"]),
        m=words.number(paper["forms"]),
        share=words.number(100 * (paper["disagreement"] or 0), 2),
    )


def weighting_facts(wave: Wave, material: Material) -> tuple[str, ...]:
    """What the wave's weights.json says, in sentences; none when it says nothing known.

    Three kinds of record: a weighting made here (`kish_deff` and `targets`), weights that came with an
    imported file (`summary`), and base weights alone.
    """
    words, weights = material.words, material.record(wave.name).weights
    if "kish_deff" in weights:
        return (*_adjusted(weights, material), _figures(weights, "minimum", "maximum", words))
    summary = weights.get("summary")
    if summary:
        return (words.say("weights as given in the data file"), _figures(summary, "min", "max", words))
    if not weights.get("base_weight"):
        return ()
    if not wave.weighted:
        return (words.say("no weights: every interview counts the same"),)
    return (words.say("base weights only, no adjustment to population margins"),)


def _adjusted(weights: Mapping[str, Any], material: Material) -> tuple[str, ...]:
    """The margins by their labels, then each source once."""
    words, targets = material.words, weights.get("targets") or {}
    margins = targets.get("margins", ())
    named = ", ".join(_margin(margin, material) for margin in margins)
    done = words.say("weights adjusted to population margins ({margins})", margins=named)
    given = (_source(margin.get("source") or "", material) for margin in margins)
    sources = [f"({number}) {source}" for number, source in enumerate(dict.fromkeys(filter(None, given)), 1)]
    if not sources:
        return (done,)
    return (done, words.say("sources of the margins: {sources}", sources="; ".join(sources)))


def _source(named: Any, material: Material) -> str:
    """Ready to stand in a list whose entries are parted by semicolons."""
    return material.in_words(named).rstrip(".").replace(";", ",")


def _figures(found: Mapping[str, Any], low: str, high: str, words: Words) -> str:
    return words.say(
        "weights from {low} to {high}; design effect of weighting (Kish) {deff}, effective size {n}",
        low=words.number(found[low], 2),
        high=words.number(found[high], 2),
        deff=words.number(found["kish_deff"], 2),
        n=words.number(found["n_eff"]),
    )


def _margin(margin: Mapping[str, Any], material: Material) -> str:
    """The margin's variables by their labels."""
    codebook = material.evidence.codebook
    names = [
        material.in_words(codebook.variable(name).label) if name in codebook else str(name)
        for name in margin["variables"]
    ]
    return " × ".join(names)
