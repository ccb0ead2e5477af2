"""Rows that stand for several interviews: their sums and a design come in, the same covariances go out.

A row is one combination of answers, design columns and calibration margins. Its influence value is a sum of
weights times what all its interviews share, so whatever is a sum over sampling units stays exact. Where the
interview is the sampling unit, squared deviations of the weights give the squares within a row.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import pandas as pd

from analysis.collapsing import collapsed
from analysis.design import Calibration, Design, PooledDesign, fpc_weights, weight_problems
from analysis.errors import DataError
from analysis.sample import Matrix, Projection, Sample, projection, sums_by
from analysis.stages import Stage, build_stages

INTERVIEWS = "(interviews)"
"""How many interviews a row stands for. No column of a formula or a codebook has parentheses."""
WEIGHT = "(weight)"
ADJUSTED = "(adjusted weight)"
CARRIED = "(metric x weight / adjusted weight)"
PRODUCTS = {
    "(weight squared)": (WEIGHT, WEIGHT),
    "(weight x adjusted weight)": (WEIGHT, ADJUSTED),
    "(adjusted weight squared)": (ADJUSTED, ADJUSTED),
}
"""Sums of products of deviations from the row's means, so that equal weights have exactly none."""
SQUARES, CROSSED, ADJUSTED_SQUARES = PRODUCTS
SUMS = (INTERVIEWS, WEIGHT, ADJUSTED, CARRIED, *PRODUCTS)


@dataclass(frozen=True)
class GroupedDesign(Design):
    """A design whose frame has a row per combination: weights are sums, INTERVIEWS counts, see `row_sums`."""

    def columns(self) -> tuple[str, ...]:
        """Every column this design reads, those of sums included."""
        return (*super().columns(), *_own_sums(self))

    def bind(self, frame: pd.DataFrame) -> Sample:
        """The sample of the interviews behind the rows; errors as in `Design.bind`."""
        counts = frame[INTERVIEWS].to_numpy(float)
        stages = build_stages(frame, self.strata, self.cluster, self.fpc, counts)
        weights = frame[self.weight].to_numpy(float) if self.weight else fpc_weights(stages) * counts
        fitted = _projection(self.calibration, frame, weights) if self.calibration else None
        remarks: tuple[str, ...] = ()
        if self.lonely_psu == "collapse" and self.strata:
            joined, remarks = collapsed(frame, stages[0], self.strata, self.fpc[:1], self.collapse)
            stages = build_stages(joined, self.strata, self.cluster, self.fpc, counts) if remarks else stages
        known = (weights, stages, self.lonely_psu, fitted, self.lonely_domain, remarks)
        if self.cluster:
            return Sample(*known)
        return GroupedSample(*known, counts=counts, within=_within(self, frame, weights))

    def to_dict(self) -> dict[str, Any]:
        raise DataError("rows that stand for several interviews are no release: write the interviews")


@dataclass(frozen=True)
class Within:
    """The squares within a row: factors of the sums of w f and of the fitted a t, n each.

    The matrix of squares and products of w and a around their means is L L', L = [[ww, 0], [wa, aa]].
    """

    ww: np.ndarray
    wa: np.ndarray
    aa: np.ndarray


@dataclass(frozen=True)
class GroupedSample(Sample):
    """Interviews drawn one by one within strata, n rows of `counts` interviews each."""

    counts: np.ndarray = None  # type: ignore[assignment]  # given always: fields above have defaults
    within: Within = None  # type: ignore[assignment]

    def df_by(self, group: np.ndarray, count: int) -> np.ndarray:
        """Interviews minus strata of `count` disjoint domains; `group` holds each row's domain or -1."""
        inside = group >= 0
        interviews = np.bincount(group[inside], self.counts[inside], minlength=count)
        strata = super().df_by(group, count) - self._rows_by(group, count)
        return np.rint(interviews).astype(np.int64) + strata

    def _rows_by(self, group: np.ndarray, count: int) -> np.ndarray:
        return np.bincount(group[group >= 0], minlength=count)

    def _alone_in_domain(self, stage: Stage, domain: np.ndarray | None) -> np.ndarray:
        if not self.lonely_domain or self.lonely_psu != "adjust" or domain is None:
            return np.zeros(len(stage.count), bool)
        strata = stage.stratum_of_row[domain]
        reached = np.bincount(strata, self.counts[domain], minlength=len(stage.count))
        return np.asarray((reached == 1) & (stage.count > 1))

    def _spread(
        self, stage: Stage, Z: Matrix, basis: np.ndarray | None, domain: np.ndarray | None
    ) -> np.ndarray:
        """3n x k: squares within the rows twice, of the rows around the stratum's mean once."""
        totals = sums_by(stage.unit, Z, self.n)
        fitted = np.zeros_like(totals)
        if self.projection is not None and basis is not None:
            fitted = basis @ self.projection.coefficients(Z)
        means, root = self._means(stage, totals - fitted, domain)
        plain, fitted = totals[stage.unit], fitted[stage.unit]
        counts, stratum = self.counts[:, None], stage.stratum_of_row
        around = (plain - fitted - counts * means[stratum]) / np.sqrt(counts)
        parts = [around, self.within.ww[:, None] * plain]
        if self.projection is not None:
            parts[1] = parts[1] - self.within.wa[:, None] * fitted
            parts.append(self.within.aa[:, None] * fitted)
        scale = root[stratum][:, None]
        return np.concatenate([part * scale for part in parts])


