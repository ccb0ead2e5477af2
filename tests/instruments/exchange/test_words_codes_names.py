"""Words without markup, codes of answers, names that Tolqyn takes."""

import pytest

from instruments.exchange.codes import Choice, coded
from instruments.exchange.names import Identifiers, Languages, identifier, instrument_name, read_languages
from instruments.exchange.plain import plain


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("<p>One&nbsp;<b>two</b><br/>three</p>", "One two three"),
        ("a &lt; b &amp; c", "a < b & c"),
        ("<ul><li>One</li><li>Two</li></ul>", "One Two"),
        ('<a href="https://x.org">here</a>', "here (https://x.org)"),
        ('<a href="javascript:x()">here</a>', "here"),
        ("**Bold** and *slanted* and __both__", "Bold and slanted and both"),
        ("# Heading\nnext", "Heading next"),
        ("[text](https://x.org)", "text (https://x.org)"),
        ("snake_case_name, 2 * 3 * 4, a_b", "snake_case_name, 2 * 3 * 4, a_b"),
        ("<script>alert('{x}')</script>Asked", "Asked"),
        ("{organisation} asks {nobody} and ${name}", "{organisation} asks [nobody] and [name]"),
        ("an open { brace", "an open ( brace"),
        ("zero\u200bwidth\x07", "zerowidth"),
        ("  much \n space\t ", "much space"),
    ],
)
def test_words_come_out_plain(words: str, expected: str) -> None:
    assert plain(words, markdown=True).text == expected


def test_what_was_taken_from_the_words_is_said() -> None:
    found = plain('<b>x</b><img src="a.png"><script>1</script> ${name}')
    said = "; ".join(found.changes)
    for part in ("markup taken out", "a.png", "scripts", "name"):
        assert part in said
    assert plain("plain words").changes == ()


def test_a_brace_of_limesurvey_is_never_a_placeholder_of_tolqyn() -> None:
    assert plain("{organisation}", own_fills=False).text == "[organisation]"


def choices(*pairs: tuple[str, str]) -> list[Choice]:
    return [Choice(name, {"en": label}) for name, label in pairs]


@pytest.mark.parametrize(
    ("names", "codes"),
    [
        (["1", "2", "9"], [1, 2, 9]),
        (["yes", "no"], [1, 2]),
        (["0", "1"], [0, 1]),
        (["-1", "0", "1"], [1, 2, 3]),
        (["1", "01"], [1, 2]),
        (["1", "two"], [1, 2]),
        (["1" * 12, "2"], [1, 2]),
    ],
)
def test_a_list_keeps_its_numbers_or_is_numbered_in_order(names: list[str], codes: list[int]) -> None:
    given = coded(choices(*((name, f"Label {name}") for name in names)))
    assert [given.codes[name] for name in names] == codes


def test_names_with_a_number_keep_it_where_the_format_asks_for_that() -> None:
    listed = choices(("A3", "x"), ("A1", "y"))
    assert coded(listed, numbered_names=True).codes == {"A3": 3, "A1": 1}
    assert coded(listed).codes == {"A3": 1, "A1": 2}
    mixed = choices(("A1", "x"), ("B1", "y"))
    assert coded(mixed, numbered_names=True).codes == {"A1": 1, "B1": 2}


@pytest.mark.parametrize(
    ("label", "code"),
    [
        ("Don't know", -1),
        ("DON’T KNOW.", -1),
        ("Затрудняюсь ответить", -1),
        ("Prefer not to say", -2),
        ("Отказ от ответа", -2),
        ("I don't know him well", 3),
        ("No answer is right", 3),
    ],
)
def test_dont_know_and_refused_are_known_by_their_whole_label(label: str, code: int) -> None:
    assert coded(choices(("1", "Low"), ("2", "High"), ("3", label))).codes["3"] == code


def test_of_two_answers_none_is_taken_for_missing() -> None:
    assert coded(choices(("a", "I know"), ("b", "Don't know"))).codes == {"a": 1, "b": 2}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("age", "age"),
        ("my-name 1", "my_name_1"),
        ("1st", "Q_1st"),
        ("имя", "Q"),
        ("é", "e"),
        ("x" * 50, "x" * 32),
    ],
)
def test_a_name_becomes_an_identifier(name: str, expected: str) -> None:
    assert identifier(name) == expected


def test_names_are_given_once_in_any_case_and_never_those_of_a_release() -> None:
    names = Identifiers()
    assert [names.give(name) for name in ("Age", "age", "weight", "имя", "фамилия")] == [
        "Age",
        "age_2",
        "weight_2",
        "Q",
        "Q_2",
    ]
    assert names.renamed == {"age": "age_2", "weight": "weight_2", "имя": "Q", "фамилия": "Q_2"}
    assert instrument_name("My Survey") == "my_survey"
    assert instrument_name("опрос") == "form"


def test_languages_are_known_by_code_by_name_and_by_the_command() -> None:
    spoken = Languages({"klingon": "tlh"})
    found = [
        spoken.code(name) for name in ("English (en)", "Қазақша", "uz", "pt-BR", "Klingon", "Elvish (x)")
    ]
    assert found == ["en", "kk", "uz", "pt", "tlh", None]
    assert read_languages("en=English, ru=Русский,kk").known == {"english": "en", "русский": "ru"}
    assert read_languages("kk").unnamed == "kk"
    with pytest.raises(ValueError, match="English"):
        read_languages("English")
