"""Every byte that the server wrote, anywhere, is searched for what respondents sent and must not be kept."""

import base64
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from instruments import Questionnaire
from survey.cli.ports import free_port
from survey.config import Config
from survey.interview import codes
from survey.keys import WaveKey
from survey.simulation.browser import Browser
from survey.simulation.page import read_page
from survey.store import invitations, versions, waves
from survey.store.engine import Database
from survey.store.models import Wave
from survey.store.rewriting import forget_log

from .canaries import ALIAS, CODE, PAGES, Canary, Run, Sender, cluster_bytes, serving

SILENCED = {"log_error_verbosity": "terse", "log_min_error_statement": "panic"}
PEOPLE = [pytest.param(12, id="12"), pytest.param(500, id="500", marks=pytest.mark.long)]
LOGS_A_LINE = """
import sys
from survey import create_app
inner = create_app()
def app(environ, start_response):
    print(environ.get("HTTP_USER_AGENT"), file=sys.stderr, flush=True)
    return inner(environ, start_response)
"""
KEEPS_A_FILE = """
import io, tempfile
from survey import create_app
inner = create_app()
def app(environ, start_response):
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    with tempfile.NamedTemporaryFile(delete=False) as file:
        file.write(body)
    return inner({**environ, "wsgi.input": io.BytesIO(body)}, start_response)
"""
FAILS_WITH_ANSWERS = """
from flask import request
from survey import create_app
app = create_app()
@app.before_request
def fail():
    if request.method == "POST" and "/q/" in request.path:
        raise ValueError(f"could not save {dict(request.form)} of {request.cookies} from {request.headers}")
"""


@pytest.fixture
def invited(
    config: Config, database: Database, make_wave: Callable[..., Wave], small: Questionnaire, tmp_path: Path
) -> Callable[[int], Run]:
    """A wave in the field, and so many canaries with a personal code each."""

    def invite(people: int) -> Run:
        made = make_wave(small, synthetic=True, access="invited", alias=ALIAS)
        with database.writing() as session:
            found = waves.find_wave(session, made.alias)
            found.state = "open"
            versions.begin(session, found, found.opens)
            tokens = invitations.invite(session, found, invitations.BatchSpec("A", people))
        # The private key of the texts is not on the server.
        (tmp_path / f"{ALIAS}.textkey").unlink()
        here = replace(config, port=free_port())
        return Run(here, tmp_path, [Canary(n, token) for n, token in enumerate(tokens)])

    return invite


@pytest.mark.parametrize("people", PEOPLE)
def test_nothing_that_respondents_sent_is_written_anywhere(
    invited: Callable[[int], Run], database: Database, people: int
) -> None:
    run = invited(people)
    forget_log(database)
    with serving(run):
        run.answer_all()
    assert len(set(run.shown)) == people, "everybody was shown a code of their own"
    with database.reading() as session:
        counts = waves.ballot_counts(session, waves.find_wave(session, ALIAS))
    assert counts == {"complete": people}
    searched = run.written()
    outside = [path for path in searched if not path.is_relative_to(run.folder)]
    assert not outside, "the server writes into its folder alone"
    assert run.said in searched
    if database.engine.dialect.name == "sqlite":
        assert run.config.home / "tolqyn.sqlite" in searched
    assert run.found(cluster_bytes(database)) == {}
    assert any(path.is_file() for path in (run.folder / "home" / "keys").iterdir())


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("application", "more", "caught"),
    [
        (LOGS_A_LINE, (), ["CanaryAgent/00000"]),
        (KEEPS_A_FILE, (), ["Kanareika+00000"]),
        # Our own worker writes no access log whatever it is told.
        (
            "",
            ("--worker-class=gthread", "--access-logfile=-"),
            ["CanaryAgent/00001", "canary-00001", "127.77.1.2"],
        ),
    ],
    ids=["a printed agent", "a temporary file", "an access log"],
)
def test_the_search_finds_what_a_leaking_server_wrote(
    invited: Callable[[int], Run], application: str, more: tuple[str, ...], caught: list[str]
) -> None:
    run = invited(2)
    with serving(run, application=application, more=more, traced=False):
        run.answer_all()
    found = " ".join(run.found())
    assert all(word in found for word in caught), found


