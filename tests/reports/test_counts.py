"""Counts in print: of a part of fewer than ten nobody learns more than that it is of one to nine."""

import re
from itertools import product

import numpy as np
import pytest

from reports import LANGUAGES
from reports.counts import FEWEST, counted, parts_counted
from reports.i18n import words

EN = words("en")
FEW = "fewer than 10"
LOW = "fewer than 20"
"""Where a part of ten or a little more would tell of those beside it."""


def worlds(said: dict[str, str], total: int, given: dict[str, int]) -> list[dict[str, int]]:
    """Every set of counts that is printed so, by whoever knows some of them: the attacker tries them all."""
    open_ = [name for name, text in said.items() if not text.replace(",", "").isdigit() and name not in given]
    exact = {
        name: int(text.replace(",", "")) for name, text in said.items() if text.replace(",", "").isdigit()
    }
    left = total - sum((exact | given).values())
    ends = {FEW: FEWEST, LOW: 2 * FEWEST}
    small = [name for name in open_ if said[name] in ends]
    large = [name for name in open_ if name not in small]
    found = []
    for sizes in product(*(range(1, ends[said[name]]) for name in small)):
        rest = left - sum(sizes)
        near = int(re.sub(r"\D", "", said[large[0]])) if len(large) == 2 else rest
        # What is printed as roughly a number is within twenty of it: no other world is printed so.
        for first in range(max(1, near - 20), min(rest, near + 21)) if len(large) == 2 else (rest,):
            counts = dict(zip(large, (first, rest - first), strict=False))
            world = {**exact, **given, **dict(zip(small, sizes, strict=True)), **counts}
            ordered = {name: world[name] for name in said}
            if sum(ordered.values()) == total and min(ordered.values()) > 0:
                found.append(ordered)
    return [world for world in found if parts_counted(world, EN) == said]


@pytest.mark.parametrize("knows_the_largest", [False, True])
@pytest.mark.parametrize("seed", range(40))
def test_a_small_part_may_be_of_one_to_nine_whatever_else_is_printed(
    seed: int, knows_the_largest: bool
) -> None:
    """The public rows may tell the largest language from all others together, so some know it exactly."""
    chance = np.random.default_rng(seed)
    parts = {"kk": int(chance.integers(60, 900)), "ru": int(chance.integers(10, 50))}
    parts |= {name: int(chance.integers(1, 10)) for name in ("uz", "en")[: 1 + seed % 2]}
    said = parts_counted(parts, EN)
    small = [name for name, count in parts.items() if count < FEWEST]
    assert {said[name] for name in small} <= {FEW, LOW}
    possible = worlds(said, sum(parts.values()), {"kk": parts["kk"]} if knows_the_largest else {})
    assert parts in possible
    for name in small:
        seen = {world[name] for world in possible}
        assert seen == set(range(1, 10)) if said[name] == FEW else {2, 3} < seen and max(seen) >= 10


def test_the_attack_reads_a_part_where_only_the_largest_is_rough() -> None:
    parts = {"kk": 235, "ru": 153, "uz": 17, "en": 8}
    others = 413 - parts["kk"]
    assert others - 153 - 17 == parts["en"]
    assert parts_counted(parts, EN) == {"kk": "about 240", "ru": "about 160", "uz": "17", "en": FEW}


def test_parts_of_ten_and_more_are_exact() -> None:
    assert parts_counted({"kk": 239, "ru": 10}, EN) == {"kk": "239", "ru": "10"}
    assert parts_counted({}, EN) == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_count_alone_is_exact_from_ten_on_and_where_it_is_none(language: str) -> None:
    spoken = words(language)
    assert [counted(count, spoken) for count in (0, 10, 11)] == ["0", "10", "11"]
    assert {counted(count, spoken) for count in range(1, 10)} == {spoken.say("fewer than {n}", n="10")}
