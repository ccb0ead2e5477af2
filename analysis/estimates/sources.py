"""What a contrast is made of: estimates of any kind come in, each figure's origin goes out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analysis.breaks import broken, refuse_broken, waves_of
from analysis.data import SurveyData
from analysis.estimates.influence import Estimates


@dataclass(frozen=True)
class Source:
    """One figure: its name, the columns and waves it is of, its degrees of freedom, and the size that
    rounding of its error is measured against."""

    label: str
    variables: tuple[str, ...]
    waves: tuple[str, ...]
    df: float
    scale: float


def sources_of(part: Any) -> tuple[Source, ...]:
    """Each figure's origin; a fit or other figures have those of all their rows."""
    return _of_estimates(part) if isinstance(part, Estimates) else _of_others(part)


def _of_estimates(part: Estimates) -> tuple[Source, ...]:
    waves = [part.cells.waves[cell] for cell in range(part.cells.count)]
    known = [
        (wave,) if wave else waves_of(part.data, part.base_index == cell) if part.data.breaks else ()
        for cell, wave in enumerate(waves)
    ]
    variables = tuple(part.variable.split("/"))
    scale, df = part.scale, part.df
    return tuple(
        Source(_label(part, place), variables, known[cell], float(df[place]), float(scale[place]))
        for place, cell in enumerate(part.cell)
    )


def _label(part: Estimates, place: int) -> str:
    code, cell = part.codes[place], part.cell[place]
    words = (
        part.variable,
        "" if code is None else str(code),
        part.cells.groups[cell],
        part.cells.waves[cell],
    )
    return " ".join(word for word in words if word)


def _of_others(part: Any) -> tuple[Source, ...]:
    k = len(part.values)
    named = getattr(part, "labels", None)
    numbered = tuple(f"value {place}" for place in range(1, k + 1))
    labels = named if isinstance(named, tuple) and len(named) == k else numbered
    rows = getattr(part, "rows", None)
    known = getattr(part, "variables", None) or getattr(rows, "names", None)
    variables = known or [getattr(part, "variable", "")]
    waves = _waves(part, k)
    df = np.broadcast_to(np.asarray(getattr(part, "df", 1), float), k)
    sizes = np.abs(np.asarray(part.values, float))
    return tuple(
        Source(label, tuple(variables), each, float(degrees), float(size))
        for label, each, degrees, size in zip(labels, waves, df, sizes, strict=True)
    )


def _waves(part: Any, k: int) -> tuple[tuple[str, ...], ...]:
    """Each figure's waves: its own where the part names them figure by figure, else those of its rows."""
    named = getattr(part, "labels", None)
    every = waves_of(part.data, part.domain)
    if isinstance(named, pd.DataFrame) and "wave" in named:
        return tuple((str(wave),) if wave else every for wave in named["wave"])
    own = getattr(part, "waves", ())
    return tuple((str(wave),) for wave in own) if len(own) == k else (every,) * k


def refuse_broken_contrast(data: SurveyData, sources: Sequence[Source], weights: np.ndarray) -> None:
    """EstimationError where a combination (m x k weights) sets figures of waves that do not compare against
    each other: of one variable, with weights of both signs, and not all of the same waves."""
    if not data.breaks:
        return
    for row in weights:
        used = [place for place, weight in enumerate(row) if weight != 0 and sources[place].waves]
        for name in {name for place in used for name in sources[place].variables}:
            of_name = [place for place in used if name in sources[place].variables]
            sets = {sources[place].waves for place in of_name}
            waves = sorted({wave for each in sets for wave in each}, key=data.waves.index)
            against = (row[of_name] > 0).any() and (row[of_name] < 0).any()
            if len(sets) > 1 and against and broken(data, [name], waves):
                refuse_broken(data, [name], waves)
