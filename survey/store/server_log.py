"""What PostgreSQL's own log would tell about respondents: a database in, settings to be changed out."""

from sqlalchemy import text

from survey.refusal import Reason
from survey.store.engine import Database

SILENT = {
    "log_error_verbosity": ("terse", "the values of a row that broke a rule"),
    "log_min_error_statement": ("panic", "statements that failed"),
    "log_parameter_max_length_on_error": ("0", "what was to be stored by a statement that failed"),
    "log_statement": ("none", "statements"),
    "log_min_duration_statement": ("-1", "statements that took long, and what they stored"),
    "log_min_duration_sample": ("-1", "statements that took long, and what they stored"),
    "log_transaction_sample_rate": ("0", "statements of some transactions"),
}
"""Setting -> the value with which the log holds no answers, what any other lets it hold."""


def telling(database: Database) -> tuple[Reason, ...]:
    """Settings of this database's role with which the server's log may hold answers. SQLite keeps no log."""
    if database.engine.dialect.name == "sqlite":
        return ()
    with database.engine.connect() as connection:
        role = connection.scalar(text("SELECT current_user"))
        reasons = []
        for name, (wanted, lets) in SILENT.items():
            found = connection.scalar(text("SELECT current_setting(:name, true)"), {"name": name})
            if found not in (None, wanted):
                hint = f"as PostgreSQL's administrator: ALTER ROLE \"{role}\" SET {name} = '{wanted}';"
                path = f"PostgreSQL's log, which may hold {lets}"
                reasons.append(Reason(f"{name} = {wanted}", str(found), hint, path=path, rule="server_log"))
    return tuple(reasons)
