"""What interviewers share: answers and who asked in, intraclass correlations and design effects out."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.data import SurveyData

INTERVIEWER_COLUMNS = ("variable", "rho", "design_effect", "interviewers", "interviews")
FEWEST_INTERVIEWERS, FEWEST_INTERVIEWS = 5, 100
"""Below them an intraclass correlation says more about chance than about anybody's work."""


@dataclass(frozen=True)
class Intraclass:
    """`rho` may be below 0, where interviewers differ less than chance would have it."""

    rho: float
    design_effect: float
    """1 + (mean number of interviews - 1) rho (Kish 1962)."""
    interviewers: int
    interviews: int


def intraclass(values: np.ndarray, by: np.ndarray) -> Intraclass | None:
    """The intraclass correlation of n values within groups, by analysis of variance.

    `values`: n floats, NaN is left out; `by`: n group names. None without variation, with one group or with
    one value a group. rho = (MSB - MSW) / (MSB + (m - 1) MSW), m = (n - sum n_i^2 / n) / (k - 1): Snedecor
    and Cochran 1989, section 13.5; for interviewers Kish 1962, JASA 57, 92-115.
    """
    kept = ~np.isnan(values)
    groups = pd.Series(values[kept]).groupby(np.asarray(by)[kept])
    sizes, means = groups.size().to_numpy(float), groups.mean().to_numpy()
    n, k = sizes.sum(), len(sizes)
    if k < 2 or n <= k:
        return None
    whole = values[kept].mean()
    between = float((sizes * (means - whole) ** 2).sum()) / (k - 1)
    within = float(((groups.size() - 1) * groups.var(ddof=1).fillna(0.0)).sum()) / (n - k)
    size = (n - (sizes**2).sum() / n) / (k - 1)
    spread = between + (size - 1) * within
    if spread <= 0:
        return None
    rho = (between - within) / spread
    return Intraclass(rho, 1 + (n / k - 1) * rho, k, int(n))


def interviewer_effects(data: SurveyData, by: str, variables: Iterable[str]) -> pd.DataFrame:
    """One row a variable, the largest rho first; INTERVIEWER_COLUMNS.

    `by`: the column that says who asked; rows without anybody (a negative code) are left out. Variables with
    fewer than FEWEST_INTERVIEWERS or FEWEST_INTERVIEWS, or that do not vary, have no row.
    """
    asked = data.frame[by].to_numpy()
    somebody = asked >= 0
    rows = []
    for name in variables:
        found = intraclass(data.values(name)[somebody], asked[somebody])
        if found is None or found.interviewers < FEWEST_INTERVIEWERS or found.interviews < FEWEST_INTERVIEWS:
            continue
        rows.append((name, found.rho, found.design_effect, found.interviewers, found.interviews))
    table = pd.DataFrame(rows, columns=list(INTERVIEWER_COLUMNS))
    return table.sort_values("rho", ascending=False, kind="stable", ignore_index=True)
