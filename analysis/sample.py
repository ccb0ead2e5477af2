"""A sample under its design: influence values of rows come in, covariances and degrees of freedom go out.

The variance of a total is the multistage recursion of Särndal, Swensson and Wretman (1992, section 4.3), with
the ultimate-cluster form where a stage has no population size; conventions are those of R survey 4.5.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
from scipy import linalg, sparse

from analysis.errors import EstimationError, Said, setting
from analysis.stages import Stage

Matrix: TypeAlias = "np.ndarray | sparse.csr_array"
_CHUNK = 64
_MOST_FLAGS = 50_000_000
_CENSUS = 1e-7
_NAMED = 8
_DONE = {
    "certainty": "adds no variance",
    "remove": "adds no variance",
    "adjust": "adds its squared deviation from the mean of all PSUs",
    "average": "adds the average variance of the other strata",
}


@dataclass(frozen=True)
class Projection:
    """Residuals of influence values on the calibration variables (Deville and Särndal 1992, result 5).

    scale: n values w/sqrt(m) for the row metric m; basis: n x q, orthonormal columns spanning X sqrt(m);
    taken: n factors that bring influence values to the basis, 1/scale unless rows stand for several.
    """

    scale: np.ndarray
    basis: np.ndarray
    taken: np.ndarray

    def coefficients(self, Z: Matrix) -> np.ndarray:
        """q x k regression coefficients of Z/scale on the basis."""
        return np.asarray((Z.T @ (self.basis * self.taken[:, None])).T)

    @cached_property
    def fitted_basis(self) -> np.ndarray:
        return self.basis * self.scale[:, None]


@dataclass(frozen=True)
class JoinedProjection:
    """Projections of several waves beside each other: each one's rows among all n, and its own."""

    parts: tuple[tuple[np.ndarray, Projection], ...]
    n: int

    def coefficients(self, Z: Matrix) -> np.ndarray:
        """Those of every part under each other, from its own rows of Z."""
        return np.vstack([part.coefficients(Z[rows]) for rows, part in self.parts])

    @cached_property
    def fitted_basis(self) -> sparse.csr_array:
        """n x (sum of q), each part's columns filled in its rows only."""
        rows = np.concatenate([index for index, _ in self.parts])
        blocks = sparse.block_diag([part.fitted_basis for _, part in self.parts], format="csr")
        place = sparse.csr_array(
            (np.ones(len(rows)), (rows, np.arange(len(rows)))), shape=(self.n, len(rows))
        )
        return sparse.csr_array(place @ blocks)


def projection(
    weights: np.ndarray, metric: np.ndarray, auxiliary: np.ndarray, carried: np.ndarray | None = None
) -> Projection:
    """Basis of the calibration variables (n x q) under a row metric (n); collinear ones are dropped.

    `carried`: n sums over a row's interviews of metric x influence / weight, per unit of the row's influence;
    metric / weights where a row is one interview.
    """
    q, r, _ = linalg.qr(auxiliary * np.sqrt(metric)[:, None], mode="economic", pivoting=True)
    size = np.abs(np.diag(r))
    rank = int((size > size.max(initial=0) * 1e-10).sum())
    root = np.sqrt(metric)
    return Projection(weights / root, q[:, :rank], root / weights if carried is None else carried / root)


