"""Which items make a scale: data and a group or names come in, answers turned one way come out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np

from analysis.data import SurveyData, Where
from analysis.errors import EstimationError, Said, setting, unknown_name
from instruments import Level, Variable

Scale: TypeAlias = str | Sequence[str]
"""The name of a codebook group (a battery), or the names of the items."""
Keys: TypeAlias = Mapping[str, int] | None
FEWEST = 3
MOST_CATEGORIES = 20


@dataclass(frozen=True)
class Items:
    """p items of a scale over n rows.

    `values` n x p, a high value means more of the construct, NaN where there is no valid answer or the row is
    outside the domain; `keys` p signs; `ends` p pairs (lowest, highest) of the codes, NaN where not declared;
    `left_out`: items of the group that its codebook keys 0, not part of the construct.
    """

    data: SurveyData
    names: tuple[str, ...]
    keys: np.ndarray
    values: np.ndarray
    ends: np.ndarray
    domain: np.ndarray
    left_out: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        return len(self.names)

    @cached_property
    def weights(self) -> np.ndarray:
        """n weights of the sample, in every wave scaled to sum to its number of rows.

        One wave's weights may count people, another's be 1 on average: a scale fitted to both must not be
        the first one's alone. Within a wave nothing changes.
        """
        weights, place = self.data.sample.weights, self.data.wave_place
        size = np.bincount(place, minlength=len(self.data.waves))
        return np.asarray(weights * (size / np.bincount(place, weights, minlength=len(size)))[place])

    @cached_property
    def answered(self) -> np.ndarray:
        """n x p booleans: who has a valid answer to what."""
        return ~np.isnan(self.values)

    @cached_property
    def complete(self) -> np.ndarray:
        """n booleans: rows of the domain with valid answers to all items."""
        return np.asarray(self.answered.all(axis=1))

    @cached_property
    def any(self) -> np.ndarray:
        """n booleans: rows of the domain with a valid answer to any item."""
        return np.asarray(self.answered.any(axis=1))

    def within(self, rows: np.ndarray) -> "Items":
        """The same items with the answers of other rows taken out; n is kept."""
        values = np.where(rows[:, None], self.values, np.nan)
        return Items(self.data, self.names, self.keys, values, self.ends, self.domain & rows, self.left_out)

    def only(self, names: Sequence[str]) -> "Items":
        """Some of the items."""
        keep = [self.names.index(name) for name in names]
        return Items(
            self.data,
            tuple(names),
            self.keys[keep],
            self.values[:, keep],
            self.ends[keep],
            self.domain,
            self.left_out,
        )


def scale_items(
    data: SurveyData, scale: Scale, *, keys: Keys = None, where: Where = None, fewest: int = FEWEST
) -> Items:
    """The items of a codebook group or of a list of names, turned by their keys.

    An item keyed -1 is turned: lowest code + highest code - answer (by the codes that occur where none are
    declared). `keys` ({name: 1 or -1}) goes before the codebook's; an item without either counts as +1.
    EstimationError for unknown names, nominal items, fewer than `fewest` items, an item nobody answered and
    one that all answer alike.
    """
    data.refuse_grouped("a scale")
    names, left_out = _names(data, scale, keys)
    if len(names) < fewest:
        raise EstimationError(
            f"{len(names)} item{'s' * (len(names) != 1)} ({', '.join(names)}): at least {fewest} are needed "
            "for this; name more items, or a battery of the codebook"
        )
    variables = [data.variable(name) for name in names]
    problems = [problem for variable in variables if (problem := _unordered(variable))]
    if problems:
        raise EstimationError(problems)
    domain = data.domain(where)
    values = np.where(domain[:, None], np.column_stack([data.values(name) for name in names]), np.nan)
    signs = np.array([_key(variable, keys) for variable in variables])
    ends = np.array([(min(v.codes), max(v.codes)) if v.codes else (np.nan, np.nan) for v in variables])
    _refuse_constant(names, values)
    declared = np.where(np.isnan(ends[:, :1]), np.column_stack(_observed(values)), ends)
    turned = np.where(signs < 0, declared.sum(axis=1) - values, values)
    return Items(data, names, signs, turned, ends, domain, left_out)


def _names(data: SurveyData, scale: Scale, keys: Keys) -> tuple[tuple[str, ...], tuple[str, ...]]:
    left_out: tuple[str, ...] = ()
    if isinstance(scale, str):
        names, left_out = group_items(data, scale, keys)
    else:
        names = tuple(scale)
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise EstimationError(f"{', '.join(twice)} named twice: name every item once")
    strange = sorted(set(keys or {}) - set(names))
    if strange:
        raise EstimationError(
            f"keys are given for {', '.join(strange)}, not among the items: correct the names"
        )
    return names, left_out


def group_items(data: SurveyData, name: str, keys: Keys = None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The items of a codebook group, and those left out: where some are keyed, those of key 0."""
    groups = {group.name: group.variables for group in data.codebook.groups}
    if name not in groups:
        known = unknown_name("group of items", name, list(groups)) if groups else f"no group {name!r}"
        raise EstimationError(Said(f"{known}; or name the items, as ", setting("scale", ["NAME", "OTHER"])))
    keyed = tuple(item for item in groups[name] if data.variable(item).key or item in (keys or {}))
    items = keyed or groups[name]
    return items, tuple(item for item in groups[name] if item not in items)


def _unordered(variable: Variable) -> str:
    if variable.level is Level.TEXT or (
        variable.level is Level.NOMINAL and not set(variable.codes) <= {0, 1}
    ):
        return (
            f"{variable.name!r} is {variable.level.value}, its codes have no order: name ordinal items (in "
            "from_frame, leave the codes of an ordered item out)"
        )
    return ""


def _key(variable: Variable, keys: Keys) -> int:
    key = (keys or {}).get(variable.name, variable.key or 1)
    if key not in (-1, 1):
        raise EstimationError(f"the key of {variable.name!r} is {key}: write 1, or -1 for a reversed item")
    return key


def _observed(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return np.nanmin(values, axis=0), np.nanmax(values, axis=0)


def _refuse_constant(names: Sequence[str], values: np.ndarray) -> None:
    answered = ~np.isnan(values)
    silent = [name for name, some in zip(names, answered.any(axis=0), strict=True) if not some]
    if silent:
        raise EstimationError(f"nobody in the domain has a valid answer to {', '.join(silent)}: leave it out")
    low, high = _observed(values)
    problems = [
        f"all valid answers to {name!r} are {low[j]:g}: an item without spread measures nothing, leave it out"
        for j, name in enumerate(names)
        if low[j] == high[j]
    ]
    if problems:
        raise EstimationError(problems)


def categories(items: Items) -> tuple[np.ndarray, tuple[np.ndarray, ...]]:
    """n x p places of the answers among each item's occurring values (-1: none), and those values.

    EstimationError for an item with more than 20 different answers: it is no ordered item.
    """
    places = np.full(items.values.shape, -1)
    found: list[np.ndarray] = []
    for j, name in enumerate(items.names):
        rows = items.answered[:, j]
        values, place = np.unique(items.values[rows, j], return_inverse=True)
        if len(values) > MOST_CATEGORIES:
            raise EstimationError(
                f"{name!r} has {len(values)} different answers: an ordered item has at most "
                f"{MOST_CATEGORIES}; cut it into classes, or treat the items as continuous"
            )
        places[rows, j] = place
        found.append(values)
    return places, tuple(found)
