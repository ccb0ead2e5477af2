"""In which mode each wave was interviewed: SurveyData comes in, shares of modes and marked breaks go out."""

import numpy as np
import pandas as pd

from analysis.data import SurveyData
from analysis.errors import EstimationError

MODE_COLUMNS = ("wave", "mode", "interviews", "share", "main", "moved", "marked")
MOVED = 0.10
"""From what share of interviews in other modes on a wave is marked: a convention."""


def mode_breaks(data: SurveyData, *, least: float = MOVED) -> pd.DataFrame:
    """A row per wave and mode with MODE_COLUMNS.

    `share`: weighted share of the wave's interviews; `main`: the wave's most frequent mode; `moved`: the part
    of the interviews whose mode would have to differ to give the mix of the wave before (half the sum of the
    absolute differences of shares), NaN in the first; `marked`: moved by `least` or more.
    EstimationError for data without a column `mode`.
    """
    if "mode" not in data.frame:
        raise EstimationError("the data have no column 'mode': name it in the import map (wave: mode:)")
    if not 0 < least <= 1:
        raise EstimationError(f"least={least:g} must be a share above 0: type 0.1 for 10 %")
    modes = data.frame["mode"].astype(object).map(str).where(data.frame["mode"].notna(), "unknown")
    frame = pd.DataFrame({"wave": data.wave_place, "mode": modes.to_numpy(), "weight": data.sample.weights})
    sums = frame.assign(size=data.counts).groupby(["wave", "mode"])[["size", "weight"]].sum()
    sizes = sums["size"].unstack(fill_value=0).reindex(range(len(data.waves)), fill_value=0)
    weights = sums["weight"].unstack(fill_value=0).reindex(range(len(data.waves)), fill_value=0)
    shares = weights.div(weights.sum(axis=1), axis=0).to_numpy()
    moved = np.full(len(shares), np.nan)
    moved[1:] = np.abs(np.diff(shares, axis=0)).sum(axis=1) / 2
    names, counts = list(weights.columns), sizes.to_numpy()
    return pd.DataFrame(
        [
            (
                wave,
                mode,
                int(counts[i, j]),
                shares[i, j],
                names[int(shares[i].argmax())],
                moved[i],
                bool(moved[i] >= least),
            )
            for i, wave in enumerate(data.waves)
            for j, mode in enumerate(names)
            if counts[i, j] > 0
        ],
        columns=list(MODE_COLUMNS),
    )


def marked_waves(data: SurveyData) -> tuple[str, ...]:
    """Waves interviewed in another mix of modes than the one before; none without a column `mode`."""
    if "mode" not in data.frame:
        return ()
    table = mode_breaks(data)
    return tuple(dict.fromkeys(table.loc[table["marked"], "wave"]))


def mode_note(marked: tuple[str, ...], waves: tuple[str, ...]) -> str:
    """A sentence on the waves of a line, but its first, that are marked, or ""."""
    here = [wave for wave in marked if wave in waves[1:]]
    return f"other modes of interview from {', '.join(here)} on" if here else ""
