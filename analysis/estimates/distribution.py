"""Distributions with every kind of missing answer: SurveyData and a variable come in, a table goes out."""

import numpy as np
import pandas as pd

from analysis.data import SurveyData, Where
from analysis.errors import EstimationError
from analysis.estimates.cells import By, make_cells
from analysis.estimates.influence import Estimates, sums
from analysis.estimates.proportion import class_shares
from analysis.estimates.table import COLUMNS, EstimateTable, to_table
from instruments import Missing, Variable

BASES = ("valid", "asked", "all")
DISTRIBUTION_COLUMNS = ("of", "kind", *COLUMNS, "count", "weighted_count")
NOT_PUT = (Missing.NOT_APPLICABLE, Missing.NOT_ASKED)
"""Nobody asked these rows: routed past, or not in this wave or form."""
KINDS = {kind: kind.name.lower() for kind in Missing}


def distribution(
    data: SurveyData,
    variable: str,
    *,
    by: By = None,
    where: Where = None,
    interval: str = "logit",
    level: float = 0.95,
) -> EstimateTable:
    """Shares of every code and every missing kind, a row per cell, base and code.

    `of`: `valid` (codes among valid answers), `asked` (codes, don't know, refused, no answer and not reached
    among all to whom the question was due), `all` (also not applicable and not asked, among all interviews).
    Who broke off before the question was due it: not reached counts as asked. `kind` is `valid` or the
    missing kind's name, `code` then its negative code; `count`, `weighted_count`: rows with that answer. An
    interval variable has one row for its valid answers. EstimationError for an empty domain or base.
    """
    found = [_of(data, variable, base, by=by, where=where, interval=interval, level=level) for base in BASES]
    return pd.concat(found, ignore_index=True)[list(DISTRIBUTION_COLUMNS)]


def distribution_estimates(
    data: SurveyData, variable: str, of: str, *, by: By = None, where: Where = None
) -> Estimates:
    """Shares of the classes of one base (`valid`, `asked`, `all`), with their influence."""
    return _estimates(data, variable, of, by, where)[0]


def _of(
    data: SurveyData, variable: str, of: str, *, by: By, where: Where, interval: str, level: float
) -> pd.DataFrame:
    estimates, places = _estimates(data, variable, of, by, where)
    table = to_table(estimates, interval=interval, level=level)
    width = len(estimates.codes) // estimates.cells.count
    flat = np.where(places >= 0, estimates.base_index * width + places, -1)
    k = len(estimates.values)
    return table.assign(
        of=of,
        kind=[_kind(data.variable(variable), code) for code in estimates.codes],
        count=sums(flat, data.counts, k).astype(int),
        weighted_count=sums(flat, data.sample.weights, k),
    )


def _estimates(
    data: SurveyData, variable: str, of: str, by: By, where: Where
) -> tuple[Estimates, np.ndarray]:
    if of not in BASES:
        raise EstimationError(f"a distribution of {of!r} is unknown: type one of {', '.join(BASES)}")
    known = data.variable(variable)
    cells = make_cells(data, by, where)
    codes, places = classes(data, variable)
    kept = [place for place, code in enumerate(codes) if _belongs(known, code, of)]
    renumbered = np.full(len(codes) + 1, -1)
    renumbered[kept] = np.arange(len(kept))
    places = renumbered[places]
    index = cells.within(places >= 0)
    if not (index >= 0).any():
        raise EstimationError(f"nobody in the domain is in the base {of!r} of {variable!r}")
    listed = tuple(codes[place] for place in kept)
    return class_shares(data, variable, cells, index=index, places=places, codes=listed), places


def classes(data: SurveyData, variable: str) -> tuple[list[int | None], np.ndarray]:
    """The codes, then the missing kinds that occur or may; n positions in that list.

    An empty cell of an interval column counts as no answer; None stands for all its values.
    """
    column = data.frame[variable]
    known = data.variable(variable)
    codes: list[int | None] = [*sorted(known.codes)] if known.codes else [None]
    missing = [int(kind) for kind in Missing if int(kind) not in known.codes]
    listed = [*codes, *missing]
    found = pd.Index([code for code in listed if code is not None]).get_indexer(pd.Index(column))
    places = found if known.codes else np.where(found >= 0, found + 1, 0)
    places = np.where(data.valid(variable) & (not known.codes), 0, places)
    return listed, np.where(column.isna().to_numpy(), listed.index(int(Missing.NO_ANSWER)), places)


def _kind(variable: Variable, code: int | str | None) -> str:
    return KINDS[Missing(code)] if isinstance(code, int) and _missing(variable, code) else "valid"


def _missing(variable: Variable, code: int | None) -> bool:
    return code is not None and code < 0 and code not in variable.codes


def _belongs(variable: Variable, code: int | None, of: str) -> bool:
    if not _missing(variable, code) or of == "all":
        return True
    return of == "asked" and code not in {int(kind) for kind in NOT_PUT}
