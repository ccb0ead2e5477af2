"""Pooled waves and the groupings asked for in, those that may be shown together out. Estimates nothing."""

from collections.abc import Sequence

from analysis import SurveyData, nearest
from instruments import Role, Variable
from reports.errors import ReportError
from reports.spec import LANGUAGE
from reports.unstated import are_apart, membership

MOST_CODES, MOST_GROUPS = 8, 6
SPOKEN = "language"
"""The column of a release in which the language of each interview stands."""


def chosen_groups(data: SurveyData, names: Sequence[str] | None) -> tuple[Variable, ...]:
    """The grouping variables: those named, else what the questionnaire itself derives by cutting or recoding.

    Groups of which sums would be known twice are refused (named) or left out: a region's figures minus those
    of its districts would be the figures of the one district that is hidden. ReportError lists every name
    that is refused; nothing needs to be estimated for that.
    """
    if names is None:
        kept, _ = _apart_from_each_other(data, _derived(data))
        return tuple(kept[:MOST_GROUPS])
    found, problems = _named(data, names)
    kept, tied = _apart_from_each_other(data, found)
    problems += tied
    if len(found) > MOST_GROUPS:
        told = ", ".join(each.name for each in found)
        problems.append(f"--by names {len(found)} columns ({told}), {MOST_GROUPS} at most: leave some out")
    if problems:
        raise ReportError("\n".join(problems))
    return tuple(kept)


def _apart_from_each_other(data: SurveyData, groups: Sequence[Variable]) -> tuple[list[Variable], list[str]]:
    """Those that share no sum with one before them, and what is wrong with the others."""
    kept: list[Variable] = []
    problems = []
    for variable in groups:
        if _independent(data, [*kept, variable]):
            kept.append(variable)
            continue
        tied = ", ".join(each.name for each in kept)
        problems.append(
            f"group {variable.name} adds up to the same people as a part of {tied}: whoever subtracts "
            f"one from the other reads what is hidden. Name only one of them with --by"
        )
    return kept, problems


def _named(data: SurveyData, names: Sequence[str]) -> tuple[list[Variable], list[str]]:
    """The columns named, and what is wrong with each that cannot be a grouping."""
    coded = {v.name: v for v in data.codebook.variables if 2 <= len(v.codes) <= MOST_CODES}
    problems = []
    if SPOKEN in names and SPOKEN not in coded:
        if LANGUAGE in coded:
            names = [LANGUAGE if name == SPOKEN else name for name in names]
        else:
            names = [name for name in names if name != SPOKEN]
            problems.append(
                f"--by names {SPOKEN}, but all interviews that say theirs were in one language: leave it out"
            )
    for name in dict.fromkeys(names):
        if name not in coded:
            problems.append(f"--by names {name}, {_unfit(name, data)}; {nearest(name, list(coded))}")
    return [coded[name] for name in dict.fromkeys(names) if name in coded], problems


def _unfit(name: str, data: SurveyData) -> str:
    """Why a column is no grouping."""
    expected = f"no column of 2 to {MOST_CODES} answers"
    if name not in data.codebook:
        return expected
    count = len(data.variable(name).codes)
    return f"{expected}: it has {count}" if count else f"{expected}: it holds numbers or words"


def _derived(data: SurveyData) -> list[Variable]:
    return [
        v
        for v in data.codebook.variables
        if v.role is Role.DERIVED
        and 2 <= len(v.codes) <= MOST_CODES
        and {"cut", "recode"} & set(v.rule or {})
        and data.valid(v.name).any()
    ]


def _independent(data: SurveyData, groups: Sequence[Variable]) -> bool:
    """Whether the groupings are apart in every wave."""
    waves = data.frame["wave"].astype(str).to_numpy()
    codes = [membership(data, group.name) for group in groups]
    return all(are_apart(codes, waves == wave, waves == wave) for wave in data.waves)
