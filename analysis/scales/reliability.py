"""Item statistics and Cronbach's alpha: data and a scale come in, tables with design-based errors go out."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from analysis.data import SurveyData, Where
from analysis.errors import EstimationError
from analysis.estimates.cells import By, make_cells
from analysis.estimates.intervals import student
from analysis.scales.figures import Figures
from analysis.scales.items import Items, Keys, Scale, scale_items
from analysis.scales.moments import Moments, moments, symmetric

RELIABILITY_COLUMNS = (
    "group", "wave", "items", "estimate", "se", "low", "high", "base", "df",
    "feldt_low", "feldt_high", "se_normal", "standardised", "average_r", "g6",
)  # fmt: skip
ITEM_COLUMNS = (
    "key", "base", "weighted_base", "missing", "mean", "se", "low", "high", "sd", "floor", "ceiling",
    "item_rest", "item_rest_se", "alpha_if_dropped",
)  # fmt: skip


@dataclass(frozen=True)
class Reliability:
    """A coefficient by group: `table` a row a group, `figures` one a group, with influence values."""

    table: pd.DataFrame
    figures: tuple[Figures, ...]


def alpha(
    data: SurveyData,
    scale: Scale,
    *,
    keys: Keys = None,
    by: By = None,
    where: Where = None,
    missing: str = "pairwise",
    level: float = 0.95,
) -> Reliability:
    """Cronbach's (1951) alpha of a codebook group or of named items, reversed items turned.

    `table`: RELIABILITY_COLUMNS. `low`, `high` are design-based, on the scale log(1 - alpha); `feldt_low`,
    `feldt_high` (Feldt 1965) and `se_normal` (Van Zyl, Neudecker and Nel 2000) hold for a simple random
    sample of normal answers and stand for comparison. `missing`: pairwise or complete. EstimationError for
    fewer than three items, items without spread and answers whose total does not vary.
    """
    rows: list[dict[str, object]] = []
    figures: list[Figures] = []
    for group, wave, items in by_group(data, scale, keys=keys, by=by, where=where):
        found = moments(items, missing)
        figure = _alpha_figures(items, found)
        n = int(found.rows.sum())
        shown = figure.row(level)
        low, high = feldt(float(figure.values[0]), n, items.count, level)
        own = {"feldt_low": low, "feldt_high": high, "se_normal": _normal_error(found.covariance, n)}
        own = own if figure.infers else dict.fromkeys(own, np.nan)
        rows.append(
            {"group": group, "wave": wave, "items": items.count, **shown, **own, **_standardised(found)}
        )
        figures.append(figure)
    return Reliability(pd.DataFrame(rows, columns=list(RELIABILITY_COLUMNS)), tuple(figures))


def by_group(
    data: SurveyData, scale: Scale, *, keys: Keys, by: By, where: Where, fewest: int = 3
) -> Iterator[tuple[str, str, Items]]:
    """Each group's name and wave, and the items within it; refusals name the group."""
    whole = scale_items(data, scale, keys=keys, where=where, fewest=fewest)
    cells = make_cells(data, by, where)
    for place in range(cells.count):
        items = whole.within(cells.index == place)
        name = ",".join(part for part in (cells.waves[place], cells.groups[place]) if part)
        asked = np.asarray(items.answered.any(axis=0))
        empty = [item for item, some in zip(items.names, asked, strict=True) if not some]
        if empty:
            raise EstimationError(
                f"in {name or 'the domain'} nobody answered {', '.join(empty)}: leave it out"
            )
        spread = np.nanmax(items.values, axis=0) > np.nanmin(items.values, axis=0)
        flat = [item for item, some in zip(items.names, spread, strict=True) if not some]
        if flat:
            raise EstimationError(
                f"in {name or 'the domain'} all answers to {', '.join(flat)} are alike: leave the item out, "
                "or join groups"
            )
        yield cells.groups[place], cells.waves[place], items


def covariance_figures(items: Items, found: Moments) -> Figures:
    """The covariances on and below the diagonal as figures."""
    elements = found.covariance[np.triu_indices(items.count)]
    names = [f"{items.names[i]}~{items.names[j]}" for i, j in zip(*np.triu_indices(items.count), strict=True)]
    limits = np.zeros(len(elements), bool)
    return Figures(items.data, tuple(names), elements, found.influence, found.rows, limits)


def alpha_of(covariance: np.ndarray) -> np.ndarray:
    """p / (p - 1) (1 - trace / sum) of a covariance matrix."""
    p = len(covariance)
    return np.array([p / (p - 1) * (1 - np.trace(covariance) / covariance.sum())])


def _alpha_figures(items: Items, found: Moments) -> Figures:
    total = found.covariance.sum()
    if total <= 1e-12 * np.trace(found.covariance):
        raise EstimationError(
            f"the sum of {', '.join(items.names)} does not vary, so it has no reliability: check the keys of "
            "reversed items"
        )
    return covariance_figures(items, found).transform(["alpha"], _of(items.count, alpha_of), bounded=True)


