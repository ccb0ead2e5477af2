"""The sample design, named by columns: a frame comes in, a `Sample` that gives covariances goes out."""

from dataclasses import asdict, dataclass
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from analysis.collapsing import collapsed
from analysis.errors import DataError, Said, setting
from analysis.linking import Wave, groups, linked
from analysis.sample import PooledSample, Projection, Sample, projection
from analysis.stages import Stage, build_stages

LONELY_POLICIES = ("fail", "certainty", "remove", "adjust", "average", "collapse")
CALIBRATIONS = ("regression", "raking")
Limits: TypeAlias = tuple[float | None, float | None]


@dataclass(frozen=True)
class Calibration:
    """What the weights were adjusted to, so that the adjustment enters every variance.

    `margins`: columns crossed per margin (each observed code one indicator, missing codes none);
    `numeric`: columns whose totals were fixed; `base_weight`: the column of weights before the adjustment;
    `adjusted`: the column of weights right after it, where they were trimmed since. `method`: residuals are
    those of a regression weighted by the base weights (`regression`: Deville and Särndal 1992) or of the
    unweighted one that R survey's rake uses (`raking`); with equal base weights they are the same.

    What repeats the adjustment in every replicate (`make_replicates`): `distance` and `bounds` of
    `calibrate`; `bounds` and `limits` (its `trim`, as multiples of the mean weight) of `rake`; `cut`, the
    limits of `trim_weights` afterwards, with `strict`; `cap` of `rake`, which no replicate repeats. None is
    an open end.
    """

    base_weight: str = "base_weight"
    margins: tuple[tuple[str, ...], ...] = ()
    numeric: tuple[str, ...] = ()
    method: str = "regression"
    adjusted: str | None = None
    distance: str = "linear"
    bounds: Limits | None = None
    limits: Limits | None = None
    cut: Limits | None = None
    strict: bool = False
    cap: float | None = None

    def __post_init__(self) -> None:
        if self.method not in CALIBRATIONS:
            raise DataError(f"calibration {self.method!r} is unknown: type one of {', '.join(CALIBRATIONS)}")
        for name in ("bounds", "limits", "cut"):
            object.__setattr__(self, name, finite_limits(getattr(self, name)))

    def columns(self) -> tuple[str, ...]:
        """Every column this adjustment reads."""
        margins = (name for margin in self.margins for name in margin)
        return (self.base_weight, *margins, *self.numeric, *((self.adjusted,) if self.adjusted else ()))

    def projection(self, frame: pd.DataFrame, weights: np.ndarray) -> Projection:
        """What a variance needs of this adjustment, for rows that now have `weights` (n)."""
        adjusted = frame[self.adjusted].to_numpy(float) if self.adjusted else weights
        raking = self.method == "raking"
        metric = np.ones(len(frame)) if raking else frame[self.base_weight].to_numpy(float)
        return projection(adjusted, metric, self.auxiliary(frame))

    def auxiliary(self, frame: pd.DataFrame) -> np.ndarray:
        """n x q: a constant, the indicators of the margins' cells, the numeric columns."""
        parts = [np.ones((len(frame), 1))]
        parts += [_indicators(frame, margin) for margin in self.margins]
        parts += [frame[[name]].to_numpy(float) for name in self.numeric]
        return np.hstack(parts)


