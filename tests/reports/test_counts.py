"""Counts in print: of a part of fewer than ten nobody learns more than that it is of one to nine."""

from itertools import product

import numpy as np
import pytest

from reports import LANGUAGES
from reports.counts import FEWEST, counted, parts_counted
from reports.i18n import words

EN = words("en")
FEW = "fewer than 10"


def worlds(said: dict[str, str], total: int) -> list[dict[str, int]]:
    """Every set of counts that is printed so: the attacker tries them all."""
    open_ = [name for name, text in said.items() if not text.replace(",", "").isdigit()]
    exact = {name: int(text.replace(",", "")) for name, text in said.items() if name not in open_}
    left = total - sum(exact.values())
    small = [name for name in open_ if said[name] == FEW]
    found = []
    for sizes in product(range(1, FEWEST), repeat=len(small)):
        world = {**exact, **dict(zip(small, sizes, strict=True))}
        rest = [name for name in open_ if name not in small]
        if rest:
            world[rest[0]] = left - sum(sizes)
        ordered = {name: world[name] for name in said}
        if sum(ordered.values()) == total and min(ordered.values()) > 0:
            found.append(ordered)
    return [world for world in found if parts_counted(world, EN) == said]


@pytest.mark.parametrize("seed", range(40))
def test_a_small_part_may_be_of_one_to_nine_whatever_else_is_printed(seed: int) -> None:
    chance = np.random.default_rng(seed)
    parts = {"kk": int(chance.integers(60, 900)), "ru": int(chance.integers(10, 50))}
    parts |= {name: int(chance.integers(1, 10)) for name in ("uz", "en")[: 1 + seed % 2]}
    said = parts_counted(parts, EN)
    small = [name for name, count in parts.items() if count < FEWEST]
    assert {said[name] for name in small} == {FEW}
    possible = worlds(said, sum(parts.values()))
    assert parts in possible
    for name in small:
        assert {world[name] for world in possible} == set(range(1, 10))


def test_the_attack_reads_a_part_where_only_small_ones_are_hidden() -> None:
    parts = {"kk": 239, "ru": 150, "uz": 8}
    exact = 397 - 239 - 150
    assert exact == parts["uz"]
    assert parts_counted(parts, EN) == {"kk": "about 240", "ru": "150", "uz": FEW}


def test_parts_of_ten_and_more_are_exact() -> None:
    assert parts_counted({"kk": 239, "ru": 10}, EN) == {"kk": "239", "ru": "10"}
    assert parts_counted({}, EN) == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_count_alone_is_exact_from_ten_on_and_where_it_is_none(language: str) -> None:
    spoken = words(language)
    assert [counted(count, spoken) for count in (0, 10, 11)] == ["0", "10", "11"]
    assert {counted(count, spoken) for count in range(1, 10)} == {spoken.say("fewer than {n}", n="10")}
