"""`tolqyn wave close`: proposed by one person, carried out by another; what it cannot undo is said before."""

import click

from survey.cli.acts import actor, note
from survey.cli.instance import instance
from survey.cli.status import when
from survey.config import Config
from survey.fieldwork.ending import close_for_good
from survey.fieldwork.lifecycle import today_of
from survey.refusal import Reason, Refused
from survey.store import closing, rewriting, second, waves
from survey.store.engine import Database
from survey.store.invitations import lonely_strata
from survey.store.people import normal


@click.command()
@click.argument("name", metavar="WAVE")
@click.option("--by", default="", help="Who types this.")
@click.option("--confirm", is_flag=True, help="Carry out what was proposed. Cannot be undone.")
@click.option("--withdraw", is_flag=True, help="Take a proposal back: the wave is open again.")
def close(name: str, by: str, confirm: bool, withdraw: bool) -> None:
    """Propose to close a wave, or carry it out: answers stay, every link to a person is destroyed.

    Until it is carried out, and the wave's last day is over, anybody who may propose it may take it back.
    Where the office's people have accounts, only names of accounts that may do it are taken; whoever let
    another in within thirty days does not close a wave with that one.

    Afterwards the thief's attack is run on the database, and its result is kept with the wave.
    With TOLQYN_TWO_PERSON=off one person does both, which the disclosure record says. An interrupted close
    is finished by typing the same again: what it had not done is done then, the attack too.

    \b
    Example:
      tolqyn wave close kz-thb/2027 --by aigul
      tolqyn wave close kz-thb/2027 --by timur --confirm
      tolqyn wave close kz-thb/2027 --by timur --withdraw
    """
    if confirm and withdraw:
        raise click.UsageError("say --confirm or --withdraw")
    with instance() as (config, database):
        by = normal(" ".join(by.split()))
        if config.two_person and not by:
            raise Refused(Reason("the name of whoever types this", "none", "--by NAME", path="--by"))
        if withdraw:
            _withdraw(config, database, name, by)
        elif not confirm:
            _propose(config, database, name, by)
        else:
            _carry_out(config, database, name, by)


def _propose(config: Config, database: Database, name: str, by: str) -> None:
    with database.writing() as session:
        found = waves.find_wave(session, name)
        if config.two_person:
            second.refuse_no_account(session, found, by, second.MANAGERS)
        closing.propose_close(session, found, by)
        note(session, second.PROPOSED, found, by)
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
        click.echo(f"whoever thinks better of it takes it back: {command} --by NAME --withdraw")
    else:
        click.echo(f"to close it for good: {command} --confirm")


def _withdraw(config: Config, database: Database, name: str, by: str) -> None:
    with database.writing() as session:
        found = waves.find_wave(session, name)
        if config.two_person:
            second.refuse_no_account(session, found, by, second.MANAGERS)
        closing.withdraw_close(session, found, today_of(found))
        note(session, second.WITHDRAWN, found, by)
    click.echo(f"{found.study}/{found.name} is open again: {when(found)}")


def _carry_out(config: Config, database: Database, name: str, by: str) -> None:
    with database.reading() as session:
        found = waves.find_wave(session, name)
        if config.two_person:
            second.refuse_no_account(session, found, by, second.WATCHERS)
        closing.refuse_alone(session, found, by, config.two_person)
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
