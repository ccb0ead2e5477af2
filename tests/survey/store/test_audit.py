"""The record of acts: complete, in the transaction of the act, and no change of it stays unseen."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from survey.store import audit
from survey.store.audit import Head, faults, head, keep_head, read_head
from survey.store.engine import Database

DAY = date(2027, 5, 12)


def act(session: Any, what: str = "wave.open", **detail: Any) -> audit.Act:
    return audit.record(
        session, actor="shell:aigul", what=what, subject="kz-thb/2027", day=DAY, detail=detail
    )


@pytest.fixture
def five(database: Database) -> Database:
    with database.writing() as session:
        for number in range(5):
            act(session, n=number, words={"ru": "Опечатка"})
    return database


def found(database: Database, noted: Head | None = None) -> list[str]:
    with database.reading() as session:
        return [reason.path for reason in faults(session, noted)]


def past_the_triggers(database: Database, *statements: str) -> None:
    """As the owner of the database would."""
    with database.transaction() as connection:
        if database.engine.dialect.name == "postgresql":
            connection.exec_driver_sql("ALTER TABLE act DISABLE TRIGGER USER")
        else:
            for verb in ("update", "delete"):
                connection.exec_driver_sql(f"DROP TRIGGER act_is_fixed_{verb}")
        for statement in statements:
            connection.exec_driver_sql(statement)


def test_an_untouched_record_holds(five: Database, tmp_path: Path) -> None:
    with five.reading() as session:
        newest = head(session)
    assert newest is not None
    assert newest.number == 5
    keep_head(tmp_path, newest, first=True)
    assert read_head(tmp_path) == newest
    assert found(five, newest) == []
    assert found(five) == []


@pytest.mark.parametrize("statement", ["UPDATE act SET actor = 'x'", "DELETE FROM act WHERE number = 5"])
def test_the_database_itself_refuses_to_change_an_act(five: Database, statement: str) -> None:
    with pytest.raises(DatabaseError, match="an act is never changed or deleted"), five.transaction() as wire:
        wire.execute(text(statement))
    assert found(five) == []


@pytest.mark.parametrize(
    "change",
    [
        "actor = 'shell:timur'",
        "day = '2027-05-13'",
        "what = 'wave.close'",
        "subject = 'kz-thb/2028'",
        "detail = '{}'",
        "before = '" + "1" * 64 + "'",
        "seal = '" + "1" * 64 + "'",
    ],
)
@pytest.mark.parametrize("number", [1, 3, 5])
def test_any_change_of_any_column_is_found(five: Database, change: str, number: int) -> None:
    with five.reading() as session:
        newest = head(session)
    past_the_triggers(five, f"UPDATE act SET {change} WHERE number = {number}")  # noqa: S608
    places = found(five, newest)
    assert places
    assert set(places) <= {f"act {number}", f"act {number + 1}"}


def test_a_left_out_act_is_found(five: Database) -> None:
    past_the_triggers(five, "DELETE FROM act WHERE number = 3")
    assert "act 4" in found(five)


def test_a_left_out_act_is_found_even_when_the_others_are_renumbered(five: Database) -> None:
    past_the_triggers(
        five,
        "DELETE FROM act WHERE number = 3",
        "UPDATE act SET number = 3 WHERE number = 4",
        "UPDATE act SET number = 4 WHERE number = 5",
    )
    assert found(five)


def test_a_cut_end_is_found_by_the_head_alone(five: Database) -> None:
    with five.reading() as session:
        newest = head(session)
    past_the_triggers(five, "DELETE FROM act WHERE number > 3")
    assert found(five) == []
    assert found(five, newest) == ["the end"]


def test_a_chain_written_anew_is_found_by_a_head_noted_before(five: Database) -> None:
    with five.reading() as session:
        newest = head(session)
    past_the_triggers(five, "DELETE FROM act")
    with five.writing() as session:
        for number in range(9):
            act(session, n=number, words="another story")
    assert found(five) == []
    assert found(five, newest) == ["act 5"]


def test_an_act_stands_only_together_with_what_it_tells_of(database: Database) -> None:
    with pytest.raises(RuntimeError), database.writing() as session:
        act(session)
        raise RuntimeError
    with database.reading() as session:
        assert head(session) is None


def test_acts_at_the_same_time_make_one_chain(database: Database) -> None:
    failed: list[BaseException] = []

    def many() -> None:
        try:
            for _ in range(10):
                with database.writing() as session:
                    act(session)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=many) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    with database.reading() as session:
        newest = head(session)
    assert newest is not None
    assert newest.number == 40
    assert found(database, newest) == []


def test_an_older_head_never_takes_the_place_of_a_newer_one(tmp_path: Path) -> None:
    """A command that ends late; a record whose end was cut off, which the file must go on telling."""
    newer, older, forked = Head(7, "b" * 64), Head(6, "a" * 64), Head(7, "c" * 64)
    keep_head(tmp_path, newer, first=True)
    for other in (older, forked):
        keep_head(tmp_path, other)
        assert read_head(tmp_path) == newer
    keep_head(tmp_path, older, restored=True)
    assert read_head(tmp_path) == older, "what was lost stands in the act of the restoring"


def test_where_no_end_is_noted_only_a_first_act_notes_one(five: Database, tmp_path: Path) -> None:
    with five.reading() as session:
        newest = head(session)
        assert newest is not None
        keep_head(tmp_path, newest)
        assert read_head(tmp_path) is None, "whoever cut the record took it away, perhaps"
        (reason,) = audit.unnoted(session, tmp_path)
        assert "--head" in reason.hint
        keep_head(tmp_path, Head(1, "a" * 64))
        assert read_head(tmp_path) == Head(1, "a" * 64)
        keep_head(tmp_path, newest)
        assert read_head(tmp_path) == newest
        assert audit.unnoted(session, tmp_path) == []


def test_many_commands_that_end_at_once_leave_the_newest_head(tmp_path: Path) -> None:
    heads = [Head(number, f"{number:064x}") for number in range(1, 60)]
    with ThreadPoolExecutor(8) as pool:
        list(
            pool.map(
                lambda each: keep_head(tmp_path, each, first=True),
                sorted(heads, key=lambda each: each.seal[-1]),
            )
        )
    assert read_head(tmp_path) == heads[-1]
    assert [path.name for path in tmp_path.iterdir() if path.name.endswith(".part")] == []


def test_what_is_longer_than_its_column_is_cut_and_the_record_holds(database: Database) -> None:
    with database.writing() as session:
        made = audit.record(session, actor="a" * 90, what="x", subject="b" * 300, day=DAY, detail={})
        assert (len(made.actor), len(made.subject), made.number) == (80, 200, 1)
    assert found(database) == []


def test_an_act_is_found_again_by_all_that_names_it(database: Database) -> None:
    with database.writing() as session:
        for held in (False, True):
            act(session, "wave.attack", held=held)
        act(session, "wave.open")
    with database.reading() as session:
        assert audit.has_act(session, "shell:aigul", "wave.open", DAY)
        assert audit.has_act(session, "shell:aigul", "wave.open", DAY, "kz-thb/2027")
        for other in (
            ("shell:timur", "wave.open", DAY, ""),
            ("shell:aigul", "wave.close", DAY, ""),
            ("shell:aigul", "wave.open", date(2027, 5, 13), ""),
            ("shell:aigul", "wave.open", DAY, "kz-thb/2028"),
        ):
            assert not audit.has_act(session, *other)
        assert audit.latest_detail(session, "wave.attack", "kz-thb/2027") == {"held": True}
        assert audit.latest_detail(session, "wave.attack", "kz-thb/2028") == {}
        acts = audit.acts_on(session, "kz-thb/2027", ["wave.attack"])
        assert [each.detail for each in acts] == [{"held": True}, {"held": False}]
        assert audit.acts_on(session, "kz-thb/2028", ["wave.attack"]) == []


def test_the_same_head_is_written_once_more_where_that_is_asked_alone(five: Database, tmp_path: Path) -> None:
    with five.reading() as session:
        newest = head(session)
    keep_head(tmp_path, newest, first=True)
    first = (tmp_path / audit.HEAD).stat().st_ino
    keep_head(tmp_path, newest)
    assert (tmp_path / audit.HEAD).stat().st_ino == first
    keep_head(tmp_path, newest, again=True)
    assert (tmp_path / audit.HEAD).stat().st_ino != first
    assert read_head(tmp_path) == newest
