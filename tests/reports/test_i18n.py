"""Every message has words in every language, with the same fills and that language's letters."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from reports import LANGUAGES, ReportError
from reports.i18n import SOURCE, capital, catalogue_path, own_name, rounded, words
from reports.phrasing import BY_STATISTIC, STEPS, VERDICT_WORDS
from reports.slopes import SLOPES
from reports.standing import AGAIN, Standing

TRANSLATED = tuple(language for language in LANGUAGES if language != SOURCE)
FILL = re.compile(r"\{\w+\}")
LETTERS = {"kk": "әғқңөұүі", "ru": "ёыэщ", "uz": "ʻ"}
SAME_IN_ALL = {
    "{label} ({wave}): {values}",
    "{label} {value}",
    "{label}: {values}",
    "{label}. {sentence}",
    "{wave} {value}",
    "{text} [{language}]",
    "{amount} {since}",
    "{change} ({languages})",
    "“{question}”",
}


def messages() -> Iterator[tuple[str, str | tuple[str, ...]]]:
    """(context, message) of every call of `say` and `plural` in the package and its templates."""
    found = extract_from_dir(
        str(Path(__file__).parents[2] / "reports"),
        method_map=[("**.py", "python"), ("templates/**.html", "jinja2")],
        keywords={"say": None, "plural": (1, 2)},
    )
    yield from (("", message) for _, _, message, _, _ in found)
    yield from (("", message) for message in (*STEPS, *SLOPES, *map(str, Standing), *AGAIN.values()))
    yield from (("verdict", message) for message in VERDICT_WORDS)
    yield from ((statistic, message) for statistic in ("proportion", "mean") for message in BY_STATISTIC)


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_catalogue_holds_every_message_and_no_other(language: str) -> None:
    with catalogue_path(language).open("rb") as file:
        catalogue = {(m.context or "", m.id) for m in read_po(file, locale=language) if m.id}
    wanted = set(messages())
    assert wanted - catalogue == set()
    assert catalogue - wanted == set()


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_keeps_its_fills(language: str) -> None:
    with catalogue_path(language).open("rb") as file:
        for message in read_po(file, locale=language):
            if not message.id:
                continue
            ids = message.id if isinstance(message.id, tuple) else (message.id,)
            strings = message.string if isinstance(message.string, tuple) else (message.string,)
            allowed = set(FILL.findall(" ".join(ids)))
            for string in strings:
                assert string, f"no words for {ids[0]!r}"
                fills = set(FILL.findall(string))
                assert fills <= allowed | {"{wave_from}", "{wave_to}", "{both}"}, string
                lost = allowed - fills - {"{between}"}
                assert not lost, f"{ids[0]!r} loses {lost}"


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_english_text_is_left_standing(language: str) -> None:
    with catalogue_path(language).open("rb") as file:
        copied = [
            m.id
            for m in read_po(file, locale=language)
            if m.id and m.string == m.id and m.id not in SAME_IN_ALL
        ]
    assert copied == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_catalogue_uses_its_own_alphabet(language: str) -> None:
    text = catalogue_path(language).read_text("utf-8").lower()
    words_only = "".join(re.findall(r'msgstr.*|^".*', text, re.MULTILINE))
    assert all(letter in words_only for letter in LETTERS[language])
    foreign = {"kk": "ўҳʻ", "ru": "әғқңөұүһіʻ", "uz": "абвгдежзийклмнопрстуфхцчшщ‘’'`"}[language]
    translated = "".join(re.findall(r'msgstr(?:\[\d\])? "(.*)"', text))
    assert not [letter for letter in foreign if letter in translated]


def test_an_unknown_message_is_refused_rather_than_printed_in_english() -> None:
    with pytest.raises(ReportError, match="no words for 'Unheard of'"):
        words("kk").say("Unheard of")


def test_what_goes_on_from_a_stem_begins_a_heading_with_a_capital() -> None:
    assert [capital(each) for each in ("", "қоңырау шалу", "позвоните в 102", "oʻqituvchi", "102")] == [
        "",
        "Қоңырау шалу",
        "Позвоните в 102",
        "Oʻqituvchi",
        "102",
    ]


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(ReportError, match="--lang kk,ru,uz,en"):
        words("de")


def test_numbers_follow_the_language() -> None:
    assert [words(lang).number(-1234.56, 1) for lang in ("en", "ru", "kk", "uz")] == [
        "−1,234.6",
        "−1\u00a0234,6",
        "−1\u00a0234,6",
        "−1\u00a0234,6",
    ]
    assert [words(lang).percent(0.333) for lang in ("en", "ru", "kk", "uz")] == [
        "33%",
        "33\u00a0%",
        "33%",
        "33%",
    ]


def test_zero_has_no_sign() -> None:
    assert words("en").signed(-0.04, 1) == "0.0"
    assert words("en").points(0.004) == "0 points"


def test_halves_round_away_from_zero() -> None:
    assert [int(rounded(value, 0)) for value in (0.5, 1.5, 2.5, -2.5)] == [1, 2, 3, -3]


def test_one_point_is_singular_in_english_only() -> None:
    assert words("en").points(0.01) == "+1 point"
    assert words("en").points(0.021, 1) == "+2.1 points"
    assert words("ru").points(-0.01) == "−1\u00a0п.\u00a0п."
    assert words("kk").width(0.03) == "3 пайыздық тармақ"


def test_a_share_above_zero_never_prints_as_zero() -> None:
    assert words("en").whole(0.004) == "<1"
    assert words("ru").whole(0.0004, 1) == "<0,1"
    assert words("en").whole(0.0) == "0"


def test_days_may_lack_their_month() -> None:
    assert words("en").days("2018", "2018") == "2018"
    assert words("en").days("2018-05", "2018-06") == "May 2018 – June 2018"
    assert words("kk").day(date(2025, 3, 14)).replace("\u202f", " ") == "2025 ж. 14 наурыз"
    assert "2025" in words("ru").days("2025-04-03", "2025-05-12")


def test_languages_are_named_in_themselves() -> None:
    assert [own_name(lang) for lang in LANGUAGES] == ["Қазақ тілі", "Русский", "Oʻzbek", "English"]


def test_dates_in_uzbek_begin_with_the_year() -> None:
    uzbek = words("uz")
    assert uzbek.days("2023-05-15", "2023-05-15") == "2023-yil 15-may"
    assert uzbek.days("2023-05-15", "2023-05-28") == "2023-yil 15–28-may"
    assert uzbek.days("2023-05-15", "2023-06-07") == "2023-yil 15-may – 7-iyun"
    assert uzbek.days("2023-05-15", "2026-06-07") == "2023-yil 15-may – 2026-yil 7-iyun"
    assert uzbek.days("2018-05", "2018-05") == "2018-yil may"
