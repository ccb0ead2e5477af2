"""The first stage of samples, side by side: bound samples and their rows come in, PSUs and strata go out."""

import numpy as np

from analysis.errors import EstimationError, Said, setting
from analysis.replicates.multipliers import Strata
from analysis.sample import Sample


def first_stage(parts: list[Sample], rows: list[np.ndarray]) -> tuple[np.ndarray, Strata]:
    """Each of n rows' PSU, and the strata of all parts side by side.

    EstimationError for further stages with a population size, and for a lonely PSU without a policy that
    replicates can follow.
    """
    unit = np.full(sum(map(len, rows)), -1)
    stratum: list[np.ndarray] = []
    count: list[np.ndarray] = []
    fraction: list[np.ndarray] = []
    names: list[str] = []
    for index, part in zip(rows, parts, strict=True):
        stage = part.stages[0]
        if any((s.factor > 0).any() for s in part.stages[1:]):
            raise EstimationError(
                "replicates of first-stage clusters leave out what a population size at the first of several "
                "stages asks for: leave fpc out (the clusters then count as drawn with replacement)"
            )
        lonely = np.flatnonzero((stage.count == 1) & (stage.fraction < 1))
        if len(lonely) and part.lonely_psu not in ("certainty", "remove"):
            name, psu = stage.describe(int(lonely[0]))
            raise EstimationError(
                Said(
                    f"{stage.names[0]} {name!r} has only one PSU, {stage.names[1]} {psu!r}, and replicates "
                    "cannot follow ",
                    setting("lonely_psu", part.lonely_psu),
                    ": type ",
                    setting("lonely_psu", "collapse"),
                    " (joined with a neighbour), 'certainty' or 'remove' (no variance)",
                )
            )
        unit[index] = stage.unit + sum(len(part) for part in stratum)
        stratum.append(stage.stratum + sum(len(part) for part in count))
        count.append(stage.count)
        fraction.append(stage.fraction)
        names += stage.stratum_names()
    joined = [np.concatenate(each) for each in (stratum, count, fraction)]
    first = np.unique(unit, return_index=True)[1]
    return unit, Strata(joined[0], joined[1], joined[2], tuple(names), first)
