"""The environment in, this instance's settings and its database at the newest migration out."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy import make_url

from survey.config import Config
from survey.refusal import Refused
from survey.staging import sweep
from survey.store import audit
from survey.store.engine import Database, DatabaseError, connect
from survey.store.schema import current, require_current
from survey.unfinished import alone, marked, refuse_unfinished


@contextmanager
def instance() -> Iterator[tuple[Config, Database]]:
    """Settings and database for one command. Raises Refused for a database that is behind or unreachable."""
    config = Config.from_env()
    database = connect(config.database_url)
    try:
        settle(config, database)
        sweep(config.home)
        require_current(database)
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
        settle(config, database)
        if current(database) is None:
            yield config, None
        else:
            require_current(database)
            first = _no_acts(database)
            yield config, database
            keep_head(config, database, first=first)
    finally:
        database.close()


def settle(config: Config, database: Database) -> None:
    """Raises Refused where a restoration runs or was cut off; one that had touched nothing is forgotten.

    Comes before anything else is asked of the database: half restored, it may be an older one, or one whose
    rights were not given again, and what to type is not what they would say.
    """
    if marked(config.home) is None:
        return
    from survey.backup.restoring import forget, refuse_elsewhere

    with suppress(DatabaseError):
        with suppress(Refused), alone(config.home):
            forget(config.home, database)
        refuse_elsewhere(config.home, database)
    refuse_unfinished(config.home)


def _no_acts(database: Database) -> bool:
    with database.reading() as session:
        return audit.head(session) is None


def keep_head(config: Config, database: Database, *, first: bool) -> None:
    """Write down beside the database which act is the newest; `first`: no act stood there before."""
    with database.reading() as session:
        audit.keep_head(config.home, audit.head(session), first=first)
