"""What a request needs from its instance: settings, database and secrets of the process."""

from dataclasses import dataclass

from survey.config import Config
from survey.store.engine import Database


@dataclass(frozen=True)
class Instance:
    """`app.extensions["tolqyn"]`."""

    config: Config
    database: Database
    secrets: tuple[bytes, ...]
    """The last one signs."""
