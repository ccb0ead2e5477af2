"""What a specification chooses to be judged together, compared by what it comes to."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from instruments import Codebook, load_library
from reports import choices, read_spec, together, within
from reports.spec import ReportSpec


@pytest.fixture(scope="module")
def core() -> Codebook:
    return load_library("kz_thb_core").codebook()


@pytest.fixture
def spec(tmp_path: Path) -> Any:
    def write(**data: Any) -> ReportSpec:
        path = tmp_path / "report.yaml"
        path.write_text(yaml.safe_dump({"format": 1, **data}), "utf-8")
        return read_spec(path)

    return write


def test_scores_of_the_index_page_share_a_family_so_their_choice_judges(spec: Any, core: Codebook) -> None:
    every, one = spec(indicators=["VB_ANY"]), spec(indicators=["VB_ANY"], scales=["WR_INDEX"])
    assert (
        together(every, core, "report")["scales"] != together(one, core, "report")["scales"] == ["WR_INDEX"]
    )
    assert choices(every) != choices(one)
    assert (
        together(every, core, "factsheet") == together(one, core, "factsheet") == {"indicators": ["VB_ANY"]}
    )


def test_naming_the_scores_that_stand_for_themselves_is_no_other_choice(spec: Any, core: Codebook) -> None:
    default = spec(indicators=["VB_ANY"])
    named = spec(indicators=["VB_ANY"], scales=together(default, core, "report")["scales"][::-1])
    assert together(named, core, "report") == together(default, core, "report")


def test_a_score_among_the_indicators_is_in_their_family_alone(spec: Any, core: Codebook) -> None:
    found = together(spec(indicators=["WR_INDEX"], scales=["WR_INDEX"]), core, "report")
    assert (found["indicators"], found["scales"]) == (["WR_INDEX"], [])


def test_scores_that_fewer_waves_lack_are_left_out_and_kept_as_the_file(
    spec: Any, core: Codebook, tmp_path: Path
) -> None:
    more = spec(indicators=["VB_ANY"], scales=["WR_INDEX", "OLD_INDEX"])
    assert within(more, core).scales == ("WR_INDEX",)
    kept = tmp_path / "kept.yaml"
    kept.write_bytes(choices(within(more, core)))
    assert read_spec(kept).scales == ("WR_INDEX",)
    assert together(read_spec(kept), core, "report") == together(more, core, "report")
