"""Blocks: modules in a drawn order, pinned ones last; page numbers stay, the way through them is drawn."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from instruments import Level, Questionnaire, Role

CHI_SQUARE_999 = 10.83  # 1 degree of freedom
BALLOTS = [f"ballot-{number}" for number in range(2000)]


@pytest.fixture(scope="module")
def blocks(tiny: Callable[[str], Questionnaire]) -> Questionnaire:
    return tiny("blocks")


def visited(questionnaire: Questionnaire, ballot: str, answers: dict[str, Any]) -> list[int]:
    """Page numbers on the way from the start to the end."""
    draw, pages = questionnaire.draw(ballot), []
    number = questionnaire.next_page(0, answers, draw)
    while number is not None:
        pages.append(number)
        number = questionnaire.next_page(number, answers, draw)
    return pages


def test_both_orders_come_equally_often_and_nothing_else_moves(blocks: Questionnaire) -> None:
    everything = {"TOWN": 1, "RIVER": 1}
    ways = Counter(tuple(visited(blocks, ballot, everything)) for ballot in BALLOTS)
    assert set(ways) == {(1, 2, 3, 4, 5, 6, 7), (1, 4, 5, 2, 3, 6, 7)}
    expected = len(BALLOTS) / 2
    assert sum((count - expected) ** 2 / expected for count in ways.values()) < CHI_SQUARE_999


answers_to_blocks = st.fixed_dictionaries(
    {}, optional={name: st.sampled_from([1, 2, -5]) for name in ("FIRST", "TOWN", "RIVER", "RIVER_MORE")}
)


@settings(max_examples=60, deadline=None)
@given(answers=answers_to_blocks, ballot=st.text(min_size=1, max_size=8))
def test_the_way_back_is_the_way_there(blocks: Questionnaire, answers: dict[str, Any], ballot: str) -> None:
    way, draw = visited(blocks, ballot, answers), blocks.draw(ballot)
    back: list[int] = [way[-1]]
    while (before := blocks.previous_page(back[-1], answers, draw)) is not None:
        back.append(before)
    assert back == way[::-1]
    shown = [item.id for number in way for item in blocks.items_on(number, answers, draw)]
    assert tuple(shown) == blocks.route(answers, draw)
    assert len(set(way)) == len(way)


def test_the_place_of_each_loose_module_is_kept(blocks: Questionnaire) -> None:
    for ballot in BALLOTS[:40]:
        kept = blocks.draw(ballot).variables()
        way = visited(blocks, ballot, {})
        assert (kept["B_POS"], kept["C_POS"]) == ((1, 2) if way.index(2) < way.index(4) else (2, 1))
        assert "D_POS" not in kept
    column = blocks.codebook().variable("B_POS")
    assert (column.role, column.level, column.module) == (Role.PARADATA, Level.INTERVAL, "B")
    assert column.label == {"en": "Position shown: Towns"}


def test_what_is_encoded_does_not_hang_on_the_order(blocks: Questionnaire) -> None:
    stored = {"FIRST": 1, "TOWN": 1, "RIVER": 1, "BOTH": 2}
    orders: dict[tuple[int, ...], dict[str, float]] = {}
    for ballot in BALLOTS[:40]:
        values = blocks.encode(stored, blocks.draw(ballot), complete=False)
        answers = {name: value for name, value in values.items() if not name.endswith("_POS")}
        orders[tuple(visited(blocks, ballot, stored))] = answers
    first, second = orders.values()
    assert first == second


def test_an_instrument_without_blocks_visits_its_pages_as_numbered(
    tiny: Callable[[str], Questionnaire],
) -> None:
    routing = tiny("routing")
    assert routing.sequence(routing.draw("b")) == (1, 2, 3, 4)
