"""Words of letters, posters and messages: whole in each language, of no subject, with the right lines."""

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from instruments import load_library
from survey.fieldwork import inviting
from survey.fieldwork.inviting import Place
from survey.refusal import Refused
from survey.store.models import Wave
from survey.store.rules import TELLING

LANGUAGES = ("kk", "ru", "uz", "en")
TOPICS = (
    *TELLING,
    *("сауда", "торгов", "жертв", "рабств", "құл", "құрбан", "odam savdo", "эксплуат", "полици", "полиция"),
)
CORE = load_library("kz_thb_core")


@pytest.fixture
def core_wave(make_wave: Callable[..., Wave]) -> Wave:
    return make_wave(CORE, languages=LANGUAGES)


def every_word(wave: Wave) -> list[str]:
    texts = inviting.read_texts()
    found = []
    for language in LANGUAGES:
        given = inviting.fills(wave, CORE, language)
        found += [
            inviting.said(texts, part, name, language, given)
            for part, names in inviting.SHAPE.items()
            for name in names
        ]
    return found


def test_no_word_that_is_sent_names_the_subject(core_wave: Wave) -> None:
    for words in every_word(core_wave):
        assert not [topic for topic in TOPICS if topic in words.lower()], words


def test_every_text_is_there_in_every_language_and_filled(core_wave: Wave) -> None:
    said = every_word(core_wave)
    assert all(words and "{" not in words for words in said)
    texts = inviting.read_texts()
    for part, names in inviting.SHAPE.items():
        for name in names:
            if name != "code":
                assert len(set(texts[part][name].values())) == 4, "a language is not a copy of another"


def test_letters_show_the_lines_of_the_landing_page_unless_all_are_wanted(core_wave: Wave) -> None:
    texts = inviting.read_texts()
    (shown,) = inviting.letter_texts(core_wave, CORE, texts, ["en"])
    assert [line.display for line in shown.lines] == ["111", "102"], "the interview asks who knows 116 16"
    (every,) = inviting.letter_texts(core_wave, CORE, texts, ["en"], all_lines=True)
    assert "116 16" in [line.display for line in every.lines]


def test_the_typed_address_is_short_and_the_square_opens_the_personal_one() -> None:
    place = Place("https://opinion.example.org/", "/s/opinion-27/")
    (entry,) = inviting.entries(place, [("TOKEN", "TO-KEN")])
    assert entry.typed == "opinion.example.org/s/opinion-27"
    assert entry.address == "https://opinion.example.org/s/opinion-27/i/TOKEN"


def test_a_template_replaces_what_it_names_and_every_problem_of_it_is_told(
    tmp_path: Path, core_wave: Wave
) -> None:
    path = tmp_path / "words.yaml"
    path.write_text(yaml.safe_dump({"format": 1, "poster": {"heading": {"en": "Hello, {organisation}"}}}))
    texts = inviting.read_texts(path)
    (mine,) = inviting.poster_texts(core_wave, CORE, texts, ["en"])
    assert mine.heading == "Hello, Centre X"
    assert "minutes" in mine.body
    assert inviting.poster_texts(core_wave, CORE, texts, ["ru"])[0].heading == "Что думаете вы?"
    path.write_text("format: 1\nposter:\n  heading: {en: '{token}', de: x}\n  footer: {en: x}\n")
    with pytest.raises(Refused) as refused:
        inviting.read_texts(path)
    assert {reason.line for reason in refused.value.reasons} == {3, 4}
    assert len(refused.value.reasons) == 3


def test_a_language_the_wave_lacks_and_a_wave_nobody_signs_are_refused(
    core_wave: Wave, make_wave: Callable[..., Wave]
) -> None:
    with pytest.raises(Refused, match="languages of the wave"):
        inviting.spoken(core_wave, ["de"])
    core_wave.contact = " "
    with pytest.raises(Refused, match="who asks"):
        inviting.fills(core_wave, CORE, "en")
