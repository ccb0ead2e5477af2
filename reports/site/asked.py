"""A pooled codebook in, the questions that have a page of their own out."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from analysis import SurveyData
from instruments import Group, Role, Variable

LEAST_CODES, MOST_CODES = 2, 40


@dataclass(frozen=True)
class Question:
    """What one page shows: one item, or all options of an item of which several may be ticked."""

    key: str
    """The item's id: its address for as long as it is asked."""
    module: str
    variables: tuple[Variable, ...]
    group: Group | None = None

    @property
    def several(self) -> bool:
        """Whether each variable is one option that was ticked or not."""
        return len(self.variables) > 1

    def as_group(self) -> Group:
        """The question as evidence takes it."""
        first = self.variables[0]
        label = self.group.label if self.group and self.several else first.label
        names = tuple(variable.name for variable in self.variables)
        return Group(self.key, label, first.question, names, kind="battery", headline=False)


def questions(data: SurveyData) -> tuple[Question, ...]:
    """Every coded answer that somebody gave and that says something by itself, in the codebook's order.

    Left out: words, numbers without codes, consent (all who are counted gave it), attention checks, and
    answers that mean nothing without a design (counts of a list, two statements at once).
    """
    groups = {name: group for group in data.codebook.groups for name in group.variables}
    found: dict[str, list[Variable]] = {}
    for variable in data.codebook.variables:
        if _has_page(variable, data):
            several = variable.name in groups and groups[variable.name].kind == "multi"
            key = (groups[variable.name].name if several else variable.name) or variable.name
            found.setdefault(key, []).append(variable)
    return tuple(
        Question(key, rows[0].module, tuple(rows), groups.get(rows[0].name)) for key, rows in found.items()
    )


def _has_page(variable: Variable, data: SurveyData) -> bool:
    if variable.role is not Role.ANSWER or variable.design:
        return False
    if not LEAST_CODES <= len(variable.codes) <= MOST_CODES or variable.name not in data.frame:
        return False
    valid = data.values(variable.name)[data.valid(variable.name)]
    return len(valid) > 0 and not _consents(valid)


def _consents(valid: Any) -> bool:
    """Whether all gave one and the same answer in every wave: what let them in."""
    return bool((valid == valid[0]).all())


def modules(questions_: tuple[Question, ...], document: Mapping[str, Any]) -> dict[str, Mapping[str, str]]:
    """Titles of the chapters by module, in the order their first question is asked; {} where it has none."""
    titles = document.get("modules") or {}
    return {question.module: (titles.get(question.module) or {}).get("title", {}) for question in questions_}
