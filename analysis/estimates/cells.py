"""Domains and groups: data, `by` and `where` come in, each row's cell and the cells' names go out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pandas as pd

from analysis.data import SurveyData, Where
from analysis.errors import EstimationError

_MOST_CELLS = 1 << 20
By: TypeAlias = str | Sequence[str] | None


@dataclass(frozen=True)
class Cells:
    """`index`: n cell numbers, -1 outside; `groups`, `waves`: the cells' names; `codes`: by column."""

    index: np.ndarray
    groups: tuple[str, ...]
    waves: tuple[str, ...]
    codes: pd.DataFrame

    @property
    def count(self) -> int:
        return len(self.groups)

    def within(self, mask: np.ndarray) -> np.ndarray:
        """The index, with rows outside `mask` taken out."""
        return np.where(mask, self.index, -1)


def columns_of(by: By) -> tuple[str, ...]:
    """The columns a `by` names, none or one as well."""
    return (by,) if isinstance(by, str) else tuple(by or ())


def make_cells(data: SurveyData, by: By, where: Where) -> Cells:
    """The observed combinations of the `by` columns inside the domain, in the order of their codes.

    Rows with a missing code in a `by` column belong to no cell. EstimationError for an empty domain, an
    unknown column or an interval variable without classes.
    """
    names = columns_of(by)
    domain = data.domain(where)
    if not names:
        return Cells(np.where(domain, 0, -1), ("",), (_only_wave(data, domain),), pd.DataFrame(index=[0]))
    columns = [_levels(data, name) for name in names]
    index = np.zeros(len(domain), np.int64)
    inside = domain.copy()
    for position, levels in columns:
        index = index * len(levels) + position
        inside &= position >= 0
    if not inside.any():
        raise EstimationError(f"nobody in the domain has a valid code in {', '.join(names)}")
    sizes = [len(levels) for _, levels in columns]
    cell, found = _dense(np.where(inside, index, -1), int(np.prod(sizes)))
    places = np.unravel_index(found, sizes)
    codes = pd.DataFrame(
        {
            name: [levels[i] for i in place]
            for name, (_, levels), place in zip(names, columns, places, strict=True)
        }
    )
    return Cells(cell, _names(codes), _waves(data, codes, domain), codes)


def _dense(index: np.ndarray, most: int) -> tuple[np.ndarray, np.ndarray]:
    """n numbers of the observed among the `most` possible cells (-1 stays), and which those are."""
    if most > _MOST_CELLS:
        found, dense = np.unique(index, return_inverse=True)
        shift = int(found[0] < 0)
        return dense - shift, found[shift:]
    found = np.flatnonzero(np.bincount(index + 1, minlength=most + 1)[1:])
    number = np.full(most + 1, -1)
    number[found] = np.arange(len(found))
    return number[index], found


def _levels(data: SurveyData, name: str) -> tuple[np.ndarray, list[int] | list[str]]:
    """Each row's position in the list of levels (-1: none), and the list."""
    if name == "wave":
        return data.wave_place, list(data.waves)
    variable = data.variable(name)
    if not variable.codes:
        raise EstimationError(
            f"{name!r} has no codes to group by: name a coded variable, or cut it into classes"
        )
    codes = sorted(variable.codes)
    return data.places(name), codes


def _names(codes: pd.DataFrame) -> tuple[str, ...]:
    names = [name for name in codes.columns if name != "wave"]
    return tuple(",".join(f"{name}={row[name]}" for name in names) for row in codes.to_dict("records"))


def _waves(data: SurveyData, codes: pd.DataFrame, domain: np.ndarray) -> tuple[str, ...]:
    if "wave" in codes:
        return tuple(codes["wave"])
    return (_only_wave(data, domain),) * len(codes)


def _only_wave(data: SurveyData, domain: np.ndarray) -> str:
    """The wave's name when the domain has one wave, else empty."""
    if len(data.waves) == 1:
        return data.waves[0]
    found = data.wave_place[domain]
    return data.waves[found[0]] if (found == found[0]).all() else ""
