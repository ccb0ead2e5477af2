"""A replicate design, named by columns and numbers: a frame comes in, a `ReplicateSample` goes out."""

from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from analysis.design import Calibration, Design, PooledDesign
from analysis.errors import DataError, EstimationError, Said, setting
from analysis.replicates.first import first_stage
from analysis.replicates.hadamard import REPLICATES
from analysis.replicates.lost import Watched
from analysis.replicates.multipliers import Bootstrap, Given, HalfSamples, Jackknife, Multipliers, Strata
from analysis.replicates.reweighting import Adjusted, Kept, Repeated, kept, recalibrated
from analysis.replicates.sample import ReplicateSample
from analysis.sample import Sample

MADE = ("JK1", "JKn", "BRR", "Fay", "bootstrap")
GIVEN = (*MADE, "JK2", "ACS", "successive-difference", "other")
_MOST_JACKKNIFE = 10_000
_setting = partial(setting, of=REPLICATES)


@dataclass(frozen=True)
class ReplicateDesign:
    """Errors from replicates instead of linearisation.

    `kind`: JK1, JKn, BRR, Fay, bootstrap, made of the PSUs of `base`; or, with `weights`, columns of
    replicate weights that came with the data, also JK2, ACS, successive-difference, other. `combined`: those
    columns hold whole weights, not factors on the base design's. `replicates` and `seed`: of a bootstrap.
    `scale`, `rscales`: factors of the squared deviations; they follow from the kind unless given. `mse`:
    deviations from the whole sample's figure instead of the replicates' mean. `df`: degrees of freedom, in
    place of the rank of the replicate weights minus 1. `recalibrate`: whether the base design's calibration
    is repeated in every replicate.
    """

    kind: str
    base: Design | PooledDesign
    replicates: int | None = None
    seed: int | None = None
    fay_rho: float = 0.0
    weights: tuple[str, ...] = ()
    combined: bool = True
    scale: float | None = None
    rscales: tuple[float, ...] | None = None
    mse: bool = False
    df: int | None = None
    recalibrate: bool = True

    def __post_init__(self) -> None:
        object.__setattr__(self, "weights", tuple(self.weights))
        if self.rscales is not None:
            object.__setattr__(self, "rscales", tuple(float(r) for r in self.rscales))
        found = list(self._misfits())
        if found:
            raise DataError(found)

    def _misfits(self) -> list[str]:
        kinds = GIVEN if self.weights else MADE
        found = [*self._misfits_of_base(), *self._misfits_of_factors()]
        if self.kind not in kinds:
            found.append(f"replicates of kind {self.kind!r} are unknown: type one of {', '.join(kinds)}")
        if self.kind == "bootstrap" and not self.weights:
            if not self.replicates or self.replicates < 2:
                found.append(
                    Said("a bootstrap needs a number of replicates: type ", _setting("replicates", 500))
                )
            if self.seed is None or self.seed < 0:
                found.append(
                    Said(
                        "a bootstrap needs a seed of 0 or more, so that it can be repeated: type ",
                        _setting("seed", 1),
                    )
                )
        if not 0 <= self.fay_rho < 1:
            found.append(
                Said(
                    _setting("fay_rho", self.fay_rho),
                    " must be from 0 to below 1: type ",
                    _setting("fay_rho", 0.3),
                )
            )
        if self.kind == "Fay" and self.fay_rho == 0:
            found.append(Said("Fay's half-samples need their factor: type ", _setting("fay_rho", 0.3)))
        return found

    def _misfits_of_base(self) -> list[str]:
        if isinstance(self.base, Design):
            return []
        if any(not isinstance(part, Design) for _, part in self.base.parts):
            return ["these waves have replicates already: pool them without, then make replicates"]
        if self.weights:
            return ["replicate weights belong to one wave's design: declare each wave's, then pool them"]
        return []

    def _misfits_of_factors(self) -> list[str]:
        found: list[str] = []
        if self.weights and self.kind == "JKn" and self.rscales is None:
            found.append(
                Said(
                    "JKn weights need their factors (n - 1) / n by replicate: type ",
                    _setting("rscales", written="(...)"),
                )
            )
        if self.weights and self.kind == "other" and self.scale is None:
            found.append(Said("replicate weights of another kind need a scale: type ", _setting("scale")))
        if self.rscales is not None and self.weights and len(self.rscales) != len(self.weights):
            found.append(
                f"{len(self.rscales)} rscales for {len(self.weights)} replicate weights: give one each"
            )
        factors = [self.scale] if self.scale is not None else []
        if any(not 0 <= factor < np.inf for factor in (*factors, *(self.rscales or ()))):
            found.append("scale and rscales must be numbers of 0 or more")
        if self.df is not None and self.df < 1:
            found.append(f"df={self.df} must be 1 or more")
        return found

    @property
    def calibration(self) -> Any:
        """That of the base design, if it is one wave's."""
        return self.base.calibration if isinstance(self.base, Design) else None

    def columns(self) -> tuple[str, ...]:
        """Every column this design reads."""
        return tuple(dict.fromkeys((*self.base.columns(), *self.weights)))

    def problems(self, frame: pd.DataFrame) -> tuple[str, ...]:
        """What keeps `frame` from being this design's sample."""
        found = [*self.base.problems(frame)]
        absent = [name for name in self.weights if name not in frame]
        found += [
            f"the design names column {name!r} of replicate weights, which the data lack" for name in absent
        ]
        for name in self.weights:
            if name in absent:
                continue
            try:
                values = frame[name].to_numpy(float)
            except (TypeError, ValueError):
                found.append(f"column {name!r} must hold numbers to serve as replicate weights")
                continue
            bad = ~(np.isfinite(values) & (values >= 0))
            if bad.any():
                found.append(
                    f"replicate weight {name!r} is missing, infinite or negative in {int(bad.sum())} rows, "
                    f"first row {int(np.argmax(bad))}: a replicate leaves a row out by the weight 0"
                )
            elif not values.any():
                found.append(f"replicate weight {name!r} is 0 in every row")
        return tuple(found)

    def bind(self, frame: pd.DataFrame) -> ReplicateSample:
        """The replicates on these rows. DataError, EstimationError for strata that no such replicates fit."""
        sample = self.base.bind(frame)
        if self.weights:
            unit: np.ndarray = np.arange(len(frame))
            source, scale, rscales = self._given(frame, sample.weights)
        else:
            if isinstance(sample, Sample):
                unit, strata = first_stage([sample], [np.arange(len(frame))])
            else:
                unit, strata = first_stage(list(sample.samples), list(sample.rows))
            source, scale, rscales = self._made(strata)
        scale = self.scale if self.scale is not None else scale
        rscales = np.array(self.rscales) if self.rscales is not None else rscales
        if len(rscales) != source.count:
            raise DataError(f"{len(rscales)} rscales for {source.count} replicates: give one each")
        plain = ReplicateSample(
            sample.weights, unit, source, scale * rscales, self.kind, self.mse, self.df, sample.notes
        )
        return self._calibrated(plain, frame)

    def _calibrated(self, plain: ReplicateSample, frame: pd.DataFrame) -> ReplicateSample:
        """The sample with each wave's calibration repeated.

        As in R's calibrate, degrees of freedom stay those before where the distance is raking or logit; after
        raking, post-stratification and linear calibration they are those of the new weights.
        """
        parts = self._waves(frame)
        adjustments = [part.calibration if self.recalibrate else None for _, part in parts]
        if not any(adjustments):
            return plain
        unit, source, watched = self._repeated(plain, frame, [index for index, _ in parts], adjustments)
        df = plain.given_df
        if any(c is not None and c.method == "regression" and c.distance != "linear" for c in adjustments):
            df = plain.df()
        return replace(plain, unit=unit, source=source, given_df=df, watched=watched)

    def _waves(self, frame: pd.DataFrame) -> list[tuple[np.ndarray, Design]]:
        """Each wave's rows and design."""
        if isinstance(self.base, Design):
            return [(np.arange(len(frame)), self.base)]
        waves = frame["wave"].astype(str).to_numpy()
        return [(np.flatnonzero(waves == wave), design) for wave, design in self.base.parts]

    def _repeated(
        self,
        plain: ReplicateSample,
        frame: pd.DataFrame,
        rows: list[np.ndarray],
        adjustments: list[Calibration | None],
    ) -> tuple[np.ndarray, Multipliers, tuple[Watched, ...]]:
        """Units and factors after each part's calibration is repeated, and the classes at risk."""
        unit, weights = plain.unit, plain.weights
        joined = np.empty(len(unit), int)
        pieces: list[Kept | Adjusted] = []
        watched: list[Watched] = []
        begin = 0
        for index, calibration in zip(rows, adjustments, strict=True):
            piece: Kept | Adjusted
            if calibration is None:
                codes, piece = kept(unit[index])
            else:
                part = frame.iloc[index]
                given = bool(self.weights)
                codes, piece = recalibrated(unit[index], part, weights[index], calibration, given=given)
                wave = str(part["wave"].iloc[0]) if len(rows) > 1 else ""
                watched += [each.moved(begin, wave) for each in piece.watched]
            joined[index] = codes + begin
            begin += int(codes.max()) + 1
            pieces.append(piece)
        return joined, Repeated(plain.source, tuple(pieces)), tuple(watched)

    def _given(self, frame: pd.DataFrame, weights: np.ndarray) -> tuple[Multipliers, float, np.ndarray]:
        columns = frame[list(self.weights)].to_numpy(float)
        count = len(self.weights)
        over = weights if self.combined else np.ones(len(frame))
        if self.combined and self.recalibrate and self.calibration is not None:
            over = frame[self.calibration.base_weight].to_numpy(float)
        scales = {
            "JK1": (count - 1) / count,
            "BRR": 1 / count,
            "Fay": 1 / (count * (1 - self.fay_rho) ** 2),
            "bootstrap": 1 / max(count - 1, 1),
            "ACS": 4 / count,
            "successive-difference": 4 / count,
        }
        return Given(columns, over), scales.get(self.kind, 1.0), np.ones(count)

    def _made(self, strata: Strata) -> tuple[Multipliers, float, np.ndarray]:
        if self.kind == "bootstrap":
            count = int(self.replicates or 0)
            return Bootstrap(strata, count, int(self.seed or 0)), 1 / (count - 1), np.ones(count)
        if self.kind in ("BRR", "Fay"):
            if (strata.fraction > 0).any():
                raise EstimationError(
                    Said(
                        "balanced half-samples know no population sizes: leave fpc out of the design "
                        "(units then count as drawn with replacement), or type ",
                        _setting("kind", "JKn", "bootstrap"),
                    )
                )
            halves = HalfSamples(strata, self.fay_rho)
            return halves, 1 / (halves.count * (1 - self.fay_rho) ** 2), np.ones(halves.count)
        if self.kind == "JK1" and len(strata.count) > 1:
            raise EstimationError(Said("JK1 is for designs without strata: type ", _setting("kind", "JKn")))
        if len(strata.stratum) > _MOST_JACKKNIFE:
            raise EstimationError(
                Said(
                    f"a jackknife would need {len(strata.stratum):,} replicates: type ",
                    _setting("kind", "bootstrap"),
                    ", of 500 replicates and with a seed",
                )
            )
        knife = Jackknife(strata)
        if knife.count == 0:
            raise EstimationError("every stratum has one PSU: there is nothing to leave out")
        return knife, 1.0, knife.rscales()

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready, read back by `design_from_dict`."""
        own = {name: getattr(self, name) for name in self.__dataclass_fields__ if name != "base"}
        return {"replicate_design": own, "base": self.base.to_dict()}
