"""docs/keys.md has a row for every key of the inventory, and its commands are commands."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from survey.cli import main


@pytest.fixture(scope="module")
def policy(repository: Path) -> str:
    return (repository / "docs" / "keys.md").read_text(encoding="utf-8")


def rows(text: str) -> dict[str, list[str]]:
    """Name of a key -> its cells."""
    found = (line.strip("|").split("|") for line in text.splitlines() if line.startswith("| "))
    return {cells[0].strip(): [cell.strip() for cell in cells[1:]] for cells in found}


def test_every_key_of_the_inventory_has_a_life_a_place_a_change_and_an_end(
    policy: str, repository: Path
) -> None:
    security = (repository / "docs" / "security.md").read_text(encoding="utf-8")
    section = security.split("### Keys and algorithms")[1].split("\n#")[0]
    kept = rows(section).keys() - {"Key or secret", "---"}
    no_keys = {"passwords", "tokens of invitations, sessions, links, programs"}
    written = rows(policy)
    assert kept - no_keys == written.keys() - {"Key", "---"}
    for name in kept - no_keys:
        assert all(written[name]), name
        assert len(written[name]) == 7, name
    assert "NIST SP 800-57" in policy


def test_every_file_in_the_folder_of_keys_is_one_of_the_policy(policy: str, repository: Path) -> None:
    source = (repository / "survey" / "keys.py").read_text(encoding="utf-8")
    made = {re.sub(r"\{\w+\}", "ALIAS", name) for name in re.findall(r'"((?:\{?\w+\}?-?)+\.key)"', source)}
    assert made >= {"server.key", "people.key", "wave-ALIAS.key", "panel-ALIAS.key"}
    assert {name for name in made if f"`keys/{name}`" not in policy} == set()


def test_every_command_it_names_is_one(policy: str) -> None:
    named = set(re.findall(r"`tolqyn ([a-z -]+)`", policy))
    assert len(named) > 5
    for words in named:
        plain = [word for word in words.split() if not word.startswith("--")]
        shown = CliRunner().invoke(main, [*plain, "--help"])
        assert shown.exit_code == 0, words
        assert {word for word in words.split() if word.startswith("--")} <= set(shown.output.split()), words