@dataclass(frozen=True)
class Design:
    """Strata, clusters of each stage, population sizes of each stage and the weight, by column name.

    `fpc` columns hold population counts, or sampling fractions when all their values are at most 1; a stage
    beyond the last `fpc` column counts as drawn with replacement. `weight=None` takes the weight from `fpc`
    when there is one (product of N/n over the stages) and 1 otherwise. Cluster codes are nested: the same
    code in two strata means two clusters.

    `lonely_psu`: what a stratum with one sampled PSU adds; `collapse` joins it with its partner in `collapse`
    (pairs of stratum and partner), else with its neighbour in the order of the codes. `lonely_domain`: a
    stratum in which a domain has one PSU counts as lonely under `adjust` (R: survey.adjust.domain.lonely).

    Waves that are pooled share units where both designs say so. `person`: a column that names the same person
    in every wave; without clusters the person is the PSU. `same_psus`: stratum and cluster codes name the
    same places in every wave.
    """

    strata: str | None = None
    cluster: tuple[str, ...] = ()
    fpc: tuple[str, ...] = ()
    weight: str | None = "weight"
    lonely_psu: str = "fail"
    calibration: Calibration | None = None
    collapse: tuple[tuple[Any, Any], ...] = ()
    lonely_domain: bool = False
    person: str | None = None
    same_psus: bool = False

    def __post_init__(self) -> None:
        if self.lonely_psu not in LONELY_POLICIES:
            raise DataError(
                Said(
                    setting("lonely_psu", self.lonely_psu),
                    f" is unknown: type one of {', '.join(LONELY_POLICIES)}",
                )
            )
        for name in ("cluster", "fpc"):
            value = getattr(self, name)
            object.__setattr__(self, name, (value,) if isinstance(value, str) else tuple(value))
        object.__setattr__(self, "collapse", tuple((one, other) for one, other in self.collapse))
        if self.collapse and self.lonely_psu != "collapse":
            raise DataError(Said("pairs of strata to join need ", setting("lonely_psu", "collapse")))
        if self.same_psus and not self.cluster:
            raise DataError("same_psus says that cluster codes last, and the design names no cluster")
        if len(self.fpc) > max(1, len(self.cluster)):
            raise DataError(
                f"{len(self.fpc)} fpc columns for {len(self.cluster)} cluster stages: "
                "name the clusters of each stage"
            )

    def columns(self) -> tuple[str, ...]:
        """Every column this design reads."""
        named = [self.strata, *self.cluster, *self.fpc, self.weight, self.person]
        aux = self.calibration.columns() if self.calibration else ()
        return tuple(dict.fromkeys([name for name in named if name] + list(aux)))

    def problems(self, frame: pd.DataFrame) -> tuple[str, ...]:
        """What keeps `frame` from being this design's sample: absent columns, gaps, bad weights."""
        absent = [
            f"the design names column {name!r}, which the data lack"
            for name in self.columns()
            if name not in frame
        ]
        if absent:
            return tuple(absent)
        gaps = [
            f"column {name!r} of the design is empty in {count} rows, first row {first}"
            for name in (self.strata, *self.cluster, *self.fpc, self.person)
            if name
            for count, first in [_first(frame[name].isna().to_numpy())]
            if count
        ]
        twice = _twice(frame, self.person) if self.person else ()
        return (*gaps, *twice, *(weight_problems(frame, self.weight) if self.weight else ()))

    def bind(self, frame: pd.DataFrame) -> Sample:
        """The design on these rows; DataError for an fpc below the sample or varying in a stratum."""
        cluster = self.cluster or ((self.person,) if self.person else ())
        stages = build_stages(frame, self.strata, cluster, self.fpc)
        weights = frame[self.weight].to_numpy(float) if self.weight else fpc_weights(stages)
        fitted = self.calibration.projection(frame, weights) if self.calibration else None
        remarks: tuple[str, ...] = ()
        if self.lonely_psu == "collapse" and self.strata:
            joined, remarks = collapsed(frame, stages[0], self.strata, self.fpc[:1], self.collapse)
            stages = build_stages(joined, self.strata, cluster, self.fpc) if remarks else stages
        return Sample(weights, stages, self.lonely_psu, fitted, self.lonely_domain, remarks)

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready, read back by `design_from_dict`."""
        return asdict(self)


@dataclass(frozen=True)
class PooledDesign:
    """Designs, one a wave. A part is a Design or a ReplicateDesign.

    Waves whose designs name a `person` or `same_psus` are one sample of joint units (`linking.linked`); all
    others are independent: their strata are strata of their own.
    """

    parts: tuple[tuple[str, Any], ...]

    def columns(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name for _, design in self.parts for name in design.columns()))

    def problems(self, frame: pd.DataFrame) -> tuple[str, ...]:
        return tuple(
            f"wave {wave}: {problem}"
            for wave, design in self.parts
            for problem in design.problems(frame[frame["wave"].astype(str) == wave])
        )

    def bind(self, frame: pd.DataFrame) -> PooledSample:
        waves = frame["wave"].astype(str).to_numpy()
        designs = dict(self.parts)
        rows = {wave: np.flatnonzero(waves == wave) for wave in designs}
        joined, alone = groups(designs)
        samples = [designs[wave].bind(frame.iloc[rows[wave]]) for wave in alone]
        index = [rows[wave] for wave in alone]
        names = [f"wave {wave}" for wave in alone]
        if joined:
            parts = [self._part(wave, frame.iloc[rows[wave]]) for wave in joined]
            samples.append(linked(parts))
            index.append(np.concatenate([rows[wave] for wave in joined]))
            names.append(f"waves {', '.join(joined)}")
        return PooledSample(tuple(index), tuple(samples), tuple(names))

    def _part(self, wave: str, frame: pd.DataFrame) -> Wave:
        design: Design = dict(self.parts)[wave]
        return Wave(
            wave,
            frame,
            design.bind(frame),
            design.person,
            design.strata,
            design.cluster[0] if design.cluster else None,
            design.same_psus,
            design.collapse,
        )

    def to_dict(self) -> dict[str, Any]:
        return {"pooled": [[wave, design.to_dict()] for wave, design in self.parts]}


def weight_problems(frame: pd.DataFrame, weight: str) -> tuple[str, ...]:
    """Missing, zero, negative or non-finite weights, with their count and first row."""
    try:
        values = frame[weight].to_numpy(float)
    except (TypeError, ValueError):
        return (f"column {weight!r} must hold numbers to serve as the weight",)
    if len(values) and values.min() > 0 and values.max() < np.inf:
        return ()
    kinds = {
        "missing": np.isnan(values),
        "infinite": np.isinf(values),
        "zero": values == 0,
        "negative": values < 0,
    }
    return tuple(
        f"weight {weight!r} is {kind} in {count} rows, first row {first}: give every row a weight above 0, "
        "or leave those rows out of the data"
        for kind, bad in kinds.items()
        for count, first in [_first(bad)]
        if count
    )


def fpc_weights(stages: tuple[Stage, ...]) -> np.ndarray:
    """Inverse inclusion probabilities from the sampling fractions; 1 where a stage has none."""
    weights = np.ones(len(stages[0].unit))
    for stage in stages:
        fraction = stage.fraction[stage.stratum_of_row]
        weights = weights / np.where(fraction > 0, fraction, 1.0)
    return weights


def margin_codes(frame: pd.DataFrame, margin: tuple[str, ...]) -> np.ndarray:
    """n classes of a margin's crossed columns, as they appear; -1 where one holds a missing code."""
    values = frame[list(margin)]
    known = np.logical_and.reduce([_known(frame[name]) for name in margin])
    codes = np.full(len(frame), -1)
    codes[known] = pd.MultiIndex.from_frame(values[known]).factorize()[0]
    return codes


