"""Tests of a list experiment's assumptions: counts by list come in, latent shares and p go out."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import optimize, stats

from analysis.data import SurveyData
from analysis.experiments.chi_bar import chi_bar_weights
from analysis.experiments.lists import Counts

_ROUNDING = 1e-12
SELECTIONS = ("gms", "list", "none")


@dataclass(frozen=True)
class DesignTest:
    """Blair and Imai's (2012) test of no design effect.

    `types`: shares of people by count of the short list (0..J) and sensitive item (1, 0), with errors: none
    may be negative. `p`: Bonferroni-adjusted, 2 min(p1, p0); a small one says that the long list changed
    answers to the other items. `p_list`: the same after the rule by which R's list leaves inequalities out.
    """

    types: pd.DataFrame
    p: float
    p_list: float
    verdict: str


def design_test(data: SurveyData, found: Counts, domain: np.ndarray, *, alpha: float = 0.05) -> DesignTest:
    """The shares of the types and the test that none is negative, under the design.

    With F0, F1 the distribution functions of the counts on the short and the long list: the type (y, 1) has
    the share F0(y) - F1(y), the type (y, 0) F1(y) - F0(y - 1). Statistic: the distance of the estimates from
    the nearest shares that are all at least 0, against a mixture of F distributions (Kudo 1963; Wolak 1987).
    Inequalities far from binding leave first (generalised moment selection, Andrews and Soares 2010): those
    with estimate / se above sqrt(log n). R's list 9 divides sqrt(n) estimate by the standard deviation of the
    estimates among themselves, so that nearly all positive ones leave.
    """
    names, values, Z = _types(data, found, domain)
    V = data.sample.covariance(Z, domain)
    df = data.sample.df(domain)
    se = np.sqrt(np.maximum(np.diag(V), 0))
    types = pd.DataFrame(
        {"count": [n[0] for n in names], "sensitive": [n[1] for n in names], "estimate": values, "se": se}
    )
    J, n = found.items, int(domain.sum())
    blocks = (np.arange(J), np.arange(J + 2, 2 * J + 2))
    ps = {
        rule: [_orthant_p(values[block], V[np.ix_(block, block)], df, (n, rule)) for block in blocks]
        for rule in SELECTIONS
    }
    p, p_list = (min(1.0, 2 * min(ps[rule])) for rule in ("gms", "list"))
    infers = all(data.wave_meta(wave).infers for wave in data.waves)
    if not infers:
        return DesignTest(types.assign(se=np.nan), np.nan, np.nan, "not_inferable")
    return DesignTest(types, p, p_list, "design_effect" if p < alpha else "no_design_effect_found")


def _types(
    data: SurveyData, found: Counts, domain: np.ndarray
) -> tuple[list[tuple[int, int]], np.ndarray, np.ndarray]:
    """Names (count, sensitive), shares and n x 2(J + 1) influence values."""
    w, J = data.sample.weights, found.items
    arms = []
    for arm in (~found.treated, found.treated):
        inside = domain & arm
        size = w[inside].sum()
        below = np.where(inside[:, None], found.count[:, None] <= np.arange(-1, J + 1), False)
        F = w @ below / size
        arms.append((F, np.where(inside[:, None], (w / size)[:, None] * (below - F), 0.0)))
    (F0, Z0), (F1, Z1) = arms
    values = np.concatenate([F0[1:] - F1[1:], F1[1:] - F0[:-1]])
    Z = np.hstack([Z0[:, 1:] - Z1[:, 1:], Z1[:, 1:] - Z0[:, :-1]])
    return [(y, 1) for y in range(J + 1)] + [(y, 0) for y in range(J + 1)], values, Z


def _orthant_p(pi: np.ndarray, V: np.ndarray, df: int, selection: tuple[int, str]) -> float:
    """p of the hypothesis that the shares of the block are all at least 0."""
    se = np.sqrt(np.maximum(np.diag(V), 0))
    known = se > _ROUNDING
    pi, V, se = pi[known], V[np.ix_(known, known)], se[known]
    if not len(pi):
        return 1.0
    n, rule = selection
    limit = np.sqrt(np.log(n))
    if rule == "gms":
        kept = pi / se <= limit
    elif rule == "list":
        spread = np.std(pi, ddof=1) if len(pi) > 1 else np.inf
        kept = (pi != 0) & ~(np.sqrt(n) * pi > limit * spread)
    else:
        kept = np.ones(len(pi), bool)
    pi = pi[kept]
    if not len(pi) or (pi >= 0).all():
        return 1.0
    S = V[np.ix_(kept, kept)]
    scale = np.sqrt(np.diag(S))
    R = S / np.outer(scale, scale)
    # rows that hold the same inequality twice have no covariance to invert
    root = np.linalg.cholesky(np.linalg.pinv(R, rcond=1e-10, hermitian=True) + 1e-12 * np.eye(len(pi)))
    distance = float(optimize.nnls(root.T, root.T @ (pi / scale))[1] ** 2)
    weights = chi_bar_weights(R)
    return float(
        sum(
            share * (stats.f.sf(distance / k, k, df) if df > 0 else stats.chi2.sf(distance, k))
            for k, share in enumerate(weights[::-1])
            if k
        )
    )
