"""A sample of complete interviews in, how many each quality flag marks, and what interviewers share, out."""

from collections.abc import Sequence
from dataclasses import replace
from statistics import median_low
from typing import Any

import numpy as np
import pandas as pd

from analysis import PARADATA, Design, Meta, SurveyData, derive, flag_interviews
from instruments import Codebook
from survey.monitor.rules import at_least, percent
from survey.monitor.sample import Sampled
from survey.store.models import Wave
from survey.store.versions import COMPUTED


def frame_of(wave: Wave, codebook: Codebook, complete: Sequence[Sampled]) -> SurveyData:
    """The sample as a release would hold it, unweighted; ballots of all versions have the same columns."""
    names = [variable.name for variable in codebook.variables if variable.role not in COMPUTED]
    answers = pd.DataFrame([[each.values[name] for name in names] for each in complete], columns=names)
    about: dict[str, Any] = {
        "wave": [wave.name] * len(complete),
        "weight": np.ones(len(complete)),
        "language": [each.ballot.language for each in complete],
    }
    known = _paradata(wave, complete)
    extended = replace(codebook, variables=(*codebook.variables, *(PARADATA[name] for name in known)))
    plain = answers.assign(**about, **known)
    meta = Meta(wave.study, wave.name, sample_type=wave.sample_type, synthetic=wave.synthetic)
    return SurveyData(derive(plain, extended), extended, Design(weight="weight"), meta)


def flags(data: SurveyData) -> list[dict[str, Any]]:
    """A row a flag that can judge somebody: `flag`, `label`, `judged`, `flagged` (whole per cent)."""
    record = flag_interviews(data).record["flags"]
    return [
        {
            "flag": name,
            "label": dict(found["label"]),
            "judged": at_least(found["judged"]),
            "flagged": percent(found["flagged"], found["judged"]),
        }
        for name, found in record.items()
        if found["judged"]
    ]


def _paradata(wave: Wave, complete: Sequence[Sampled]) -> dict[str, np.ndarray]:
    known: dict[str, list[float]] = {}
    if wave.access == "open":
        known["hidden_field"] = [float(each.ballot.trap) for each in complete]
    timed = [each.page_seconds for each in complete]
    if not wave.synthetic and any(timed):
        known["interview_seconds"] = [float(sum(seconds)) if seconds else np.nan for seconds in timed]
        known["page_seconds"] = [float(median_low(seconds)) if seconds else np.nan for seconds in timed]
    return {name: np.array(values, float) for name, values in known.items()}
