"""Over any estimates: no sentence contradicts its figures, languages print the same, none claims a cause."""

import math
import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest
import yaml
from babel.messages.pofile import read_po
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from reports.i18n import LANGUAGES, catalogue_path, words
from reports.phrasing import (
    Pair,
    Subject,
    change_sentence,
    difference,
    interval_text,
    is_majority,
    level_sentence,
    level_text,
    step_sentence,
)
from reports.rows import FLAG, SUPPRESS, Change, Reading, Slope
from reports.slopes import slope_sentence
from reports.specimens import markdown
from reports.standing import AGAIN, Standing, Standings

SHARES = {
    "en": "the share of people who would call the police",
    "ru": "доля тех, кто позвонил бы в полицию",
    "kk": "полицияға қоңырау шалатындардың үлесі",
    "uz": "politsiyaga qoʻngʻiroq qiladiganlar ulushi",
}
MEANS = {
    "en": "the mean score of blame",
    "ru": "средний балл обвинения",
    "kk": "кінәлаудың орташа балы",
    "uz": "ayblashning oʻrtacha bali",
}
UP = {"en": r"\brose\b|\bup\b", "ru": r"вырос|рост", "kk": r"өсті|өсім|өсу", "uz": r"oshdi|oʻsish|oʻsdi"}
DOWN = {
    "en": r"\bfell\b|\bdown\b",
    "ru": r"снизил|снижение",
    "kk": r"төмен",
    "uz": r"kamay|pasay",
}
MAJORITY = {"en": "majority", "ru": "большинство", "kk": "көпшілі", "uz": "koʻpchili"}
OFTEN = {
    "en": "four times in five",
    "ru": "в четырёх случаях из пяти",
    "kk": "бес жағдайдың төртеуінде",
    "uz": "besh holatdan toʻrttasida",
}
SIZE = {"en": "A change of", "ru": "Изменение примерно в", "kk": "Шамамен", "uz": "Taxminan"}
YEARS = re.compile(r"95(% interval|%‑й интервал|% сенімділік аралығы|% ishonch oraligʻi)|\b(2022|2025)\b")
FIGURE = re.compile(r"[+−]?\d+(?:[.,]\d+)?")
CAUSES = yaml.safe_load(Path(__file__).with_name("causal_words.yaml").read_text("utf-8"))

half = st.floats(0.0002, 0.25)
share = st.floats(0.0, 1.0)
score = st.floats(1.0, 5.0)
language = st.sampled_from(LANGUAGES)
base = st.integers(1, 3000)


def about(statistic: str, spoken: str) -> Subject:
    return Subject((SHARES if statistic == "proportion" else MEANS)[spoken], statistic)


def figures(text: str) -> list[float]:
    """Every number of a sentence in print's order, but the years and the confidence level."""
    found = FIGURE.findall(YEARS.sub("", text))
    return [float(number.replace("−", "-").replace(",", ".")) for number in found]


def reading(wave: str, estimate: float, width: float, n: int = 1500) -> Reading:
    publish = SUPPRESS if n < 30 else FLAG if n < 100 else "show"
    return Reading(wave, estimate, estimate - width, estimate + width, n, publish=publish)


def judged(before: float, after: float, width: float, n: int = 1500) -> Pair:
    """A change with the verdict that its interval gives it."""
    moved = after - before
    low, high = moved - width, moved + width
    verdict = "rose" if low > 0 else "fell" if high < 0 else "no_clear_change"
    if n < 30:
        verdict = "too_few"
    change = Change("2022", "2025", moved, low, high, 2.8 / 1.96 * width, verdict)
    return Pair(
        reading("2022", before, width / math.sqrt(2)), reading("2025", after, width / math.sqrt(2), n), change
    )


@st.composite
def changes(draw: st.DrawFn) -> tuple[str, Pair]:
    statistic = draw(st.sampled_from(["proportion", "mean"]))
    value = share if statistic == "proportion" else score
    return statistic, judged(draw(value), draw(value), draw(half), draw(base))


def sentences(statistic: str, pair: Pair, spoken: str) -> Iterator[str]:
    yield change_sentence(about(statistic, spoken), pair, words(spoken))
    yield step_sentence(about(statistic, spoken), pair, words(spoken))


def nearest(value: float, decimals: int) -> Decimal:
    return Decimal(repr(value)).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


def decimals_of(text: str) -> int:
    found = [number for number in FIGURE.findall(YEARS.sub("", text)) if "," in number or "." in number]
    return max((len(re.split(r"[.,]", number)[1]) for number in found), default=0)


