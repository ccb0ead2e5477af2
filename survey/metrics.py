"""The state of an instance in, its metrics as Prometheus reads them out; none counts respondents or requests.

A counter of pages read every fifteen seconds would say when somebody answered. So these are the machine's:
whether the database stands and takes writes, how old the backup and the last night's work are, how much disk
is left, and in which state the waves are.
"""

import shutil
from datetime import UTC, date, datetime
from pathlib import Path

from prometheus_client import CollectorRegistry, Gauge
from sqlalchemy.orm import Session

from survey.backup.making import last_backup
from survey.config import Config
from survey.refusal import Refused
from survey.store import snapshots
from survey.store.base import WAVE_STATES
from survey.store.engine import Database, DatabaseError
from survey.store.releases import listing
from survey.store.schema import outdated
from survey.store.waves import all_waves
from survey.unfinished import unfinished

IN_FIELD = ("open", "closing")


def collect(config: Config, database: Database, now: datetime, today: date) -> CollectorRegistry:
    """Every gauge, measured now. `now` with its zone; `today` in the study's."""
    registry = CollectorRegistry()
    ready = unfinished(config.home) is None and _ready(database)
    _gauge(registry, "tolqyn_ready", "1 when the database is at the newest migration and takes writes", ready)
    free = shutil.disk_usage(_existing(config.home)).free
    _gauge(registry, "tolqyn_disk_free_bytes", "Free bytes where keys and releases live", free)
    backup = last_backup(config.home)
    if backup is not None:
        age = (now.astimezone(UTC) - backup).total_seconds()
        _gauge(registry, "tolqyn_backup_age_seconds", "Seconds since the last backup", age)
    if ready:
        with database.reading() as session:
            _waves(registry, session, today)
    return registry


def _waves(registry: CollectorRegistry, session: Session, today: date) -> None:
    waves = all_waves(session)
    states = Gauge("tolqyn_waves", "Waves by state", ["state"], registry=registry)
    for state in WAVE_STATES:
        states.labels(state).set(sum(wave.state == state for wave in waves))
    left = Gauge("tolqyn_days_to_close", "Days until a wave takes no new starts", ["wave"], registry=registry)
    night = Gauge(
        "tolqyn_snapshot_age_days",
        "Days since a wave's last snapshot: the nightly work",
        ["wave"],
        registry=registry,
    )
    for wave in waves:
        if wave.state not in IN_FIELD:
            continue
        name = f"{wave.study}/{wave.name}"
        left.labels(name).set((wave.closes - today).days)
        if days := snapshots.progress(session, wave.id):
            night.labels(name).set((today - days[-1][0]).days)
    _gauge(registry, "tolqyn_releases", "Releases in the register", len(listing(session)))


def _gauge(registry: CollectorRegistry, name: str, words: str, value: float) -> None:
    Gauge(name, words, registry=registry).set(value)


def _ready(database: Database) -> bool:
    try:
        if outdated(database) is not None:
            return False
        database.refuse_unwritable()
    except (Refused, DatabaseError):
        return False
    return True


def _existing(folder: Path) -> Path:
    """The folder, or the nearest above it that is there."""
    return folder if folder.exists() else _existing(folder.parent)
