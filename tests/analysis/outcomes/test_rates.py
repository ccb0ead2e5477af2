from pathlib import Path
from typing import Any

import numpy as np
import pytest

from analysis import (
    DataError,
    Dispositions,
    EstimationError,
    Meta,
    dispositions_of,
    eligibility,
    outcome_rates,
    panel_rates,
)
from survey.store.contacts import APPOINTMENT, OUTCOMES

RECORD: dict[str, Any] = {
    "access": "invited",
    "invitations": 1140,
    "dispositions": {"breakoff": 8, "complete": 410, "partial": 8, "withdrawn": 5},
}


def rates(found: Any, **options: Any) -> dict[str, float]:
    return dict(outcome_rates(found, **options)[["rate", "estimate"]].itertuples(index=False))


def test_every_outcome_of_an_interviewer_has_a_category() -> None:
    for code in OUTCOMES:
        found = dispositions_of({code: 3})
        cases = found.eligible + found.unknown + found.NE
        assert cases == (0 if code == APPOINTMENT else 3), code


def test_codes_fall_where_the_standard_definitions_put_them() -> None:
    counts = {
        "1.1": 10,
        "1.2": 1,
        "2.111": 2,
        "2.112": 3,
        "2.23": 4,
        "2.32": 5,
        "3.17": 6,
        "3.21": 7,
        "4.5": 8,
    }
    found = dispositions_of(counts)
    assert found == Dispositions(I=10, P=1, R=5, NC=4, O=5, UH=6, UO=7, NE=8)


def test_e_is_the_share_eligible_among_the_known() -> None:
    found = Dispositions(I=60, R=20, NC=20, UO=50, NE=25)
    assert eligibility(found) == 0.8
    assert rates(found)["RR3"] == pytest.approx(60 / (100 + 0.8 * 50))
    assert rates(found, e=0)["RR3"] == rates(found)["RR5"]
    assert rates(found, e=1)["RR3"] == rates(found)["RR1"]


def test_a_releases_record_is_read_as_it_stands() -> None:
    found = dispositions_of(RECORD)
    assert (found.I, found.P, found.R, found.UO) == (410, 8, 13, 709)
    assert "709 of 1140" in found.notes[0]
    assert rates(RECORD)["RR1"] == pytest.approx(410 / 1140)
    paper = dispositions_of({**RECORD, "paper": {"printed": 100, "forms": 60}})
    assert paper.UO == 809


def test_where_interviewers_knocked_cases_are_those_counted() -> None:
    counts = {**RECORD["dispositions"], "2.24": 30, "4.6": 5}
    found = dispositions_of({**RECORD, "dispositions": counts})
    assert (found.NC, found.NE, found.unknown) == (30, 5, 0)


def test_a_sample_nobody_drew_has_a_participation_rate_and_no_response_rate() -> None:
    opt_in = Meta("made", "1", sample_type="nonprobability")
    found = outcome_rates(Dispositions(I=90, P=10, R=20, NC=380), meta=opt_in)
    assert found["rate"].tolist() == ["participation_rate", "completion_rate"]
    assert found["estimate"].tolist() == pytest.approx([0.2, 100 / 120])
    link = outcome_rates({"access": "open", "dispositions": {"complete": 40, "breakoff": 10}}, meta=opt_in)
    assert np.isnan(link["estimate"].iloc[0])
    assert "open link" in link["formula"].iloc[0]
    assert link["estimate"].iloc[1] == 0.8


def test_a_declared_model_makes_no_response_rate(tmp_path: Path) -> None:
    modelled = Meta("made", "1", sample_type="nonprobability", model="matched to the census")
    assert "RR1" not in rates(Dispositions(I=9, R=1), meta=modelled)


def test_rates_without_cases_are_empty_and_impossible_counts_refused() -> None:
    assert np.isnan(rates(Dispositions(UO=10), e=1)["COOP1"])
    cases: list[tuple[Any, type[Exception], str]] = [
        (lambda: dispositions_of({"2.999x": 1}), DataError, "is no disposition"),
        (lambda: dispositions_of({"complete": -1}), DataError, "whole number of 0 or more"),
        (lambda: dispositions_of({"complete": 5}, drawn=4), DataError, "5 dispositions of 4 cases"),
        (lambda: Dispositions(I=-3), DataError, "is no number of cases"),
        (lambda: outcome_rates(Dispositions(NE=4)), EstimationError, "no case that is"),
        (lambda: outcome_rates(Dispositions(I=4, UO=1), e=1.5), EstimationError, "type one from 0 to 1"),
        (lambda: eligibility(Dispositions(UO=3)), EstimationError, "type e="),
    ]
    for call, kind, said in cases:
        with pytest.raises(kind, match=said):
            call()


def test_a_panels_rate_is_the_product_of_its_stages() -> None:
    table = panel_rates({"recruitment": 0.1, "profile": 0.6, "retention": 0.9, "completion": 0.7})
    assert table["cumulative"].tolist() == pytest.approx([0.1, 0.06, 0.054, 0.0378])
    with pytest.raises(EstimationError, match="participation rate"):
        panel_rates({"completion": 0.7}, probability=False)
    with pytest.raises(EstimationError, match="from 0 to 1"):
        panel_rates({"profile": 60})
