"""`tolqyn wave`: a round of fieldwork from draft to closed."""

from datetime import datetime
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from survey.cli.access import panel, site
from survey.cli.acts import note
from survey.cli.closing import close
from survey.cli.correcting import correct
from survey.cli.days import DAY
from survey.cli.files import by_language, read_disclosure, write_links
from survey.cli.forms import paper, withdraw
from survey.cli.instance import instance
from survey.cli.instrument.finding import find_questionnaire
from survey.cli.interviewers import interviewer
from survey.cli.inviting import FEW, letters, poster, remind, why
from survey.cli.lifecycle import clone, pilot, say_forgotten, tick
from survey.cli.mail import mail
from survey.cli.monitoring import monitor
from survey.cli.planning import calendar, design, disclosure, phones, ready, say_seasons
from survey.cli.protection import record
from survey.cli.quotas import quota
from survey.cli.rehearsed import require_trial
from survey.cli.rehearsing import rehearse
from survey.cli.status import status, when
from survey.cli.versions import say_how_to_lock
from survey.config import LANGUAGES, Config
from survey.earlier import Earlier, latest_fielded, too_early, undeclared
from survey.fieldwork.gates import refuse_shut
from survey.fieldwork.lifecycle import today_of
from survey.fieldwork.strata import unknown_stratum
from survey.refusal import Reason, Refused
from survey.store import opening, waves
from survey.store.engine import Database
from survey.store.invitations import BatchSpec
from survey.store.invitations import invite as store_batch
from survey.store.models import ACCESS, SAMPLE_TYPES, Wave
from survey.store.rules import WAITS, creation_reasons, problems_in

MODES = ("web", "capi", "cati", "papi", "mail", "other")
A_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
NEW_FILE = click.Path(dir_okay=False, path_type=Path)


@click.group()
def wave() -> None:
    """Create, open, watch and close a round of fieldwork. WAVE is STUDY/NAME or the alias."""


@wave.command()
@click.argument("name", metavar="STUDY/NAME")
@click.option("--instrument", required=True, help="Name in the library, or a YAML file.")
@click.option("--version", help="Version in the library.  [default: the newest]")
@click.option("--alias", required=True, help="Neutral word in the respondents' address.")
@click.option("--opens", required=True, type=DAY, help="First day, YYYY-MM-DD.")
@click.option("--closes", required=True, type=DAY, help="Last day for new starts, YYYY-MM-DD.")
@click.option("--organisation", default="", help="Who asks, as respondents read it.")
@click.option("--contact", default="", help="How respondents reach them.")
@click.option("--sample-type", required=True, type=click.Choice(SAMPLE_TYPES))
@click.option("--mode", default="web", show_default=True, type=click.Choice(MODES))
@click.option(
    "--access",
    type=click.Choice(ACCESS),
    help="A personal code, or whoever has the link.  [default: invited for probability, else open]",
)
@click.option("--languages", default=",".join(LANGUAGES), show_default=True, help="Comma-separated.")
@click.option("--synthetic", is_flag=True, help="Invented answers: marked on every page of the report.")
@click.option("--seed", type=int, help="Makes a synthetic wave repeatable.")
@click.option(
    "--disclosure", type=A_FILE, help="YAML file: title, strategy, sponsor, sampling, limitations …"
)
@click.option("--text-key", type=NEW_FILE, help="New file for the private key of free texts.")
@click.option("--replace", "replacing", is_flag=True, help="Put this in the place of a draft; its keys stay.")
def create(
    name: str, instrument: str, version: str | None, text_key: Path | None, replacing: bool, **given: Any
) -> None:
    """Store a wave as a draft, with its questionnaire and its keys.

    \b
    Example:
      tolqyn wave create kz-thb/2027 --instrument kz_thb_core --alias opinion-27 \\
        --opens 2027-05-10 --closes 2027-06-06 --sample-type probability \\
        --organisation "Centre X" --contact "+7 700 000 00 00" --disclosure wave.yaml
    """
    questionnaire = find_questionnaire(instrument, version)
    study, _, wave_name = name.partition("/")
    disclosure = read_disclosure(given.pop("disclosure"))
    languages = tuple(word.strip() for word in given.pop("languages").split(",") if word.strip())
    title = by_language(disclosure.pop("title", {}), languages)
    with instance() as (config, database):
        spec = waves.WaveSpec(
            study=study,
            name=wave_name,
            public_key="",
            opens=given.pop("opens").date(),
            closes=given.pop("closes").date(),
            languages=languages,
            access=given.pop("access") or ("invited" if given["sample_type"] == "probability" else "open"),
            title=title,
            disclosure=disclosure,
            **given,
        )
        earlier = _refuse_undeclared(database, config, spec, questionnaire, replacing=replacing)
        if replacing:
            with database.writing() as session:
                waves.replace_draft(session, spec, questionnaire)
                note(session, "wave.replace", name, questionnaire=questionnaire.fingerprint)
            click.echo(f"replaced the draft {name}; its keys are the same")
        else:
            path = (text_key or Path(f"{study}-{wave_name}.textkey")).absolute()

            def also(session: Session, made: Wave) -> None:
                note(session, "wave.create", made, questionnaire=questionnaire.fingerprint)

            waves.create_with_keys(database, config.keys, spec, questionnaire, path, also=also)
            click.echo(f"created {name} as a draft; respondents' address: {config.base_url}/s/{spec.alias}/")
            click.echo(f"private key of the free texts: {path}")
            click.echo("take that file off this machine: whoever holds it can read what respondents write")
        _say_compared(earlier)
        _say_untranslated(questionnaire, spec.languages)
        say_seasons(database, config, name)


