"""Tests of association and fit: a two-way table or given shares come in, statistic, degrees and p go out."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from scipy import stats

from analysis.data import SurveyData, Where
from analysis.errors import EstimationError, Said, setting
from analysis.estimates import by_cell, infers
from analysis.estimates.quadratic import exact, saddlepoint, satterthwaite
from analysis.tables.shares import TwoWay, levels, two_way

STATISTICS = ("F", "Chisq", "Wald", "adjWald", "lincom", "saddlepoint")


@dataclass(frozen=True)
class TestResult:
    """A test's result. `df`, `ddf`: degrees of freedom of numerator and denominator, NaN where none.

    `estimate`, `se`, `low`, `high`: of the difference tested, NaN where the test has none; `n`: its base.
    """

    method: str
    statistic: float
    df: float
    ddf: float
    p: float
    n: int
    estimate: float = np.nan
    se: float = np.nan
    low: float = np.nan
    high: float = np.nan

    __test__ = False

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready: one row of a table."""
        return asdict(self)


def refuse_without_error(data: SurveyData) -> None:
    """EstimationError where a wave has no sampling error, and so no test."""
    if not infers(data):
        without = ", ".join(wave for wave in data.waves if not data.wave_meta(wave).infers)
        raise EstimationError(
            f"wave {without} is no probability sample and has no declared model: its figures have no "
            "sampling error, so there is no test; report them alone, or declare a model in Meta(model=...)"
        )


def association(
    data: SurveyData, row: str, column: str, *, statistic: str = "F", where: Where = None
) -> TestResult:
    """Whether two coded variables are independent, under the design.

    `statistic` as in R survey's svychisq: F (Rao and Scott's 1984 second-order correction; default), Chisq
    (first order), Wald (Koch, Freeman and Freeman 1975), adjWald (with Fellegi's 1980 denominator), lincom
    (the exact distribution of the Pearson statistic) and saddlepoint (its approximation). Rows without one
    of the answers leave the table; unless `where` drops them too, they count in the degrees of freedom and,
    as in svychisq, in the size the Pearson statistic is scaled to, which leaves F and every p as they are.
    EstimationError for a table of one row or column, and for too few degrees of freedom.
    """
    if statistic not in STATISTICS:
        raise EstimationError(f"statistic {statistic!r} is unknown: type one of {', '.join(STATISTICS)}")
    refuse_without_error(data)
    table = two_way(data, row, column, where=where)
    if min(table.count.shape) < 2:
        single = row if len(table.rows) < 2 else column
        raise EstimationError(f"all answers to {single!r} are the same in this domain: nothing to test")
    if table.df < 1:
        raise EstimationError(
            f"{row} by {column}: no degrees of freedom (as many strata as clusters): widen the domain"
        )
    return _wald(table, statistic) if statistic in ("Wald", "adjWald") else _rao_scott(table, statistic)


def pearson(table: TwoWay) -> float:
    """Pearson's X2 of the weighted shares, scaled to the number of rows of the domain."""
    p = table.shares
    expected = np.outer(p.sum(axis=1), p.sum(axis=0))
    return float(table.data.interviews(table.domain) * ((p - expected) ** 2 / expected).sum())


def design_effects(table: TwoWay) -> np.ndarray:
    """(R-1)(C-1) generalised design effects: eigenvalues of the interactions' design over simple covariance.

    As svychisq: both covariances at the observed shares (an empty cell weighs nothing), residuals of the
    interaction contrasts on the main effects.
    """
    p = table.shares.ravel()
    weight = np.divide(1, p, out=np.zeros_like(p), where=p > 0)
    C = _interactions(*table.count.shape)
    WC = weight[:, None] * C
    simple = C.T @ WC / table.data.interviews(table.domain)
    design = WC.T @ table.covariance @ WC
    return np.sort(np.linalg.eigvals(_solve(simple, design, table)).real)[::-1]


def _rao_scott(table: TwoWay, statistic: str) -> TestResult:
    x2, effects = pearson(table), design_effects(table)
    trace, size = float(effects.sum()), len(effects)
    d0 = trace**2 / float((effects**2).sum())
    n = table.data.interviews(table.base)
    if statistic == "F":
        f, ddf = x2 / trace, d0 * table.df
        return TestResult("Rao-Scott F", f, d0, ddf, float(stats.f.sf(f, d0, ddf)), n)
    if statistic == "Chisq":
        return TestResult(
            "Rao-Scott chi-square", x2, size, np.nan, float(stats.chi2.sf(x2 / (trace / size), size)), n
        )
    tail = exact if statistic == "lincom" else saddlepoint
    method = "Pearson, exact distribution" if statistic == "lincom" else "Pearson, saddlepoint"
    return TestResult(method, x2, np.nan, np.nan, tail(x2, effects, d0 * table.df), n)


