"""`tolqyn user`: accounts by command, each act in the record, the last director kept."""

import json
import stat

import pytest
from click.testing import CliRunner, Result

from survey.cli import main
from survey.config import Config
from survey.store import people
from survey.store.engine import Database
from survey.store.models import Act


def typed(*words: str) -> Result:
    return CliRunner().invoke(main, ["user", *words])


def sign_up(database: Database, name: str) -> None:
    """As if the link had been used."""
    with database.writing() as session:
        people.account_named(session, name).password = "stored"


def test_an_account_begins_with_a_link_that_no_record_holds(environment: Config, database: Database) -> None:
    made = typed("add", "Aigul.S", "--role", "director")
    assert made.exit_code == 0, made.output
    address = made.stdout.strip()
    assert address.startswith("http://localhost:8000/console/welcome/")
    assert "neither TOLQYN_CONSOLE_URL nor TOLQYN_PUBLIC_URL is set" in made.stderr
    (listed,) = json.loads(typed("list", "--json").output)
    assert listed["name"] == "aigul.s"
    assert listed["roles"] == [{"role": "director", "on": "*"}]
    assert (listed["state"], listed["second_factor"], listed["sessions"]) == ("invited", False, 0)
    with database.reading() as session:
        acts = session.query(Act).order_by(Act.number).all()
    assert [act.what for act in acts] == ["user.add", "user.grant"]
    assert all(act.actor.startswith("shell:") for act in acts)
    assert address.rpartition("/")[2] not in str([vars(act) for act in acts])


def test_roles_come_and_go_and_the_last_director_stays(environment: Config, database: Database) -> None:
    typed("add", "aigul", "--role", "director")
    sign_up(database, "aigul")
    given = typed("role", "aigul", "--add", "analyst", "--on", "kz-thb/2027")
    assert "analyst on kz-thb/2027, director on *" in given.output
    assert typed("role", "aigul", "--remove", "analyst", "--on", "kz-thb/2027").exit_code == 0
    for words in (("role", "aigul", "--remove", "director"), ("disable", "aigul")):
        refused = typed(*words)
        assert refused.exit_code == 1
        assert "another director" in refused.output
    typed("add", "berik", "--role", "director")
    assert typed("disable", "aigul").exit_code == 1, "one who never signed in is none yet"
    sign_up(database, "berik")
    assert typed("disable", "aigul").exit_code == 0
    assert typed("enable", "aigul").exit_code == 0


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (("add", "a b", "--role", "analyst"), 1, "small letters"),
        (("add", "aigul", "--role", "analyst"), 1, "a new name"),
        (("add", "x1", "--role", "director", "--on", "kz-thb"), 1, "whole office"),
        (("add", "x1", "--role", "analyst", "--on", "a/b/c"), 1, "STUDY/WAVE"),
        (("role", "aigul"), 2, "--add ROLE"),
        (("role", "nobody", "--add", "analyst"), 1, "accounts: aigul"),
        (("role", "aigul", "--remove", "analyst"), 1, "roles held: director *"),
        (("reset", "nobody"), 1, "accounts: aigul"),
    ],
)
def test_a_refusal_says_what_to_type_and_changes_nothing(
    environment: Config, database: Database, words: tuple[str, ...], status: int, said: str
) -> None:
    typed("add", "aigul", "--role", "director")
    refused = typed(*words)
    assert refused.exit_code == status
    assert said in refused.output
    with database.reading() as session:
        assert [account.name for account in people.all_accounts(session)] == ["aigul"]


def test_a_reset_ends_sessions_and_forgets_every_factor(environment: Config, database: Database) -> None:
    typed("add", "aigul", "--role", "director")
    sign_up(database, "aigul")
    with database.writing() as session:
        people.account_named(session, "aigul").totp = "sealed"
    assert "signed in nowhere" in typed("session", "aigul").output
    assert "/console/welcome/" in typed("reset", "aigul").output
    with database.reading() as session:
        account = people.account_named(session, "aigul")
        assert (account.password, account.totp) == (None, None)
    assert "0 sessions ended" in typed("session", "aigul", "--end").output


def test_without_accounts_the_list_says_how_to_make_one(environment: Config) -> None:
    assert "tolqyn user add NAME" in typed("list").output


def test_the_key_of_the_seeds_is_the_owner_s_alone(environment: Config) -> None:
    from survey.keys import people_key

    key = people_key(environment.keys)
    assert key == people_key(environment.keys)
    assert stat.S_IMODE((environment.keys / "people.key").stat().st_mode) == 0o600


def test_rights_prints_the_table() -> None:
    assert typed("rights").output.startswith("# Who may enter what")