def _indicators(frame: pd.DataFrame, margin: tuple[str, ...]) -> np.ndarray:
    codes = margin_codes(frame, margin)
    return (codes[:, None] == np.arange(codes.max() + 1)).astype(float)


def finite_limits(limits: tuple[float | None, float | None] | None) -> Limits | None:
    """Limits with None for an end that limits nothing, as JSON can hold them."""
    if limits is None:
        return None
    low, high = (None if end is None or np.isinf(end) else float(end) for end in limits)
    return None if low is None and high is None else (low, high)


def _known(column: pd.Series) -> np.ndarray:
    if pd.api.types.is_numeric_dtype(column):
        return (column >= 0).to_numpy()
    return column.notna().to_numpy()


def _twice(frame: pd.DataFrame, person: str) -> tuple[str, ...]:
    """People with more than one row in a wave."""
    counts = frame.groupby([person, "wave"]).size()
    several = counts[counts > 1].head(5).reset_index(name="rows")
    return tuple(
        f"person {code!r} stands in {rows} rows of wave {wave}: give one row to each person and wave"
        for code, wave, rows in several.to_numpy(object)
    )


def _first(bad: np.ndarray) -> tuple[int, int]:
    return int(bad.sum()), int(np.argmax(bad)) if bad.any() else -1
