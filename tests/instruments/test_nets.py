"""Nets: codes reported together, from scale, battery or item into the codebook and back from its JSON."""

import json
from collections.abc import Callable

import pytest

from instruments import Codebook, Net, Questionnaire

SCALE = {"agree", "disagree"}


@pytest.fixture
def codebook(tiny: Callable[[str], Questionnaire]) -> Codebook:
    return tiny("nets").codebook()


def test_an_item_has_the_nets_of_its_scale_and_its_own(codebook: Codebook) -> None:
    assert codebook.variable("WARM").nets["agree"] == Net({"en": "Agree or fully agree"}, (4, 5))
    assert set(codebook.variable("WARM").nets) == SCALE | {"extreme"}
    assert set(codebook.variable("TOWN").nets) == {"urban"}


def test_every_row_of_a_battery_has_its_nets_and_a_column_on_the_scale_too(codebook: Codebook) -> None:
    assert set(codebook.variable("OP_A").nets) == set(codebook.variable("OP_B").nets) == SCALE | {"clear"}
    assert set(codebook.variable("WARM5").nets) == SCALE


def test_a_codebook_written_before_there_were_nets_still_reads(codebook: Codebook) -> None:
    raw = json.loads(codebook.to_json())
    for variable in raw["variables"]:
        variable.pop("nets", None)
    old = Codebook.from_json(json.dumps(raw))
    assert all(variable.nets == {} for variable in old.variables)
    assert '"nets":' not in old.to_json()


def test_nets_survive_the_json(codebook: Codebook) -> None:
    assert Codebook.from_json(codebook.to_json()) == codebook
