"""`tolqyn db`: the database's migrations, its forgetting, its backups."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from sqlalchemy.orm import Session

from survey.cli.acts import note
from survey.cli.instance import instance, settle
from survey.cli.restored import Line, ended, who_may_enter
from survey.config import Config, study_today
from survey.keys import destroy_wave_key, drop_secret, old_secrets
from survey.modes import readable
from survey.refusal import Refused
from survey.staging import abandoned, closed, sweep
from survey.store import audit
from survey.store.closing import left_keys
from survey.store.engine import Database, connect
from survey.store.guards import unguarded
from survey.store.quotas import free_places
from survey.store.rewriting import forget_log, rewrite_tables
from survey.store.roles import grant as grant_to
from survey.store.roles import granted, owning, refuse_serving
from survey.store.row_grants import forget_past
from survey.store.schema import current, head, require_current
from survey.store.schema import upgrade as run_migrations
from survey.store.server_log import telling
from survey.store.untold import untold
from survey.store.waves import all_waves
from survey.store.withdrawn import Again, remember_stored, withdraw_again
from survey.unfinished import alone, marked

if TYPE_CHECKING:
    from survey.backup.restoring import Restored

BACKUP_HOURS = 26
"""A night without a backup is noticed the next morning."""


@click.group()
def db() -> None:
    """Make and check the database (TOLQYN_DATABASE_URL)."""


@db.command()
def upgrade() -> None:
    """Create the database, or bring it to the newest migration.

    \b
    Example:  tolqyn db upgrade
    """
    config = Config.from_env()
    with closing(connect(config.database_url)) as database:
        before = current(database) or "empty"
        if before == "empty":
            _begin_anew(config, database)
        settle(config, database)
        if before != head():
            refuse_serving(database)
        run_migrations(database)
        roles = granted(database)
        for role in roles:
            grant_to(database, role)
        with database.reading() as session:
            audit.keep_head(config.home, audit.head(session))
    click.echo(f"database was at {before}, is at {head()}")
    for role in roles:
        click.echo(f"{role} may serve from it")


@db.command()
@click.argument("role")
def grant(role: str) -> None:
    """Let ROLE of PostgreSQL serve: read and write rows, append acts, and change no table, rule or act.

    To be typed as the role that owns the tables, once; `db upgrade` does it again by itself.

    \b
    Example:  tolqyn db grant tolqyn
    """
    with instance() as (_, database):
        grant_to(database, role)
        with database.writing() as session:
            note(session, "db.grant", role)
    click.echo(f"{role} may serve: rows alone, and of the record of acts only to read and append")


@db.command()
def check() -> None:
    """Say whether the database is at the newest migration; exit status 1 when it is not.

    And when a trigger is gone that keeps the record of acts or stored questionnaires from being changed, or
    the record does not tell the making of a wave or an account.
    Warns of settings with which PostgreSQL's own log would hold answers, of a role that owns the tables from
    which it serves, of a day without a backup, of plain
    copies that an interrupted one left, and of a home that others may enter.

    \b
    Example:  tolqyn db check
    """
    config = Config.from_env()
    with closing(connect(config.database_url)) as database:
        settle(config, database)
        require_current(database)
        reasons = [str(reason) for reason in (*telling(database), *owning(database), *readable(config.home))]
        with database.reading() as session:
            gone = unguarded(database) + untold(session)
    click.echo(f"database is at {head()}, the newest migration")
    if config.backup_to and (said := _overdue(config.home)):
        reasons.append(said)
    reasons += [
        f"{folder} holds a plain copy of the database that an interrupted backup left: tolqyn db rewrite"
        for folder in abandoned(config.home)
    ]
    reasons += [
        f"{folder} is another user's; where no backup or restoration runs it holds a plain copy of the "
        f"database: sudo rm -r {folder}"
        for folder in closed(config.home)
    ]
    for reason in reasons:
        click.echo(f"warning: {reason}", err=True)
    if gone:
        raise Refused(*gone)


@db.command()
def rewrite() -> None:
    """Forget the order in which people answered; every night while a wave is open, and before each backup.

    Takes the day's snapshot for the monitor first, 20 hours after the last one at the earliest, so that it is
    the night's and nobody chooses its hour, and frees the places that unfinished interviews hold in quota
    cells.
    Writes respondents' tables anew by their random keys and drops the database's log of what was written, so
    that whoever steals the database and saw who came when finds out nobody of the days before. Exit status 1
    when PostgreSQL keeps its log, with what its administrator has to type. Respondents wait for a moment.

    \b
    Example:  tolqyn db rewrite
    """
    from survey.monitor import take_todays

    config = Config.from_env()
    with closing(connect(config.database_url)) as database:
        settle(config, database)
        sweep(config.home)
        require_current(database)
        take_todays(database, lambda wave: study_today(wave.time_zone), datetime.now(UTC))
        with database.writing() as session:
            free_places(session)
        rewrite_tables(database)
        kept = forget_log(database)
    if kept:
        raise Refused(*kept)
    click.echo("respondents' tables and the log hold no order of arrival")


@db.command()
@click.option("--dry-run", is_flag=True, help="Say what would go, and delete nothing.")
def retain(*, dry_run: bool) -> None:
    """Delete what has outlived its purpose: respondents' own words past their day, pilots that never opened.

    Every night by itself (docs/guide/systemd), on every machine that holds keys: those of closed waves go
    too. Lists of withdrawals (keys/withdrawn-ALIAS) and database are brought together, so that what one of
    both knows to be withdrawn is. What was deleted is an act in the record. Exit status 1 names waves whose
    record cannot be read.

    \b
    Example:  tolqyn db retain --dry-run
    """
    from survey.protection.retention import expired, unreadable
    from survey.protection.retention import retain as delete_expired

    today = study_today()
    with instance() as (config, database):
        with database.writing() as session:
            found = expired(session, today) if dry_run else delete_expired(session, today)
            again = [] if dry_run else _keep_withdrawn(session, config.keys)
            for each in found:
                click.echo(f"{each.wave}: {each.rows} {each.what}, kept until {each.since}")
                if not dry_run:
                    note(session, "db.retain", each.wave, data=each.what, rows=each.rows)
            past = [] if dry_run else forget_past(session, today)
            for name, place in past:
                click.echo(f"the rows of {place} were given to {name} until yesterday or earlier")
                note(session, "user.rows_past", name, place=place)
            gone = [] if dry_run else old_secrets(config.keys, today)
            left = [] if dry_run else left_keys(session, config.keys)
            for what in (*(path.name for path in gone), *left):
                note(session, "key.drop", what)
            problems = [reason for wave in all_waves(session) for reason in unreadable(wave)]
        for wave, number in again:
            click.echo(f"/s/{wave}/: {number} withdrawn again: a backup had brought them back")
        # Only after the act: a key that an interruption leaves is found again tomorrow.
        for path in gone:
            if drop_secret(path):
                click.echo(f"destroyed {path}")
        for alias in left:
            if destroy_wave_key(config.keys, alias):
                click.echo(f"destroyed the key of the wave at /s/{alias}/, which is closed")
    if problems:
        raise Refused(*problems)
    if not (found or gone or left or again or past):
        click.echo("nothing is older than it should be")


@db.command("backup-key")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup_key(file: Path) -> None:
    """Write the private key that opens backups to a new FILE, and print its public half.

    Keep the file off this machine, twice: without it no backup can be opened, and nobody can help.

    \b
    Example:  tolqyn db backup-key /media/stick/backup.key
    """
    from survey.backup.seal import new_key

    public = new_key(file)
    click.echo(f"public key, for TOLQYN_BACKUP_TO: {public}")
    click.echo(f"private key: {file}. Take it off this machine now.")


@db.command()
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--to", multiple=True, metavar="age1…", help="Public key to seal to; else TOLQYN_BACKUP_TO.")
def backup(out: Path, to: tuple[str, ...]) -> None:
    """Write database, releases and the register of what was published to the new file OUT, sealed.

    It is sealed to keys that are not on this machine; any `age` program opens it with the private key.
    Respondents' tables are first written in an order that tells nobody's arrival. No key of a wave or of the
    server is in it.

    \b
    Example:  tolqyn db backup /backup/2027-05-14.age
    """
    from survey.backup.making import make_backup

    with instance() as (config, database):
        made = make_backup(config, database, out, to or config.backup_to)
        rows = sum(made.rows.values())
        with database.writing() as session:
            note(session, "db.backup", out.name, rows=rows)
    click.echo(f"{out}: {rows} rows of {len(made.rows)} tables, {len(made.files) - 1} files beside it")


@db.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--key",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The private key.",
)
@click.option("--replace", default="", metavar="NAME", help="Name of the database that is to be overwritten.")
def restore(file: Path, key: Path, replace: str) -> None:
    """Put database, releases and register back as a backup has them.

    Everything is checked before anything is touched. Of the register of what was published, entries that are
    here stay: what readers hold does not become unpublished.
    Stop the server first. What was answered or closed since the backup is not in it; what respondents
    withdrew since is withdrawn again, from the lists beside the keys (withdrawn-ALIAS). Everybody signs in
    anew. Accounts, roles, rows and tokens that the database which is replaced had ended stay so; where it
    cannot be read no token opens anything, and whoever may enter is listed for the director to confirm.

    \b
    Example:  tolqyn db restore /backup/2027-05-14.age --key /media/stick/backup.key
    """
    from survey.backup.restoring import restored

    config = Config.from_env()
    with closing(connect(config.database_url)) as database:
        refuse_serving(database)
    entering: list[Line] = []
    lost = audit.read_head(config.home)

    def noted(session: Session, done: "Restored") -> None:
        before = {"number": lost.number, "seal": lost.seal} if lost else {}
        again = sum(wave.ballots for wave in done.again)
        counts: dict[str, Any] = {"withdrawn": again, **done.shut_out.counts()}
        note(session, "db.restore", file.name, made=done.made.made, head_before=before, **counts)
        entering.extend(who_may_enter(session, done.shut_out))

    with restored(config, file, key, replace, noted) as done:
        for line in (*_came_back(done, config.keys), *ended(done.shut_out), *entering):
            click.echo(line.text, err=line.warns)
        for alias in done.keyless:
            click.echo(
                f"warning: the wave at /s/{alias}/ has no key in {config.keys}: put that folder back, or "
                "close the wave (tolqyn wave close); its answers so far are kept, its codes open nothing",
                err=True,
            )


def _begin_anew(config: Config, database: Database) -> None:
    """An empty database lets nobody in: what a restoration that was cut off might have, is no more."""
    if marked(config.home):
        from survey.backup.restoring import forget_all

        with alone(config.home):
            forget_all(config.home, database)


def _came_back(done: "Restored", keys: Path) -> Iterator[Line]:
    rows = sum(done.made.rows.values())
    yield Line(f"as of {done.made.made}: {rows} rows, {len(done.releases)} releases put back")
    if done.entries:
        yield Line(f"{len(done.entries)} entries of the register of what was published put back")
    yield Line("what was answered, closed or deleted by the office since then is as it was", warns=True)
    for wave in done.again:
        yield Line(_withdrawn(wave, keys), warns=wave.unknown)


def _keep_withdrawn(session: Session, keys: Path) -> list[tuple[str, int]]:
    """Lists and database know the same afterwards; what the lists alone knew, by wave."""
    remember_stored(session, keys)
    again = [(wave.alias, wave.ballots) for wave in withdraw_again(session, keys) if wave.ballots]
    for alias, number in again:
        note(session, "db.withdrawn", alias, ballots=number)
    return again


def _withdrawn(wave: Again, keys: Path) -> str:
    if wave.unknown:
        return (
            f"warning: {keys} has no list withdrawn-{wave.alias} with its key: whoever withdrew since the "
            f"backup is among the answers at /s/{wave.alias}/ again, and nobody here can say who. Put the "
            "keys folder back and type tolqyn db retain; where it is lost for good, read "
            "docs/decisions/0052 before anything of this wave is used"
        )
    return f"/s/{wave.alias}/: {wave.ballots} withdrawn again, as respondents had done since the backup"


def _overdue(home: Path) -> str:
    from survey.backup.making import last_backup

    last = last_backup(home)
    if last is None:
        return "no backup was ever made: tolqyn db backup FILE"
    if datetime.now(UTC) - last < timedelta(hours=BACKUP_HOURS):
        return ""
    return f"the last backup is of {last:%Y-%m-%d %H:%M} UTC: tolqyn db backup FILE"
