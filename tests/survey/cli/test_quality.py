"""`tolqyn analyse quality`: flags, their thresholds, and what they move, of any release."""

import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from analysis import Design, Meta, SurveyData, write_release
from instruments import Codebook, Group, Indicator, Level, Variable
from survey.cli import main

AGREE = {code: {"en": str(code)} for code in range(1, 6)}
Quality = Callable[..., Result]


@pytest.fixture
def release(tmp_path: Path) -> str:
    """An imported wave without flags: 90 people who weigh their answers, 10 who say 5 to everything."""
    rows = [{"A": 4, "B": 2, "C": 4, "YES": n % 2} for n in range(90)] + [
        {"A": 5, "B": 5, "C": 5, "YES": 1}
    ] * 10
    frame = pd.DataFrame(rows).assign(wave="2020", weight=1.0)
    keys = {"A": 1, "B": -1, "C": 1}
    variables = (
        *(
            Variable(name, {"en": name}, Level.ORDINAL, AGREE, key=key, group="G")
            for name, key in keys.items()
        ),
        Variable("YES", {"en": "Yes"}, Level.NOMINAL, {0: {"en": "no"}, 1: {"en": "yes"}}),
    )
    book = Codebook(
        "old",
        "1",
        {},
        {},
        ("en",),
        "en",
        variables,
        groups=(Group("G", {"en": "G"}, {}, ("A", "B", "C"), "battery"),),
        indicators=(Indicator("YES", "YES", "proportion", {"en": "Yes"}, {}, code=1, headline=True),),
    )
    data = SurveyData(frame, book, Design(weight="weight"), Meta("old", "2020"))
    return str(write_release(data, tmp_path, instrument="{}", weights={}, fieldwork={}).folder)


@pytest.fixture
def quality(tmp_path: Path) -> Quality:
    """Run the command without a database."""

    def run(*words: str) -> Result:
        env = {"TOLQYN_HOME": str(tmp_path), "TOLQYN_DATABASE_URL": ""}
        return CliRunner().invoke(main, ["analyse", "quality", *words], env=env)

    return run


def test_each_flag_has_its_count_its_share_and_its_threshold(quality: Quality, release: str) -> None:
    done = quality(release, "--json")
    assert done.exit_code == 0, done.output
    (wave,) = json.loads(done.stdout)
    flags = {entry["flag"]: entry for entry in wave["flags"]}
    found = flags["flag_straightlining"]
    assert (found["judged"], found["flagged"], found["share"]) == (100, 10, 0.1)
    assert found["threshold"] == {"answers_at_least": 3}
    assert (flags["flag_speeding"]["judged"], flags["flag_speeding"]["share"]) == (0, None)
    assert wave["any"] == 10


def test_each_headline_figure_is_given_with_and_without_those_flagged(quality: Quality, release: str) -> None:
    (wave,) = json.loads(quality(release, "--json").stdout)
    row = next(row for row in wave["indicators"] if row["flag"] == "any")
    assert (row["estimate"], row["estimate_without"]) == (0.55, 0.5)
    assert row["difference"] == pytest.approx(-0.05)
    assert row["se"] > 0


def test_the_screen_shows_both_tables(quality: Quality, release: str) -> None:
    lines = quality(release).stdout.splitlines()
    assert lines[0] == "old/2020: 100 interviews, 10 with a flag"
    assert any(line.split()[:4] == ["flag_straightlining", "100", "10", "10.0%"] for line in lines)
    assert lines[-1].split()[:3] == ["any", "YES", "100"]


def test_a_folder_that_is_no_release_is_refused(quality: Quality, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert quality(str(tmp_path / "empty")).exit_code == 1
