"""A destroyed instance comes back as it was, for whoever holds the key; a backup alone tells nobody."""

import errno
import io
import json
import os
import resource
import shutil
import subprocess
import sys
import sysconfig
import tarfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pyrage
import pytest
from sqlalchemy import func, make_url, select, text

from survey import keys
from survey.backup import copies
from survey.backup.making import make_backup
from survey.backup.restoring import Restored, restored
from survey.backup.seal import new_key, recipients, seal
from survey.config import Config
from survey.keys import withdrawn_file, write_names
from survey.refusal import Refused
from survey.store import closing, invitations, waves
from survey.store.engine import Database, connect
from survey.store.invitations import BatchSpec
from survey.store.models import Ballot, Interview, PageAnswer, Wave

PEOPLE = 20
SERVING = """
import sys
from sqlalchemy import select
from survey.store.engine import connect
from survey.store.models import PageAnswer
with connect(sys.argv[1]).reading() as session:
    print(len(set(session.scalars(select(PageAnswer.page)))), flush=True)
sys.stdin.read()
"""
"""What a server that answered once and waits for the next request has open."""


def restore(config: Config, sealed: Path, key: Path, replace: str = "") -> Restored:
    with restored(config, sealed, key, replace) as done:
        return done


def name_of(config: Config) -> str:
    """What is typed after --replace."""
    return str(make_url(config.database_url).database).rpartition("/")[2]


@dataclass(frozen=True)
class Pair:
    """Both halves of a backup's key."""

    public: str
    private: Path


@pytest.fixture
def pair(tmp_path: Path) -> Pair:
    private = tmp_path / "stick" / "backup.key"
    return Pair(new_key(private), private)


def test_a_disk_too_small_for_a_backup_is_the_systems_error_with_the_file(pair: Pair, tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    sealed = tmp_path / "b.age"
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, hard))
    try:
        with pytest.raises(OSError, match="File too large") as caught:
            seal(lambda plain: plain.write(bytes(500_000)), sealed, recipients([pair.public]))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert (caught.value.errno, caught.value.filename) == (errno.EFBIG, str(sealed))


@pytest.fixture
def release(config: Config) -> Path:
    """Files in the place of a release; a backup looks at their bytes alone."""
    folder = config.releases / "kz-thb" / "2025" / "1"
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text(json.dumps({"study": "kz-thb"}))
    (folder / "data.parquet").write_bytes(bytes(range(256)) * 40)
    return folder


@pytest.fixture
def answered(database: Database, open_wave: Wave, answer: Callable[..., str]) -> list[str]:
    """Tokens of people who answered."""
    with database.writing() as session:
        tokens = invitations.invite(session, open_wave, BatchSpec(name="almaty", size=PEOPLE))
    for number, token in enumerate(tokens):
        answer(open_wave, token, AGE=20 + number, words=f"canary-{number}")
    return tokens


@pytest.fixture
def register(config: Config) -> Path:
    """Two entries of what was published; a backup looks at their bytes alone."""
    folder = config.published / "kz-thb"
    folder.mkdir(parents=True)
    for number in (1, 2):
        (folder / f"{number:06}.json").write_text(json.dumps({"number": number}))
    (folder / "plans").mkdir()
    (folder / "plans" / "ab12.yaml").write_text("comparisons: []\n")
    return folder


