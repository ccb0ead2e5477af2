"""Every command says what it does and shows an example; every file stays readable."""

import ast
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from survey.cli import main

LONGEST_FILE = 350


def commands(
    command: click.Command, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every leaf command below `command`, with the words that lead to it."""
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            child = command.get_command(context, name)
            assert child is not None, f"{name} is listed but cannot be loaded"
            yield from commands(child, (*path, name))
    else:
        yield path, command


LEAVES = dict(commands(main))


@pytest.mark.parametrize("path", LEAVES, ids=" ".join)
def test_every_command_has_help_with_an_example(path: tuple[str, ...]) -> None:
    result = CliRunner().invoke(main, [*path, "--help"])
    assert result.exit_code == 0, result.output
    assert f"tolqyn {' '.join(path)}" in result.output.split("Options:")[0].split("\n", 1)[1], (
        "no example in the help"
    )


def test_an_unknown_command_is_a_usage_error() -> None:
    assert CliRunner().invoke(main, ["waves"]).exit_code == 2


def test_no_module_outgrows_its_job(repository: Path) -> None:
    long = {
        str(path.relative_to(repository)): lines
        for package in ("instruments", "survey", "analysis", "reports")
        for path in (repository / package).rglob("*.py")
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST_FILE
        and not _only_names(path)
    }
    assert not long


def _only_names(path: Path) -> bool:
    """Whether a package's front door holds nothing but the names it passes on."""
    body = ast.parse(path.read_text(encoding="utf-8")).body
    kinds = (ast.Expr, ast.ImportFrom, ast.Assign)
    return path.name == "__init__.py" and all(isinstance(node, kinds) for node in body)


def test_every_module_opens_with_its_job(repository: Path) -> None:
    silent = [
        str(path.relative_to(repository))
        for package in ("instruments", "survey", "analysis", "reports")
        for path in (repository / package).rglob("*.py")
        if "versions" not in path.parts and not path.read_text(encoding="utf-8").lstrip().startswith('"""')
    ]
    assert not silent
