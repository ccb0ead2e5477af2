"""The parameters of a factor model over groups: a model and what is equal come in, a structure goes out."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from analysis.errors import EstimationError, unknown_name
from analysis.scales.cfa.spec import Model, Term

LOADING, RESIDUAL, FACTOR = "loading", "residual", "factor"
INTERCEPT, MEAN, THRESHOLD = "intercept", "mean", "threshold"
EQUAL = {
    "configural": (),
    "metric": (LOADING,),
    "scalar": (LOADING, INTERCEPT),
    "strict": (LOADING, INTERCEPT, RESIDUAL),
}
EQUAL_ORDINAL = {
    "configural": (),
    "thresholds": (THRESHOLD,),
    "scalar": (THRESHOLD, LOADING),
    "strict": (THRESHOLD, LOADING, RESIDUAL),
}


@dataclass(frozen=True)
class Parameter:
    """One element of a group's matrices: `index` among the free parameters, or -1 and fixed at `value`.

    kind: loading (item, factor), residual (item, item), factor (factor, factor), intercept (item, 0), mean
    (factor, 0), threshold (item, place).
    """

    kind: str
    row: int
    column: int
    group: int
    name: str
    index: int = -1
    value: float = 0.0


@dataclass(frozen=True)
class Structure:
    """All parameters of a model over groups; `categories`: p numbers of categories, empty for continuous."""

    model: Model
    groups: int
    level: str
    parameters: tuple[Parameter, ...]
    free: int
    with_means: bool
    categories: tuple[int, ...] = ()
    delta: bool = False

    def of_group(self, group: int) -> list[Parameter]:
        return [parameter for parameter in self.parameters if parameter.group == group]


@dataclass(frozen=True)
class Wanted:
    """How a structure is to be made: see `make_structure`."""

    groups: int = 1
    level: str = "configural"
    partial: tuple[str, ...] = ()
    identify: str = "marker"
    with_means: bool = True
    categories: tuple[int, ...] = ()
    delta: bool = False


def make_structure(model: Model, wanted: Wanted) -> Structure:
    """Every parameter, those equal across groups sharing an index.

    `identify`: "marker" fixes each factor's first loading at 1, "variance" its variance. `partial`: names of
    parameters that stay free in every group though their kind is equal ("x3~1", "f=~x2", "x1~~x1", "x1|t2").
    EstimationError for an unknown level, way of identification or name.
    """
    levels = EQUAL_ORDINAL if wanted.categories else EQUAL
    if wanted.level not in levels:
        raise EstimationError(f"level {wanted.level!r} is unknown: type one of {', '.join(levels)}")
    if wanted.identify not in ("marker", "variance"):
        raise EstimationError(f"identify={wanted.identify!r} is unknown: type marker or variance")
    equal = levels[wanted.level]
    written = [entry for group in range(wanted.groups) for entry in _entries(model, wanted, group, equal)]
    names = [entry.parameter.name for entry in written]
    for name in wanted.partial:
        if name not in names:
            raise EstimationError(unknown_name("parameter", name, sorted(set(names))))
    places: dict[object, int] = {}
    numbered = []
    for entry in written:
        parameter = entry.parameter
        if entry.free:
            shared = parameter.kind in equal and parameter.name not in wanted.partial
            own: object = (parameter.name, 0 if shared and not _covariance(parameter) else parameter.group)
            parameter = replace(parameter, index=places.setdefault(entry.label or own, len(places)))
        numbered.append(parameter)
    return Structure(
        model,
        wanted.groups,
        wanted.level,
        tuple(numbered),
        len(places),
        wanted.with_means,
        wanted.categories,
        wanted.delta,
    )


@dataclass(frozen=True)
class _Entry:
    parameter: Parameter
    free: bool
    label: str = ""


def _covariance(parameter: Parameter) -> bool:
    return parameter.kind == RESIDUAL and parameter.row != parameter.column


def _entries(model: Model, wanted: Wanted, group: int, equal: Sequence[str]) -> Iterator[_Entry]:
    yield from _loadings(model, wanted, group)
    yield from _residuals(model, wanted, group, equal)
    yield from _factors(model, wanted, group, equal)
    if wanted.categories:
        for i, count in enumerate(wanted.categories):
            for c in range(count - 1):
                name = f"{model.items[i]}|t{c + 1}"
                yield _Entry(Parameter(THRESHOLD, i, c, group, name), True)
    elif wanted.with_means:
        for i, item in enumerate(model.items):
            yield _Entry(Parameter(INTERCEPT, i, 0, group, f"{item}~1"), True)
    if wanted.with_means or wanted.categories:
        means = group > 0 and bool({INTERCEPT, THRESHOLD}.intersection(equal))
        for k, factor in enumerate(model.factors):
            yield _Entry(Parameter(MEAN, k, 0, group, f"{factor}~1"), means)


def _loadings(model: Model, wanted: Wanted, group: int) -> Iterator[_Entry]:
    seen: set[str] = set()
    for term in model.loadings:
        marker = wanted.identify == "marker" and term.left not in seen
        seen.add(term.left)
        value = term.value if term.value is not None else 1.0
        parameter = Parameter(
            LOADING,
            model.items.index(term.right),
            model.factors.index(term.left),
            group,
            f"{term.left}=~{term.right}",
            value=value,
        )
        yield _Entry(parameter, not marker and term.value is None, term.label)


def _residuals(model: Model, wanted: Wanted, group: int, equal: Sequence[str]) -> Iterator[_Entry]:
    for i, item in enumerate(model.items):
        ordinal = bool(wanted.categories)
        fixed = ordinal and (
            wanted.delta or group == 0 or THRESHOLD not in equal or RESIDUAL in equal
        )  # fmt: skip
        binary = ordinal and wanted.categories[i] == 2
        parameter = Parameter(RESIDUAL, i, i, group, f"{item}~~{item}", value=1.0)
        yield _Entry(parameter, not fixed and not binary)
    for term in model.pairs:
        if term.left in model.items:
            yield _pair(RESIDUAL, model.items, term, group)


def _factors(model: Model, wanted: Wanted, group: int, equal: Sequence[str]) -> Iterator[_Entry]:
    said = {frozenset((term.left, term.right)): term for term in model.pairs if term.left in model.factors}
    for k, factor in enumerate(model.factors):
        fixed = wanted.identify == "variance" and (group == 0 or LOADING not in equal)
        term = said.get(frozenset((factor,)))
        value = term.value if term is not None and term.value is not None else 1.0
        free = not fixed and (term is None or term.value is None)
        yield _Entry(Parameter(FACTOR, k, k, group, f"{factor}~~{factor}", value=value), free)
    for k, factor in enumerate(model.factors):
        for other in model.factors[:k]:
            yield _pair(
                FACTOR, model.factors, said.get(frozenset((factor, other)), Term(other, factor)), group
            )


def _pair(kind: str, names: Sequence[str], term: Term, group: int) -> _Entry:
    row, column = names.index(term.right), names.index(term.left)
    name = f"{term.left}~~{term.right}"
    value = term.value if term.value is not None else 0.0
    return _Entry(Parameter(kind, row, column, group, name, value=value), term.value is None, term.label)


Fill = Callable[[np.ndarray], "Matrices"]


@dataclass(frozen=True)
class Matrices:
    """One group's loadings p x k, intercepts p, factor covariance k x k, factor means k, residuals p x p."""

    loadings: np.ndarray
    intercepts: np.ndarray
    factors: np.ndarray
    means: np.ndarray
    residuals: np.ndarray
    thresholds: tuple[np.ndarray, ...] = ()

    @property
    def mean(self) -> np.ndarray:
        """p means of the items."""
        return self.intercepts + self.loadings @ self.means

    @property
    def covariance(self) -> np.ndarray:
        """p x p covariance of the items."""
        return self.loadings @ self.factors @ self.loadings.T + self.residuals


