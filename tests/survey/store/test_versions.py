"""What was in the field is never changed; a correction is a version more; each interview keeps its own."""

import copy
import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import DatabaseError

from instruments import Questionnaire, compare_versions
from survey.refusal import Refused
from survey.store import ballots, closing, schema, versions, waves
from survey.store.engine import Database
from survey.store.models import Answer, Ballot, FieldedVersion, InstrumentVersion, Interview, Wave

TODAY = date(2027, 5, 20)
REASON = {"en": "A misprint in SEEN"}
SENTENCE = {"en": "Two interviewers confirmed the same meaning.", "ru": "Смысл тот же, это проверено."}
Edit = Callable[[dict[str, Any]], object]


def corrected(document: dict[str, Any], edit: Edit | None = None, version: str = "2") -> Questionnaire:
    """The small questionnaire with a declared misprint corrected, and whatever else the edit does."""
    later = copy.deepcopy(document)
    later["version"] = version
    later["items"]["SEEN"]["text"]["en"] = "Have you seen it!"
    later["items"]["SEEN"]["wording"] = 2
    reason = {"en": "A misprint.", "ru": "Опечатка."}
    later["items"]["SEEN"]["compare"] = {"1": {"kind": "editorial", "reason": reason}}
    if edit is not None:
        edit(later)
    return Questionnaire.from_json(json.dumps(later))


def put(database: Database, wave: Wave, questionnaire: Questionnaire) -> FieldedVersion:
    with database.writing() as session:
        return versions.correct(session, waves.find_wave(session, wave.alias), questionnaire, REASON, TODAY)


def refusals(database: Database, wave: Wave, questionnaire: Questionnaire) -> set[str]:
    with pytest.raises(Refused) as refused, database.writing() as session:
        versions.correct(session, waves.find_wave(session, wave.alias), questionnaire, REASON, TODAY)
    return {reason.rule for reason in refused.value.reasons}


@pytest.mark.parametrize("column", ["document", "version", "name", "fingerprint"])
def test_nothing_updates_a_stored_questionnaire(database: Database, open_wave: Wave, column: str) -> None:
    with pytest.raises(DatabaseError, match="never changed"), database.writing() as session:
        session.execute(update(InstrumentVersion).values({column: "x"}))
    with pytest.raises(DatabaseError, match="never changed"), database.writing() as session:
        session.execute(text("UPDATE instrument_version SET document = document"))
    with database.reading() as session:
        kept = session.scalars(select(InstrumentVersion)).one()
        assert Questionnaire.from_json(kept.document).fingerprint == kept.fingerprint == open_wave.fingerprint


def test_nothing_updates_or_deletes_what_a_wave_was_asked_in(database: Database, open_wave: Wave) -> None:
    with pytest.raises(DatabaseError, match="never changed"), database.writing() as session:
        session.execute(update(FieldedVersion).values(number=7))
    with pytest.raises(DatabaseError), database.writing() as session:
        session.execute(text("DELETE FROM instrument_version"))


def test_opening_notes_the_first_version(database: Database, open_wave: Wave) -> None:
    with database.reading() as session:
        (first,) = versions.versions_of(session, open_wave)
    assert (first.number, first.fingerprint, first.since) == (1, open_wave.fingerprint, open_wave.opens)


def test_waves_in_the_field_before_the_migration_have_a_first_version(
    database: Database, open_wave: Wave, make_wave: Callable[..., Wave]
) -> None:
    make_wave(name="2028", alias="opinion-28")
    schema.downgrade(database, "0001")
    schema.upgrade(database)
    with database.reading() as session:
        noted = session.scalars(select(FieldedVersion)).all()
    assert [(v.wave, v.number, v.fingerprint, v.since) for v in noted] == [
        (open_wave.id, 1, open_wave.fingerprint, open_wave.opens)
    ], "a draft has none yet"


