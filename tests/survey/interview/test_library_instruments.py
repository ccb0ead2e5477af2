"""A whole interview through every other instrument of the library, in every language, as a browser would."""

from collections.abc import Callable

import pytest
from flask import Flask

from instruments import Missing, Questionnaire, load_library
from survey.refusal import Refused
from survey.store import ballots
from survey.store.engine import Database
from survey.store.models import Ballot, Wave

LANGUAGES = ("kk", "ru", "uz", "en")
PAGES = {"kz_thb_pulse": 6, "kz_thb_professionals": 6, "kz_dv_attitudes": 7}


@pytest.fixture(scope="module", params=PAGES)
def other(request: pytest.FixtureRequest) -> Questionnaire:
    return load_library(request.param)


@pytest.fixture
def visitor(app: Flask, fielded_wave: Callable[[Questionnaire], Wave], other: Questionnaire, make_person):
    fielded_wave(other)
    return make_person(app)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_shown_and_every_answer_kept(
    visitor, other: Questionnaire, language: str, database: Database
) -> None:
    visitor.get("")
    visitor.start(language)
    seen = []
    while "/q/" in visitor.path:
        seen.append(visitor.path)
        assert visitor.page.get("lang") == language
        assert visitor.title == other.public_title[language]
        visitor.send(visitor.sensible())
        assert visitor.response.status_code == 200, visitor.text
    assert seen == [f"/s/opinion/q/{number}" for number in range(1, PAGES[other.name] + 1)]
    assert visitor.path == "/s/opinion/done"
    assert other.texts["end_complete"][language].partition(". ")[2] in visitor.text
    with database.reading() as session:
        (ballot,) = session.query(Ballot).all()
        answers = ballots.answers_of(session, ballot.ballot)
    values = other.encode(answers, other.draw(ballot.ballot), complete=True)
    assert (ballot.state, ballot.language) == ("complete", language)
    assert Missing.NOT_REACHED not in values.values()
    asked = {item.id for item in other.items.values() if item.stores}
    assert asked <= set(answers)


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_does_not_agree_reads_the_ending_and_leaves_nothing(
    visitor, other: Questionnaire, language: str, rows
) -> None:
    consent = next(item.id for item in other.items.values() if item.role == "consent")
    visitor.start(language)
    visitor.send({consent: "2"})
    assert other.texts["end_refusal"][language].partition(". ")[2] in visitor.text
    assert rows() == (0, 0)


@pytest.mark.parametrize("language", LANGUAGES)
def test_help_stands_after_every_sensitive_module(visitor, other: Questionnaire, language: str) -> None:
    visitor.start(language)
    helped, wanted = [], [page.number for page in other.pages if page.after == "support_info"]
    while "/q/" in visitor.path:
        if other.texts["support_info"][language] in visitor.text:
            helped.append(int(visitor.path.rpartition("/")[2]))
        visitor.send(visitor.sensible())
    assert helped == wanted != []


def test_a_wave_of_professionals_may_not_be_by_invitation(make_wave) -> None:
    professionals = load_library("kz_thb_professionals")
    with pytest.raises(Refused, match="the only access that kz_thb_professionals allows"):
        make_wave(professionals, languages=LANGUAGES, access="invited")
