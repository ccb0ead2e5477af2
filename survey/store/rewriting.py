"""The nightly rewrite: a database in, respondents' tables in an order that nobody's arrival decided out."""

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from survey.refusal import Reason
from survey.store.engine import Database
from survey.store.models import Answer, Ballot, Base, Interview, Invitation, PageAnswer, PaperForm, SealedText

REWRITTEN = (PageAnswer, PaperForm, Ballot, Invitation, SealedText, Interview, Answer)
FORBIDDEN = "42501"
AS_ADMINISTRATOR = "as PostgreSQL's administrator: "
SETTINGS = {
    "wal_recycle": ("off", "ALTER SYSTEM SET wal_recycle = off; SELECT pg_reload_conf();"),
    "wal_keep_size": ("0", "ALTER SYSTEM SET wal_keep_size = 0; SELECT pg_reload_conf();"),
    "archive_mode": ("off", "ALTER SYSTEM SET archive_mode = off; and restart the server"),
}
"""What makes PostgreSQL forget its log at a checkpoint: name -> value, and what to type."""


def rewrite_tables(database: Database) -> None:
    """Write respondents' tables anew by primary key, and empty the log of SQLite. Raises Refused.

    Afterwards neither rows nor transactions tell who came before whom.
    """
    database.erase_deleted_rows(*(Base.metadata.tables[model.__tablename__] for model in REWRITTEN))


def refuse_held(database: Database) -> None:
    """Raises Refused while others hold what `rewrite_tables` needs to itself; changes nothing."""
    database.refuse_held(*(Base.metadata.tables[model.__tablename__] for model in REWRITTEN))


def forget_log(database: Database) -> tuple[Reason, ...]:
    """Let PostgreSQL drop its write-ahead log so far; what keeps it from that, each with what to type.

    The log holds every answer in the order of arrival. SQLite's is emptied with its tables.
    """
    if database.engine.dialect.name == "sqlite":
        return ()
    reasons = []
    with database.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        role = connection.scalar(text("SELECT current_user"))
        for statement, grant in (
            ("SELECT pg_switch_wal()", f"GRANT EXECUTE ON FUNCTION pg_switch_wal() TO {role};"),
            ("CHECKPOINT", f"GRANT pg_checkpoint TO {role};"),
        ):
            try:
                connection.exec_driver_sql(statement)
            except DBAPIError as error:
                if getattr(error.orig, "sqlstate", "") != FORBIDDEN:
                    raise
                reasons.append(_kept(f"the right to {statement}", "none", grant))
        for name, (wanted, remedy) in SETTINGS.items():
            found = connection.scalar(text("SELECT current_setting(:name, true)"), {"name": name})
            if found not in (None, wanted):
                reasons.append(_kept(f"{name} = {wanted}", found, remedy))
        slots = connection.scalar(text("SELECT count(*) FROM pg_replication_slots"))
        if slots:
            remedy = "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots;"
            reasons.append(_kept("no replication slot", str(slots), remedy))
    return tuple(reasons)


def _kept(expected: str, found: str, remedy: str) -> Reason:
    path = "PostgreSQL's log, which holds the order of arrival"
    return Reason(expected, found, AS_ADMINISTRATOR + remedy, path=path, rule="log")
