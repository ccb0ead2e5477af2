"""What a rounded figure gives away: nothing that the next four respondents would change."""

from hypothesis import given
from hypothesis import strategies as st

from survey.monitor.rules import SMALLEST_BASE, STEP, at_least, minutes, percent

counts = st.integers(0, 100_000)


@given(counts)
def test_a_count_is_rounded_down_to_five(count: int) -> None:
    assert at_least(count) % STEP == 0
    assert 0 <= count - at_least(count) < STEP


@given(counts, counts, st.integers(0, STEP - 1), st.integers(0, STEP - 1))
def test_a_share_says_no_more_than_the_rounded_counts(part: int, rest: int, more: int, others: int) -> None:
    part, base = at_least(part), at_least(part) + at_least(rest)
    assert percent(part, base) == percent(part + more, base + max(more, others))


@given(counts, counts)
def test_a_share_lies_between_0_and_100(part: int, rest: int) -> None:
    found = percent(part, part + rest)
    assert found is None or 0 <= found <= 100


def test_a_small_base_has_no_share_and_no_median() -> None:
    assert percent(10, SMALLEST_BASE - 1) is None
    assert percent(10, SMALLEST_BASE) == 33
    assert minutes([300] * (SMALLEST_BASE - 1)) is None
    assert minutes([300] * SMALLEST_BASE) == 5


def test_a_median_is_never_nothing() -> None:
    assert minutes([4] * SMALLEST_BASE) == 1
