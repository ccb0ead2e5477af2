"""`tolqyn wave record` and `tolqyn breach`: what is kept of people, and what to do when it is stolen."""

import json
from dataclasses import asdict

import click

from survey.cli.acts import note
from survey.cli.instance import instance
from survey.config import LANGUAGES, study_today
from survey.i18n import translator
from survey.store import waves

LANGUAGE = click.Choice(LANGUAGES)


@click.command()
@click.argument("name", metavar="WAVE")
@click.option("--language", default="en", show_default=True, type=LANGUAGE, help="Of the record.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def record(name: str, language: str, *, as_json: bool) -> None:
    """Print a wave's data-protection record: what is kept, why, where, how long, who can read it.

    \b
    Example:  tolqyn wave record kz-thb/2027 --language ru > record.txt
    """
    from survey.protection.record import protection_record, said

    say = translator(language)
    with instance() as (config, database), database.reading() as session:
        found = protection_record(session, config, waves.find_wave(session, name), say)
    if as_json:
        click.echo(json.dumps(found.as_data(), ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(said(found, say)).rstrip())


@click.command()
@click.option(
    "--language", default="en", show_default=True, type=LANGUAGE, help="Of the page and its drafts."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def breach(language: str, *, as_json: bool) -> None:
    """Print the page for the day something was stolen: what it says, what to do, drafts of notices.

    \b
    Example:  tolqyn breach --language ru
    """
    from survey.protection.breach import breach_page, said

    say = translator(language)
    with instance() as (config, database):
        with database.reading() as session:
            page = breach_page(session, config, study_today(), say)
        with database.writing() as session:
            note(session, "breach.page", page.day.isoformat())
    if as_json:
        click.echo(json.dumps(asdict(page), ensure_ascii=False, indent=2, default=str))
    else:
        click.echo("\n".join(said(page, say)))
