"""`tolqyn wave correct`: a corrected questionnaire for the interviews that begin from now on."""

import re
from typing import Any

import click

from survey.cli.acts import note
from survey.cli.instance import instance
from survey.cli.instrument.finding import find_version
from survey.cli.rehearsed import require_trial
from survey.cli.versions import say_how_to_lock
from survey.fieldwork.lifecycle import today_of
from survey.refusal import Reason, Refused
from survey.store import versions, waves

IN_LANGUAGE = re.compile(r"([a-z]{2,3})=(.+)", re.DOTALL)


@click.command()
@click.argument("name", metavar="WAVE")
@click.option("--instrument", required=True, help="NAME@VERSION of the library, or a YAML file.")
@click.option(
    "--reason",
    "reasons",
    required=True,
    multiple=True,
    help="Why, as the report prints it: words, or LANG=words.",
)
def correct(name: str, instrument: str, reasons: tuple[str, ...]) -> None:
    """Put a corrected version of the questionnaire into an open wave.

    Interviews that have begun keep the version they began with; the release says which interview had which.
    Every change must be declared in the file as identical or editorial, small enough by measure against each
    version of this wave, and no column may change.

    \b
    Example:
      tolqyn wave correct kz-thb/2027 --instrument my/2027.2.yaml \\
        --reason "en=A misprint in question AW1" --reason "ru=Опечатка в вопросе AW1"
    """
    questionnaire = find_version(instrument)
    with instance() as (config, database):
        with database.reading() as session:
            wave = waves.find_wave(session, name)
            reason = read_reasons(reasons, {"en", *wave.languages})
            versions.refuse_correction(session, wave, questionnaire, reason)
        if not wave.synthetic:
            require_trial(config, questionnaire, wave.languages)
        with database.writing() as session:
            wave = waves.find_wave(session, name)
            fielded = versions.correct(session, wave, questionnaire, reason, today_of(wave))
            note(session, "wave.correct", wave, questionnaire=fielded.fingerprint, reason=reason)
    where = f"{wave.study}/{wave.name}"
    click.echo(f"{where}: interviews begin with version {questionnaire.version} from now on")
    click.echo(f"version {fielded.number} of this wave, since {fielded.since}; SHA-256 {fielded.fingerprint}")
    click.echo("interviews that have begun keep their version")
    say_how_to_lock(wave, questionnaire)


def read_reasons(given: tuple[str, ...], languages: set[str]) -> dict[str, str]:
    """Reasons by language; one without a language is English. Raises Refused."""
    found: dict[str, str] = {}
    problems: list[Any] = []
    for words in given:
        named = IN_LANGUAGE.fullmatch(words)
        if named and named[1] not in languages:
            known = " or ".join(f"{each}=" for each in sorted(languages))
            problems.append(Reason(f"a language of the wave ({known})", f"{named[1]}=", path="--reason"))
        language, said = (named[1], named[2]) if named else ("en", words)
        if language in found:
            problems.append(
                Reason("one reason a language", f"two in {language}", "LANG=words", path="--reason")
            )
        found[language] = said.strip()
    if problems:
        raise Refused(*problems)
    return found
