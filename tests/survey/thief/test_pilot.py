"""A pilot's answers after the opening: every byte of database and log is searched for them."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import func, select

from instruments import Questionnaire
from survey import keys
from survey.config import Config
from survey.fieldwork import lifecycle
from survey.store import ballots, invitations, opening, waves
from survey.store.contacts import count_contact, totals
from survey.store.engine import Database
from survey.store.interviewers import add_interviewer, interviewers
from survey.store.models import Ballot, Batch, Invitation, PageAnswer, Wave
from survey.store.rewriting import forget_log, rewrite_tables

from .canaries import cluster_bytes
from .conftest import TODAY

PEOPLE = 40
WORD = "kanareika-of-the-pilot"


@pytest.fixture
def traces(
    database: Database, config: Config, make_wave: Callable[..., Wave], small: Questionnaire
) -> list[bytes]:
    """A pilot with answers; what must be nowhere afterwards."""
    made = make_wave(alias="opinion-27")
    with database.writing() as session:
        lifecycle.start_pilot(session, waves.find_wave(session, made.alias), small, TODAY)
    found = []
    with database.writing() as session:
        wave = waves.find_wave(session, made.alias)
        tokens = invitations.invite(session, wave, invitations.BatchSpec("testers", PEOPLE))
        key = keys.read_wave_key(config.keys, wave.alias)
    for number, token in enumerate(tokens):
        ballot, mac = key.ballot(token), key.code(f"{number}")
        found += [ballot.encode(), mac.encode(), keys.token_hash(token).encode()]
        with database.writing() as session:
            for page in (1, 2, 3):
                ballots.save_page(
                    session,
                    wave,
                    ballot,
                    page,
                    {"WHERE": f"{WORD}-{number}-{page}"},
                    sealed={"WORDS": f"sealed-{WORD}"},
                    language="ru",
                    seconds=5,
                    day=TODAY,
                    state="complete" if page == 3 else "started",
                    code_mac=mac if page == 3 else None,
                )
    return [WORD.encode(), *found]


def lying(database: Database, config: Config) -> bytes:
    """The database as it lies there, its log included."""
    files = [path for path in Path(config.home).rglob("tolqyn.sqlite*") if path.is_file()]
    return b"".join(path.read_bytes() for path in files) + cluster_bytes(database)


def left(traces: list[bytes], database: Database, config: Config) -> int:
    there = lying(database, config)
    return sum(trace in there for trace in traces)


def test_nothing_of_a_pilot_is_in_any_file_after_the_opening(
    database: Database, config: Config, small: Questionnaire, traces: list[bytes]
) -> None:
    assert left(traces, database, config) == len(traces), "the search finds what is there"
    with database.writing() as session:
        found = waves.find_wave(session, "opinion-27")
        opening.open_wave(session, found, small, TODAY)
    assert left(traces, database, config) > 0, "deleted rows alone stay in files or log: the search sees them"
    rewrite_tables(database)
    assert forget_log(database) == ()
    assert left(traces, database, config) == 0
    with database.reading() as session:
        counts = [session.scalar(select(func.count()).select_from(each)) for each in (Ballot, PageAnswer)]
        assert counts == [0, 0]
        assert session.scalar(select(func.count()).select_from(Invitation)) == 0
        assert session.scalar(select(func.count()).select_from(Batch)) == 0


def test_a_pilot_that_ends_without_an_opening_leaves_nothing_either(
    database: Database, config: Config, traces: list[bytes]
) -> None:
    with database.writing() as session:
        assert lifecycle.end_pilot(session, waves.find_wave(session, "opinion-27")) == PEOPLE
    rewrite_tables(database)
    forget_log(database)
    assert left(traces, database, config) == 0


def test_codes_made_before_the_pilot_stay_and_contacts_made_in_it_go(
    database: Database, config: Config, make_wave: Callable[..., Wave], small: Questionnaire
) -> None:
    make_wave(alias="opinion-27")
    with database.writing() as session:
        found = waves.find_wave(session, "opinion-27")
        real = invitations.invite(session, found, invitations.BatchSpec("real", 15))
        lifecycle.start_pilot(session, found, small, TODAY)
        add_interviewer(session, found, "I07")
        (asking,) = interviewers(session, found)
        count_contact(session, asking, "2.24", 0)
        assert totals(session, found)
        opening.open_wave(session, found, small, TODAY)
    with database.reading() as session:
        found = waves.find_wave(session, "opinion-27")
        assert all(invitations.find(session, found, token) for token in real)
        assert not totals(session, found)
        assert [each.contacts for each in interviewers(session, found)] == [0]
