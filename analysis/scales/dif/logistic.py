"""Differential item functioning by ordinal logistic regression: data and groups come in, a table goes out.

Zumbo (1999): an item regressed on the matching score, then on the group too (uniform), then on their product
(non-uniform). Tests are design-based Wald tests; likelihood ratios and changes of pseudo-R2 stand beside.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.data import SurveyData, Where
from analysis.errors import EstimationError
from analysis.estimates.cells import By
from analysis.models import Wald, wald_test
from analysis.multiplicity import adjust
from analysis.scales.dif.cumulative import CumulativeFit, fit_cumulative
from analysis.scales.groups import Groups, make_groups
from analysis.scales.irt.fitting import fit_items
from analysis.scales.items import Items, Keys, Scale, categories, scale_items

DIF_COLUMNS = (
    "item", "anchor", "p_uniform", "p_nonuniform", "p_total", "p_adjusted", "f_total", "df", "ddf",
    "chisq_uniform", "chisq_nonuniform", "chisq_total", "r2_change", "mcfadden_uniform", "mcfadden_total",
    "beta_group", "beta_change", "flag",
)  # fmt: skip
MATCHES = ("rest", "total", "theta")
NEGLIGIBLE = 0.035
_MOST_ROUNDS = 10


@dataclass(frozen=True)
class DifResult:
    """`table`: a row per item; `anchors`: items not flagged, on which the last round matched; `rounds`."""

    table: pd.DataFrame
    anchors: tuple[str, ...]
    rounds: int


def dif(
    data: SurveyData,
    scale: Scale,
    *,
    by: By,
    keys: Keys = None,
    where: Where = None,
    match: str = "rest",
    purify: bool = True,
    alpha: float = 0.05,
    negligible: float = NEGLIGIBLE,
) -> DifResult:
    """Whether people of the same level but different groups answer an item alike; DIF_COLUMNS, complete rows.

    `match`: rest (sum of the other anchors), total (of all anchors and the item), theta (score of a graded
    model of the anchors). `flag`: uniform or nonuniform where the total test is significant at `alpha` after
    Holm over the items and Nagelkerke's R2 rises by `negligible` or more (Jodoin and Gierl 2001: .035);
    likelihood ratios (weights summing to n) hold for simple random samples. `purify`: flagged items leave the
    anchors and all is done again until none changes. EstimationError for an item with an answer that a group
    never gives, for fewer than two anchors left.
    """
    if match not in MATCHES:
        raise EstimationError(f"match={match!r} is unknown: type one of {', '.join(MATCHES)}")
    items = scale_items(data, scale, keys=keys, where=where)
    groups = make_groups(data, by, items.domain)
    refuse_untestable(data, groups)
    used = items.complete & (groups.place >= 0)
    study = _Study(items.within(used), groups.within(used), used, match)
    anchors = items.names
    table, rounds = _round(study, anchors, alpha, negligible), 1
    while purify and rounds < _MOST_ROUNDS:
        kept = tuple(table.loc[table["flag"] == "", "item"])
        if kept == anchors:
            break
        if len(kept) < 2:
            raise EstimationError(
                f"{len(table) - len(kept)} of {len(table)} items function differently: fewer than two "
                "anchors are left to match people on; the scale does not compare between these groups"
            )
        anchors, table, rounds = kept, _round(study, kept, alpha, negligible), rounds + 1
    return DifResult(table, anchors, rounds)


def refuse_untestable(data: SurveyData, groups: Groups) -> None:
    """EstimationError without groups, and for waves whose sampling error is not defined."""
    if groups.count < 2:
        raise EstimationError(
            "differential functioning compares groups: type by='language', by='wave' or a variable"
        )
    places = np.unique(data.wave_place[groups.place >= 0])
    strange = [data.waves[place] for place in places if not data.wave_meta(data.waves[place]).infers]
    if strange:
        raise EstimationError(
            f"{', '.join(strange)}: a non-probability sample without a declared model has no test; declare "
            "the model under which it may be treated as drawn at random (Meta.model)"
        )


@dataclass(frozen=True)
class _Study:
    items: Items
    groups: Groups
    used: np.ndarray
    match: str


def _round(study: _Study, anchors: Sequence[str], alpha: float, negligible: float) -> pd.DataFrame:
    places, values = categories(study.items)
    _refuse_empty(study, places, values)
    rows = [_one(study, name, places, anchors) for name in study.items.names]
    table = pd.DataFrame(rows, columns=list(DIF_COLUMNS))
    adjusted = adjust(table["p_total"].to_numpy(float), "holm")
    found = (adjusted < alpha) & (table["r2_change"].to_numpy(float) >= negligible)
    kind = np.where(table["p_nonuniform"] < alpha, "nonuniform", "uniform")
    return table.assign(p_adjusted=adjusted, flag=np.where(found, kind, ""))


def _refuse_empty(study: _Study, places: np.ndarray, values: tuple[np.ndarray, ...]) -> None:
    problems = []
    for j, name in enumerate(study.items.names):
        for g, group in enumerate(study.groups.names):
            found = set(places[study.groups.place == g, j]) - {-1}
            lacking = [f"{v:g}" for c, v in enumerate(values[j]) if c not in found]
            if lacking:
                problems.append(
                    f"nobody in {group} answers {', '.join(lacking)} to {name!r}: join answers (recode), "
                    "leave the item out, or join groups"
                )
    if problems:
        raise EstimationError(problems)


def _one(study: _Study, name: str, places: np.ndarray, anchors: Sequence[str]) -> dict[str, object]:
    rows = np.flatnonzero(study.used)
    w = study.items.weights[rows] * (len(rows) / study.items.weights[rows].sum())
    y = places[rows, study.items.names.index(name)]
    score = _score(study, name, anchors)[rows][:, None]
    dummies = np.eye(study.groups.count)[study.groups.place[rows]][:, 1:]
    designs = {
        "null": score[:, :0],
        "score": score,
        "uniform": np.hstack([score, dummies]),
        "both": np.hstack([score, dummies, dummies * score]),
    }
    fits = {kind: fit_cumulative(y, X, w, f"item {name!r}") for kind, X in designs.items()}
    logs = {kind: fit.log_likelihood for kind, fit in fits.items()}
    k, n = dummies.shape[1], len(rows)
    uniform = _wald(study, rows, fits["uniform"], slice(1, None))
    product = _wald(study, rows, fits["both"], slice(1 + k, None))
    total = _wald(study, rows, fits["both"], slice(1, None))
    before, after = fits["score"].coefficients[0], fits["uniform"].coefficients[0]
    return {
        "item": name,
        "anchor": name in anchors,
        "p_uniform": uniform.p,
        "p_nonuniform": product.p,
        "p_total": total.p,
        "f_total": total.f,
        "df": total.df,
        "ddf": total.ddf,
        "chisq_uniform": 2 * (logs["uniform"] - logs["score"]),
        "chisq_nonuniform": 2 * (logs["both"] - logs["uniform"]),
        "chisq_total": 2 * (logs["both"] - logs["score"]),
        "r2_change": nagelkerke(logs["both"], logs["null"], n) - nagelkerke(logs["score"], logs["null"], n),
        "mcfadden_uniform": (logs["score"] - logs["uniform"]) / logs["null"],
        "mcfadden_total": (logs["score"] - logs["both"]) / logs["null"],
        "beta_group": float(
            fits["uniform"].coefficients[1:][np.argmax(np.abs(fits["uniform"].coefficients[1:]))]
        ),
        "beta_change": float(abs((before - after) / before)),
    }


def nagelkerke(log_likelihood: float, null: float, n: int) -> float:
    """Nagelkerke's (1991) R2."""
    return float(-np.expm1(2 * (null - log_likelihood) / n) / -np.expm1(2 * null / n))


def _wald(study: _Study, rows: np.ndarray, fit: CumulativeFit, which: slice) -> Wald:
    sample = study.items.data.sample
    Z = np.zeros((len(study.used), len(fit.coefficients[which])))
    Z[rows] = fit.influence[:, which]
    b = fit.coefficients[which]
    ddf = sample.df(study.used) + 1 - len(b)
    return wald_test(b, sample.covariance(Z, study.used), ddf)


def _score(study: _Study, name: str, anchors: Sequence[str]) -> np.ndarray:
    """n matching scores of an item."""
    others = [anchor for anchor in anchors if anchor != name]
    if study.match == "rest":
        return np.asarray(study.items.only(others).values.sum(axis=1))
    if study.match == "total":
        return np.asarray(study.items.only([*others, name]).values.sum(axis=1))
    model = fit_items(study.items.only(anchors), Groups(np.where(study.used, 0, -1), ("",)))
    return model.scores["theta"].to_numpy()
