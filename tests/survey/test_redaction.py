"""Free words in four languages: what identifies is marked, what tells the story stays."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey import redaction
from survey.redaction import redact

IDENTIFYING = [
    ("звоните +7 701 555 12 34 вечером", "звоните [number] вечером"),
    ("8(701)5551234", "[number]"),
    ("8-701-555-12-34.", "[number]."),
    ("менің нөмірім 87015551234", "менің нөмірім [number]"),
    ("raqamim +998 90 123-45-67", "raqamim [number]"),
    ("my number is +44 20 7946 0958", "my number is [number]"),
    ("город: 26-14-35", "город: [number]"),
    ("8 7О1 555 12 З4 или 87О15551234", "[number] или [number]"),
    ("870155512３４", "[number]"),
    ("8701\u200b5551234", "[number]"),
    ("ИИН 900101300123", "ИИН [number]"),
    ("ЖСН: 900101 300123", "ЖСН: [number]"),
    ("карта 4400 4301 1234 5678", "карта [number]"),
    ("паспорт N12345678", "паспорт N[number]"),
    ("машина 123 ABC 02 стояла", "машина [number] стояла"),
    ("номер А 123 ВС 77", "номер [number]"),
    ("пишите anna.k@mail.ru срочно", "пишите [e-mail] срочно"),
    ("почта аня@почта.рф", "почта [e-mail]"),
    ("anna (at) gmail . com", "[e-mail]"),
    ("anna собака mail.ru", "[e-mail]"),
    ("смотрите https://vk.com/id12345?x=1 там", "смотрите [link] там"),
    ("t.me/anna_k", "[link]"),
    ("мой @anna.k92 там", "мой [handle] там"),
    ("инстаграм: anna_k92", "инстаграм[handle]"),
    ("телеграм anna_k", "телеграм [handle]"),
    ("tg anna92", "tg [handle]"),
    ("живу на ул. Абая, д. 12, кв. 5", "живу на [address]"),
    ("улица Толе би 12", "[address]"),
    ("проспект Назарбаева 44а, квартира 7", "[address]"),
    ("мкр. Самал-2, дом 33", "[address]"),
    ("Абай көшесі, 12 үй, 5 пәтер", "[address]"),
    ("Достық даңғылы 45/2", "[address]"),
    ("Amir Temur koʻchasi 15-uy, 7-xonadon", "[address]"),
    ("Navoiy ko'chasi 5", "[address]"),
    ("at 12 Green Park Street yesterday", "at [address] yesterday"),
    ("дом 12, кв 5", "[address]"),
    ("живу Абая 45 кв 12", "живу [address]"),
    ("٨٧٠١٥٥٥١٢٣٤", "[number]"),
    ("8 7o1 12З 45 67", "[number]"),
    ("ivan собака mail точка ru", "[e-mail]"),
    ("пишите в телегу ivan_99", "пишите в телегу [handle]"),
    ("ig: ivan.p", "ig[handle]"),
]
TELLING = [
    "я @ дома",
    "Звоните на 116 16 или 102.",
    "150 000 теңге төлейді",
    "обещали 1 500 000 тенге",
    "это было 12.05.2023, в 2021-2022 и 2019, 2020, 2021 годах",
    "в 18:30 у рынка, нас было 12 человек",
    "2023 жылы, 25 жаста, 3 ай бұрын",
    "Я видела это в инстаграме на улице Абая",
    "on instagram I saw an offer for 500 dollars",
    "Менің көршім айтты, ауылда 3 үй бар",
    "Uning uyida 5 kishi yashaydi",
    "В 3 квартире шумно не было",
    "law 115-3 of 2024, article 128",
    "Там 5 квартир, 3 пустые, точка. Собака во дворе.",
    "ехал на телеге, вез 12 мешков",
    "Нас 8 о 3 детях, в 2021 году",
    "50-60 тысяч, 10-15 дней, 2-3 раза",
    "",
]


@pytest.mark.parametrize(("typed", "kept"), IDENTIFYING)
def test_what_identifies_somebody_becomes_a_mark(typed, kept):
    assert redact(typed) == kept


@pytest.mark.parametrize("typed", TELLING)
def test_dates_sums_and_help_lines_stay(typed):
    assert redact(typed) == typed


@given(st.text(max_size=300))
def test_redacting_twice_changes_nothing_more(text):
    once = redact(text)
    assert redact(once) == once


@given(
    st.text(alphabet="абвгдежз xyz", max_size=40),
    st.sampled_from(("+7", "8")),
    st.integers(min_value=7_000_000_000, max_value=7_999_999_999),
    st.sampled_from(("", " ", "-", " - ", ".", ") ")),
    st.text(alphabet="абвгдежз xyz", max_size=40),
)
def test_no_way_of_spacing_a_mobile_number_gets_past(before, prefix, number, separator, after):
    digits = str(number)
    parts = (prefix, digits[:3], digits[3:6], digits[6:8], digits[8:])
    left = redact(f"{before} {separator.join(parts)} {after}")
    assert not re.search(r"[0-9]", left)


def test_no_expression_repeats_without_bound_so_the_time_grows_with_the_length_only():
    expressions = {name: value for name, value in vars(redaction).items() if isinstance(value, re.Pattern)}
    assert len(expressions) > 8
    outside_classes = {
        name: re.sub(r"\\.|\[[^\]]*\]", "x", value.pattern) for name, value in expressions.items()
    }
    assert not {name for name, pattern in outside_classes.items() if re.search(r"[*+]|\{\d+,\}", pattern)}


def test_the_letter_o_after_a_number_is_a_word_not_a_digit():
    assert redact("87015551234 о работе") == "[number] о работе"
