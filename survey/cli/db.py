"""`tolqyn db`: the database's migrations."""

from contextlib import closing

import click

from survey.config import Config
from survey.refusal import Refused
from survey.store.engine import connect
from survey.store.rewriting import forget_log, rewrite_tables
from survey.store.schema import current, head, require_current
from survey.store.schema import upgrade as run_migrations
from survey.store.server_log import telling


@click.group()
def db() -> None:
    """Make and check the database (TOLQYN_DATABASE_URL)."""


@db.command()
def upgrade() -> None:
    """Create the database, or bring it to the newest migration.

    \b
    Example:  tolqyn db upgrade
    """
    with closing(connect(Config.from_env().database_url)) as database:
        before = current(database) or "empty"
        run_migrations(database)
    click.echo(f"database was at {before}, is at {head()}")


@db.command()
def check() -> None:
    """Say whether the database is at the newest migration; exit status 1 when it is not.

    Warns of settings with which PostgreSQL's own log would hold answers.

    \b
    Example:  tolqyn db check
    """
    with closing(connect(Config.from_env().database_url)) as database:
        require_current(database)
        reasons = telling(database)
    click.echo(f"database is at {head()}, the newest migration")
    for reason in reasons:
        click.echo(f"warning: {reason}", err=True)


@db.command()
def rewrite() -> None:
    """Forget the order in which people answered; every night while a wave is open, and before each backup.

    Writes respondents' tables anew by their random keys and drops the database's log of what was written, so
    that whoever steals the database and saw who came when finds out nobody of the days before. Exit status 1
    when PostgreSQL keeps its log, with what its administrator has to type. Respondents wait for a moment.

    \b
    Example:  tolqyn db rewrite
    """
    with closing(connect(Config.from_env().database_url)) as database:
        require_current(database)
        rewrite_tables(database)
        kept = forget_log(database)
    if kept:
        raise Refused(*kept)
    click.echo("respondents' tables and the log hold no order of arrival")
