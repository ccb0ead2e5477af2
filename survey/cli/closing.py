"""`tolqyn wave close`: proposed by one person, carried out by another; what it cannot undo is said before."""

import click

from survey.cli.acts import actor, note
from survey.cli.instance import instance
from survey.config import Config
from survey.fieldwork.ending import close_for_good
from survey.refusal import Reason, Refused
from survey.store import closing, rewriting, waves
from survey.store.engine import Database
from survey.store.invitations import lonely_strata


@click.command()
@click.argument("name", metavar="WAVE")
@click.option("--by", default="", help="Who types this.")
@click.option("--confirm", is_flag=True, help="Carry out what was proposed. Cannot be undone.")
def close(name: str, by: str, confirm: bool) -> None:
    """Propose to close a wave, or carry it out: answers stay, every link to a person is destroyed.

    Afterwards the thief's attack is run on the database, and its result is kept with the wave.
    With TOLQYN_TWO_PERSON=off one person does both, which the disclosure record says. An interrupted close
    is finished by typing the same again: what it had not done is done then, the attack too.

    \b
    Example:
      tolqyn wave close kz-thb/2027 --by aigul
      tolqyn wave close kz-thb/2027 --by timur --confirm
    """
    with instance() as (config, database):
        by = " ".join(by.split()).casefold()
        if config.two_person and not by:
            raise Refused(Reason("the name of whoever types this", "none", "--by NAME", path="--by"))
        if not confirm:
            _propose(config, database, name, by)
        else:
            _carry_out(config, database, name, by)


def _propose(config: Config, database: Database, name: str, by: str) -> None:
    with database.writing() as session:
        found = waves.find_wave(session, name)
        closing.propose_close(session, found, by)
        note(session, "wave.close.propose", found, by)
        lonely = lonely_strata(session, found)
    click.echo(f"{found.study}/{found.name} takes no new starts")
    if lonely:
        click.echo(
            f"warning: one primary sampling unit in {', '.join(lonely)}: the release will need --lonely-psu",
            err=True,
        )
    command = f"tolqyn wave close {found.study}/{found.name}"
    if config.two_person:
        click.echo(f"a second person closes it: {command} --by NAME --confirm")
    else:
        click.echo(f"to close it for good: {command} --confirm")


def _carry_out(config: Config, database: Database, name: str, by: str) -> None:
    with database.reading() as session:
        found = waves.find_wave(session, name)
        closing.refuse_alone(found, by, config.two_person)
        total = sum(waves.ballot_counts(session, found).values())
    with click.progressbar(length=total, label="closing") as bar:
        found, verdict = close_for_good(config, database, name, by=by, actor=actor(by), progress=bar.update)
    click.echo(
        f"{found.study}/{found.name} is closed; its key here is destroyed and the tables are rewritten"
    )
    for reason in rewriting.forget_log(database):
        click.echo(f"warning: {reason}", err=True)
    if verdict is None:
        click.echo("the thief's attack was not run: nobody answered, or the wave was closed before", err=True)
    else:
        if verdict.again:
            click.echo(
                "the close had been cut off: the interviews have new random numbers, which are attacked"
            )
        click.echo(verdict.summary(), err=not verdict.held)
    click.echo(f"next: tolqyn release build {found.study}/{found.name}")
