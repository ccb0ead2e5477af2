"""Everything that two days' snapshots count, judged together: nobody's answer can be derived from the sums.

The attacker knows how the wave is built, who was invited where, and everything published; he solves for the
lowest and the highest that any count can be.
"""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from survey.monitor.counts import SMALLEST_CELL, counts, fell
from survey.monitor.families import families, limits, rows_of, strata_of
from survey.monitor.margins import waiting, without
from survey.monitor.rules import STEP
from survey.monitor.tally import COMPLETE, Kind, Tally
from survey.store.models import Batch, Wave

WEEK = date(2027, 5, 10)
LANGUAGES = ("kk", "ru")
CELLS = (
    {"number": 1, "name": "women", "when": {"item": "Z_SEX", "eq": 1}, "target": 100},
    {"number": 2, "name": "men", "when": {"item": "Z_SEX", "eq": 2}, "target": 100},
    {"number": 3, "name": "young", "when": {"item": "Z_AGE", "lt": 30}, "target": 100},
)
SIZES = (1, 4, 12, 29, 30, 31, 36, 60)
"""Of batches: below, at and above what is shown."""
INFEASIBLE = 2
"""What the solver answers where no world is as published."""
PATTERNS = ("1", "2", "1,3", "2,3")
Published = dict[tuple[str, str], int]
Publish = Callable[[Wave, list[Batch], Tally], dict]


def a_wave() -> Wave:
    return Wave(
        id=1, access="invited", languages=list(LANGUAGES), quotas=[dict(c) for c in CELLS], design=None
    )


def settled(wave: Wave, batches: list[Batch], exact: Tally) -> dict:
    waits = waiting(exact, families(wave, batches, {}, exact), limits(batches, wave))
    return counts(without(exact, waits), wave, batches, {})


def leaky(wave: Wave, batches: list[Batch], exact: Tally) -> dict:
    """A monitor that rounds each count by itself."""
    return counts(exact, wave, batches, {})


def kinds(batches: list[Batch]) -> list[Kind]:
    return [
        Kind(COMPLETE, language, "web", WEEK, batch.id, None, False, cells)
        for batch, language, cells in product(batches, LANGUAGES, PATTERNS)
    ]


def groups(batches: list[Batch]) -> dict[tuple[str, str], Callable[[Kind], bool]]:
    """Every count that may be published, and who is in it."""
    found: dict[tuple[str, str], Callable[[Kind], bool]] = {("completes", ""): lambda kind: True}
    for language in LANGUAGES:
        found["languages", language] = lambda kind, word=language: kind.language == word
    for stratum in {batch.stratum for batch in batches if batch.stratum}:
        members = {batch.id for batch in batches if batch.stratum == stratum}
        found["strata", stratum] = lambda kind, ids=members: kind.batch in ids
    for row in rows_of(batches):
        found["batches", f"{row.stratum}/{row.name}"] = lambda kind, ids=row.members: kind.batch in ids
    for cell in CELLS:
        number = str(cell["number"])
        found["quotas", str(cell["name"])] = lambda kind, n=number: n in kind.cells.split(",")
    return found


def published(document: dict) -> Published:
    found = {("completes", ""): document["completes"]}
    found |= {("languages", row["language"]): row["complete"] for row in document["languages"]}
    found |= {("strata", row["stratum"]): row["complete"] for row in document["strata"]}
    found |= {("batches", f"{row['stratum']}/{row['batch']}"): row["complete"] for row in document["batches"]}
    found |= {("quotas", row["cell"]): row["at_least"] for row in document["quotas"]}
    return {key: n for key, n in found.items() if n is not None}


