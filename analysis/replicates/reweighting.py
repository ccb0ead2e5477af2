"""Calibration repeated in every replicate: factors before it come in, factors after it go out, by blocks."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pandas as pd
from scipy import sparse

from analysis.design import Calibration, Limits, margin_codes
from analysis.errors import EstimationError
from analysis.fitting import distance_of, proportional_sums, solve, trim_weights
from analysis.replicates.lost import MarginClasses, Watched, margin_classes
from analysis.replicates.multipliers import Multipliers

_ROUNDS = 200
_SLACK = 1e-6
_TOLERANCE = 1e-11
_SAME = 1e-9
Adjust = Callable[[np.ndarray, int], np.ndarray]
"""Weights before (U x b), the number of replicates before them -> weights after."""


class Piece(Protocol):
    """Some of the units, and what becomes of their factors."""

    def apply(self, factors: np.ndarray, start: int) -> np.ndarray:
        """Factors (all units x b) of the replicates from `start` on -> those of the piece's units."""
        ...


@dataclass(frozen=True)
class Repeated:
    """Factors of `inner` after each piece's own calibration; the units of the pieces follow each other."""

    inner: Multipliers
    pieces: tuple[Piece, ...]

    @property
    def count(self) -> int:
        return self.inner.count

    def block(self, start: int, stop: int) -> np.ndarray:
        drawn = self.inner.block(start, stop)
        return np.vstack([piece.apply(drawn, start) for piece in self.pieces])


@dataclass(frozen=True)
class Kept:
    """Units whose factors stay."""

    units: np.ndarray

    def apply(self, factors: np.ndarray, start: int) -> np.ndarray:
        return factors[self.units]


@dataclass(frozen=True)
class Adjusted:
    """Units whose weights are calibrated, in each replicate, to the totals of the whole sample's weights.

    `units`: where the factors before stand; `base`, `final`: weights before and after the calibration of the
    whole sample; `watched`: classes of margins that a replicate may lack.
    """

    units: np.ndarray
    base: np.ndarray
    final: np.ndarray
    adjust: Adjust
    watched: tuple[Watched, ...] = ()

    def apply(self, factors: np.ndarray, start: int) -> np.ndarray:
        fitted: np.ndarray = (
            self.adjust(factors[self.units] * self.base[:, None], start) / self.final[:, None]
        )
        return fitted


def kept(unit: np.ndarray) -> tuple[np.ndarray, Kept]:
    """Codes of the units that these rows hold (n), and their factors as they are."""
    found, code = np.unique(unit, return_inverse=True)
    return code, Kept(found)


def recalibrated(
    unit: np.ndarray, frame: pd.DataFrame, weights: np.ndarray, calibration: Calibration, *, given: bool
) -> tuple[np.ndarray, Adjusted]:
    """Codes of units (n) whose rows share their factors, and those factors, under repeated calibration.

    `unit`: the n units before. Rows of one PSU in the same classes of every margin have the same factor,
    unless numeric columns or limits on weights tell them apart. `given`: the replicates came with the data.
    """
    if calibration.adjusted and calibration.cut is None:
        raise EstimationError(
            f"weights were cut after column {calibration.adjusted!r}, and the design does not say at what: "
            "type Calibration(cut=(lower, upper)) for the replicates to repeat it"
        )
    if calibration.cap is not None:
        raise EstimationError(
            "weights were capped within every iteration of raking, which replicates do not repeat: rake with "
            "trim= instead of cap=, or type make_replicates(..., recalibrate=False)"
        )
    base = frame[calibration.base_weight].to_numpy(float)
    adjusted = frame[calibration.adjusted].to_numpy(float) if calibration.adjusted else weights
    classes = [margin_codes(frame, margin) for margin in calibration.margins]
    code = _cross([unit, *classes]) if _shared(calibration) else np.arange(len(unit))
    first = np.unique(code, return_index=True)[1]
    ratio = adjusted / base
    if not np.allclose(ratio, ratio[first][code], rtol=_SAME, atol=0):
        code = first = np.arange(len(unit))
    sums = [np.bincount(code, w, minlength=len(first)) for w in (base, adjusted, weights)]
    named = [margin_classes(frame, *each, unit) for each in zip(calibration.margins, classes, strict=True)]
    margins = tuple(_margin(part[first], sums[1], *each) for part, each in zip(classes, named, strict=True))
    cells = _Cells(margins, sums[0], sums[1])
    if calibration.method == "raking":
        adjust = _raking(cells, calibration)
    else:
        adjust = _regression(cells, calibration.auxiliary(frame)[first], calibration)
    if calibration.cut is not None:
        adjust = _trimmed(adjust, calibration.cut, calibration.strict)
    watched = tuple(each for margin in margins for each in margin.watched(given))
    return code, Adjusted(unit[first], sums[0], sums[2], _named(adjust), watched)


def _margin(
    classes: np.ndarray, adjusted: np.ndarray, names: tuple[str, ...], psus: np.ndarray
) -> MarginClasses:
    inside = classes >= 0
    return MarginClasses(classes, np.bincount(classes[inside], adjusted[inside]), names, psus)


