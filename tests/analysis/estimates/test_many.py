"""Many variables at once give what each gives alone, whatever the design."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis import (
    Design,
    EstimationError,
    Meta,
    SurveyData,
    Targets,
    from_frame,
    pool,
    proportion,
    proportions,
    rake,
)
from analysis.estimates.aggregated import aggregate

CODES = {
    "vote": {1: "for", 2: "against", 3: "abstain"},
    "agree": {0: "no", 1: "yes"},
    "sex": {1: "woman", 2: "man"},
}
DESIGNS = {
    "clusters": Design(strata="stratum", cluster=("psu",)),
    "elements": Design(),
    "strata": Design(strata="stratum"),
    "one stage with counts": Design(strata="stratum", cluster=("psu",), fpc=("psus",)),
    "two stages": Design(strata="stratum", cluster=("psu", "house"), fpc=("psus", "houses")),
    "lonely": Design(strata="row", lonely_psu="adjust"),
}


def survey(design: Design, wave: str = "1", n: int = 700) -> SurveyData:
    draw = np.random.default_rng(int(wave))
    row = np.arange(n)
    frame = pd.DataFrame(
        {
            "row": np.minimum(row, n - 5),
            "stratum": row % 4,
            "psu": row // 4 % 9,
            "house": row // 36 % 6,
            "psus": 40,
            "houses": 25,
            "weight": draw.uniform(0.3, 4, n),
            "vote": draw.choice([1, 2, 3, -1, -2, -4], n, p=[0.3, 0.2, 0.2, 0.1, 0.1, 0.1]),
            "agree": draw.choice([0, 1, -1], n),
            "sex": draw.choice([1, 2, -5], n, p=[0.5, 0.4, 0.1]),
        }
    )
    return from_frame(frame, design, codes=CODES, meta=Meta("made", wave, dates=(f"20{wave}0", f"20{wave}0")))


def alike(data: SurveyData, variables: list[str], **options: Any) -> None:
    codes = options.pop("code", None)
    together = proportions(data, variables, code=codes, **options)
    alone = [
        proportion(data, name, code=codes.get(name) if isinstance(codes, dict) else codes, **options)
        for name in variables
    ]
    pd.testing.assert_frame_equal(together, pd.concat(alone, ignore_index=True), rtol=1e-10, atol=1e-14)


@pytest.mark.parametrize("design", list(DESIGNS))
@pytest.mark.parametrize("by", [None, "sex", ["sex", "agree"]])
def test_together_is_as_one_by_one(design: str, by: Any) -> None:
    alike(survey(DESIGNS[design]), ["vote", "agree"], by=by)


@pytest.mark.parametrize("where", [{"sex": 1}, {"stratum": [0, 1]}, None])
def test_domains_keep_the_whole_design(where: Any) -> None:
    alike(survey(DESIGNS["two stages"]), ["agree", "vote"], where=where, code={"vote": 3}, interval="beta")


def test_pooled_waves_are_estimated_from_their_own_designs() -> None:
    data = pool([survey(DESIGNS["clusters"], "1"), survey(DESIGNS["strata"], "2", 300)])
    assert aggregate(data.sample, np.zeros(1000, int), 1) is not None
    alike(data, ["vote", "agree"], by=["wave", "sex"])
    alike(data, ["vote"])


def test_plain_designs_are_summed_and_others_are_not() -> None:
    for name, design in DESIGNS.items():
        assert (aggregate(survey(design).sample, np.zeros(700, int), 1) is None) == (name == "lonely")


def test_calibrated_weights_are_estimated_row_by_row() -> None:
    frame = survey(DESIGNS["clusters"]).frame.query("sex > 0 and agree >= 0")
    data = from_frame(frame, DESIGNS["clusters"], codes=CODES)
    raked = rake(data, Targets.from_shares({"sex": {1: 0.4, 2: 0.6}}))[0]
    assert aggregate(raked.sample, np.zeros(len(frame), int), 1) is None
    alike(raked, ["vote", "agree"], by="sex")


def test_a_sample_without_inference_gets_shares_alone() -> None:
    frame = survey(DESIGNS["elements"]).frame
    data = from_frame(frame, Design(), codes=CODES, meta=Meta("open", "1", sample_type="nonprobability"))
    alike(data, ["vote", "agree"], by="sex")


@pytest.mark.parametrize(
    ("variables", "options", "message"),
    [
        ("vote", {}, "give a list of one or more names"),
        ([], {}, "give a list of one or more names"),
        (["vots"], {}, "no variable 'vots': type one of vote"),
        (["vote", "weight"], {}, "'weight' has no codes"),
        (["vote"], {"code": 7}, "'vote' has no code 7"),
        (["vote"], {"where": {"vote": -1}}, "nobody in the domain has a valid answer to 'vote'"),
    ],
)
def test_what_one_alone_refuses_many_refuse(variables: Any, options: dict[str, Any], message: str) -> None:
    with pytest.raises(EstimationError, match=message):
        proportions(survey(DESIGNS["clusters"]), variables, **options)
