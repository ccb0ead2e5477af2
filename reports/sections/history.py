"""The words of a question over languages and waves: codebooks in, spells with what changed marked out."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from markupsafe import Markup, escape

from instruments import Codebook, Text, Variable
from reports.evidence import BatteryEvidence
from reports.i18n import typeset
from reports.sections.material import Material
from reports.sections.template import blanks
from reports.sections.vignettes import Situation
from reports.toplines import SINGLE, Score

SHORT = 24
"""Letters of a list of answers that is sooner printed again than looked up."""
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
    spells: tuple[Spell, ...]


@dataclass(frozen=True)
class History:
    """One question, row or list of answers over the waves."""

    ids: str
    universe: str
    versions: tuple[Told, ...]
    judgements: tuple[str, ...]
    labelled: bool = False
    """Whether no release has a wording, so that the label stands in its place."""
    situations: tuple[tuple[str, tuple[Situation, ...]], ...] = ()
    """Of a vignette: its versions, by language."""

    @property
    def empty(self) -> bool:
        return not (self.versions or self.judgements or self.situations)

    @property
    def notes(self) -> tuple[str, ...]:
        """Who was asked, where it stands nowhere else, and how wordings compare."""
        return (*((self.universe,) if self.universe else ()), *self.judgements)

    def spoken(self, languages: Sequence[str]) -> bool:
        """Whether it has words in any of these languages."""
        return any(self.said(language) or self.read(language) for language in languages)

    def said(self, language: str) -> tuple[Spell, ...]:
        return next((each.spells for each in self.versions if each.language == language), ())

    def read(self, language: str) -> tuple[Situation, ...]:
        return dict(self.situations).get(language, ())

    @property
    def changed(self) -> bool:
        return any(len(told.spells) > 1 for told in self.versions)


Offered = dict[tuple[str, str], str]
"""Lists of answers printed already, by language and words: the name of the question they stand with."""


def histories(question: BatteryEvidence | Score, material: Material, offered: Offered) -> Iterator[History]:
    """A question with its rows or options as one entry; entries of their own where something changed.

    A list of answers that stands with an earlier question is given by that question's name (`offered`).
    """
    if isinstance(question, Score):
        yield of_variable(question.variable.name, material, offered)
        return
    group = question.group
    names = tuple(variable.name for variable, _ in question.rows)
    whole = _history(group.name, names, material, _whole, offered)
    if group.kind == SINGLE or not whole.changed:
        yield whole
        return
    yield _history(group.name, names, material, _stem, offered)
    for name in names:
        yield _history(name, (name,), material, _row, offered)


def of_variable(name: str, material: Material, offered: Offered) -> History:
    """A question that is one column."""
    return _history(name, (name,), material, _stem, offered)


def _history(ids: str, names: tuple[str, ...], material: Material, say: Say, offered: Offered) -> History:
    versions = []
    for language in languages_of(material):
        words = {
            wave: text
            for wave, codebook in material.codebooks.items()
            if (text := say(codebook, ids, names, language))
        }
        answers = (
            {}
            if say is _row
            else {
                wave: _answers(codebook, ids, names, language)
                for wave, codebook in material.codebooks.items()
                if wave in words
            }
        )
        known = _known(ids, language, set(answers.values()), offered)
        said = {
            wave: "\n".join(filter(None, (text, known or answers.get(wave, ""))))
            for wave, text in words.items()
        }
        said = {wave: blanks(typeset(text, language), material.fills(wave)) for wave, text in said.items()}
        if spells := tuple(_spells(said)):
            versions.append(Told(language, spells))
    judgements = [line for name in names for line in _judgements(name, material)]
    return History(
        ids,
        _universe(names, material),
        tuple(versions),
        tuple(dict.fromkeys(judgements)),
        say is not _row and _labelled(ids, names, material),
    )


def languages_of(material: Material) -> list[str]:
    """The report's own first."""
    own, spoken = material.words.language, material.evidence.codebook.languages
    return sorted(spoken, key=lambda language: language != own)


def _known(ids: str, language: str, answers: set[str], offered: Offered) -> str:
    """`1–5 = VB`, where all waves offered the answers that an earlier question has; else they are kept."""
    if len(answers) != 1:
        return ""
    (text,) = answers
    if len(text) <= SHORT:
        return ""
    before = offered.setdefault((language, text), ids)
    codes = re.findall(r"(?:^| · )(\d+) ", text)
    return f"{codes[0]}–{codes[-1]} = {before}" if before != ids and codes else ""


def _universe(names: Sequence[str], material: Material) -> str:
    codebook = material.evidence.codebook
    found = (codebook.variable(name).universe for name in names if name in codebook)
    said = next((material.in_words(universe) for universe in found if universe), "")
    return material.words.say("Asked of: {universe}", universe=said) if said else ""


def _labelled(ids: str, names: Sequence[str], material: Material) -> bool:
    """Whether no wave has the words of the question."""
    return not any(any(_worded(codebook, ids, names).values()) for codebook in material.codebooks.values())


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
    return asked.get(language, "")


def _answers(codebook: Codebook, ids: str, names: Sequence[str], language: str) -> str:
    """`1 Yes · 2 No`, of the first column; options stand as rows."""
    first = next((codebook.variable(name) for name in names if name in codebook), None)
    group = next((each for each in codebook.groups if each.name == ids), None)
    if first is None or (group and group.kind == "multi"):
        return ""
    return " · ".join(f"{code} {label.get(language, '')}" for code, label in sorted(first.codes.items()))


def _worded(codebook: Codebook, ids: str, names: Sequence[str]) -> Text:
    """The question as worded, of the group or of its first column; empty where there is none."""
    group = next((each for each in codebook.groups if each.name == ids), None)
    if group and any(group.question.values()):
        return group.question
    first = next((codebook.variable(name) for name in names if name in codebook), None)
    return first.question if first else {}


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


def breaks(material: Material) -> tuple[str, ...]:
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
