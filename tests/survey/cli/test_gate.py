"""Publishing twice: what is entered, what is refused with what to type, and what is struck."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from survey.cli import main
from survey.config import Config
from survey.store import audit
from survey.store.engine import Database
from tests.survey.conftest import import_poll

MAP = """\
study: poll
title: {en: Poll of the town}
languages: [en]
wave: {column: year, dates: {2021: [2021-05-03, 2021-05-30]}, mode: capi, sample: probability}
design: {weight: w}
variables:
  Q1:
    from: q1
    label: {en: Safe at night}
    question: {en: "Do you feel safe at night?"}
    codes: {1: {en: "Yes"}, 2: {en: "No"}}
  YOUNG: {from: young, label: {en: Under 35}, codes: {1: {en: Under 35}, 2: {en: 35 and over}}}
  YOUNGER: {from: younger, label: {en: Under 34}, codes: {1: {en: Under 34}, 2: {en: 34 and over}}}
indicators:
  SAFE: {variable: Q1, code: 1, statistic: proportion, headline: true, higher: protective,
    label: {en: Feels safe}, finding: {en: the share of people who feel safe}}
disclosure:
  strategy: Interviews at home
  sponsor: Fund A
  conductor: Office B
  funder: Fund A
  population: Adults of a town
  sampling: Random routes
  frame: Polling districts
  recruitment: A visit
  incentives: None
  modes: Face to face
  processing: Nobody was left out
  limitations: One town only
