"""Groups compared on a scale: data and columns come in, each row's group and the groups' names go out."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.data import SurveyData
from analysis.errors import EstimationError, unknown_name
from analysis.estimates.cells import By, columns_of, make_cells

_MOST_WORDS = 200


@dataclass(frozen=True)
class Groups:
    """`place`: n positions in `names`, -1 outside; one group where nothing is compared."""

    place: np.ndarray
    names: tuple[str, ...]

    @property
    def count(self) -> int:
        return len(self.names)

    def within(self, rows: np.ndarray) -> "Groups":
        """The same groups with other rows taken out."""
        return Groups(np.where(rows, self.place, -1), self.names)


def make_groups(data: SurveyData, by: By, domain: np.ndarray) -> Groups:
    """Groups by `wave`, coded variables, or a column of words beside the codebook (language, mode).

    EstimationError for an unknown column and where fewer than two groups are found.
    """
    if by is None or by == ():
        return Groups(np.where(domain, 0, -1), ("",))
    names = columns_of(by)
    beside = [name for name in names if name != "wave" and name not in data.codebook]
    if beside and len(names) > 1:
        raise EstimationError(f"{beside[0]!r} is not in the codebook: compare by it alone")
    groups = _of_words(data, names[0], domain) if beside else _of_codes(data, names, domain)
    if groups.count < 2:
        raise EstimationError(
            f"only one group ({groups.names[0]!r}) by {', '.join(names)}: a comparison needs two or more"
        )
    return groups


def _of_codes(data: SurveyData, names: tuple[str, ...], domain: np.ndarray) -> Groups:
    cells = make_cells(data, names, domain)
    labels = [
        ",".join(part for part in (wave if "wave" in names else "", group) if part)
        for wave, group in zip(cells.waves, cells.groups, strict=True)
    ]
    return Groups(cells.index, tuple(labels))


def _of_words(data: SurveyData, name: str, domain: np.ndarray) -> Groups:
    if name not in data.frame:
        raise EstimationError(unknown_name("column", name, list(data.frame.columns)))
    column = data.frame[name]
    if column.nunique() > _MOST_WORDS:
        raise EstimationError(f"{name!r} has {column.nunique()} different values: name a column of groups")
    words = column.astype("string").where(column.notna() & domain)
    levels = sorted(words.dropna().unique())
    place = pd.Index(levels).get_indexer(pd.Index(words))
    return Groups(np.asarray(place), tuple(f"{name}={level}" for level in levels))
