"""Figures remember the cell they come from, through scaling, formatting, sentences and copies."""

import math
import pickle

import pytest

from reports import LANGUAGES
from reports.i18n import Words, words
from reports.trace import Count, Marks, Source, Value, derived, numbers, unmarked

HERE = Source("VB1.4@2025", "estimate")


def tracing(language: str) -> tuple[Words, Marks]:
    marks = Marks()
    return Words(language, words(language).translations, marks), marks


def test_a_scaled_value_remembers_its_cell_and_a_sum_does_not() -> None:
    value = Value(0.25, HERE)
    for kept in (100 * value, value * 100, value / 2, abs(value)):
        assert isinstance(kept, Value)
        assert kept.source == HERE
    assert not isinstance(value + 1, Value)
    assert not isinstance(1 - value, Value)
    assert derived(3.0, value).source == HERE  # type: ignore[attr-defined]
    assert not isinstance(derived(3.0, 0.25), Value)


def test_a_value_is_the_float_it_was() -> None:
    assert Value(0.25, HERE) == 0.25
    assert math.isnan(Value(math.nan, HERE))
    assert Count(7, HERE) + 1 == 8


@pytest.mark.parametrize("value", [Value(0.25, HERE), Count(25, HERE)])
def test_a_value_survives_the_way_to_another_process(value: Value | Count) -> None:
    copied = pickle.loads(pickle.dumps(value))  # noqa: S301  made here
    assert copied == value
    assert copied.source == HERE


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("value", [0.0001, 0.25, -0.25, -12.3456])
def test_every_way_to_print_a_number_leaves_it_unchanged_and_says_where_it_comes_from(
    language: str, value: float
) -> None:
    bare, (spoken, marks) = words(language), tracing(language)
    for print_it in ("number", "percent", "whole", "signed", "points", "width"):
        for decimals in (0, 1, 2):
            expected = getattr(bare, print_it)(value, decimals)
            marked = getattr(spoken, print_it)(Value(value, HERE), decimals)
            assert unmarked(marked) == expected
            (text, *_), letters = numbers(marked)
            assert text in expected
            assert marks.sources(letters)[0] == HERE


def test_a_sign_and_the_less_than_belong_to_the_number() -> None:
    spoken, _ = tracing("en")
    assert numbers(spoken.signed(Value(4.0, HERE)))[0] == ("+4",)
    assert numbers(spoken.signed(Value(-4.0, HERE)))[0] == ("\u22124",)
    assert numbers(spoken.whole(Value(0.0001, HERE), 1))[0] == ("<0.1",)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("from 46% in 2024 to 1,204.5", ("46", "2024", "1,204.5")),
        ("1\u00a0204,5 \u2013 30\u201336%", ("1\u00a0204,5", "30", "36")),
        ("in 2023, 2024 and VB1, WR1a, e3b0", ("2023", "2024")),
    ],
)
def test_numbers_are_found_as_every_language_prints_them(text: str, found: tuple[str, ...]) -> None:
    assert numbers(text)[0] == found


def test_numbers_without_a_source_have_none() -> None:
    spoken, marks = tracing("ru")
    text = f"с 2024: {spoken.points(Value(-0.04, HERE))} (95%)"
    found, letters = numbers(text)
    assert found == ("2024", "\u22124", "95")
    assert marks.sources(letters) == (None, HERE, None)
