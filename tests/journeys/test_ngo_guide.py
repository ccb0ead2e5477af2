"""What the NGO's guide tells to type works as it stands there, up to the open wave."""

import re
import shlex
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from survey.cli import main, wave
from survey.config import study_today

GUIDE = "docs/guide/ngo.md"
OPENING = date(2027, 5, 10)


@pytest.fixture
def typed(repository: Path) -> list[list[str]]:
    """The lines of the chapter that creates, invites and opens, with its days moved to where today is."""
    text = (repository / GUIDE).read_text("utf-8")
    chapter = text[text.index("**4. Create") :]
    block = re.search(r"```\n(.*?)```", chapter, re.S)
    assert block is not None
    moved = re.sub(
        r"\d{4}-\d\d-\d\d",
        lambda day: str(study_today() + timedelta(days=3) + (date.fromisoformat(day[0]) - OPENING)),
        block[1].replace("\\\n", " "),
    )
    return [shlex.split(line)[1:] for line in moved.strip().splitlines()]


def test_the_wave_of_the_guide_opens(
    typed: list[list[str]], repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (repository / GUIDE).read_text("utf-8")
    record = re.search(r"```yaml\n(.*?)```", text, re.S)
    assert record is not None
    (tmp_path / "wave.yaml").write_text(record[1], "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TOLQYN_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TOLQYN_PUBLIC_URL", "https://opinion.example.org")
    monkeypatch.delenv("TOLQYN_DATABASE_URL", raising=False)
    # The rehearsal has tests of its own and takes seconds.
    monkeypatch.setattr(wave, "require_trial", lambda *_: None)
    said = []
    for words in (["db", "upgrade"], *typed):
        result = CliRunner().invoke(main, words)
        assert result.exit_code == 0, (words, result.output)
        said.append(result.output)
    assert len(typed) == 4
    assert "kz-thb/2027 is open" in said[-1]
    assert "https://opinion.example.org/s/opinion-27/i/" in (tmp_path / "almaty-1.csv").read_text()
