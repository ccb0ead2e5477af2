"""A formula and SurveyData come in, the response and the design matrix of the rows it applies to go out.

Formulas are patsy's, as far as `grammar` lets them: C(name) for codes, `a * b` and `a:b` for interactions,
I(...) for arithmetic, log(...) and the like for transformations.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import patsy

from analysis.breaks import refuse_broken, waves_of
from analysis.data import SurveyData, Where
from analysis.errors import EstimationError
from analysis.grammar import Formula, environment, read_grammar

_DEPENDENT = 1e-9
_KEEP = patsy.NAAction(NA_types=[])
"""Rows are chosen before patsy sees them; what a formula makes of them is judged after."""


@dataclass(frozen=True)
class Rows:
    """What a model is fitted to.

    `used`: m positions in the data; `response`: m values; `X`: m x q, a column per coefficient; `terms`: the
    columns of each term; `spec`: how further rows become columns; `names`: the columns of the data that the
    formula reads; `levels`: the values of those that stand in C(...) alone; `dropped`: columns of `spec` that
    are not in X.
    """

    formula: str
    data: SurveyData
    used: np.ndarray
    response: np.ndarray
    X: pd.DataFrame
    terms: Mapping[str, tuple[str, ...]]
    spec: Any
    names: tuple[str, ...]
    levels: Mapping[str, pd.Index]
    dropped: tuple[str, ...] = ()

    @cached_property
    def weights(self) -> np.ndarray:
        """m weights, 1 on average an interview: a model is then well conditioned in any unit of weights."""
        weights = self.data.sample.weights[self.used]
        return weights * (self.n / weights.sum())

    @cached_property
    def n(self) -> int:
        """How many interviews the rows are."""
        return self.data.interviews(self.domain)

    @property
    def predictors(self) -> tuple[str, ...]:
        """The columns of the data on the right side of the formula."""
        return formula_columns(self.formula.partition("~")[2], self.data)

    @property
    def domain(self) -> np.ndarray:
        """n booleans: the rows of the model."""
        domain = np.zeros(len(self.data.frame), bool)
        domain[self.used] = True
        return domain

    def without(self, term: str) -> "Rows":
        """The rows without the columns of one term."""
        gone = self.terms[term]
        terms = {name: columns for name, columns in self.terms.items() if name != term}
        return replace(self, X=self.X.drop(columns=list(gone)), terms=terms, dropped=(*self.dropped, *gone))

    def columns(self) -> dict[str, np.ndarray]:
        """The columns that the formula reads, m values each."""
        return {name: column_values(self.data, name)[self.used] for name in self.names}

    def matrix(self, columns: Mapping[str, Any]) -> np.ndarray:
        """Further rows, given by column, as the columns of the model.

        EstimationError for an absent column, a value that is no number or a code the fit has not met.
        """
        size = len(next(iter(columns.values()))) if columns else 1
        given = {name: self._coded(name, np.asarray(columns[name])) for name in self.names if name in columns}
        frame = pd.DataFrame(given, index=range(size))
        try:
            with np.errstate(all="ignore"):  # what comes of it is judged below
                built = patsy.build_design_matrices([self.spec], frame, NA_action=_KEEP)
        except Exception as error:  # patsy raises many kinds, all meaning rows that do not fit the formula
            raise EstimationError(f"the rows do not fit {self.formula!r}: {_words(error)}") from error
        names = pd.Index(self.spec.column_names)
        X = np.asarray(built[0], float)[:, ~names.isin(self.dropped)]
        if not np.isfinite(X).all():
            raise EstimationError(f"the rows do not fit {self.formula!r}: a value is missing or not finite")
        return X

    def _coded(self, name: str, values: np.ndarray) -> Any:
        if name not in self.levels:
            return values
        place = self.levels[name].get_indexer(pd.Index(values))
        return values if (place < 0).any() else pd.Categorical.from_codes(place, self.levels[name])


def read_formula(formula: str, data: SurveyData, where: Where = None) -> Rows:
    """The rows of the domain with valid answers in every column of the formula.

    EstimationError for a formula that does not fit the data, for nobody with valid answers, for linearly
    dependent columns and, where a column tells waves apart, for one that does not compare between them.
    """
    inside = data.domain(where)
    read = read_grammar(formula, list(data.frame))
    names = read.names
    columns = {name: column_values(data, name) for name in names}
    for column in columns.values():
        inside = inside & pd.notna(column)
    used = np.flatnonzero(inside)
    if len(used) == 0:
        raise EstimationError(f"nobody has valid answers in all of {', '.join(names)}")
    if data.breaks and any(_tells_waves(data, columns[name], inside) for name in names):
        refuse_broken(data, names, waves_of(data, inside))
    frame = {name: column[used] for name, column in columns.items()}
    coded = {name: pd.Categorical(frame[name]) for name in read.coded}
    left, right = _matrices(read, pd.DataFrame({**frame, **coded}, index=range(len(used))))
    spec = right.design_info
    X = pd.DataFrame(np.asarray(right, float), columns=list(right.columns))
    refuse_dependent(X)
    terms = {name: tuple(X.columns[part]) for name, part in spec.term_name_slices.items()}
    levels = {name: column.categories for name, column in coded.items()}
    return Rows(formula, data, used, _response(formula, left), X, terms, spec, names, levels)


def _tells_waves(data: SurveyData, column: np.ndarray, inside: np.ndarray) -> bool:
    """Whether a column is the same for all of a wave and not for all waves, as `wave` and a year are."""
    by_wave = pd.Series(column[inside]).groupby(data.wave_place[inside]).agg(["nunique", "first"])
    return bool((by_wave["nunique"] <= 1).all() and by_wave["first"].nunique() > 1)


def formula_columns(formula: str, data: SurveyData) -> tuple[str, ...]:
    """The columns of the data that a formula names, in its order."""
    return read_grammar(formula, list(data.frame)).names


def column_values(data: SurveyData, name: str) -> np.ndarray:
    """n values of a column, missing where the codebook knows no valid answer."""
    return data.values(name) if name in data.codebook else data.frame[name].to_numpy()


def refuse_dependent(X: pd.DataFrame) -> None:
    """EstimationError that names columns of which one is a sum of others."""
    values = X.to_numpy(float)
    finite = np.isfinite(values).all(axis=0)
    if not finite.all():
        raise EstimationError(
            f"{', '.join(X.columns[~finite])}: not a finite number in some row, such as the logarithm of 0: "
            "leave those rows out with where, or write the formula otherwise"
        )
    size = np.sqrt((values**2).sum(axis=0))
    triangle = np.linalg.qr(values / np.where(size > 0, size, 1), mode="r")
    singular, basis = np.linalg.svd(triangle)[1:]
    if len(values) < values.shape[1] or singular[-1] < _DEPENDENT * singular[0]:
        _refuse(X.columns, basis[-1])


def _refuse(names: pd.Index, direction: np.ndarray) -> None:
    involved = names[np.abs(direction) > 1e-6 * np.abs(direction).max()]
    raise EstimationError(f"the columns {', '.join(involved)} are linearly dependent: leave one of them out")


def _codes(values: Any, contrast: Any = None, levels: Any = None) -> Any:
    """patsy's C, but a Categorical passes as it is: patsy then codes it without a loop in Python."""
    if isinstance(values.dtype, pd.CategoricalDtype) and contrast is None and levels is None:
        return values
    return patsy.builtins.C(values, contrast, levels)


