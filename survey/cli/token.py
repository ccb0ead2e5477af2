"""`tolqyn token`: keys for programs that read through the HTTP API."""

import json
from datetime import timedelta

import click

from survey.cli.acts import note
from survey.cli.instance import instance
from survey.config import study_today
from survey.store import tokens

LONGEST_DAYS = 366


@click.group()
def token() -> None:
    """Keys for programs that read waves, progress, releases, codebooks and estimates over HTTP."""


@token.command()
@click.argument("name")
@click.option(
    "--scope", "scopes", multiple=True, required=True, help=f"One of {', '.join(tokens.SCOPES)}; repeatable."
)
@click.option(
    "--days",
    type=click.IntRange(1, LONGEST_DAYS),
    default=90,
    show_default=True,
    help="How long it opens anything.",
)
def add(name: str, scopes: tuple[str, ...], days: int) -> None:
    """Print a new token. It is kept nowhere else; the database holds its hash.

    \b
    Example:  tolqyn token add dashboard --scope waves:read --scope monitor:read --days 90
    """
    today = study_today()
    expires = today + timedelta(days=days)
    with instance() as (config, database), database.writing() as session:
        made = tokens.add_token(session, name, scopes, today, expires)
        note(session, "token.add", name, scopes=sorted(set(scopes)), expires=expires.isoformat())
        click.echo(made)
        click.echo(f"opens {config.base_url}/api/v1/ until {expires}; shown only now", err=True)


@token.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_(*, as_json: bool) -> None:
    """List the tokens, what each opens and until when.

    \b
    Example:  tolqyn token list
    """
    with instance() as (_, database), database.reading() as session:
        rows = tokens.all_tokens(session)
        found = [
            {
                "name": each.name,
                "scopes": each.scopes,
                "made_on": each.made_on.isoformat(),
                "expires_on": each.expires_on.isoformat(),
                "revoked": each.revoked,
            }
            for each in rows
        ]
    if as_json:
        click.echo(json.dumps(found, indent=2))
        return
    for row in rows:
        state = "revoked" if row.revoked else f"until {row.expires_on}"
        click.echo(f"{row.name}  {', '.join(row.scopes)}  {state}")
    if not rows:
        click.echo("no tokens; tolqyn token add NAME --scope waves:read makes one")


@token.command()
@click.argument("name")
def revoke(name: str) -> None:
    """Let a token open nothing from now on; its name stays taken.

    \b
    Example:  tolqyn token revoke dashboard
    """
    with instance() as (_, database), database.writing() as session:
        tokens.revoke_token(session, name)
        note(session, "token.revoke", name)
    click.echo(f"{name} opens nothing any more")
