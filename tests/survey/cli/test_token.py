"""`tolqyn token`: made, listed, revoked, and each of it an act."""

import json

import pytest
from click.testing import CliRunner, Result

from survey.cli import main
from survey.config import Config
from survey.store.engine import Database
from survey.store.models import Act


def typed(*words: str) -> Result:
    return CliRunner().invoke(main, ["token", *words])


def test_a_token_is_printed_once_and_its_acts_hold_no_token(environment: Config, database: Database) -> None:
    made = typed("add", "dashboard", "--scope", "waves:read", "--days", "30")
    assert made.exit_code == 0, made.output
    token = made.stdout.strip()
    assert token.startswith("tolqyn_")
    (listed,) = json.loads(typed("list", "--json").output)
    assert (listed["name"], listed["scopes"], listed["revoked"]) == ("dashboard", ["waves:read"], False)
    assert token not in typed("list").output
    assert "opens nothing" in typed("revoke", "dashboard").output
    assert "dashboard  waves:read  revoked" in typed("list").output
    with database.reading() as session:
        acts = session.query(Act).order_by(Act.number).all()
    assert [act.what for act in acts] == ["token.add", "token.revoke"]
    assert token not in str([vars(act) for act in acts])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("add", "x", "--scope", "answers:read"), "waves:read"),
        (("add", " ", "--scope", "waves:read"), "1 to 60 letters"),
        (("revoke", "nobodys"), "tolqyn token add"),
    ],
)
def test_a_refusal_says_what_to_type(environment: Config, words: tuple[str, ...], said: str) -> None:
    refused = typed(*words)
    assert refused.exit_code == 1
    assert said in refused.output


def test_a_name_is_given_once(environment: Config) -> None:
    typed("add", "dashboard", "--scope", "waves:read")
    typed("revoke", "dashboard")
    refused = typed("add", "dashboard", "--scope", "waves:read")
    assert refused.exit_code == 1
    assert "stay taken" in refused.output


def test_without_tokens_the_list_says_how_to_make_one(environment: Config) -> None:
    assert "tolqyn token add NAME" in typed("list").output