@dataclass(frozen=True)
class Sample:
    """n rows with weights, stages of selection, a lonely-PSU policy and a projection for adjusted weights."""

    weights: np.ndarray
    stages: tuple[Stage, ...]
    lonely_psu: str = "fail"
    projection: Projection | JoinedProjection | None = None
    lonely_domain: bool = False
    remarks: tuple[str, ...] = ()

    @property
    def n(self) -> int:
        return len(self.weights)

    @property
    def method(self) -> str:
        """How errors come about, for tables."""
        return "taylor"

    @cached_property
    def notes(self) -> tuple[str, ...]:
        """What was done about strata with one PSU; empty where there is none, or where they are refused."""
        if self.lonely_psu not in _DONE:
            return self.remarks
        found = [(stage, np.flatnonzero(self._lonely(stage, None))) for stage in self.stages]
        return (*self.remarks, *(self._remark(stage, strata) for stage, strata in found if len(strata)))

    def _remark(self, stage: Stage, strata: np.ndarray) -> str:
        named = ", ".join(repr(stage.describe(int(h))[0]) for h in strata[:_NAMED])
        more = f" and {len(strata) - _NAMED} more" if len(strata) > _NAMED else ""
        return Said(
            f"{stage.names[0]} {named}{more}: one sampled {stage.names[1]}; {_DONE[self.lonely_psu]} (",
            setting("lonely_psu", self.lonely_psu),
            ")",
        )

    def covariance(self, Z: Matrix, domain: np.ndarray | None = None) -> np.ndarray:
        """k x k covariance of the totals of the columns of Z (n x k, zero outside the domain).

        `domain` (n booleans) says which strata take part; EstimationError for a lonely PSU without a policy.
        """
        result = np.zeros((Z.shape[1], Z.shape[1]))
        for stage, basis in zip(self.stages, self._bases, strict=True):
            deviations = self._spread(stage, Z, basis, domain)
            result += deviations.T @ deviations
        return result

    def variances(self, Z: Matrix, domain: np.ndarray | None = None) -> np.ndarray:
        """The diagonal of `covariance`, without holding more than a few columns at once."""
        return np.concatenate([self._diagonal(part, domain) for part in column_chunks(Z)] or [np.zeros(0)])

    def df(self, domain: np.ndarray | None = None) -> int:
        """Number of PSUs minus number of strata among the rows of the domain."""
        group = np.zeros(self.n, int) if domain is None else np.where(domain, 0, -1)
        return int(self.df_by(group, 1)[0])

    def df_by(self, group: np.ndarray, count: int) -> np.ndarray:
        """`df` of `count` disjoint domains; `group` holds each row's domain or -1."""
        inside = group >= 0
        stage = self.stages[0]
        pairs = [
            _distinct(group[inside], codes[inside], count) for codes in (stage.unit, stage.stratum_of_row)
        ]
        return pairs[0] - pairs[1]

    @cached_property
    def _bases(self) -> tuple[np.ndarray | None, ...]:
        if self.projection is None:
            return tuple(None for _ in self.stages)
        return tuple(
            sums_by(stage.unit, self.projection.fitted_basis, len(stage.stratum)) for stage in self.stages
        )

    def _totals(self, stage: Stage, Z: Matrix, basis: np.ndarray | None) -> np.ndarray:
        totals = sums_by(stage.unit, Z, len(stage.stratum))
        if self.projection is None or basis is None:
            return totals
        return totals - basis @ self.projection.coefficients(Z)

    def _diagonal(self, Z: Matrix, domain: np.ndarray | None) -> np.ndarray:
        result = np.zeros(Z.shape[1])
        for stage, basis in zip(self.stages, self._bases, strict=True):
            result += (self._spread(stage, Z, basis, domain) ** 2).sum(axis=0)
        return result

    def _spread(
        self, stage: Stage, Z: Matrix, basis: np.ndarray | None, domain: np.ndarray | None
    ) -> np.ndarray:
        """U x k scaled deviations from the stratum mean whose cross-product is the stage's part."""
        totals = self._totals(stage, Z, basis)
        means, root = self._means(stage, totals, domain)
        return (totals - means[stage.stratum]) * root[stage.stratum][:, None]

    def _means(
        self, stage: Stage, totals: np.ndarray, domain: np.ndarray | None
    ) -> tuple[np.ndarray, np.ndarray]:
        """H x k values a unit's total deviates from, and H square roots of what its square counts."""
        means = sums_by(stage.stratum, totals, len(stage.count)) / stage.count[:, None]
        scale = (1 - stage.fraction) * np.where(
            stage.count > 1, stage.count / np.maximum(stage.count - 1, 1), 1
        )
        lonely = self._lonely(stage, domain)
        if lonely.any():
            if self.lonely_psu in ("fail", "collapse"):
                raise EstimationError(_lonely_message(stage, np.flatnonzero(lonely)))
            if self.lonely_psu == "adjust":
                means[lonely] = totals.sum(axis=0) / stage.count.sum()
            if self.lonely_psu == "average":
                scale = scale * _average_factor(stage, lonely, domain)
        means[self._alone_in_domain(stage, domain)] = totals.sum(axis=0) / stage.count.sum()
        return means, np.sqrt(scale * stage.factor)

    def _lonely(self, stage: Stage, domain: np.ndarray | None) -> np.ndarray:
        lonely = (stage.count == 1) & (1 - stage.fraction > _CENSUS) & (stage.factor > 0)
        return lonely & self._touched(stage, domain) if lonely.any() else lonely

    def _alone_in_domain(self, stage: Stage, domain: np.ndarray | None) -> np.ndarray:
        """H booleans: strata of several units, one of which holds all of the domain, where that counts."""
        if not self.lonely_domain or self.lonely_psu != "adjust" or domain is None:
            return np.zeros(len(stage.count), bool)
        reached = np.unique(stage.unit[domain])
        alone: np.ndarray = np.bincount(stage.stratum[reached], minlength=len(stage.count)) == 1
        return alone & (stage.count > 1)

    def _touched(self, stage: Stage, domain: np.ndarray | None) -> np.ndarray:
        if domain is None or self.projection is not None:
            return np.ones(len(stage.count), bool)
        return np.bincount(stage.stratum_of_row[domain], minlength=len(stage.count)) > 0


