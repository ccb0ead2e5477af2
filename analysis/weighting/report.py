"""What weighting did: weights and targets come in, a convergence report goes out."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from analysis.data import NO_ERROR
from analysis.weighting.targets import Crossing, Targets, say

CONVERGED = 1e-6
BALANCE_COLUMNS = (
    "margin",
    "cell",
    "n",
    "target",
    "before",
    "after",
    "residual",
    "standardised_before",
    "standardised_after",
)


@dataclass(frozen=True)
class MarginCell:
    """One cell of a margin: respondents, target, weighted share before and after among the targeted."""

    margin: str
    cell: str
    n: int
    target: float
    before: float
    after: float

    @property
    def residual(self) -> float:
        return self.after - self.target

    def standardised(self, share: float) -> float:
        """Difference from the target in standard deviations of the cell's 0/1 column; NaN for 0 and 1."""
        spread = (self.target * (1 - self.target)) ** 0.5
        return (share - self.target) / spread if spread > 0 else float("nan")


@dataclass(frozen=True)
class WeightReport:
    """How the weights came out. `kish_deff` is n * sum w^2 / (sum w)^2 (Kish 1965), `n_eff` n over it.

    `converged`: whether every margin is met to the tolerance (what does not converge is refused, unless
    weights were cut afterwards); `spread`: largest weight over smallest; `margin_of_error`: of a share of one
    half, 1.96 sqrt(deff / (4 n)) with Kish's effect about n - 1, None for a non-probability sample without a
    declared model, and `note` says so; `residuals`: largest difference by margin;
    `untargeted`: respondents with a missing code, by margin; `trimmed`: rows at a limit; `small`: cells of
    fewer than 20 respondents.
    """

    method: str
    converged: bool
    iterations: int
    rounds: int
    max_residual: float
    residuals: dict[str, float]
    n: int
    kish_deff: float
    n_eff: float
    margin_of_error: float | None
    minimum: float
    maximum: float
    spread: float
    cv: float
    trimmed: int
    cells: tuple[MarginCell, ...]
    untargeted: dict[str, int]
    small: tuple[str, ...]
    targets: dict[str, Any]
    note: str = ""

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready, for `weights.json`."""
        return asdict(self)

    def balance(self) -> pd.DataFrame:
        """BALANCE_COLUMNS, a row per cell of a margin: what a love plot of the imbalance shows.

        Standardised differences are (share - target) / sqrt(target (1 - target)), before and after.
        """
        rows = [
            (
                cell.margin,
                cell.cell,
                cell.n,
                cell.target,
                cell.before,
                cell.after,
                cell.residual,
                cell.standardised(cell.before),
                cell.standardised(cell.after),
            )
            for cell in self.cells
        ]
        return pd.DataFrame(rows, columns=BALANCE_COLUMNS)


def kish_deff(weights: np.ndarray) -> float:
    """n * sum w^2 / (sum w)^2 (Kish 1965)."""
    return float(len(weights) * (weights**2).sum() / weights.sum() ** 2)


def weighting_margin(weights: np.ndarray) -> float:
    """1.96 standard errors of a share of one half under Kish's effect 1 + cv^2, the variance over n - 1."""
    n = len(weights)
    cv2 = weights.var(ddof=1) / weights.mean() ** 2 if n > 1 else float("nan")
    return float(1.96 * np.sqrt(0.25 / n * (1 + cv2)))


def report(
    targets: Targets,
    crossing: Crossing,
    *,
    base: np.ndarray,
    weights: np.ndarray,
    infers: bool,
    method: str,
    iterations: int,
    rounds: int = 0,
    trimmed: int = 0,
) -> WeightReport:
    """The report on `weights` (n) made from `base` (n); `infers`: the sample has a sampling error."""
    cells = _cells(targets, crossing, base, weights)
    deff = kish_deff(weights)
    residuals = {
        margin.name: max(abs(cell.residual) for cell in cells if cell.margin == margin.name)
        for margin in targets.margins
    }
    worst = max(residuals.values(), default=0.0)
    return WeightReport(
        method=method,
        converged=worst < CONVERGED,
        iterations=iterations,
        rounds=rounds,
        max_residual=worst,
        residuals=residuals,
        n=len(weights),
        kish_deff=deff,
        n_eff=len(weights) / deff,
        margin_of_error=weighting_margin(weights) if infers else None,
        minimum=float(weights.min()),
        maximum=float(weights.max()),
        spread=float(weights.max() / weights.min()),
        cv=float(weights.std() / weights.mean()),
        trimmed=trimmed,
        cells=cells,
        untargeted={margin.name: crossing.without(place) for place, margin in enumerate(targets.margins)},
        small=tuple(f"{cell.margin}: {cell.cell} (n={cell.n})" for cell in cells if cell.n < 20),
        targets=targets_to_dict(targets),
        note="" if infers else NO_ERROR,
    )


def targets_to_dict(targets: Targets) -> dict[str, Any]:
    """The targets with their sources, JSON-ready."""
    return {
        "name": targets.name,
        "population": targets.population,
        "attribution": targets.attribution,
        "margins": [
            {
                "variables": list(margin.variables),
                "source": margin.source,
                "date": margin.date,
                "shares": {",".join(map(str, cell)): share for cell, share in margin.shares.items()},
            }
            for margin in targets.margins
        ],
    }


def _cells(
    targets: Targets, crossing: Crossing, base: np.ndarray, weights: np.ndarray
) -> tuple[MarginCell, ...]:
    rows: list[MarginCell] = []
    by_cell = (crossing.count, crossing.sums(base), crossing.sums(weights))
    for place, margin in enumerate(targets.margins):
        counts, before, after = (crossing.by_class(place, values)[:-1] for values in by_cell)
        rows += [
            MarginCell(margin.name, say(margin, cell), int(n), float(share), float(b), float(a))
            for cell, share, n, b, a in zip(
                margin.cells, margin.wanted, counts, before / before.sum(), after / after.sum(), strict=True
            )
        ]
    return tuple(rows)
