"""Chained equations: SurveyData with gaps come in, several completed SurveyData go out.

van Buuren and Groothuis-Oudshoorn (2011, Journal of Statistical Software 45): each variable in turn is drawn
anew from a model on all others, several times over, in m chains with random numbers of their own.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analysis.data import SurveyData, Where
from analysis.errors import EstimationError
from analysis.imputation.checks import Gap, find_gaps, refuse_auxiliary
from analysis.imputation.draws import DRAWS
from analysis.imputation.predictors import block, design_matrix, log_weight
from analysis.recode import compute, rule_columns
from instruments import Missing

IMPUTED_KINDS = (Missing.DONT_KNOW, Missing.REFUSED, Missing.NO_ANSWER, Missing.NOT_REACHED)
"""What is imputed unless told otherwise: never what was not asked or does not apply."""
METHODS = tuple(DRAWS)
TRACE_COLUMNS = ("imputation", "iteration", "variable", "mean", "sd")


@dataclass(frozen=True)
class Imputations:
    """m completed data sets, and how they were made.

    `data`: what an estimate is computed from, one after the other; `methods` and `missing` (number of answers
    imputed) by variable; `trace`: mean and spread of the imputed answers by imputation, iteration and
    variable, to judge by whether the chains mix.
    """

    data: tuple[SurveyData, ...]
    methods: Mapping[str, str]
    missing: Mapping[str, int]
    seed: int
    iterations: int
    trace: pd.DataFrame

    def __len__(self) -> int:
        return len(self.data)

    def __iter__(self) -> Iterator[SurveyData]:
        return iter(self.data)


def impute(
    data: SurveyData,
    variables: Sequence[str] | Mapping[str, str],
    *,
    seed: int,
    m: int = 20,
    iterations: int = 10,
    auxiliary: Sequence[str] = (),
    kinds: Sequence[int] = IMPUTED_KINDS,
    donors: int = 5,
    where: Where = None,
) -> Imputations:
    """Imputes the missing answers of `variables` from each other, `auxiliary` columns, weights and waves.

    `variables`: names, or {name: method}; methods: pmm (numbers: predictive mean matching), logit, ordered,
    multinomial; default by level of measurement. `kinds`: the missing codes that are imputed; an empty cell
    of an interval variable is imputed too, unless its wave has no answer to it at all. `auxiliary`: complete
    columns. Computed columns are computed anew. The same seed gives the same answers. EstimationError for a
    variable that is computed or carries the design, for gaps in an auxiliary column and for nothing to
    impute.
    """
    data.refuse_grouped("imputation")
    if m < 2 or iterations < 1 or donors < 1:
        raise EstimationError("give m of at least 2, and iterations and donors of at least 1")
    gaps = find_gaps(data, variables, [int(kind) for kind in kinds], where, METHODS)
    refuse_auxiliary(data, auxiliary, gaps, [int(kind) for kind in kinds])
    fixed = {name: block(data.values(name), codes_of(data, name)) for name in auxiliary}
    weights = log_weight(data)
    if np.ptp(weights) > 0:
        fixed["weight of the design"] = weights
    if len(data.waves) > 1:
        fixed["wave"] = block(data.wave_place.astype(float), range(len(data.waves)))
    chains = [np.random.default_rng(part) for part in np.random.SeedSequence(seed).spawn(m)]
    done = [
        _chain(data, gaps, fixed, draw, Settings(number, iterations, donors))
        for number, draw in enumerate(chains, 1)
    ]
    trace = pd.DataFrame([row for _, rows in done for row in rows], columns=list(TRACE_COLUMNS))
    return Imputations(
        data=tuple(_completed(data, gaps, values) for values, _ in done),
        methods={gap.name: gap.method for gap in gaps},
        missing={gap.name: int(gap.missing.sum()) for gap in gaps},
        seed=seed,
        iterations=iterations,
        trace=trace,
    )


@dataclass(frozen=True)
class Settings:
    """Number of the chain, iterations, donors."""

    number: int
    iterations: int
    donors: int


def codes_of(data: SurveyData, name: str) -> list[int]:
    """The codes of a variable in the codebook; none for numbers."""
    return sorted(data.variable(name).codes)


def _chain(
    data: SurveyData,
    gaps: Sequence[Gap],
    fixed: Mapping[str, np.ndarray],
    draw: np.random.Generator,
    settings: Settings,
) -> tuple[dict[str, np.ndarray], list[tuple[object, ...]]]:
    """The completed columns and the trace; variables with fewest gaps first."""
    values = {gap.name: gap.values.copy() for gap in gaps}
    for gap in gaps:
        values[gap.name][gap.missing] = draw.choice(gap.values[gap.observed], int(gap.missing.sum()))
    blocks = {**fixed, **{gap.name: block(values[gap.name], codes_of(data, gap.name)) for gap in gaps}}
    rows: list[tuple[object, ...]] = []
    for iteration in range(1, settings.iterations + 1):
        for gap in gaps:
            if not gap.missing.any():
                continue
            X = design_matrix(blocks, gap.name, gap.observed)
            drawn = DRAWS[gap.method](
                X[gap.observed], gap.values[gap.observed], X[gap.missing], draw, settings.donors
            )
            values[gap.name][gap.missing] = drawn
            blocks[gap.name] = block(values[gap.name], codes_of(data, gap.name))
            rows.append((settings.number, iteration, gap.name, drawn.mean(), drawn.std()))
    return values, rows


def _completed(data: SurveyData, gaps: Sequence[Gap], values: Mapping[str, np.ndarray]) -> SurveyData:
    columns: dict[str, np.ndarray] = {}
    for gap in gaps:
        column = data.frame[gap.name].to_numpy().copy()
        drawn = values[gap.name][gap.missing]
        whole = np.issubdtype(column.dtype, np.integer) and (drawn == np.round(drawn)).all()
        column = column if whole else column.astype(float)
        column[gap.missing] = drawn
        columns[gap.name] = column
    for variable in data.codebook.variables:
        if variable.rule is not None and not columns.keys().isdisjoint(rule_columns(variable.rule)):
            whole_frame = {name: columns.get(name, data.frame[name]) for name in data.frame.columns}
            columns[variable.name] = compute(variable, whole_frame)
    return replace(data, frame=data.frame.assign(**columns))