def test_the_search_finds_a_word_however_it_is_wrapped(tmp_path: Path) -> None:
    canary = Canary(7, "A" * 26)
    for number, content in enumerate(
        (
            canary.words.encode(),
            base64.b64encode(b"x" + canary.words.encode()),
            base64.b64encode(b"xy" + canary.words.encode()),
            canary.words.encode().hex().encode(),
        )
    ):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "file").write_bytes(b"before " + content + b" after")
        assert "Kanareika" in " ".join(Run(Config(), folder, [canary]).found()), number


def test_a_failure_of_ours_leaves_no_answer_in_the_log(invited: Callable[[int], Run]) -> None:
    """The error's own words hold the answers, the ballot and the headers."""
    run = invited(3)
    with serving(run, application=FAILS_WITH_ANSWERS, traced=False):
        for canary in run.canaries:
            assert run.answer(canary, expect=(500,)).status == 500
    said = run.said.read_text()
    assert "ValueError" in said, "the log says that something went wrong"
    assert not [word for word in ("could not save", "AGE", "127.77.", "Canary") if word in said]
    assert run.found() == {}


def test_a_database_that_fails_leaves_no_answer_in_any_log(
    invited: Callable[[int], Run], database: Database
) -> None:
    """A row that breaks a rule: PostgreSQL logs its values and the statement unless told not to."""
    run = invited(2)
    postgresql = database.engine.dialect.name == "postgresql"
    broken = "page < 3" if postgresql else ""
    with database.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as admin:
        if postgresql:
            admin.exec_driver_sql(f"ALTER TABLE page_answer ADD CONSTRAINT narrow CHECK ({broken})")
        else:
            admin.exec_driver_sql(
                "CREATE TRIGGER narrow BEFORE INSERT ON page_answer WHEN NEW.page > 2 "
                "BEGIN SELECT RAISE(ABORT, 'a rule is broken'); END"
            )
        log = cluster_log(admin) if postgresql else None
    try:
        if log is not None:
            with serving(run, traced=False):
                run.answer(run.canaries[0], expect=(503,))
            told = log.read_text("utf-8", "replace")
            assert "Failing row contains" in told, "PostgreSQL would keep them: the check is real"
            with database.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as admin:
                for name, value in SILENCED.items():
                    admin.exec_driver_sql(f"ALTER ROLE tolqyn SET {name} = '{value}'")
        before = log.stat().st_size if log is not None else 0
        with serving(run, traced=False):
            page = run.answer(run.canaries[1], expect=(503,))
        assert page.status == 503
        assert run.canaries[1].words in page.body.decode(), "what was typed stays in the form"
        assert "database failed" in run.said.read_text()
        assert run.found() == {}
        if log is not None:
            told = log.read_bytes()[before:].decode("utf-8", "replace")
            assert "narrow" in told
            assert not re.search(r"Failing row|[0-9a-f]{64}|INSERT|STATEMENT|DETAIL", told), told
    finally:
        if postgresql:
            with database.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as admin:
                for name in SILENCED:
                    admin.exec_driver_sql(f"ALTER ROLE tolqyn RESET {name}")


def cluster_log(connection: Any) -> Path:
    return Path(str(connection.scalar(text("SHOW data_directory")))).parent / "server.log"


def test_a_database_that_is_gone_leaves_no_answer_in_the_log(
    invited: Callable[[int], Run], database: Database
) -> None:
    run = invited(1)
    [canary] = run.canaries
    with serving(run, traced=False), Sender(run.config.port, canary) as pool:
        browser = Browser(pool)
        form = read_page(browser.get(f"/s/{ALIAS}/i/{canary.token}").body).form("/start")
        here = browser.post(form.action, form.press(("lang", "en"), {}))
        form = read_page(here.body).form("survey")
        with database.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as admin:
            admin.exec_driver_sql("DROP TABLE page_answer")
        answered = browser.post(form.action, form.press(("go", "next"), PAGES[0]), expect=(503,))
    assert answered.status == 503
    assert b'value="41"' in answered.body
    said = run.said.read_text()
    assert "database failed" in said
    assert not re.search(r"127\.77\.|Canary|[0-9a-f]{64}|INSERT", said)
    assert run.found() == {}


def test_the_code_of_a_respondent_is_what_the_search_looks_for() -> None:
    """A code is three groups of four, as the pattern has it."""
    assert CODE.fullmatch(codes.code_of(WaveKey(b"k" * 32), "b"))
