"""What an office does leaves entries, and `tolqyn audit` shows and verifies them."""

import ast
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from survey.cli import main
from survey.config import Config, study_today
from survey.store.audit import HEAD
from survey.store.engine import Database
from survey.store.models import Wave


def run(*words: object) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


@pytest.fixture
def worked(environment: Config, told_wave: Wave, tmp_path: Path) -> None:
    """An invitation, a site that cannot be, a proposed close, a close."""
    name = "kz-thb/2027"
    codes = tmp_path / "codes.csv"
    assert run("wave", "invite", name, "--n", 20, "--batch", "a", "--out", codes).exit_code == 0
    assert run("wave", "site", name, "--name", "Clinic 3").exit_code == 1
    assert run("wave", "close", name, "--by", "Aigul").exit_code == 0
    assert run("wave", "close", name, "--by", "Timur", "--confirm").exit_code == 0


def test_each_act_leaves_one_entry_and_a_refused_one_none(worked: None) -> None:
    shown = json.loads(run("audit", "show", "--json").output)
    assert [row["what"] for row in shown] == [
        "wave.create",
        "wave.invite",
        "wave.close.propose",
        "wave.close",
    ]
    assert {row["subject"] for row in shown} == {"kz-thb/2027"}
    assert shown[1]["detail"] == {"batch": "a", "codes": 20}
    assert shown[2]["actor"].endswith(" as aigul")
    assert shown[3]["actor"].endswith(" as timur")
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
    assert run("db", "check").exit_code == 1, "no trigger keeps the record"
    for _ in range(2):
        headless = run("audit", "verify")
        assert headless.exit_code == 1, "a first command may not note the end that was left"
        assert HEAD in headless.stderr
    assert "audit verify" in run("night").stderr
    assert run("audit", "verify", "--head", noted).exit_code == 1


def test_a_note_that_was_lost_honestly_is_written_again_by_a_line_from_elsewhere(
    worked: None, environment: Config
) -> None:
    noted = run("audit", "verify").output.split()[-1]
    (environment.home / HEAD).unlink()
    assert run("audit", "verify").exit_code == 1
    assert run("audit", "verify", "--head", noted).exit_code == 0
    assert run("audit", "verify").exit_code == 0


def test_a_restoration_is_an_act_that_names_the_end_it_lost(
    worked: None, environment: Config, database: Database, tmp_path: Path
) -> None:
    key = tmp_path / "k"
    public = next(word for word in run("db", "backup-key", key).output.split() if word.startswith("age1"))
    backup = tmp_path / "b.age"
    assert run("db", "backup", backup, "--to", public).exit_code == 0
    lost = run("audit", "verify").output.split()[-1]
    asked = run("db", "restore", backup, "--key", key)
    database.close()
    name = asked.stderr.split("--replace ")[1].split(":")[0]
    assert run("db", "restore", backup, "--key", key, "--replace", name).exit_code == 0
    assert run("audit", "verify").exit_code == 0
    last = json.loads(run("audit", "show", "db.restore", "--json").output)[-1]
    number, seal = lost.split(":")
    assert last["detail"]["head_before"] == {"number": int(number), "seal": seal}


QUIET = {
    "rehearsal.py": "the demonstration's own invented waves",
    "trial.py": "a database of its own, thrown away",
    "user.py": "survey.people.accounts notes each act itself",
}


def test_every_transaction_of_a_command_that_writes_notes_an_act(repository: Path) -> None:
    """A command that writes and notes nothing would leave no trace; places freed at night are no act."""
    seen, silent = 0, []
    for path in sorted((repository / "survey" / "cli").glob("*.py")):
        if path.name in QUIET:
            continue
        for block in ast.walk(ast.parse(path.read_text())):
            if not isinstance(block, ast.With) or "writing()" not in "".join(map(ast.unparse, block.items)):
                continue
            seen += 1
            called = {ast.unparse(call.func) for call in ast.walk(block) if isinstance(call, ast.Call)}
            if not called & {
                "note",
                "_note",
                "publish",
                "free_places",
                "freeze_all",
                "accounts.take_rows_back",
            }:
                silent.append(f"{path.name}:{block.lineno}")
    assert seen >= 30
    assert silent == []


WAVE = "kz-thb/2027"
DAYS = ("--opens", "2999-05-08", "--closes", "2999-06-04")


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (("wave", "invite", WAVE, "--n", 40, "--batch", "a", "--out", "a.csv"), "wave.invite"),
        (("wave", "paper", WAVE, "--n", 10, "--batch", "p", "--lang", "ru", "--out", "p"), "wave.paper"),
        (("wave", "interviewer", WAVE, "--name", "I07"), "wave.interviewer"),
        (("wave", "interviewer", WAVE, "--name", "I07", "--batch", "p7"), "wave.interviewer"),
        (("wave", "design", WAVE, "design.yaml"), "wave.design"),
        (("wave", "close", WAVE, "--by", "Aigul"), "wave.close.propose"),
        (("wave", "clone", WAVE, "2999", "--alias", "opinion-99", *DAYS), "wave.clone"),
        (("token", "add", "dashboard", "--scope", "waves:read", "--days", 9), "token.add"),
        (("key", "rotate"), "key.rotate"),
    ],
    ids=lambda given: given if isinstance(given, str) else "-",
)
def test_a_command_leaves_one_act_for_what_it_did(
    environment: Config,
    open_wave: Wave,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    words: tuple,
    what: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "design.yaml").write_text("format: 1\ntarget: 300\n")
    done = run(*words)
    assert done.exit_code == 0, done.output
    assert [row["what"] for row in json.loads(run("audit", "show", "--json").output)] == [what]


def test_a_draft_its_pilot_and_its_quotas_leave_an_act_each(
    environment: Config, make_wave: Callable[..., Wave], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    make_wave(opens=study_today(), closes=study_today())
    cell = "{name: adults, when: {item: AGE, ge: 18}, target: 60}"
    (tmp_path / "design.yaml").write_text(f"format: 1\nquotas: [{cell}]\n")
    lines = (
        ("wave", "design", WAVE, "design.yaml"),
        ("wave", "pilot", WAVE),
        ("wave", "pilot", WAVE, "--end"),
        ("wave", "quota", WAVE, "adults", "--target", 90),
        ("wave", "quota", WAVE, "adults", "--close"),
    )
    for place, words in enumerate(lines, start=1):
        done = run(*words)
        assert done.exit_code == 0, done.output
        assert len(json.loads(run("audit", "show", "--json").output)) == place, words
