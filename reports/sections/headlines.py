"""Headlines: one card per indicator and the findings as sentences, changes before non-changes."""

from dataclasses import dataclass

from reports.evidence import IndicatorEvidence
from reports.moments import since, since_wave
from reports.phrasing import (
    Pair,
    change_sentence,
    difference,
    interval_text,
    is_majority,
    level_sentence,
    level_text,
    majority_sentence,
    step_sentence,
    subject,
    unprintable,
    verdict_word,
)
from reports.report import Section
from reports.rows import Change
from reports.sections.material import Material
from reports.sections.part import asked_of
from reports.sections.template import render
from reports.slopes import slope_sentence
from reports.standing import Standing, Standings
from reports.tables import MARKS, tone


@dataclass(frozen=True)
class Card:
    """One indicator at a glance; every field is ready to print."""

    label: str
    value: str
    interval: str
    why: str
    """Why there is no figure."""
    base: str
    asked: str
    """Whom it speaks of, where that is not everybody; empty otherwise."""
    change: str
    verdict: str
    mark: str
    tone: str
    higher: str


@dataclass(frozen=True)
class Finding:
    """One indicator's sentences."""

    label: str
    sentences: tuple[str, ...]


def headlines_section(material: Material) -> Section:
    """Cards, then what moved, by the wave since which it did, what did not or cannot be told, and what only
    one wave asked."""
    evidence = material.evidence.indicators
    moved: dict[str, list[Finding]] = {}
    for each in evidence:
        if start := moved_since(each):
            moved.setdefault(start, []).append(finding(each, material))
    several = len(material.wave_names) > 1
    once = [each for each in evidence if several and len(each.readings) == 1]
    still = [each for each in evidence if not moved_since(each) and each not in once]
    html = render(
        "sections/headlines.html",
        material.words,
        several=several,
        cards=[card(each, material) for each in evidence],
        moved=[
            (since_wave(start, material.words), moved[start])
            for start in material.wave_names
            if start in moved
        ],
        still=[finding(each, material) for each in still],
        once=[finding(each, material) for each in once],
        infers=material.infers,
    )
    return Section("headlines", material.words.say("Headline findings"), html)


def card(each: IndicatorEvidence, material: Material) -> Card:
    """The latest figure with its interval, base and change against the wave before."""
    words, about = material.words, subject(each.indicator, material.words)
    latest = each.reading(material.evidence.latest.name)
    change = _previous(each, material)
    shown = latest is not None and latest.printable
    return Card(
        label=words.printed(each.indicator.label, f"label of indicator {each.indicator.name}"),
        value=level_text(about, latest, words) if latest and shown else words.say("no figure"),
        interval=interval_text(about, latest, words) if latest and shown and material.infers else "",
        why=unprintable(latest.few, words) if latest and not shown else "",
        base=words.number(latest.base) + ("*" if latest.small else "") if latest else "",
        asked=asked_of(each, material),
        change=_change_text(each, change, material) if change else "",
        verdict=verdict_word(change, words) if change else "",
        mark=MARKS[change.verdict] if change else "",
        tone=tone(each.indicator.higher, change.verdict) if change else "",
        higher=each.indicator.higher,
    )


def finding(
    each: IndicatorEvidence, material: Material, *, above: frozenset[Standing] = frozenset()
) -> Finding:
    """Every sentence about one indicator: the long view, the last step, the line through all, a majority.

    With a tracking plan each says whether its comparison was declared. `above`: what the chapter says of all.
    """
    words, about = material.words, subject(each.indicator, material.words)
    stands, sentences = Standings(words, above), list[str]()
    for change in each.changes:
        pair = _pair(each, change)
        if pair is None:
            continue
        reason = material.in_words(each.reasons.get((change.wave_from, change.wave_to), {}))
        said = step_sentence(about, pair, words) if sentences else change_sentence(about, pair, words, reason)
        sentences.append(stands.after(said, change.standing if pair.judged else ""))
    if each.slope is not None and (line := slope_sentence(each.slope, words, share=about.share)):
        sentences.append(stands.after(line, each.slope.standing))
    latest = each.readings[-1]
    if not sentences:
        sentences.append(level_sentence(about, latest, words, infers=material.infers))
    elif material.infers and is_majority(about, latest):
        sentences.append(majority_sentence(words, about, latest))
    return Finding(
        words.printed(each.indicator.label, f"label of indicator {each.indicator.name}"), tuple(sentences)
    )


def last_step(
    each: IndicatorEvidence, material: Material, *, above: frozenset[Standing] = frozenset()
) -> str:
    """How it moved since the wave before, in one sentence without a subject; empty where one wave asked."""
    change = _previous(each, material) or (each.changes[0] if each.changes else None)
    pair = _pair(each, change) if change else None
    if change is None or pair is None:
        return ""
    said = step_sentence(subject(each.indicator, material.words), pair, material.words)
    return Standings(material.words, above).after(said, change.standing if pair.judged else "")


def movement(each: IndicatorEvidence, material: Material) -> str:
    """`▼ fell, −13 points since 2022`: the long view in a few words; empty where there is none."""
    words = material.words
    if not each.changes:
        return ""
    change = each.changes[0]
    said = f"{MARKS[change.verdict]} {verdict_word(change, words)}"
    amount = _change_text(each, change, material)
    return f"{said}, {amount}" if amount else said


def _pair(each: IndicatorEvidence, change: Change) -> Pair | None:
    before, after = each.reading(change.wave_from), each.reading(change.wave_to)
    return Pair(before, after, change) if before and after else None


def moved_since(each: IndicatorEvidence) -> str:
    """The earliest wave since which it rose or fell; empty where it did not."""
    return next((c.wave_from for c in each.changes if c.verdict in ("rose", "fell")), "")


def _previous(each: IndicatorEvidence, material: Material) -> Change | None:
    return each.change(*material.pairs[0]) if material.pairs else None


def _change_text(each: IndicatorEvidence, change: Change, material: Material) -> str:
    """`−4 points since 2024`, or nothing where no number may stand."""
    pair = _pair(each, change)
    if pair is None or not pair.printable or change.verdict not in ("rose", "fell", "no_clear_change"):
        return ""
    amount = difference(subject(each.indicator, material.words), pair, material.words)
    return since(amount, change.wave_from, material.words)
