"""`tolqyn text export|review`, on each database: sealed on the server, read where the key is."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from survey.cli import main
from survey.config import Config
from survey.store import closing, waves
from survey.store.engine import Database
from survey.store.models import Wave
from tests.survey.conftest import TODAY


def tolqyn(*words: str, typed: str = "") -> Result:
    result = CliRunner().invoke(main, words, input=typed)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.fixture
def closed(environment: Config, database: Database, open_wave: Wave, answer: Callable[..., str]) -> Wave:
    for number in range(3):
        answer(open_wave, f"TOKEN{number}", words=f"words {number}")
    with database.writing() as session:
        found = waves.find_wave(session, open_wave.alias)
        closing.propose_close(session, found, "a")
        closing.close_wave(session, found, by="b", two_person=True, today=TODAY)
    return found


def test_words_still_beside_their_answers_leave_in_no_file(
    environment: Config, open_wave: Wave, tmp_path: Path
) -> None:
    result = tolqyn("text", "export", "kz-thb/2027", "--out", str(tmp_path / "f"), "--reason", "x")
    assert result.exit_code == 1
    assert "expected a closed wave" in result.stderr
    assert not (tmp_path / "f").exists()


def test_each_text_is_read_once_and_what_may_be_used_is_listed(
    closed: Wave, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sealed, out, key = (str(tmp_path / name) for name in ("f", "words.csv", f"{closed.alias}.textkey"))
    result = tolqyn("text", "export", "kz-thb/2027", "--out", sealed, "--reason", "coding")
    assert (result.exit_code, "3 sealed texts" in result.output) == (0, True)
    # Where the key is there is no database.
    monkeypatch.setenv("TOLQYN_DATABASE_URL", f"sqlite:///{tmp_path / 'nowhere' / 'none.sqlite'}")
    first = tolqyn("text", "review", sealed, "--key", key, "--out", out, typed="k\nq\n")
    assert "2 texts left" in first.output
    assert not Path(out).exists()
    second = tolqyn("text", "review", sealed, "--key", key, "--out", out, typed="c\nother words\nr\n")
    assert "keep: 1, change: 1, drop: 0, refer: 1" in second.output
    with Path(out).open(encoding="utf-8-sig") as file:
        used = [row[2] for row in csv.reader(file)][1:]
    shown = {f"words {n}" for n in range(3) if f"words {n}" in first.output + second.output}
    assert shown == {"words 0", "words 1", "words 2"}
    assert len(used) == 2
    assert "other words" in used


def test_a_wrong_key_opens_nothing(closed: Wave, tmp_path: Path) -> None:
    sealed = str(tmp_path / "f")
    tolqyn("text", "export", "kz-thb/2027", "--out", sealed, "--reason", "coding")
    (tmp_path / "k").write_text("00" * 32)
    result = tolqyn("text", "review", sealed, "--key", str(tmp_path / "k"))
    assert result.exit_code == 1
    assert "the key of another wave" in result.stderr
