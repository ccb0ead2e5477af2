"""The releases' codebooks in, the history of a question's wording over the waves out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from analysis import SurveyData
from instruments import Text, Variable
from reports.sections import Material
from reports.site.asked import Question
from reports.site.grids import words_of


@dataclass(frozen=True)
class Wording:
    """Waves in a row in which the question was asked in the same words."""

    waves: tuple[str, ...]
    number: int
    """The wording's number in the questionnaire."""
    question: Text
    codes: Mapping[int, Text]
    kind: str = ""
    """Against the wording before: identical, editorial, broken; empty for the first."""
    reason: Text | None = None


def wordings(question: Question, releases: Sequence[SurveyData]) -> tuple[Wording, ...]:
    """One entry per wording, oldest first; waves that did not ask it are in none."""
    found: list[Wording] = []
    for data in releases:
        name = question.variables[0].name
        if name not in data.codebook or name not in data.frame or not data.valid(name).any():
            continue
        variable = data.codebook.variable(name)
        last = found[-1] if found else None
        if last and (last.number, last.question, last.codes) == _key(variable):
            found[-1] = Wording(
                (*last.waves, data.meta.wave), last.number, last.question, last.codes, last.kind, last.reason
            )
            continue
        declared = variable.compare.get(last.number) if last else None
        kind, reason = (declared.kind, declared.reason) if declared else ("", None)
        found.append(Wording((data.meta.wave,), *_key(variable), kind, reason))
    return tuple(found)


def _key(variable: Variable) -> tuple[int, Text, Mapping[int, Text]]:
    words = variable.question if any(variable.question.values()) else variable.label
    return variable.wording, dict(words), {code: dict(text) for code, text in variable.codes.items()}


def told_wording(wording: Wording, material: Material) -> dict[str, Any]:
    """One wording as the page says it: since when, in which words, and what its change means."""
    words = material.words
    kinds = {
        "identical": words.say("same meaning"),
        "editorial": words.say("a change of words that leaves the meaning: answers are compared"),
        "broken": words.say("the question changed: answers are not compared with those before"),
    }
    return {
        "waves": ", ".join(wording.waves),
        "number": wording.number,
        "question": words_of(wording.question, words),
        "source": "" if words.language in wording.question else next(iter(wording.question), ""),
        "codes": [(code, words_of(text, words)) for code, text in sorted(wording.codes.items())],
        "kind": kinds.get(wording.kind, ""),
        "reason": material.in_words(wording.reason) if wording.reason else "",
    }
