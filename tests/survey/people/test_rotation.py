"""Another people's key: the same codes open the same accounts, the old key opens nothing and is gone."""

from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from survey import keys
from survey.cli import main
from survey.config import Config
from survey.people.codes import Sealer, new_seed, stored_of
from survey.people.rotation import seal_anew
from survey.refusal import Refused
from survey.store import audit, people, sign_ins
from survey.store.engine import Database
from survey.store.models import Account, RecoveryCode, StaffSession

NAMES = ("aigul", "berik")
CODE, SHORT = "ABCD-" * 6 + "EFGH", "AAAAA-22222"


@pytest.fixture
def seeds(database: Database, config: Config) -> dict[str, str]:
    """Two accounts with codes of an app, a recovery code, and one of the short ones of before."""
    sealer, found = Sealer(keys.people_key(config.keys)), {}
    with database.writing() as session:
        for name in NAMES:
            account = Account(
                name=name,
                handle=name * 8,
                language="en",
                totp_step=0,
                disabled=False,
                made_on=date(2027, 5, 1),
            )
            found[name] = new_seed()
            account.totp = sealer.seal(account.handle, found[name])
            session.add(account)
            session.flush()
            macs = [stored_of(account.handle, CODE), sealer.former_mac(account.handle, SHORT)]
            people.keep_recovery_codes(session, account, macs)
    return found


def opened(database: Database, key: bytes) -> dict[str, str | None]:
    """Whose seed that key opens."""
    with database.reading() as session:
        accounts = session.scalars(select(Account)).all()
        return {each.name: Sealer(key).open(each.handle, each.totp or "") for each in accounts}


def typed() -> str:
    result = CliRunner().invoke(main, ["key", "rotate", "--people"])
    assert result.exit_code == 0, result.output
    return result.output


def test_the_same_seeds_open_under_the_new_key_and_under_the_old_one_nothing(
    environment: Config, database: Database, seeds: dict[str, str]
) -> None:
    old = keys.people_key(environment.keys)
    said = typed()
    new = keys.people_key(environment.keys)
    assert opened(database, new) == seeds
    assert set(opened(database, old).values()) == {None}
    assert "2 seeds" in said
    left = [path for path in environment.keys.iterdir() if old in path.read_bytes()]
    assert left == [], "the old key lies nowhere"
    assert {path.name for path in environment.keys.glob("people*")} == {"people.key"}
    with database.reading() as session:
        (act,) = [act for act in audit.acts(session) if act.what == "key.rotate"]
    assert act.detail == {"seeds": 2, "codes": 2}


def test_a_seed_that_is_just_being_enrolled_under_the_old_key_is_forgotten(
    environment: Config, database: Database, seeds: dict[str, str]
) -> None:
    with database.writing() as session:
        account = people.account_named(session, "aigul")
        sign_ins.begin(session, account.id, "full", "Firefox", 1_800_000_000)
        session.scalars(select(StaffSession)).one().pending = "sealed under the old key"
    typed()
    with database.reading() as session:
        assert session.scalars(select(StaffSession)).one().pending is None


def test_recovery_codes_go_on_opening_but_the_short_ones_of_before(
    environment: Config, database: Database, seeds: dict[str, str]
) -> None:
    assert "2 recovery codes of an older version" in typed()
    sealer = Sealer(keys.people_key(environment.keys))
    with database.writing() as session:
        account = people.account_named(session, "aigul")
        assert not people.use_recovery_code(session, account, sealer.former_mac(account.handle, SHORT))
        assert people.use_recovery_code(session, account, stored_of(account.handle, CODE))
        assert len(session.scalars(select(RecoveryCode.mac)).all()) == 1


@pytest.mark.parametrize("where", ["before", "after"])
def test_one_that_was_cut_off_is_done_by_typing_it_again(
    environment: Config,
    database: Database,
    seeds: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    where: str,
) -> None:
    def cut(*_: object) -> None:
        raise KeyboardInterrupt

    place = "survey.cli.key.note" if where == "before" else "survey.cli.key.take_next_people_key"
    with monkeypatch.context() as patch:
        patch.setattr(place, cut)
        assert CliRunner().invoke(main, ["key", "rotate", "--people"]).exit_code != 0
    if where == "before":
        assert opened(database, keys.people_key(environment.keys)) == seeds, "nothing has happened yet"
    typed()
    assert opened(database, keys.people_key(environment.keys)) == seeds


def test_a_seed_of_another_key_is_refused_by_name_and_nothing_changes(
    database: Database, config: Config, seeds: dict[str, str], tmp_path: Path
) -> None:
    with database.writing() as session:
        account = people.account_named(session, "berik")
        account.totp = Sealer(b"x" * 32).seal(account.handle, new_seed())
    with pytest.raises(Refused, match="tolqyn user reset berik"), database.writing() as session:
        seal_anew(session, config.keys)
    assert opened(database, keys.people_key(config.keys))["aigul"] == seeds["aigul"]