def in_register(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.*")}


def stored(database: Database) -> list[tuple[str, int, str]]:
    with database.reading() as session:
        found = session.scalars(select(PageAnswer))
        return sorted((row.ballot, row.page, str(row.answers)) for row in found)


def stored_at(config: Config) -> list[tuple[str, int, str]]:
    database = connect(config.database_url)
    try:
        return stored(database)
    finally:
        database.close()


def destroy(database: Database) -> None:
    """The machine is gone; of PostgreSQL the content."""
    database.close()
    if database.engine.dialect.name == "postgresql":
        with database.transaction() as connection:
            connection.exec_driver_sql("DROP SCHEMA public CASCADE")
            connection.exec_driver_sql("CREATE SCHEMA public")
        return
    file = Path(str(database.engine.url.database))
    for path in file.parent.glob(f"{file.name}*"):
        path.unlink()


def test_a_destroyed_instance_comes_back_with_every_answer_and_release(
    config: Config, database: Database, answered: list[str], release: Path, pair: Pair, tmp_path: Path
) -> None:
    before = stored(database)
    assert len(before) == 4 * PEOPLE
    kept = {path.name: path.read_bytes() for path in release.iterdir()}
    make_backup(config, database, tmp_path / "b.age", [pair.public])
    destroy(database)
    shutil.rmtree(config.releases)
    done = restore(config, tmp_path / "b.age", pair.private)
    assert stored_at(config) == before
    assert {path.name: path.read_bytes() for path in release.iterdir()} == kept
    assert done.releases == ("kz-thb/2025/1",)
    assert done.keyless == ()
    assert done.made.rows["page_answer"] == 4 * PEOPLE
    assert not list(config.home.glob(".*-*")), "a plain copy stayed behind"


def test_what_was_published_is_known_on_the_new_machine(
    config: Config, database: Database, open_wave: Wave, register: Path, pair: Pair, tmp_path: Path
) -> None:
    kept = in_register(register)
    make_backup(config, database, tmp_path / "b.age", [pair.public])
    destroy(database)
    shutil.rmtree(config.published)
    done = restore(config, tmp_path / "b.age", pair.private)
    assert in_register(register) == kept
    assert done.entries == ("kz-thb/000001.json", "kz-thb/000002.json", "kz-thb/plans/ab12.yaml")
    assert register.stat().st_mode & 0o077 == 0


def test_what_was_published_since_the_backup_stays_published(
    config: Config, database: Database, open_wave: Wave, register: Path, pair: Pair, tmp_path: Path
) -> None:
    make_backup(config, database, tmp_path / "b.age", [pair.public])
    (register / "000003.json").write_text('{"number": 3}')
    (register / "000001.json").unlink()
    destroy(database)
    assert restore(config, tmp_path / "b.age", pair.private).entries == ("kz-thb/000001.json",)
    assert len(list(register.glob("*.json"))) == 3


def test_registers_that_parted_are_refused_and_nothing_is_touched(
    config: Config, database: Database, open_wave: Wave, register: Path, pair: Pair, tmp_path: Path
) -> None:
    make_backup(config, database, tmp_path / "b.age", [pair.public])
    (register / "000002.json").write_text('{"number": 2, "other": true}')
    destroy(database)
    with pytest.raises(Refused) as caught:
        restore(config, tmp_path / "b.age", pair.private)
    assert [reason.path for reason in caught.value.reasons] == ["published/kz-thb/000002.json"]
    assert "elsewhere" in caught.value.reasons[0].hint
    untouched = connect(config.database_url)
    try:
        assert not copies.filled(untouched)
    finally:
        untouched.close()


def test_who_answers_after_the_return_goes_on_where_he_was(
    config: Config, database: Database, open_wave: Wave, answered: list[str], pair: Pair, tmp_path: Path
) -> None:
    make_backup(config, database, tmp_path / "b.age", [pair.public])
    destroy(database)
    restore(config, tmp_path / "b.age", pair.private)
    again = connect(config.database_url)
    with again.reading() as session:
        ballot = keys.read_wave_key(config.keys, open_wave.alias).ballot(answered[3])
        assert session.scalar(select(Ballot.state).where(Ballot.ballot == ballot)) == "complete"
        assert invitations.find(session, open_wave, answered[3]) is not None
    again.close()


def test_a_backup_holds_no_key_and_without_the_private_half_nothing_readable(
    config: Config, database: Database, open_wave: Wave, answered: list[str], pair: Pair, tmp_path: Path
) -> None:
    sealed = tmp_path / "b.age"
    keys.server_secrets(config.keys)
    write_names(withdrawn_file(config.keys, open_wave.alias), ["a" * 64])
    make_backup(config, database, sealed, [pair.public])
    content = sealed.read_bytes()
    assert content.startswith(b"age-encryption.org/v1")
    assert b"page_answer" not in content
    identity = pyrage.x25519.Identity.from_str(pair.private.read_text().splitlines()[-1])
    plain = pyrage.decrypt(content, [identity])
    assert b"page_answer" in plain
    secrets = [path.read_bytes() for path in config.keys.rglob("*") if path.is_file()]
    assert len(secrets) >= 2
    assert not [secret for secret in secrets if secret in plain or secret.hex().encode() in plain]
    with tarfile.open(fileobj=io.BytesIO(plain)) as archive:
        assert archive.getnames() == ["manifest.json", "database"]


def test_another_key_opens_nothing_and_nothing_is_touched(
    config: Config, database: Database, answered: list[str], pair: Pair, tmp_path: Path
) -> None:
    make_backup(config, database, tmp_path / "b.age", [pair.public])
    before = stored(database)
    new_key(tmp_path / "other.key")
    with pytest.raises(Refused, match="No matching keys"):
        restore(config, tmp_path / "b.age", tmp_path / "other.key", name_of(config))
    assert stored(database) == before


@pytest.mark.parametrize("kind", ["outside", "absolute", "link"])
def test_a_sealed_archive_writes_nothing_outside_its_folder(
    config: Config, database: Database, pair: Pair, tmp_path: Path, kind: str
) -> None:
    """Whoever knows the public key can seal an archive of their own."""
    member = tarfile.TarInfo(
        {"outside": "../stranger", "absolute": str(tmp_path / "stranger")}.get(kind, "l")
    )
    if kind == "link":
        member.type, member.linkname = tarfile.SYMTYPE, str(tmp_path)
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        archive.addfile(member, io.BytesIO())
    sealed, before = tmp_path / "b.age", stored(database)
    recipient = pyrage.x25519.Recipient.from_str(pair.public)
    sealed.write_bytes(pyrage.encrypt(packed.getvalue(), [recipient]))
    with pytest.raises(Refused, match="which is no file of a backup"):
        restore(config, sealed, pair.private, name_of(config))
    assert not list(tmp_path.rglob("stranger"))
    assert stored(database) == before


def test_two_names_of_one_file_come_back_as_two_files(
    config: Config, database: Database, pair: Pair, tmp_path: Path
) -> None:
    """Programs that save space link equal files; a release's are equal in every number."""
    here = config.releases / "s" / "w"
    for number in ("1", "2"):
        (here / number).mkdir(parents=True)
    (here / "1" / "manifest.json").write_text("{}", "utf-8")
    (here / "2" / "manifest.json").hardlink_to(here / "1" / "manifest.json")
    make_backup(config, database, tmp_path / "b.age", [pair.public])
    name = copies.name_of(database)
    database.close()
    shutil.rmtree(here)
    restore(config, tmp_path / "b.age", pair.private, name)
    assert [(here / number / "manifest.json").read_text("utf-8") for number in ("1", "2")] == ["{}", "{}"]


def test_a_backup_comes_back_under_the_python_that_debian_has(
    config: Config,
    database: Database,
    answered: list[str],
    pair: Pair,
    tmp_path: Path,
    repository: Path,
) -> None:
    """The guide's server runs Debian 12's, which is older than many a developer's 3.11."""
    python = Path("/usr/bin/python3")
    asked = "import sys; print(sys.version_info[:2] == tuple(map(int, sys.argv[1:])))"
    version = list(map(str, sys.version_info[:2]))
    if not python.exists() or b"True" not in subprocess.check_output([python, "-c", asked, *version]):
        pytest.skip("no /usr/bin/python3 of this version: CI has it")
    make_backup(config, database, tmp_path / "b.age", [pair.public])
    before = stored(database)
    code = """
import sys
from pathlib import Path
sys.path[:0] = sys.argv[1].split(":")
from survey.backup.restoring import restored
from survey.config import Config
with restored(Config.from_env(), *map(Path, sys.argv[2:4]), sys.argv[4]):
    pass
"""
    words = [
        f"{repository}:{sysconfig.get_path('purelib')}",
        tmp_path / "b.age",
        pair.private,
        name_of(config),
    ]
    environment = {
        **os.environ,
        "TOLQYN_DATABASE_URL": config.database_url,
        "TOLQYN_HOME": str(config.home),
    }
    database.close()
    subprocess.run([python, "-c", code, *map(str, words)], env=environment, check=True)
    again = connect(config.database_url)
    assert stored(again) == before
    again.close()


@pytest.mark.parametrize("at", [0.1, 0.5, 0.9])
def test_a_damaged_backup_is_refused_and_nothing_is_touched(
    config: Config, database: Database, answered: list[str], pair: Pair, tmp_path: Path, at: float
) -> None:
    sealed = tmp_path / "b.age"
    make_backup(config, database, sealed, [pair.public])
    content = bytearray(sealed.read_bytes())
    content[int(at * len(content))] ^= 1
    sealed.write_bytes(content)
    before = stored(database)
    with pytest.raises(Refused):
        restore(config, sealed, pair.private, name_of(config))
    assert stored(database) == before


def test_a_filled_database_is_replaced_only_when_its_name_is_typed(
    config: Config, database: Database, answered: list[str], pair: Pair, tmp_path: Path
) -> None:
    make_backup(config, database, tmp_path / "b.age", [pair.public])
    before = stored(database)
    with database.transaction() as connection:
        connection.execute(text("DELETE FROM page_answer WHERE page = 2"))
    for typed in ("", "another"):
        with pytest.raises(Refused, match="--replace"):
            restore(config, tmp_path / "b.age", pair.private, typed)
    assert len(stored(database)) == 3 * PEOPLE
    database.close()
    restore(config, tmp_path / "b.age", pair.private, name_of(config))
    assert stored_at(config) == before


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_database_that_a_server_has_open_is_not_replaced_under_it(
    config: Config, database: Database, answered: list[str], pair: Pair, tmp_path: Path
) -> None:
    make_backup(config, database, tmp_path / "b.age", [pair.public])
    database.close()
    name = name_of(config)
    serving = subprocess.Popen(
        [sys.executable, "-c", SERVING, config.database_url], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        assert serving.stdout is not None
        assert serving.stdout.readline() == b"4\n"
        with pytest.raises(Refused, match="systemctl stop tolqyn"):
            restore(config, tmp_path / "b.age", pair.private, name)
        assert not list(config.home.rglob("*.restoring"))
    finally:
        serving.communicate()
    restore(config, tmp_path / "b.age", pair.private, name)
    assert len(stored_at(config)) == 4 * PEOPLE


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_torn_database_is_put_aside_by_a_person_and_not_thrown_away(
    config: Config, database: Database, answered: list[str], pair: Pair, tmp_path: Path
) -> None:
    make_backup(config, database, tmp_path / "b.age", [pair.public])
    destroy(database)
    file = Path(str(database.engine.url.database))
    file.write_bytes(b"torn" * 5000)
    with pytest.raises(Refused, match=f"mv {file} {file}.damaged"):
        restore(config, tmp_path / "b.age", pair.private, name_of(config))
    file.rename(f"{file}.damaged")
    restore(config, tmp_path / "b.age", pair.private)
    assert len(stored_at(config)) == 4 * PEOPLE


def test_an_open_wave_without_its_key_is_named_and_can_still_be_closed(
    config: Config, database: Database, open_wave: Wave, answered: list[str], pair: Pair, tmp_path: Path
) -> None:
    make_backup(config, database, tmp_path / "b.age", [pair.public])
    destroy(database)
    shutil.rmtree(config.keys)
    assert restore(config, tmp_path / "b.age", pair.private).keyless == (open_wave.alias,)
    again = connect(config.database_url)
    with again.writing() as session:
        wave = waves.find_wave(session, open_wave.alias)
        closing.close_wave(session, wave, by="timur", two_person=False, today=wave.closes)
    closing.clean_up(again, config.keys, wave)
    with again.reading() as session:
        assert session.scalar(select(func.count()).select_from(Interview)) == PEOPLE
    again.close()


def test_a_release_of_the_same_number_with_other_content_stops_the_return(
    config: Config, database: Database, release: Path, pair: Pair, tmp_path: Path
) -> None:
    make_backup(config, database, tmp_path / "b.age", [pair.public])
    destroy(database)
    (release / "manifest.json").write_text("{}")
    with pytest.raises(Refused, match="kz-thb/2025/1"):
        restore(config, tmp_path / "b.age", pair.private)
    assert (release / "manifest.json").read_text() == "{}"


def test_a_backup_of_the_other_kind_of_database_is_named(
    config: Config,
    database: Database,
    pair: Pair,
    tmp_path: Path,
    postgres: str,
) -> None:
    make_backup(config, database, tmp_path / "b.age", [pair.public])
    if database.engine.dialect.name == "postgresql":
        other = replace(config, database_url=f"sqlite:///{tmp_path}/other.sqlite")
        with pytest.raises(Refused, match="a backup of sqlite"):
            restore(other, tmp_path / "b.age", pair.private)
        return
    with pytest.raises(Refused, match="a backup of postgresql"):
        restore(replace(config, database_url=postgres), tmp_path / "b.age", pair.private)


def test_every_bad_public_key_is_named_at_once(
    config: Config, database: Database, pair: Pair, tmp_path: Path
) -> None:
    private = pair.private.read_text().splitlines()[-1]
    with pytest.raises(Refused) as refusal:
        make_backup(config, database, tmp_path / "b.age", ["nonsense", private])
    assert len(refusal.value.reasons) == 2
    assert private not in str(refusal.value)
    with pytest.raises(Refused, match="backup-key"):
        make_backup(config, database, tmp_path / "b.age", [])
    assert not (tmp_path / "b.age").exists()


def test_a_file_that_is_there_is_never_overwritten(
    config: Config, database: Database, pair: Pair, tmp_path: Path
) -> None:
    (tmp_path / "b.age").write_text("the only copy of something")
    with pytest.raises(Refused, match="a new file"):
        make_backup(config, database, tmp_path / "b.age", [pair.public])
    assert (tmp_path / "b.age").read_text() == "the only copy of something"
