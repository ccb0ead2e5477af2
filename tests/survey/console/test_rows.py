"""Rows of a wave in the console: to whom they were given, as long as they are, and to nobody besides."""

import csv
import io
import json
import stat
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from survey.cli import main
from survey.config import Config, study_today
from survey.store import audit, people, row_grants
from survey.store.engine import Database
from survey.store.models import RowGrant

from .test_shelf import MAP, SHELF

ROWS = f"{SHELF}/rows"
LATER = (study_today() + timedelta(days=30)).isoformat()
Type = Callable[..., Result]
GIVEN = {"rows_of": "poll/2021", "until": LATER, "because": "thesis on reporting", "typed": "saule"}


@pytest.fixture
def tolqyn(environment: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Type:
    """Type a command where the console is; two waves were imported, their rows written."""
    monkeypatch.chdir(tmp_path)
    lines = ["year,w,q1,sex"]
    for year in (2019, 2021):
        lines += [f"{year},{1 + n / 100:.3f},{(1, 2, 98)[n % 3]},{n % 3 + 1}" for n in range(90)]
    Path("poll.csv").write_text("\n".join(lines))
    Path("poll.yaml").write_text(MAP)

    def run(*words: str, status: int = 0) -> Result:
        done = CliRunner().invoke(main, words)
        assert done.exit_code == status, done.output
        return done

    run("release", "import", "poll.csv", "--map", "poll.yaml")
    for wave in ("2019", "2021"):
        run("release", "rows", f"poll/{wave}")
    return run


@pytest.fixture
def saule(tolqyn: Type, office: Any) -> Any:
    """An analyst of the study, to whom nothing is given yet."""
    office.account("saule", ("analyst", "poll"))
    return office.at("saule")


def take(person: Any, path: str = ROWS, reason: str = "chapter 2") -> Any:
    return person.post(path, page="/account", reason=reason)


def test_an_analyst_to_whom_a_director_gave_rows_takes_what_the_release_holds(
    saule: Any, director: Any, office: Any, config: Config
) -> None:
    assert take(saule).status_code == 404
    assert "Take the rows" not in saule.get(SHELF).text
    assert director.post("/people/of/saule/rows", page="/people/of/saule", **GIVEN).status_code == 303
    assert "Take the rows" in saule.get(SHELF).text
    assert "poll/2021 until" in saule.get("/account").text
    sent = take(saule)
    assert (sent.status_code, sent.mimetype) == (200, "application/zip")
    packed = ZipFile(io.BytesIO(sent.data))
    assert set(packed.namelist()) == {
        "data.csv", "codebook.csv", "codebook.json", "design.json", "weights.json", "disclosure.json",
        "manifest.json",
    }  # fmt: skip
    folder = config.releases / "poll" / "2021" / "1"
    held = pd.read_parquet(folder / "data.parquet")
    pd.testing.assert_frame_equal(
        pd.read_csv(io.BytesIO(packed.read("data.csv")), dtype={"wave": str}),
        held,
        check_dtype=False,
        rtol=1e-12,
    )
    assert packed.read("manifest.json") == (folder / "manifest.json").read_bytes()
    book = list(csv.reader(io.StringIO(packed.read("codebook.csv").decode("utf-8-sig"))))
    assert ["REPORT", "", "", "", "1", "Yes"] in book
    assert {row[0] for row in book[1:]} <= set(held.columns)


def test_giving_and_each_taking_are_in_the_record_with_their_reasons(
    saule: Any, director: Any, office: Any, database: Database
) -> None:
    director.post("/people/of/saule/rows", page="/people/of/saule", **GIVEN)
    take(saule)
    assert office.acts("user.rows") == [("aigul", "user.rows", "saule")]
    with database.reading() as session:
        given, taken = (
            audit.latest_detail(session, what, on)
            for what, on in (("user.rows", "saule"), ("console.rows", "poll/2021"))
        )
    assert given == {"place": "poll/2021", "until": LATER, "reason": "thesis on reporting"}
    assert (taken["reason"], taken["release"], taken["until"]) == ("chapter 2", 1, LATER)
    assert take(saule, reason="").status_code == 400
    assert len(office.acts("console.rows")) == 1


def test_a_director_gives_no_rows_to_an_account_that_he_let_in_himself(
    tolqyn: Type, director: Any, office: Any
) -> None:
    invited = {"name": "ghost", "role": "analyst", "place": "poll", "language": "en"}
    assert director.post("/people/new", page="/people/new", **invited).status_code in (200, 303)
    given = director.post("/people/of/ghost/rows", page="/people/of/ghost", **{**GIVEN, "typed": "ghost"})
    assert given.status_code == 409
    assert "ask another director" in given.text
    assert office.acts("user.rows") == []


def test_rows_are_taken_three_times_a_day_and_no_more(saule: Any, office: Any) -> None:
    office.give_rows("saule", "poll")
    assert [take(saule).status_code for _ in range(4)] == [200, 200, 200, 429]
    assert take(saule, "/releases/poll/2019/rows").status_code == 200, "each wave is counted for itself"
    assert len(office.acts("console.rows")) == 4


@pytest.mark.parametrize(
    "end",
    [
        lambda type_, boss: boss.post(
            "/people/of/saule/rows/take", page="/people/of/saule", place="poll/2021"
        ),
        lambda type_, boss: type_("user", "rows", "saule", "--on", "poll/2021", "--end"),
        lambda type_, boss: type_("user", "role", "saule", "--remove", "analyst", "--on", "poll"),
        lambda type_, boss: boss.post(
            "/people/of/saule/role/take", page="/people/of/saule", role="analyst", place="poll"
        ),
    ],
    ids=["console", "command", "role by command", "role in the console"],
)
def test_what_is_taken_back_opens_nothing_from_then_on(
    tolqyn: Type, saule: Any, director: Any, office: Any, database: Database, end: Callable[..., Any]
) -> None:
    office.give_rows("saule", "poll/2021")
    assert take(saule).status_code == 200
    end(tolqyn, director)
    with database.reading() as session:
        assert list(session.query(RowGrant)) == []
    assert take(saule).status_code in (403, 404)
    assert [what for _, what, _ in office.acts("user.rows_end")] == ["user.rows_end"]
    tolqyn("user", "role", "saule", "--add", "analyst", "--on", "poll")
    assert take(saule).status_code == 404, "the role alone brings no rows back"


def test_a_disabled_account_loses_its_rows_for_good(tolqyn: Type, saule: Any, office: Any) -> None:
    office.give_rows("saule", "poll/2021")
    tolqyn("user", "disable", "saule")
    tolqyn("user", "enable", "saule")
    assert take(office.at("saule")).status_code == 404
    assert tolqyn("user", "rows").output == "nobody was given rows\n"


def test_the_day_after_the_last_nothing_opens_and_the_night_forgets_it(
    tolqyn: Type, saule: Any, office: Any, database: Database
) -> None:
    office.give_rows("saule", "poll/2021", study_today() - timedelta(days=1))
    office.give_rows("saule", "poll/2019", study_today())
    assert take(saule).status_code == 404
    assert take(saule, "/releases/poll/2019/rows").status_code == 200, "the last day counts"
    tolqyn("db", "retain")
    with database.reading() as session:
        assert [each.place for each in session.query(RowGrant)] == ["poll/2019"]
    assert office.acts("user.rows_past") == [(office.acts("user.rows_past")[0][0], "user.rows_past", "saule")]


def test_rows_given_of_a_wave_open_no_other_and_to_nobody_else(
    tolqyn: Type, saule: Any, director: Any, office: Any
) -> None:
    office.give_rows("saule", "poll/2019")
    assert take(saule).status_code == 404
    for name, *grants in (
        ("dana", ("analyst", "poll")), ("officer", ("data_officer", "*")),
        ("manager", ("field_manager", "*")), ("nobody.in", ),
    ):  # fmt: skip
        office.account(name, *grants)
        assert take(office.at(name)).status_code in (403, 404), name
    assert take(director).status_code == 403, "not the director either"
    stale = office.at("saule", fresh=False)
    sent = take(stale, "/releases/poll/2019/rows")
    assert (sent.status_code, "/console/confirm" in sent.headers["Location"]) == (303, True)


@pytest.mark.parametrize(
    ("changes", "status", "words"),
    [
        ({"typed": "dana"}, 400, "The name you typed is not the same."),
        ({"because": ""}, 400, "Please fill this in."),
        ({"until": "2020-01-01"}, 409, "at most a year from now"),
        ({"until": (study_today() + timedelta(days=400)).isoformat()}, 409, "at most a year from now"),
        ({"until": "soon"}, 400, "year, month, day"),
        ({"rows_of": "*"}, 409, "Write a study, or a study and a wave"),
        ({"rows_of": "another/2020"}, 409, "Only an analyst of that wave gets its rows"),
    ],
)
def test_what_is_no_grant_is_refused_with_what_is_wrong(
    saule: Any, director: Any, database: Database, changes: dict[str, str], status: int, words: str
) -> None:
    sent = director.post("/people/of/saule/rows", page="/people/of/saule", **{**GIVEN, **changes})
    assert (sent.status_code, words in sent.text) == (status, True), sent.text
    with database.reading() as session:
        assert list(session.query(RowGrant)) == []


def test_nobody_gives_rows_to_himself_in_the_console(tolqyn: Type, office: Any) -> None:
    office.account("both", ("director", "*"), ("analyst", "*"))
    both = office.at("both")
    sent = both.post("/people/of/both/rows", page="/people/of/both", **{**GIVEN, "typed": "both"})
    assert (sent.status_code, "ask another director" in sent.text) == (409, True)


def test_commands_give_list_and_take_back(tolqyn: Type, saule: Any) -> None:
    words = ("user", "rows", "saule", "--on", "poll/2021", "--until", LATER)
    assert "a reason" in tolqyn(*words, status=1).output
    tolqyn(*words, "--because", "thesis on  reporting")
    (row,) = json.loads(tolqyn("user", "rows", "--json").output)
    assert (row["name"], row["on"], row["until"]) == ("saule", "poll/2021", LATER)
    assert row["because"] == "thesis on reporting"
    assert take(saule).status_code == 200
    tolqyn("user", "rows", "saule", "--on", "poll/2021", "--end")
    assert "given: none" in tolqyn("user", "rows", "saule", "--on", "poll/2021", "--end", status=1).output
    assert "an analyst of another" in tolqyn(
        "user", "rows", "saule", "--on", "another", "--until", LATER, "--because", "x", status=1
    ).output  # fmt: skip
    tolqyn("user", "rows", "saule", "--on", "poll/2021", status=2)


def test_the_file_is_this_users_alone_and_of_the_latest_release(
    tolqyn: Type, saule: Any, office: Any, config: Config
) -> None:
    office.give_rows("saule", "poll/2021")
    folder = config.rows / "poll" / "2021"
    (path,) = folder.iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) & 0o077 == 0
    before = path.read_bytes()
    path.unlink()
    assert take(saule).status_code == 410
    tolqyn("release", "rows", "poll/2021")
    assert path.read_bytes() == before, "the same release gives the same bytes"
    lines = Path("poll.csv").read_text().splitlines()
    Path("poll.csv").write_text("\n".join(lines[:-30]))
    tolqyn("release", "import", "poll.csv", "--map", "poll.yaml")
    sent = take(saule)
    assert sent.status_code == 410, "rows of a release that was replaced are not handed out as the latest"
    tolqyn("release", "rows", "poll/2021")
    assert [each.name[:2] for each in folder.iterdir()] == ["2-"]
    assert ZipFile(io.BytesIO(take(saule).data)).read("data.csv").count(b"\n") == 61
    assert "STUDY/WAVE of a release" in tolqyn("release", "rows", "poll/1999", status=1).output


