"""A sealed file and its key in, the instance as it was out; `Restored` says what came back."""

import json
import shutil
import tarfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sqlalchemy.orm import Session

from survey import keys
from survey.backup import copies
from survey.backup.making import DATABASE, FORMAT, MANIFEST, PUBLISHED, RELEASES, Made, digest
from survey.backup.seal import unseal
from survey.config import Config
from survey.refusal import Reason, Refused
from survey.staging import staged
from survey.store.audit import head, keep_head
from survey.store.engine import Database, DatabaseError, connect
from survey.store.rewriting import rewrite_tables
from survey.store.schema import known, upgrade
from survey.store.shut_out import Before, ShutOut, known_before, shut_out
from survey.store.waves import in_field
from survey.store.withdrawn import Again, remember_stored, withdraw_again
from survey.unfinished import MARK, Mark, alone, begin, end, marked


@dataclass(frozen=True)
class Restored:
    """What a restoration did."""

    made: Made
    releases: tuple[str, ...]
    """Releases written, STUDY/WAVE/N; those already there are left out."""
    entries: tuple[str, ...]
    """Entries of the register of what was published, STUDY/NNNNNN.json, likewise."""
    keyless: tuple[str, ...]
    """Waves that are being asked but whose key is not in this instance's folder, by their address' word."""
    again: tuple[Again, ...]
    """Of each wave in the field, what was withdrawn since the backup and is withdrawn again."""
    shut_out: ShutOut
    """Who may enter no more, as the database before had it."""


Noted = Callable[[Session, Restored], None]


@contextmanager
def restored(
    config: Config, sealed: Path, key: Path, replace: str = "", note: Noted | None = None
) -> Iterator[Restored]:
    """Database and releases of a backup, checked against its sums before anything is touched.

    A database that is there already is replaced only when its own name is given. Raises Refused; then the
    instance is as before. What respondents withdrew since the backup is withdrawn again, as far as the list
    beside the keys, or the database that is replaced, knows of it; likewise nobody comes in again whom the
    office had shut out. `note` writes the act of it, in the transaction that shuts out.

    From the database's return until the caller has told what there is to tell nothing serves; where that is
    cut off, not before it is typed again (`unfinished`).
    """
    if not sealed.is_file():
        raise Refused(Reason("a backup", "no such file", "", path=str(sealed)))
    config.home.mkdir(parents=True, exist_ok=True)
    with alone(config.home) as held:
        with staged(config.home, "restore") as folder:
            plain, content = folder / "backup.tar", folder / "content"
            unseal(sealed, plain, key)
            made = _unpacked(plain, content, sealed)
            database = connect(config.database_url)
            try:
                _refuse_another(database, made, sealed)
                _refuse_unasked(database, replace)
                copies.refuse_shared(database, made.rows)
                coming = _coming(content / RELEASES, config.releases)
                entries = _entries(content / PUBLISHED, config.published)
                half = _touched(config.home, database)
                before = _remember(config, database)
                mark = Mark(
                    str(sealed).encode("utf-8", "replace").decode(),
                    copies.place_of(database),
                    None if half else copies.standing(database),
                )
                plain_copy = content / DATABASE
                _under(config, mark, partial(copies.put_back, plain_copy, database, made.rows, held))
                copies.refuse_miscounted(database, made.rows)
            finally:
                database.close()
            for name in coming:
                _move(content / RELEASES / name, config.releases / name)
            for name in entries:
                _move(content / PUBLISHED / name, config.published / name)
        told = partial(Restored, made, coming, entries)
        yield _brought_up(config, None if half else before, told, note)
        end(config.home)


def forget(home: Path, database: Database) -> None:
    """Take the mark away where its restoration touched nothing, and what it had copied already.

    For whoever is `alone`. The mark of another database stays.
    """
    mark = marked(home)
    if mark is not None and _here(mark, database) and copies.standing(database) == mark.stood:
        copies.drop_coming(database)
        end(home)


def forget_all(home: Path, database: Database) -> None:
    """Likewise where the database is empty: nobody can come into it."""
    mark = marked(home)
    if mark is not None and _here(mark, database) and not copies.filled(database):
        copies.drop_coming(database)
        end(home)


def _here(mark: Mark, database: Database) -> bool:
    return mark.database in ("", copies.place_of(database))


def refuse_elsewhere(home: Path, database: Database) -> None:
    """Raises Refused where a restoration into another database was cut off."""
    mark = marked(home)
    if mark is not None and not _here(mark, database):
        hint = f"end that one first, there; where that database is no more: rm {home / MARK}"
        found = f"one of {mark.sealed} into {mark.database} that was cut off"
        raise Refused(Reason("no other restoration", found, hint, path=str(home / MARK), rule="restoring"))


def _touched(home: Path, database: Database) -> bool:
    """Whether an earlier restoration into this database was cut off when it had begun."""
    refuse_elsewhere(home, database)
    mark = marked(home)
    return mark is not None and copies.standing(database) != mark.stood


def _under(config: Config, mark: Mark, put_back: Callable[[], None]) -> None:
    """The database is the backup's, under the mark; where it is not touched, there is none."""
    begin(config.home, mark)
    try:
        put_back()
    except BaseException:
        with suppress(Refused, DatabaseError), closing(connect(config.database_url)) as now:
            forget(config.home, now)
        raise


