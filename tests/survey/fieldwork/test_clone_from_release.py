"""`wave clone` where the database knows nothing of the last wave: from its release, imported or collected."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from survey.cli import main
from survey.config import Config
from survey.fieldwork import gates
from survey.fieldwork.design import design_of
from survey.release import build_release
from survey.store import ballots, closing, schema, waves
from survey.store.engine import Database, connect
from survey.store.models import Wave

MAP = """\
study: poll
wave:
  column: year
  dates: {2019: 2019-05, 2021: 2021-05}
  mode: capi
  sample: probability
design: {weight: w}
disclosure:
  conductor: Centre X
  contact: +7 700 000 00 00
  frame: {kk: "Тізім.", ru: "Список.", uz: "Roʻyxat.", en: "A list."}
variables:
  REPORT:
    from: q1
    label: Would report
    codes: {1: Yes, 2: No}
"""
ROWS = "year,q1,w\n2019,1,1\n2019,2,1.5\n2021,1,1\n"
DATES = ("--opens", "2999-05-08", "--closes", "2999-06-04")


def typed(*words: str) -> Result:
    return CliRunner().invoke(main, list(words))


@pytest.fixture
def poll(environment: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("poll.csv").write_text(ROWS)
    Path("poll.yaml").write_text(MAP)
    done = typed("release", "import", "poll.csv", "--map", "poll.yaml")
    assert done.exit_code == 0, done.output


def test_a_wave_that_came_from_a_file_has_a_successor_in_the_field(
    poll: None, database: Database, config: Config
) -> None:
    bare = typed("wave", "clone", "poll", "2999", "--alias", "opinion-99", *DATES)
    assert bare.exit_code == 1
    assert "--instrument kz_thb_core" in bare.output
    given = ("--alias", "opinion-99", *DATES, "--instrument", "kz_thb_core")
    done = typed("wave", "clone", "poll", "2999", *given)
    assert done.exit_code == 0, done.output
    assert "with all settings of poll/2021" in done.output, "the latest of the study"
    assert "not in it, so taken as usual: access invited; languages kk, ru, uz, en" in done.output
    with database.writing() as session:
        made = waves.find_wave(session, "poll/2999")
        assert (made.mode, made.sample_type, made.organisation) == ("capi", "probability", "Centre X")
        assert made.disclosure["frame"]["en"] == "A list."
        assert gates.settings_reasons(session, config.home, made) == []
        made.mode, made.access = "web", "open"
        reasons = gates.settings_reasons(session, config.home, made)
        assert [reason.expected for reason in reasons] == ["mode as in wave 2021 (capi)"], (
            "what the release does not say is not locked"
        )


def test_an_earlier_wave_of_the_file_may_be_named(poll: None, database: Database) -> None:
    given = ("--alias", "opinion-99", *DATES, "--instrument", "kz_thb_core")
    assert typed("wave", "clone", "poll/2019", "2999", *given).exit_code == 0
    with database.reading() as session:
        assert waves.find_wave(session, "poll/2999").cloned_from == "2019"
    assert typed("wave", "clone", "poll/2020", "2998", *given).exit_code == 1


@pytest.fixture
def released(
    environment: Config,
    database: Database,
    open_wave: Wave,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Path:
    """The folder of a collected wave's release; the database that knew the wave is gone."""
    monkeypatch.chdir(tmp_path)
    with database.writing() as session:
        found = waves.find_wave(session, open_wave.alias)
        found.design = {"format": 1, "strata": {"cities": {"target": 5}}, "target": 5}
        for number in range(3):
            ballots.save_page(
                session,
                found,
                f"{number:064}",
                1,
                {"AGE": 30 + number},
                sealed={},
                language="en",
                seconds=5,
                day=found.opens,
                state="complete",
            )
    with database.writing() as session:
        found = waves.find_wave(session, open_wave.alias)
        closing.close_wave(session, found, by="x", two_person=False, today=found.closes)
    with database.writing() as session:
        found = waves.find_wave(session, open_wave.alias)
        folder = build_release(session, found, environment.home, today=found.closes).folder
    fresh = f"sqlite:///{tmp_path}/fresh.sqlite"
    monkeypatch.setenv("TOLQYN_DATABASE_URL", fresh)
    new = connect(fresh)
    schema.upgrade(new)
    new.close()
    return folder


def in_fresh(tmp_path: Path, read: Callable[..., object]) -> object:
    database = connect(f"sqlite:///{tmp_path}/fresh.sqlite")
    try:
        with database.reading() as session:
            return read(session)
    finally:
        database.close()


def test_a_wave_whose_database_is_gone_is_followed_from_its_release(
    released: Path, environment: Config, tmp_path: Path
) -> None:
    done = typed("wave", "clone", "kz-thb/2027", "2999", "--alias", "opinion-99", *DATES)
    assert done.exit_code == 0, done.output
    assert "questionnaire small 1" in done.output
    assert "(another)" not in done.output

    def read(session):
        made = waves.find_wave(session, "kz-thb/2999")
        assert made.cloned_from == "2027"
        assert [each.name for each in design_of(made.design).strata] == ["cities"]
        assert made.disclosure["sponsor"] == "Nobody."
        assert "conductor" not in made.disclosure, "a wave says who asks in a column of its own"
        assert gates.settings_reasons(session, environment.home, made) == []
        made.design = {"format": 1}
        return [reason.expected for reason in gates.settings_reasons(session, environment.home, made)]

    assert in_fresh(tmp_path, read) == ["strata as in wave 2027 (cities)"]
    shutil.rmtree(released.parent)

    def gone(session):
        made = waves.find_wave(session, "kz-thb/2999")
        return [reason.expected for reason in gates.settings_reasons(session, environment.home, made)]

    assert in_fresh(tmp_path, gone) == ["the wave kz-thb/2027, or its release in TOLQYN_HOME/releases"], (
        "without it nothing is compared, so the gate is shut"
    )


def test_a_releases_folder_is_named_and_one_elsewhere_is_refused_with_the_line_to_type(
    released: Path, environment: Config, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "handed over"
    shutil.move(released, elsewhere)
    shutil.rmtree(environment.home / "releases")
    words = ("wave", "clone", str(elsewhere), "2999", "--alias", "opinion-99", *DATES)
    refused = typed(*words)
    assert refused.exit_code == 1
    assert f"tolqyn release verify {released}" in refused.output
    released.parent.mkdir(parents=True)
    shutil.copytree(elsewhere, released)
    assert typed(*words).exit_code == 0
