"""Whether chance divided people evenly: SurveyData and an assignment column in, sizes and tests out."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from analysis.data import SurveyData, Where
from analysis.design import PooledDesign
from analysis.errors import EstimationError
from analysis.estimates import joint_covariance, mean_estimates, proportion_estimates
from analysis.experiments.figures import wald
from instruments import Level, Role

BALANCE_COLUMNS = ("covariate", "code", "arm", "base", "estimate", "difference", "standardised")
MOST_CODES = 20


@dataclass(frozen=True)
class Balance:
    """`sizes`: rows an arm and the share expected; `sizes_p`: chi-squared test that chance made them so.

    `table`: each covariate's share (or mean) an arm, with its difference to the first arm and that difference
    in standard deviations; `tests`: Wald F a covariate of no difference between the arms.
    """

    sizes: pd.DataFrame
    sizes_p: float
    table: pd.DataFrame
    tests: pd.DataFrame


def balance(
    data: SurveyData,
    assignment: str,
    *,
    covariates: Sequence[str] | None = None,
    where: Where = None,
    shares: Sequence[float] | None = None,
) -> Balance:
    """Sizes and composition of the arms of a random assignment.

    `covariates`: things settled before the assignment; by default the margins the weights were adjusted to,
    else the coded columns computed from other answers than the experiment's. `shares`: of the arms, equal by
    default. The test of sizes counts rows, whatever their weight: chance knows no weights, and no sample
    either: a non-probability sample has it too, and no test of the covariates.
    EstimationError for a column without two codes.
    """
    data.refuse_grouped("balance")
    variable = data.variable(assignment)
    domain = data.domain(where) & data.valid(assignment)
    codes = [code for code in sorted(variable.codes) if (domain & (data.frame[assignment] == code)).any()]
    if len(codes) < 2:
        raise EstimationError(
            f"{assignment!r} divides nobody: {len(codes)} of its codes {sorted(variable.codes)} occur"
        )
    chosen = list(covariates) if covariates is not None else _default(data, assignment)
    counts = np.array([int((domain & (data.frame[assignment] == code)).sum()) for code in codes])
    expected = np.full(len(codes), 1 / len(codes)) if shares is None else np.asarray(shares, float)
    if len(expected) != len(codes) or (expected <= 0).any():
        raise EstimationError(f"shares= needs a share above 0 for each of the {len(codes)} arms {codes}")
    expected = expected / expected.sum()
    p = float(stats.chisquare(counts, expected * counts.sum()).pvalue)
    sizes = pd.DataFrame({"arm": codes, "base": counts, "share": counts / counts.sum(), "expected": expected})
    rows, tests = [], []
    for name in chosen:
        found, test = _compared(data, assignment, codes, name, domain)
        rows += found
        tests.append(test)
    return Balance(
        sizes,
        p,
        pd.DataFrame(rows, columns=list(BALANCE_COLUMNS)),
        pd.DataFrame(tests, columns=["covariate", "f", "df", "ddf", "p"]),
    )


def _default(data: SurveyData, assignment: str) -> list[str]:
    parts = data.design.parts if isinstance(data.design, PooledDesign) else (("", data.design),)
    fitted = [getattr(design, "calibration", None) for _, design in parts]
    margins = [name for each in fitted if each for margin in each.margins for name in margin]
    if not margins:
        margins = [
            v.name
            for v in data.codebook.variables
            if v.role is Role.DERIVED and 2 <= len(v.codes) <= MOST_CODES
        ]
    known = [name for name in dict.fromkeys(margins) if name in data.codebook and name != assignment]
    return [name for name in known if data.variable(name).codes]


def _compared(
    data: SurveyData, assignment: str, codes: list[int], name: str, domain: np.ndarray
) -> tuple[list[tuple[object, ...]], tuple[object, ...]]:
    means = not data.variable(name).codes and data.variable(name).level is Level.INTERVAL
    parts = []
    for code in codes:
        inside = domain & (data.frame[assignment] == code).to_numpy()
        try:
            parts.append(
                mean_estimates(data, name, where=inside)
                if means
                else proportion_estimates(data, name, where=inside)
            )
        except EstimationError:
            return [], (name, np.nan, 0, 0, np.nan)
    width = len(parts[0].values)
    values = np.array([part.values for part in parts])
    rows: list[tuple[object, ...]] = []
    for arm, part in enumerate(parts):
        for place in range(width):
            difference = float(values[arm, place] - values[0, place])
            spread = _spread(parts[0], place)
            rows.append(
                (
                    name,
                    parts[0].codes[place],
                    codes[arm],
                    int(part.base[place]),
                    float(values[arm, place]),
                    difference,
                    difference / spread if spread > 0 else np.nan,
                )
            )
    if not data.infers(domain):
        return rows, (name, np.nan, width * (len(parts) - 1), np.nan, np.nan)
    contrast = np.hstack([-np.tile(np.eye(width), (len(parts) - 1, 1)), np.eye(width * (len(parts) - 1))])
    V = contrast @ joint_covariance(parts) @ contrast.T
    inside = np.logical_or.reduce([part.domain for part in parts])
    test = wald(name, (values[1:] - values[0]).ravel(), V, data.sample.df(inside))
    return rows, (name, test.f, test.df, test.ddf, test.p)


def _spread(part: object, place: int) -> float:
    """Standard deviation of the figure's 0/1 column, or of the variable, in the first arm."""
    base, variance = part.base[place], part.simple_variance[place]  # type: ignore[attr-defined]
    return float(np.sqrt(variance * base)) if base > 1 and variance > 0 else 0.0
