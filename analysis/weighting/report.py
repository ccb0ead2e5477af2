"""What weighting did: weights and targets come in, a convergence report goes out."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from analysis.data import SurveyData
from analysis.weighting.targets import Targets, say


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


@dataclass(frozen=True)
class WeightReport:
    """How the weights came out. `kish_deff` is n * sum w^2 / (sum w)^2 (Kish 1965), `n_eff` n over it.

    `untargeted`: respondents with a missing code, by margin; `trimmed`: rows at a limit; `small`: cells of
    fewer than 20 respondents.
    """

    method: str
    iterations: int
    rounds: int
    max_residual: float
    n: int
    kish_deff: float
    n_eff: float
    minimum: float
    maximum: float
    cv: float
    trimmed: int
    cells: tuple[MarginCell, ...]
    untargeted: dict[str, int]
    small: tuple[str, ...]
    targets: dict[str, Any]

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready, for `weights.json`."""
        return asdict(self)


def kish_deff(weights: np.ndarray) -> float:
    """n * sum w^2 / (sum w)^2 (Kish 1965)."""
    return float(len(weights) * (weights**2).sum() / weights.sum() ** 2)


def report(
    data: SurveyData,
    targets: Targets,
    *,
    base: np.ndarray,
    weights: np.ndarray,
    method: str,
    iterations: int,
    rounds: int = 0,
    trimmed: int = 0,
) -> WeightReport:
    """The report on `weights` (n) made from `base` (n)."""
    cells = _cells(data, targets, base, weights)
    deff = kish_deff(weights)
    return WeightReport(
        method=method,
        iterations=iterations,
        rounds=rounds,
        max_residual=max((abs(cell.residual) for cell in cells), default=0.0),
        n=len(weights),
        kish_deff=deff,
        n_eff=len(weights) / deff,
        minimum=float(weights.min()),
        maximum=float(weights.max()),
        cv=float(weights.std() / weights.mean()),
        trimmed=trimmed,
        cells=cells,
        untargeted={margin.name: int((margin.classes(data) < 0).sum()) for margin in targets.margins},
        small=tuple(f"{cell.margin}: {cell.cell} (n={cell.n})" for cell in cells if cell.n < 20),
        targets=targets_to_dict(targets),
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
    data: SurveyData, targets: Targets, base: np.ndarray, weights: np.ndarray
) -> tuple[MarginCell, ...]:
    rows: list[MarginCell] = []
    for margin in targets.margins:
        classes = margin.classes(data)
        inside = classes >= 0
        counts, before, after = (
            np.bincount(classes[inside], values[inside], minlength=len(margin.cells))
            for values in (np.ones(len(base)), base, weights)
        )
        rows += [
            MarginCell(margin.name, say(margin, cell), int(n), float(share), float(b), float(a))
            for cell, share, n, b, a in zip(
                margin.cells, margin.wanted, counts, before / before.sum(), after / after.sum(), strict=True
            )
        ]
    return tuple(rows)