def _wald(table: TwoWay, statistic: str) -> TestResult:
    total = table.total
    n, row, column = total.sum(), total.sum(axis=1), total.sum(axis=0)
    Y = (total - np.outer(row, column) / n).ravel()
    V = (J := _jacobian(row, column, n)) @ table.total_covariance @ J.T
    inner = np.arange(total.size).reshape(total.shape)[1:, 1:].ravel()
    df = len(inner)
    wald = float(Y[inner] @ _solve(V[np.ix_(inner, inner)], Y[inner], table)) / df
    count = table.data.interviews(table.base)
    if statistic == "Wald":
        return TestResult("Wald", wald, df, table.df, float(stats.f.sf(wald, df, table.df)), count)
    ddf = table.df - df + 1
    if ddf < 1:
        raise EstimationError(
            Said(
                f"{table.row} by {table.column}: {table.df} degrees of freedom are too few for {df} "
                "contrasts: type ",
                setting("statistic", "F"),
            )
        )
    adjusted = wald * ddf / table.df
    return TestResult("adjusted Wald", adjusted, df, ddf, float(stats.f.sf(adjusted, df, ddf)), count)


def _jacobian(row: np.ndarray, column: np.ndarray, n: float) -> np.ndarray:
    """RC x RC derivative of N_ij - N_i. N_.j / N with respect to the cells' totals."""
    R, C = len(row), len(column)
    i, j = np.divmod(np.arange(R * C), C)
    same_row, same_column = i[:, None] == i[None, :], j[:, None] == j[None, :]
    expected = np.outer(row, column).ravel() / n
    slope = same_row * (column[j] / n)[:, None] + same_column * (row[i] / n)[:, None]
    return np.eye(R * C) - slope + (expected / n)[:, None]


def _interactions(R: int, C: int) -> np.ndarray:
    """RC x (R-1)(C-1): indicators of the inner cells, cleared of rows and columns."""
    i, j = np.divmod(np.arange(R * C), C)
    main = np.column_stack([i[:, None] == np.arange(R), j[:, None] == np.arange(C)]).astype(float)
    inner = (i[:, None] == np.repeat(np.arange(1, R), C - 1)) & (
        j[:, None] == np.tile(np.arange(1, C), R - 1)
    )
    fitted = main @ np.linalg.lstsq(main, inner.astype(float), rcond=None)[0]
    return inner - fitted


def _solve(A: np.ndarray, b: np.ndarray, table: TwoWay) -> np.ndarray:
    if np.linalg.matrix_rank(A, hermitian=True) < len(A):
        name = f"{table.row} by {table.column}"
        raise EstimationError(
            Said(
                f"{name}: too many empty cells or too few clusters for {len(A)} contrasts: "
                "join small codes (or, for a Wald test, type ",
                setting("statistic", "F"),
                ")",
            )
        )
    return np.asarray(np.linalg.solve(A, b))


def goodness_of_fit(
    data: SurveyData, variable: str, shares: Mapping[int, float], *, where: Where = None
) -> TestResult:
    """Whether the population's shares are the given ones (code: share or count, scaled to 1).

    Pearson's statistic on weighted totals against the combination of chi-squares it has under the design,
    by Satterthwaite's approximation (Rao and Scott 1981), as R survey's svygofchisq. `df` is that of the
    approximation. EstimationError unless each observed code, and no unknown one, has a share above 0.
    """
    refuse_without_error(data)
    at, codes = levels(data, variable)
    base = data.domain(where) & (at >= 0)
    if not base.any():
        raise EstimationError(f"nobody in the domain has a valid answer to {variable!r}")
    expected = _expected(variable, codes, shares, np.unique(at[base]))
    cell = np.where(base, np.searchsorted(np.flatnonzero(expected > 0), at), -1)
    p = expected[expected > 0]
    total = np.bincount(cell[base], data.sample.weights[base], minlength=len(p))
    n = total.sum()
    x2 = float(((total - n * p) ** 2 / (n * p)).sum())
    # derivative of (O - pN) / sqrt(pN) by the totals: N is estimated too
    root = np.sqrt(n * p)
    slope = np.diag(1 / root) - ((p * (total + n * p)) / (2 * root * n * p))[:, None]
    covariance = data.sample.covariance(by_cell(cell, data.sample.weights, len(p)), base)
    effects = np.linalg.eigvalsh(slope @ covariance @ slope.T).clip(min=0)
    df = float(effects.sum() ** 2 / (effects**2).sum())
    return TestResult(
        "Rao-Scott goodness of fit", x2, df, np.nan, satterthwaite(x2, effects), data.interviews(base)
    )


def _expected(
    variable: str, codes: tuple[int | str, ...], shares: Mapping[int, float], observed: np.ndarray
) -> np.ndarray:
    unknown = [code for code in shares if code not in codes]
    by_code: dict[int | str, float] = dict(shares.items())
    given = np.array([float(by_code.get(code, 0.0)) for code in codes])
    missing = [codes[place] for place in observed if not given[place] > 0]
    bad = [code for code, share in shares.items() if not 0 <= share < np.inf]
    for found, words in (
        (unknown, "are no codes of"),
        (missing, "occur without a share in"),
        (bad, "have no share of 0 or more in"),
    ):
        if found:
            raise EstimationError(f"{found} {words} {variable!r}: give one share to each of {list(codes)}")
    return given / given.sum()
