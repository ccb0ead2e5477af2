"""What tests of partitions share: made interviews, a writer of partitions and a comparison with memory."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis import Design, Meta, PartitionedData, SurveyData, from_frame, read_partitions

CODES = {
    "vote": {1: "for", 2: "against", 3: "abstain", 4: "never chosen"},
    "agree": {0: "no", 1: "yes"},
    "sex": {1: "woman", 2: "man"},
    "region": {1: "north", 2: "south", 3: "east"},
}
Split = Callable[..., PartitionedData]


def interviews(design: Design, n: int = 900, wave: str = "1", **meta: Any) -> SurveyData:
    """n interviews whose answers, weights and places have little order."""
    draw = np.random.default_rng([7, int(wave)])
    row = draw.permutation(n)
    frame = pd.DataFrame(
        {
            "stratum": row % 4,
            "psu": row // 4 % 9,
            "house": row // 36 % 6,
            "alone": np.minimum(row, n - 6),
            "pair": row // 2,
            "psus": 40,
            "houses": 25,
            "people": 4000 + row % 4,
            "area": np.array(["mountain", "steppe", "city"])[row % 3],
            "weight": draw.uniform(0.3, 4, n) * 1e3,
            "vote": draw.choice([1, 2, 3, -1, -2, -4], n, p=[0.3, 0.2, 0.2, 0.1, 0.1, 0.1]),
            "agree": draw.choice([0, 1, -1], n),
            "sex": draw.choice([1, 2, -5], n, p=[0.5, 0.4, 0.1]),
            "region": draw.choice([1, 2, 3], n),
            "age": draw.integers(18, 90, n).astype(float),
            "children": draw.poisson(1.4, n).astype(float),
        }
    )
    frame.loc[draw.random(n) < 0.1, "age"] = np.nan
    about = Meta("made", wave, dates=(f"20{wave}0", f"20{wave}0"), **meta)
    return from_frame(frame, design, codes=CODES, meta=about)


def write(data: SurveyData, folder: Path, count: int = 4, seed: int = 3, **options: Any) -> Path:
    """The rows in random order in `count` files, one more without rows."""
    folder.mkdir(parents=True, exist_ok=True)
    draw = np.random.default_rng(seed)
    where = draw.integers(0, count, len(data.frame))
    rows = draw.permutation(len(data.frame))
    for part in range(count + 1):
        frame = data.frame.iloc[rows[where[rows] == part]]
        frame.to_parquet(folder / f"part-{part}.parquet", index=False, **options)
    return folder


@pytest.fixture
def split(tmp_path: Path) -> Split:
    """The data in partitions of their own folder."""
    made = iter(range(100))

    def partitioned(data: SurveyData, *, scheduler: str | None = None, **options: Any) -> PartitionedData:
        folder = write(data, tmp_path / str(next(made)), **{"row_group_size": 130, **options})
        return read_partitions(folder, data.codebook, data.design, data.meta, scheduler=scheduler)

    return partitioned


def same(found: pd.DataFrame, wanted: pd.DataFrame) -> None:
    """Every column, numbers to 1e-9."""
    pd.testing.assert_frame_equal(found, wanted, rtol=1e-9, atol=1e-12)
