"""A sample with replicate weights: influence values or refitted figures come in, covariances go out."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.linalg import lapack

from analysis.replicates.lost import Watched, lost_notes
from analysis.replicates.multipliers import Multipliers
from analysis.sample import Matrix, column_chunks, sums_by

_KEPT = 20_000_000
"""Most factors held at once, as numbers: 160 MB."""
_BLOCK = 4_000_000
_RANK_TOLERANCE = 1e-5
_MOST_COLUMNS = 3_000
_WIDE = 0.05


@dataclass(frozen=True)
class ReplicateSample:
    """n rows with weights, and R replicates that multiply them by a factor of each row's unit.

    `unit`: n codes of U units (a PSU, or a PSU and a calibration cell); `coefficients`: R factors of the
    squared deviations; `mse`: deviations from the whole sample's figure instead of the replicates' mean;
    `given_df`: degrees of freedom that came with the data; `watched`: classes of margins that a replicate
    may lack. The factors are computed by blocks and never
    spread over the rows all at once.
    """

    weights: np.ndarray
    unit: np.ndarray
    source: Multipliers
    coefficients: np.ndarray
    kind: str
    mse: bool = False
    given_df: int | None = None
    remarks: tuple[str, ...] = ()
    watched: tuple[Watched, ...] = ()

    @cached_property
    def notes(self) -> tuple[str, ...]:
        """What was done about the base design, and in how many replicates a class of a margin is lost."""
        if not self.watched:
            return self.remarks
        return (*self.remarks, *lost_notes(self.watched, (block for _, block in self.factors())))

    @property
    def n(self) -> int:
        return len(self.weights)

    @property
    def count(self) -> int:
        """R."""
        return self.source.count

    @property
    def units(self) -> int:
        """U."""
        return int(self.unit.max(initial=-1)) + 1

    @property
    def method(self) -> str:
        return f"{self.kind}, {self.count} replicates"

    def factors(self, most: int = _BLOCK) -> Iterator[tuple[slice, np.ndarray]]:
        """U x b blocks of factors with the replicates they belong to; `most`: numbers in a block."""
        width = max(1, most // max(self.units, 1))
        for start in range(0, self.count, width):
            stop = min(start + width, self.count)
            part = slice(start, stop)
            yield part, self._kept[:, part] if self._kept is not None else self.source.block(start, stop)

    @cached_property
    def _kept(self) -> np.ndarray | None:
        if self.units * self.count > _KEPT:
            return None
        return np.ascontiguousarray(self.source.block(0, self.count))  # domains pick rows out of it

    def replicate_weights(self) -> Iterator[tuple[int, np.ndarray]]:
        """Each replicate's number and its n weights."""
        for part, block in self.factors():
            for place, column in enumerate(block.T):
                yield part.start + place, self.weights * column[self.unit]

    def totals(self, Z: Matrix) -> np.ndarray:
        """R x k totals, under every replicate, of columns (n x k) that hold the whole sample's weights."""
        found = []
        for columns in column_chunks(Z):
            by_unit = sums_by(self.unit, columns, self.units)
            found.append(np.vstack([block.T @ by_unit for _, block in self.factors()]))
        return np.hstack(found) if found else np.zeros((self.count, 0))

    def deviations(self, replicated: np.ndarray, whole: np.ndarray) -> np.ndarray:
        """R x k scaled deviations of replicated figures (R x k), whose cross-product is their covariance.

        `whole`: the k figures of the whole sample.
        """
        centre = whole if self.mse else replicated[self.coefficients > 0].mean(axis=0)
        scaled: np.ndarray = (replicated - centre) * np.sqrt(self.coefficients)[:, None]
        return scaled

    def spread(self, replicated: np.ndarray, whole: np.ndarray) -> np.ndarray:
        """k x k covariance of replicated figures (R x k)."""
        deviations = self.deviations(replicated, whole)
        return deviations.T @ deviations

    def covariance(self, Z: Matrix, domain: np.ndarray | None = None) -> np.ndarray:
        """k x k covariance of the totals of the columns of Z (n x k), exact for totals.

        Of a smooth figure, whose influence Z holds, it is the linearised replicate variance; `replicate`
        and the estimators of this package refit.
        """
        return self.spread(self.totals(Z), np.asarray(Z.sum(axis=0)).ravel())

    def variances(self, Z: Matrix, domain: np.ndarray | None = None) -> np.ndarray:
        """The diagonal of `covariance`."""
        whole = np.asarray(Z.sum(axis=0)).ravel()
        squares: np.ndarray = (self.deviations(self.totals(Z), whole) ** 2).sum(axis=0)
        return squares

    def df(self, domain: np.ndarray | None = None) -> int:
        """Rank of the replicate weights of the domain's rows, minus 1 (R's degf), at most what was given."""
        group = np.zeros(self.n, int) if domain is None else np.where(domain, 0, -1)
        return int(self.df_by(group, 1)[0])

    def df_by(self, group: np.ndarray, count: int) -> np.ndarray:
        """`df` of `count` disjoint domains; `group` holds each row's domain or -1."""
        inside = group >= 0
        place = group[inside].astype(np.int64) * self.units + self.unit[inside]
        squares = np.bincount(place, self.weights[inside] ** 2, minlength=count * self.units)
        found = [self._rank_of(each) - 1 for each in squares.reshape(count, self.units)]
        return np.array(found) if self.given_df is None else np.minimum(found, self.given_df)

    @cached_property
    def _ranks(self) -> dict[bytes, int]:
        """Ranks that were computed already, by their units' sums of squared weights."""
        return {}

    def _rank_of(self, squares: np.ndarray) -> int:
        key = squares.tobytes()
        if key not in self._ranks:
            units = np.flatnonzero(squares)
            self._ranks[key] = self.count if self._full(units, squares) else self._rank(units, squares[units])
        return self._ranks[key]

    def _full(self, units: np.ndarray, squares: np.ndarray) -> bool:
        """Whether some of these units show already, by a wide margin, that all replicates count."""
        some = units[: self.count + self.count // 2]
        if len(some) < self.count:
            return False
        factors = np.hstack([block[some] for _, block in self.factors()])
        weighted = (factors * np.sqrt(squares[some])[:, None]).astype(np.float32)
        size = np.sqrt((weighted**2).sum(axis=0))
        if not (size > 0).all():
            return False
        weighted /= size
        lower, failed = lapack.spotrf(weighted.T @ weighted, lower=1, overwrite_a=1)
        return bool(failed == 0 and np.diag(lower).min() > _WIDE)

    def _rank(self, units: np.ndarray, squares: np.ndarray) -> int:
        """Rank of the replicate weights of these units, whose rows' squared weights add up to `squares`.

        A replicate counts while what the others leave of it is 1e-5 of its length, the rule of R's qr: by
        Cholesky of the replicates' products; where there are far more of them than units, of the units'.
        """
        if len(units) < self.count and self.count > _MOST_COLUMNS:
            product = np.zeros((len(units), len(units)))
            for _, block in self.factors():
                part = block[units] * np.sqrt(squares)[:, None]
                product += part @ part.T
        else:
            product = self._products(units, np.sqrt(squares)[:, None])
        size = np.sqrt(np.maximum(np.diag(product), 0))
        kept = size > 0
        scaled = product[np.ix_(kept, kept)] / np.outer(size[kept], size[kept])
        if scaled.size == 0:
            return 1
        lower, failed = lapack.dpotrf(scaled, lower=1)
        if failed == 0 and np.diag(lower).min() > _RANK_TOLERANCE:
            return len(scaled)
        return int(lapack.dpstrf(scaled, tol=_RANK_TOLERANCE**2)[2])

    def _products(self, units: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """R x R products of the replicates over weighted units."""
        if self._kept is not None:
            kept = self._kept[units] * weights
            return kept.T @ kept
        product = np.zeros((self.count, self.count))
        for one, left in self.factors():
            for other, right in self.factors():
                product[one, other] = (left[units] * weights).T @ (right[units] * weights)
        return product
