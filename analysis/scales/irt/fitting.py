"""Graded response models: data and items come in, fitted models and linked waves go out."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import optimize, stats

from analysis.data import SurveyData, Where
from analysis.errors import EstimationError, unknown_name
from analysis.estimates.cells import By
from analysis.scales.figures import Figures, jacobian
from analysis.scales.groups import Groups, make_groups
from analysis.scales.irt.likelihood import (
    Layout,
    gradient,
    log_likelihood,
    make_layout,
    scores,
)
from analysis.scales.irt.model import GradedModel
from analysis.scales.irt.patterns import Patterns, make_patterns, refuse_gaps
from analysis.scales.items import Items, Keys, Scale, scale_items

_STEEP = 20.0


def grm(
    data: SurveyData,
    scale: Scale,
    *,
    keys: Keys = None,
    by: By = None,
    anchors: Sequence[str] | None = None,
    where: Where = None,
) -> GradedModel:
    """A graded response model by weighted marginal maximum likelihood of all rows with any answer.

    Missing answers are ignored (missing at random); an item of two answers is a two-parameter logistic one.
    With `by`, groups have their own latent means and variances and share the parameters of `anchors`
    (default: all items). EstimationError for items without order, an unknown anchor, a group without
    anchors, a free item that lacks an answer in a group, and where the likelihood has no maximum.
    """
    items = scale_items(data, scale, keys=keys, where=where)
    return fit_items(items, make_groups(data, by, items.domain), anchors)


def fit_items(
    items: Items, groups: Groups, anchors: Sequence[str] | None = None, near: GradedModel | None = None
) -> GradedModel:
    """See `grm`; `near`: a model of the same items and groups whose parameters are a good place to begin."""
    names = items.names if anchors is None else tuple(anchors)
    for name in names:
        if name not in items.names:
            raise EstimationError(unknown_name("item among the anchors", name, items.names))
    shared = [name in names or groups.count == 1 for name in items.names]
    patterns = make_patterns(items, groups)
    _refuse_unlinked(patterns, items, groups, shared)
    if groups.count > 1:
        refuse_gaps(patterns, items.names, groups.names, [j for j, one in enumerate(shared) if not one])
    layout = make_layout(patterns, groups.count, shared)
    begin = _starts(patterns, layout) if near is None else _starts_near(near, patterns, layout)
    theta, H = _maximise(patterns, layout, begin)
    _refuse_steep(items, layout, theta)
    _, by_pattern = scores(patterns, layout, theta)
    answered = patterns.of_row >= 0
    Z = np.zeros((len(answered), layout.size))
    Z[answered] = patterns.scaled[answered, None] * by_pattern[patterns.of_row[answered]] @ np.linalg.inv(H)
    labels = tuple(f"parameter {k + 1}" for k in range(layout.size))
    figures = Figures(items.data, labels, theta, Z, answered, np.zeros(layout.size, bool))
    value = log_likelihood(patterns, layout, theta)
    notes = tuple(_notes(items, layout, theta))
    return GradedModel(items, groups, names, patterns, layout, figures, value, notes)


def _refuse_unlinked(patterns: Patterns, items: Items, groups: Groups, shared: Sequence[bool]) -> None:
    """Every group must have answered a shared item that the groups before it answered."""
    asked = np.array(
        [[(patterns.answers[patterns.group == g, j] >= 0).any() for j in range(items.count)]
         for g in range(groups.count)]
    )  # fmt: skip
    usable = asked & np.array(shared)
    seen = usable[0].copy()
    waiting = set(range(1, groups.count))
    while waiting:
        linked = [g for g in waiting if (usable[g] & seen).any()]
        if not linked:
            names = ", ".join(groups.names[g] for g in sorted(waiting))
            raise EstimationError(
                f"{names} answered none of the anchors that {groups.names[0]} answered: the scales cannot be "
                "linked; name anchors that both were asked"
            )
        for g in linked:
            seen |= usable[g]
            waiting.discard(g)


def _starts(patterns: Patterns, layout: Layout) -> np.ndarray:
    """Discrimination 1.2, intercepts from the shares of each item's answers."""
    theta = np.zeros(layout.size)
    for g in range(len(layout.latent)):
        for j, count in enumerate(patterns.counts):
            start = layout.item[g][j]
            if start < 0:
                continue
            rows = patterns.answers[:, j] >= 0
            share = np.bincount(patterns.answers[rows, j], patterns.weights[rows], minlength=count)
            above = np.clip(share[::-1].cumsum()[::-1][1:] / share.sum(), 1e-4, 1 - 1e-4)
            d = 1.25 * np.log(above / (1 - above))
            theta[start], theta[start + 1] = 1.2, d[0]
            theta[start + 2 : start + count] = np.log(np.maximum(-np.diff(d), 1e-2))
    return theta


