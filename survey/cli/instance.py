"""The environment in, this instance's settings and its database at the newest migration out."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import make_url

from survey.config import Config
from survey.staging import sweep
from survey.store import audit
from survey.store.engine import Database, connect
from survey.store.schema import current, require_current
from survey.unfinished import end, marked, refuse_unfinished


@contextmanager
def instance() -> Iterator[tuple[Config, Database]]:
    """Settings and database for one command. Raises Refused for a database that is behind or unreachable."""
    config = Config.from_env()
    sweep(config.home)
    database = connect(config.database_url)
    try:
        require_current(database)
        _settle(config, database)
        first = _no_acts(database)
        yield config, database
        keep_head(config, database, first=first)
    finally:
        database.close()


@contextmanager
def instance_if_any(config: Config | None = None) -> Iterator[tuple[Config, Database | None]]:
    """Settings, and the database where one was made. Raises Refused for one that is behind or unreachable.

    `config`: by default that of the environment.
    """
    config = config or Config.from_env()
    address = make_url(config.database_url)
    if address.get_backend_name() == "sqlite" and not Path(address.database or "").is_file():
        yield config, None
        return
    database = connect(config.database_url)
    try:
        if current(database) is None:
            yield config, None
        else:
            require_current(database)
            _settle(config, database)
            first = _no_acts(database)
            yield config, database
            keep_head(config, database, first=first)
    finally:
        database.close()


def _settle(config: Config, database: Database) -> None:
    """Raises Refused where a restoration was cut off; one that touched nothing is forgotten."""
    if marked(config.home) is None:
        return
    from survey.backup.restoring import untouched

    if not untouched(config.home, database):
        refuse_unfinished(config.home)
    end(config.home)


def _no_acts(database: Database) -> bool:
    with database.reading() as session:
        return audit.head(session) is None


def keep_head(config: Config, database: Database, *, first: bool) -> None:
    """Write down beside the database which act is the newest; `first`: no act stood there before."""
    with database.reading() as session:
        audit.keep_head(config.home, audit.head(session), first=first)
