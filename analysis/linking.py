"""Waves that share people or places: their samples come in, one sample with joint units goes out.

The rows of linked waves are one sample of units drawn with replacement in strata, as R's
`svydesign(id=~person, strata=~stratum)` of the stacked rows: a unit's total over all waves carries the
covariance between them, so that Var(b - a) = Var(a) + Var(b) - 2 Cov(a, b) needs no term of its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from analysis.collapsing import collapsed
from analysis.errors import DataError
from analysis.sample import JoinedProjection, Projection, Sample
from analysis.stages import Stage

_STRATUM = "stratum"


@dataclass(frozen=True)
class Wave:
    """One wave to link: its name, its frame, its own sample, and the columns of people and of strata.

    `same_psus`: its stratum and cluster codes name the places that they name in the other waves.
    """

    name: str
    frame: pd.DataFrame
    sample: Sample
    person: str | None
    strata: str | None
    cluster: str | None
    same_psus: bool
    collapse: tuple[tuple[Any, Any], ...] = ()


def linked(waves: Sequence[Wave]) -> Sample:
    """One sample over the waves' rows, in their order; rows of one person or one shared place are one unit.

    Clusters of different waves that share a person are one unit too, so that a person who moved joins both
    places. DataError for population sizes, unlike policies, and a person in two strata.
    """
    problems = [
        f"wave {wave.name}: waves linked by person or place count as drawn with replacement: leave fpc out"
        for wave in waves
        if any((stage.fraction > 0).any() for stage in wave.sample.stages)
    ]
    if len({wave.sample.lonely_psu for wave in waves}) > 1:
        problems.append("linked waves need the same lonely_psu: give all their designs the same")
    if problems:
        raise DataError(problems)
    stratum = np.concatenate([_strata(wave) for wave in waves])
    unit = _units(waves, stratum)
    stage = _stage(waves, unit, stratum)
    policy, remarks = waves[0].sample.lonely_psu, tuple(_movers(waves, unit))
    if policy == "collapse":
        pairs = tuple((str(a), str(b)) for wave in waves for a, b in wave.collapse)
        frame = pd.DataFrame({_STRATUM: stratum})
        joined, notes = collapsed(frame, stage, _STRATUM, (), tuple(dict.fromkeys(pairs)))
        if notes:
            stage = _stage(waves, unit, joined[_STRATUM].to_numpy())
        remarks += notes
    if len(np.unique(unit)) == sum(len(wave.sample.stages[0].stratum) for wave in waves):
        named = " or ".join(dict.fromkeys(repr(wave.person or wave.cluster) for wave in waves))
        remarks += (f"nobody stands in two of these waves: is {named} the same code in each?",)
    weights = np.concatenate([wave.sample.weights for wave in waves])
    return Sample(weights, (stage,), policy, _projection(waves), waves[0].sample.lonely_domain, remarks)


def _strata(wave: Wave) -> np.ndarray:
    if wave.strata is None:
        return np.full(len(wave.frame), "", dtype=object)
    return wave.frame[wave.strata].map(str).to_numpy(object)


def _units(waves: Sequence[Wave], stratum: np.ndarray) -> np.ndarray:
    """Each row's unit: places and people that hang together through any row."""
    place = _codes(
        pd.Series([key for number, wave in enumerate(waves) for key in _places(number, wave)], dtype=object)
    )
    listed = [
        wave.frame[wave.person].map(_plain).tolist() if wave.person else [None] * len(wave.frame)
        for wave in waves
    ]
    people = pd.Series([each for part in listed for each in part], dtype=object)
    known = people.notna().to_numpy()
    person = np.zeros(len(place), int)
    person[known] = _codes(people[known])
    size, count = int(place.max()) + 1, int(person.max(initial=0)) + 1
    edges = sparse.coo_array(
        (np.ones(int(known.sum())), (place[known], size + person[known])), shape=(size + count, size + count)
    )
    component = connected_components(edges, directed=False)[1][place]
    unit = _codes(pd.Series(component))
    _refuse_strata(waves, unit, stratum, people)
    return unit


