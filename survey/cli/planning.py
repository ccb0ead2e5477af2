"""`tolqyn wave design|disclosure|ready|phones|calendar`: what is known of a wave, and what is missing."""

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import click

from survey.cli.acts import note
from survey.cli.days import DAY
from survey.cli.files import new_file
from survey.cli.instance import instance
from survey.cli.refusals import in_words
from survey.config import Config
from survey.fieldwork.calendar import STANDS, calendar_of, ics, season_notes
from survey.fieldwork.changing import change_design
from survey.fieldwork.design import design_schema, read_design
from survey.fieldwork.disclosure import DisclosureItem, Standing, disclosure_of, from_acts
from survey.fieldwork.gates import Gate, gates
from survey.fieldwork.lifecycle import today_of
from survey.fieldwork.rehearsals import rehearsed_languages
from survey.fieldwork.seasons import seasons
from survey.fieldwork.strata import strata_notes
from survey.fieldwork.template import design_template
from survey.refusal import Reason, Refused
from survey.store import opening, waves
from survey.store.engine import Database

A_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
NEW_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.argument("name", metavar="WAVE")
@click.argument("file", type=A_FILE, required=False)
@click.option("--template", type=NEW_FILE, help="Write a new file to fill in, with what is known.")
@click.option("--schema", is_flag=True, help="Print the JSON Schema of the format.")
def design(name: str, file: Path | None, template: Path | None, *, schema: bool) -> None:
    """Store a wave's design: frame, strata, targets, quotas, incentives, sponsor and the whole record.

    \b
    Example:
      tolqyn wave design kz-thb/2027 --template wave-2027.yaml
      tolqyn wave design kz-thb/2027 wave-2027.yaml
    """
    if schema:
        click.echo(json.dumps(design_schema(), ensure_ascii=False, indent=2))
        return
    if (file is None) == (template is None):
        raise click.UsageError("give a design FILE, or --template NEW_FILE to begin one")
    with instance() as (config, database):
        with database.reading() as session:
            found = waves.find_wave(session, name)
            questionnaire = waves.questionnaire_of(session, found)
        if template is not None:
            text = design_template(found, questionnaire)
            with new_file(template, "--template") as out:
                out.write(text)
            click.echo(f"{template}: fill it in, then: tolqyn wave design {name} {template}")
            return
        given = read_design(Path(str(file)), questionnaire)
        with database.writing() as session:
            found = waves.find_wave(session, name)
            changed = change_design(session, config.home, found, given)
            cells = [cell.as_written for cell in given.cells]
            note(session, "wave.design", found, changed=changed, target=given.target, cells=cells)
            apart = strata_notes(session, found)
    click.echo(f"stored the design of {found.study}/{found.name}")
    for stratum in given.strata:
        click.echo(f"  stratum {stratum.name}: {stratum.target or 'no'} interviews wanted")
    for cell in given.cells:
        click.echo(f"  quota {cell.name} ({cell.kind}): {cell.target} {cell.counts}")
    for each in apart:
        click.echo(f"warning: {each}", err=True)
    missing = [each for each in disclosure_of(found, questionnaire) if each.standing is Standing.MISSING]
    if missing:
        click.echo(f"  the report will need {len(missing)} more items: tolqyn wave disclosure {name}")


@click.command()
@click.argument("name", metavar="WAVE")
@click.option("--json", "as_json", is_flag=True, help="Print the items as a list.")
def disclosure(name: str, *, as_json: bool) -> None:
    """Show what is known of a wave beside what every published poll must say (AAPOR, Kazakhstan, ESOMAR).

    \b
    Example:  tolqyn wave disclosure kz-thb/2027
    """
    with instance() as (_, database), database.reading() as session:
        found = waves.find_wave(session, name)
        items = disclosure_of(found, waves.questionnaire_of(session, found))
        closed = from_acts(found)
    if as_json:
        click.echo(json.dumps([asdict(each) for each in (*items, *closed)], ensure_ascii=False, indent=2))
        return
    for each in items:
        click.echo(_item_line(each))
    for each in closed:
        click.echo(f"{each.what}: {each.words}")
    missing = [each for each in items if each.standing is Standing.MISSING]
    if missing:
        click.echo(
            f"{len(missing)} of {len(items)} items are missing. Write under disclosure: of the design file"
        )
        for each in missing:
            click.echo(f"  {each.typed}")
        click.echo(f"then: tolqyn wave design {name} FILE")
    else:
        click.echo("nothing is missing: the report prints its method statement from this record")


