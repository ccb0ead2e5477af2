"""Figures of the method statement: readings and weight reports in, words and table lines out."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median
from typing import Any

from reports.evidence import Evidence, Wave
from reports.i18n import Words
from reports.rows import Reading
from reports.sections.material import Material


@dataclass(frozen=True)
class PrecisionRow:
    """Size and precision of one wave over the headline indicators, ready to print."""

    wave: str
    dates: str
    interviews: str
    deff: str
    n_eff: str
    half_width: str


def precision_rows(material: Material) -> tuple[PrecisionRow, ...]:
    """A line for each wave; design effect and effective size are medians over the headline indicators."""
    return tuple(_row(wave, material) for wave in material.evidence.waves)


def _row(wave: Wave, material: Material) -> PrecisionRow:
    words = material.words
    readings = _readings(wave.name, material.evidence)
    shares = [r for r, share in readings if share and r.printable]
    infers = wave.meta.infers
    return PrecisionRow(
        wave=wave.name,
        dates=words.days(*wave.meta.dates) if wave.meta.dates else words.say("not stated"),
        interviews=words.number(wave.interviews),
        deff=_middle([r.deff for r, _ in readings], 2, words) if infers else "",
        n_eff=_middle([r.n_eff for r, _ in readings], 0, words) if infers else "",
        half_width=_widest(shares, words) if infers else "",
    )


def _readings(wave: str, evidence: Evidence) -> list[tuple[Reading, bool]]:
    found = ((each.reading(wave), each.indicator.statistic == "proportion") for each in evidence.indicators)
    return [(reading, share) for reading, share in found if reading is not None]


def _middle(values: list[float], decimals: int, words: Words) -> str:
    known = [value for value in values if math.isfinite(value)]
    return words.number(median(known), decimals) if known else words.say("not stated")


def _widest(readings: list[Reading], words: Words) -> str:
    widths = [(r.high - r.low) / 2 for r in readings if math.isfinite(r.high - r.low)]
    return "±" + words.width(max(widths), 1) if widths else ""


def fieldwork_facts(fieldwork: Mapping[str, Any], words: Words) -> str:
    """Invitations and outcomes of a wave's fieldwork.json, in words; empty when it counts none."""
    names = {
        "complete": words.say("complete"),
        "partial": words.say("partial"),
        "breakoff": words.say("broken off"),
        "screenout": words.say("screened out"),
        "withdrawn": words.say("withdrawn"),
    }
    counts = fieldwork.get("dispositions") or {}
    parts = [
        f"{name} {words.number(counts[outcome])}" for outcome, name in names.items() if counts.get(outcome)
    ]
    if fieldwork.get("invitations"):
        parts.insert(0, words.say("invitations {n}", n=words.number(fieldwork["invitations"])))
    return ", ".join(parts)


def weighting_facts(weights: Mapping[str, Any], material: Material) -> str:
    """What weights.json says, in a sentence; empty when it says nothing known.

    Three kinds of record: a weighting made here (`kish_deff` and `targets`), weights that came with an
    imported file (`summary`), and base weights alone.
    """
    words = material.words
    if "kish_deff" in weights:
        return _adjusted(weights, material)
    summary = weights.get("summary")
    if summary:
        low, high = words.number(summary["min"], 2), words.number(summary["max"], 2)
        given = words.say(
            "weights as given in the data file; they run from {low} to {high}", low=low, high=high
        )
        return f"{given}; {_kish(summary, words)}"
    return (
        words.say("base weights only, no adjustment to population margins")
        if weights.get("base_weight")
        else ""
    )


def _adjusted(weights: Mapping[str, Any], material: Material) -> str:
    words, targets = material.words, weights.get("targets") or {}
    margins = targets.get("margins", ())
    facts = [
        words.say(
            "weights adjusted to population margins ({margins}); they run from {low} to {high}",
            margins=", ".join(_margin(margin, material) for margin in margins),
            low=words.number(weights["minimum"], 2),
            high=words.number(weights["maximum"], 2),
        ),
        _kish(weights, words),
    ]
    sources = dict.fromkeys(str(margin["source"]) for margin in margins if margin.get("source"))
    if sources:
        facts.append(words.say("source of the margins: {sources}", sources="; ".join(sources)))
    return "; ".join(facts)


def _kish(found: Mapping[str, Any], words: Words) -> str:
    return words.say(
        "design effect of weighting {deff}, effective size {n}",
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