def _starts_near(near: GradedModel, patterns: Patterns, layout: Layout) -> np.ndarray:
    theta = np.zeros(layout.size)
    known = near.figures.values
    for g, place in enumerate(layout.latent):
        if place >= 0:
            theta[place : place + 2] = known[near.layout.latent[g] : near.layout.latent[g] + 2]
        for j, count in enumerate(patterns.counts):
            if layout.item[g][j] >= 0:
                start = near.layout.item[g][j]
                theta[layout.item[g][j] : layout.item[g][j] + count] = known[start : start + count]
    return theta


def _information(patterns: Patterns, layout: Layout, theta: np.ndarray) -> np.ndarray:
    """Minus the second derivatives of the log likelihood, by complex steps of the score."""
    H = -jacobian(lambda at: gradient(patterns, layout, at)[1], theta)
    return (H + H.T) / 2


def _maximise(patterns: Patterns, layout: Layout, start: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Quasi-Newton to the neighbourhood, then Newton steps: parameters and information.

    EstimationError where there is no maximum.
    """
    n = patterns.weights.sum()

    def loss(theta: np.ndarray) -> tuple[float, np.ndarray]:
        value, slope = gradient(patterns, layout, theta)
        return -float(value[0]) / n, -slope / n

    bounds = [(-60.0, 60.0)] * layout.size
    found = optimize.minimize(
        loss, start, jac=True, method="L-BFGS-B", bounds=bounds,
        options={"maxiter": 2000, "maxfun": 4000, "ftol": 1e-13, "gtol": 1e-6, "maxcor": 25},
    )  # fmt: skip
    theta, value = found.x, found.fun
    for _ in range(50):
        slope = loss(theta)[1]
        H = _information(patterns, layout, theta) / n
        values = np.linalg.eigvalsh(H)
        if values[0] <= 1e-9 * values[-1]:
            break
        if np.abs(slope).max() < 1e-10:
            return np.asarray(theta), H * n
        step, size = -np.linalg.solve(H, slope), 1.0
        while size > 1e-6 and loss(theta + size * step)[0] > value + 1e-14:
            size /= 2
        theta = theta + size * step
        value = loss(theta)[0]
        if np.abs(step).max() < 1e-9:
            return np.asarray(theta), H * n
    raise EstimationError(
        "the graded response model has no finite maximum: an item may be answered alike by all of a group, "
        "or split people exactly; join rare answers, or leave out the item that does not go with the others"
    )


def _refuse_steep(items: Items, layout: Layout, theta: np.ndarray) -> None:
    """Curves steeper than the nodes are apart cannot be integrated over them."""
    steep = [
        name
        for row in layout.item
        for name, start in zip(items.names, row, strict=True)
        if start >= 0 and abs(theta[start]) > _STEEP
    ]
    if steep:
        raise EstimationError(
            f"the discriminations of {', '.join(dict.fromkeys(steep))} grow without end: their answers copy "
            "each other, so the graded response model has no finite maximum; keep one of them"
        )


def _notes(items: Items, layout: Layout, theta: np.ndarray) -> list[str]:
    found = []
    for row in layout.item:
        for name, start in zip(items.names, row, strict=True):
            if start < 0:
                continue
            a = float(theta[start])
            if a <= 0:
                found.append(
                    f"the discrimination of {name} is {a:.3g}, not above 0: it runs against the scale; check "
                    "its key"
                )
    return list(dict.fromkeys(found))


LINK_COLUMNS = ("group", "mean", "se", "sd", "change", "change_se", "low", "high", "p")


def link_waves(
    data: SurveyData,
    scale: Scale,
    *,
    anchors: Sequence[str],
    by: By = "wave",
    keys: Keys = None,
    where: Where = None,
    level: float = 0.95,
) -> tuple[pd.DataFrame, GradedModel]:
    """Latent means of waves on the first wave's scale through anchor items, and the model they come from.

    Concurrent calibration (Kolen and Brennan 2014, section 6.5): anchors keep one set of parameters, other
    items have their own in every wave, items may be absent from a wave. Table: LINK_COLUMNS, `change` from
    the wave before with design-based error (waves sharing clusters included).
    """
    model = grm(data, scale, keys=keys, by=by, anchors=anchors, where=where)
    if model.groups.count < 2:
        raise EstimationError("only one wave: give pooled data of two or more")
    f, places = model.figures, model.layout.latent
    t = float(stats.t.ppf(0.5 + level / 2, f.df)) if f.df > 0 else np.nan
    rows: list[tuple[object, ...]] = []
    for g, entry in enumerate(model.latent.itertuples()):
        change = se = np.nan
        if g:
            contrast = np.zeros(len(f.values))
            contrast[places[g]] = 1
            if g > 1:
                contrast[places[g - 1]] = -1
            value, variance = f.contrast(contrast)
            change, se = float(value[0]), float(np.sqrt(variance[0, 0]))
        se = se if f.infers else np.nan
        p = 2 * float(stats.t.sf(abs(change / se), f.df)) if g and se > 0 and f.df > 0 else np.nan
        row = (entry.group, entry.mean, entry.mean_se, entry.sd, change, se)
        rows.append((*row, change - t * se, change + t * se, p))
    return pd.DataFrame(rows, columns=list(LINK_COLUMNS)), model
