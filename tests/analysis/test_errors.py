"""Messages that name settings: Python's words by themselves, another surface's where it spells them."""

import copy

import pytest

from analysis import EstimationError, Said, Setting, design_from_dict
from analysis.errors import DataError, setting


def test_a_setting_reads_as_python_by_itself() -> None:
    assert str(setting("lonely_psu", "adjust", "certainty")) == "lonely_psu='adjust' or 'certainty'"
    assert str(setting("margin", 0.5)) == "margin=0.5"
    assert str(setting("e")) == "e="
    assert str(setting("time", written="{wave: year}")) == "time={wave: year}"


def test_a_message_is_text_and_can_be_spelled_anew() -> None:
    said = Said("type ", setting("link", "logit"), ", not both")
    assert said == "type link='logit', not both"
    assert said.spelled(lambda one: f"--{one.name}") == "type --link, not both"
    (problem,) = EstimationError(said).problems
    assert problem.parts[1] == Setting("link", ("logit",))


def test_a_copy_of_a_message_keeps_its_settings() -> None:
    said = copy.deepcopy(Said("type ", setting("link", "logit")))
    assert said.spelled(lambda one: one.name) == "type link"


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ({"stratum": "s"}, "no key of a design 'stratum': type one of strata"),
        ({"cluster": 5}, "cluster=5: type a list of columns"),
        ({"fpc": [1]}, "fpc=\\[1\\]: type names of columns"),
        ({"weight": 1}, "weight=1: type the name of a column"),
        ({"calibration": 3}, "a calibration is an object of keys and values, found 3"),
        ({"calibration": {"margin": []}}, "no key of a calibration 'margin': type one of margins"),
        ({"replicate_design": {"kinds": "JK1"}, "base": {}}, "no key of a replicate design 'kinds'"),
        ({"replicate_design": {}}, "a replicate design needs its kind and base"),
        (["strata"], "a design is an object of keys and values"),
    ],
)
def test_a_design_that_is_none_is_refused_by_its_keys(raw: dict[str, object], words: str) -> None:
    with pytest.raises(DataError, match=words):
        design_from_dict(raw)
