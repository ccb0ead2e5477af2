"""What people are and what it does: two sides and factors come in, Oaxaca-Blinder parts go out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analysis.data import SurveyData, Where
from analysis.decomposition.factors import Factors, factors_of
from analysis.decomposition.parts import Parts, smallest
from analysis.decomposition.sides import Sides, two_sides
from analysis.decomposition.smooth import Smooth, given, stack
from analysis.errors import EstimationError, Said, setting
from analysis.models import ModelResult, family_of, fit_matrix

REFERENCES = ("from", "to", "average", "pooled")
FAMILIES = ("linear", "logit")
WITH_LEVEL = ("unexplained", "coefficients")
_NOUGHT = 1e-10


@dataclass(frozen=True)
class Oaxaca:
    """`table`: total, the parts, and each part by factor (column `detail`), with PARTS_COLUMNS; `fits`: the
    models of the two sides, first categories left out; `note`: why a part is not split by factor, or "".
    """

    table: pd.DataFrame
    parts: Parts
    fits: tuple[ModelResult, ModelResult]
    note: str


@dataclass(frozen=True)
class _Sides:
    """Means and coefficients of both sides and the coefficients set between them, with what they err by."""

    factors: Factors
    x: tuple[Smooth, Smooth]
    b: tuple[Smooth, Smooth]
    between: Smooth
    sources: dict[str, Any]


def oaxaca(
    data: SurveyData | Sequence[SurveyData],
    variable: str,
    *,
    factors: Sequence[str],
    wave_from: str | None = None,
    wave_to: str | None = None,
    domains: tuple[Where, Where] | None = None,
    code: int | str | None = None,
    where: Where = None,
    reference: str = "from",
    fold: int = 2,
    model: str = "linear",
    family: int = 1,
    level: float = 0.95,
) -> Oaxaca:
    """The difference of two shares (or means) as differences of people and of what their traits go with.

    `fold` 2 (Oaxaca 1973, Blinder 1973): explained = (x1 - x0) b, unexplained = x1 (b1 - b) + x0 (b - b0), b
    the coefficients of `reference`: from, to, their average, or a model of both sides with a term for the
    side (Jann 2008). `fold` 3: endowments (x1 - x0) b0, coefficients x0 (b1 - b0), interaction (x1 - x0)(b1 -
    b0). `model` logit: means of fitted shares take the place of x b (the aggregate of Fairlie 2005); factors
    share in a part by Yun's (2004) weights. Coded `factors` are categories, whose coefficients are set
    against their mean, so that no category left out decides the detail (Yun 2005); others are linear. Means
    and coefficients are estimates in the errors. The unexplained part is what the factors leave, not a cause.
    EstimationError for a category that one side lacks, dependent factors and separation.
    """
    _check(reference, fold, model, code, factors)
    sides = two_sides(
        data, variable, code=code, wave_from=wave_from, wave_to=wave_to, domains=domains, where=where
    )
    known = np.logical_and.reduce([sides.data.valid(name) for name in factors])
    sides = sides.within(known)
    made = factors_of(sides, factors)
    fits = tuple(_fit(sides, made, rows, model) for rows in sides.rows)
    ready = _ready(sides, made, (fits[0], fits[1]), reference, model)
    fitted = _Fitted(sides, made.wide)
    names, figures, note = (
        _logit_parts(ready, fitted, fold) if model == "logit" else _linear_parts(ready, fold)
    )
    whole = stack(figures)
    parts = Parts(
        data=sides.data,
        statistic=f"oaxaca {fold}-fold {model}" + (f", {reference}" if fold == 2 else ""),
        variable=variable,
        code=code,
        names=tuple(names),
        values=whole.value,
        influence=whole.influence(ready.sources | fitted.sources),
        domain=sides.domain,
        ends=sides.names,
        bases=smallest(sides.data.sample.weights, sides.rows),
        infers=sides.infers,
    )
    return Oaxaca(parts.table(family=family, level=level), parts, (fits[0], fits[1]), note)


def _check(reference: str, fold: int, model: str, code: int | str | None, factors: Sequence[str]) -> None:
    for found, known, name in ((reference, REFERENCES, "reference"), (model, FAMILIES, "model")):
        if found not in known:
            raise EstimationError(f"{name} {found!r} is unknown: type one of {', '.join(known)}")
    if fold not in (2, 3):
        raise EstimationError(f"fold={fold}: type 2 or 3")
    if model == "logit" and code is None:
        raise EstimationError(
            Said(
                setting("model", "logit"),
                " is of a share: name a code, or type ",
                setting("model", "linear"),
            )
        )
    if isinstance(factors, str) or not factors:
        raise EstimationError("factors are a list of columns: type factors=['sex', 'age']")


def _fit(
    sides: Sides, factors: Factors, rows: np.ndarray, model: str, side: np.ndarray | None = None
) -> ModelResult:
    used = np.flatnonzero(rows)
    X = pd.DataFrame(factors.narrow[used], columns=list(factors.narrow_names))
    if side is not None:
        X["side"] = side[used].astype(float)
    family = family_of("binomial" if model == "logit" else "gaussian")
    return fit_matrix(sides.data, sides.y[used], X, used, family)


def _ready(
    sides: Sides, factors: Factors, fits: tuple[ModelResult, ModelResult], reference: str, model: str
) -> _Sides:
    weights = sides.data.sample.weights
    sources: dict[str, Any] = {}
    x, b = [], []
    for side, (rows, fit) in enumerate(zip(sides.rows, fits, strict=True)):
        w = np.where(rows, weights, 0.0) / weights[rows].sum()
        means = w @ factors.wide
        sources[f"x{side}"] = given(w[:, None] * (factors.wide - means))
        sources[f"b{side}"] = given(fit.influence)
        x.append(Smooth.estimated(f"x{side}", means))
        b.append(Smooth.estimated(f"b{side}", fit.params.to_numpy()).through(factors.spread))
    between = {"from": b[0], "to": b[1], "average": (b[0] + b[1]) * 0.5}.get(reference)
    if between is None:
        both = _fit(sides, factors, sides.domain, model, sides.rows[1])
        sources["b"] = given(both.influence)
        keep = np.eye(len(both.params))[:-1]
        between = Smooth.estimated("b", both.params.to_numpy()).through(factors.spread @ keep)
    return _Sides(factors, (x[0], x[1]), (b[0], b[1]), between, sources)


def _terms(ready: _Sides, fold: int) -> dict[str, Smooth]:
    """Each part column by column (q numbers), on the scale of x b."""
    (x0, x1), (b0, b1), b = ready.x, ready.b, ready.between
    if fold == 2:
        return {"explained": (x1 - x0) * b, "unexplained": x1 * (b1 - b) + x0 * (b - b0)}
    return {
        "endowments": (x1 - x0) * b0,
        "coefficients": x0 * (b1 - b0),
        "interaction": (x1 - x0) * (b1 - b0),
    }


Named = tuple[list[tuple[str, str]], list[Smooth], str]


def _linear_parts(ready: _Sides, fold: int) -> Named:
    terms = _terms(ready, fold)
    names, figures = [("total", "")], [stack([term.total() for term in terms.values()]).total()]
    for part, term in terms.items():
        listed, detail = _by_factor(ready.factors, part, term)
        names += [(part, ""), *((part, name) for name in listed)]
        figures += [term.total(), detail]
    return names, figures, ""


def _by_factor(factors: Factors, part: str, term: Smooth) -> tuple[Sequence[str], Smooth]:
    """A part's sum over each factor's columns; the level has one only where coefficients differ."""
    start = 0 if part in WITH_LEVEL else 1
    return factors.names[start:], term.through(factors.by_factor[start:])


def _logit_parts(ready: _Sides, fitted: "_Fitted", fold: int) -> Named:
    (b0, b1), b = ready.b, ready.between
    m00, m11 = fitted.mean(0, b0), fitted.mean(1, b1)
    if fold == 2:
        m1b, m0b = fitted.mean(1, b), fitted.mean(0, b)
        wholes = {"explained": m1b - m0b, "unexplained": (m11 - m1b) + (m0b - m00)}
    else:
        m10, m01 = fitted.mean(1, b0), fitted.mean(0, b1)
        wholes = {
            "endowments": m10 - m00,
            "coefficients": m01 - m00,
            "interaction": (m11 - m10) - (m01 - m00),
        }
    names, figures, notes = [("total", "")], [m11 - m00], []
    for part, term in _terms(ready, fold).items():
        names.append((part, ""))
        figures.append(wholes[part])
        whole = term.total()
        if abs(whole.value[0]) <= _NOUGHT * max(1.0, float(np.abs(term.value).sum())):
            notes.append(f"{part}: the factors' terms add up to 0, so none has a share in it")
            continue
        listed, detail = _by_factor(ready.factors, part, term)
        names += [(part, name) for name in listed]
        figures.append(detail * (wholes[part] / whole))
    return names, figures, "; ".join(notes)


class _Fitted:
    """Means of fitted shares over one side's people with any coefficients; each is one more of `sources`."""

    def __init__(self, sides: Sides, wide: np.ndarray) -> None:
        self.sides, self.wide = sides, wide
        self.sources: dict[str, Any] = {}

    def mean(self, side: int, b: Smooth) -> Smooth:
        rows = self.sides.rows[side]
        weights = self.sides.data.sample.weights
        w = np.where(rows, weights, 0.0) / weights[rows].sum()
        fitted = 1 / (1 + np.exp(-(self.wide @ b.value)))
        mean = np.array([w @ fitted])
        name = f"mean {len(self.sources)}"
        self.sources[name] = given((w * (fitted - mean))[:, None])
        slope = (w * fitted * (1 - fitted)) @ self.wide
        chained = {source: slope[None, :] @ gradient for source, gradient in b.gradients.items()}
        return Smooth(mean, {name: np.ones((1, 1)), **chained})