def _matrices(formula: Formula, frame: pd.DataFrame) -> tuple[pd.DataFrame | None, Any]:
    """Left and right side as data frames."""
    left, right = (_side(terms) for terms in (formula.terms.lhs_termlist, formula.terms.rhs_termlist))
    try:
        with np.errstate(all="ignore"):  # the logarithm of 0 is found by refuse_dependent
            built = [
                None if side is None else patsy.dmatrix(side, frame, environment(_codes), _KEEP, "dataframe")
                for side in (left, right)
            ]
    except Exception as error:  # patsy raises many kinds, all meaning a formula that does not fit
        raise EstimationError(
            f"the formula {formula.text!r} does not fit the data: {_words(error)}"
        ) from error
    left_frame, right_frame = built
    if right_frame is None or right_frame.shape[1] == 0:
        raise EstimationError(f"the formula {formula.text!r} has no columns: write at least ~ 1")
    return left_frame, right_frame


def _side(terms: Any) -> patsy.ModelDesc | None:
    return patsy.ModelDesc([], terms) if terms else None


def _response(formula: str, left: pd.DataFrame | None) -> np.ndarray:
    if left is None:
        raise EstimationError(f"the formula {formula!r} names no response: write it as response ~ terms")
    if left.shape[1] == 2 and all(str(name).endswith(end) for name, end in zip(left, _BOOLEAN, strict=True)):
        return left.iloc[:, 1].to_numpy(float)
    if any(factor.type == "categorical" for factor in left.design_info.factor_infos.values()):
        raise EstimationError(
            f"the left side of {formula!r} holds words or classes: write I(name == code), or "
            "a column of numbers"
        )
    if left.shape[1] != 1:
        raise EstimationError(
            f"the left side of {formula!r} makes {left.shape[1]} columns: write one column of numbers, such "
            "as the name of a variable or I(name == code)"
        )
    return left.iloc[:, 0].to_numpy(float)


_BOOLEAN = ("[False]", "[True]")


def _words(error: Exception) -> str:
    return str(error).split("\n")[0]
