"""A wave in, lines about the versions it is asked in out; what keeps their files from being edited."""

import click
from sqlalchemy.orm import Session

from instruments import InstrumentError, Questionnaire, fielded, library_path
from survey.store.models import Wave
from survey.store.versions import named, versions_of


def said_versions(session: Session, wave: Wave) -> list[str]:
    """One line a version, from the opening on; of a draft the version it is to be asked in."""
    known = versions_of(session, wave)
    if not known:
        later = named(session, wave.fingerprint)
        return [f"questionnaire: {later.name} {later.version}"]
    lines = []
    for each in known:
        asked = named(session, each.fingerprint)
        reason = f": {words}" if (words := next(iter(each.reason.values()), "")) else ""
        lines.append(
            f"version {each.number} of this wave: {asked.name} {asked.version}, since {each.since}{reason}"
        )
    return lines


def say_how_to_lock(wave: Wave, questionnaire: Questionnaire) -> None:
    """Say what to type so that the files of a version in the field are never edited; not for invented waves.

    The database holds the version for ever. Where its files lie, only whoever wrote them knows.
    """
    if wave.synthetic or _is_locked(questionnaire):
        return
    what = f"{questionnaire.name} {questionnaire.version}"
    click.echo(f"{what} is in the field and never edited from now on; so that its files keep to that, type:")
    click.echo(f"  tolqyn instrument lock {_where(questionnaire)}")


def _is_locked(questionnaire: Questionnaire) -> bool:
    try:
        folder = library_path(questionnaire.name, questionnaire.version).parent
    except InstrumentError:
        return False
    return fielded(folder).get(questionnaire.version) == questionnaire.fingerprint


def _where(questionnaire: Questionnaire) -> str:
    try:
        library_path(questionnaire.name, questionnaire.version)
    except InstrumentError:
        return f"FILE.yaml --sha256 {questionnaire.fingerprint}"
    return f"{questionnaire.name}@{questionnaire.version} --sha256 {questionnaire.fingerprint}"
