"""Days on the command line: what is written otherwise is refused with what to type."""

from datetime import datetime

import click
import pytest
from click.testing import CliRunner

from survey.cli.days import DAY


@click.command()
@click.option("--opens", type=DAY)
def command(opens: datetime | None) -> None:
    click.echo(opens)


def test_a_day_is_read_and_no_day_is_nothing() -> None:
    assert CliRunner().invoke(command, ["--opens", "2027-05-10"]).output == "2027-05-10 00:00:00\n"
    assert CliRunner().invoke(command, []).output == "\n"


@pytest.mark.parametrize(
    ("typed", "remedy"),
    [
        ("10.5.2027", "; type 2027-05-10"),
        ("10/05/2027", "; type 2027-05-10"),
        ("31.02.2027", ""),
        ("2027-02-30", ""),
        ("soon", ""),
    ],
)
def test_another_form_is_a_usage_error_that_says_what_to_type(typed: str, remedy: str) -> None:
    result = CliRunner().invoke(command, ["--opens", typed])
    assert result.exit_code == 2
    said = f"expected a day of the calendar as 2027-05-10; found {typed!r}{remedy}\n"
    assert result.stderr.endswith(said)
