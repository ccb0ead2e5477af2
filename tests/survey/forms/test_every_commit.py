"""Every commit made to fail after its statements went well: nothing is half stored, called saved, or told."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Engine, text
from werkzeug.test import TestResponse

from survey.store.engine import Database

from .scene import Scene, tables
from .test_every_failure import Asked, Lines, everything, failures, lines, send, told

__all__ = ["lines"]
CANARY = "kanareika-row"
AT_COMMIT = """
CREATE FUNCTION refuse_commit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'failing row contains kanareika-row %', OLD USING ERRCODE = '53100', DETAIL = NEW;
END $$
"""


@contextmanager
def failing_commit(database: Database, at: int) -> Iterator[list[int]]:
    """So many commits are made, and the next one the driver refuses with a row in its message."""
    made: list[int] = []
    engines = [each for each in (database.engine, database.single) if each is not None]
    real = {id(engine): engine.dialect.do_commit for engine in engines}

    def committing(engine: Engine) -> None:
        def commit(connection: object) -> None:
            made.append(1)
            if len(made) == at:
                raise engine.dialect.loaded_dbapi.OperationalError(
                    f"disk full; failing row contains {CANARY}"
                )
            real[id(engine)](connection)

        engine.dialect.do_commit = commit  # type: ignore[method-assign,assignment]

    for each in engines:
        committing(each)
    try:
        yield made
    finally:
        for each in engines:
            del each.dialect.do_commit


def repeated(one: Asked, answer: TestResponse, said: str) -> list[str]:
    """What of the request or of a row stands in log or page."""
    found = told(one, answer, said) if answer.status_code >= 500 else []
    # The probe of whether writing works stores nothing: no row could stand in its message, which an
    # administrator needs.
    log = "" if one.name == "health.readyz" else said
    page = answer.get_data().decode("utf-8", "replace")
    return found + [f"{CANARY}: {each[:80]}" for each in (log, page) if CANARY in each]


def test_a_database_that_fails_at_any_commit_tells_nothing_and_leaves_no_half(
    scene: Scene, lines: Lines, capfd: pytest.CaptureFixture[str]
) -> None:
    """At the first commit of each request, at the second, and so on to its last."""
    requests = list(everything(scene))
    wrong, failed = [], 0
    for each in failures(scene, requests, lines, capfd, failing_commit):
        failed += 1
        wrong += [each.called(found) for found in repeated(each.one, each.answer, each.said)]
        status = each.answer.status_code
        if status >= 400 and each.changed:
            wrong.append(each.called(f"{status} and {each.changed}"))
        if each.at == 1 and status < 400 and each.changed:
            wrong.append(each.called(f"{status} as if it were stored"))
    assert wrong == []
    assert failed > 15
    print(f"{failed} commits failed in {len(requests)} requests")


@contextmanager
def refusing(engine: Engine) -> Iterator[None]:
    """PostgreSQL's own way: a rule of every table that is looked at only when the transaction ends."""
    names = [table.name for table in tables()]
    with engine.begin() as connection:
        connection.execute(text(AT_COMMIT))
        for name in names:
            connection.exec_driver_sql(
                f"CREATE CONSTRAINT TRIGGER refused AFTER INSERT OR UPDATE OR DELETE ON {name} "
                "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse_commit()"
            )
    try:
        yield
    finally:
        with engine.begin() as connection:
            connection.exec_driver_sql("DROP FUNCTION refuse_commit() CASCADE")


def test_postgresql_refusing_every_commit_stores_nothing_and_nobody_is_told_otherwise(
    scene: Scene, lines: Lines, capfd: pytest.CaptureFixture[str]
) -> None:
    engine = scene.office.database.engine
    if engine.dialect.name != "postgresql":
        return  # SQLite looks at no rule of ours when a transaction ends: the test above is all it has
    requests = list(everything(scene))
    scene.keep()
    wrong, refused = [], 0
    for one in requests:
        lines.said.clear()
        with refusing(engine):
            answer = send(scene, one)
        said = "\n".join(lines.said) + "".join(capfd.readouterr())
        refused += answer.status_code >= 500
        wrong += [(one.name, one.method, each) for each in repeated(one, answer, said)]
        if changed := scene.changed():
            wrong.append((one.name, one.method, f"{answer.status_code} and {changed}"))
    assert wrong == []
    assert refused > 15
    print(f"{refused} of {len(requests)} requests were refused at their commit")