def matrices(structure: Structure, theta: np.ndarray, group: int) -> Matrices:
    """The group's matrices at the free parameters theta (real or complex)."""
    p, k = len(structure.model.items), len(structure.model.factors)
    kind = theta.dtype
    L, nu, Psi = np.zeros((p, k), kind), np.zeros(p, kind), np.zeros((k, k), kind)
    alpha, Theta = np.zeros(k, kind), np.zeros((p, p), kind)
    taus = [np.zeros(count - 1, kind) for count in structure.categories]
    for q in structure.of_group(group):
        value = theta[q.index] if q.index >= 0 else q.value
        if q.kind == LOADING:
            L[q.row, q.column] = value
        elif q.kind == RESIDUAL:
            Theta[q.row, q.column] = Theta[q.column, q.row] = value
        elif q.kind == FACTOR:
            Psi[q.row, q.column] = Psi[q.column, q.row] = value
        elif q.kind == INTERCEPT:
            nu[q.row] = value
        elif q.kind == MEAN:
            alpha[q.row] = value
        else:
            taus[q.row][q.column] = value
    return Matrices(L, nu, Psi, alpha, Theta, tuple(taus))


def derivatives(structure: Structure, theta: np.ndarray, group: int) -> np.ndarray:
    """(p + q) x free derivatives of the group's means and of vech of its covariance (continuous items)."""
    at = matrices(structure, theta, group)
    p = len(at.intercepts)
    column, row = np.triu_indices(p)
    result = np.zeros((p + len(row), structure.free), theta.dtype)
    L_Psi = at.loadings @ at.factors
    for q in structure.of_group(group):
        if q.index < 0:
            continue
        slope = np.zeros((p, p), theta.dtype)
        if q.kind == INTERCEPT:
            result[q.row, q.index] += 1
            continue
        if q.kind == MEAN:
            result[:p, q.index] += at.loadings[:, q.row]
            continue
        if q.kind == LOADING:
            result[q.row, q.index] += at.means[q.column]
            slope[q.row] += L_Psi[:, q.column]
            slope[:, q.row] += L_Psi[:, q.column]
        elif q.kind == FACTOR:
            outer = np.outer(at.loadings[:, q.row], at.loadings[:, q.column])
            slope = outer if q.row == q.column else outer + outer.T
        else:
            slope[q.row, q.column] = slope[q.column, q.row] = 1
        result[p:, q.index] += slope[row, column]
    return result