class Attacker:
    """Whole numbers of interviews of each kind on two days, as far as what is published leaves them open."""

    def __init__(self, batches: list[Batch], days: list[Published]) -> None:
        self.kinds, self.groups = kinds(batches), groups(batches)
        size = len(self.kinds)
        rows, low, high = [], [], []
        for day, shown in enumerate(days):
            for key, n in shown.items():
                rows.append(self.row(day, self.groups[key]))
                low.append(n)
                high.append(SMALLEST_CELL - 1 if key[0] == "quotas" and not n else n + STEP - 1)
            for batch in batches:
                rows.append(self.row(day, lambda kind, one=batch: kind.batch == one.id))
                low.append(0)
                high.append(batch.size)
        for place in range(size):
            grown = np.zeros(2 * size)
            grown[[place, size + place]] = (-1, 1)
            rows.append(grown)
            low.append(0)
            high.append(np.inf)
        self.known = LinearConstraint(np.array(rows), np.array(low), np.array(high))

    def row(self, day: int, within: Callable[[Kind], bool]) -> np.ndarray:
        found = np.zeros(2 * len(self.kinds))
        found[day * len(self.kinds) :][: len(self.kinds)] = [within(kind) for kind in self.kinds]
        return found

    def possible(self) -> bool:
        """Whether any world in which nobody waits is as published."""
        whole = np.ones(2 * len(self.kinds))
        found = milp(0 * whole, constraints=self.known, integrality=whole, bounds=Bounds(0, np.inf))
        assert found.status in (0, INFEASIBLE), found.message
        return found.status == 0

    def range(self, aim: np.ndarray) -> tuple[int, int]:
        found = [
            milp(sign * aim, constraints=self.known, integrality=np.ones(len(aim)), bounds=Bounds(0, np.inf))
            for sign in (1, -1)
        ]
        assert all(each.status == 0 for each in found), [each.message for each in found]
        return round(found[0].fun), round(-found[1].fun)


def derived(batches: list[Batch], days: list[Published]) -> Iterator[str]:
    """What the attacker finds out."""
    attacker = Attacker(batches, days)
    for key in days[0].keys() & days[1].keys():
        first, then = (attacker.row(day, attacker.groups[key]) for day in (0, 1))
        for name, aim in (("day 1", first), ("day 2", then), ("between", then - first)):
            low, high = attacker.range(aim)
            if low == high:
                yield f"{key} {name} is {low}"
    for batch in batches:
        low, _ = attacker.range(attacker.row(1, lambda kind, one=batch: kind.batch == one.id))
        if low == batch.size:
            yield f"everybody of batch {batch.name} has answered"
        for cell in CELLS:
            inside = attacker.groups["quotas", str(cell["name"])]
            for answer in (True, False):
                _, high = attacker.range(
                    attacker.row(
                        1, lambda kind, one=batch, c=inside, a=answer: kind.batch == one.id and c(kind) is a
                    )
                )
                if high == 0:
                    yield f"of batch {batch.name} {'nobody' if answer else 'everybody'} is in {cell['name']}"


