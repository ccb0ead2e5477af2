"""Item history: the words of every question in every language and wave, what changed marked."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from markupsafe import Markup, escape

from instruments import Codebook, Text, Variable
from reports.evidence import BatteryEvidence
from reports.i18n import own_name, typeset
from reports.report import Section
from reports.sections.material import Material
from reports.sections.template import blanks, render
from reports.toplines import SINGLE, Score

Say = Callable[[Codebook, str, tuple[str, ...], str], str]
"""Codebook of a wave, name of the question, its variables and a language in; the words of that wave out."""


@dataclass(frozen=True)
class Spell:
    """Waves in a row with the same words; in `text` what the spell before did not have is strong."""

    waves: str
    text: Markup


@dataclass(frozen=True)
class Told:
    """The spells of one language."""

    language: str
    name: str
    spells: tuple[Spell, ...]


@dataclass(frozen=True)
class History:
    """One question, row or list of answers over the waves."""

    ids: str
    versions: tuple[Told, ...]
    judgements: tuple[str, ...]

    @property
    def changed(self) -> bool:
        return any(len(told.spells) > 1 for told in self.versions)


def history_section(material: Material) -> Section:
    """Questions in the questionnaire's order; a question that never changed is printed once a language."""
    histories = [each for question in material.toplines.questions for each in _histories(question, material)]
    html = render(
        "sections/history.html",
        material.words,
        histories=histories,
        changed=[each.ids for each in histories if each.changed],
        several=material.several,
        broken=_breaks(material),
    )
    return Section("history", material.words.say("Item history"), html)


def _histories(question: BatteryEvidence | Score, material: Material) -> Iterator[History]:
    """A question with its rows or options as one entry; entries of their own where something changed."""
    if isinstance(question, Score):
        name = question.variable.name
        yield _history(name, (name,), material, _stem)
        return
    group = question.group
    names = tuple(variable.name for variable, _ in question.rows)
    whole = _history(group.name, names, material, _whole)
    if group.kind == SINGLE or not whole.changed:
        yield whole
        return
    yield _history(group.name, names, material, _stem)
    for name in names:
        yield _history(name, (name,), material, _row)


def _history(ids: str, names: tuple[str, ...], material: Material, say: Say) -> History:
    versions = []
    for language in material.evidence.codebook.languages:
        words = {
            wave: blanks(typeset(say(codebook, ids, names, language), language))
            for wave, codebook in material.codebooks.items()
        }
        spells = tuple(_spells({wave: text for wave, text in words.items() if text}))
        if spells:
            versions.append(Told(language, own_name(language), spells))
    judgements = [line for name in names for line in _judgements(name, material)]
    return History(ids, tuple(versions), tuple(dict.fromkeys(judgements)))


def _whole(codebook: Codebook, ids: str, names: tuple[str, ...], language: str) -> str:
    """The stem, the rows or options below it, the answers offered."""
    stem = _stem(codebook, ids, names, language)
    group = next((each for each in codebook.groups if each.name == ids), None)
    rows = [
        f"{name} {_row(codebook, ids, (name,), language)}" for name in names if group and name in codebook
    ]
    if stem and rows:
        stem += "\n" + " · ".join(rows)
    return stem


def _stem(codebook: Codebook, ids: str, names: tuple[str, ...], language: str) -> str:
    """What was read out or shown in one wave, with its answers; empty where the wave did not ask it."""
    first = next((codebook.variable(name) for name in names if name in codebook), None)
    if first is None:
        return ""
    group = next((each for each in codebook.groups if each.name == ids), None)
    asked = _asked(first, group.question if group else {}, group.label if group else {})
    text = asked.get(language, "")
    if text and first.codes and not (group and group.kind == "multi"):
        answers = (f"{code} {label.get(language, '')}" for code, label in sorted(first.codes.items()))
        text += "\n" + " · ".join(answers)
    return text


def _row(codebook: Codebook, ids: str, names: tuple[str, ...], language: str) -> str:
    (name,) = names
    return codebook.variable(name).label.get(language, "") if name in codebook else ""


def _asked(variable: Variable, question: Text, label: Text) -> Text:
    for text in (question, variable.question, label, variable.label):
        if any(text.values()):
            return text
    return {}


def _spells(words: dict[str, str]) -> Iterator[Spell]:
    waves: list[str] = []
    before = None
    current = None
    for wave, text in words.items():
        if text != current and current is not None:
            yield Spell(_span(waves), marked(before, current))
            before, waves = current, []
        current = text
        waves.append(wave)
    if current is not None:
        yield Spell(_span(waves), marked(before, current))


def _span(waves: list[str]) -> str:
    return ", ".join(waves)


def marked(before: str | None, text: str) -> Markup:
    """The text escaped; words that the text before did not have at this place are strong."""
    if before is None:
        return escape(text)
    old, new = before.split(" "), text.split(" ")
    parts: list[Markup] = []
    for kind, _, _, start, end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if start == end:
            continue
        said = escape(" ".join(new[start:end]))
        parts.append(said if kind == "equal" else Markup("<strong>") + said + Markup("</strong>"))
    return Markup(" ").join(parts)


def _judgements(name: str, material: Material) -> Iterator[str]:
    """How the present wording compares with each earlier number, and why."""
    words, codebook = material.words, material.evidence.codebook
    if name not in codebook:
        return
    variable = codebook.variable(name)
    kinds = {
        "identical": words.say("the same question"),
        "editorial": words.say("comparable"),
        "broken": words.say("not comparable: the trend is interrupted"),
    }
    for number, comparison in sorted(variable.compare.items()):
        kind = kinds[comparison.kind]
        reason = material.in_words(comparison.reason).rstrip(".")
        if reason:
            yield words.say("against wording {n}: {kind} ({reason})", n=number, kind=kind, reason=reason)
        else:
            yield words.say("against wording {n}: {kind}", n=number, kind=kind)


def _breaks(material: Material) -> tuple[str, ...]:
    """Waves between which an indicator does not compare, and why."""
    words = material.words
    found: dict[str, None] = {}
    for each in material.evidence.indicators:
        label = words.printed(each.indicator.label, f"label of indicator {each.indicator.name}")
        for (first, last), reason in each.reasons.items():
            text = words.say(
                "{label}: no comparison of {first} with {last}. {reason}",
                label=label,
                first=first,
                last=last,
                reason=material.in_words(reason),
            )
            found.setdefault(text.strip())
    return tuple(found)
