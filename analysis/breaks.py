"""What does not compare: data, variables and waves come in, the breaks among them or a refusal go out.

A break says that one variable of one wave is not comparable with the same variable of another. Whatever sets
figures of waves against each other asks here first.
"""

from collections.abc import Iterable, Sequence

import numpy as np

from analysis.data import Break, SurveyData
from analysis.errors import EstimationError, Said, Setting, setting


def broken(data: SurveyData, names: Iterable[str], waves: Iterable[str]) -> tuple[Break, ...]:
    """The breaks of any of the variables between two of the waves."""
    chosen, among = set(names), set(waves)
    return tuple(
        found
        for found in data.breaks
        if found.variable in chosen and {found.wave_from, found.wave_to} <= among
    )


def waves_of(data: SurveyData, rows: np.ndarray) -> tuple[str, ...]:
    """The waves among the rows (n booleans), in time order."""
    return tuple(data.waves[place] for place in np.unique(data.wave_place[rows]) if place >= 0)


def refuse_broken_groups(data: SurveyData, names: Iterable[str], group: np.ndarray) -> None:
    """The same for groups set against each other: `group`, n positions (-1: none), refused where two groups
    are of other waves, as groups by wave or by year are."""
    if not data.breaks or len(data.waves) < 2:
        return
    inside = group >= 0
    if not broken(data, names, waves_of(data, inside)):
        return
    found = {waves_of(data, group == each) for each in np.unique(group[inside])}
    if len(found) > 1 and any(len(waves) < len(waves_of(data, inside)) for waves in found):
        refuse_broken(data, names, waves_of(data, inside))


def refuse_broken(data: SurveyData, names: Iterable[str], waves: Sequence[str]) -> None:
    """EstimationError where one of the variables does not compare between two of the waves."""
    found = broken(data, names, waves)
    if not found:
        return
    first = found[0]
    reason = first.reason.get("en") or next(iter(first.reason.values()), "")
    more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
    raise EstimationError(
        Said(
            f"{first.variable!r} does not compare between waves {first.wave_from} and {first.wave_to}"
            f"{f' ({reason})' if reason else ''}{more}: ",
            *_instead(data, found, waves),
            ", or join two wordings with splice(...)",
        )
    )


def _instead(data: SurveyData, found: Sequence[Break], waves: Sequence[str]) -> tuple[str | Setting, ...]:
    """The latest of the waves that all compare, as a domain to type."""
    apart = {frozenset((each.wave_from, each.wave_to)) for each in found}
    kept: list[str] = []
    for wave in sorted(waves, key=data.waves.index, reverse=True):
        if not any(frozenset((wave, other)) in apart for other in kept):
            kept.append(wave)
    listed = sorted(kept, key=data.waves.index)
    if len(listed) < 2:
        return (f"no two of waves {', '.join(waves)} have one wording; take each wave alone",)
    return ("name waves of one wording, such as ", setting("where", {"wave": listed}))
