"""`tolqyn wave clone|pilot|tick`: the next wave from the last one, its trial run, and what the date does."""

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import click
from sqlalchemy.orm import Session

from instruments import Questionnaire
from survey.cli.acts import note
from survey.cli.days import DAY
from survey.cli.freezing import freeze_all
from survey.cli.instance import instance
from survey.cli.instrument.finding import find_questionnaire
from survey.cli.planning import say_seasons
from survey.earlier import latest_fielded, too_early, undeclared
from survey.fieldwork import cloning, lifecycle
from survey.fieldwork.model import Model, find_model
from survey.refusal import Reason, Refused
from survey.store import rewriting, waves
from survey.store.engine import Database
from survey.store.models import Wave
from survey.store.rules import WaveSpec

NEW_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.argument("model", metavar="WAVE|STUDY|RELEASE_FOLDER")
@click.argument("name", metavar="NAME")
@click.option("--alias", required=True, help="Neutral word in the respondents' address; a new one.")
@click.option("--opens", required=True, type=DAY, help="First day, YYYY-MM-DD.")
@click.option("--closes", required=True, type=DAY, help="Last day for new starts, YYYY-MM-DD.")
@click.option(
    "--instrument", help="Another questionnaire than the last wave's.  [default: the same, as asked]"
)
@click.option("--version", help="Another version of it.")
@click.option("--text-key", type=NEW_FILE, help="New file for the private key of free texts.")
def clone(
    model: str,
    name: str,
    alias: str,
    *,
    opens: datetime,
    closes: datetime,
    instrument: str | None,
    version: str | None,
    text_key: Path | None,
) -> None:
    """Make the next wave from one that was in the field: questionnaire, design, record and settings.

    STUDY alone stands for its latest wave. A wave that came from a file, or whose database is gone, is taken
    from its release (its folder may be given instead of its name); what that does not say is told.
    What a trend rests on is locked: wording by the questionnaire's own declarations, settings by a reason in
    the design file.

    \b
    Example:
      tolqyn wave clone kz-thb 2028 --alias opinion-28 --opens 2028-05-08 --closes 2028-06-04
      tolqyn wave clone poll/2019 2028 --instrument kz_thb_core --alias opinion-28 \\
        --opens 2028-05-08 --closes 2028-06-04
    """
    with instance() as (config, database):
        with database.reading() as session:
            found = find_model(session, config.home, model)
            study = found.study
            asked = _asked(found, instrument, version)
            spec = cloning.next_spec(found, asked, name, alias, opens=opens.date(), closes=closes.date())
            earlier = latest_fielded(session, config.home, study, name)
            if objections := [*undeclared(earlier, asked), *too_early(earlier, spec.opens)]:
                raise Refused(*objections)
        path = (text_key or Path(f"{study}-{name}.textkey")).absolute()

        def also(session: Session, made: Wave) -> None:
            cloning.mark_clone(session, made, found)
            note(session, "wave.clone", made, model=found.name, questionnaire=asked.fingerprint)

        waves.create_with_keys(database, config.keys, spec, asked, path, also=also)
        click.echo(f"{study}/{name} is a draft with all settings of {study}/{found.name}")
        other = "" if asked is found.questionnaire else " (another)"
        click.echo(f"  questionnaire {asked.name} {asked.version}{other}")
        for line in _of_release(found, spec):
            click.echo(f"  {line}")
        click.echo(f"  respondents' address: {config.base_url}/s/{alias}/")
        click.echo(f"  private key of the free texts: {path} (take it off this machine)")
        say_seasons(database, config, f"{study}/{name}")
        click.echo(f"next: tolqyn wave ready {study}/{name}")


def _asked(model: Model, instrument: str | None, version: str | None) -> Questionnaire:
    """The questionnaire named, or the model's. Raises Refused where neither is known."""
    if instrument or (version and model.questionnaire):
        name = instrument or (model.questionnaire.name if model.questionnaire else "")
        return find_questionnaire(name, version)
    if model.questionnaire is None:
        expected = "a questionnaire: this wave came from a file of data, which has none"
        hint = "--instrument kz_thb_core   (a name in the library, or a YAML file)"
        raise Refused(Reason(expected, "none", hint, f"{model.study}/{model.name}", "instrument"))
    return model.questionnaire


def _of_release(model: Model, spec: WaveSpec) -> list[str]:
    """What was taken as usual because a release does not say it, and so is not compared."""
    if not model.released:
        return []
    said = {"mode": spec.mode, "access": spec.access, "languages": ", ".join(spec.languages)}
    taken = [f"{name} {said[name]}" for name in model.unknown if name in said]
    usual = f"; not in it, so taken as usual: {'; '.join(taken)}" if taken else ""
    return [f"from its release{usual}"]


@click.command()
@click.argument("name", metavar="WAVE")
@click.option("--end", is_flag=True, help="Back to a draft: delete what was answered so far.")
def pilot(name: str, *, end: bool) -> None:
    """Let testers in before the opening. Everything they answer vanishes when the wave opens.

    \b
    Example:  tolqyn wave pilot kz-thb/2027
    """
    with instance() as (config, database):
        with database.writing() as session:
            found = waves.find_wave(session, name)
            if end:
                count = lifecycle.end_pilot(session, found)
                note(session, "wave.pilot.end", found, interviews=count)
            else:
                asked = waves.questionnaire_of(session, found)
                lifecycle.start_pilot(session, found, asked, lifecycle.today_of(found))
                note(session, "wave.pilot", found)
        if end:
            say_forgotten(database)
            click.echo(f"{found.study}/{found.name} is a draft again; nothing of the pilot is kept")
        else:
            click.echo(f"{found.study}/{found.name} is a pilot: {config.base_url}/s/{found.alias}/")
            click.echo("codes made from now on are the testers' and vanish with what they answer")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print what happened as a list.")
def tick(*, as_json: bool) -> None:
    """Do what the date does to every wave, and say what it asks of somebody. For cron, once a day or hour.

    A wave past its last day is closing; one of which figures are published is frozen. Status 0 whether or not
    there is something to do.

    \b
    Example:  tolqyn wave tick
    """
    with instance() as (config, database):
        with database.writing() as session:
            events = lifecycle.tick(session)
            for event in events:
                if event.done:
                    note(session, f"wave.{event.what}", event.wave)
        # A publication that was cut off between the register and the database, or made by older code.
        with database.writing() as session:
            freeze_all(session, config)
    if as_json:
        click.echo(json.dumps([asdict(each) for each in events], ensure_ascii=False, indent=2))
        return
    for event in events:
        click.echo(f"{event.wave}: {event.words}\n    {event.typed}")


def say_forgotten(database: Database) -> None:
    """Write the tables anew, so that what was deleted stands in no file, and say what still keeps a log."""
    rewriting.rewrite_tables(database)
    for reason in rewriting.forget_log(database):
        click.echo(f"warning: {reason}", err=True)
