"""An empty instance on each database, a small questionnaire, and waves to play with."""

import csv
import json
import os
import shutil
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import Connection, create_engine, event, make_url

from instruments import Questionnaire
from survey import keys
from survey.cli import main
from survey.config import Config
from survey.store import audit, ballots, opening, schema, waves
from survey.store.engine import Database, connect
from survey.store.models import Wave
from survey.store.prepared import Prepared

POSTGRES = "TOLQYN_TEST_POSTGRES"
TODAY = date(2027, 5, 12)
DISCLOSURE = {
    "strategy": "A repeated cross-section.",
    "sponsor": "Nobody.",
    "sampling": {"en": "Drawn in two stages.", "ru": "Двухступенчатая выборка."},
    "limitations": {"en": "Small.", "ru": "Малая."},
}


@pytest.fixture(scope="session")
def postgres() -> str:
    """Address of a server where databases may be made and dropped; without one the test fails."""
    url = os.environ.get(POSTGRES)
    if not url:
        reason = f"{POSTGRES} is not set: run the tests through .ci/services"
        if os.environ.get("ALLOW_SKIP") == "1":
            pytest.skip(reason)
        pytest.fail(reason)
    return url


@contextmanager
def on_server(url: str) -> Iterator[Connection]:
    """A connection that may make and drop databases."""
    server = create_engine(url, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        yield connection
    server.dispose()


@contextmanager
def postgres_database(url: str, template: str = "template1") -> Iterator[Database]:
    """A database of its own on the server, dropped afterwards."""
    name = f"tolqyn_{uuid.uuid4().hex}"
    with on_server(url) as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE {template}")
    database = connect(make_url(url).set(database=name).render_as_string(hide_password=False))
    try:
        yield database
    finally:
        database.close()
        with on_server(url) as connection:
            connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def migrated(postgres: str) -> Iterator[str]:
    """Name of a database at the newest migration, to be copied: quicker than migrating for each test."""
    with postgres_database(postgres) as database:
        schema.upgrade(database)
        database.close()
        yield str(database.engine.url.database)


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file at the newest migration, to be copied likewise."""
    file = tmp_path_factory.mktemp("migrated") / "tolqyn.sqlite"
    database = connect(f"sqlite:///{file}")
    schema.upgrade(database)
    database.close()
    assert [path.name for path in file.parent.iterdir()] == [file.name], "no log is left beside it"
    return file


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database without tables, on each dialect."""
    if request.param == "postgresql":
        with postgres_database(request.getfixturevalue("postgres")) as database:
            yield database
        return
    database = connect(f"sqlite:///{tmp_path}/home/tolqyn.sqlite")
    yield database
    database.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database at the newest migration, on each dialect."""
    if request.param == "postgresql":
        migrated = request.getfixturevalue("migrated")
        with postgres_database(request.getfixturevalue("postgres"), migrated) as database:
            yield database
        return
    database = connect(f"sqlite:///{tmp_path}/home/tolqyn.sqlite")
    shutil.copy(request.getfixturevalue("migrated_file"), tmp_path / "home" / "tolqyn.sqlite")
    yield database
    database.close()


@pytest.fixture
def config(database: Database, tmp_path: Path) -> Config:
    """Settings of the instance, for the server and the commands."""
    url = database.engine.url.render_as_string(hide_password=False)
    return Config(home=tmp_path / "home", database_url=url, plain_http=True)


@pytest.fixture
def environment(config: Config, monkeypatch: pytest.MonkeyPatch) -> Config:
    """The same settings, as environment variables."""
    monkeypatch.setenv("TOLQYN_HOME", str(config.home))
    monkeypatch.setenv("TOLQYN_DATABASE_URL", config.database_url)
    monkeypatch.setenv("TOLQYN_PLAIN_HTTP", "on")
    return config


def import_poll(
    folder: Path, description: str, columns: Sequence[str], rows: Iterable[Sequence[object]]
) -> None:
    """Make releases of a list with an import map, as one types it."""
    with (folder / "poll.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(rows)
    (folder / "poll.yaml").write_text(description, "utf-8")
    words = ("release", "import", str(folder / "poll.csv"), "--map", str(folder / "poll.yaml"))
    done = CliRunner().invoke(main, words)
    assert done.exit_code == 0, done.output


def text(en: str, ru: str) -> dict[str, str]:
    """Words in both languages."""
    return {"en": en, "ru": ru}


def small_document() -> dict[str, Any]:
    """Four pages in two languages: consent and age, a filter, its follow-up and words, a battery."""
    agree = {"1": text("Disagree", "Не согласен"), "2": text("Agree", "Согласен")}
    return {
        "instrument": "small",
        "version": "1",
        "title": text("Small study", "Малое исследование"),
        "public_title": text("Opinion", "Мнение"),
        "population": text("Everybody", "Все"),
        "minutes": 1,
        "languages": ["en", "ru"],
        "source_language": "en",
        "status": {"en": "draft", "ru": "draft"},
        "missing_labels": {
            "dont_know": text("Don't know", "Не знаю"),
            "refused": text("Prefer not to say", "Не хочу отвечать"),
        },
        "scales": {
            "agree": {"level": "ordinal", "options": agree},
            "no_yes": {"level": "nominal", "options": {"0": text("No", "Нет"), "1": text("Yes", "Да")}},
        },
        "texts": {
            "end_refusal": text("Thank you.", "Спасибо."),
            "end_minor": text("For adults only.", "Только для взрослых."),
            "free_text_notice": text("Write no names.", "Не пишите имён."),
        },
        "modules": {
            "A": {"title": text("Start", "Начало"), "pages": [["OK", "AGE"], ["SEEN"]]},
            "B": {
                "title": text("Middle", "Середина"),
                "before": "free_text_notice",
                "pages": [["WHERE", "WORDS"]],
            },
            "C": {"title": text("End", "Конец"), "pages": [["VB"]]},
        },
        "items": {
            "OK": {
                "kind": "single",
                "text": text("Will you take part?", "Вы примете участие?"),
                "role": "consent",
                "required": True,
                "options": agree,
                "exits": [{"when": {"item": "OK", "eq": 1}, "to": "refusal"}],
            },
            "AGE": {
                "kind": "number",
                "text": text("How old are you?", "Сколько Вам лет?"),
                "role": "age",
                "required": True,
                "min": 0,
                "max": 110,
                "exits": [{"when": {"item": "AGE", "lt": 18}, "to": "minor"}],
            },
            "SEEN": {
                "kind": "single",
                "text": text("Have you seen it?", "Вы это видели?"),
                "options": {"1": text("No", "Нет"), "2": text("Yes", "Да")},
                "allow": ["dont_know"],
            },
            "WHERE": {
                "kind": "several",
                "text": text("Where?", "Где?"),
                "options": {"1": text("At home", "Дома"), "2": text("Outside", "На улице")},
                "show_if": {"item": "SEEN", "eq": 2},
            },
            "WORDS": {"kind": "text", "text": text("Anything else?", "Что-нибудь ещё?"), "max_len": 500},
            "VB": {
                "kind": "battery",
                "text": text("Do you agree?", "Вы согласны?"),
                "scale": "agree",
                "random_rows": True,
                "rows": {
                    "VB1": {"text": text("It is one thing.", "Это одно.")},
                    "VB2": {"text": text("It is another.", "Это другое.")},
                },
            },
        },
        "indicators": {
            "VB_ANY": {
                "label": text("Agrees with any", "Согласие хотя бы с одним"),
                "finding": text("the share of people who agree", "доля тех, кто согласен"),
                "statistic": "proportion",
                "scale": "no_yes",
                "headline": True,
                "rule": {"any_of": ["VB1", "VB2"], "codes": [2], "min_valid": 1},
            },
        },
    }


@pytest.fixture
def document() -> dict[str, Any]:
    """The small questionnaire as data that a test may change."""
    return small_document()


@pytest.fixture
def small(document: dict[str, Any]) -> Questionnaire:
    """The small questionnaire."""
    return Questionnaire.from_json(json.dumps(document))


def a_spec(**changes: Any) -> waves.WaveSpec:
    """A sound wave of the small questionnaire."""
    given: dict[str, Any] = {
        "study": "kz-thb",
        "name": "2027",
        "alias": "opinion-27",
        "opens": date(2027, 5, 10),
        "closes": date(2027, 6, 6),
        "organisation": "Centre X",
        "contact": "+7 700 000 00 00",
        "sample_type": "probability",
        "public_key": "",
        "languages": ("en", "ru"),
        "disclosure": DISCLOSURE,
    }
    return waves.WaveSpec(**(given | changes))


@pytest.fixture
def spec() -> Callable[..., waves.WaveSpec]:
    """Specifications of waves of the small questionnaire; arguments replace fields."""
    return a_spec


@pytest.fixture
def make_wave(
    database: Database, config: Config, tmp_path: Path, small: Questionnaire
) -> Callable[..., Wave]:
    """Make a draft wave with its keys; arguments replace fields of the specification."""

    def make(questionnaire: Questionnaire = small, **changes: Any) -> Wave:
        spec = a_spec(**changes)
        text_key = tmp_path / f"{spec.alias}.textkey"
        return waves.create_with_keys(database, config.keys, spec, questionnaire, text_key)

    return make


@pytest.fixture
def open_wave(database: Database, make_wave: Callable[..., Wave], small: Questionnaire) -> Wave:
    """A wave in the field."""
    made = make_wave()
    with database.writing() as session:
        found = waves.find_wave(session, made.alias)
        opening.open_wave(session, found, small, TODAY)
    return found


@pytest.fixture
def told_wave(database: Database, config: Config, open_wave: Wave) -> Wave:
    """A wave in the field, with the act of its making, as the command that makes one notes it."""
    with database.writing() as session:
        subject = f"{open_wave.study}/{open_wave.name}"
        audit.record(session, actor="shell:x", what="wave.create", subject=subject, day=TODAY, detail={})
        newest = audit.head(session)
    audit.keep_head(config.home, newest, first=True)
    return open_wave


@pytest.fixture
def answer(database: Database, config: Config) -> Callable[..., str]:
    """Store one whole interview of the small questionnaire by a token; its ballot."""

    def save(
        wave: Wave, token: str, *, state: str = "", words: str = "", pages: int = 4, **answers: Any
    ) -> str:
        ballot = keys.read_wave_key(config.keys, wave.alias).ballot(token)
        given = {
            "OK": 2,
            "AGE": 40,
            "SEEN": 1,
            "WORDS": "sealed" if words else "",
            "VB1": 1,
            "VB2": 2,
        } | answers
        split = (("OK", "AGE"), ("SEEN",), ("WHERE", "WORDS"), ("VB1", "VB2"))[:pages]
        ended = state or ("complete" if pages == 4 else "started")
        with database.writing() as session:
            for number, names in enumerate(split, start=1):
                boxes = {"WORDS": keys.seal(wave.public_key, words)} if words and "WORDS" in names else {}
                ballots.save_page(
                    session,
                    wave,
                    ballot,
                    number,
                    {name: given[name] for name in names if name in given},
                    sealed=boxes,
                    language="ru",
                    seconds=10,
                    day=TODAY,
                    batch=answers.get("batch"),
                    state=ended if number == len(split) else "started",
                )
        return ballot

    return save


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> Callable[[Database], AbstractContextManager[list[str]]]:
    """The SQL that is sent meanwhile, without the frame of the transaction."""

    @contextmanager
    def noted(database: Database) -> Iterator[list[str]]:
        sent: list[str] = []

        def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
            if not statement.startswith("BEGIN"):
                sent.append(statement)

        run = Prepared.run

        def noting(prepared: Prepared, *given: Any) -> Any:
            sent.append(prepared.sql)
            return run(prepared, *given)

        event.listen(database.engine, "before_cursor_execute", note)
        with monkeypatch.context() as patch:
            patch.setattr(Prepared, "run", noting)
            yield sent
        event.remove(database.engine, "before_cursor_execute", note)

    return noted