def _places(number: int, wave: Wave) -> list[Any]:
    """Each row's first-stage unit: of this wave alone, or of all waves that share their places."""
    if wave.same_psus and wave.cluster is not None:
        return list(zip(_strata(wave), wave.frame[wave.cluster].map(_plain), strict=True))
    return [(number, int(code)) for code in wave.sample.stages[0].unit]


def _refuse_strata(waves: Sequence[Wave], unit: np.ndarray, stratum: np.ndarray, people: pd.Series) -> None:
    first = np.unique(unit, return_index=True)[1]
    astray = np.flatnonzero(stratum != stratum[first][unit])
    if len(astray) == 0:
        return
    row = int(astray[0])
    names = np.concatenate([np.full(len(wave.frame), wave.name, dtype=object) for wave in waves])
    who = f"person {people.iloc[row]!r}" if pd.notna(people.iloc[row]) else "a place"
    other = int(first[unit[row]])
    raise DataError(
        f"{who} stands in stratum {stratum[row]!r} in wave {names[row]} and hangs together with rows of "
        f"stratum {stratum[other]!r} in wave {names[other]}: give each person, in every wave, the stratum "
        "they were first drawn from"
    )


def _stage(waves: Sequence[Wave], unit: np.ndarray, stratum: np.ndarray) -> Stage:
    code = _codes(pd.Series(stratum))
    first = np.unique(unit, return_index=True)[1]
    count = np.bincount(code[first])
    what = waves[0].person or waves[0].cluster or "unit"
    labels = pd.DataFrame({"stratum": stratum, "unit": np.concatenate([_labels(wave) for wave in waves])})
    zero = np.zeros(len(count))
    return Stage(unit, code[first], count, zero, zero + 1, (waves[0].strata or "(no strata)", what), labels)


def _labels(wave: Wave) -> np.ndarray:
    column = wave.person or wave.cluster
    return wave.frame[column].to_numpy(object) if column else np.full(len(wave.frame), "", dtype=object)


def _projection(waves: Sequence[Wave]) -> JoinedProjection | None:
    """The waves' own projections, each on its rows."""
    begins = np.cumsum([0] + [len(wave.frame) for wave in waves])
    parts = [
        (np.arange(begin, begin + len(wave.frame)), wave.sample.projection)
        for begin, wave in zip(begins, waves, strict=False)
        if isinstance(wave.sample.projection, Projection)
    ]
    return JoinedProjection(tuple(parts), int(begins[-1])) if parts else None


def _movers(waves: Sequence[Wave], unit: np.ndarray) -> list[str]:
    """A note where people joined places that were apart in one wave."""
    begin, joined = 0, 0
    for wave in waves:
        part = unit[begin : begin + len(wave.frame)]
        joined += len(np.unique(wave.sample.stages[0].unit)) - len(np.unique(part))
        begin += len(wave.frame)
    if not joined or all(wave.cluster is None for wave in waves):
        return []
    return [f"{joined} clusters were joined with another of their wave, because people stand in both"]


def _codes(values: pd.Series) -> np.ndarray:
    codes: np.ndarray = pd.factorize(values)[0]
    return codes


def _plain(value: Any) -> Any:
    """1, 1.0 and numpy's 1 are one code."""
    if isinstance(value, float | np.floating) and float(value).is_integer():
        return int(value)
    return value.item() if isinstance(value, np.generic) else value


def groups(designs: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """Names of the waves that are linked, and of those that stand alone."""
    joined = [
        wave
        for wave, design in designs.items()
        if getattr(design, "person", None) or getattr(design, "same_psus", False)
    ]
    joined = joined if len(joined) > 1 else []
    return joined, [wave for wave in designs if wave not in joined]
