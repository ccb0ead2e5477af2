"""An instance in, one sealed file out; `Made` says what is in it."""

import hashlib
import json
import tarfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import BinaryIO

from instruments import write_whole
from survey.backup.copies import copy
from survey.backup.seal import recipients, seal
from survey.config import Config
from survey.refusal import Reason, Refused
from survey.staging import staged
from survey.store.engine import Database
from survey.store.rewriting import rewrite_tables
from survey.store.schema import head

FORMAT = 1
MANIFEST, DATABASE, RELEASES, PUBLISHED = "manifest.json", "database", "releases", "published"
STAMP = "last-backup.json"


@dataclass(frozen=True)
class Made:
    """What a backup holds."""

    format: int
    made: str
    """Time of the copy in ISO form, UTC: of the office's doing, not of any respondent's."""
    software: str
    migration: str
    dialect: str
    rows: Mapping[str, int]
    files: Mapping[str, str]
    """SHA-256 of each file by its place."""


def make_backup(config: Config, database: Database, out: Path, to: Sequence[str]) -> Made:
    """Write `out`, sealed to every public key; it is there whole or not at all.

    First respondents' tables are written in an order that tells nobody's arrival. Keys stay out: whoever has
    a backup alone can link no invitation to its answers. Raises Refused for bad keys, a file that exists,
    a database that is busy.
    """
    public = recipients(to)
    if out.exists():
        hint = "name another, with the day in it"
        raise Refused(Reason("a new file for the backup", "one that exists", hint, path=str(out)))
    out.parent.mkdir(parents=True, exist_ok=True)
    config.home.mkdir(parents=True, exist_ok=True)
    rewrite_tables(database)
    with staged(config.home, "backup") as folder:
        copied = folder / DATABASE
        rows = copy(database, copied)
        members = {
            DATABASE: copied,
            **_below(config.releases, RELEASES),
            **_below(config.published, PUBLISHED),
        }
        made = Made(
            FORMAT,
            datetime.now(UTC).isoformat(timespec="seconds"),
            version("tolqyn"),
            head(),
            database.engine.dialect.name,
            rows,
            {name: digest(path) for name, path in members.items()},
        )
        manifest = folder / MANIFEST
        manifest.write_text(json.dumps(asdict(made), indent=1))
        members = {MANIFEST: manifest, **members}
        sealed = out.with_name(out.name + ".part")
        try:
            seal(lambda plain: _pack(plain, members), sealed, public)
            sealed.replace(out)
        finally:
            sealed.unlink(missing_ok=True)
    _stamp(config.home, made, out)
    return made


def last_backup(home: Path) -> datetime | None:
    """When this instance last made one; None when never."""
    try:
        return datetime.fromisoformat(json.loads((home / STAMP).read_text())["made"])
    except (FileNotFoundError, ValueError, KeyError):
        return None


def digest(path: Path) -> str:
    """SHA-256 of a file, hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _below(folder: Path, name: str) -> dict[str, Path]:
    """Files of a folder by their place in a backup."""
    return {
        f"{name}/{path.relative_to(folder).as_posix()}": path
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink()
    }


def _pack(plain: BinaryIO, members: Mapping[str, Path]) -> None:
    # Of two names of one file (hard links) both are files of the backup.
    with tarfile.open(fileobj=plain, mode="w|", format=tarfile.PAX_FORMAT, dereference=True) as archive:
        for name, path in members.items():
            archive.add(path, name, recursive=False)


def _stamp(home: Path, made: Made, out: Path) -> None:
    write_whole(home / STAMP, json.dumps({"made": made.made, "file": str(out)}).encode())
