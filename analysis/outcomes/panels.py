"""Rates of panels: rates of recruitment, profile and waves come in, cumulative rates go out."""

from collections.abc import Mapping, Sequence

import pandas as pd

from analysis.errors import EstimationError

PANEL_COLUMNS = ("stage", "rate", "cumulative")


def panel_rates(
    stages: Mapping[str, float] | Sequence[tuple[str, float]], *, probability: bool = True
) -> pd.DataFrame:
    """The cumulative rate after each stage, its product so far: recruitment, profile, retention, completion.

    Callegaro and DiSogra (2008, Public Opinion Quarterly 72: 1008-1032), CUMRR1 when the rates are RECR, PROR
    and COMR, CUMRR2 with RETR besides. `probability`: False for an opt-in panel, of which only the last
    stage, the participation rate, means something: it is refused. EstimationError for a rate outside 0..1.
    """
    if not probability:
        raise EstimationError(
            "an opt-in panel has no recruitment rate, so no cumulative response rate: report the "
            "participation rate of the wave, with no margin of error"
        )
    pairs = list(stages.items()) if isinstance(stages, Mapping) else list(stages)
    if not pairs:
        raise EstimationError("no stage is given: type {'recruitment': 0.1, 'profile': 0.6, ...}")
    product, rows = 1.0, []
    for name, rate in pairs:
        if not 0 <= rate <= 1:
            raise EstimationError(f"the rate of {name!r} is {rate:g}: type one from 0 to 1")
        product *= rate
        rows.append((name, rate, product))
    return pd.DataFrame(rows, columns=list(PANEL_COLUMNS))
