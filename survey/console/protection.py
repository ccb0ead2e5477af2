"""What is kept of people, and what to do when it is stolen: pages to read and to print."""

from flask import Response

from survey.config import study_today
from survey.console.frame import page, t
from survey.console.room import room
from survey.console.waves import there
from survey.protection.breach import breach_page
from survey.protection.record import protection_record
from survey.store import waves as store

RECORD_ROLES = ("director", "field_manager", "data_officer")


def record(study: str, wave: str) -> Response:
    """A wave's data-protection record."""
    with room().database.reading() as session:
        found = there(store.wave_named(session, study, wave))
        kept = protection_record(session, room().config, found, t())
    return page("protection", wave=found, record=kept)


def breach() -> Response:
    """For the day something was stolen."""
    with room().database.reading() as session:
        found = breach_page(session, room().config, study_today(), t())
    return page("breach", breach=found)
