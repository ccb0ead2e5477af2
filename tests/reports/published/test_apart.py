"""Sums of two partings that differ by a few people: every one is found, and no other."""

from itertools import chain, combinations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.published.apart import differences, parts_in_common

FEWEST = 4


def subsets(codes: list[int]) -> list[tuple[int, ...]]:
    return list(chain.from_iterable(combinations(codes, size) for size in range(1, len(codes))))


def nearest(first: np.ndarray, second: np.ndarray) -> dict[frozenset[int], int]:
    """By brute force: each proper sum of the first parting whose nearest proper sum of the second is near."""
    found = {}
    for one in subsets(sorted(set(first.tolist()))):
        apart = [
            int((np.isin(first, one) != np.isin(second, other)).sum())
            for other in subsets(sorted(set(second.tolist())))
        ]
        every = [*apart, int(np.isin(first, one).sum()), int((~np.isin(first, one)).sum())]
        if apart and 0 < min(every) < FEWEST and min(apart) == min(every):
            found[frozenset(one)] = min(apart)
    return found


PEOPLE = st.lists(st.tuples(st.integers(1, 4), st.integers(1, 4), st.integers(1, 6)), min_size=2, max_size=10)


@settings(max_examples=200, deadline=None)
@given(PEOPLE)
def test_every_near_sum_is_found_and_its_people_are_counted(cells: list[tuple[int, int, int]]) -> None:
    first = np.repeat([a for a, _, _ in cells], [n for _, _, n in cells])
    second = np.repeat([b for _, b, _ in cells], [n for _, _, n in cells])
    wanted = nearest(first, second)
    every = frozenset(first.tolist())
    found = {frozenset(each.one): each.people for each in differences(first, second, FEWEST)}
    for one, people in found.items():
        assert one in wanted or (every - one) in wanted
        assert people == wanted.get(one, wanted.get(every - one))
    strictly = {one for one, people in wanted.items() if one in found or every - one in found}
    missed = set(wanted) - strictly
    for one in missed:  # the nearest sum is as near as all or nobody: the sum itself is small
        assert min(int(np.isin(first, list(one)).sum()), int((~np.isin(first, list(one))).sum())) < FEWEST


def test_partings_that_share_no_sum_are_one_part_and_nested_ones_several() -> None:
    first = np.array([1, 1, 2, 2, 3, 3])
    assert parts_in_common(first, np.array([1, 2, 1, 2, 1, 2])) == 1
    assert parts_in_common(first, np.array([1, 1, 1, 1, 2, 2])) == 2
    assert parts_in_common(first, first) == 3