@wave.command("open")
@click.argument("name", metavar="WAVE")
@click.option("--organisation", default="", help="Who asks, when not given yet.")
@click.option("--contact", default="", help="How respondents reach them, when not given yet.")
@click.option("--disclosure", type=A_FILE, help="YAML file that completes the disclosure record.")
@click.option("--phones-verified", type=DAY, help="Day on which every help line was called, YYYY-MM-DD.")
def open_(
    name: str, organisation: str, contact: str, disclosure: Path | None, phones_verified: datetime | None
) -> None:
    """Let respondents in, from the opening day to the closing day; says all that is missing.

    The pages are rehearsed by invented respondents first, unless `tolqyn instrument simulate` did it before.

    \b
    Example:  tolqyn wave open kz-thb/2027 --disclosure wave.yaml --phones-verified 2027-05-03
    """
    record = read_disclosure(disclosure)
    if phones_verified is not None:
        record[opening.VERIFIED] = phones_verified.date().isoformat()
    with instance() as (config, database):
        with database.reading() as session:
            found = waves.find_wave(session, name)
            questionnaire = waves.questionnaire_of(session, found)
            opening.describe(found, organisation=organisation, contact=contact, disclosure=record)
            earlier = latest_fielded(session, config.home, found.study, found.name)
            refuse_shut(session, config.home, found, questionnaire, today_of(found))
        if not found.synthetic:
            require_trial(config, questionnaire, found.languages)
        with database.writing() as session:
            found = waves.find_wave(session, name)
            waves.hold(session, found, saves=True)
            opening.describe(found, organisation=organisation, contact=contact, disclosure=record)
            _refuse_other(found, questionnaire)
            refuse_shut(session, config.home, found, questionnaire, today_of(found))
            was_pilot = found.state == "pilot"
            opening.open_wave(session, found, questionnaire, today_of(found))
            note(session, "wave.open", found, questionnaire=questionnaire.fingerprint)
        if was_pilot:
            say_forgotten(database)
            click.echo("the pilot's answers and codes are deleted; the tables were written anew")
        _say_compared(earlier)
        say_seasons(database, config, name)
    click.echo(f"{found.study}/{found.name} is open: {when(found)}")
    say_how_to_lock(found, questionnaire)


