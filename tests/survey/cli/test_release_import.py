"""`tolqyn release import|list|verify`: what they print, what they register, what they refuse."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from analysis import verify_release
from survey.cli import main
from survey.config import Config
from survey.store import schema
from survey.store.engine import Database
from survey.store.releases import listing

MAP = """\
study: poll
wave:
  column: year
  dates: {2019: 2019-05, 2021: 2021-05}
  mode: capi
  sample: probability
design: {weight: w}
variables:
  REPORT:
    from: q1
    label: Would report
    codes: {1: Yes, 2: No}
    missing: {98: -1}
"""
ROWS = "year,q1,w\n2019,1,1\n2019,2,1.5\n2021,98,0.5\n2021,1,1\n"
Tolqyn = Callable[..., Result]


@pytest.fixture
def tolqyn(tmp_path: Path) -> Tolqyn:
    """Run the command; `db` is the database's address, none by default."""

    def run(*words: str, home: Path = tmp_path / "home", db: str = "") -> Result:
        env = {"TOLQYN_HOME": str(home), "TOLQYN_DATABASE_URL": db}
        return CliRunner().invoke(main, ["release", *words], env=env)

    return run


@pytest.fixture
def poll(tmp_path: Path) -> tuple[str, ...]:
    """The arguments of an import that succeeds."""
    (tmp_path / "poll.csv").write_text(ROWS)
    (tmp_path / "poll.yaml").write_text(MAP)
    return ("import", str(tmp_path / "poll.csv"), "--map", str(tmp_path / "poll.yaml"))


def problems(result: Result) -> list[dict[str, Any]]:
    assert result.exit_code == 1, result.output
    found: list[dict[str, Any]] = json.loads(result.output)
    assert all(set(p) == {"file", "line", "path", "rule", "expected", "found", "hint"} for p in found)
    return found


def test_an_import_needs_no_database(tolqyn: Tolqyn, poll: tuple[str, ...], tmp_path: Path) -> None:
    result = tolqyn(*poll)
    assert result.exit_code == 0, result.output
    assert "release 1 of poll/2019: 2 rows" in result.output
    assert "release 1 of poll/2021: 2 rows" in result.output
    assert not (tmp_path / "home" / "tolqyn.sqlite").exists()
    listed = json.loads(tolqyn("list", "--json").output)
    assert [(ref["study"], ref["wave"], ref["release"]) for ref in listed] == [
        ("poll", "2019", 1),
        ("poll", "2021", 1),
    ]
    assert tolqyn("verify", "poll").exit_code == 0


def test_a_second_import_says_that_the_release_is_there(
    tolqyn: Tolqyn, poll: tuple[str, ...], tmp_path: Path
) -> None:
    assert "already" not in tolqyn(*poll).output
    (tmp_path / "poll.csv").write_text(ROWS + "2021,2,1\n")
    again = tolqyn(*poll)
    assert again.exit_code == 0, again.output
    assert "release 1 of poll/2021 is there already" not in again.output
    third = tolqyn(*poll)
    assert "release 2 of poll/2021 is there already, nothing was written: 3 rows" in third.output
    told = json.loads(tolqyn(*poll, "--json").output)["releases"]
    assert [ref["new"] for ref in told] == [False, False]


def test_an_import_is_registered_once(
    database: Database, config: Config, tolqyn: Tolqyn, poll: tuple[str, ...]
) -> None:
    for _ in range(2):
        result = tolqyn(*poll, home=config.home, db=config.database_url)
        assert result.exit_code == 0, result.output
    with database.reading() as session:
        rows = [(row.study, row.wave_name, row.number, row.source) for row in listing(session)]
    assert rows == [("poll", "2019", 1, "imported"), ("poll", "2021", 1, "imported")]


def test_a_forged_manifest_shows_against_the_register(
    database: Database, config: Config, tolqyn: Tolqyn, poll: tuple[str, ...], tmp_path: Path
) -> None:
    assert tolqyn(*poll, home=config.home, db=config.database_url).exit_code == 0
    (tmp_path / "poll.yaml").write_text(MAP + "synthetic: true\n")
    assert tolqyn(*poll, home=tmp_path / "other").exit_code == 0
    for name in ("manifest.json", "instrument.json", "fieldwork.json"):
        source = tmp_path / "other/releases/poll/2019/1" / name
        (config.home / "releases/poll/2019/1" / name).write_bytes(source.read_bytes())
    assert verify_release(config.home / "releases/poll/2019/1") == ()
    found = problems(tolqyn("verify", "poll/2019/1", "--json", home=config.home, db=config.database_url))
    assert [problem["path"] for problem in found] == ["manifest.json"]
    assert found[0]["expected"].startswith("fingerprint")


