"""A close killed at every step: the same again does what is missing, the attack and the record too."""

import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from survey import keys
from survey.cli import main
from survey.config import Config
from survey.store import audit, renumbering, waves
from survey.store.closing import ATTACKED, NOT_RUN
from survey.store.engine import Database
from survey.store.models import Answer, Interview
from survey.thief.roll import roll_file
from survey.thief.words import HELD, HELD_AGAIN

from .conftest import Field

PEOPLE = 40
CLOSE = ("wave", "close", "kz-thb/2027", "--confirm")
DIES = """
import importlib, os, signal, sys
from survey.cli import main
place, when = sys.argv.pop(1), sys.argv.pop(1)
owner, name = place.rsplit(".", 1)
owner = importlib.import_module(owner)
real = getattr(owner, name)
def dies(*given, **named):
    if when == "after":
        real(*given, **named)
    os.kill(os.getpid(), signal.SIGKILL)
setattr(owner, name, dies)
main()
"""
"""Runs the command with one step at which the process is killed."""
STEPS = (
    ("survey.fieldwork.ending.keep_roll", "after"),
    ("survey.store.closing.close_wave", "after"),
    ("survey.store.closing.clean_up", "before"),
    ("survey.keys.destroy_wave_key", "after"),
    ("survey.store.closing.rewrite_tables", "after"),
    ("survey.fieldwork.ending.attack_own", "after"),
    ("survey.store.closing.keep_verdict", "after"),
    ("survey.fieldwork.ending.drop_roll", "before"),
)
"""Every step of a close with what is written before it; the first two end before anything is closed."""

Type = Callable[..., Result]
Answers = list[tuple[tuple[str, float], ...]]


@pytest.fixture
def tolqyn(environment: Config, monkeypatch: pytest.MonkeyPatch) -> Type:
    """Type a command where one person may close."""
    monkeypatch.setenv("TOLQYN_TWO_PERSON", "off")
    return lambda *words: CliRunner().invoke(main, words)


def killed(step: tuple[str, str]) -> None:
    done = subprocess.run([sys.executable, "-c", DIES, *step, *CLOSE], capture_output=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr


def answers(database: Database) -> Answers:
    """What each interview says, without its number."""
    with database.reading() as session:
        found: dict[int, list[tuple[str, float]]] = {i: [] for i in session.scalars(select(Interview.id))}
        for interview, variable, value in session.execute(
            select(Answer.interview, Answer.variable, Answer.value)
        ):
            found[interview].append((variable, value))
    return sorted(tuple(sorted(each)) for each in found.values())


def attacks(database: Database) -> list[dict[str, object]]:
    with database.reading() as session:
        return [dict(act.detail) for act in audit.acts(session) if act.what == "wave.attack"]


def record(database: Database) -> dict[str, str]:
    with database.reading() as session:
        return dict(waves.find_wave(session, "kz-thb/2027").disclosure[ATTACKED])


def whole(field: Field) -> None:
    """Closed, attacked once, nothing owed, and everybody's answers are there once."""
    database, config = field.database, field.config
    assert attacks(database)[0]["held"] is True
    assert len(attacks(database)) == 1
    assert not roll_file(config.keys, field.wave.alias).exists()
    assert not keys.wave_key_file(config.keys, field.wave.alias).exists()
    ages = sorted(value for each in answers(database) for name, value in each if name == "AGE")
    assert ages == [18 + n for n in range(PEOPLE)]


@pytest.mark.parametrize("step", STEPS, ids=lambda step: f"{step[1]}-{step[0].rsplit('.', 1)[1]}")
def test_a_close_killed_at_any_step_is_taken_up_by_typing_it_again(
    tolqyn: Type, in_field: Field, step: tuple[str, str]
) -> None:
    in_field.answer(in_field.invite(PEOPLE))
    killed(step)
    with in_field.database.reading() as session:
        state = waves.find_wave(session, "kz-thb/2027").state
    assert state == ("open" if step in STEPS[:2] else "closed")
    recorded = step == STEPS[-1]
    cut_off = not recorded and step not in STEPS[:2]
    if cut_off:
        assert record(in_field.database) == NOT_RUN
        assert attacks(in_field.database) == []
        refused = tolqyn("release", "build", "kz-thb/2027")
        assert "tolqyn wave close kz-thb/2027 --confirm takes the close up again" in refused.output
        said = answers(in_field.database)
    again = tolqyn(*CLOSE)
    assert again.exit_code == 0, again.output
    whole(in_field)
    assert ("the close had been cut off" in again.output) is cut_off
    words = HELD_AGAIN if cut_off else HELD
    assert record(in_field.database)["en"].startswith(words["en"][:30])
    assert attacks(in_field.database)[0].get("taken_up", False) is cut_off
    if cut_off:
        assert answers(in_field.database) == said


def test_taken_up_and_killed_again_it_is_still_taken_up(tolqyn: Type, in_field: Field) -> None:
    in_field.answer(in_field.invite(PEOPLE))
    killed(("survey.store.closing.clean_up", "before"))
    for step in (
        ("survey.store.renumbering.renumber", "after"),
        ("survey.fieldwork.ending.attack_own", "before"),
    ):
        killed(step)
        assert record(in_field.database) == NOT_RUN
    assert tolqyn(*CLOSE).exit_code == 0
    whole(in_field)


def test_a_second_shuffle_that_keeps_the_first_order_is_found_out(
    tolqyn: Type, in_field: Field, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_field.answer(in_field.invite(PEOPLE))
    killed(("survey.store.closing.clean_up", "before"))
    monkeypatch.setattr(renumbering, "_fresh", lambda wave, taken: list(range(1, len(taken) + 1)))
    again = tolqyn(*CLOSE)
    assert "THE THIEF'S ATTACK SUCCEEDED" in again.stderr
    assert f"{PEOPLE} of {PEOPLE} interviews" in record(in_field.database)["en"]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_ballot_that_can_still_be_read_after_the_second_close_is_found_out(
    tolqyn: Type, in_field: Field, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_field.answer(in_field.invite(PEOPLE))
    names = [in_field.ballot_of(token) for token in in_field.tokens]
    killed(("survey.store.closing.clean_up", "before"))
    # On PostgreSQL only rows and the planner's samples are searched, and a closed wave has neither.
    listed = roll_file(in_field.config.keys, in_field.wave.alias)
    assert listed.read_text().split() == sorted(names), "in no order of arrival"
    assert Path(listed).stat().st_mode & 0o077 == 0
    with in_field.database.writing() as session:
        waves.find_wave(session, "kz-thb/2027").contact = f"somebody left {names[3]} here"
    assert "THE THIEF'S ATTACK SUCCEEDED" in tolqyn(*CLOSE).stderr