def test_after_a_correction_new_interviews_begin_with_it_and_running_ones_keep_theirs(
    database: Database, open_wave: Wave, answer: Callable[..., str], document: dict[str, Any]
) -> None:
    running = answer(open_wave, "EARLY", pages=1)
    loaded_before = copy.copy(open_wave)
    fielded = put(database, open_wave, corrected(document))
    assert (fielded.number, fielded.since, fielded.reason) == (2, TODAY, REASON)
    with database.reading() as session:
        now = waves.find_wave(session, open_wave.alias)
    assert now.fingerprint == fielded.fingerprint != open_wave.fingerprint
    later = answer(now, "LATE")
    between = answer(loaded_before, "BETWEEN")
    answer(now, "EARLY")
    with database.reading() as session:
        found = {row.ballot: row.fingerprint for row in session.scalars(select(Ballot))}
    first, second = loaded_before.fingerprint, fielded.fingerprint
    assert found == {running: first, later: second, between: first}, (
        "a page judged by the old one is of the old one"
    )


def test_the_close_reads_each_interview_by_its_own_version(
    database: Database, open_wave: Wave, answer: Callable[..., str], document: dict[str, Any]
) -> None:
    """The second version asks WHERE of nobody: the same answers are encoded differently."""

    def nobody(later: dict[str, Any]) -> None:
        later["items"]["WHERE"]["show_if"] = {"item": "AGE", "gt": 109}
        later["items"]["WHERE"]["wording"] = 2
        reason = {"en": "It upset people; not asked.", "ru": "Не задаётся."}
        later["items"]["WHERE"]["compare"] = {"1": {"kind": "identical", "reason": reason}}

    answer(open_wave, "EARLY", SEEN=2, WHERE=[1])
    put(database, open_wave, corrected(document, nobody))
    with database.writing() as session:
        found = waves.find_wave(session, open_wave.alias)
        session.expunge(found)
    answer(found, "LATE", SEEN=2, WHERE=[1])
    with database.writing() as session:
        found = waves.find_wave(session, open_wave.alias)
        closing.close_wave(session, found, by="x", two_person=False, today=TODAY)
        query = (
            select(Interview.version, Answer.value)
            .join(Answer, Answer.interview == Interview.id)
            .where(Answer.variable == "WHERE_1")
        )
        assert sorted(tuple(row) for row in session.execute(query)) == [(1, 1.0), (2, -3.0)]
        assert sorted(session.scalars(select(Interview.version))) == [1, 2]


def dropped(later: dict[str, Any]) -> None:
    del later["items"]["WORDS"]
    later["modules"]["B"]["pages"] = [["WHERE"]]


def broken(later: dict[str, Any]) -> None:
    later["items"]["SEEN"]["compare"]["1"]["kind"] = "broken"


def undeclared(later: dict[str, Any]) -> None:
    later["items"]["AGE"]["text"]["en"] = "What is your age?"


def recoded(later: dict[str, Any]) -> None:
    turned = later["items"]["SEEN"]["options"]
    turned["1"], turned["2"] = turned["2"], turned["1"]


def an_option_more(later: dict[str, Any]) -> None:
    later["items"]["WHERE"]["options"]["3"] = {"en": "Elsewhere", "ru": "Ещё где-то"}
    later["items"]["WHERE"]["wording"] = 2
    reason = {"en": "One place was forgotten before.", "ru": "Забыли."}
    later["items"]["WHERE"]["compare"] = {"1": {"kind": "editorial", "reason": reason}}


def a_break(later: dict[str, Any]) -> None:
    later["items"]["AGE"]["text"]["en"] = "What is your age?"
    later["items"]["AGE"] |= {"wording": 2, "compare": {"1": {"kind": "broken", "reason": SENTENCE}}}


def another_question(later: dict[str, Any]) -> None:
    a_break(later)
    later["items"]["AGE"]["compare"]["1"]["kind"] = "editorial"


def one_language(later: dict[str, Any]) -> None:
    later["languages"] = ["en"]


def renamed(later: dict[str, Any]) -> None:
    later["instrument"] = "another"


@pytest.mark.parametrize(
    ("edit", "rule"),
    [
        (dropped, "column"),
        (broken, "broken"),
        (undeclared, "undeclared"),
        (recoded, "recoded"),
        (an_option_more, "column"),
        (a_break, "broken"),
        (another_question, "editorial"),
        (one_language, "languages"),
        (renamed, "instrument"),
    ],
)
def test_what_would_change_the_meaning_of_the_data_is_no_correction(
    database: Database, open_wave: Wave, document: dict[str, Any], edit: Edit, rule: str
) -> None:
    assert rule in refusals(database, open_wave, corrected(document, edit))
    with database.reading() as session:
        assert len(versions.versions_of(session, open_wave)) == 1


