"""`tolqyn wave monitor`: what a field manager reads of the day."""

import json
from collections.abc import Callable

from click.testing import CliRunner

from survey.cli import main
from survey.config import Config
from survey.store.engine import Database
from survey.store.models import Wave


def test_the_snapshot_of_the_day_is_printed_and_is_the_same_at_the_next_look(
    environment: Config, database: Database, open_wave: Wave, answer: Callable[..., str]
) -> None:
    for place in range(33):
        answer(open_wave, f"token-{place}")
    first = CliRunner().invoke(main, ["wave", "monitor", "kz-thb/2027"])
    assert first.exit_code == 0, first.output
    assert "complete: at least 30" in first.output
    assert "Have you seen it?" in first.output or "SEEN" in first.output
    answer(open_wave, "one-more")
    answer(open_wave, "and-one-more")
    assert CliRunner().invoke(main, ["wave", "monitor", "opinion-27"]).output == first.output
    data = json.loads(CliRunner().invoke(main, ["wave", "monitor", "opinion-27", "--json"]).output)
    assert (data["completes"], data["state"]) == (30, "open")


def test_a_draft_is_refused_with_what_to_type(environment: Config, make_wave: Callable[..., Wave]) -> None:
    make_wave()
    refused = CliRunner().invoke(main, ["wave", "monitor", "kz-thb/2027"])
    assert refused.exit_code == 1
    assert "draft" in refused.output
    assert "tolqyn wave status" in refused.output


def test_the_nightly_rewrite_takes_the_snapshot(
    environment: Config, database: Database, open_wave: Wave, answer: Callable[..., str]
) -> None:
    for place in range(10):
        answer(open_wave, f"token-{place}")
    CliRunner().invoke(main, ["db", "rewrite"])
    for place in range(10):
        answer(open_wave, f"later-{place}")
    assert "complete: at least 10" in CliRunner().invoke(main, ["wave", "monitor", "opinion-27"]).output


def test_the_status_of_a_wave_in_the_field_tells_no_more_at_the_second_look(
    environment: Config, database: Database, open_wave: Wave, answer: Callable[..., str]
) -> None:
    for place in range(10):
        answer(open_wave, f"token-{place}")
    first = CliRunner().invoke(main, ["wave", "status", "kz-thb/2027"]).output
    assert "complete: at least 10" in first
    for place in range(10):
        answer(open_wave, f"reminded-{place}")
    assert CliRunner().invoke(main, ["wave", "status", "kz-thb/2027"]).output == first