def _unpacked(plain: Path, content: Path, sealed: Path) -> Made:
    try:
        with tarfile.open(plain) as archive:
            _take_out(archive, content)
        stored = json.loads((content / MANIFEST).read_text())
        made = Made(**stored)
    except (tarfile.TarError, OSError, ValueError, TypeError, KeyError) as error:
        hint = "it was made by something else than tolqyn db backup"
        raise Refused(Reason("a backup of Tolqyn", str(error), hint, path=str(sealed))) from error
    if made.format != FORMAT:
        hint = f"install Tolqyn {made.software}, with which it was made"
        raise Refused(Reason(f"format {FORMAT}", str(made.format), hint, path=str(sealed)))
    if made.migration not in known():
        later = f"migration {made.migration}, which this Tolqyn does not know"
        hint = f"install Tolqyn {made.software} or newer, with which it was made"
        raise Refused(Reason(f"migration {max(known())} or an earlier one", later, hint, path=str(sealed)))
    files = (path for path in content.rglob("*") if path.is_file() and path != content / MANIFEST)
    found = {path.relative_to(content).as_posix(): digest(path) for path in files}
    reasons = [
        Reason(made.files.get(name, "nothing"), found.get(name, "nothing"), path=f"{sealed}: {name}")
        for name in sorted({*found, *made.files})
        if found.get(name) != made.files.get(name)
    ]
    if reasons:
        raise Refused(*reasons)
    return made


def _take_out(archive: tarfile.TarFile, content: Path) -> None:
    """Every file of an archive below a folder. ValueError for whatever is no file, or would lie elsewhere.

    A second name of a file that is in the archive (hard link) is a file of the same content.

    `extractall(filter="data")` would say the same, but Debian 12's Python (3.11.2) does not know it.
    """
    for member in archive:
        place = content / member.name
        inside = archive.extractfile(member) if member.isreg() or member.islnk() else None
        if inside is None or not place.resolve().is_relative_to(content.resolve()):
            raise ValueError(f"{member.name!r}, which is no file of a backup")
        place.parent.mkdir(parents=True, exist_ok=True)
        with inside, place.open("wb") as file:
            shutil.copyfileobj(inside, file)
        place.chmod(member.mode & 0o644)


def _refuse_another(database: Database, made: Made, sealed: Path) -> None:
    kind = database.engine.dialect.name
    if made.dialect != kind:
        hint = f"point TOLQYN_DATABASE_URL at a database of {made.dialect}"
        raise Refused(Reason(f"a backup of {kind}", f"one of {made.dialect}", hint, path=str(sealed)))


def _refuse_unasked(database: Database, replace: str) -> None:
    if not copies.filled(database):
        return
    name = copies.name_of(database)
    if replace != name:
        hint = f"stop the server and type --replace {name}: what it holds now is lost"
        found = f"--replace {replace}" if replace else "one with tables"
        raise Refused(Reason("an empty database", found, hint, path=name, rule="replace"))


def _coming(content: Path, releases: Path) -> tuple[str, ...]:
    """Releases that are not there yet. Refused when one of the same number is another."""
    names = sorted(
        path.parent.relative_to(content).as_posix()
        for path in content.rglob("manifest.json")
        if path.is_file()
    )
    reasons = [
        Reason(
            digest(content / name / MANIFEST), digest(releases / name / MANIFEST), path=name, rule="release"
        )
        for name in names
        if (releases / name / MANIFEST).is_file()
        and digest(content / name / MANIFEST) != digest(releases / name / MANIFEST)
    ]
    if reasons:
        raise Refused(*reasons)
    return tuple(name for name in names if not (releases / name).exists())


def _entries(content: Path, published: Path) -> tuple[str, ...]:
    """Entries, plans and choices of the register that are not here yet: what was published stays published.

    Refused when one of the same number is another: two instances published, and each must know of both.
    """
    names = sorted(path.relative_to(content).as_posix() for path in content.rglob("*") if path.is_file())
    here = [name for name in names if (published / name).is_file()]
    reasons = [
        Reason(
            f"the entry that is in {published} ({digest(published / name)[:12]})",
            f"another of the same number ({digest(content / name)[:12]})",
            f"two instances published; to go on with the backup's: mv {(published / name).parent} elsewhere",
            f"{PUBLISHED}/{name}",
            "published",
        )
        for name in here
        if digest(content / name) != digest(published / name)
    ]
    if reasons:
        raise Refused(*reasons)
    return tuple(name for name in names if name not in here)


def _move(source: Path, target: Path) -> None:
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    shutil.move(source, target)


def _remember(config: Config, database: Database) -> Before | None:
    """What the database knows of withdrawals goes into the list before another takes its place; and whom it
    let in.

    One that cannot be read is why a backup is put back: then the list is all there is.
    """
    if not copies.filled(database):
        return None
    with suppress(DatabaseError), database.reading() as session:
        remember_stored(session, config.keys)
    with suppress(DatabaseError), database.reading() as session:
        return known_before(session)
    return None


def _brought_up(
    config: Config,
    before: Before | None,
    told: Callable[[tuple[str, ...], tuple[Again, ...], ShutOut], Restored],
    note: Noted | None,
) -> Restored:
    """The database at the newest migration, without what was withdrawn and who was shut out; the act of it.

    `told` takes which of its waves lack their key, what was withdrawn again, and who was shut out.
    """
    database = connect(config.database_url)
    try:
        upgrade(database)
        with database.writing() as session:
            asked = in_field(session)
            keyless = tuple(name for name in asked if not keys.wave_key_file(config.keys, name).is_file())
            again = tuple(withdraw_again(session, config.keys))
            done = told(keyless, again, shut_out(session, before))
            if note is not None:
                note(session, done)
        if any(wave.ballots for wave in again):
            rewrite_tables(database)
        with database.reading() as session:
            keep_head(config.home, head(session), restored=True)
        return done
    finally:
        database.close()
