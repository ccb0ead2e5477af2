"""Nonresponse cells: a sample of respondents and others comes in, respondents who stand for all go out."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from analysis.data import SurveyData
from analysis.design import Design
from analysis.errors import EstimationError
from analysis.weighting.raking import base_weights
from analysis.weighting.report import kish_deff

CELL_COLUMNS = ("cell", "sampled", "respondents", "response_rate", "factor")


@dataclass(frozen=True)
class NonresponseCell:
    """A cell: people sampled, respondents, weighted response rate, and the factor of respondents' weights."""

    cell: str
    sampled: int
    respondents: int
    response_rate: float
    factor: float


@dataclass(frozen=True)
class NonresponseReport:
    """`response_rate` is weighted; `kish_...`: Kish's effect among respondents; `collapsed`: why."""

    method: str
    sampled: int
    respondents: int
    response_rate: float
    kish_before: float
    kish_after: float
    cells: tuple[NonresponseCell, ...]
    collapsed: tuple[str, ...]

    def table(self) -> pd.DataFrame:
        """CELL_COLUMNS, a row per cell."""
        rows = [tuple(asdict(cell).values()) for cell in self.cells]
        return pd.DataFrame(rows, columns=CELL_COLUMNS)

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready, for `weights.json`."""
        return asdict(self)


def nonresponse_cells(
    data: SurveyData,
    response: str,
    by: str | Sequence[str],
    *,
    smallest: int = 20,
    largest_factor: float = 3.0,
    base: str | None = None,
) -> tuple[SurveyData, NonresponseReport]:
    """Respondents, each weight times the inverse of the weighted response rate of its cell.

    `data`: everybody sampled; `response`: a column with 1 for who answered and 0 for who did not; `by`:
    columns known of everybody, crossed to cells. A cell of fewer than `smallest` respondents, or one whose
    factor passes `largest_factor`, is joined with the neighbour that shares most of its codes, counted from
    the first column; so name the column to give up last. Oh and Scheuren (1983). EstimationError for an
    unknown response, missing codes in `by`, and a sample of whom nobody answered.
    """
    answered = respondents_of(data, response)
    weights = base_weights(data, base)
    names = (by,) if isinstance(by, str) else tuple(by)
    cell, codes = _cells(data, names)
    totals = np.stack([np.bincount(cell, weights), np.bincount(cell, weights * answered)])
    counts = np.stack([np.bincount(cell), np.bincount(cell, answered.astype(float)).astype(int)])
    groups, collapsed = _collapse(totals, counts, codes, names, (smallest, largest_factor))
    group = np.empty(len(codes), int)
    for place, members in enumerate(groups):
        group[members] = place
    words = tuple(_say(codes, names, members) for members in groups)
    return adjusted(
        data, answered, weights, group[cell], names=words, method="nonresponse cells", collapsed=collapsed
    )


def respondents_of(data: SurveyData, response: str) -> np.ndarray:
    """n booleans; EstimationError unless the column holds 0 and 1 alone, some of them 1."""
    data.refuse_grouped("weighting for nonresponse")
    if response not in data.frame:
        raise EstimationError(f"no column {response!r} that says who answered: name one of 0 and 1")
    values = pd.to_numeric(data.frame[response], errors="coerce").to_numpy(float)
    bad = ~np.isin(values, [0, 1])
    if bad.any():
        raise EstimationError(
            f"{response!r} holds other values than 0 and 1 in {int(bad.sum())} rows, first row "
            f"{int(np.argmax(bad))}: write 1 for who answered and 0 for who did not"
        )
    if not values.any():
        raise EstimationError(f"nobody answered by {response!r}: there is nobody to weight")
    return values == 1


def adjusted(
    data: SurveyData,
    answered: np.ndarray,
    weights: np.ndarray,
    cell: np.ndarray,
    *,
    names: tuple[str, ...],
    method: str,
    collapsed: tuple[str, ...] = (),
) -> tuple[SurveyData, NonresponseReport]:
    """The respondents with factors of their cells (n numbers), and the report."""
    width = len(names)
    whole, theirs = (np.bincount(cell, w, minlength=width) for w in (weights, weights * answered))
    sampled = np.bincount(cell, minlength=width)
    count = np.bincount(cell[answered], minlength=width)
    if (count == 0).any():
        empty = "; ".join(name for name, n in zip(names, count, strict=True) if n == 0)
        raise EstimationError(f"nobody answered in {empty}: take fewer classes")
    factor = whole / theirs
    made = weights * factor[cell]
    rows = zip(names, sampled, count, theirs / whole, factor, strict=True)
    cells = tuple(NonresponseCell(n, int(s), int(r), float(p), float(f)) for n, s, r, p, f in rows)
    report = nonresponse_report(method, answered, weights, made, cells=cells, collapsed=collapsed)
    return respondents_with(data, answered, weights, made), report


def nonresponse_report(
    method: str,
    answered: np.ndarray,
    weights: np.ndarray,
    made: np.ndarray,
    *,
    cells: tuple[NonresponseCell, ...] = (),
    collapsed: tuple[str, ...] = (),
) -> NonresponseReport:
    """The report on weights `made` (n, read where `answered`) from `weights` (n)."""
    return NonresponseReport(
        method=method,
        sampled=len(answered),
        respondents=int(answered.sum()),
        response_rate=float(weights[answered].sum() / weights.sum()),
        kish_before=kish_deff(weights[answered]),
        kish_after=kish_deff(made[answered]),
        cells=cells,
        collapsed=collapsed,
    )


def respondents_with(
    data: SurveyData, answered: np.ndarray, weights: np.ndarray, made: np.ndarray
) -> SurveyData:
    """The respondents alone, with columns `selection_weight` (before) and `base_weight`, read by the design.

    Targets are met afterwards, from `base_weight`. EstimationError for pooled waves.
    """
    if not isinstance(data.design, Design):
        raise EstimationError("pooled waves cannot be weighted together: weight each wave, then pool them")
    frame = data.frame.assign(selection_weight=weights, base_weight=made)[answered].reset_index(drop=True)
    return data.with_frame(frame, design=replace(data.design, weight="base_weight", calibration=None))


def _cells(data: SurveyData, names: tuple[str, ...]) -> tuple[np.ndarray, list[tuple[int, ...]]]:
    """n cells in the order of their codes, and those codes."""
    if not names:
        raise EstimationError("name one or more columns known of everybody sampled")
    gaps = {name: int((data.places(name) < 0).sum()) for name in names if data.variable(name).codes}
    uncoded = [name for name in names if not data.variable(name).codes]
    if uncoded:
        raise EstimationError(f"{', '.join(uncoded)} have no codes to make cells of: cut them into classes")
    if any(gaps.values()):
        listed = ", ".join(f"{name} ({count})" for name, count in gaps.items() if count)
        raise EstimationError(
            f"nonresponse cells need columns known of everybody sampled; missing in {listed}: "
            "give the missing ones a code of their own, or leave the column out"
        )
    shape = [len(data.variable(name).codes) for name in names]
    flat = np.ravel_multi_index([data.places(name).astype(int) for name in names], shape)
    found, cell = np.unique(flat, return_inverse=True)
    codes = [sorted(data.variable(name).codes) for name in names]
    places = zip(*np.unravel_index(found, shape), strict=True)
    return cell, [tuple(listed[at] for listed, at in zip(codes, place, strict=True)) for place in places]


def _collapse(
    totals: np.ndarray,
    counts: np.ndarray,
    codes: list[tuple[int, ...]],
    names: tuple[str, ...],
    limits: tuple[int, float],
) -> tuple[list[list[int]], tuple[str, ...]]:
    """Cells joined until each keeps the limits or one is left, and a sentence for each joining."""
    smallest, largest = limits
    groups = [[place] for place in range(len(codes))]
    said: list[str] = []
    while len(groups) > 1:
        n = np.array([counts[1, members].sum() for members in groups])
        whole, theirs = (np.array([row[members].sum() for members in groups]) for row in totals)
        factor = np.divide(whole, theirs, out=np.full(len(n), np.inf), where=theirs > 0)
        failing = np.flatnonzero((n < smallest) | (factor > largest))
        if not len(failing):
            break
        place = int(failing[np.argmin(n[failing])])
        other = _neighbour(groups, codes, place, n)
        first, second = min(place, other), max(place, other)
        reason = f"{n[place]} respondents" if n[place] < smallest else f"factor {factor[place]:.2f}"
        said.append(
            f"{_say(codes, names, groups[place])} ({reason}) joined with {_say(codes, names, groups[other])}"
        )
        groups[first : second + 1] = [groups[first] + groups[second]]
    return groups, tuple(said)


def _neighbour(groups: list[list[int]], codes: list[tuple[int, ...]], place: int, n: np.ndarray) -> int:
    """The group before or after that shares the longest run of first codes; of equal ones the smaller."""
    beside = [other for other in (place - 1, place + 1) if 0 <= other < len(groups)]

    def shared(other: int) -> int:
        a, b = (
            (codes[groups[other][-1]], codes[groups[place][0]])
            if other < place
            else (
                codes[groups[place][-1]],
                codes[groups[other][0]],
            )
        )
        return next((k for k, (x, y) in enumerate(zip(a, b, strict=True)) if x != y), len(a))

    return max(beside, key=lambda other: (shared(other), -int(n[other])))


def _say(codes: list[tuple[int, ...]], names: tuple[str, ...], members: list[int]) -> str:
    """A group of cells in words: `sex=1, age=2..4`, or its cells one by one."""
    words = [", ".join(f"{name}={code}" for name, code in zip(names, codes[m], strict=True)) for m in members]
    return words[0] if len(words) == 1 else " + ".join(words)
