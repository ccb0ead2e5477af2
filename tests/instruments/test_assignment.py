"""Chance decides alike for one ballot, evenly over ballots, and one decision tells nothing about another."""

from collections import Counter
from collections.abc import Callable, Iterable

import pytest

from instruments import Questionnaire, load_library

BALLOTS = [f"ballot-{number}" for number in range(4000)]
# Upper 0.1 % points of chi-square by degrees of freedom (any table of it).
CHI_SQUARE_999 = {1: 10.83, 3: 16.27, 4: 18.47, 5: 20.52, 7: 24.32, 23: 49.73}


@pytest.fixture(scope="module")
def core() -> Questionnaire:
    return load_library("kz_thb_core")


def chi_square(counts: Iterable[int], cells: int) -> float:
    """Pearson's statistic against equal shares."""
    counts = list(counts)
    expected = sum(counts) / cells
    absent = cells - len(counts)
    return sum((count - expected) ** 2 / expected for count in counts) + absent * expected


def test_a_ballot_always_draws_the_same(core: Questionnaire) -> None:
    assert core.draw("b").variables() == core.draw("b").variables()
    assert core.draw("b").order("VB") == core.draw("b").order("VB")


def test_the_four_cells_of_the_vignette_come_equally_often(core: Questionnaire) -> None:
    counts = Counter(core.draw(ballot).cell("VGN") for ballot in BALLOTS)
    assert chi_square(counts.values(), 4) < CHI_SQUARE_999[3]


def test_both_list_groups_and_both_directions_come_equally_often(core: Questionnaire) -> None:
    groups = Counter(core.draw(ballot).group("LE") for ballot in BALLOTS)
    directions = Counter(core.draw(ballot).reversed("agree5") for ballot in BALLOTS)
    assert chi_square(groups.values(), 2) < CHI_SQUARE_999[1]
    assert chi_square(directions.values(), 2) < CHI_SQUARE_999[1]


def test_decisions_are_independent_of_each_other(core: Questionnaire) -> None:
    """Pearson's test of the joint table: 4 cells x 2 groups x 2 directions are 16 equal cells."""
    joint = Counter(
        (draw.cell("VGN"), draw.group("LE"), draw.reversed("agree5")) for draw in map(core.draw, BALLOTS)
    )
    assert chi_square(joint.values(), 16) < 37.70  # 15 degrees of freedom, 0.1 %


def test_every_order_of_three_rows_comes_equally_often(tiny: Callable[[str], Questionnaire]) -> None:
    questionnaire = tiny("several")
    counts = Counter(questionnaire.draw(ballot).order("MEDIA") for ballot in BALLOTS)
    assert set(counts) == {order for order in counts if order[-1] == "9"}
    assert chi_square(counts.values(), 6) < CHI_SQUARE_999[5]


def test_each_row_comes_equally_often_at_each_loose_place(core: Questionnaire) -> None:
    for row in ("KN1a", "KN1f"):
        counts = Counter(core.draw(ballot).variables()[f"{row}_POS"] for ballot in BALLOTS[:2000])
        assert chi_square(counts.values(), 6) < CHI_SQUARE_999[5]


def test_the_attention_row_stands_at_places_three_to_seven_equally_often(core: Questionnaire) -> None:
    counts = Counter(core.draw(ballot).order("VB").index("ATT1") + 1 for ballot in BALLOTS)
    assert set(counts) == {3, 4, 5, 6, 7}
    assert chi_square(counts.values(), 5) < CHI_SQUARE_999[4]


def test_pinned_rows_and_options_stay_last(core: Questionnaire) -> None:
    for ballot in BALLOTS[:300]:
        draw = core.draw(ballot)
        assert draw.order("WR1")[-1] == "WR1f"
        assert draw.order("WR5")[-2:] == ("6", "7")
        assert sorted(draw.order("BR1")) == sorted(str(code) for code in range(1, 11))


def test_one_direction_holds_for_all_reversible_scales_of_a_respondent(core: Questionnaire) -> None:
    for ballot in BALLOTS[:100]:
        draw = core.draw(ballot)
        assert draw.reversed("agree5") == draw.reversed("likely5") == draw.reversed("trust4")
        assert draw.variables()["scale_direction"] == (2 if draw.reversed("agree5") else 1)
        assert not draw.reversed("yesno")


def test_the_order_of_list_experiment_items_is_not_kept(core: Questionnaire) -> None:
    kept = core.draw("b").variables()
    assert "LE_GRP" in kept
    assert not [name for name in kept if name.startswith(("LE_POS", "L1", "L2", "sensitive"))]
