"""Closing a wave: every answer stays, and nothing that leads from an answer to a person."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, text

from instruments import Missing, Questionnaire
from survey import keys
from survey.config import Config
from survey.refusal import Refused
from survey.store import (
    ballots,
    closing,
    engine,
    interviews,
    invitations,
    schema,
    versions,
    waves,
    withdrawal,
)
from survey.store.conversion import outcome, version_of
from survey.store.engine import Database
from survey.store.invitations import BatchSpec
from survey.store.models import (
    Answer,
    Ballot,
    Batch,
    Interview,
    Invitation,
    PageAnswer,
    SealedText,
    Wave,
)

TODAY = date(2027, 5, 20)


class PowerCutError(Exception):
    """Power goes out."""


@pytest.fixture
def close(database: Database, config: Config) -> Callable[..., Wave]:
    """Carry a close out, alone unless told otherwise."""

    def carry_out(wave: Wave, **changes: Any) -> Wave:
        given: dict[str, Any] = {"by": "timur", "two_person": False, "today": TODAY} | changes
        with database.writing() as session:
            found = waves.find_wave(session, wave.alias)
            closing.close_wave(session, found, **given)
        closing.clean_up(database, config.keys, found)
        return found

    return carry_out


def rows(database: Database, model: type) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def everything(database: Database) -> list[dict[str, float]]:
    """The answers of each interview, without its id, in no order."""
    with database.reading() as session:
        found: dict[int, dict[str, float]] = {}
        for row in session.scalars(select(Answer)):
            found.setdefault(row.interview, {})[row.variable] = row.value
    return sorted(found.values(), key=str)


@pytest.fixture
def answered(database: Database, open_wave: Wave, answer: Callable[..., str]) -> dict[str, str]:
    """Twelve people who came in alphabetical order: token to ballot."""
    with database.writing() as session:
        spec = BatchSpec(name="almaty", size=12, stratum="cities", psu="7", fpc=40.0, base_weight=2.5)
        tokens = sorted(invitations.invite(session, open_wave, spec))
    found = {}
    for number, token in enumerate(tokens):
        state = {9: "screenout", 10: "stopped"}.get(number, "complete")
        found[token] = answer(
            open_wave,
            token,
            state=state,
            AGE=20 + number,
            words=f"word-{number}",
            pages=1 if number == 10 else 4,
        )
    with database.writing() as session:
        for ballot in session.scalars(select(Ballot)):
            ballot.batch = session.scalar(select(Batch.id))
            ballot.code_mac = f"{int(ballot.ballot[:8], 16):064x}"
        withdrawal.withdraw(session, found[tokens[11]])
    return found


def test_every_answer_is_kept(
    database: Database,
    close: Callable[..., Wave],
    open_wave: Wave,
    answered: dict[str, str],
    small: Questionnaire,
) -> None:
    expected = []
    with database.reading() as session:
        for ballot in session.scalars(select(Ballot).where(Ballot.state.in_(("complete", "stopped")))):
            stored = ballots.answers_of(session, ballot.ballot)
            expected.append(small.encode(stored, small.draw(ballot.ballot), ballot.state == "complete"))
    close(open_wave)
    assert everything(database) == sorted(({k: float(v) for k, v in e.items()} for e in expected), key=str)


def test_dispositions_are_counted(
    database: Database, close: Callable[..., Wave], open_wave: Wave, answered: dict[str, str]
) -> None:
    wave = close(open_wave)
    with database.reading() as session:
        found = interviews.dispositions(session, wave)
    assert found == {"breakoff": 1, "complete": 9, "screenout": 1, "withdrawn": 1}


def test_an_interview_keeps_its_place_in_the_sample_and_its_duration(
    database: Database, close: Callable[..., Wave], open_wave: Wave, answered: dict[str, str]
) -> None:
    close(open_wave)
    with database.reading() as session:
        found = session.scalars(select(Interview)).all()
    assert {(i.stratum, i.psu, i.fpc, i.base_weight, i.language, i.mode) for i in found} == {
        ("cities", "7", 40.0, 2.5, "ru", "web")
    }
    assert {(i.state, i.duration, i.week) for i in found} == {
        ("complete", 40, date(2027, 5, 10)),
        ("breakoff", 40, date(2027, 5, 10)),
    }


def test_rows_lie_in_the_order_of_fresh_random_ids(
    database: Database, close: Callable[..., Wave], open_wave: Wave, answered: dict[str, str]
) -> None:
    close(open_wave)
    place = text("ctid") if database.engine.dialect.name == "postgresql" else None
    with database.engine.connect() as connection:
        ids = list(connection.execute(select(Interview.id).order_by(place)).scalars())
    assert ids == sorted(ids)
    assert len(set(ids)) == 10
    assert max(ids) > 2**40


def test_words_are_cut_loose_from_their_interview(
    database: Database, close: Callable[..., Wave], open_wave: Wave, answered: dict[str, str], tmp_path: Path
) -> None:
    close(open_wave)
    private = bytes.fromhex((tmp_path / f"{open_wave.alias}.textkey").read_text())
    with database.reading() as session:
        texts = session.scalars(select(SealedText)).all()
        ids = set(session.scalars(select(Interview.id)))
    assert {keys.unseal(private, row.box) for row in texts} == {f"word-{n}" for n in range(9)}
    assert not ids & {row.id for row in texts}
    assert {row.item for row in texts} == {"WORDS"}


def test_nothing_that_links_is_left(
    database: Database, close: Callable[..., Wave], config: Config, open_wave: Wave, answered: dict[str, str]
) -> None:
    assert (rows(database, Ballot), rows(database, Invitation)) == (12, 12)
    close(open_wave)
    assert [rows(database, model) for model in (Ballot, PageAnswer, Invitation)] == [0, 0, 0]
    assert not keys.wave_key_file(config.keys, open_wave.alias).exists()
    if database.engine.dialect.name == "postgresql":
        with database.engine.connect() as connection:
            for table in ("ballot", "page_answer", "invitation"):
                assert connection.exec_driver_sql(f"SELECT pg_relation_size('{table}')").scalar() == 0


def stored_bytes(database: Database, config: Config) -> bytes:
    """Whatever lies in the home folder, and in the tables and indexes of a PostgreSQL server."""
    content = b"".join(path.read_bytes() for path in sorted(config.home.rglob("*")) if path.is_file())
    if database.engine.dialect.name == "postgresql":
        read = text(
            "SELECT pg_read_binary_file(pg_relation_filepath(oid)) FROM pg_class "
            "WHERE relkind IN ('r', 'i', 't') AND pg_relation_size(oid) > 0 "
            "AND pg_relation_filepath(oid) LIKE 'base/%'"
        )
        with database.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            connection.exec_driver_sql("CHECKPOINT")
            content += b"".join(bytes(row) for row in connection.execute(read).scalars())
    return content


def test_no_byte_of_token_ballot_or_key_is_left(
    *,
    database: Database,
    close: Callable[..., Wave],
    config: Config,
    open_wave: Wave,
    answered: dict[str, str],
) -> None:
    """The search first finds what it looks for, before the close; the planner's samples are searched too."""
    if database.engine.dialect.name == "postgresql":
        with database.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            connection.exec_driver_sql("ANALYZE")
    secret = keys.read_wave_key(config.keys, open_wave.alias).secret
    hashes = [keys.token_hash(token) for token in answered]
    traces = [secret, *(trace.encode() for trace in (*answered, *answered.values(), *hashes))]

    def found() -> int:
        content = stored_bytes(database, config)
        return sum(trace in content for trace in traces)

    assert found() == 1 + 12 + 12, "key, ballots and token hashes are there while the wave runs"
    close(open_wave)
    assert found() == 0


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_no_old_snapshot_keeps_deleted_rows(
    database: Database, close: Callable[..., Wave], config: Config, open_wave: Wave, answered: dict[str, str]
) -> None:
    """As a long report or a backup's connection holds one; VACUUM FULL would leave every deleted row."""
    with database.engine.execution_options(isolation_level="REPEATABLE READ").connect() as other:
        other.execute(select(Wave.alias)).all()
        close(open_wave)
        content = stored_bytes(database, config)
    assert sum(trace.encode() in content for trace in (*answered, *answered.values())) == 0


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_table_that_others_hold_is_reported_and_the_close_can_be_repeated(
    *,
    database: Database,
    close: Callable[..., Wave],
    config: Config,
    open_wave: Wave,
    answered: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(engine, "BUSY_SECONDS", 0.2)
    with database.engine.connect() as other:
        other.exec_driver_sql("LOCK TABLE answer IN ACCESS SHARE MODE")
        with pytest.raises(Refused, match="expected a table that can be rewritten"):
            close(open_wave)
    wave = close(open_wave)
    assert wave.state == "closed"
    content = stored_bytes(database, config)
    assert sum(trace.encode() in content for trace in (*answered, *answered.values())) == 0


def test_the_wave_remembers_that_one_person_closed_it(
    database: Database, close: Callable[..., Wave], open_wave: Wave
) -> None:
    wave = close(open_wave)
    assert wave.disclosure["closing"] == closing.ONE_PERSON
    assert wave.disclosure["sponsor"] == "Nobody."


def test_a_close_needs_a_second_person(
    database: Database, close: Callable[..., Wave], open_wave: Wave
) -> None:
    with pytest.raises(Refused, match="whose closing was proposed"):
        close(open_wave, two_person=True)
    with database.writing() as session:
        closing.propose_close(session, waves.find_wave(session, open_wave.alias), "aigul")
    with pytest.raises(Refused, match="a second person"):
        close(open_wave, two_person=True, by="aigul")
    wave = close(open_wave, two_person=True, by="timur")
    assert (wave.state, wave.disclosure["closing"]) == ("closed", closing.TWO_NAMES)
    persons = {"en": "person", "ru": "человек", "kk": "адам", "uz": "kishi"}
    assert not [language for language, word in persons.items() if word in closing.TWO_NAMES[language]], (
        "a typed name proves no second person"
    )


def test_a_proposed_close_lets_the_running_finish_and_nobody_start(
    database: Database, open_wave: Wave, answer: Callable[..., str]
) -> None:
    with database.writing() as session:
        found = waves.find_wave(session, open_wave.alias)
        closing.propose_close(session, found, "aigul")
    assert waves.phase(found, TODAY) == "running"
    answer(open_wave, "TOKEN")
    assert rows(database, Ballot) == 1


def test_only_a_wave_in_the_field_is_closed(
    database: Database, close: Callable[..., Wave], config: Config, make_wave: Callable[..., Wave]
) -> None:
    made = make_wave()
    with pytest.raises(Refused, match="found draft"):
        close(made)
    assert keys.wave_key_file(config.keys, made.alias).exists()


def test_a_close_cut_short_changes_nothing_and_is_done_again(
    database: Database, close: Callable[..., Wave], config: Config, open_wave: Wave, answered: dict[str, str]
) -> None:
    def power_cut(_done: int) -> None:
        raise PowerCutError

    with pytest.raises(PowerCutError):
        close(open_wave, progress=power_cut)
    assert (rows(database, Ballot), rows(database, Interview), rows(database, Answer)) == (12, 0, 0)
    assert keys.wave_key_file(config.keys, open_wave.alias).exists()
    close(open_wave)
    assert (rows(database, Ballot), rows(database, Interview)) == (0, 10)


def test_a_close_cut_short_after_its_commit_is_finished_by_typing_it_again(
    database: Database, close: Callable[..., Wave], config: Config, open_wave: Wave, answered: dict[str, str]
) -> None:
    with database.writing() as session:
        found = waves.find_wave(session, open_wave.alias)
        closing.close_wave(session, found, by="timur", two_person=False, today=TODAY)
    kept = everything(database)
    assert keys.wave_key_file(config.keys, open_wave.alias).exists()
    close(open_wave)
    assert not keys.wave_key_file(config.keys, open_wave.alias).exists()
    assert everything(database) == kept


def test_a_wave_not_closed_keeps_its_key(database: Database, config: Config, open_wave: Wave) -> None:
    assert not closing.clean_up(database, config.keys, open_wave)
    assert keys.wave_key_file(config.keys, open_wave.alias).exists()


def test_another_wave_in_the_field_is_not_touched(
    *,
    database: Database,
    close: Callable[..., Wave],
    config: Config,
    open_wave: Wave,
    make_wave: Callable[..., Wave],
    answer: Callable[..., str],
    answered: dict[str, str],
) -> None:
    other = make_wave(name="2028", alias="opinion-28")
    with database.writing() as session:
        found = waves.find_wave(session, other.alias)
        tokens = invitations.invite(session, found, BatchSpec(name="a", size=1, few="a test"))
        found.state = "open"
    ballot = answer(found, tokens[0])
    close(open_wave)
    with database.reading() as session:
        assert ballots.answers_of(session, ballot)["AGE"] == 40
        assert invitations.find(session, other, tokens[0]) is not None
    assert keys.read_wave_key(config.keys, other.alias).ballot(tokens[0]) == ballot


def test_the_last_day_is_the_day_of_an_early_close(
    database: Database, close: Callable[..., Wave], open_wave: Wave
) -> None:
    assert close(open_wave).closes == TODAY


def test_a_seed_fixes_the_order_of_a_synthetic_wave(
    database: Database,
    close: Callable[..., Wave],
    make_wave: Callable[..., Wave],
    answer: Callable[..., str],
) -> None:
    made = make_wave(synthetic=True, seed=7)
    with database.writing() as session:
        found = waves.find_wave(session, made.alias)
        found.state = "open"
        versions.begin(session, found, found.opens)
    ages = {answer(made, f"TOKEN{number}", AGE=30 + number): 30 + number for number in range(8)}
    close(made)
    with database.reading() as session:
        query = select(Answer.value).where(Answer.variable == "AGE").order_by(Answer.interview)
        found = list(session.scalars(query))
    random_bytes = keys.chance(7, "kz-thb/2027/close")
    drawn = sorted((int.from_bytes(random_bytes(8)) >> 1, ballot) for ballot in sorted(ages))
    assert found == [ages[ballot] for _, ballot in drawn]


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({"OK": 2, "AGE": 40}, "breakoff"),
        ({"OK": 2, "AGE": 40, "SEEN": 1}, "partial"),
        ({"OK": 2, "AGE": 40, "SEEN": 2}, "breakoff"),
        ({"OK": 2, "AGE": 40, "SEEN": 2, "WHERE": [1]}, "partial"),
        ({"OK": 2, "AGE": 40, "SEEN": int(Missing.DONT_KNOW)}, "partial"),
    ],
)
def test_half_of_the_questions_on_the_way_make_a_partial_interview(
    small: Questionnaire, answers: dict[str, Any], expected: str
) -> None:
    """On the way lie OK, AGE, SEEN, WORDS, VB1 and VB2, and WHERE for those who have seen it."""
    version, draw = version_of(small), small.draw("b")
    assert outcome(version, "started", small.encode(answers, draw, False)) == expected
    assert outcome(version, "complete", small.encode(answers, draw, True)) == "complete"


def test_a_log_that_a_reader_holds_is_no_silent_success(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "BUSY_SECONDS", 0.2)
    database = engine.connect(f"sqlite:///{tmp_path}/held.sqlite")
    schema.upgrade(database)
    with database.reading() as session:
        session.scalar(select(func.count()).select_from(Ballot))
        with pytest.raises((Refused, engine.DatabaseError)):
            database.erase_deleted_rows()
    database.erase_deleted_rows()
    assert (tmp_path / "held.sqlite-wal").stat().st_size == 0
    database.close()


def test_a_reader_that_keeps_deleted_rows_in_the_log_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "BUSY_SECONDS", 0.1)
    database = engine.connect(f"sqlite:///{tmp_path}/busy.sqlite")
    schema.upgrade(database)
    with database.reading() as session:
        waves.all_waves(session)
        with pytest.raises(Refused, match="expected a log that can be emptied"):
            database.erase_deleted_rows()
    database.erase_deleted_rows()
    assert (tmp_path / "busy.sqlite-wal").stat().st_size == 0
    database.close()
