"""Strata with one sampled PSU: a frame and its first stage come in, the frame with joined strata goes out."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from analysis.errors import DataError, Said, setting, unknown_name
from analysis.stages import Stage


def collapsed(
    frame: pd.DataFrame,
    stage: Stage,
    strata: str,
    fpc: Sequence[str],
    pairs: Sequence[tuple[Any, Any]],
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """The frame with each lonely stratum joined to another, and a note on each join; no note: none lonely.

    The partner is that of `pairs`, else the next stratum in the order of the codes, the one before for the
    last (Wolter 2007, section 2.5: the variance is then too large rather than too small). Population sizes of
    joined strata add up. DataError for an unknown stratum in `pairs` and a single stratum.
    """
    first = np.unique(stage.stratum_of_row, return_index=True)[1]
    codes = frame[strata].iloc[first].tolist()
    order = sorted(range(len(codes)), key=lambda h: _place(codes[h]))
    lonely = {h for h in order if stage.count[h] == 1 and stage.fraction[h] < 1}
    if not lonely:
        return frame, ()
    if len(codes) == 1:
        raise DataError(f"{strata} has one stratum with one PSU: there is no other to join it with")
    partner = _partners(codes, strata, pairs)
    group = list(range(len(codes)))
    notes = []
    for place, h in enumerate(order):
        if h not in lonely or group.count(group[h]) > 1:
            continue
        other = partner.get(h, order[place + 1] if place + 1 < len(order) else order[place - 1])
        old, new = group[h], group[other]
        group = [new if g == old else g for g in group]
        why = "declared" if h in partner else "its neighbour in order"
        notes.append(
            Said(
                f"{strata} {str(codes[h])!r}: one sampled {stage.names[1]}; joined with {strata} "
                f"{str(codes[other])!r}, {why} (",
                setting("lonely_psu", "collapse"),
                ")",
            )
        )
    joined = np.array(group)[stage.stratum_of_row]
    changes: dict[str, Any] = {strata: np.array(_labels(codes, group), dtype=object)[joined]}
    if fpc:
        changes[fpc[0]] = _sizes(frame[fpc[0]].to_numpy(float), stage, np.array(group))[joined]
    return frame.assign(**changes), tuple(notes)


def _partners(codes: Sequence[Any], strata: str, pairs: Sequence[tuple[Any, Any]]) -> Mapping[int, int]:
    found = {}
    for one, other in pairs:
        for code in (one, other):
            if code not in codes:
                raise DataError(unknown_name(f"code of {strata}", str(code), [str(c) for c in codes]))
        if one == other:
            raise DataError(f"{strata} {one!r} is declared to join itself: name another stratum")
        found[codes.index(one)] = codes.index(other)
    return found


def _labels(codes: Sequence[Any], group: Sequence[int]) -> list[str]:
    """By group, the codes of its strata."""
    members: dict[int, list[str]] = {}
    for code, g in zip(codes, group, strict=True):
        members.setdefault(g, []).append(str(code))
    return [" + ".join(members.get(g, [])) for g in range(len(codes))]


def _sizes(values: np.ndarray, stage: Stage, group: np.ndarray) -> np.ndarray:
    """By group, its population size, or its sampling fraction where the column holds fractions."""
    size = stage.count / np.where(stage.fraction > 0, stage.fraction, 1)
    total = np.bincount(group, size, minlength=len(group))
    if (values <= 1).all():
        drawn = np.bincount(group, stage.count, minlength=len(group))
        return np.where(total > 0, drawn / np.where(total > 0, total, 1), 0.0)
    return total


def _place(code: Any) -> tuple[bool, float, str]:
    """Numbers in their order before words in theirs."""
    try:
        return False, float(code), ""
    except (TypeError, ValueError):
        return True, 0.0, str(code)
