"""What describes people: columns come in, a model's columns and how to read its coefficients go out."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.decomposition.sides import Sides
from analysis.errors import EstimationError


@dataclass(frozen=True)
class Factors:
    """`narrow`: n x p columns of a model, a constant first, without each category's first; `wide`: n x q
    columns with all categories; `spread`: q x p, coefficients of `wide` from those of `narrow`, the
    categories of a factor set against their mean; `by_factor`: f x q sums over a factor's columns, the
    constant first among `names`.
    """

    names: tuple[str, ...]
    narrow_names: tuple[str, ...]
    narrow: np.ndarray
    wide: np.ndarray
    spread: np.ndarray
    by_factor: np.ndarray


def factors_of(sides: Sides, names: Sequence[str]) -> Factors:
    """Coded columns as categories, others linear. EstimationError for a category that only one side has."""
    data = sides.data
    n = len(data.frame)
    narrow, wide, labels = [np.ones(n)], [np.ones(n)], ["level"]
    blocks: list[tuple[int, int]] = []
    problems = []
    for name in names:
        values = np.where(data.valid(name), data.frame[name].to_numpy(float), 0.0)
        if not data.variable(name).codes:
            blocks.append((1, 1))
            narrow.append(values)
            wide.append(values)
            labels.append(name)
            continue
        present = [sorted(set(values[rows])) for rows in sides.rows]
        codes = sorted(set(present[0]) | set(present[1]))
        problems += [
            f"nobody in {side} has {name}={code:g}: join it with another code, or leave {name} out"
            for side, found in zip(sides.names, present, strict=True)
            for code in codes
            if code not in found
        ]
        if len(codes) < 2:
            problems.append(f"everybody has {name}={codes[0]:g}, which explains nothing: leave {name} out")
        indicators = [(values == code).astype(float) for code in codes]
        blocks.append((len(codes) - 1, len(codes)))
        narrow += indicators[1:]
        wide += indicators
        labels += [f"{name}={code:g}" for code in codes[1:]]
    if problems:
        raise EstimationError(problems)
    return Factors(
        ("level", *names),
        tuple(labels),
        np.column_stack(narrow),
        np.column_stack(wide),
        _spread(blocks),
        _by_factor(blocks),
    )


def _spread(blocks: Sequence[tuple[int, int]]) -> np.ndarray:
    p, q = (1 + sum(block[side] for block in blocks) for side in (0, 1))
    result = np.zeros((q, p))
    result[0, 0] = 1.0
    row, column = 1, 1
    for width, full in blocks:
        if full == width:
            result[row, column] = 1.0
        else:
            result[0, column : column + width] = 1 / full
            result[row, column : column + width] = -1 / full
            result[row + 1 : row + full, column : column + width] = np.eye(width) - 1 / full
        row, column = row + full, column + width
    return result


def _by_factor(blocks: Sequence[tuple[int, int]]) -> np.ndarray:
    widths = [1, *(full for _, full in blocks)]
    ends = np.cumsum(widths)
    result = np.zeros((len(widths), ends[-1]))
    for place, (end, width) in enumerate(zip(ends, widths, strict=True)):
        result[place, end - width : end] = 1.0
    return result
