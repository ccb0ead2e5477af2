"""Distinct answer patterns: items and groups come in, patterns with their weights go out."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.errors import EstimationError
from analysis.scales.groups import Groups
from analysis.scales.items import Items, categories


@dataclass(frozen=True)
class Patterns:
    """u distinct patterns of p items.

    `answers` u x p places of the answers (-1: none), `group` u, `weights` u sums over rows (all sum to the
    number of rows), `of_row` n places of each row's pattern (-1: no answers, or outside); `scaled` n weights
    of rows; `counts` p numbers of categories; `values`: each item's answers in order.
    """

    answers: np.ndarray
    group: np.ndarray
    weights: np.ndarray
    of_row: np.ndarray
    scaled: np.ndarray
    counts: tuple[int, ...]
    values: tuple[np.ndarray, ...]


def make_patterns(items: Items, groups: Groups) -> Patterns:
    """Patterns of rows with any answer, whatever is missing. EstimationError for items without order."""
    rows = items.any & (groups.place >= 0)
    if not rows.any():
        raise EstimationError(f"nobody has a valid answer to any of {', '.join(items.names)}")
    places, values = categories(items.within(rows))
    flat = [name for name, found in zip(items.names, values, strict=True) if len(found) < 2]
    if flat:
        raise EstimationError(f"all answers to {', '.join(flat)} are alike: leave it out")
    key = np.column_stack([groups.place[rows], places[rows]])
    distinct, place = np.unique(key, axis=0, return_inverse=True)
    scaled = np.where(rows, items.weights * (rows.sum() / items.weights[rows].sum()), 0)
    of_row = np.full(len(rows), -1)
    of_row[rows] = place.reshape(-1)
    weights = np.bincount(of_row[rows], scaled[rows], minlength=len(distinct))
    counts = tuple(len(found) for found in values)
    return Patterns(distinct[:, 1:], distinct[:, 0], weights, of_row, scaled, counts, values)


def refuse_gaps(patterns: Patterns, names: Sequence[str], groups: Sequence[str], free: Sequence[int]) -> None:
    """EstimationError where an item with parameters of its own per group lacks an answer in a group."""
    problems = []
    for j in free:
        for g, group in enumerate(groups):
            found = set(patterns.answers[patterns.group == g, j]) - {-1}
            if found and len(found) < patterns.counts[j]:
                lacking = [f"{v:g}" for c, v in enumerate(patterns.values[j]) if c not in found]
                problems.append(
                    f"nobody in {group} answers {', '.join(lacking)} to {names[j]!r}, so it has no "
                    "thresholds of its own there: join answers (recode), or make it an anchor"
                )
    if problems:
        raise EstimationError(problems)
