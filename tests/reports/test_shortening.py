"""Words shortened: whole, within their room, and never without a sign."""

from hypothesis import given
from hypothesis import strategies as st

from reports.shortening import ELLIPSIS, shared, shortened

WORDS = st.text("abcdeé ", max_size=200)


@given(text=WORDS, most=st.integers(2, 120))
def test_a_text_fits_its_room_and_says_when_words_are_missing(text: str, most: int) -> None:
    plain = " ".join(text.split())
    short = shortened(text, most)
    assert len(short) <= most
    assert short == plain or short.endswith(ELLIPSIS)
    assert plain.startswith(short.removesuffix(ELLIPSIS))


def test_a_text_ends_with_a_whole_word() -> None:
    assert shortened("the share of people who agree", 20) == "the share of people…"
    assert shortened("the share of people who agree", 21) == "the share of people…"
    assert shortened("the share, of people", 12) == "the share…"


def test_a_space_inside_a_number_stays() -> None:
    assert shortened("  1\u00a0204  answers\n", 40) == "1\u00a0204 answers"


def test_one_long_word_is_cut_inside() -> None:
    assert shortened("a" + "b" * 60, 20) == "a" + "b" * 18 + ELLIPSIS


@given(lengths=st.lists(st.integers(0, 500), min_size=1, max_size=8))
def test_short_texts_leave_their_room_to_long_ones(lengths: list[int]) -> None:
    rooms = shared(lengths, 660, 10)
    used = [min(length, room) for length, room in zip(lengths, rooms, strict=True)]
    assert sum(used) <= 660 + 10 * len(lengths)
    if sum(lengths) <= 660:
        assert used == lengths
    cut = [room for length, room in zip(lengths, rooms, strict=True) if room < length]
    assert not cut or min(cut) >= 660 // len(lengths)
