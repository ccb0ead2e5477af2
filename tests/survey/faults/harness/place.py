"""A folder and a database address in, an instance with one wave in the field out."""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from instruments import Questionnaire, load
from survey import keys
from survey.cli.serve import environment
from survey.config import Config, study_today
from survey.signing import TimedSerializer
from survey.store import opening, schema, waves
from survey.store.engine import Database, connect

ALIAS = "opinion"
LEDGER = Path(__file__).with_name("ledger.yaml")
AROUND = timedelta(days=20)
"""The wave runs that long before and after today: a clock that jumps by a day does not leave it."""


@dataclass(frozen=True)
class Place:
    """One instance; its server runs elsewhere."""

    config: Config
    text_key: bytes
    """Private half of the key to which free text is sealed."""

    @property
    def environment(self) -> dict[str, str]:
        """What its server is started with."""
        return environment(self.config)

    @property
    def file(self) -> Path:
        """The database file of an instance on SQLite."""
        return Path(self.config.database_url.removeprefix("sqlite:///"))

    def ballot_of(self, cookie: str) -> str:
        """The ballot that a browser's cookie names, however old."""
        signed = TimedSerializer(list(keys.server_secrets(self.config.keys)), salt=f"interview:{ALIAS}")
        return str(signed.loads(cookie)[0])

    def turned_back(self, cookie: str) -> bool:
        """Whether the browser was told that what it just sent was not taken: the page was saved before."""
        signed = TimedSerializer(list(keys.server_secrets(self.config.keys)), salt=f"interview:{ALIAS}")
        return bool(signed.loads(cookie)[-1])

    def database(self) -> Database:
        """A connection of the test's own; close it before files are looked at."""
        return connect(self.config.database_url)


def found(home: Path, database_url: str, port: int) -> Place:
    """Make the instance and put the ledger questionnaire into the field by an open link."""
    config = Config(home=home, database_url=database_url, port=port, plain_http=True)
    database = connect(database_url)
    try:
        schema.upgrade(database)
        text_key = home / "text.key"
        questionnaire = load(LEDGER)
        waves.create_with_keys(database, config.keys, _spec(study_today()), questionnaire, text_key)
        _open(database, questionnaire)
    finally:
        database.close()
    keys.server_secrets(config.keys)
    return Place(config, bytes.fromhex(text_key.read_text()))


def _open(database: Database, questionnaire: Questionnaire) -> None:
    with database.writing() as session:
        wave = waves.find_wave(session, ALIAS)
        opening.open_wave(session, wave, questionnaire, study_today())


def _spec(today: date) -> waves.WaveSpec:
    return waves.WaveSpec(
        study="ledger",
        name="1",
        alias=ALIAS,
        opens=today - AROUND,
        closes=today + AROUND,
        organisation="Centre X",
        contact="+7 700 000 00 00",
        sample_type="nonprobability",
        access="open",
        synthetic=True,
        public_key="",
        languages=("en",),
        disclosure=dict.fromkeys(opening.REQUIRED, "Nothing real."),
    )