"""
Tolqyn = Callable[..., Result]


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


def interviews(folder: Path, *, people: int = 600, more: str = "") -> None:
    """An import of so many people, of whom three stand between the two cuts of ages."""
    rows = []
    for i in range(people):
        age = 20 + i % 45 if i >= 3 else 34
        young, younger = 1 + (age >= 35), 1 + ((age >= 34 and i < 3) or age >= 35)
        rows.append((2021, 1 + (i % 5 > 2), young, younger, 1))
    import_poll(folder, MAP + more, ("year", "q1", "young", "younger", "w"), rows)


@pytest.fixture
def poll(environment: Config, database: Database, tmp_path: Path) -> Config:
    """One wave, released."""
    interviews(tmp_path)
    return environment


def listed() -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(run("release", "published", "poll", "--json").stdout)
    return found


def test_what_is_published_is_entered_and_recorded_as_an_act(poll: Config, database: Database) -> None:
    done = run("results", "publish", "poll", "--by", "YOUNG")
    assert done.exit_code == 0, done.output
    (site,) = listed()
    assert (site["kind"], site["edition"], site["languages"], site["struck"]) == ("site", "1", ["en"], None)
    assert site["shown"]
    with database.reading() as session:
        act = list(audit.acts(session))[-1]
    assert (act.what, act.subject) == ("results.publish", "poll")
    assert (act.detail["publication"], act.detail["seal"]) == (1, site["seal"])
    assert run("results", "publish", "poll", "--by", "YOUNG").exit_code == 0
    assert len(listed()) == 1
    with database.reading() as session:
        assert list(audit.acts(session))[-1].detail["again"] is True


def test_a_report_for_the_public_page_is_entered_and_the_offices_copy_is_not(
    poll: Config, tmp_path: Path
) -> None:
    copied = run("report", "build", "poll", "--lang", "en", "--out", str(tmp_path / "copy"))
    assert copied.exit_code == 0, copied.output
    assert listed() == []
    done = run("report", "build", "poll", "--lang", "en")
    assert done.exit_code == 0, done.output
    assert [each["kind"] for each in listed()] == ["report"]
    assert "poll 1  " in run("release", "published").output


def test_a_database_that_is_behind_is_refused_before_anything_is_entered(
    poll: Config, database: Database
) -> None:
    with database.writing() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0006'"))
    refused = run("results", "publish", "poll", "--by", "YOUNG")
    assert refused.exit_code == 1
    assert "tolqyn db upgrade" in refused.output
    assert not (poll.home / "published").exists()
    assert not (poll.home / "results").exists()


def test_groups_but_for_three_people_the_same_are_refused_and_nothing_is_shown(poll: Config) -> None:
    assert run("results", "publish", "poll", "--by", "YOUNG").exit_code == 0
    before = sorted(poll.home.rglob("*"))
    refused = run("results", "publish", "poll", "--by", "YOUNGER")
    assert refused.exit_code == 1
    assert "poll/2021 Q1 YOUNGER=1 and YOUNG=1: expected groups that differ" in refused.output
    assert "3 people are in one and not in the other; publication 1 (site 1)" in refused.output
    assert "leave the grouping out: --by" in refused.output
    assert "tolqyn release unpublish poll 1 --because" in refused.output
    assert sorted(poll.home.rglob("*")) == before


def test_both_groupings_at_once_are_refused_too(poll: Config) -> None:
    refused = run("results", "publish", "poll", "--by", "YOUNG,YOUNGER")
    assert refused.exit_code == 1
    assert "3 people are in one and not in the other" in refused.output
    assert listed() == []


def test_a_report_is_compared_with_the_site(poll: Config, tmp_path: Path) -> None:
    """The site shows one grouping, the report asks for the other."""
    assert run("results", "publish", "poll", "--by", "YOUNG").exit_code == 0
    spec = tmp_path / "report.yaml"
    spec.write_text("format: 1\nlanguages: [en]\ngroups: {by: [YOUNGER]}\n")
    refused = run("report", "build", "poll", "--spec", str(spec))
    assert refused.exit_code == 1, refused.output
    assert "publication 1 (site 1)" in refused.output
    assert "groups: by:" in refused.output
    assert not list((poll.home / "reports").rglob("*.pdf"))
    told = run("report", "build", "poll", "--spec", str(spec), "--out", str(tmp_path / "copy"))
    assert told.exit_code == 0, told.output
    assert "warning: poll/2021 Q1 YOUNGER=1 and YOUNG=1" in told.stderr


def test_a_release_without_three_people_is_refused_until_it_replaces_the_first(
    poll: Config, tmp_path: Path
) -> None:
    assert run("report", "build", "poll", "--lang", "en").exit_code == 0
    interviews(tmp_path, people=597, more="  correction_2: {en: Three withdrew}\n")
    refused = run("report", "build", "poll", "--lang", "en")
    assert refused.exit_code == 1
    assert "release 2 has 597 interviews, release 1 had 600; publication 1 (report 2021)" in refused.output
    assert "--replace takes the earlier one's place" in refused.output
    replaced = run("report", "build", "poll", "--lang", "en", "--replace")
    assert replaced.exit_code == 0, replaced.output
    assert [bool(each["struck"]) for each in listed()] == [True, False]
    reports = poll.home / "reports" / "poll"
    assert sorted(path.name for path in reports.iterdir()) == ["poll-2021-en.pdf", "poll-2021-en@1.pdf"]
    assert run("report", "build", "poll", "--lang", "en").exit_code == 0
    assert len(list(reports.iterdir())) == 2
    verified = run("report", "verify", str(reports / "poll-2021-en@1.pdf"))
    assert "byte for byte" in verified.output


def test_a_struck_publication_lets_the_other_grouping_through(poll: Config, database: Database) -> None:
    assert run("results", "publish", "poll", "--by", "YOUNG").exit_code == 0
    nothing = run("release", "unpublish", "poll", "1", "--because", " ")
    assert nothing.exit_code == 1
    assert "expected a reason" in nothing.output
    done = run("release", "unpublish", "poll", "1", "--because", "a trial", "--by", "Aigul")
    assert done.exit_code == 0, done.output
    assert "(struck: a trial)" in run("release", "published", "poll").output
    with database.reading() as session:
        act = list(audit.acts(session))[-1]
    assert (act.what, act.detail["because"]) == ("release.unpublish", "a trial")
    assert run("results", "publish", "poll", "--by", "YOUNGER").exit_code == 0
    again = run("release", "unpublish", "poll", "1", "--because", "a trial")
    assert again.exit_code == 1
    assert "expected a publication of poll that counts, found 1; there are 3" in again.output


def test_every_figure_is_listed_with_its_base_and_whether_it_is_shown(poll: Config) -> None:
    assert run("results", "publish", "poll", "--by", "YOUNG").exit_code == 0
    rows = list(csv.DictReader(io.StringIO(run("release", "published", "--csv").stdout)))
    line = next(
        row for row in rows if (row["variable"], row["grouping"], row["group"]) == ("Q1", "YOUNG", "1")
    )
    assert line["figure"] == "shown"
    assert int(line["answers"]) == sum(1 for i in range(600) if i < 3 or 20 + i % 45 < 35)
    assert {row["edition"] for row in rows} == {"1"}


def test_nothing_published_is_said(environment: Config) -> None:
    assert run("release", "published").output == "nothing is published\n"
    assert run("release", "published", "poll").output == "nothing of poll is published\n"


def test_report_factsheet_tiles_site_and_bundle_stand_in_one_register(poll: Config, tmp_path: Path) -> None:
    spec = tmp_path / "report.yaml"
    spec.write_text("format: 1\nlanguages: [en]\ngroups: {by: [YOUNG]}\n")
    asked = ("poll", "--spec", str(spec))
    for words in (
        ("report", "build", *asked, "--all"),
        ("results", "publish", "poll", "--by", "YOUNG"),
        (
            "release",
            "bundle",
            "poll",
            "--by",
            "YOUNG",
            "--no-pdf",
            "--no-microdata",
            "--out",
            str(tmp_path / "b"),
        ),
    ):
        done = run(*words)
        assert done.exit_code == 0, done.output
    assert [each["kind"] for each in listed()] == ["report", "factsheet", "tiles", "site", "bundle"]
    other = ("--by", "YOUNGER", "--no-pdf", "--no-microdata", "--out", str(tmp_path / "other"))
    refused = run("release", "bundle", "poll", *other)
    assert refused.exit_code == 1
    assert "3 people are in one and not in the other" in refused.output
    assert not (tmp_path / "other").exists()
    interviews(tmp_path, people=597, more="  correction_2: {en: Three withdrew}\n")
    for kind in ("factsheet", "tiles"):
        refused = run("report", kind, *asked)
        assert refused.exit_code == 1, refused.output
        assert "release 2 has 597 interviews, release 1 had 600" in refused.output
