"""`tolqyn user`: accounts of the office's people, for whoever has the server's shell."""

import json
import time

import click

from survey.cli import rows
from survey.cli.acts import actor
from survey.cli.instance import instance
from survey.config import LANGUAGES, Config, study_today
from survey.people import accounts
from survey.people.accounts import parse_place
from survey.store import people, sign_ins

PLACE = click.option("--on", "place", default="*", show_default=True, help="STUDY, STUDY/WAVE, or * for all.")


@click.group()
def user() -> None:
    """Let the office's people into the console, with the roles each needs and no more."""


@user.command()
@click.argument("name")
@click.option("--role", type=click.Choice(people.ROLES), required=True)
@PLACE
@click.option("--language", type=click.Choice(LANGUAGES), default="ru", show_default=True)
def add(name: str, role: str, place: str, language: str) -> None:
    """Make an account and print the link with which its owner chooses a password, once, within three days.

    Give the link by hand or by telephone, not by a chat that is backed up.

    \b
    Example:  tolqyn user add aigul.s --role field_manager --on kz-thb/2027
    """
    study, wave = parse_place(place)
    with instance() as (config, database), database.writing() as session:
        token = accounts.invite(
            session, actor(), name, language=language, now=int(time.time()), today=study_today()
        )
        accounts.grant(session, actor(), people.account_named(session, name), role, study=study, wave=wave)
        say_link(config, token)


@user.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_(*, as_json: bool) -> None:
    """List the accounts, their roles and their second factors.

    \b
    Example:  tolqyn user list
    """
    now = int(time.time())
    with instance() as (_, database), database.reading() as session:
        held = people.all_grants(session)
        found = [
            {
                "name": each.name,
                "roles": [{"role": g.role, "on": g.place} for g in held.get(each.id, [])],
                "state": state_of(each),
                "second_factor": people.has_factor(session, each),
                "sessions": len(sign_ins.sessions_of(session, each.id, now)),
            }
            for each in people.all_accounts(session)
        ]
    if as_json:
        click.echo(json.dumps(found, indent=2))
        return
    for row in found:
        listed = ", ".join(f"{g['role']} on {g['on']}" for g in row["roles"]) or "no role"  # type: ignore[attr-defined]
        click.echo(f"{row['name']}  {row['state']}  {listed}  sessions: {row['sessions']}")
    if not found:
        click.echo("no accounts; tolqyn user add NAME --role director makes the first")


@user.command()
@click.argument("name")
@click.option("--add", "added", type=click.Choice(people.ROLES), help="Give this role.")
@click.option("--remove", "removed", type=click.Choice(people.ROLES), help="Take this role back.")
@PLACE
def role(name: str, added: str | None, removed: str | None, place: str) -> None:
    """Give a role or take it back. The last director stays one.

    \b
    Example:  tolqyn user role aigul.s --add analyst --on kz-thb
    """
    if (added is None) == (removed is None):
        raise click.UsageError("say --add ROLE or --remove ROLE")
    study, wave = parse_place(place)
    with instance() as (_, database), database.writing() as session:
        account = people.account_named(session, name)
        if added:
            accounts.grant(session, actor(), account, added, study=study, wave=wave)
        if removed:
            accounts.revoke(session, actor(), account, removed, study=study, wave=wave)
        held = people.grants_of(session, account.id)
    click.echo(f"{account.name}: {', '.join(f'{g.role} on {g.place}' for g in held) or 'no role'}")


@user.command()
@click.argument("name")
def disable(name: str) -> None:
    """Sign somebody out everywhere and let them in no more. Not the last director.

    \b
    Example:  tolqyn user disable aigul.s
    """
    with instance() as (_, database), database.writing() as session:
        account = people.account_named(session, name)
        accounts.disable(session, actor(), account)
    click.echo(f"{account.name} cannot sign in any more")


@user.command()
@click.argument("name")
def enable(name: str) -> None:
    """Let a disabled account in again, with its password and factors as they were.

    \b
    Example:  tolqyn user enable aigul.s
    """
    with instance() as (_, database), database.writing() as session:
        account = people.account_named(session, name)
        accounts.enable(session, actor(), account)
    click.echo(f"{account.name} may sign in again")


@user.command()
@click.argument("name")
def reset(name: str) -> None:
    """For a lost password or telephone: forget both, end all sessions, print a new link.

    \b
    Example:  tolqyn user reset aigul.s
    """
    with instance() as (config, database), database.writing() as session:
        account = people.account_named(session, name)
        say_link(config, accounts.reset(session, actor(), account, int(time.time())))


@user.command()
@click.argument("name")
@click.option("--end", is_flag=True, help="End them all.")
def session(name: str, *, end: bool) -> None:
    """List where somebody is signed in, or end it.

    \b
    Example:  tolqyn user session aigul.s --end
    """
    now = int(time.time())
    with instance() as (_, database), database.writing() as work:
        account = people.account_named(work, name)
        if end:
            click.echo(f"{accounts.end_sessions(work, actor(), account)} sessions ended")
            return
        found = sign_ins.sessions_of(work, account.id, now)
    for each in found:
        idle, age = (now - each.seen) // 60, (now - each.begun) // 60
        click.echo(f"{each.level}  {each.browser}  begun {age} min ago, last page {idle} min ago")
    if not found:
        click.echo(f"{account.name} is signed in nowhere")


@user.command()
def rights() -> None:
    """Print who may enter which page of the console, as docs/rights.md has it.

    \b
    Example:  tolqyn user rights > docs/rights.md
    """
    from survey.console import rights_table

    click.echo(rights_table(), nl=False)


user.add_command(rows.give)


def say_link(config: Config, token: str) -> None:
    """The only place where the token is ever shown."""
    click.echo(f"{config.console_address}/console/welcome/{token}")
    click.echo("good for three days and one use; shown only now", err=True)
    if not (config.console_url or config.public_url):
        click.echo(
            f"neither TOLQYN_CONSOLE_URL nor TOLQYN_PUBLIC_URL is set: {config.console_address} is this "
            "machine, with the port of PORT; where the server is elsewhere, put its address before /console/",
            err=True,
        )


def state_of(account: people.Account) -> str:
    """In a word."""
    if account.disabled:
        return "disabled"
    return "active" if account.password else "invited"