@wave.command()
@click.argument("name", metavar="WAVE")
@click.option("--n", "size", required=True, type=int, help="Number of personal codes.")
@click.option("--batch", required=True, help="Name of the batch.")
@click.option("--stratum", help="Stratum of the sample design.")
@click.option("--psu", help="Primary sampling unit.")
@click.option("--fpc", type=float, help="First-stage units of the stratum in the population.")
@click.option(
    "--base-weight", type=float, default=1.0, show_default=True, help="1 / probability of selection."
)
@FEW
@click.option("--out", required=True, type=NEW_FILE, help="New CSV file for the codes and links.")
def invite(name: str, size: int, batch: str, out: Path, **design: Any) -> None:
    """Write personal codes and links to a file. They are kept nowhere else.

    Answers keep their batch's place in the sample for good: fewer than ten codes are refused outside a pilot.

    \b
    Example:  tolqyn wave invite kz-thb/2027 --n 200 --batch almaty-1 --stratum cities --out almaty-1.csv
    """
    with instance() as (config, database), database.writing() as session:
        found = waves.find_wave(session, name)
        spec = BatchSpec(name=batch, size=size, **design)
        tokens = store_batch(session, found, spec)
        note(session, "wave.invite", found, batch=batch, codes=len(tokens), **why(spec))
        write_links(out, f"{config.base_url}/s/{found.alias}/i/", tokens, batch)
        apart = unknown_stratum(session, found, batch)
        trial = found.state == "pilot"
    click.echo(f"{len(tokens)} codes in {out}")
    if trial:
        click.echo(
            "the wave is a pilot: these codes are testers' and vanish when it opens; print no letters of them"
        )
    for each in apart:
        click.echo(f"warning: {each}", err=True)
    if config.base_url.startswith("http://127.0.0.1"):
        click.echo(
            f"warning: the links begin with {config.base_url}, which only this machine can open; set "
            "TOLQYN_PUBLIC_URL before you invite people",
            err=True,
        )


for command in (
    calendar,
    clone,
    close,
    correct,
    design,
    disclosure,
    interviewer,
    letters,
    mail,
    monitor,
    panel,
    paper,
    phones,
    pilot,
    poster,
    quota,
    ready,
    record,
    rehearse,
    remind,
    site,
    status,
    tick,
    withdraw,
):
    wave.add_command(command)


def _refuse_other(found: Wave, questionnaire: Any) -> None:
    """What was rehearsed is what opens: somebody may have put another version into the draft meanwhile."""
    if found.fingerprint != questionnaire.fingerprint:
        where = f"{found.study}/{found.name}"
        hint = f"type it again: tolqyn wave open {where}"
        raise Refused(Reason("the questionnaire that was rehearsed", "another by now", hint, path=where))


def _refuse_undeclared(
    database: Database, config: Config, spec: waves.WaveSpec, questionnaire: Any, *, replacing: bool
) -> Earlier | None:
    """The study's latest earlier wave. Raises Refused, with all other reasons, for an undeclared change."""
    with database.reading() as session:
        earlier = latest_fielded(session, config.home, spec.study, spec.name)
        if changes := [*undeclared(earlier, questionnaire), *too_early(earlier, spec.opens)]:
            known = waves.find_wave(session, f"{spec.study}/{spec.name}") if replacing else None
            raise Refused(*creation_reasons(session, spec, questionnaire, known), *changes)
    return earlier


def _say_compared(earlier: Earlier | None) -> None:
    if earlier is None:
        return
    if earlier.questionnaire is None:
        click.echo(f"the questionnaire of wave {earlier.wave} was imported: its wording is not compared")
    else:
        click.echo(f"compared with wave {earlier.wave}: every change is declared")


def _say_untranslated(questionnaire: Any, languages: tuple[str, ...]) -> None:
    for language in languages:
        missing = sum(reason.rule in WAITS for reason in problems_in(questionnaire, (language,)))
        if missing:
            click.echo(f"{missing} texts lack words in {language}: the wave cannot open yet")
