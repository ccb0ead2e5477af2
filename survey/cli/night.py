"""`tolqyn night`: what has to happen every night, each step whether or not another failed."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import click

from survey.cli import refusals
from survey.cli.audit import verify
from survey.cli.db import backup, retain, rewrite
from survey.cli.lifecycle import tick
from survey.config import Config, study_today

ENDING = ".age"


@click.command()
@click.option(
    "--backups",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="Write a sealed backup named by the day into it.",
)
@click.pass_context
def night(ctx: click.Context, *, backups: Path | None) -> None:
    """Do what every night needs: calendar, retention, the day's snapshot, rewriting, backup, record proved.

    The last line names the newest act and its seal: kept on another machine (with the journal, or by mail of
    cron) it proves later that nobody wrote the record anew.

    Backups go after TOLQYN_BACKUP_DAYS days (14), as respondents are told, but only when this night's was
    made. A step that fails is told and keeps no other from being done. Exit status 1 when any failed.

    \b
    Example:  tolqyn night --backups /srv/tolqyn/backup
    """
    steps: dict[str, Callable[[], object]] = {
        "wave tick": lambda: ctx.invoke(tick, as_json=False),
        "db retain": lambda: ctx.invoke(retain, dry_run=False),
        "db rewrite": lambda: ctx.invoke(rewrite),
    }
    if backups:
        steps["db backup"] = lambda: _back_up(ctx, backups, Config.from_env().backup_days)
    steps["audit verify"] = lambda: ctx.invoke(verify, noted=None, as_json=False)
    failed = [name for name, step in steps.items() if not _done(name, step)]
    if failed:
        click.echo(f"{len(failed)} of {len(steps)} steps failed: {', '.join(failed)}", err=True)
        ctx.exit(1)


def _done(name: str, step: Callable[[], object]) -> bool:
    click.echo(f"tolqyn {name}")
    try:
        step()
    except Exception as error:
        problems = refusals.problems_of(error)
        if problems is None:
            # Its text might hold what was being written.
            click.echo(f"{type(error).__name__}: type tolqyn {name} to see where", err=True)
        else:
            refusals.echo(problems, as_json=False)
        return False
    return True


def _back_up(ctx: click.Context, folder: Path, keep: int) -> None:
    today = study_today()
    ctx.invoke(backup, out=_free(folder, today), to=())
    for path in sorted(folder.glob(f"*{ENDING}")):
        # What was withdrawn on the day of a backup is in none any more so many days later.
        if _day(path) <= today - timedelta(days=keep):
            path.unlink()
            click.echo(f"deleted {path}")


def _free(folder: Path, today: date) -> Path:
    """The day's name, with a number behind it when the night's work is done a second time."""
    number, path = 1, folder / f"{today}{ENDING}"
    while path.exists():
        number += 1
        path = folder / f"{today}-{number}{ENDING}"
    return path


def _day(path: Path) -> date:
    """The day in a backup's name; files of other names are not ours and never old."""
    try:
        return date.fromisoformat(path.name[:10])
    except ValueError:
        return date.max