def grouped(design: Any) -> GroupedDesign | PooledDesign:
    """The same design for rows that stand for several interviews."""
    if isinstance(design, PooledDesign):
        return PooledDesign(tuple((wave, grouped_design(part)) for wave, part in design.parts))
    return grouped_design(design)


def grouped_design(design: Design) -> GroupedDesign:
    """One wave's design for rows that stand for several interviews."""
    return GroupedDesign(**{part.name: getattr(design, part.name) for part in fields(design)})


def is_grouped(design: object) -> bool:
    """Whether rows stand for several interviews."""
    if isinstance(design, PooledDesign):
        return any(isinstance(part, GroupedDesign) for _, part in design.parts)
    return isinstance(design, GroupedDesign)


def key_columns(design: Design) -> tuple[str, ...]:
    """The columns of the design that all interviews of a row share."""
    margins = design.calibration.margins if design.calibration else ()
    numeric = design.calibration.numeric if design.calibration else ()
    named = [design.strata, *design.cluster, *design.fpc]
    shared = [*(name for name in named if name), *(name for margin in margins for name in margin), *numeric]
    return tuple(dict.fromkeys(shared))


def weight_columns(design: Design) -> tuple[str, ...]:
    """The columns of the design that are summed."""
    adjustment = design.calibration
    named = [design.weight]
    if adjustment:
        named += [adjustment.base_weight, adjustment.adjusted]
    return tuple(dict.fromkeys(name for name in named if name))


def row_sums(frame: pd.DataFrame, design: Design) -> dict[str, np.ndarray]:
    """What is summed over the interviews (n each) so that a row can stand for several, by column."""
    found = {name: frame[name].to_numpy(float) for name in weight_columns(design)}
    found[INTERVIEWS] = np.ones(len(frame))
    own = _own_sums(design)
    w = found[design.weight] if design.weight else found[INTERVIEWS]
    nothing = {name: np.zeros(len(frame)) for name in PRODUCTS if name in own}
    found |= nothing | ({WEIGHT: w} if nothing else {})
    adjustment = design.calibration
    if adjustment is None or adjustment.adjusted is None:
        return found
    a = found[adjustment.adjusted]
    raking = adjustment.method == "raking"
    metric = found[INTERVIEWS] if raking else found[adjustment.base_weight]
    found[CARRIED] = metric * w / a
    return found | ({ADJUSTED: a} if nothing else {})


def gathered(sums: Mapping[str, np.ndarray], code: np.ndarray, count: int) -> dict[str, np.ndarray]:
    """`count` sums of rows (n each) by code; products of deviations join as Chan et al. (1983) do."""
    found = {name: np.bincount(code, values, minlength=count) for name, values in sums.items()}
    interviews = sums[INTERVIEWS]
    for name, pair in PRODUCTS.items():
        if name not in sums:
            continue
        away = np.ones(len(code))
        for part in pair:
            away *= sums[part] / interviews - (found[part] / found[INTERVIEWS])[code]
        found[name] += np.bincount(code, interviews * away, minlength=count)
    return found


def sum_problems(frame: pd.DataFrame, design: Design) -> tuple[str, ...]:
    """Weights whose sums would hide what is wrong with them."""
    return tuple(
        problem
        for name in weight_columns(design)
        if name != design.weight
        for problem in weight_problems(frame, name)
    )


def _own_sums(design: Design) -> tuple[str, ...]:
    names = [INTERVIEWS]
    if not design.cluster and design.weight:
        names += [WEIGHT, SQUARES]
    if design.calibration and design.calibration.adjusted:
        names.append(CARRIED)
        if not design.cluster:
            names += [ADJUSTED, CROSSED, ADJUSTED_SQUARES]
    return tuple(names)


def _projection(adjustment: Calibration, frame: pd.DataFrame, weights: np.ndarray) -> Projection:
    raking = adjustment.method == "raking"
    metric = frame[INTERVIEWS if raking else adjustment.base_weight].to_numpy(float)
    auxiliary = adjustment.auxiliary(frame)
    if adjustment.adjusted is None:
        return projection(weights, metric, auxiliary)
    carried = frame[CARRIED].to_numpy(float) / weights
    return projection(frame[adjustment.adjusted].to_numpy(float), metric, auxiliary, carried)


def _within(design: Design, frame: pd.DataFrame, weights: np.ndarray) -> Within:
    """Cholesky factor of the 2 x 2 products of deviations, divided by the sums that they multiply.

    Where nothing was trimmed since, w and a are the same: one factor, and none of a alone.
    """
    zero = np.zeros(len(frame))
    if not design.weight:
        return Within(zero, zero, zero)
    ww = np.sqrt(frame[SQUARES].to_numpy(float))
    adjusted = design.calibration.adjusted if design.calibration else None
    if adjusted is None:
        return Within(ww / weights, ww / weights, zero)
    a = frame[adjusted].to_numpy(float)
    wa = np.divide(frame[CROSSED].to_numpy(float), ww, out=zero.copy(), where=ww > 0)
    aa = np.sqrt(np.maximum(frame[ADJUSTED_SQUARES].to_numpy(float) - wa**2, 0))
    return Within(ww / weights, wa / a, aa / a)
