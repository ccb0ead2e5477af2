"""Differential item functioning by the graded response model: data and groups come in, a table goes out.

An item's parameters are freed in every group while the anchors stay equal and groups keep their own latent
distributions (Thissen, Steinberg and Wainer 1993): a likelihood ratio, and a design-based Wald test of it.
"""

import numpy as np
import pandas as pd
from scipy import stats

from analysis.data import SurveyData, Where
from analysis.errors import EstimationError
from analysis.estimates.cells import By
from analysis.models import wald_test
from analysis.multiplicity import adjust
from analysis.scales.dif.logistic import DifResult, refuse_untestable
from analysis.scales.groups import Groups, make_groups
from analysis.scales.irt.fitting import fit_items
from analysis.scales.irt.likelihood import NODE_WEIGHTS, NODES
from analysis.scales.irt.model import GradedModel
from analysis.scales.items import Items, Keys, Scale, scale_items

IRT_DIF_COLUMNS = (
    "item", "anchor", "f", "df", "ddf", "p", "p_adjusted", "lr", "p_lr", "difference", "flag",
)  # fmt: skip
NEGLIGIBLE = 0.05
_MOST_ROUNDS = 5


def irt_dif(
    data: SurveyData,
    scale: Scale,
    *,
    by: By,
    keys: Keys = None,
    where: Where = None,
    purify: bool = True,
    alpha: float = 0.05,
    negligible: float = NEGLIGIBLE,
) -> DifResult:
    """A row per item, IRT_DIF_COLUMNS: whether its curve differs between groups of equal latent level.

    `f`, `p`: Wald test with the design's covariance; `lr`, `p_lr`: likelihood ratio, for a simple random
    sample; `difference`: the largest mean distance of the item's expected answers between the first group and
    another, over the latter's latent distribution, as a share of the item's range. `flag` where p after Holm
    is below `alpha` and `difference` is `negligible` or more. Flagged items leave the anchors, and all is
    done again. EstimationError as in `grm`, and where fewer than two anchors are left.
    """
    items = scale_items(data, scale, keys=keys, where=where)
    groups = make_groups(data, by, items.domain)
    refuse_untestable(data, groups)
    anchors = items.names
    table, rounds = _round(items, groups, anchors, alpha, negligible), 1
    while purify and rounds < _MOST_ROUNDS:
        kept = tuple(table.loc[~table["flag"], "item"])
        if kept == anchors:
            break
        if len(kept) < 2:
            raise EstimationError(
                f"{len(table) - len(kept)} of {len(table)} items function differently: fewer than two "
                "anchors are left; the scale does not compare between these groups"
            )
        anchors, table, rounds = kept, _round(items, groups, kept, alpha, negligible), rounds + 1
    return DifResult(table, anchors, rounds)


def _round(
    items: Items, groups: Groups, anchors: tuple[str, ...], alpha: float, negligible: float
) -> pd.DataFrame:
    compact = fit_items(items, groups, anchors)
    rows = [_one(items, groups, anchors, name, compact) for name in items.names]
    table = pd.DataFrame(rows, columns=list(IRT_DIF_COLUMNS))
    adjusted = adjust(table["p"].to_numpy(float), "holm")
    flagged = (adjusted < alpha) & (table["difference"].to_numpy(float) >= negligible)
    return table.assign(p_adjusted=adjusted, flag=flagged)


def _one(
    items: Items, groups: Groups, anchors: tuple[str, ...], name: str, compact: GradedModel
) -> dict[str, object]:
    others = tuple(anchor for anchor in anchors if anchor != name)
    free = compact if name not in anchors else fit_items(items, groups, others, compact)
    tied = compact if name in anchors else fit_items(items, groups, (*anchors, name), compact)
    j = items.names.index(name)
    count = free.layout.counts[j]
    starts = [row[j] for row in free.layout.item if row[j] >= 0]
    contrasts = np.zeros(((len(starts) - 1) * count, free.layout.size))
    for g, start in enumerate(starts[1:]):
        for k in range(count):
            contrasts[g * count + k, [start + k, starts[0] + k]] = 1, -1
    values, covariance = free.figures.contrast(contrasts)
    test = wald_test(values, covariance, free.figures.df + 1 - len(values))
    lr = 2 * (free.log_likelihood - tied.log_likelihood)
    return {
        "item": name,
        "anchor": name in anchors,
        "f": test.f,
        "df": test.df,
        "ddf": test.ddf,
        "p": test.p,
        "lr": lr,
        "p_lr": float(stats.chi2.sf(max(lr, 0.0), test.df)),
        "difference": _difference(free, name),
    }


def _difference(model: GradedModel, name: str) -> float:
    """The largest mean distance between expected answers of the first group and another, over the range."""
    j = model.items.names.index(name)
    asked = [g for g in range(model.groups.count) if model.layout.item[g][j] >= 0]
    found = []
    for g in asked[1:]:
        mean, sd = model.latent["mean"].iloc[g], model.latent["sd"].iloc[g]
        t = mean + sd * NODES
        gap = np.abs(model.expected(name, t, asked[0]) - model.expected(name, t, g))
        found.append(float(NODE_WEIGHTS @ gap) / (model.layout.counts[j] - 1))
    return max(found, default=0.0)