@given(changes(), language)
@settings(max_examples=400, deadline=None)
def test_direction_words_are_those_of_sign_and_interval(given_: tuple[str, Pair], spoken: str) -> None:
    statistic, pair = given_
    for text in sentences(statistic, pair, spoken):
        rises, falls = (re.search(each[spoken], text, re.IGNORECASE) for each in (UP, DOWN))
        assert bool(rises) == (pair.change.verdict == "rose"), text
        assert bool(falls) == (pair.change.verdict == "fell"), text
        if rises or falls:
            assert pair.change.low > 0 or pair.change.high < 0
            first, last, moved, low, high, *_ = figures(text)
            assert (first < last, moved > 0, low > 0) == (bool(rises),) * 3
            assert (first > last, moved < 0, high < 0) == (bool(falls),) * 3


@given(changes(), language)
@settings(max_examples=400, deadline=None)
def test_printed_figures_are_the_estimates_rounded_and_the_change_is_computed_before(
    given_: tuple[str, Pair], spoken: str
) -> None:
    statistic, pair = given_
    assume(pair.printable)
    scale = 100 if statistic == "proportion" else 1
    text = change_sentence(about(statistic, spoken), pair, words(spoken))
    decimals = decimals_of(text)
    wanted = (
        pair.before.estimate,
        pair.after.estimate,
        pair.change.estimate,
        pair.change.low,
        pair.change.high,
    )
    assert figures(text)[:5] == [float(nearest(scale * value, decimals)) for value in wanted], text


@given(changes(), language)
@settings(max_examples=300, deadline=None)
def test_zero_has_no_sign_and_minus_is_a_minus(given_: tuple[str, Pair], spoken: str) -> None:
    statistic, pair = given_
    for text in (
        *sentences(statistic, pair, spoken),
        difference(about(statistic, spoken), pair, words(spoken)),
    ):
        assert not re.search(r"[+−-]0+(?:[.,]0+)?(?![\d.,])", text), text
        assert not re.search(r"(?<![\w%])-\d", text), text
        assert not re.search(r"\bnan\b", text), text
        if spoken != "en":
            assert not re.search(r"\d\.\d", text), text


@given(changes())
@settings(max_examples=300, deadline=None)
def test_all_languages_print_the_same_figures(given_: tuple[str, Pair]) -> None:
    statistic, pair = given_
    for each in zip(*(sentences(statistic, pair, spoken) for spoken in LANGUAGES), strict=True):
        assert len({tuple(figures(text)) for text in each}) == 1, each


@given(changes(), language)
@settings(max_examples=300, deadline=None)
def test_what_is_no_clear_change_says_the_change_that_would_have_been_seen_and_how_often(
    given_: tuple[str, Pair], spoken: str
) -> None:
    """Of 80 % power: a smaller change may be called one too, so that no sentence may deny it."""
    statistic, pair = given_
    assume(pair.printable)
    scale = 100 if statistic == "proportion" else 1
    for text in sentences(statistic, pair, spoken):
        told = OFTEN[spoken] in text
        assert told == (pair.change.verdict == "no_clear_change"), text
        if told:
            (size,) = figures(text.partition(SIZE[spoken])[2])[:1]
            assert size >= scale * pair.change.mdc - 1e-9, text
            assert size >= scale * (pair.change.high - pair.change.low) / 2 - 1e-9, text


@given(st.floats(-0.2, 0.2), half, st.booleans(), language)
@settings(max_examples=200, deadline=None)
def test_a_line_without_direction_says_the_slope_that_would_have_been_seen(
    value: float, width: float, is_share: bool, spoken: str
) -> None:
    low, high = value - width, value + width
    verdict = "rose" if low > 0 else "fell" if high < 0 else "no_clear_change"
    found = Slope(5, "2022", "2025", value, low, high, verdict, curved=False, mdc=1.4 * width)
    text = slope_sentence(found, words(spoken), share=is_share)
    assert (OFTEN[spoken] in text) == (verdict == "no_clear_change"), text


@given(changes(), language, st.booleans())
@settings(max_examples=300, deadline=None)
def test_a_suppressed_figure_is_never_printed(given_: tuple[str, Pair], spoken: str, first: bool) -> None:
    statistic, pair = given_
    hidden = replace(pair.before if first else pair.after, publish=SUPPRESS)
    pair = replace(pair, before=hidden) if first else replace(pair, after=hidden)
    for text in sentences(statistic, pair, spoken):
        assert figures(text) == [], text
    told = level_sentence(about(statistic, spoken), hidden, words(spoken))
    assert figures(told.replace(f"{words(spoken).number(hidden.base)})", ")")) == []


@given(share, half, base, language)
@settings(max_examples=400, deadline=None)
def test_majority_is_said_exactly_when_the_whole_interval_is_above_one_half(
    value: float, width: float, n: int, spoken: str
) -> None:
    found = reading("2025", value, width, n)
    text = level_sentence(about("proportion", spoken), found, words(spoken))
    allowed = found.printable and found.low > 0.5
    assert (MAJORITY[spoken] in text.lower()) == allowed == is_majority(about("proportion", spoken), found)
    if allowed:
        assert figures(text)[1] > 50, "the printed interval shows it"
    bare = level_sentence(about("proportion", spoken), found, words(spoken), infers=False)
    assert MAJORITY[spoken] not in bare.lower()
    assert "±" not in bare