def _of(count: int, function: Callable[[np.ndarray], np.ndarray]) -> Callable[[np.ndarray], np.ndarray]:
    return lambda elements: function(symmetric(elements, count))


def feldt(value: float, n: int, count: int, level: float) -> tuple[float, float]:
    """Feldt's (1965) interval of alpha for n rows of a simple random sample and `count` items."""
    tail = (1 - level) / 2
    ends = [stats.f.ppf(q, n - 1, (n - 1) * (count - 1)) for q in (1 - tail, tail)]
    return 1 - (1 - value) * float(ends[0]), 1 - (1 - value) * float(ends[1])


def _normal_error(V: np.ndarray, n: int) -> float:
    """Standard error of alpha under normality and simple random sampling (Duhachek and Iacobucci 2004)."""
    p, total, trace = len(V), V.sum(), np.trace(V)
    inner = total * (np.trace(V @ V) + trace**2) - 2 * trace * (V @ V).sum()
    return float(np.sqrt(2 * p**2 / ((p - 1) ** 2 * total**3) * inner / n))


def _standardised(found: Moments) -> dict[str, float]:
    """Alpha of standardised items, their mean correlation and Guttman's (1945) lambda 6."""
    R = correlations(found.covariance)
    p = len(R)
    try:
        unexplained = 1 / np.diag(np.linalg.inv(R))
        g6 = 1 - unexplained.sum() / R.sum()
    except np.linalg.LinAlgError:
        g6 = np.nan
    average = (R.sum() - p) / (p * (p - 1))
    return {"standardised": float(alpha_of(R)[0]), "average_r": float(average), "g6": float(g6)}


def correlations(covariance: np.ndarray) -> np.ndarray:
    """The correlation matrix of a covariance matrix."""
    sd = np.sqrt(np.diag(covariance))
    return covariance / np.outer(sd, sd)


def item_statistics(
    data: SurveyData,
    scale: Scale,
    *,
    keys: Keys = None,
    where: Where = None,
    missing: str = "pairwise",
    level: float = 0.95,
) -> pd.DataFrame:
    """A row per item, ITEM_COLUMNS; reversed items are turned, so means and correlations run one way.

    `missing` (column): weighted share of the domain without a valid answer; `floor`, `ceiling`: weighted
    shares of the valid answers at the lowest and highest code; `item_rest`: correlation with the sum of the
    other items, with its design-based error; `alpha_if_dropped`: alpha of the others.
    """
    items = scale_items(data, scale, keys=keys, where=where)
    found = moments(items, missing)
    V, average = found.covariance, _means(items)
    rest = covariance_figures(items, found).transform(items.names, _of(items.count, item_rest))
    weights = items.weights
    rows: dict[str, dict[str, object]] = {}
    for j, name in enumerate(items.names):
        here = items.answered[:, j]
        value = items.values[here, j]
        w = weights[here] / weights[here].sum()
        ends = items.ends[j] if items.ends[j][0] == items.ends[j][0] else (value.min(), value.max())
        se = float(average.se[j])
        half = float(student(np.array([data.sample.df(here)]), level)[0]) * se
        centre = float(w @ value)
        kept = np.delete(np.arange(items.count), j)
        rows[name] = {
            "key": int(items.keys[j]),
            "base": int(here.sum()),
            "weighted_base": float(data.sample.weights[here].sum()),
            "missing": float(weights[items.domain & ~here].sum() / weights[items.domain].sum()),
            "mean": centre,
            "se": se,
            "low": centre - half,
            "high": centre + half,
            "sd": float(np.sqrt(V[j, j])),
            "floor": float(w @ (value == ends[0])),
            "ceiling": float(w @ (value == ends[1])),
            "item_rest": float(rest.values[j]),
            "item_rest_se": float(rest.se[j]),
            "alpha_if_dropped": float(alpha_of(V[np.ix_(kept, kept)])[0]),
        }
    return pd.DataFrame.from_dict(rows, orient="index", columns=list(ITEM_COLUMNS))


def _means(items: Items) -> Figures:
    """Each item's weighted mean over its valid answers."""
    w = np.where(items.answered, items.weights[:, None], 0)
    w = w / w.sum(axis=0)
    X = np.where(items.answered, items.values, 0)
    means = (w * X).sum(axis=0)
    return Figures(items.data, items.names, means, w * (X - means), items.any, np.zeros(items.count, bool))


def item_rest(V: np.ndarray) -> np.ndarray:
    """Each item's correlation with the sum of the others, from the covariances."""
    variance, sums = np.diagonal(V), V.sum(axis=0)
    return (sums - variance) / np.sqrt(variance * (V.sum() - 2 * sums + variance))