def test_the_same_version_again_is_refused(
    database: Database, open_wave: Wave, document: dict[str, Any], small: Questionnaire
) -> None:
    assert refusals(database, open_wave, small) == {"version"}
    put(database, open_wave, corrected(document))
    assert "version" in refusals(database, open_wave, corrected(document))


def test_only_an_open_wave_is_corrected(
    database: Database, make_wave: Callable[..., Wave], document: dict[str, Any]
) -> None:
    assert refusals(database, make_wave(), corrected(document)) == {"state"}


def test_a_reason_is_needed(database: Database, open_wave: Wave, document: dict[str, Any]) -> None:
    with pytest.raises(Refused, match="--reason"), database.writing() as session:
        found = waves.find_wave(session, open_wave.alias)
        versions.correct(session, found, corrected(document), {"en": " "}, TODAY)


def test_a_version_that_was_corrected_away_is_still_one_that_was_fielded(
    database: Database, open_wave: Wave, document: dict[str, Any], make_wave: Callable[..., Wave]
) -> None:
    """Other content under its number is refused for another wave; replacing a draft deletes neither."""
    put(database, open_wave, corrected(document))
    other = copy.deepcopy(document)
    other["minutes"] = 9
    with pytest.raises(Refused, match="as it was in the field"):
        make_wave(Questionnaire.from_json(json.dumps(other)), name="2028", alias="opinion-28")


def test_a_ballot_that_began_keeps_its_version_when_its_page_is_saved_again(
    database: Database, open_wave: Wave, document: dict[str, Any], answer: Callable[..., str]
) -> None:
    ballot = answer(open_wave, "EARLY", pages=1)
    before = open_wave.fingerprint
    put(database, open_wave, corrected(document))
    with database.writing() as session:
        found = waves.find_wave(session, open_wave.alias)
        ballots.save_page(
            session, found, ballot, 2, {"SEEN": 1}, sealed={}, language="en", seconds=1, day=TODAY
        )
    with database.reading() as session:
        assert session.scalars(select(Ballot.fingerprint)).one() == before


def test_corrections_that_add_up_to_another_question_are_refused(
    database: Database, open_wave: Wave, document: dict[str, Any]
) -> None:
    """Each step may be editorial against the version before it; the last may not, against the first."""

    def reads(words: str, wording: int) -> Edit:
        def edit(later: dict[str, Any]) -> None:
            later["items"]["AGE"]["text"]["en"] = words
            declared = {
                str(number): {"kind": "editorial", "reason": SENTENCE} for number in range(1, wording)
            }
            later["items"]["AGE"] |= {"wording": wording, "compare": declared}

        return edit

    first = copy.deepcopy(document)
    words = first["items"]["AGE"]["text"]["en"]
    assert words == "How old are you?"
    put(database, open_wave, corrected(document, reads("How old are you, please?", 2)))
    third = corrected(document, reads("How old are the you, please?", 3), version="3")
    assert refusals(database, open_wave, third) == {"drift"}


def test_within_a_wave_a_reference_period_does_not_move(document: dict[str, Any]) -> None:
    """Between waves another period is no change of wording; within one it is another question."""
    before = copy.deepcopy(document)
    before["periods"] = {"year": {"months": 12, "text": {"en": "last year", "ru": "за год"}}}
    before["items"]["AGE"]["hint"] = {"en": "We mean {period:year}.", "ru": "{period:year}."}
    after = copy.deepcopy(before)
    after["periods"]["year"] = {"months": 60, "text": {"en": "in five years", "ru": "за пять лет"}}
    after["version"] = "2"
    found = compare_versions(*(Questionnaire.from_json(json.dumps(each)) for each in (before, after)))
    assert found.problems == ()
    (reason,) = versions.change_reasons(found)
    assert (reason.rule, reason.found) == ("period", "12 months became 60")
    after["periods"]["year"] = {"months": 12, "text": {"en": "last year", "ru": "за весь год"}}
    found = compare_versions(*(Questionnaire.from_json(json.dumps(each)) for each in (before, after)))
    assert [each.found for each in versions.change_reasons(found)] == ["'за год' became 'за весь год' in ru"]
