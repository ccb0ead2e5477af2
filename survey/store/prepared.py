"""Statements of a respondent's page: a Core statement, compiled once, and its values in, a row out.

SQLAlchemy spells the statement for its database and converts types; putting it together again for each of
thousands of pages costs more than running it. Errors stay SQLAlchemy's own.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Dialect, PoolProxiedConnection
from sqlalchemy.exc import DBAPIError

Row = Sequence[Any]
Convert = Callable[[Any], Any]


@dataclass(frozen=True)
class Prepared:
    """One statement as a driver takes it."""

    sql: str
    names: tuple[str, ...]
    """The parameters, as often and in the order in which they stand in the statement where places count."""
    by_name: bool
    fixed: Mapping[str, Any]
    """Parameters with a value of their own."""
    written: Mapping[str, Convert]
    """Parameter -> what makes the driver's value of it, where that is another one."""
    read: tuple[tuple[int, Convert], ...]
    """Places in a row and what makes the value of the driver's."""
    error: type[Exception]
    """What the driver raises."""

    @classmethod
    def of(cls, statement: Any, dialect: Dialect) -> "Prepared":
        """The statement for the dialect's driver."""
        compiled: Any = statement.compile(dialect=dialect)
        kinds = {name: bind.type.dialect_impl(dialect) for name, bind in compiled.binds.items()}
        written = {name: kind.bind_processor(dialect) for name, kind in kinds.items()}
        results = [column.type.dialect_impl(dialect) for column in statement.exported_columns]
        read = enumerate(kind.result_processor(dialect, None) for kind in results)
        return cls(
            sql=str(compiled),
            names=tuple(compiled.positiontup if compiled.positional else kinds),
            by_name=not compiled.positional,
            fixed={name: value for name, value in compiled.params.items() if value is not None},
            written={name: convert for name, convert in written.items() if convert is not None},
            read=tuple((place, convert) for place, convert in read if convert is not None),
            error=dialect.loaded_dbapi.Error,
        )

    def run(self, connection: PoolProxiedConnection, values: Mapping[str, Any]) -> Row | None:
        """The first row, None where there is none. Raises DBAPIError."""
        try:
            cursor = connection.cursor()
            try:
                cursor.execute(self.sql, self._parameters(values))
                row = cursor.fetchone()
            finally:
                cursor.close()
        except self.error as error:
            raise translated(error, self.error, self.sql) from error
        return None if row is None else self._converted(row)

    def _parameters(self, values: Mapping[str, Any]) -> Any:
        given = {**self.fixed, **values}
        for name, convert in self.written.items():
            given[name] = convert(given[name])
        return given if self.by_name else tuple([given[name] for name in self.names])

    def _converted(self, row: Row) -> Row:
        if not self.read:
            return row
        found = list(row)
        for place, convert in self.read:
            found[place] = convert(found[place])
        return found


def translated(error: Exception, kind: type[Exception], sql: str = "") -> BaseException:
    """SQLAlchemy's error for a driver's, whose errors are of that kind; no parameter stands in it."""
    return DBAPIError.instance(sql, None, error, kind, hide_parameters=True)
