"""One line through the waves: wave estimates come in, its slope goes out."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analysis.errors import EstimationError
from analysis.estimates import Estimates
from analysis.estimates.intervals import student
from analysis.estimates.judging import student_test
from analysis.models import ModelResult, family_of, fit_matrix

WAVES_FOR_VARIATION = 6


@dataclass(frozen=True)
class Line:
    """One trend: positions of its wave estimates, in time order, and their times."""

    places: np.ndarray
    times: np.ndarray
    waves: tuple[str, ...]
    code: int | str | None
    group: str


@dataclass(frozen=True)
class Scale:
    """The link of the model, and confidence."""

    link: str
    level: float
    family: int

    @property
    def adjusted(self) -> float:
        return 1 - (1 - self.level) / self.family


def fit_line(estimates: Estimates, line: Line, scale: Scale) -> ModelResult:
    """The linear model of the answers.

    EstimationError where no model fits: all answers of each wave alike, or no finite log odds.
    """
    if not (estimates.variance[line.places] > 0).any():
        raise EstimationError("all answers of each wave are alike: no sampling error to judge a slope by")
    y, used = answers_of(estimates, line)
    return _model(estimates, line, scale, y, used)


def answers_of(estimates: Estimates, line: Line) -> tuple[np.ndarray, np.ndarray]:
    """What the line's people answered, 0 or 1 for a code or net, and the rows they stand in."""
    used = np.flatnonzero(np.isin(estimates.base_index, estimates.cell[line.places]))
    answers = estimates.data.frame[estimates.variable].to_numpy()[used]
    if line.code is None:
        return answers.astype(float), used
    codes = estimates.data.codes_of(estimates.variable, line.code)
    return np.isin(answers, codes).astype(float), used


def _model(estimates: Estimates, line: Line, scale: Scale, y: np.ndarray, used: np.ndarray) -> ModelResult:
    when = np.zeros(estimates.cells.count)
    when[estimates.cell[line.places]] = line.times - line.times.mean()
    columns = {"level": np.ones(len(used)), "time": when[estimates.base_index[used]]}
    family = family_of("binomial" if scale.link == "logit" else "gaussian", scale.link)
    return fit_matrix(estimates.data, y, pd.DataFrame(columns), used, family)


def slope_columns(estimate: float, se: float, df: int, scale: Scale, suffix: str = "") -> dict[str, Any]:
    half = float(student(np.array([df]), scale.adjusted)[0]) * se
    p = float(student_test(estimate, se, df)[1])
    values = {"estimate": estimate, "se": se, "low": estimate - half, "high": estimate + half}
    return {f"{name}{suffix}": value for name, value in {**values, "df": df, "p": p}.items()}


def no_slope(values: np.ndarray, scale: Scale, reason: str) -> dict[str, Any]:
    """What stands for the slope of a line that no model fits: 0 where nobody, or everybody, in every wave."""
    if scale.link == "identity" and (values == values[0]).all():
        flat = dict.fromkeys(("estimate", "se", "low", "high", "mdc"), 0.0)
        return {
            **flat,
            "note": "the same in every wave",
            "verdict": "no_clear_change",
        }
    return {"note": reason, "verdict": "too_few"}