def _shared(calibration: Calibration) -> bool:
    """Whether the margins alone say a row's factor."""
    by_row = calibration.limits or calibration.cut or calibration.numeric
    return not by_row and not (calibration.method == "raking" and calibration.bounds)


@dataclass(frozen=True)
class _Cells:
    """U units: their margins, their weights before and after the whole sample's calibration."""

    margins: tuple[MarginClasses, ...]
    base: np.ndarray
    adjusted: np.ndarray


def _raking(cells: _Cells, calibration: Calibration) -> Adjust:
    """Margins met by proportional fitting on distinct cells; limits by cutting and fitting again."""
    code = _cross([margin.classes for margin in cells.margins])
    found, first = np.unique(code, return_index=True)
    gather = sparse.csr_array(
        (np.ones(len(code)), (code, np.arange(len(code)))), shape=(len(found), len(code))
    )
    total = float(cells.adjusted.sum())

    def fit(weights: np.ndarray, start: int) -> np.ndarray:
        before = gather @ weights
        wanted = [margin.remaining(weights, start) for margin in cells.margins]
        margins = [
            (margin.classes[first], each / each.sum(axis=0))
            for margin, each in zip(cells.margins, wanted, strict=True)
        ]
        sums = proportional_sums(before, margins)
        factor = np.where(before > 0, sums / np.where(before > 0, before, 1), 1.0)
        fitted = weights * factor[code]
        scaled: np.ndarray = fitted * (total / fitted.sum(axis=0))
        return scaled

    if calibration.limits is None and calibration.bounds is None:
        return fit
    low, high = _ends(calibration.limits)
    least, most = _ends(calibration.bounds)

    def fit_within(weights: np.ndarray, start: int) -> np.ndarray:
        drawn = weights > 0
        mean = total / drawn.sum(axis=0)
        share = weights * (mean / (weights.sum(axis=0) / drawn.sum(axis=0)))
        floor = np.maximum(low * mean, least * share)
        ceiling = np.broadcast_to(high * mean, share.shape)
        if np.isfinite(most):
            ceiling = np.minimum(ceiling, most * share)
        for _ in range(_ROUNDS):
            weights = fit(weights, start)
            cut = np.where(drawn, np.clip(weights, floor, ceiling), 0.0)
            if (np.abs(cut - weights) <= _SLACK * weights).all():
                return weights
            weights = cut
        raise EstimationError("no weights inside the limits meet all margins: widen trim or bounds")

    return fit_within


def _regression(cells: _Cells, X: np.ndarray, calibration: Calibration) -> Adjust:
    """Totals met by Newton's method, replicate by replicate; X: a constant, the margins' classes, others."""
    bounds = None if calibration.bounds is None else _ends(calibration.bounds, -np.inf)
    distance = distance_of(calibration.distance, bounds)
    wanted = X.T @ cells.adjusted

    def fit(weights: np.ndarray, start: int) -> np.ndarray:
        totals = np.repeat(wanted[:, None], weights.shape[1], axis=1)
        begin = 1
        for margin in cells.margins:
            end = begin + len(margin.sums)
            totals[begin:end] = margin.remaining(weights, start)
            begin = end
        columns = [
            w * solve(w, X, each, distance, tolerance=_TOLERANCE, most=500)[0]
            for w, each in zip(weights.T, totals.T, strict=True)
        ]
        return np.column_stack(columns)

    return fit


def _trimmed(adjust: Adjust, cut: Limits, strict: bool) -> Adjust:
    """Each replicate's weights cut as the whole sample's were; rows that were not drawn stay 0."""
    low, high = _ends(cut)

    def fit(weights: np.ndarray, start: int) -> np.ndarray:
        fitted = adjust(weights, start)
        for column in fitted.T:
            drawn = column != 0
            column[drawn] = trim_weights(column[drawn], lower=low, upper=high, strict=strict)
        return fitted

    return fit


def _named(adjust: Adjust) -> Adjust:
    """Says which replicate cannot be calibrated, and what to type."""

    def fit(weights: np.ndarray, start: int) -> np.ndarray:
        try:
            return adjust(weights, start)
        except EstimationError:
            for place in range(weights.shape[1]):
                try:
                    adjust(weights[:, place : place + 1], start + place)
                except EstimationError as error:
                    raise EstimationError(_refusal(start + place + 1, str(error))) from error
            raise

    return fit


def _refusal(number: int, reason: str) -> str:
    if reason.startswith("replicate "):
        return reason
    return (
        f"replicate {number} cannot be calibrated as the sample was: {reason}. Weight again so, or type "
        "another kind of replicates, such as make_replicates(data, 'JKn') (--replicates JKn)"
    )


def _ends(limits: Limits | None, lowest: float = 0.0) -> tuple[float, float]:
    low, high = limits or (None, None)
    return (lowest if low is None else low), (np.inf if high is None else high)


def _cross(codes: list[np.ndarray] | tuple[np.ndarray, ...]) -> np.ndarray:
    """n codes of the combinations that occur."""
    crossed = np.zeros(len(codes[0]), np.int64) if codes else np.zeros(0, np.int64)
    for part in codes:
        crossed = np.unique(crossed * (part.max(initial=0) + 2) + part + 1, return_inverse=True)[1]
    return crossed
