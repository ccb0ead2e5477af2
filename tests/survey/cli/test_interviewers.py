"""`tolqyn wave interviewer` and what `wave status` says of interviewers and their contacts."""

from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from survey.cli import main
from survey.config import Config
from survey.store import contacts
from survey.store.interviewers import find_interviewer
from survey.store.invitations import batches
from survey.store.models import Interviewer, Wave

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def tolqyn(environment: Config) -> Callable[..., Result]:
    return lambda *words: CliRunner().invoke(main, words)


def test_the_link_is_printed_once_and_leads_to_its_interviewer(tolqyn, database, open_wave: Wave) -> None:
    design = ("--stratum", "cities", "--psu", "p12", "--base-weight", "2.5")
    result = tolqyn("wave", "interviewer", "kz-thb/2027", "--name", "I07", "--batch", "p12", *design)
    assert result.exit_code == 0, result.output
    address, _, token = result.output.strip().rpartition("/w/")
    assert address.endswith("/s/opinion-27")
    with database.reading() as session:
        found = find_interviewer(session, open_wave, token)
        (batch,) = batches(session, open_wave)
        assert (found.name, found.batch, batch.base_weight, batch.stratum) == ("I07", batch.id, 2.5, "cities")


def test_what_is_wrong_is_refused_with_what_to_type(tolqyn, open_wave: Wave) -> None:
    result = tolqyn("wave", "interviewer", "kz-thb/2027", "--name", "Aigul S.")
    assert result.exit_code == 1
    assert "not the person's name" in result.output
    assert tolqyn("wave", "interviewer", "kz-thb/2027", "--name", "I07", "--psu", "a").exit_code == 2


def test_the_status_rounds_contacts_down_to_five(tolqyn, database, open_wave: Wave) -> None:
    for name in ("I07", "I08"):
        assert tolqyn("wave", "interviewer", "kz-thb/2027", "--name", name).exit_code == 0
    with database.writing() as session:
        first = session.scalars(select(Interviewer).order_by(Interviewer.name)).first()
        for seen in range(7):
            contacts.count_contact(session, first, "2.24", seen)
        contacts.count_contact(session, first, "2.111", 7)
    said = tolqyn("wave", "status", "kz-thb/2027").output
    assert "interviewers: 2" in said
    assert "contact 2.24: at least 5" in said
    assert "contact 2.111: at least 0" in said


def test_the_status_does_not_call_a_sampling_point_a_batch_of_invitations(tolqyn, open_wave: Wave) -> None:
    made = tolqyn("wave", "interviewer", "kz-thb/2027", "--name", "I07", "--batch", "p12")
    assert made.exit_code == 0, made.output
    said = tolqyn("wave", "status", "kz-thb/2027").output
    assert "batches of invitations and forms, sites, sampling points: 1\n" in said


def test_a_site_has_the_address_of_a_poster_and_of_a_kiosk(tolqyn, make_wave) -> None:
    make_wave(access="open", sample_type="nonprobability")
    result = tolqyn("wave", "site", "kz-thb/2027", "--name", "Clinic 3", "--word", "clinic3")
    assert [line.rpartition("/s/")[2] for line in result.output.split() if "/s/" in line] == [
        "opinion-27/p/clinic3",
        "opinion-27/k/clinic3",
    ]
