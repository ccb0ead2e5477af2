"""The environment in, this instance's settings and its database at the newest migration out."""

from collections.abc import Iterator
from contextlib import contextmanager

from survey.config import Config
from survey.store.engine import Database, connect
from survey.store.schema import require_current


@contextmanager
def instance() -> Iterator[tuple[Config, Database]]:
    """Settings and database for one command. Raises Refused for a database that is behind or unreachable."""
    config = Config.from_env()
    database = connect(config.database_url)
    try:
        require_current(database)
        yield config, database
    finally:
        database.close()
