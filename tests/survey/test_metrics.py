"""Metrics of an instance: what an alarm needs, and nothing that counts respondents."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from survey.config import Config
from survey.metrics import collect
from survey.monitor import take_snapshot
from survey.store import schema
from survey.store.engine import Database, connect
from survey.store.models import Wave

TODAY = date(2027, 5, 12)
NOW = datetime(2027, 5, 12, 9, tzinfo=UTC)


def measured(config: Config, database: Database, today: date = TODAY) -> dict[str, float]:
    text = generate_latest(collect(config, database, NOW, today)).decode()
    return {
        sample.name + "".join(sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_an_open_wave_is_counted_and_its_night_is_missed_when_it_did_not_happen(
    config: Config, database: Database, open_wave: Wave
) -> None:
    take_snapshot(database, open_wave.id, TODAY, datetime.now(UTC))
    found = measured(config, database, TODAY + timedelta(days=2))
    assert found["tolqyn_ready"] == 1
    assert found["tolqyn_wavesopen"] == 1
    assert found["tolqyn_days_to_closekz-thb/2027"] == 23
    assert found["tolqyn_snapshot_age_dayskz-thb/2027"] == 2
    assert found["tolqyn_disk_free_bytes"] > 0


def test_answers_change_no_metric(
    config: Config, database: Database, open_wave: Wave, answer: Callable[..., str]
) -> None:
    def without_disk() -> dict[str, float]:
        return {n: v for n, v in measured(config, database).items() if "disk" not in n}

    before = without_disk()
    for place in range(40):
        answer(open_wave, f"token-{place}")
    assert without_disk() == before


def test_a_database_that_is_behind_is_not_ready_and_no_error(config: Config, database: Database) -> None:
    schema.downgrade(database, "0006")
    found = measured(config, database)
    assert found["tolqyn_ready"] == 0
    assert "tolqyn_wavesopen" not in found


def test_a_server_that_does_not_answer_is_not_ready(config: Config) -> None:
    away = connect("postgresql+psycopg://nobody@127.0.0.1:1/none")
    assert measured(config, away)["tolqyn_ready"] == 0
