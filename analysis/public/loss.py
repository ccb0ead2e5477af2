"""A release and its public file in, headline estimates of both side by side out."""

from dataclasses import dataclass, replace
from math import isfinite, nan

import pandas as pd

from analysis.data import SurveyData
from analysis.design import Design
from analysis.estimates import mean, proportion
from analysis.public.spec import WITHHELD
from instruments import Codebook, Indicator


@dataclass(frozen=True)
class PublicLoss:
    """One indicator as the release and as the public file give it; NaN where it may not be published."""

    indicator: str
    statistic: str
    release: float
    public: float
    se_release: float
    se_public: float


def losses(release: SurveyData, frame: pd.DataFrame, codebook: Codebook) -> tuple[PublicLoss, ...]:
    """Each indicator whose column the public file holds."""
    cluster = ("variance_unit",) if "variance_unit" in frame else ()
    coded = [v for v in codebook.variables if not (v.codes and (frame[v.name] == WITHHELD).any())]
    plain = replace(codebook, variables=tuple(coded), indicators=())
    public = SurveyData(frame.assign(wave=release.meta.wave), plain, Design(cluster=cluster), release.meta)
    return tuple(
        _loss(indicator, release, public) for indicator in codebook.indicators if indicator.variable in plain
    )


def _loss(indicator: Indicator, release: SurveyData, public: SurveyData) -> PublicLoss:
    ours, theirs = (_row(indicator, data) for data in (release, public))
    if ours is None or theirs is None or "suppress" in (ours["publish"], theirs["publish"]):
        return PublicLoss(indicator.name, indicator.statistic, nan, nan, nan, nan)
    figures = (ours["estimate"], theirs["estimate"], ours["se"], theirs["se"])
    return PublicLoss(
        indicator.name, indicator.statistic, *(float(f) if isfinite(f) else nan for f in figures)
    )


def _row(indicator: Indicator, data: SurveyData) -> pd.Series | None:
    if not data.valid(indicator.variable).any():
        return None
    if indicator.statistic == "mean":
        return mean(data, indicator.variable).iloc[0]
    return proportion(data, indicator.variable, code=indicator.code).iloc[0]
