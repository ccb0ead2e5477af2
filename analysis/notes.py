"""What a reader should know of a design: survey data come in, sentences for a methods page go out."""

import numpy as np

from analysis.data import SurveyData
from analysis.sample import PooledSample, Sample
from analysis.stages import Stage

UNEVEN = 0.7
"""Coefficient of variation of cluster sizes from which intervals are known to fall short."""
_LEAST_ROWS = 3


def design_notes(data: SurveyData) -> tuple[str, ...]:
    """What was done about strata with one cluster, and warnings about clusters of very unequal size.

    Unequal: inside strata, the clusters' sums of weights vary by 0.7 of their mean or more. A sample that
    draws clusters with equal chances then says little about the few large ones: 95 % intervals of means and
    shares were seen to cover 82 to 91 % (15 to 100 districts drawn from California's schools), those of
    totals fewer. Samples with replicates are judged by the design they are made of.
    """
    sample = data.sample
    bound = sample
    base = getattr(data.design, "base", None)
    if base is not None:
        bound = base.bind(data.frame)
    parts = bound.samples if isinstance(bound, PooledSample) else (bound,)
    names = bound.names if isinstance(bound, PooledSample) else ("",)
    rows = bound.rows if isinstance(bound, PooledSample) else (np.arange(len(data.frame)),)
    found = [
        f"{name}: {note}" if name else note
        for name, part, index in zip(names or [""] * len(parts), parts, rows, strict=True)
        if isinstance(part, Sample)
        for note in uneven_clusters(part, float(data.counts[index].sum()))
    ]
    return (*sample.notes, *found)


def uneven_clusters(sample: Sample, interviews: float | None = None) -> tuple[str, ...]:
    """A warning where the first stage's clusters differ wildly in size; empty where they do not."""
    stage = sample.stages[0]
    count = len(stage.stratum)
    if count < 2 or (interviews or sample.n) < _LEAST_ROWS * count:
        return ()
    size = np.bincount(stage.unit, sample.weights, minlength=count)
    variation = size_variation(stage, size)
    if variation < UNEVEN:
        return ()
    largest = int(np.argmax(size))
    name = str(stage.labels.iloc[int(np.flatnonzero(stage.unit == largest)[0]), 1])
    equal = count / (1 + variation**2)
    return (
        f"the {count} clusters ({stage.names[1]}) differ in size: coefficient of variation {variation:.2f}, "
        f"the largest ({name}) with {size[largest] / size.sum():.0%} of the weight, as good as {equal:.0f} "
        "of one size. 95 % intervals from such samples cover 82 to 91 %, not 95 %: read them as too short. "
        "Next time draw clusters with chances in proportion to their size, or put the large ones into a "
        "stratum of their own",
    )


def size_variation(stage: Stage, size: np.ndarray) -> float:
    """Standard deviation of cluster sizes inside strata, over their mean."""
    strata = len(stage.count)
    mean = np.bincount(stage.stratum, size, minlength=strata) / np.maximum(stage.count, 1)
    squares = float(((size - mean[stage.stratum]) ** 2).sum())
    free = int(np.maximum(stage.count - 1, 0).sum())
    return float(np.sqrt(squares / free) / size.mean()) if free else 0.0
