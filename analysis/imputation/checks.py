"""What is to be imputed: SurveyData and the caller's wishes come in, gaps by variable or a refusal go out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from analysis.data import SurveyData, Where
from analysis.errors import EstimationError
from instruments import Level, Variable


@dataclass(frozen=True)
class Gap:
    """One variable: n values (NaN where there is none), n booleans each of the observed and of those to
    impute."""

    name: str
    method: str
    values: np.ndarray
    observed: np.ndarray
    missing: np.ndarray


def find_gaps(
    data: SurveyData,
    variables: Sequence[str] | Mapping[str, str],
    kinds: Sequence[int],
    where: Where,
    methods: Sequence[str],
) -> list[Gap]:
    """The variables in order of their number of gaps; EstimationError lists everything wrong at once."""
    asked = dict(variables) if isinstance(variables, Mapping) else dict.fromkeys(variables, "")
    domain = data.domain(where)
    problems: list[str] = []
    gaps: list[Gap] = []
    for name, method in asked.items():
        variable = data.variable(name)
        chosen = method or _method(variable)
        wrong = _problem(data, variable, chosen, methods)
        if wrong:
            problems.append(wrong)
            continue
        values = data.values(name)
        observed = ~np.isnan(values)
        missing = _missing(data, variable, observed, kinds) & domain
        if not observed.any():
            problems.append(f"nobody answered {name!r}, so nothing can be drawn for it: leave it out")
            continue
        gaps.append(Gap(name, chosen, values, observed, missing))
    if problems:
        raise EstimationError(problems)
    if not any(gap.missing.any() for gap in gaps):
        raise EstimationError(
            f"{', '.join(asked)}: nothing to impute, no answer is missing with one of the codes {list(kinds)}"
        )
    return sorted(gaps, key=lambda gap: int(gap.missing.sum()))


def refuse_auxiliary(
    data: SurveyData, auxiliary: Sequence[str], gaps: Sequence[Gap], kinds: Sequence[int]
) -> None:
    """EstimationError for auxiliary columns with gaps of their own, or that are imputed."""
    problems = []
    for name in auxiliary:
        variable = data.variable(name)
        if any(gap.name == name for gap in gaps):
            problems.append(f"{name!r} is imputed and auxiliary: name it once")
        count = int(_missing(data, variable, data.valid(name), kinds).sum())
        if count:
            problems.append(f"{name!r} has {count} missing answers of its own: name it among the variables")
    if problems:
        raise EstimationError(problems)


def _method(variable: Variable) -> str:
    if variable.level is Level.INTERVAL:
        return "pmm"
    if len(variable.codes) == 2:
        return "logit"
    return "ordered" if variable.level is Level.ORDINAL else "multinomial"


def _problem(data: SurveyData, variable: Variable, method: str, methods: Sequence[str]) -> str:
    name = variable.name
    if method not in methods:
        return f"method {method!r} of {name!r} is unknown: type one of {', '.join(methods)}"
    if method != "pmm" and not variable.codes:
        return f"{name!r} is a number without codes: its method is pmm"
    if variable.rule is not None:
        return f"{name!r} is computed from other columns: impute those, it follows"
    if variable.level is Level.TEXT:
        return f"{name!r} holds words: they cannot be imputed"
    if name in data.design.columns():
        return f"{name!r} belongs to the design: it cannot be imputed"
    return ""


def _missing(data: SurveyData, variable: Variable, observed: np.ndarray, kinds: Sequence[int]) -> np.ndarray:
    """n booleans: whose answer is missing with one of the kinds, in a wave that asked."""
    column = data.frame[variable.name]
    wanted = column.isin(list(kinds)).to_numpy() & ~observed
    if variable.level is Level.INTERVAL:
        empty = column.isna().to_numpy()
        answered = np.unique(data.wave_place[observed])
        wanted = wanted | (empty & np.isin(data.wave_place, answered))
    return wanted
