"""Whom the office shut out stays out when a backup is put back; where nothing tells, someone is asked."""

import time
from datetime import timedelta

from sqlalchemy import func, select

from survey.config import study_today
from survey.store import people, sign_ins
from survey.store.engine import Database
from survey.store.models import RowGrant
from survey.store.schema import upgrade
from survey.store.sign_ins import AccountLink, StaffSession
from tests.survey.backup.conftest import Office, emptied, run, shut_everybody_out


def test_nobody_who_was_shut_out_since_comes_in_again(office: Office, database: Database) -> None:
    assert office.answers(office.keep) == 200
    shut_everybody_out(database)
    done = office.restore()
    assert office.answers(office.keep) == 401
    with database.reading() as session:
        ghost = people.account_named(session, "ghost")
        assert people.account_named(session, "ana").disabled
        assert sign_ins.find(session, office.session, int(time.time())) is None
        assert session.scalar(select(func.count()).select_from(StaffSession)) == 0
        assert session.scalar(select(func.count()).select_from(AccountLink)) == 0
        assert [role.role for role in people.grants_of(session, ghost.id)] == ["analyst"]
        assert session.scalar(select(func.count()).select_from(RowGrant)) == 0
        assert (ghost.password, people.passkeys_of(session, ghost.id)) == ("another hash", [])
        assert not people.use_recovery_code(session, ghost, "used")
    assert "1 sessions and 3 links of staff ended" in done.stdout
    assert "1 accounts disabled again: ana" in done.stdout
    assert "1 roles ended again: ghost interviewer on kz-thb" in done.stdout
    assert "2 rows taken back again: ghost kz-thb/2026, ghost kz-thb/2027" in done.stdout
    assert "1 passwords and factors as they were at last: ghost" in done.stdout
    assert "1 tokens revoked: keep" in done.stdout
    assert "confirms each of these" not in done.stderr
    kinds = ("sessions", "links", "disabled", "roles", "rows", "proofs", "tokens")
    assert [office.noted()[kind] for kind in kinds] == [1, 3, 1, 1, 2, 1, 1]


def test_whoever_was_let_in_at_last_still_is(office: Office, database: Database) -> None:
    done = office.restore()
    assert office.answers(office.keep) == 200
    with database.reading() as session:
        assert not any(account.disabled for account in people.all_accounts(session))
        assert session.scalar(select(func.count()).select_from(RowGrant)) == 2
        assert sum(len(each) for each in people.all_grants(session).values()) == 4
    assert "0 accounts disabled again" in done.stdout
    assert "confirms each of these" not in done.stderr


def test_rows_that_were_shortened_stay_short(office: Office, database: Database) -> None:
    run("user", "rows", "ghost", "--on", "kz-thb/2027", "--until", study_today(), "--because", "less")
    office.restore()
    with database.reading() as session:
        until = session.scalars(select(RowGrant.until).order_by(RowGrant.wave)).all()
    assert until == [study_today() + timedelta(days=90), study_today()]


def test_where_nothing_tells_no_token_opens_anything_and_a_director_is_asked(
    office: Office, database: Database
) -> None:
    shut_everybody_out(database)
    with database.transaction() as connection:
        connection.exec_driver_sql("DROP TABLE row_grant")
    database.close()
    done = office.restore()
    assert office.answers(office.keep) == 401
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(StaffSession)) == 0
    assert "1 tokens revoked: keep" in done.stdout
    assert "confirms each of these" in done.stderr
    assert "ana: field_manager on *" in done.stderr
    until = study_today() + timedelta(days=90)
    assert (
        f"ghost: analyst on *, interviewer on kz-thb, rows of kz-thb/2026 until {until}, rows of kz-thb/2027"
        in done.stderr
    )
    assert office.noted()["known_before"] is False


def test_an_older_database_ends_nothing_that_was_given_since(office: Office, database: Database) -> None:
    """As when a newer backup is found after an older one was put back: here one from before everybody."""
    emptied(database)
    upgrade(database)
    database.close()
    done = office.restore()
    with database.reading() as session:
        assert sum(len(each) for each in people.all_grants(session).values()) == 4
    assert "confirms each of these" in done.stderr
    assert "1 tokens revoked: keep" in done.stdout


def test_an_office_without_a_director_is_told(office: Office, database: Database) -> None:
    with database.writing() as session:
        people.account_named(session, "dana").disabled = True
    database.close()
    assert "no director can sign in" in office.restore().stderr