def test_two_who_take_at_once_are_counted_one_after_the_other(saule: Any, office: Any) -> None:
    """The grant's row is locked: the third and the fourth do not both see two before them."""
    from concurrent.futures import ThreadPoolExecutor

    office.give_rows("saule", "poll/2021")
    browsers = [office.at("saule") for _ in range(6)]
    tokens = [each.token("/account") for each in browsers]
    with ThreadPoolExecutor(6) as pool:
        answers = list(
            pool.map(
                lambda pair: pair[0].post(ROWS, csrf_token=pair[1], reason="x").status_code,
                zip(browsers, tokens, strict=True),
            )
        )
    assert sorted(answers) == [200, 200, 200, 429, 429, 429]


def test_who_has_a_waves_rows_until_when_is_known_to_the_store(
    saule: Any, office: Any, database: Database
) -> None:
    office.account("dana", ("analyst", "*"))
    today = study_today()
    office.give_rows("dana", "poll", today + timedelta(days=3))
    office.give_rows("saule", "poll/2021")
    office.give_rows("saule", "poll/2019", today - timedelta(days=1))
    with database.reading() as session:
        found = [(name, each.place) for name, each in row_grants.row_holders(session, "poll", "2021", today)]
        assert found == [("dana", "poll"), ("saule", "poll/2021")]
        assert row_grants.row_holders(session, "poll", "2019", today)[0][0] == "dana"
        assert len(row_grants.row_holders(session, "poll", "2019", today)) == 1
        assert people.account_named(session, "dana").name == "dana"
