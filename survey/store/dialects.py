"""What SQLite and PostgreSQL spell differently: an expression in, each one's SQL out."""

from typing import Any

from sqlalchemy import JSON
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction


def insert(session: Session, model: type[Any]) -> Any:
    """INSERT with ON CONFLICT, which the two dialects spell alike but keep apart."""
    return insert_of(session.get_bind().dialect.name, model)


def insert_of(dialect: str, target: Any) -> Any:
    """The same for a dialect's name and a model or table."""
    return sqlite.insert(target) if dialect == "sqlite" else postgresql.insert(target)


class gathered(GenericFunction[list[list[Any]]]):  # noqa: N801  SQL functions are named like this
    """Aggregate: a list per row of the columns' values, all rows in one JSON list (NULL or [] for none)."""

    type = JSON()
    inherit_cache = True


@compiles(gathered, "sqlite")
def _gathered_by_sqlite(element: gathered, compiler: SQLCompiler, **options: Any) -> str:
    parts = []
    for column in element.clauses:
        sql = compiler.process(column, **options)
        parts.append(f"json({sql})" if isinstance(column.type, JSON) else sql)
    return f"json_group_array(json_array({', '.join(parts)}))"


@compiles(gathered, "postgresql")
def _gathered_by_postgresql(element: gathered, compiler: SQLCompiler, **options: Any) -> str:
    return f"json_agg(json_build_array({compiler.process(element.clauses, **options)}))"