def test_a_database_behind_is_refused_before_anything_is_written(
    empty_database: Database,
    tolqyn: Tolqyn,
    poll: tuple[str, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    schema.upgrade(empty_database)
    with empty_database.writing() as session:
        session.connection().exec_driver_sql("UPDATE alembic_version SET version_num = '0000'")
    address = empty_database.engine.url.render_as_string(hide_password=False)
    result = tolqyn(*poll, db=address)
    assert result.exit_code == 1
    assert "migration" in result.output
    assert not (tmp_path / "home" / "releases").exists()


def test_every_problem_is_listed_and_nothing_is_written(
    tolqyn: Tolqyn, poll: tuple[str, ...], tmp_path: Path
) -> None:
    (tmp_path / "poll.csv").write_text(ROWS.replace("2019,2,1.5", "2019,7,"))
    found = problems(tolqyn(*poll, "--json"))
    assert [(p["rule"], p["path"], p["line"]) for p in found] == [
        ("weight", "design.weight", 3),
        ("unknown-code", "variables.REPORT", 3),
    ]
    words = tolqyn(*poll)
    assert words.exit_code == 1
    assert (
        "poll.csv:3: variables.REPORT: expected one of 1, 2, 98; found 7 in 1 rows (line 3)" in words.stderr
    )
    assert "2 problems" in words.stderr
    assert not (tmp_path / "home" / "releases").exists()


def test_a_broken_map_is_refused_with_its_lines(
    tolqyn: Tolqyn, poll: tuple[str, ...], tmp_path: Path
) -> None:
    (tmp_path / "poll.yaml").write_text(MAP.replace("sample: probability", "sample: lottery"))
    (problem,) = problems(tolqyn(*poll, "--json"))
    assert (problem["line"], problem["path"]) == (6, "wave.sample")
    assert problem["file"].endswith("poll.yaml")


def test_verify_names_each_file_that_differs(tolqyn: Tolqyn, poll: tuple[str, ...], tmp_path: Path) -> None:
    assert tolqyn(*poll).exit_code == 0
    folder = tmp_path / "home/releases/poll"
    (folder / "2019/1/data.parquet").write_bytes(b"x")
    (folder / "2021/1/design.json").unlink()
    found = problems(tolqyn("verify", "poll", "--json"))
    assert [(p["path"], p["rule"]) for p in found] == [
        ("data.parquet", "release-differs"),
        ("design.json", "release-missing"),
    ]
    assert tolqyn("verify", "poll/2019").exit_code == 1
    assert "design.json" in tolqyn("verify", str(folder / "2021/1")).stderr


def test_verify_of_no_release_lists_those_there_are(tolqyn: Tolqyn, poll: tuple[str, ...]) -> None:
    assert tolqyn(*poll).exit_code == 0
    (problem,) = problems(tolqyn("verify", "pol", "--json"))
    assert "poll/2019, poll/2021" in problem["found"]


@pytest.mark.parametrize(
    "words", [("import", "absent.csv", "--map", "absent.yaml"), ("import",), ("verify",)]
)
def test_missing_arguments_are_a_usage_error(tolqyn: Tolqyn, words: tuple[str, ...]) -> None:
    assert tolqyn(*words).exit_code == 2


def test_an_empty_home_lists_nothing(tolqyn: Tolqyn, tmp_path: Path) -> None:
    assert "no releases" in tolqyn("list").output
    assert json.loads(tolqyn("list", "--json").output) == []
    assert not (tmp_path / "home").exists()


def test_a_release_unknown_to_the_database_is_marked(
    database: Database, config: Config, tolqyn: Tolqyn, poll: tuple[str, ...]
) -> None:
    assert tolqyn(*poll, home=config.home, db=f"sqlite:///{config.home}/none.sqlite").exit_code == 0
    assert "(not registered)" in tolqyn("list", home=config.home, db=config.database_url).output
