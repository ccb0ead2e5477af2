"""What `docs/guide/import.md` shows works as it stands, and it names every key and message there is."""

import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from analysis import list_releases, read_map, read_release
from analysis.imports import schema
from survey.cli import main

BLOCK = re.compile(
    r"<!-- file: (?P<name>\S+?)(?:, encoding: (?P<encoding>\S+))? -->\n```\w+\n(?P<body>.*?)```", re.S
)


@pytest.fixture(scope="module")
def guide(repository: Path) -> str:
    return (repository / "docs" / "guide" / "import.md").read_text(encoding="utf-8")


def test_the_worked_example_imports_as_shown(guide: str, tmp_path: Path) -> None:
    for block in BLOCK.finditer(guide):
        (tmp_path / block["name"]).write_text(block["body"], encoding=block["encoding"] or "utf-8")
    command = ["release", "import", str(tmp_path / "poll.csv"), "--map", str(tmp_path / "poll.yaml")]
    result = CliRunner().invoke(main, command, env={"TOLQYN_HOME": str(tmp_path), "TOLQYN_DATABASE_URL": ""})
    assert result.exit_code == 0, result.output
    shown = re.search(r"It answers:\n\n```\n(.*?)```", guide, re.S)
    assert shown is not None
    assert outline(result.output.replace(str(tmp_path), "var")) == outline(shown[1])
    waves = [read_release(ref.folder) for ref in list_releases(tmp_path)]
    assert waves[0].frame["WOULD_REPORT"].tolist() == [1, 2, -1, 1]
    assert waves[1].frame["TRUST"].tolist() == [2, 1, 3, -2]
    assert waves[0].frame["SETTLEMENT"].tolist() == [1, 1, 2, 2]


def test_the_python_of_the_guide_prints_whole_lines(
    guide: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for block in BLOCK.finditer(guide):
        (tmp_path / block["name"]).write_text(block["body"], encoding=block["encoding"] or "utf-8")
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(
        main,
        ["release", "import", "poll.csv", "--map", "poll.yaml"],
        env={"TOLQYN_HOME": "var", "TOLQYN_DATABASE_URL": ""},
    )
    assert result.exit_code == 0, result.output
    shown = re.search(r"In Python:\n\n```python\n(.*?)```", guide, re.S)
    assert shown is not None
    exec(shown[1], {})  # noqa: S102
    head, *lines = capsys.readouterr().out.splitlines()
    assert head.split() == ["wave", "estimate", "se", "base", "publish", "reason"]
    assert [line.split()[0] for line in lines] == ["2019", "2021"]
    assert all("suppress" in line and "..." not in line for line in lines)


def outline(output: str) -> list[str]:
    """The lines without fingerprints."""
    return [line for line in output.splitlines() if "fingerprint" not in line]


def test_the_real_example_is_a_sound_map(repository: Path) -> None:
    built = read_map(repository / "docs" / "guide" / "examples" / "rcvs.yaml")
    assert built.wave.known == ("2018", "2021", "2024")


def keys(node: dict[str, Any]) -> set[str]:
    """Every key a map may hold."""
    found: set[str] = set()
    for name, part in {**node.get("properties", {})}.items():
        found |= {name} | keys(part)
    for part in (node.get("additionalProperties"), node.get("items"), *node.get("anyOf", [])):
        found |= keys(part) if isinstance(part, dict) else set()
    for part in node.get("$defs", {}).values():
        found |= keys(part)
    return found


def between(guide: str, start: str, end: str) -> str:
    """A part of the guide, from one heading to the next."""
    return guide[guide.index(f"## {start}\n") : guide.index(f"## {end}\n")]


def test_the_reference_names_every_key_of_the_schema(guide: str) -> None:
    reference = between(guide, "Reference: every key", "How a value is read")
    named = {word for span in re.findall(r"`([^`]+)`", reference) for word in re.findall(r"\w+", span)}
    assert len(keys(schema())) > 60
    assert keys(schema()) - named == set()


def test_every_message_named_in_the_guide_exists(guide: str, repository: Path) -> None:
    section = between(guide, "Messages you may meet", "A real example")
    rules = {
        rule
        for row in re.findall(r"^\| (`.*?) \|", section, re.M)
        for rule in re.findall(r"`([a-z-]+)`", row)
    }
    source = "".join(
        path.read_text(encoding="utf-8") for path in (repository / "analysis/imports").rglob("*.py")
    )
    assert len(rules) > 20
    assert [rule for rule in rules if f'"{rule}"' not in source] == []
