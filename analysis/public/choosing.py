"""A codebook and a specification in; which columns are published and why the others are not, out."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from analysis.data import SurveyData
from analysis.errors import MicrodataError
from analysis.public.ladders import step_problems
from analysis.public.spec import KeyStep, PublicSpec
from analysis.withholding import crossed
from instruments import Codebook, FileProblem, Level, Role, Variable

KEY = "key"
"""Told by a key, in finer detail or in other words."""
WORDS, NUMBER, ABOUT, REMOVED, COMPUTED, UNLISTED, SAME = (
    "words",
    "exact_number",
    "about_the_interview",
    "removed",
    "computed_from_removed",
    "not_listed",
    "same_for_all",
)


def left_out(data: SurveyData, spec: PublicSpec) -> dict[str, str]:
    """Every column of the codebook that is not published, with the reason's key."""
    codebook = data.codebook
    told = _told_by_keys(codebook, spec)
    found: dict[str, str] = {}
    for variable in codebook.variables:
        reason = KEY if variable.name in told else _reason(variable, data, spec)
        if reason:
            found[variable.name] = reason
    for variable in codebook.variables:  # in codebook order: a rule reads columns that stand earlier
        if variable.name not in found and any(name in found for name in columns_of(variable.rule, codebook)):
            found[variable.name] = COMPUTED
    return found


def _told_by_keys(codebook: Codebook, spec: PublicSpec) -> set[str]:
    """The columns keys are made of, what those are computed from, and all that is computed from these."""
    told = {step.column for key in spec.keys for step in key.steps}
    told |= {name for key in spec.keys for name in key.hides}
    for variable in reversed(codebook.variables):
        if variable.name in told:
            told |= set(columns_of(variable.rule, codebook))
    for variable in codebook.variables:
        if told & set(columns_of(variable.rule, codebook)):
            told.add(variable.name)
    return told


def _reason(variable: Variable, data: SurveyData, spec: PublicSpec) -> str:
    name = variable.name
    if name in spec.remove:
        return REMOVED
    if spec.only and name not in spec.only:
        return UNLISTED
    if variable.role is Role.PARADATA:
        return "" if name in spec.paradata else ABOUT
    if variable.level is Level.TEXT:
        return WORDS
    if variable.level is Level.INTERVAL and variable.rule is None and name not in spec.numbers:
        return NUMBER
    return SAME if _lets_in(variable, data) else ""


def _lets_in(variable: Variable, data: SurveyData) -> bool:
    """Whether all gave one answer to it, as to a question on consent: it says nothing."""
    asked = variable.role is Role.ANSWER and bool(variable.codes)
    return asked and data.frame[variable.name].nunique() == 1


def columns_of(rule: Any, codebook: Codebook) -> tuple[str, ...]:
    """The columns a rule reads."""
    return tuple(dict.fromkeys(name for name in _strings(rule) if name in codebook))


def _strings(rule: Any) -> Iterator[str]:
    if isinstance(rule, str):
        yield rule
    elif isinstance(rule, Mapping):
        for key, value in rule.items():
            yield str(key)
            yield from _strings(value)
    elif isinstance(rule, Sequence):
        for value in rule:
            yield from _strings(value)


def _speechless(step: KeyStep, languages: Sequence[str]) -> list[str]:
    """The languages that a step's own words lack."""
    own = [group.label for group in step.groups] + ([step.label] if step.label else [])
    return [language for language in languages if any(language not in text for text in own)]


def refuse_unfit(data: SurveyData, spec: PublicSpec, file: str, left_out: frozenset[str]) -> None:
    """MicrodataError with every name of the specification that the release lacks.

    What was `left_out` of the release to protect people may be named all the same: it is not published.
    """
    known = {variable.name for variable in data.codebook.variables} | left_out
    problems = [
        FileProblem(
            file, 0, f"keys: {step.name}", "step", expected, found, "correct the step or leave it out"
        )
        for step, expected, found in step_problems(data, spec)
    ]
    problems += [
        FileProblem(
            file, 0, f"keys: {step.name}", "words", "words in " + ", ".join(lacking), "none", "add them"
        )
        for key in spec.keys
        for step in key.steps
        if (lacking := _speechless(step, data.codebook.languages))
    ]
    lists = {
        "sensitive": spec.sensitive,
        "numbers": tuple(spec.numbers),
        "remove": spec.remove,
        "only": spec.only,
        "paradata": spec.paradata,
        "hides": tuple(name for key in spec.keys for name in key.hides),
    }
    problems += [
        FileProblem(
            file, 0, where, "unknown-name", f"columns of {data.codebook.instrument}", name, "leave it out"
        )
        for where, names in lists.items()
        for name in names
        if name not in known
    ]
    problems += _crossing(data, spec, file)
    parts = data.meta.parts or (data.meta,)
    if getattr(data.design, "person", None):
        wave = ", ".join(part.wave for part in parts)
        hint = "a public file of one wave only can be linked to that of another by answers: release neither"
        problems.append(FileProblem(file, 0, wave, "panel", "people asked once", "a panel's wave", hint))
    if problems:
        raise MicrodataError(problems)


def _crossing(data: SurveyData, spec: PublicSpec, file: str) -> list[FileProblem]:
    """A column that may not be crossed with its groups stands in no row with them, whatever k is."""
    removed, codebook = left_out(data, spec), data.codebook
    keys = [step.column for key in spec.keys for step in key.steps if step.column in codebook]
    kept = [variable.name for variable in codebook.variables if variable.name not in removed]
    found = crossed(codebook, [*keys, *kept])
    if found is None:
        return []
    expected = (
        f"no row with {found.column} and {found.groups}: together they tell of fewer than {found.under}"
    )
    hint = f"add {found.column} to remove:, or to the hides: of a key"
    if found.column in keys:
        other = f"take {found.groups} out" if found.groups in keys else f"have {found.groups} in remove:"
        hint = f"take {found.column} out of the steps of the key, or {other}"
    return [FileProblem(file, 0, found.column, "withheld", expected, "both", hint)]
