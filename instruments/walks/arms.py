"""Draws of many walks in, how evenly chance filled each arm out."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import sqrt

from instruments.assignment import Draw
from instruments.codebook import Role, Variable
from instruments.questionnaire import Questionnaire

FAR = 4.0
"""Standard errors of a binomial share beyond which an arm is called uneven: one in 16,000 by chance."""


@dataclass(frozen=True)
class Arm:
    """One level of what chance decides: how often it was drawn, and how often it should have been."""

    variable: str
    code: int
    drawn: int
    expected: float
    uneven: bool


def arms(questionnaire: Questionnaire, draws: Iterable[Draw]) -> tuple[Arm, ...]:
    """Every level of every assignment column. Each level of a column has the same probability."""
    counts: dict[str, Counter[int]] = {}
    total = 0
    for draw in draws:
        total += 1
        for name, code in draw.variables().items():
            counts.setdefault(name, Counter())[code] += 1
    assigned = (v for v in questionnaire.codebook().variables if v.role is Role.ASSIGNMENT)
    return tuple(arm for variable in assigned for arm in _levels(variable, counts, total))


def _levels(variable: Variable, counts: dict[str, Counter[int]], total: int) -> Iterator[Arm]:
    found = counts.get(variable.name, Counter())
    share = 1 / max(1, len(variable.codes))
    for code in variable.codes:
        far = FAR * sqrt(total * share * (1 - share))
        yield Arm(variable.name, code, found[code], total * share, abs(found[code] - total * share) > far)