@click.command()
@click.argument("name", metavar="WAVE")
@click.option("--json", "as_json", is_flag=True, help="Print the gates as a list.")
def ready(name: str, *, as_json: bool) -> None:
    """List every gate before a wave's opening, what each lacks and what to type. Status 1 while one is shut.

    \b
    Example:  tolqyn wave ready kz-thb/2027
    """
    with instance() as (config, database), database.reading() as session:
        found = waves.find_wave(session, name)
        questionnaire = waves.questionnaire_of(session, found)
        listed = gates(
            session,
            config.home,
            found,
            questionnaire,
            today=today_of(found),
            rehearsed=rehearsed_languages(config, questionnaire.fingerprint),
        )
        local = config.base_url.startswith("http://127.0.0.1")
    shut = [gate for gate in listed if not gate.open]
    if as_json:
        click.echo(json.dumps([_gate_data(gate) for gate in listed], ensure_ascii=False, indent=2))
    else:
        for gate in listed:
            _say_gate(gate)
        if local:
            click.echo("note  links begin with an address only this machine can open: set TOLQYN_PUBLIC_URL")
        if shut:
            click.echo(f"{len(shut)} of {len(listed)} gates are shut")
        else:
            click.echo(f"every gate is open: tolqyn wave open {found.study}/{found.name}")
    if shut:
        raise SystemExit(1)


@click.command()
@click.argument("name", metavar="WAVE")
@click.option("--called", multiple=True, help="A help line that was called and answered, by its id.")
@click.option("--by", default="", help="Who called.")
@click.option("--on", type=DAY, help="The day of the call, YYYY-MM-DD.  [default: today]")
def phones(name: str, called: tuple[str, ...], by: str, on: datetime | None) -> None:
    """Show when each help line was last called, or note that somebody called one.

    \b
    Example:
      tolqyn wave phones kz-thb/2027
      tolqyn wave phones kz-thb/2027 --called police --called contact111 --by aigul
    """
    by = " ".join(by.split())
    with instance() as (_, database):
        if called:
            if not by:
                raise Refused(Reason("the name of whoever called", "none", "--by NAME", path="--by"))
            with database.writing() as session:
                found = waves.find_wave(session, name)
                questionnaire = waves.questionnaire_of(session, found)
                today = today_of(found)
                day = on.date() if on else today
                if day > today:
                    raise Refused(Reason(f"a day up to {today}", str(day), f"--on {today}", path="--on"))
                for line in called:
                    opening.phone_called(found, questionnaire, line, by, day)
                note(session, "wave.phones", found, by, called=list(called), on=day.isoformat())
        with database.reading() as session:
            found = waves.find_wave(session, name)
            lines = waves.questionnaire_of(session, found).phones.values()
        for phone in lines:
            own = (found.phones or {}).get(phone.id, {})
            who = f" by {own['by']}" if own else ""
            click.echo(
                f"{phone.id}  {phone.display}  called {opening.called_on(found, phone) or 'never'}{who}"
            )


@click.command()
@click.argument("name", metavar="[WAVE]", required=False)
@click.option("--ics", "out", type=NEW_FILE, help="New calendar file for phones and mail programs.")
@click.option("--json", "as_json", is_flag=True, help="Print the days as a list.")
def calendar(name: str | None, out: Path | None, *, as_json: bool) -> None:
    """List the days that matter: opening, last day, closing, help lines, report; feasts, holidays and votes.

    Ramadan, feasts, school holidays, harvest and votes come along with their sources; an office's own days,
    as of a vote that was called, stand in TOLQYN_HOME/calendar.yaml (docs/guide/fieldwork.md).

    \b
    Example:  tolqyn wave calendar kz-thb/2027 --ics kz-thb-2027.ics
    """
    with instance() as (config, database), database.reading() as session:
        chosen = [waves.find_wave(session, name)] if name else waves.all_waves(session)
        days = calendar_of(chosen, seasons(config.home))
    if out is not None:
        with new_file(out, "--ics") as file:
            file.write(ics(days))
        click.echo(f"{len(days)} days in {out}")
    elif as_json:
        listed = [
            {**asdict(each), "day": each.day.isoformat(), "until": each.until and each.until.isoformat()}
            for each in days
        ]
        click.echo(json.dumps(listed, ensure_ascii=False, indent=2))
    else:
        for each in days:
            until = f" to {each.until} ({STANDS[each.stands]})" if each.until else ""
            click.echo(f"{each.day}  {each.wave}  {each.what}{until}")


def say_seasons(database: Database, config: Config, name: str) -> None:
    """Feasts, holidays, harvests and votes that the wave's days touch."""
    with database.reading() as session:
        found = waves.find_wave(session, name)
        for words in season_notes(found, seasons(config.home), today_of(found)):
            click.echo(f"note: {words}", err=True)


def _item_line(item: DisclosureItem) -> str:
    where = f" (no words in {', '.join(item.lacking)})" if item.lacking else ""
    words = " ".join(item.words.split())
    short = words if len(words) <= 70 else f"{words[:67]}…"
    return f"{item.item:<4}{item.standing:<8} {item.what}{where}" + (f": {short}" if short else "")


def _say_gate(gate: Gate) -> None:
    click.echo(f"{'open' if gate.open else 'SHUT':<6}{gate.title}")
    for reason in gate.reasons:
        click.echo("        " + in_words(reason.as_dict()).replace("\n", "\n    "))
    for words in gate.notes:
        click.echo(f"        note: {words}")


def _gate_data(gate: Gate) -> dict[str, object]:
    reasons = [reason.as_dict() for reason in gate.reasons]
    return {
        "gate": gate.name,
        "title": gate.title,
        "open": gate.open,
        "missing": reasons,
        "notes": gate.notes,
    }
