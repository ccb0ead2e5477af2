"""Answers drawn from a known graded response model, in clusters, with weights."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from analysis import Design, SurveyData, from_frame

CLUSTERED = Design(strata="stratum", cluster=("psu",), weight="weight")
ITEMS = ("q1", "q2", "q3", "q4", "q5")


@dataclass(frozen=True)
class Truth:
    """Five items of four answers."""

    a: tuple[float, ...] = (1.2, 1.8, 0.9, 1.5, 2.0)
    b: tuple[tuple[float, ...], ...] = (
        (-1.5, -0.2, 1.1),
        (-1.0, 0.1, 1.2),
        (-1.8, 0.0, 1.5),
        (-0.7, 0.4, 1.6),
        (-1.2, -0.1, 0.9),
    )
    shift: dict[str, float] = field(default_factory=dict)
    """How much harder an item is to group 2."""


def drawn(
    n: int,
    seed: int,
    truth: Truth | None = None,
    *,
    mean: tuple[float, float] = (0.0, 0.0),
    spread: float = 1.0,
) -> pd.DataFrame:
    """n rows, half in group 1 and half in group 2, in 4 strata of 20 clusters; `spread` is group 2's."""
    truth = truth or Truth()
    draw = np.random.default_rng(seed)
    row = np.arange(n)
    group = 1 + row % 2
    theta = np.where(group == 2, mean[1] + spread * draw.normal(size=n), mean[0] + draw.normal(size=n))
    frame: dict[str, Any] = {
        "group": group,
        "stratum": row // 2 % 4,
        "psu": row // 8 % 20,
        "weight": draw.uniform(0.5, 2.0, n),
    }
    for name, a, b in zip(ITEMS, truth.a, truth.b, strict=True):
        moved = np.array(b)[None, :] + np.where(group == 2, truth.shift.get(name, 0.0), 0.0)[:, None]
        above = draw.uniform(size=n)[:, None] < 1 / (1 + np.exp(-a * (theta[:, None] - moved)))
        frame[name] = 1.0 + above.sum(axis=1)
    return pd.DataFrame(frame)


def surveyed(frame: pd.DataFrame, design: Design = CLUSTERED) -> SurveyData:
    return from_frame(frame, design, codes={"group": {1: "one", 2: "two"}})


def heavier(data: SurveyData, row: int, share: float) -> SurveyData:
    """The same survey with one weight raised by a share of itself."""
    weight = data.frame["weight"].to_numpy(float).copy()
    weight[row] *= 1 + share
    return data.with_frame(data.frame.assign(weight=weight))


def slope(figure: Callable[[SurveyData], np.ndarray], data: SurveyData, row: int) -> np.ndarray:
    """What a row's influence must be: the derivative of a figure by the logarithm of its weight."""
    step = 1e-4
    high, low = (np.asarray(figure(heavier(data, row, s)), float) for s in (step, -step))
    return (high - low) / (2 * step)
