"""A grouping that cannot be shown is told before anything is estimated, with all that is wrong at once."""

from pathlib import Path

import pytest
from click.testing import CliRunner

import reports.bundle.writing
import reports.site.numbers
from survey.cli import bundling, main
from survey.config import Config
from survey.store.engine import Database
from tests.survey.conftest import import_poll

MAP = """\
study: poll
title: {en: Poll of the town}
languages: [en]
wave: {column: year, dates: {2021: [2021-05-03, 2021-05-30]}, mode: capi, sample: probability}
design: {weight: w}
variables:
  Q1: {from: q1, label: {en: Safe at night}, codes: {1: {en: "Yes"}, 2: {en: "No"}}}
  SEX: {from: sex, label: {en: Sex}, codes: {1: {en: Men}, 2: {en: Women}}}
  SAME: {from: sex, label: {en: Sex again}, codes: {1: {en: M}, 2: {en: W}}}
  TOWN: {from: town, label: {en: Town}, codes: {TOWNS}}
  AGE: {from: age, label: {en: Age}, level: interval}
indicators:
  SAFE: {variable: Q1, code: 1, statistic: proportion, headline: true, higher: protective,
    label: {en: Feels safe}, finding: {en: the share of people who feel safe}}
"""
TOWNS = ", ".join(f"{n}: {{en: T{n}}}" for n in range(1, 13))


def run(*arguments: str):
    return CliRunner().invoke(main, list(arguments), catch_exceptions=False)


@pytest.fixture
def poll(environment: Config, database: Database, tmp_path: Path) -> Config:
    people = ((2021, 1 + (i % 5 > 2), 1 + i % 2, 1 + i % 12, 20 + i % 40, 1) for i in range(300))
    described = MAP.replace("{TOWNS}", f"{{{TOWNS}}}")
    import_poll(tmp_path, described, ("year", "q1", "sex", "town", "age", "w"), people)
    return environment


@pytest.fixture
def _estimating_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever begins to estimate or to print fails the test."""

    def begun(*_: object, **__: object) -> None:
        pytest.fail("something was estimated or printed first")

    monkeypatch.setattr(reports.site.numbers, "gather", begun)
    monkeypatch.setattr(reports.bundle.writing, "gather_site", begun)
    monkeypatch.setattr(bundling, "print_reports", begun)


@pytest.mark.usefixtures("_estimating_fails")
@pytest.mark.parametrize(
    "command",
    [
        ("results", "publish", "poll"),
        ("results", "tables", "poll"),
        ("release", "bundle", "poll", "--no-microdata", "--out", "OUT"),
    ],
)
def test_every_name_that_is_refused_is_told_at_once_before_anything_is_estimated(
    poll: Config, tmp_path: Path, command: tuple[str, ...]
) -> None:
    typed = [str(tmp_path / "out") if part == "OUT" else part for part in command]
    refused = run(*typed, "--by", "SEXX,TOWN,AGE,SEX,SAME")
    assert refused.exit_code == 1
    for told in (
        "--by names SEXX, no column of 2 to 8 answers; did you mean SEX",
        "--by names TOWN, no column of 2 to 8 answers: it has 12",
        "--by names AGE, no column of 2 to 8 answers: it holds numbers or words",
        "group SAME adds up to the same people as a part of SEX",
    ):
        assert told in refused.output
    assert not (tmp_path / "out").exists()
