"""An instance with one complete interview in, the same with millions of stored answers out.

What the product stored is copied under random ballots, so every column is as the product fills it.
"""

import json
import secrets

from sqlalchemy import JSON, Connection, Table, func, insert, literal, select
from sqlalchemy.orm import Session

from survey.store.engine import Database
from survey.store.models import Ballot, PageAnswer

CHUNK = 20_000
"""Interviews a transaction."""


def fill(database: Database, answers: int) -> int:
    """Copy until at least that many answers are stored; how many are."""
    with database.reading() as session:
        template = session.scalar(select(Ballot.ballot).where(Ballot.state == "complete").limit(1))
        pages = session.scalars(select(PageAnswer.answers).where(PageAnswer.ballot == template)).all()
    each = sum(len(page) for page in pages)
    wanted = -(-answers // each)
    for start in range(0, wanted, CHUNK):
        with database.writing() as session:
            _copy(session, template, min(CHUNK, wanted - start))
    with database.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("ANALYZE")
        return each * connection.scalar(select(func.count()).select_from(Ballot))


def _copy(session: Session, template: str, number: int) -> None:
    connection = session.connection()
    fresh = sorted(secrets.token_hex(32) for _ in range(number))
    # The code of each must differ from all others, as the ballot's id does.
    _copy_rows(connection, Ballot.__table__, template, fresh, ("ballot", "code_mac"))
    _copy_rows(connection, PageAnswer.__table__, template, fresh, ("ballot",))


def _copy_rows(
    connection: Connection, table: Table, template: str, fresh: list[str], own: tuple[str, ...]
) -> None:
    if connection.dialect.name == "sqlite":
        source = func.json_each(json.dumps(fresh)).table_valued("value")
    else:
        source = func.json_array_elements_text(literal(fresh, JSON)).table_valued("value")
    columns = [source.c.value if column.name in own else column for column in table.c]
    query = select(*columns).select_from(table).join(source, table.c.ballot == template)
    connection.execute(insert(table).from_select([column.name for column in table.c], query))
