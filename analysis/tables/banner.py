"""Banners: an item and column variables come in, a table with letters for sure differences goes out."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from string import ascii_uppercase

import numpy as np
import pandas as pd

from analysis.breaks import broken
from analysis.data import SurveyData, Where
from analysis.errors import EstimationError
from analysis.estimates import Rules, apply_rules, distribution, infers, read_rules
from analysis.estimates.judging import judged
from analysis.multiplicity import adjusted
from analysis.tables.crosstab import TABLE_COLUMNS, TABLE_RULES, column_estimates, gated_cells
from analysis.tables.shares import TwoWay, two_way
from analysis.tables.suppression import hide, suppress_together

ADJUSTMENTS = ("holm", "bonferroni", "fdr_bh", "fdr_by", "none")
FAMILIES = ("row", "variable", "banner")
BANNER_COLUMNS = (*TABLE_COLUMNS, "letter", "marks")
COMPARISON_COLUMNS = (
    "row",
    "row_code",
    "column",
    "column_code",
    "column_code_other",
    "letter",
    "letter_other",
    "difference",
    "se",
    "df",
    "t",
    "p",
    "p_adjusted",
    "significant",
)


@dataclass(frozen=True)
class Banner:
    """`table`: BANNER_COLUMNS, the item's distribution over all first; `comparisons`: COMPARISON_COLUMNS."""

    table: pd.DataFrame
    comparisons: pd.DataFrame
    family: str
    adjust: str
    alpha: float


def banner(
    data: SurveyData,
    row: str,
    columns: Sequence[str],
    *,
    where: Where = None,
    interval: str = "logit",
    level: float = 0.95,
    rules: str | Path | Rules = TABLE_RULES,
    family: str = "variable",
    adjust: str = "holm",
    alpha: float = 0.05,
) -> Banner:
    """Column percentages of `row` by each column variable, each with its own base.

    `letter` names a column; `marks` of a cell are the letters of the columns of the same variable whose share
    is surely lower: a design-based t test of the difference, adjusted by `adjust` (holm, bonferroni, fdr_bh,
    fdr_by or none) within the declared `family`: the comparisons of one answer (`row`), of one column
    variable (`variable`) or of the whole banner. Suppressed cells neither bear nor lend letters,
    and waves with a break of the item between them are not compared.
    EstimationError for unknown options and column variables named twice.
    """
    _refuse(columns, family, adjust, alpha)
    tables = {name: two_way(data, row, name, where=where) for name in columns}
    letters = _letters({name: len(table.columns) for name, table in tables.items()})
    chosen = read_rules(rules)
    gated = [
        gated_cells(table, "column", interval=interval, level=level, rules=chosen)
        for table in tables.values()
    ]
    made, margins = suppress_together(gated, chosen)
    pairs = [_compare(table, letters[name]) for name, table in tables.items()]
    compared = _adjusted(pd.concat(pairs, ignore_index=True), family, adjust, alpha)
    of_all = distribution(data, row, where=where, interval=interval, level=level)
    parts = [
        _lettered(part[part["column_code"].notna()], letters[name])
        for name, part in zip(columns, made, strict=True)
    ]
    over_all = _over_all(of_all, chosen)
    over_all = hide(over_all, over_all["row_code"].isin(margins))
    whole = pd.concat([over_all, *parts], ignore_index=True)
    return Banner(_marked(whole, compared), compared, family, adjust, alpha)