@st.composite
def worlds(draw: st.DrawFn) -> tuple[list[Batch], Tally, Tally]:
    """A design, and who had answered on one day and on the next."""
    sizes = draw(st.lists(st.sampled_from(SIZES), min_size=1, max_size=4))
    strata = draw(st.booleans())
    batches = [
        Batch(id=n, wave=1, name=f"b{n}", size=size, stratum=draw(st.sampled_from("xy")) if strata else None)
        for n, size in enumerate(sizes, start=1)
    ]
    first, then = Counter[Kind](), Counter[Kind]()
    for batch in batches:
        left = batch.size
        mine = [kind for kind in kinds(batches) if kind.batch == batch.id]
        for kind in draw(st.permutations(mine)):
            n = draw(st.integers(0, left)) if draw(st.booleans()) else min(left, draw(st.integers(0, 5)))
            left -= n
            then[kind] = n
            first[kind] = draw(st.sampled_from((0, n // 2, max(0, n - 1), n)))
    return batches, Tally({k: n for k, n in first.items() if n}), Tally({k: n for k, n in then.items() if n})


def two_days(publish: Publish, batches: list[Batch], first: Tally, then: Tally) -> list[Published]:
    wave = a_wave()
    one, two = (publish(wave, batches, tally) for tally in (first, then))
    exact = counts(then, wave, batches, {})
    return [published(one), published(one if publish is settled and fell(one, two, exact) else two)]


def random_world(chance: random.Random) -> tuple[list[Batch], Tally, Tally]:
    """The same by chance alone: more worlds in less time."""
    sizes = [chance.choice(SIZES) for _ in range(chance.randint(1, 4))]
    strata = chance.random() < 0.5
    batches = [
        Batch(id=n, wave=1, name=f"b{n}", size=size, stratum=chance.choice("xy") if strata else None)
        for n, size in enumerate(sizes, 1)
    ]
    first, then = Counter[Kind](), Counter[Kind]()
    for batch in batches:
        left, mine = batch.size, [kind for kind in kinds(batches) if kind.batch == batch.id]
        chance.shuffle(mine)
        for kind in mine:
            n = chance.randint(0, left) if chance.random() < 0.5 else min(left, chance.randint(0, 5))
            left -= n
            then[kind] = n
            first[kind] = chance.choice((0, n // 2, max(0, n - 1), n))
    return batches, Tally({k: n for k, n in first.items() if n}), Tally({k: n for k, n in then.items() if n})


CONTRADICTED = (132, 268, 276, 3191, 3586, 5769)
"""Worlds whose second day showed that somebody waited: a language that vanished, a rest that fell."""
MORE = 150


def test_what_two_days_show_could_be_so_without_anybody_waiting() -> None:
    """Else whoever looks knows that somebody waits, and begins to ask who."""
    chance = random.Random()
    seeds = [*CONTRADICTED, *(chance.randrange(10**9) for _ in range(MORE))]
    found = []
    for seed in seeds:
        batches, first, then = random_world(random.Random(seed))
        if not Attacker(batches, two_days(settled, batches, first, then)).possible():
            found.append(seed)
    assert found == []


def test_a_second_day_that_takes_away_what_waits_is_found_out() -> None:
    wave = a_wave()
    for seed in CONTRADICTED:
        batches, first, then = random_world(random.Random(seed))
        days = [published(settled(wave, batches, tally)) for tally in (first, then)]
        assert not Attacker(batches, days).possible(), "without the rule that no count falls"


@settings(max_examples=20)
@given(worlds())
def test_nobodys_answer_follows_from_all_counts_of_two_days(world: tuple[list[Batch], Tally, Tally]) -> None:
    batches, first, then = world
    assert list(derived(batches, two_days(settled, batches, first, then))) == []


@settings(max_examples=150)
@given(worlds())
def test_a_shown_count_is_a_floor_and_is_shown_again_of_a_world_that_it_fits(
    world: tuple[list[Batch], Tally, Tally],
) -> None:
    """What is shown is shown of every world within its steps, so that waiting betrays nothing."""
    batches, _, then = world
    wave = a_wave()
    document = settled(wave, batches, then)
    shown, exact = published(document), published(counts(then, wave, batches, {}))
    assert all(n <= exact[key] for key, n in shown.items())
    waits = waiting(then, families(wave, batches, {}, then), limits(batches, wave))
    left = without(then, waits)
    assert waiting(left, families(wave, batches, {}, left), limits(batches, wave)) == Counter()


def five_fours() -> tuple[list[Batch], Tally]:
    batches = [Batch(id=n, wave=1, name=f"b{n}", size=60, stratum=None) for n in range(1, 6)]
    found = Counter[Kind]()
    for place, kind in enumerate(each for each in kinds(batches) if each.language == "ru"):
        found[kind] = (9, 9, 8, 8)[place % 4]
    return batches, Tally(dict(found))


def test_five_parts_that_end_in_four_are_found_out_when_each_count_is_rounded_by_itself() -> None:
    batches, tally = five_fours()
    assert any("b1" in words for words in derived(batches, two_days(leaky, batches, tally, tally)))
    assert list(derived(batches, two_days(settled, batches, tally, tally))) == []


@pytest.mark.parametrize("sizes", [(30,), (5,), (1, 4), (40, 1), (30, 30), (36, 4)])
def test_a_batch_of_which_everybody_answered_is_not_named(sizes: tuple[int, ...]) -> None:
    batches = [
        Batch(id=n, wave=1, name=f"b{n}", size=size, stratum="x") for n, size in enumerate(sizes, start=1)
    ]
    everybody = Counter[Kind]()
    for batch in batches:
        mine = [kind for kind in kinds(batches) if kind.batch == batch.id]
        everybody[mine[0]] += batch.size
    tally = Tally(dict(everybody))
    assert [
        w for w in derived(batches, two_days(settled, batches, tally, tally)) if "everybody of" in w
    ] == []
    document = settled(a_wave(), batches, tally)
    assert document["completes"] < sum(sizes)
    assert {row["batch"] for row in document["batches"]} == {b.name for b in batches if b.size >= 30}


def test_small_batches_are_shown_together_and_a_stratum_of_few_not_at_all() -> None:
    sizes = {"x": (12, 12, 12), "y": (20,)}
    batches = [
        Batch(id=10 * place + n, wave=1, name=f"{name}{n}", size=size, stratum=name)
        for place, (name, of) in enumerate(sizes.items())
        for n, size in enumerate(of)
    ]
    assert [(row.name, row.stratum, row.invited, row.merged) for row in rows_of(batches)] == [
        ("3 smaller batches", "x", 36, 3)
    ]
    assert strata_of(batches) == {"x": 36}
