"""A questionnaire corrected in the field: who had begun reads on as before, who begins reads new words."""

import copy
import json
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from instruments import Questionnaire
from survey.store import versions, waves
from survey.store.models import Ballot

FIRST = {"CONSENT": "1", "Z_AGE": "34", "S_RES": "1"}
DASH = "участие — добровольное"
REASON = {
    "en": "The words were hard to read on a phone.",
    "ru": "Слова было трудно прочесть на телефоне.",
    "kk": "Сөздерді телефоннан оқу қиын болды.",
    "uz": "Soʻzlarni telefonda oʻqish qiyin edi.",
}
NEW = "Ваш пол?"


@pytest.fixture
def correct(database: Any, core: Questionnaire) -> Any:
    """Put a version into the field in which two questions have other punctuation in Russian."""

    def put() -> str:
        document = copy.deepcopy(dict(core.document))
        document["version"] = "2026.2"
        consent = core.document["items"]["CONSENT"]["text"]["ru"].replace("участие добровольное", DASH)
        for name, words in (("Z_SEX", NEW), ("CONSENT", consent)):
            document["items"][name]["text"]["ru"] = words
            document["items"][name]["wording"] = 2
            document["items"][name]["compare"] = {"1": {"kind": "editorial", "reason": REASON}}
        later = Questionnaire.from_json(json.dumps(document))
        with database.writing() as session:
            found = waves.find_wave(session, "opinion")
            versions.correct(session, found, later, {"en": "Hard to read"}, date.today())
        return later.fingerprint

    return put


def test_a_running_interview_keeps_its_words_and_a_new_one_has_the_new(
    somebody: Any, correct: Any, core: Questionnaire, database: Any
) -> None:
    early, late = somebody(), somebody()
    early.start()
    early.send(FIRST)
    fingerprint = correct()
    late.start()
    late.send(FIRST)
    early.get("q/2")
    assert core.items["Z_SEX"].text["ru"] in early.text
    assert NEW not in early.text
    assert NEW in late.text
    for person in (early, late):
        assert person.walk()[-1] == "/s/opinion/done", "both go on to the end, page by page"
    with database.reading() as session:
        assert sorted(session.scalars(select(Ballot.fingerprint))) == sorted((core.fingerprint, fingerprint))


def test_a_page_read_in_the_old_words_is_not_stored_as_if_read_in_the_new(
    person: Any, correct: Any, rows: Any
) -> None:
    """Nothing was stored yet: the interview begins with the new version, and its first page comes again."""
    person.start()
    correct()
    person.send(FIRST)
    assert person.response.status_code == 400
    assert DASH in person.text
    assert rows() == (0, 0)
    person.send()
    assert person.path == "/s/opinion/q/2"
    assert NEW in person.text


def test_coming_back_with_the_code_leads_into_the_version_begun(
    somebody: Any, correct: Any, core: Questionnaire
) -> None:
    early, again = somebody(), somebody()
    early.start()
    early.send(FIRST)
    early.get("stop")
    token = early.page.xpath("//input[@name='csrf_token']")[0].get("value")
    early.post("stop", {"csrf_token": token, "do": "keep"})
    code = early.page.xpath("//*[@class='keep']")[0].text_content().strip()
    correct()
    again.post("resume", {"code": code})
    assert again.path == "/s/opinion/q/2"
    assert core.items["Z_SEX"].text["ru"] in again.text