@dataclass(frozen=True)
class PooledSample:
    """Independent samples side by side: rows[i] are the positions of samples[i] in the pooled frame.

    `names`: what each is called in notes. A part may be any sample with these methods.
    """

    rows: tuple[np.ndarray, ...]
    samples: tuple[Any, ...]
    names: tuple[str, ...] = ()

    @property
    def method(self) -> str:
        """How errors come about, for tables."""
        return "; ".join(dict.fromkeys(sample.method for sample in self.samples))

    @property
    def notes(self) -> tuple[str, ...]:
        """The parts' notes, with the part's name before each."""
        names = self.names or tuple("" for _ in self.samples)
        return tuple(
            f"{name}: {note}" if name else note
            for name, sample in zip(names, self.samples, strict=True)
            for note in sample.notes
        )

    @property
    def n(self) -> int:
        return sum(len(index) for index in self.rows)

    @cached_property
    def weights(self) -> np.ndarray:
        weights = np.zeros(self.n)
        for index, sample in zip(self.rows, self.samples, strict=True):
            weights[index] = sample.weights
        return weights

    def covariance(self, Z: Matrix, domain: np.ndarray | None = None) -> np.ndarray:
        """Sum of the parts' covariances; see `Sample.covariance`."""
        return np.sum([s.covariance(Z[i], part) for i, s, part in self._parts(domain)], axis=0)

    def variances(self, Z: Matrix, domain: np.ndarray | None = None) -> np.ndarray:
        """Sum of the parts' variances; see `Sample.variances`."""
        return np.sum([s.variances(Z[i], part) for i, s, part in self._parts(domain)], axis=0)

    def df(self, domain: np.ndarray | None = None) -> int:
        """Sum of the parts' degrees of freedom, over the parts the domain reaches."""
        return sum(s.df(part) for _, s, part in self._parts(domain))

    def df_by(self, group: np.ndarray, count: int) -> np.ndarray:
        """See `Sample.df_by`."""
        return np.sum(
            [s.df_by(group[i], count) for i, s in zip(self.rows, self.samples, strict=True)], axis=0
        )

    def _parts(self, domain: np.ndarray | None) -> Iterator[tuple[np.ndarray, Any, np.ndarray | None]]:
        for index, sample in zip(self.rows, self.samples, strict=True):
            yield index, sample, None if domain is None else domain[index]


def sums_by(codes: np.ndarray, values: Matrix, count: int) -> np.ndarray:
    """count x k sums of the rows of `values` by code."""
    if sparse.issparse(values):
        return _sparse_sums(codes, sparse.csr_array(values), count)
    pick = sparse.csr_array((np.ones(len(codes)), (codes, np.arange(len(codes)))), shape=(count, len(codes)))
    return np.asarray(pick @ values)


def _sparse_sums(codes: np.ndarray, values: sparse.csr_array, count: int) -> np.ndarray:
    """The same of a sparse matrix, added in the order of its rows."""
    width = values.shape[1]
    at = np.repeat(codes.astype(np.int64), np.diff(values.indptr)) * width + values.indices
    return np.bincount(at, values.data, minlength=count * width).reshape(count, width)


def column_chunks(Z: Matrix) -> Iterator[Matrix]:
    """The columns of Z, a few at a time."""
    if Z.shape[1] <= _CHUNK:
        yield Z
        return
    by_column = sparse.csc_array(Z) if sparse.issparse(Z) else Z
    for start in range(0, Z.shape[1], _CHUNK):
        part = by_column[:, start : start + _CHUNK]
        yield sparse.csr_array(part) if sparse.issparse(part) else part


def _distinct(group: np.ndarray, codes: np.ndarray, count: int) -> np.ndarray:
    """How many different codes each group holds."""
    width = int(codes.max(initial=0)) + 1
    pairs = group.astype(np.int64) * width + codes
    if count * width > _MOST_FLAGS:
        return np.bincount(np.unique(pairs) // width, minlength=count)
    seen = np.zeros(count * width, bool)
    seen[pairs] = True
    return seen.reshape(count, width).sum(axis=1)


def _average_factor(stage: Stage, lonely: np.ndarray, domain: np.ndarray | None) -> float:
    reached = np.ones(len(stage.count), bool) if domain is None else None
    if reached is None:
        reached = np.bincount(stage.stratum_of_row[domain], minlength=len(stage.count)) > 0
    sound = int((reached & ~lonely).sum())
    if sound == 0:
        raise EstimationError(
            Said(
                setting("lonely_psu", "average"),
                f" needs a {stage.names[0]} with two or more units of {stage.names[1]}, "
                "and there is none: type ",
                setting("lonely_psu", "adjust", "certainty"),
            )
        )
    return float(reached.sum()) / sound


def _lonely_message(stage: Stage, strata: np.ndarray) -> str:
    stratum, unit = stage.describe(int(strata[0]))
    more = f" (and {len(strata) - 1} more strata)" if len(strata) > 1 else ""
    return Said(
        f"{stage.names[0]} {stratum!r} has only one PSU, {stage.names[1]} {unit!r}{more}: its variance "
        "cannot be estimated. Join it with a similar stratum, or type ",
        setting("lonely_psu", "adjust"),
        " (deviation from the overall mean), 'average' (mean of the other strata), 'collapse' (joined with "
        "a neighbour), 'certainty' or 'remove' (no variance)",
    )
