"""A wave whose record cannot be read, from an older version: its pages say so, and what to mend."""

from collections.abc import Callable

from survey.store import waves
from survey.store.engine import Database
from survey.store.models import Wave


def test_a_record_that_cannot_be_read_is_said_on_the_protection_page(
    director, database: Database, make_wave: Callable[..., Wave]
) -> None:
    made = make_wave()
    with database.writing() as session:
        found = waves.find_wave(session, made.alias)
        found.disclosure = {**found.disclosure, "privacy": {"texts_days": "90d"}}
    page = director.get("/waves/kz-thb/2027/protection")
    assert page.status_code == 409
    assert "disclosure.privacy.texts_days" in page.text
    assert director.get("/waves/%00/2027/protection").status_code == 404
