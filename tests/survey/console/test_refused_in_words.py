"""What a form of a wave refuses is said in the language of the page, with no English left in it."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from survey.store.models import Wave
from tests.survey.console.test_wave_pages import NEXT, QUOTA, WAVE

BOX = re.compile(r'<div class="oops" role="alert">.*?</div>|<span class="err".*?</span>', re.DOTALL)
LATIN = re.compile(r"[A-Za-z]{3,}")
NAMES = {"thb", "opinion", "AGE", "SEX", "young", "steppe", "kz"}
"""Names that were typed or stand in the questionnaire."""
INVITE = {"batch": "b-1", "size": "50", "reason": "letters"}
FORMS: dict[str, tuple[str, dict[str, str]]] = {
    "a wave that is there": ("clone", NEXT | {"name": "2027"}),
    "an alias that is there": ("clone", NEXT | {"alias": "opinion-27"}),
    "days the wrong way round": ("clone", NEXT | {"closes": "2028-05-07"}),
    "a wave's name": ("clone", NEXT | {"name": "../2"}),
    "an alias that tells": ("clone", NEXT | {"alias": "human-thb"}),
    "an alias of one letter": ("clone", NEXT | {"alias": "a"}),
    "a small quota": ("quotas", QUOTA | {"target": "10"}),
    "a quota's name": ("quotas", QUOTA | {"name": "жас"}),
    "a quota's answers": ("quotas", QUOTA | {"answers": "x-y"}),
    "an interviewer's name": ("interviewers", {"name": "Aigul"}),
    "a site of a wave by code": ("sites", {"name": "Clinic", "word": "clinic"}),
    "a site's word": ("sites", {"name": "Clinic", "word": "two words"}),
    "few codes": ("invite", INVITE | {"size": "3"}),
    "a weight of nothing": ("invite", INVITE | {"base_weight": "0"}),
}


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("language", ["kk", "ru", "uz"])
@pytest.mark.parametrize("case", FORMS)
def test_a_form_refuses_in_the_language_of_its_page(
    director: Any, make_wave: Callable[..., Wave], case: str, language: str
) -> None:
    make_wave()
    director.client.set_cookie("tolqyn-lang", language)
    page, typed = FORMS[case]
    sent = director.post(f"{WAVE}/{page}", page=f"{WAVE}/{page}", **typed)
    assert sent.status_code in (400, 409), sent.status_code
    said = refusals(sent.text)
    assert said
    if language != "uz":
        own = {*NAMES, *(word for value in typed.values() for word in LATIN.findall(value))}
        assert set(LATIN.findall(said)) - own == set(), said


def refusals(page: str) -> str:
    """The words of a page's list of what is wrong and of the lines under its fields."""
    return " ".join(re.sub(r"<[^>]+>", " ", box) for box in BOX.findall(page)).strip()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_dot_is_no_reason_for_a_list_and_none_for_codes(
    director: Any, office: Any, make_wave: Callable[..., Wave]
) -> None:
    make_wave()
    for page, to, more in (
        (f"{WAVE}/batches", f"{WAVE}/batches/export", {"format": "csv"}),
        (f"{WAVE}/invite", f"{WAVE}/invite", {"batch": "b-1", "size": "50"}),
    ):
        sent = director.post(to, page=page, reason=" . ", **more)
        assert sent.status_code == 400, to
        assert "Say why in words" in sent.text, to
        assert director.post(to, page=page, reason="for letters", **more).status_code == 200, to
