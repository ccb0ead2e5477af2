"""What an office does leaves entries, and `tolqyn audit` shows and verifies them."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from survey.cli import main
from survey.config import Config
from survey.store.audit import HEAD
from survey.store.engine import Database
from survey.store.models import Wave


def run(*words: object) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


@pytest.fixture
def worked(environment: Config, open_wave: Wave, tmp_path: Path) -> None:
    """An invitation, a site that cannot be, a proposed close, a close."""
    name = "kz-thb/2027"
    codes = tmp_path / "codes.csv"
    assert run("wave", "invite", name, "--n", 20, "--batch", "a", "--out", codes).exit_code == 0
    assert run("wave", "site", name, "--name", "Clinic 3").exit_code == 1
    assert run("wave", "close", name, "--by", "Aigul").exit_code == 0
    assert run("wave", "close", name, "--by", "Timur", "--confirm").exit_code == 0


def test_each_act_leaves_one_entry_and_a_refused_one_none(worked: None) -> None:
    shown = json.loads(run("audit", "show", "--json").output)
    assert [row["what"] for row in shown] == ["wave.invite", "wave.close.propose", "wave.close"]
    assert {row["subject"] for row in shown} == {"kz-thb/2027"}
    assert shown[0]["detail"] == {"batch": "a", "codes": 20}
    assert shown[1]["actor"].endswith(" as aigul")
    assert shown[2]["actor"].endswith(" as timur")
    assert "wave.invite" in run("audit", "show", "invite").output
    assert "no acts with 'nobody'" in run("audit", "show", "nobody").output


def test_no_code_stands_in_the_record(worked: None, tmp_path: Path) -> None:
    shown = run("audit", "show", "--json").output
    codes = [line.split(",")[0] for line in (tmp_path / "codes.csv").read_text().splitlines()[1:]]
    assert len(codes) == 20
    assert not [code for code in codes if code in shown or code.replace("-", "") in shown]


def test_a_cut_record_is_told_with_status_1(worked: None, environment: Config, database: Database) -> None:
    verified = run("audit", "verify")
    assert verified.exit_code == 0
    noted = verified.output.split()[-1]
    assert run("audit", "verify", "--head", noted).exit_code == 0
    assert run("audit", "verify", "--head", "7").exit_code == 1
    with database.transaction() as connection:
        if database.engine.dialect.name == "postgresql":
            connection.exec_driver_sql("ALTER TABLE act DISABLE TRIGGER USER")
        else:
            connection.exec_driver_sql("DROP TRIGGER act_is_fixed_delete")
        connection.exec_driver_sql("DELETE FROM act WHERE number > 1")
    cut = run("audit", "verify")
    assert cut.exit_code == 1
    assert "an end at act 1" in cut.stderr
    (environment.home / HEAD).unlink()
    assert run("audit", "verify").exit_code == 0
    assert run("audit", "verify", "--head", noted).exit_code == 1


def test_a_restoration_is_an_act_that_names_the_end_it_lost(
    worked: None, environment: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = tmp_path / "k"
    public = next(word for word in run("db", "backup-key", key).output.split() if word.startswith("age1"))
    backup = tmp_path / "b.age"
    assert run("db", "backup", backup, "--to", public).exit_code == 0
    lost = run("audit", "verify").output.split()[-1]
    asked = run("db", "restore", backup, "--key", key)
    name = asked.stderr.split("--replace ")[1].split(":")[0]
    assert run("db", "restore", backup, "--key", key, "--replace", name).exit_code == 0
    assert run("audit", "verify").exit_code == 0
    last = json.loads(run("audit", "show", "db.restore", "--json").output)[-1]
    number, seal = lost.split(":")
    assert last["detail"]["head_before"] == {"number": int(number), "seal": seal}


def test_every_command_that_writes_a_wave_notes_it(repository: Path) -> None:
    """A command that opens a transaction to write and notes nothing would leave no trace."""
    quiet = {
        "rehearsal.py": "the demonstration's own invented waves",
        "trial.py": "a database of its own, thrown away",
        "instance.py": "opens none",
    }
    folder = repository / "survey" / "cli"
    writing = [
        p for p in folder.glob("*.py") if "database.writing()" in p.read_text() and p.name not in quiet
    ]
    assert len(writing) >= 9
    assert [p.name for p in writing if "note(" not in p.read_text()] == []
