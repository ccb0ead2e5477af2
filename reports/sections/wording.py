"""The wording chapter: every question the report rests on, in the report's and the source language."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from instruments import Codebook, Group, Text, Variable
from reports.evidence import Evidence
from reports.i18n import own_name, typeset
from reports.report import Section
from reports.sections.material import Material
from reports.sections.template import render
from reports.sections.vignettes import Situation, situations, vignette_before

PARAPHRASE = "paraphrase"
"""Review status of wording that is not what respondents met."""


@dataclass(frozen=True)
class Version:
    """One language's wording: the question, rows below it, the answers offered."""

    language: str
    name: str
    question: str
    rows: tuple[tuple[str, str], ...]
    answers: tuple[tuple[int, str], ...]
    situations: tuple[Situation, ...] = ()
    labelled: bool = False
    """Whether the release gives no wording, so that the label stands in its place."""


@dataclass(frozen=True)
class Question:
    """One question with its ids, who was asked and its versions; or a vignette read before the next ones."""

    ids: str
    universe: str
    wording: int
    versions: tuple[Version, ...]


def wording_section(material: Material) -> Section:
    """Verbatim questions in codebook order; batteries once, with their rows."""
    evidence = material.evidence
    languages = tuple(dict.fromkeys([material.words.language, evidence.codebook.source_language]))
    questions = _questions(languages, material)
    html = render(
        "sections/wording.html",
        material.words,
        questions=questions,
        several=len(languages) > 1,
        paraphrased=PARAPHRASE in {evidence.codebook.status.get(language) for language in languages},
    )
    return Section("wording", material.words.say("Questions asked"), html)


def _questions(languages: tuple[str, ...], material: Material) -> list[Question]:
    """The questions, each vignette before the first one that speaks of it."""
    document = material.latest_instrument()
    found: list[Question] = []
    told: set[str] = set()
    for group, variables in _asked(material.evidence):
        vignette = vignette_before(variables[0].item, document)
        if vignette and vignette not in told:
            told.add(vignette)
            found.append(_vignette(vignette, document["items"][vignette], languages))
        found.append(_question(variables, group, languages, material))
    return found


def _vignette(name: str, item: Mapping[str, Any], languages: tuple[str, ...]) -> Question:
    versions = tuple(
        Version(language, own_name(language), "", (), (), situations=read)
        for language in languages
        if (read := situations(item, language))
    )
    return Question(name, "", 1, versions)


def _asked(evidence: Evidence) -> Iterator[tuple[Group | None, list[Variable]]]:
    """The variables printed figures rest on, grouped as they were asked."""
    codebook = evidence.codebook
    wanted = {variable.name for battery in evidence.batteries for variable, _ in battery.rows}
    for each in evidence.indicators:
        wanted |= set(sources(each.indicator.variable, codebook))
    groups = {name: group for group in codebook.groups for name in group.variables}
    done: set[str] = set()
    for variable in codebook.variables:
        if variable.name not in wanted or variable.name in done:
            continue
        group = groups.get(variable.name)
        members = [codebook.variable(n) for n in group.variables if n in wanted] if group else [variable]
        done |= {member.name for member in members}
        yield group, members


def sources(name: str, codebook: Codebook) -> tuple[str, ...]:
    """The asked variables a column is computed from; the column itself when it was asked."""
    if name not in codebook:
        return ()
    variable = codebook.variable(name)
    if variable.rule is None:
        return (name,)
    found = dict.fromkeys(
        s for part in _names(variable.rule) if part != name for s in sources(part, codebook)
    )
    return tuple(found)


def _names(rule: Any) -> Iterator[str]:
    """Every string a rule holds, keys included: those that are column names are looked up by the caller."""
    if isinstance(rule, Mapping):
        for key, value in rule.items():
            yield str(key)
            yield from _names(value)
    elif isinstance(rule, list | tuple):
        for value in rule:
            yield from _names(value)
    elif isinstance(rule, str):
        yield rule


def _question(
    variables: list[Variable], group: Group | None, languages: tuple[str, ...], material: Material
) -> Question:
    first = variables[0]
    return Question(
        ids=", ".join(variable.name for variable in variables),
        universe=material.in_words(first.universe),
        wording=first.wording,
        versions=tuple(
            version for language in languages if (version := _version(variables, group, language)) is not None
        ),
    )


def _version(variables: list[Variable], group: Group | None, language: str) -> Version | None:
    first = variables[0]
    stem: Text = group.question if group else first.question
    labelled = not any(stem.values())
    if labelled:
        stem = group.label if group else first.label
    if language not in stem:
        return None
    rows = tuple((v.name, typeset(v.label.get(language, ""), language)) for v in variables) if group else ()
    answers: tuple[tuple[int, str], ...] = ()
    if not (group and group.kind == "multi"):
        offered = ((code, first.codes[code].get(language, "")) for code in sorted(first.codes))
        answers = tuple((code, typeset(text, language)) for code, text in offered)
    question = typeset(stem[language], language)
    return Version(language, own_name(language), question, rows, answers, labelled=labelled)
