"""Rates or composition: two sides and columns come in, Kitagawa's two parts of their difference go out."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.data import SurveyData, Where
from analysis.decomposition.composition import cell_table, cells_of, common, composition
from analysis.decomposition.parts import Parts, smallest
from analysis.decomposition.sides import Sides, two_sides
from analysis.decomposition.smooth import Smooth, Sources, stack
from analysis.estimates.cells import By, columns_of

KITAGAWA = ("total", "rate", "composition")


@dataclass(frozen=True)
class Kitagawa:
    """`table`: total, rate and composition with PARTS_COLUMNS; `cells`: shares and rates of both sides;
    `covered`: the share of each side that stands in cells both have (1 where no cell was dropped).
    """

    table: pd.DataFrame
    cells: pd.DataFrame
    covered: tuple[float, float]
    parts: Parts


def kitagawa(
    data: SurveyData | Sequence[SurveyData],
    variable: str,
    *,
    by: By,
    wave_from: str | None = None,
    wave_to: str | None = None,
    domains: tuple[Where, Where] | None = None,
    code: int | str | None = None,
    where: Where = None,
    empty: str = "refuse",
    family: int = 1,
    level: float = 0.95,
) -> Kitagawa:
    """The difference of two shares (or means) as what people of the same cell changed, and who they are.

    Kitagawa 1955: composition = sum (P1 - P0)(R0 + R1)/2, rate = sum (P0 + P1)/2 (R1 - R0) over the cells
    that the coded columns `by` make, P shares and R rates of the cells; they add up to the difference. Both
    shares and rates are estimates in the errors. `domains` in place of waves compares any two groups.
    `empty`: a cell that one side lacks is refused, or dropped on both sides, the shares of the others scaled
    up to 1.
    EstimationError for an empty cell, a wave that did not ask, and a variable that does not compare.
    """
    sides = two_sides(
        data,
        variable,
        code=code,
        wave_from=wave_from,
        wave_to=wave_to,
        domains=domains,
        where=where,
        told_by=columns_of(by),
    )
    cells = cells_of(sides.data, by or (), sides.domain)
    sides = sides.within(cells.index >= 0)
    weights = sides.data.sample.weights
    made = [
        composition(weights, sides.y, np.where(rows, cells.index, -1), cells.count) for rows in sides.rows
    ]
    kept = common(made, cells, sides.names, empty=empty)
    covered = tuple(float(side.shares[kept].sum()) for side in made)
    inside = (cells.index >= 0) & kept[np.maximum(cells.index, 0)]
    sides = sides.within(inside)
    dense = np.where(inside, np.cumsum(kept)[np.maximum(cells.index, 0)] - 1, -1)
    first, last = (
        composition(weights, sides.y, np.where(rows, dense, -1), int(kept.sum())) for rows in sides.rows
    )
    sources = {
        "P0": first.share_source(),
        "R0": first.rate_source(),
        "P1": last.share_source(),
        "R1": last.rate_source(),
    }
    P0, R0 = Smooth.estimated("P0", first.shares), Smooth.estimated("R0", first.rates)
    P1, R1 = Smooth.estimated("P1", last.shares), Smooth.estimated("R1", last.rates)
    rate = ((P0 + P1) * (R1 - R0) * 0.5).total()
    made_of = ((P1 - P0) * (R0 + R1) * 0.5).total()
    parts = _parts(sides, stack([rate + made_of, rate, made_of]), sources)
    table = parts.table(family=family, level=level)
    listed = cell_table(
        cells,
        {
            "share_from": made[0].shares,
            "share_to": made[1].shares,
            "rate_from": made[0].rates,
            "rate_to": made[1].rates,
            "base_from": made[0].base,
            "base_to": made[1].base,
        },
    )
    return Kitagawa(table, listed, (covered[0], covered[1]), parts)


def _parts(sides: Sides, whole: Smooth, sources: Sources) -> Parts:
    return Parts(
        data=sides.data,
        statistic="kitagawa",
        variable=sides.variable,
        code=sides.code,
        names=tuple((name, "") for name in KITAGAWA),
        values=whole.value,
        influence=whole.influence(sources),
        domain=sides.domain,
        ends=sides.names,
        bases=smallest(sides.data.sample.weights, sides.rows),
        infers=sides.infers,
        df=sides.df,
    )
