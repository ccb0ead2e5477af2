"""The chapter on changed questions: the releases' questionnaires in, what differs from wave to wave out."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from instruments import (
    InstrumentError,
    ItemChange,
    ItemDifference,
    PeriodChange,
    Questionnaire,
    Verdict,
    VersionDifference,
    compare_versions,
    placeholders,
)
from reports.i18n import Words, own_name
from reports.report import Section
from reports.sections.material import Material
from reports.sections.template import render

APART = (Verdict.NEW, Verdict.DROPPED)


@dataclass(frozen=True)
class Line:
    """One question that changed between two waves, ready to print."""

    item: str
    label: str
    waves: str
    how: str
    language: str
    words: tuple[tuple[str, str], ...]
    """Before and now, a pair for each place; empty where no words changed."""
    declared: str
    reason: str


@dataclass(frozen=True)
class Step:
    """Two neighbouring waves and what differs between their questionnaires."""

    before: str
    after: str
    earlier: Questionnaire
    later: Questionnaire
    found: VersionDifference


def differences_sections(material: Material) -> tuple[Section, ...]:
    """One chapter where there are two waves or more and the questionnaire of one of them is known."""
    asked = {name: _questionnaire(material, name) for name in material.wave_names}
    if len(asked) < 2 or not any(asked.values()):
        return ()
    known = [(name, asked[name]) for name in material.wave_names]
    steps = [
        Step(one, other, earlier, later, compare_versions(earlier, later))
        for (one, earlier), (other, later) in pairwise(known)
        if earlier is not None and later is not None
    ]
    words = material.words
    lines = [line for step in steps for line in _lines(step, material)]
    html = render(
        "sections/differences.html",
        words,
        lines=lines,
        apart=[said for step in steps for said in _apart(step, words)],
        periods=[_period(period, step, words) for step in steps for period in step.found.periods],
        unknown=[name for name, questionnaire in asked.items() if questionnaire is None],
        compared=bool(steps),
    )
    title = words.say("What changed in the questions")
    # A sentence that nothing changed would leave its page empty.
    return (Section("differences", title, html, flows=not lines),)


def _questionnaire(material: Material, wave: str) -> Questionnaire | None:
    """The wave's questionnaire; None where its release holds another record, as of an imported wave."""
    record = material.record(wave).instrument
    try:
        return Questionnaire.from_json(json.dumps(dict(record))) if "items" in record else None
    except (InstrumentError, AttributeError):
        return None


def _lines(step: Step, material: Material) -> Iterator[Line]:
    """The questions with a change that counts: a place among the others does not."""
    for item in step.found.changed:
        if item.verdict not in APART and item.told:
            yield _line(item, step, material)


def _line(item: ItemDifference, step: Step, material: Material) -> Line:
    words = material.words
    worded = [change for change in item.told if change.language]
    languages = dict.fromkeys(change.language for change in worded)
    shown = words.language if words.language in languages else next(iter(languages), words.language)
    how = _how(item, words)
    others = [own_name(language) for language in languages]
    if others:
        how = words.say("{change} ({languages})", change=how, languages=", ".join(others))
    reason = material.in_words(item.declared.reason) if item.declared else ""
    codebook = step.later.codebook()
    label = material.in_words(codebook.variable(item.item).label) if item.item in codebook else ""
    return Line(
        item=item.item,
        label=label,
        waves=f"{step.before} → {step.after}",
        how=how,
        language=shown,
        words=tuple(_pair(change, step) for change in worded if change.language == shown),
        declared=_declared(item, words),
        reason=reason,
    )


def _how(item: ItemDifference, words: Words) -> str:
    names = {
        Verdict.EDITORIAL: words.say("small change of words"),
        Verdict.REWORDED: words.say("other words"),
        Verdict.RESCALED: words.say("other answers possible"),
        Verdict.REROUTED: words.say("asked of other people"),
        Verdict.REORDERED: words.say("answers in another order"),
        Verdict.RECOMPUTED: words.say("computed in another way"),
        Verdict.RETYPED: words.say("another kind of answer"),
        Verdict.RECODED: words.say("answers with another meaning"),
    }
    found = dict.fromkeys(names[change.verdict] for change in item.told)
    share = max((change.share for change in item.told), default=0.0)
    said = ", ".join(found)
    if item.verdict is Verdict.REWORDED and share:
        return words.say("{change}: {share} of the words", change=said, share=words.percent(share))
    return said


def _declared(item: ItemDifference, words: Words) -> str:
    kinds = {
        "identical": words.say("the same question"),
        "editorial": words.say("comparable"),
        "broken": words.say("not comparable: the trend is interrupted"),
    }
    return kinds[item.declared.kind] if item.declared else words.say("not declared: the trend is interrupted")


def _pair(change: ItemChange, step: Step) -> tuple[str, str]:
    return (
        _filled(change.before, change.language, step.earlier),
        _filled(change.after, change.language, step.later),
    )


def _filled(text: str, language: str, questionnaire: Questionnaire) -> str:
    """Words with the reference period as respondents read it."""
    periods: Mapping[str, Mapping[str, Mapping[str, str]]] = questionnaire.document.get("periods", {})
    for name in placeholders(text):
        group, _, period = name.partition(":")
        said = periods.get(period, {}).get("text", {}).get(language) if group == "period" else None
        text = text.replace(f"{{{name}}}", said or f"({group})")
    return text


def _apart(step: Step, words: Words) -> Iterator[str]:
    """New and dropped questions, by id; several rows of one wave in one sentence."""
    new = [item.item for item in step.found.changed if item.verdict is Verdict.NEW]
    dropped = [item.item for item in step.found.changed if item.verdict is Verdict.DROPPED]
    if new:
        yield words.say("New in {wave}: {items}.", wave=step.after, items=", ".join(new))
    if dropped:
        yield words.say("No longer asked in {wave}: {items}.", wave=step.after, items=", ".join(dropped))


def _period(period: PeriodChange, step: Step, words: Words) -> str:
    before, after = period.months
    facts = {"items": ", ".join(period.items), "before": step.before, "after": step.after}
    if before == after:
        return words.say(
            "{items}: the reference period moved on from {before} to {after}; its length is the same.",
            **facts,
        )
    return words.say(
        "{items}: the reference period is {now} months in {after}; it was {then} months in {before}.",
        now=words.number(after),
        then=words.number(before),
        **facts,
    )
