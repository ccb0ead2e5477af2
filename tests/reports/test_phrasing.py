"""One estimate or one change is one sentence, in four languages, and never says more than its numbers."""

import math
import re
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.i18n import LANGUAGES, words
from reports.phrasing import (
    Pair,
    Subject,
    change_sentence,
    closed_clause,
    interval_text,
    level_sentence,
    majority_sentence,
    step_sentence,
    unprintable,
    verdict_word,
)
from reports.rows import VERDICTS, Change, Reading

FINDINGS = {
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
CAUSAL = {
    "en": r"because|due to|caus|led to|effect|impact|thanks to|result of",
    "ru": r"потому что|так как|из-за|благодаря|привел|вызва|влия|вследствие",
    "kk": r"өйткені|салдарынан|арқасында|әсер|себеп болды",
    "uz": r"chunki|tufayli|sababli|taʼsir|natijasida",
}


def reading(
    wave: str, estimate: float, half: float = 0.03, base: int = 1500, publish: str = "show"
) -> Reading:
    return Reading(wave, estimate, estimate - half, estimate + half, base, publish=publish)


def pair(before: float, after: float, verdict: str, half: float = 0.03, mdc: float = 0.045) -> Pair:
    change = Change(
        "2022", "2025", after - before, after - before - half, after - before + half, mdc, verdict
    )
    return Pair(reading("2022", before), reading("2025", after), change)


EXPECTED = yaml.safe_load(Path(__file__).with_name("expected_sentences.yaml").read_text("utf-8"))
MOVES = {"rose": (0.46, 0.58), "fell": (0.46, 0.33)}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("verdict", VERDICTS)
def test_each_verdict_has_its_sentence(verdict: str, language: str) -> None:
    found = pair(*MOVES.get(verdict, (0.46, 0.48)), verdict)
    if verdict == "too_few":
        found = replace(
            found, after=replace(found.after, base=12, publish="suppress", reason="base_under_30")
        )
    said = change_sentence(Subject(FINDINGS[language], "proportion"), found, words(language))
    assert said.replace("\u00a0", " ") == EXPECTED[verdict][language]


def test_the_reason_of_a_break_is_said() -> None:
    found = pair(0.46, 0.48, "not_comparable")
    said = change_sentence(
        Subject(FINDINGS["en"], "proportion"), found, words("en"), "the scale has five points."
    )
    assert said.endswith("Reason: the scale has five points.")


def test_a_mean_agrees_with_its_verb_and_keeps_two_decimals() -> None:
    found = pair(3.05, 2.80, "fell", half=0.10)
    said = {lang: change_sentence(Subject(MEANS[lang], "mean"), found, words(lang)) for lang in LANGUAGES}
    assert said["ru"] == (
        "Средний балл обвинения снизился с 3,05 в 2022 году до 2,80 в 2025 году "
        "(−0,25; 95%‑й интервал от −0,35 до −0,15)."
    )
    assert said["en"] == (
        "The mean score of blame fell from 3.05 in 2022 to 2.80 in 2025 (−0.25; 95% interval −0.35 to −0.15)."
    )
    assert "болды, яғни төмендеді (−0,25" in said["kk"]
    assert "boʻldi, yaʼni kamaydi (−0,25" in said["uz"]


def test_a_wave_whose_name_is_no_year_is_named() -> None:
    change = Change("spring", "autumn", 0.12, 0.09, 0.15, 0.04, "rose")
    found = Pair(reading("spring", 0.46), reading("autumn", 0.58), change)
    said = {
        lang: change_sentence(Subject(FINDINGS[lang], "proportion"), found, words(lang)) for lang in LANGUAGES
    }
    assert "from 46% in wave “spring” to 58% in wave “autumn”" in said["en"]
    assert "в волне «spring»" in said["ru"]
    assert "«spring» толқынында" in said["kk"]
    assert "“spring” toʻlqinida" in said["uz"]


def test_a_further_comparison_is_said_short() -> None:
    found = pair(0.46, 0.33, "fell")
    said = [step_sentence(Subject(FINDINGS[lang], "proportion"), found, words(lang)) for lang in ("en", "ru")]
    assert said[0] == "Since 2022: down from 46% to 33% (−13 points; 95% interval −16 to −10)."
    assert said[1].replace("\u00a0", " ") == (
        "С 2022 года: снижение с 46 % до 33 % (−13 п. п.; 95%‑й интервал от −16 до −10)."
    )


def test_majority_is_said_only_above_one_half() -> None:
    about = Subject(FINDINGS["en"], "proportion")
    assert "majority" in level_sentence(about, reading("2025", 0.58), words("en"))
    assert "majority" not in level_sentence(about, reading("2025", 0.52), words("en"))
    assert "majority" not in level_sentence(Subject(MEANS["en"], "mean"), reading("2025", 3.2), words("en"))
    assert "большинство" in level_sentence(
        Subject(FINDINGS["ru"], "proportion"), reading("2025", 0.58), words("ru")
    )
    assert "majority" not in level_sentence(about, reading("2025", 0.58), words("en"), infers=False)


def test_a_level_without_inference_has_no_interval() -> None:
    said = level_sentence(
        Subject(FINDINGS["en"], "proportion"), reading("2025", 0.46), words("en"), infers=False
    )
    assert said == "In 2025, in this sample, the share of people who would call the police was 46%."


def test_a_suppressed_reading_prints_no_figure() -> None:
    hidden = replace(reading("2025", 0.46, base=21), publish="suppress")
    about = Subject(FINDINGS["en"], "proportion")
    assert level_sentence(about, hidden, words("en")) == (
        "The share of people who would call the police: too few answers in 2025 (21) to print a figure."
    )
    found = replace(pair(0.46, 0.58, "rose"), after=hidden)
    assert "46" not in change_sentence(about, found, words("en"))


UNCERTAIN = {
    "en": "too uncertain to print",
    "ru": "слишком неточен, чтобы его печатать",
    "kk": "басып шығаруға тым дәл емес",
    "uz": "bosib chiqarish uchun juda noaniq",
}
FEW = {"en": "too few", "ru": "слишком мало", "kk": "тым аз", "uz": "juda kam"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_uncertain_figure_is_not_said_to_rest_on_too_few_answers(language: str) -> None:
    about, spoken = Subject(FINDINGS[language], "proportion"), words(language)
    vague = replace(reading("2025", 0.46, base=182), publish="suppress", reason="interval_wide;df_under_8")
    found = replace(pair(0.46, 0.58, "too_few"), after=vague)
    change = replace(found.change, reason=vague.reason)
    said = (
        level_sentence(about, vague, spoken),
        change_sentence(about, found, spoken),
        step_sentence(about, found, spoken),
    )
    for text in said:
        assert UNCERTAIN[language] in text
        assert FEW[language] not in text
    assert FEW[language] not in verdict_word(change, spoken) + unprintable(vague.few, spoken)
    few = replace(vague, base=21, reason="base_under_30")
    assert FEW[language] in level_sentence(about, few, spoken)
    assert FEW[language] in step_sentence(about, replace(found, after=few), spoken)
    assert FEW[language] in verdict_word(replace(change, reason="base_under_30"), spoken)


def test_a_small_base_is_said() -> None:
    found = pair(0.46, 0.58, "rose")
    small = replace(found, after=replace(found.after, base=64, publish="flag"))
    assert change_sentence(Subject(FINDINGS["en"], "proportion"), small, words("en")).endswith(
        "Read with caution: a small base, 64 answers."
    )
    assert "64 ответа" in change_sentence(Subject(FINDINGS["ru"], "proportion"), small, words("ru"))


@pytest.mark.parametrize(
    ("finding", "closed"),
    [
        ("доля тех, кто согласен, что так и есть", "доля тех, кто согласен, что так и есть,"),
        ("средний балл (от 1 до 5; чем выше, тем больше)", "средний балл (от 1 до 5; чем выше, тем больше)"),
        ("доля тех, кто не сообщит, среди слышавших", "доля тех, кто не сообщит, среди слышавших"),
        ("доля доверяющих полиции", "доля доверяющих полиции"),
        ("доля людей, доверяющих полиции,", "доля людей, доверяющих полиции,"),
    ],
)
def test_a_russian_clause_is_closed_before_its_verb(finding: str, closed: str) -> None:
    assert closed_clause(finding) == closed


shares = st.floats(0.001, 0.999)
halves = st.floats(0.0005, 0.2)


def decided(before: float, after: float, half: float) -> Pair:
    difference = after - before
    low, high = difference - half, difference + half
    verdict = "rose" if low > 0 else "fell" if high < 0 else "no_clear_change"
    change = Change("2022", "2025", difference, low, high, 2.8 / 1.96 * half, verdict)
    return Pair(reading("2022", before), reading("2025", after), change)


LEVEL = re.compile(r"95(% interval|%‑й интервал|% сенімділік аралығы|% ishonch oraligʻi)|2022|2025")


def printed(text: str) -> list[float]:
    """Every number of a sentence but the years and the confidence level."""
    found = re.findall(r"[+−]?\d+(?:[.,]\d+)?", LEVEL.sub("", text))
    return [float(number.replace("−", "-").replace(",", ".")) for number in found]


@given(shares, shares, halves, st.sampled_from(LANGUAGES))
@settings(max_examples=300, deadline=None)
def test_no_sentence_contradicts_its_estimate(
    before: float, after: float, half: float, language: str
) -> None:
    found = decided(before, after, half)
    said = change_sentence(Subject(FINDINGS[language], "proportion"), found, words(language))
    first, last, difference, low, high, *_ = printed(said)
    verdict = found.change.verdict
    if verdict == "rose":
        assert first < last
        assert 0 < low <= difference <= high
    elif verdict == "fell":
        assert first > last
        assert low <= difference <= high < 0
    else:
        assert low <= 0 <= high
        assert abs(difference) <= printed(said)[5]
    assert abs(first - 100 * before) <= 0.5 + 1e-9
    assert abs(difference - 100 * (after - before)) <= 0.5 + 1e-9


@given(shares, shares, halves)
@settings(max_examples=150, deadline=None)
def test_numbers_are_equal_in_all_languages(before: float, after: float, half: float) -> None:
    found = decided(before, after, half)
    said = {
        lang: change_sentence(Subject(FINDINGS[lang], "proportion"), found, words(lang)) for lang in LANGUAGES
    }
    assert len({tuple(printed(text)) for text in said.values()}) == 1, said


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("verdict", VERDICTS)
def test_no_sentence_claims_a_cause(verdict: str, language: str) -> None:
    half = 0.03 if verdict != "no_clear_change" else 0.2
    found = pair(0.46, 0.58 if verdict == "rose" else 0.33, verdict, half=half)
    about = Subject(FINDINGS[language], "proportion")
    for text in (
        change_sentence(about, found, words(language)),
        step_sentence(about, found, words(language)),
    ):
        assert not re.search(CAUSAL[language], text, re.IGNORECASE), text


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_verdict_has_its_own_word(language: str) -> None:
    change = Change("2022", "2025", 0.1, 0.0, 0.2, 0.1, "rose")
    said = [verdict_word(replace(change, verdict=verdict), words(language)) for verdict in VERDICTS]
    assert len(set(said)) == len(VERDICTS)


def test_an_interval_is_printed_with_the_languages_comma() -> None:
    about = Subject(MEANS["kk"], "mean")
    assert interval_text(about, Reading("2025", 2.8, 2.75, 2.86, 900), words("kk")) == "2,75–2,86"
    assert interval_text(Subject("x", "proportion"), reading("2025", 0.33), words("ru")) == "30–36\u00a0%"


def test_a_change_without_an_interval_prints_none() -> None:
    found = pair(0.46, 0.48, "not_inferable")
    bare = replace(found, change=replace(found.change, low=math.nan, high=math.nan, mdc=math.nan))
    assert "nan" not in change_sentence(Subject(FINDINGS["en"], "proportion"), bare, words("en"))


def test_a_majority_beside_sentences_of_change_is_said_of_its_wave() -> None:
    about = Subject(FINDINGS["en"], "proportion")
    text = majority_sentence(words("en"), about, reading("2025", 0.58))
    assert text == "In 2025, 58% (55–61%) is a majority: the whole interval lies above 50%."


def test_two_years_that_do_not_compare_are_named_together_in_russian() -> None:
    found = pair(0.46, 0.58, "not_comparable")
    text = change_sentence(Subject(FINDINGS["ru"], "proportion"), found, words("ru"))
    assert "значения 2022 и 2025 годов несопоставимы" in text
