"""`tolqyn wave close`: proposed by one person, carried out by another; what it cannot undo is said before."""

import click

from survey.cli.acts import note
from survey.cli.instance import instance
from survey.config import Config, study_today
from survey.refusal import Reason, Refused
from survey.store import closing, rewriting, waves
from survey.store.conversion import Progress
from survey.store.engine import Database
from survey.store.invitations import lonely_strata
from survey.store.models import Wave
from survey.thief import Verdict, attack_own, look_before


@click.command()
@click.argument("name", metavar="WAVE")
@click.option("--by", default="", help="Who types this.")
@click.option("--confirm", is_flag=True, help="Carry out what was proposed. Cannot be undone.")
def close(name: str, by: str, confirm: bool) -> None:
    """Propose to close a wave, or carry it out: answers stay, every link to a person is destroyed.

    Afterwards the thief's attack is run on the database, and its result is kept with the wave.
    With TOLQYN_TWO_PERSON=off one person does both, which the disclosure record says. An interrupted close
    is finished by typing the same again.

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
        found, verdict = close_for_good(config, database, name, by=by, progress=bar.update)
    click.echo(f"{found.study}/{found.name} is closed; its key is destroyed and the tables are rewritten")
    for reason in rewriting.forget_log(database):
        click.echo(f"warning: {reason}", err=True)
    if verdict is None:
        click.echo("the thief's attack was not run: the wave was closed before", err=True)
    else:
        click.echo(verdict.summary(), err=not verdict.held)
    click.echo(f"next: tolqyn release build {found.study}/{found.name}")


def close_for_good(
    config: Config, database: Database, name: str, *, by: str, progress: Progress = lambda done: None
) -> tuple[Wave, Verdict | None]:
    """Close a wave, clean up, run the thief's attack and keep its result with the wave. Raises Refused.

    The truth that the attack is measured by lives in this call alone. None: there was nothing to attack with,
    because the wave had been closed before.
    """
    with database.writing() as session:
        found = waves.find_wave(session, name)
        before = look_before(session, found)
        became = closing.close_wave(
            session, found, by=by, two_person=config.two_person, today=study_today(), progress=progress
        )
        note(session, "wave.close", found, by, interviews=len(became), two_person=config.two_person)
    closing.clean_up(database, config.keys, found)
    if not before.ballots:
        return found, None
    verdict = attack_own(database, before, became)
    with database.writing() as session:
        closing.keep_verdict(waves.find_wave(session, name), verdict.record())
        note(session, "wave.attack", found, by, held=verdict.held)
    return found, verdict
