"""How well a factor model fits: tests of the model and of independence come in, fit measures go out.

CFI (Bentler 1990), TLI (Tucker and Lewis 1973), RMSEA (Steiger 1990; Browne and Cudeck 1993); robust forms of
Brosseau-Liard and Savalei (2014); conventions for several groups as in lavaan.
"""

from dataclasses import dataclass

import numpy as np
from scipy import optimize, stats


@dataclass(frozen=True)
class Test:
    """A statistic on `df` degrees of freedom; under the design it is `scaling` times a chi-square in mean.

    `scaled`: the statistic after correction, by `scaling` alone (likelihood) or scaled and shifted (WLSMV).
    """

    chisq: float
    df: int
    scaling: float = 1.0
    scaled: float = np.nan

    @property
    def p(self) -> float:
        return _tail(self.chisq, self.df)

    @property
    def p_scaled(self) -> float:
        return _tail(self.scaled, self.df)


def _tail(chisq: float, df: int) -> float:
    return float(stats.chi2.sf(chisq, df)) if df > 0 else np.nan


def cfi(test: Test, baseline: Test) -> float:
    return _cfi(test.chisq - test.df, baseline.chisq - baseline.df)


def _cfi(excess: float, baseline: float) -> float:
    below = max(excess, baseline, 0.0)
    return 1.0 if below == 0 else 1 - max(excess, 0.0) / below


def tli(chisq: float, df: float, baseline_chisq: float, baseline_df: float) -> float:
    if df == 0:
        return 1.0
    ratio = baseline_chisq / baseline_df
    return float((ratio - chisq / df) / (ratio - 1)) if ratio != 1 else np.nan


def rmsea(excess: float, df: int, n: float, groups: int) -> float:
    """Root of (chisq - df) / (df n), times the root of the number of groups (Steiger 1998)."""
    return float(np.sqrt(max(excess, 0.0) / (df * n) * groups)) if df > 0 else 0.0


def rmsea_interval(chisq: float, df: int, n: float, groups: int, level: float = 0.90) -> tuple[float, float]:
    """Ends from the noncentral chi-square whose tails leave the statistic at (1 ± level) / 2."""
    if df == 0:
        return 0.0, 0.0
    ends = []
    for tail in ((1 + level) / 2, (1 - level) / 2):
        if stats.chi2.cdf(chisq, df) < tail:
            ends.append(0.0)
            continue
        top = chisq + 10 * np.sqrt(chisq) + 100
        ends.append(
            float(optimize.brentq(lambda c, t=tail: stats.ncx2.cdf(chisq, df, c) - t, 1e-12, top, xtol=1e-12))
        )
    low, high = (float(np.sqrt(end / (df * n) * groups)) for end in ends)
    return low, high


def fit_measures(test: Test, baseline: Test, *, n: float, groups: int, srmr: float) -> dict[str, float]:
    """All measures by name; `_scaled` and `_robust` ones where the tests carry a correction."""
    low, high = rmsea_interval(test.chisq, test.df, n, groups)
    found = {
        "chisq": test.chisq,
        "df": float(test.df),
        "pvalue": test.p,
        "baseline_chisq": baseline.chisq,
        "baseline_df": float(baseline.df),
        "cfi": cfi(test, baseline),
        "tli": tli(test.chisq, test.df, baseline.chisq, baseline.df),
        "rmsea": rmsea(test.chisq - test.df, test.df, n, groups),
        "rmsea_low": low,
        "rmsea_high": high,
        "srmr": srmr,
    }
    if np.isnan(test.scaled) or np.isnan(baseline.scaled):
        return found
    excess = test.chisq - test.scaling * test.df
    beyond = baseline.chisq - baseline.scaling * baseline.df
    ratio = excess / beyond if beyond > 0 else np.nan
    return found | {
        "chisq_scaled": test.scaled,
        "pvalue_scaled": test.p_scaled,
        "scaling": test.scaling,
        "baseline_chisq_scaled": baseline.scaled,
        "cfi_scaled": _cfi(test.scaled - test.df, baseline.scaled - baseline.df),
        "tli_scaled": tli(test.scaled, test.df, baseline.scaled, baseline.df),
        "rmsea_scaled": rmsea(test.scaled - test.df, test.df, n, groups),
        "cfi_robust": _cfi(excess, beyond),
        "tli_robust": 1 - ratio * baseline.df / test.df if test.df else 1.0,
        "rmsea_robust": rmsea(excess, test.df, n, groups),
    }