def _over_all(found: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """The item's distribution over everybody who answered it, whatever the column variables hold."""
    found = found[found["of"] == "valid"]
    named = found.rename(columns={"variable": "row", "label": "row_label"}).assign(
        percent="column",
        row_code=found["code"].astype(object),
        column="",
        column_code=None,
        column_label="all",
    )
    return apply_rules(named, rules)[list(TABLE_COLUMNS)].assign(letter="")


def _refuse(columns: Sequence[str], family: str, adjust: str, alpha: float) -> None:
    if isinstance(columns, str) or not columns:
        raise EstimationError(f"columns={columns!r}: give a list of one or more column variables")
    if len(set(columns)) < len(columns):
        raise EstimationError(f"columns {list(columns)} name a variable twice: name each once")
    for value, allowed, name in ((family, FAMILIES, "family"), (adjust, ADJUSTMENTS, "adjust")):
        if value not in allowed:
            raise EstimationError(f"{name}={value!r} is unknown: type one of {', '.join(allowed)}")
    if not 0 < alpha < 1:
        raise EstimationError(f"alpha={alpha:g} is no level of significance: type 0.05 for 5 %")


def _letters(widths: dict[str, int]) -> dict[str, list[str]]:
    """A, B, ... Z, AA, AB, ... over the columns of the banner."""
    names = [*ascii_uppercase, *(a + b for a in ascii_uppercase for b in ascii_uppercase)]
    if sum(widths.values()) > len(names):
        raise EstimationError(
            f"{sum(widths.values())} columns are more than {len(names)}: make several banners"
        )
    start, found = 0, {}
    for name, width in widths.items():
        found[name] = names[start : start + width]
        start += width
    return found


def _lettered(table: pd.DataFrame, letters: list[str]) -> pd.DataFrame:
    codes = list(dict.fromkeys(table.loc[table["column_code"].notna(), "column_code"]))
    by_code = dict(zip(codes, letters, strict=True))
    return table.assign(letter=[by_code.get(code, "") for code in table["column_code"]])


def _compare(table: TwoWay, letters: list[str]) -> pd.DataFrame:
    """Every pair of columns at every answer."""
    estimates = column_estimates(table)
    R, C = table.count.shape
    across = np.where(table.base, table.cell % C, -1)
    apart = _apart(table)
    sure = infers(table.data)
    covariance = estimates.covariance if sure else np.full((R * C, R * C), np.nan)
    own = estimates.variance if sure else np.full(R * C, np.nan)
    rows = []
    for one, other in combinations(range(C), 2):
        df = table.data.sample.df((across == one) | (across == other))
        for i in range(R):
            a, b = one * R + i, other * R + i
            gap = float(estimates.values[a] - estimates.values[b])
            variance = float(covariance[a, a] + covariance[b, b] - 2 * covariance[a, b])
            known = (one, other) not in apart and np.isfinite(own[[a, b]]).all()
            found = judged(gap, variance if known else np.nan, df)
            names = (table.row, table.rows[i], table.column, table.columns[one], table.columns[other])
            shown = np.nan if (one, other) in apart else gap
            rows.append((*names, letters[one], letters[other], shown, found.se, df, found.t, found.p))
    return pd.DataFrame(rows, columns=COMPARISON_COLUMNS[:-2])


def _apart(table: TwoWay) -> set[tuple[int, int]]:
    """Pairs of waves, as columns, between which the item is declared broken: they are not compared."""
    if table.column != "wave":
        return set()
    waves = [str(wave) for wave in table.columns]
    pairs = combinations(range(len(waves)), 2)
    return {(a, b) for a, b in pairs if broken(table.data, [table.row], (waves[a], waves[b]))}


def _adjusted(pairs: pd.DataFrame, family: str, adjust: str, alpha: float) -> pd.DataFrame:
    keys = {"row": ["column", "row_code"], "variable": ["column"], "banner": ["row"]}[family]
    p = pairs["p"].to_numpy(float)
    found = p.copy()
    for rows in pairs.groupby(keys, sort=False).indices.values():
        found[rows] = adjusted(p[rows], adjust)
    with np.errstate(invalid="ignore"):
        return pairs.assign(p_adjusted=found, significant=found < alpha)[list(COMPARISON_COLUMNS)]


def _marked(table: pd.DataFrame, pairs: pd.DataFrame) -> pd.DataFrame:
    hidden = set(_keys(table[table["publish"] == "suppress"]))
    marks: dict[tuple[object, str], list[str]] = {}
    for pair in pairs[pairs["significant"]].to_dict("records"):
        one, other = (pair["row_code"], pair["letter"]), (pair["row_code"], pair["letter_other"])
        if one in hidden or other in hidden:
            continue
        higher, lower = (one, other) if pair["difference"] > 0 else (other, one)
        marks.setdefault(higher, []).append(lower[1])
    return table.assign(marks=["".join(sorted(marks.get(key, []))) for key in _keys(table)])[
        list(BANNER_COLUMNS)
    ]


def _keys(table: pd.DataFrame) -> list[tuple[object, str]]:
    return list(zip(table["row_code"], table["letter"], strict=True))
