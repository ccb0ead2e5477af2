"""Designed questions with a known truth, drawn with a seed, and shared settings."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis import Design, Meta, SurveyData, from_frame
from instruments import Role

CODES: dict[str, dict[int, str]] = {
    "LX_GRP": {1: "control", 2: "treatment"},
    "CX": {1: "both or neither", 2: "exactly one"},
    "CXA": {1: "both or neither", 2: "exactly one"},
    "VGN_SEX": {1: "woman", 2: "man"},
    "VGN_CONS": {1: "deceived", 2: "agreed"},
    "VG3": {1: "crime", 2: "breach", 3: "private"},
    "form": {1: "a", 2: "b"},
    "VB1": {1: "no", 2: "yes"},
    "VB1B": {1: "no", 2: "yes"},
    "age2": {1: "young", 2: "old"},
    "flag_attention": {0: "no", 1: "yes"},
}
MEANING: dict[str, dict[str, Any]] = {
    "LX": {"item": "LX", "design": {"list_experiment": {"control_items": 4}}},
    "LX_GRP": {"item": "LX", "role": Role.ASSIGNMENT},
    "CX": {"design": {"crosswise": {"prevalence": 0.25, "source": "births"}}},
    "CXA": {"design": {"crosswise": {"prevalence": 0.3, "source": "births"}}},
    "VGN_SEX": {"item": "VGN", "role": Role.ASSIGNMENT, "module": "V"},
    "VGN_CONS": {"item": "VGN", "role": Role.ASSIGNMENT, "module": "V"},
    "VG1": {"module": "V"},
    "VG3": {"module": "V"},
    "form": {"role": Role.ASSIGNMENT, "design": {"split": {"forms": {"1": ["VB1"], "2": ["VB1B"]}}}},
    "age2": {"role": Role.DERIVED},
    "flag_attention": {"role": Role.PARADATA},
    "stratum": {"role": Role.PARADATA},
    "psu": {"role": Role.PARADATA},
    "weight": {"role": Role.PARADATA},
}
Make = Callable[..., SurveyData]


def draw(n: int = 2000, seed: int = 1, *, sensitive: float = 0.25) -> pd.DataFrame:
    """n interviews in strata and clusters with weights; `true` holds who has the sensitive trait."""
    chance = np.random.default_rng(seed)
    row = np.arange(n)
    true = chance.random(n) < sensitive
    long = chance.integers(0, 2, n)
    others = chance.binomial(1, [0.2, 0.5, 0.7, 0.3], (n, 4)).sum(axis=1)
    sex, agreed = chance.integers(1, 3, n), chance.integers(1, 3, n)
    form = chance.integers(1, 3, n)
    answer = np.where(chance.random(n) < np.where(form == 2, 0.5, 0.4), 2, 1)
    return pd.DataFrame(
        {
            "stratum": row % 5,
            "psu": row // 5 % 40,
            "weight": chance.uniform(0.5, 2, n),
            "true": true.astype(int),
            "age2": 1 + (chance.random(n) < 0.5),
            "LX": others + long * true,
            "LX_GRP": 1 + long,
            "CX": np.where((chance.random(n) < 0.25) == true, 1, 2),
            "CXA": np.where(chance.random(n) < 0.3, 2, 1),
            "VGN_SEX": sex,
            "VGN_CONS": agreed,
            "VG1": 3 + 1.5 * (agreed == 2) + chance.normal(0, 2, n),
            "VG3": chance.integers(1, 4, n),
            "form": form,
            "VB1": np.where(form == 1, answer, -4),
            "VB1B": np.where(form == 2, answer, -4),
            "flag_attention": (chance.random(n) < 0.1).astype(int),
        }
    )


def as_survey(frame: pd.DataFrame, wave: str = "2026", **changes: Any) -> SurveyData:
    """The frame with the columns' meaning as a release has it; `changes` to Meta and `design`."""
    design = changes.pop("design", Design(strata="stratum", cluster=("psu",)))
    data = from_frame(frame, design, codes=CODES, meta=Meta("made", wave, **changes))
    variables = tuple(replace(v, **MEANING.get(v.name, {})) for v in data.codebook.variables)
    return data.with_frame(data.frame, codebook=replace(data.codebook, variables=variables))


@pytest.fixture
def make() -> Make:
    """A survey of 2,000 drawn interviews; a frame's size, seed and sensitive share may be given."""

    def build(n: int = 2000, seed: int = 1, *, sensitive: float = 0.25, **changes: Any) -> SurveyData:
        return as_survey(draw(n, seed, sensitive=sensitive), **changes)

    return build
