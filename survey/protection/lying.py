"""An instance in, a list out of what lies in its database and its home, for whoever asks what was taken."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import exists, func, select
from sqlalchemy.orm import DeclarativeBase, Session

from survey.config import Config
from survey.i18n import Translator
from survey.store.models import (
    Account,
    Act,
    ApiToken,
    Ballot,
    Interview,
    Interviewer,
    Invitation,
    SealedText,
)

LONGEST_HEAD = 2000


def say(message: str) -> str:
    """Marks a message for the catalogues; it is translated where it is shown."""
    return message


IN_DATABASE: tuple[tuple[type[DeclarativeBase], str], ...] = (
    (Ballot, say("Answers of waves in the field, without names; own words locked")),
    (Interview, say("Answers of closed waves, nobody's any more")),
    (SealedText, say("Respondents' own words, locked to a key that should not be here")),
    (Invitation, say("Hashes of invitation codes")),
    (Interviewer, say("Numbers of interviewers")),
    (ApiToken, say("Hashes of the API's tokens, with their names")),
    (Account, say("Accounts of staff: names, roles, sealed passwords and second factors")),
    (Act, say("The record of acts: who of the staff did what on which day")),
)
UNCOUNTED = Ballot
"""While a wave is in the field its rows are as many as respondents: whoever looked before and
after a reminder would learn who answered. How many there are is the monitor's to say, once a day."""
IN_HOME: tuple[tuple[str, str], ...] = (
    ("keys/wave-*.key", say("Keys of waves: with database and codes they say who answered what")),
    (
        "keys/withdrawn-*",
        say("Lists of withdrawals: with key, codes and an old copy they say who withdrew"),
    ),
    ("keys/panel-*.key", say("Secrets shared with access panels")),
    ("keys/server.key*", say("The server's secret")),
    ("keys/people.key*", say("The key to staff's second factors")),
    ("keys/text-*.key", say("Private keys that open respondents' own words")),
    ("texts/*.review", say("Own words as somebody read and changed them")),
    ("releases/*/*/*/data.parquet", say("Releases: a row for each interview of closed waves, no names")),
    ("rows/*/*/*.zip", say("Rows of releases, made to be given to analysts")),
    ("tables/*/*/*.json", say("Lists of tables of releases, for the office alone")),
    ("published/*/*.json", say("The register of what was published: it says how large hidden groups are")),
    ("reports/*/*.pdf", say("Reports, drafts of reports among them")),
    ("bundles/*.zip", say("Bundles that were made to be given out")),
)
CONTACTS = say("Addresses of people who were to be invited")
CODES = say("Invitation codes with their links")
JOURNAL = say("Addresses of people who were written to")


@dataclass(frozen=True)
class Lying:
    """One kind of data that is there."""

    what: str
    where: str
    count: int | None
    """None where it would tell how many answered until now."""


def lying(session: Session, config: Config, words: Translator) -> list[Lying]:
    """What is there, and only that. Files of contacts and codes are looked for below the home alone."""
    database = words.gettext("database")
    found = [Lying(words.gettext(what), database, _rows(session, table)) for table, what in IN_DATABASE]
    found += [
        Lying(words.gettext(what), str(config.home / pattern), sum(1 for _ in config.home.glob(pattern)))
        for pattern, what in IN_HOME
    ]
    found += [Lying(words.gettext(what), str(path), 1) for path, what in sorted(_lists(config.home))]
    return [each for each in found if each.count != 0]


def _rows(session: Session, table: type[DeclarativeBase]) -> int | None:
    if table is UNCOUNTED and session.scalar(select(exists().select_from(table))):
        return None
    return session.scalar(select(func.count()).select_from(table)) or 0


def _lists(home: Path) -> Iterator[tuple[Path, str]]:
    """Files with addresses or codes, by their ending or by the columns in their first line."""
    for path in home.rglob("*"):
        if path.suffix == ".sent" and path.is_file():
            yield path, JOURNAL
        elif path.suffix.lower() == ".csv" and path.is_file():
            columns = _columns(path)
            if columns & {"email", "e-mail", "phone", "telephone", "address"}:
                yield path, CONTACTS
            elif {"code", "link"} <= columns:
                yield path, CODES


def _columns(path: Path) -> set[str]:
    try:
        with path.open("rb") as file:
            head = file.read(LONGEST_HEAD)
    except OSError:
        return set()
    line = head.decode("utf-8-sig", "replace").partition("\n")[0]
    return {name.strip().strip('"').lower() for name in line.replace(";", ",").split(",")}