@given(st.one_of(share, score), half, language)
@settings(max_examples=200, deadline=None)
def test_an_interval_holds_its_estimate_in_print(value: float, width: float, spoken: str) -> None:
    for statistic in ("proportion", "mean"):
        found = reading("2025", min(value, 1.0) if statistic == "proportion" else value, width)
        text = level_sentence(about(statistic, spoken), found, words(spoken))
        (middle,) = figures(level_text(about(statistic, spoken), found, words(spoken)))
        low, high = min(figures(text)[:3]), max(figures(text)[:3])
        assert sorted(figures(text)[:3]) == [low, middle, high]
        if low >= 0:
            assert interval_text(about(statistic, spoken), found, words(spoken)).count("–") == 1


@given(st.floats(-0.2, 0.2), half, st.booleans(), st.booleans())
@settings(max_examples=300, deadline=None)
def test_a_slope_says_its_direction_and_the_same_figures_in_all_languages(
    value: float, width: float, is_share: bool, curved: bool
) -> None:
    low, high = value - width, value + width
    verdict = "rose" if low > 0 else "fell" if high < 0 else "no_clear_change"
    found = Slope(5, "2022", "2025", value, low, high, verdict, curved)
    said = {spoken: slope_sentence(found, words(spoken), share=is_share) for spoken in LANGUAGES}
    assert len({tuple(sorted(figures(text))) for text in said.values()}) == 1, said
    for spoken, text in said.items():
        assert not re.search(r"[+−-]0+(?:[.,]0+)?(?![\d.,])", text), text
        first = text.partition(
            words(spoken).say("The waves do not lie on one line, so the average hides ups and downs.")
        )[0]
        assert bool(re.search(UP[spoken], first, re.IGNORECASE)) == (verdict == "rose"), text
        assert bool(re.search(DOWN[spoken], first, re.IGNORECASE)) == (verdict == "fell"), text
    assert slope_sentence(replace(found, publish=SUPPRESS), words("en"), share=is_share) == ""


@given(changes(), language)
@settings(max_examples=100, deadline=None)
def test_a_comparison_not_declared_beforehand_says_so(given_: tuple[str, Pair], spoken: str) -> None:
    statistic, pair = given_
    plain = change_sentence(about(statistic, spoken), pair, words(spoken))
    stands, judged = Standings(words(spoken)), pair.judged
    declared, looked, again = (
        stands.after(plain, standing if judged else "")
        for standing in ("confirmatory", "exploratory", "exploratory")
    )
    if pair.printable:
        assert len({plain, declared, looked, again}) == 4
        assert declared == f"{plain} {words(spoken).say(Standing.CONFIRMATORY)}"
        assert looked == f"{plain} {words(spoken).say(Standing.EXPLORATORY)}"
        assert again == f"{plain} {words(spoken).say(AGAIN[Standing.EXPLORATORY])}"
    else:
        assert plain == declared == looked == again


def causal(text: str, spoken: str) -> bool:
    return bool(re.search("|".join(CAUSES[spoken]), text, re.IGNORECASE))


def unread(message_id: object) -> bool:
    first = message_id[0] if isinstance(message_id, tuple | list) else message_id
    return not str(first).startswith(tuple(CAUSES["read"]))


@pytest.mark.parametrize("spoken", LANGUAGES)
def test_no_message_claims_a_cause(spoken: str) -> None:
    """The source language is that of the message ids, which every catalogue holds."""
    with catalogue_path("ru" if spoken == "en" else spoken).open("rb") as file:
        found = [message for message in read_po(file) if message.id and unread(message.id)]
    assert len(found) > 200
    for message in found:
        texts = message.id if spoken == "en" else message.string
        for text in texts if isinstance(texts, tuple | list) else (texts,):
            assert not causal(str(text), spoken), text


def test_the_list_of_causal_words_finds_them() -> None:
    claims = {
        "en": "Trust fell because of the scandal",
        "ru": "Доверие снизилось из-за скандала",
        "kk": "Жанжал салдарынан сенім төмендеді",
        "uz": "Janjal tufayli ishonch kamaydi",
    }
    assert all(causal(text, spoken) for spoken, text in claims.items())


def test_every_message_that_may_use_a_causal_word_still_stands() -> None:
    with catalogue_path("ru").open("rb") as file:
        ids = [str(m.id[0] if isinstance(m.id, tuple | list) else m.id) for m in read_po(file) if m.id]
    assert all(any(each.startswith(start) for each in ids) for start in CAUSES["read"])


def test_the_page_for_native_readers_shows_the_sentences_as_they_are(repository: Path) -> None:
    written = (repository / "docs" / "guide" / "sentences.md").read_text("utf-8")
    assert written == markdown(), "type: python -m reports.specimens > docs/guide/sentences.md"
