"""What people are told of their answers, what is kept, what is deleted, what is said when it is stolen."""

import json
import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select, update

from survey.cli import main
from survey.config import LANGUAGES, Config, study_today
from survey.i18n import translator
from survey.protection.breach import breach_page
from survey.protection.lying import IN_DATABASE, IN_HOME, Lying, lying
from survey.protection.notice import Asker, notice
from survey.protection.retention import PILOT_DAYS, expired, retain
from survey.refusal import Refused
from survey.store import closing, opening, waves
from survey.store.base import Base
from survey.store.engine import Database
from survey.store.models import Act, Ballot, PageAnswer, SealedText, Wave
from survey.store.protection import TEXTS_DAYS, protection_of

TODAY = date(2027, 5, 12)
ASKER = Asker("Centre X", "+7 700", date(2027, 6, 6), invited=True, free_words=True, copies_days=14)


def typed(*words: str) -> Result:
    return CliRunner().invoke(main, words)


def texts(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(SealedText)) or 0


@pytest.fixture
def closed(database: Database, open_wave: Wave, answer: Callable[..., str]) -> Wave:
    """A closed wave with own words of three people."""
    for place in range(3):
        answer(open_wave, f"token-{place}", words="something that happened")
    with database.writing() as session:
        wave = waves.find_wave(session, open_wave.alias)
        closing.propose_close(session, wave, "aigul")
        closing.close_wave(session, wave, by="timur", two_person=True, today=TODAY)
    return wave


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_notice_is_whole_in_every_language(language: str) -> None:
    facts = protection_of({}, LANGUAGES)
    parts = notice(translator(language), ASKER, facts)
    words = " ".join(sentence for _, sentences in parts for sentence in sentences)
    assert len(parts) == 5
    assert "Centre X" in words and "+7 700" in words
    assert "{" not in words
    if language != "en":
        english = notice(translator("en"), ASKER, facts)
        assert not {s for _, said in parts for s in said} & {s for _, said in english for s in said}


def test_the_notice_tells_only_what_is_so() -> None:
    say, facts = translator("en"), protection_of({}, LANGUAGES)
    open_link = Asker("Centre X", "+7 700", date(2027, 6, 6), invited=False, free_words=False, copies_days=14)
    words = str(notice(say, open_link, facts))
    assert "invitation code" not in words
    assert "own words" not in words.casefold()
    assert "invitation code" in str(notice(say, ASKER, facts))


TOLD = {
    "fingerprint": "the questionnaire's version",
    "batch": "the group of invitations or the place you came through",
    "language": "the language",
    "mode": "the place you came through",
    "week": "the week",
    "trap": "filled in by a program",
    "interviewer": "the interviewer's number",
    "others_present": "whether others were present",
    "cells": "which kind you count for",
    "full_cell": "which kind you count for",
    "answers": "your answers",
    "sealed": "in your own words is locked",
    "seconds": "how many seconds each page was open",
    "self_completed": "which pages you filled in yourself",
    "served": "how many seconds each page was open",
    "posted": "how many seconds each page was open",
    "visits": "how often a page was opened",
    "changes": "changed",
    "errors": "not accepted",
    "code_mac": "At the end you get a code",
    "seat": "browser in which you begin gets a mark",
}
UNSAID = {"ballot", "wave", "page", "state"}
"""The row's own name, which survey, which page, and whether the interview ended: plain from taking part."""


@pytest.mark.parametrize("table", [Ballot, PageAnswer])
def test_every_column_kept_of_a_respondent_is_told_in_the_notice(table: type[Ballot | PageAnswer]) -> None:
    words = str(notice(translator("en"), ASKER, protection_of({}, LANGUAGES))).replace("\\'", "'")
    for column in (each.name for each in table.__table__.columns):
        assert column in UNSAID or TOLD[column] in words, column


def test_what_the_waves_people_said_stands_in_the_notice() -> None:
    record = {
        "privacy": {"purpose": {"en": "For the annual report."}, "place": "In Almaty.", "texts_days": 90}
    }
    facts = protection_of(record, LANGUAGES)
    words = str(notice(translator("en"), ASKER, facts))
    assert "For the annual report." in words and "In Almaty." in words
    assert "04.09.2027" in words
    assert "In Almaty." in str(notice(translator("kk"), ASKER, facts))


@pytest.mark.parametrize(
    "given",
    ["text", {"porpose": "x"}, {"texts_days": -1}, {"texts_days": True}, {"texts_days": "90"}, {"place": 5}],
)
def test_what_cannot_be_read_keeps_a_wave_from_opening(
    given: object, database: Database, make_wave: Callable[..., Wave], small: object
) -> None:
    made = make_wave()
    with database.writing() as session, pytest.raises(Refused) as refused:
        found = waves.find_wave(session, made.alias)
        opening.describe(found, disclosure={"privacy": given})
        opening.open_wave(session, found, small, TODAY)
    assert any("privacy" in reason.path for reason in refused.value.reasons)


def test_own_words_go_on_the_day_after_the_one_that_respondents_were_told(
    database: Database, closed: Wave
) -> None:
    last = closed.closes + timedelta(days=TEXTS_DAYS)
    with database.writing() as session:
        assert retain(session, last) == []
    assert texts(database) == 3
    with database.writing() as session:
        (gone,) = retain(session, last + timedelta(days=1))
    assert (gone.what, gone.rows, gone.since) == ("own words", 3, last)
    assert texts(database) == 0
    with database.writing() as session:
        assert retain(session, last + timedelta(days=2)) == []


def test_words_go_on_that_day_even_where_nobody_closed_the_wave(
    database: Database, open_wave: Wave, answer: Callable[..., str]
) -> None:
    answer(open_wave, "token", words="something")
    answer(open_wave, "another")
    last = open_wave.closes + timedelta(days=TEXTS_DAYS)
    with database.reading() as session:
        assert expired(session, last) == []
    with database.writing() as session:
        (gone,) = retain(session, last + timedelta(days=1))
        assert (gone.what, gone.rows) == ("own words", 1)
    with database.reading() as session:
        pages = session.scalars(select(PageAnswer)).all()
        assert len(pages) == 8, "the answers stay"
        assert not any(page.sealed for page in pages)
        assert expired(session, last + timedelta(days=1)) == []


def test_a_pilot_that_never_opened_is_forgotten(
    database: Database, open_wave: Wave, answer: Callable[..., str]
) -> None:
    answer(open_wave, "token")
    with database.writing() as session:
        session.execute(update(Wave).values(state="pilot"))
        assert expired(session, open_wave.closes + timedelta(days=PILOT_DAYS)) == []
        (gone,) = retain(session, open_wave.closes + timedelta(days=PILOT_DAYS + 1))
        assert (gone.what, gone.rows) == ("pilot interviews", 1)
        assert session.scalar(select(func.count()).select_from(Ballot)) == 0


def test_the_night_deletes_and_leaves_an_act(environment: Config, database: Database, closed: Wave) -> None:
    with database.writing() as session:
        session.execute(update(Wave).values(closes=date(2020, 1, 1)))
    said = typed("db", "retain", "--dry-run").output
    assert "3 own words" in said and texts(database) == 3
    assert "3 own words" in typed("db", "retain").output
    assert texts(database) == 0
    assert "nothing is older" in typed("db", "retain").output
    with database.reading() as session:
        act = session.scalars(select(Act).where(Act.what == "db.retain")).one()
    assert (act.subject, act.detail) == ("kz-thb/2027", {"data": "own words", "rows": 3})


def test_a_secret_is_replaced_and_the_old_one_goes_after_its_days(
    environment: Config, config: Config
) -> None:
    assert typed("key", "rotate").exit_code == 0
    assert typed("key", "rotate").exit_code == 1
    (aside,) = config.keys.glob("server.key.*")
    aside.rename(config.keys / "server.key.2020-01-01")
    assert "destroyed" in typed("db", "retain").output
    assert not list(config.keys.glob("server.key.*"))
    assert (config.keys / "server.key").exists()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_record_of_a_wave_is_printed_in_every_language(
    environment: Config, open_wave: Wave, language: str
) -> None:
    printed = typed("wave", "record", "kz-thb/2027", "--language", language)
    assert printed.exit_code == 0, printed.output
    assert "kz-thb/2027" in printed.output and "Centre X" in printed.output
    data = json.loads(typed("wave", "record", "opinion-27", "--json", "--language", language).output)
    assert len(data["kept"]) == 10
    assert all(all(row.values()) for row in data["kept"])


def test_the_record_of_a_closed_wave_says_what_is_no_more(environment: Config, closed: Wave) -> None:
    kept = json.loads(typed("wave", "record", "kz-thb/2027", "--json").output)["kept"]
    gone = {row["what"].split()[0] for row in kept if row["until"] == "destroyed at the wave's close"}
    assert gone == {"Answers", "Hashes", "The", "Who"}
    assert {row["who"] for row in kept if row["until"].startswith("destroyed")} == {"nobody any more"}
    assert not [row for row in kept if "until the wave's close" in row["until"]]


def test_the_record_of_an_open_link_wave_without_own_words_lists_neither(
    environment: Config, make_wave: Callable[..., Wave], document: dict
) -> None:
    from instruments import Questionnaire

    document["modules"]["B"]["pages"] = [["WHERE"]]
    del document["items"]["WORDS"], document["modules"]["B"]["before"]
    document["texts"].pop("free_text_notice")
    make_wave(Questionnaire.from_json(json.dumps(document)), access="open", sample_type="nonprobability")
    data = json.loads(typed("wave", "record", "opinion-27", "--json").output)
    assert len(data["kept"]) == 8


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_breach_page_says_of_each_wave_what_a_thief_finds(
    environment: Config, database: Database, closed: Wave, make_wave: Callable[..., Wave], language: str
) -> None:
    make_wave(name="2028", alias="opinion-28")
    said = typed("breach", "--language", language)
    assert said.exit_code == 0
    assert "kz-thb/2027 (closed)" in said.output
    assert "kz-thb/2028" not in said.output, "a draft holds nobody's answers"
    assert "7. " in said.output
    with database.reading() as session:
        page = breach_page(session, environment, TODAY, translator(language))
    assert len(page.waves) == 1
    assert len({draft.words for draft in page.drafts}) == 4


def test_of_a_wave_in_the_field_the_page_names_the_key(
    database: Database, config: Config, open_wave: Wave
) -> None:
    with database.reading() as session:
        (exposed,) = breach_page(session, config, TODAY, translator("en")).waves
    assert "key" in exposed.finds


def test_the_page_lists_what_is_there_and_only_that(
    environment: Config, database: Database, open_wave: Wave, answer: Callable[..., str]
) -> None:
    answer(open_wave, "token", words="something")
    before = typed("breach").output
    assert (
        f"1 × Keys of waves: with database and codes they say who answered what: {environment.keys}" in before
    )
    assert "Answers of waves in the field" in before
    for absent in (
        "Addresses of people",
        "Invitation codes with",
        "Accounts of staff",
        "Private keys that open",
    ):
        assert absent not in before
    lists = environment.home / "lists"
    lists.mkdir()
    (lists / "contacts.csv").write_text("email,language\nsomebody@example.org,ru\n")
    (lists / "members.csv.sent").write_text("somebody@example.org taken\n")
    (lists / "codes.csv").write_text("code,link,batch\nABCD,https://example.org/s/o/i/ABCD,a\n")
    after = typed("breach").output
    for name in ("contacts.csv", "members.csv.sent", "codes.csv"):
        assert str(lists / name) in after
    assert "somebody@example.org" not in after


def test_the_page_is_the_same_before_and_after_somebody_answers(
    environment: Config, database: Database, open_wave: Wave, answer: Callable[..., str]
) -> None:
    answer(open_wave, "token", words="something")
    before = listed(environment, database)
    answer(open_wave, "another", words="something else")
    assert listed(environment, database) == before


def listed(config: Config, database: Database) -> list[Lying]:
    with database.reading() as session:
        return lying(session, config, translator("en"))


def test_every_table_and_every_folder_is_listed_or_excused(config: Config) -> None:
    tables = {table.name for table in Base.metadata.sorted_tables}
    told = {table.__tablename__ for table, _ in IN_DATABASE}
    assert tables == told | WITH_ANOTHER | OF_NOBODY
    assert not told & (WITH_ANOTHER | OF_NOBODY)
    named = [getattr(config, name) for name, of in vars(Config).items() if isinstance(of, property)]
    folders = {path.name for path in named if isinstance(path, Path)}
    assert folders <= {pattern.split("/")[0] for pattern, _ in IN_HOME}
    assert len(folders) > 4


WITH_ANOTHER = {
    *("page_answer", "answer", "disposition", "paper_form"),
    *("account_grant", "account_link", "passkey", "recovery_code", "row_grant", "staff_session"),
}
"""Parts of what another line of the page names: of answers, of accounts."""
OF_NOBODY = {
    *("wave", "batch", "instrument_version", "fielded_version", "release", "snapshot"),
    *("contact", "paper_batch", "paper_entry", "used_code", "passkey_challenge", "sign_in_failure"),
}
"""Counts and questionnaires, without people."""


def test_both_cases_have_a_draft_of_their_own(environment: Config, open_wave: Wave) -> None:
    said = typed("breach").output
    alone, together = said.split("if neither keys", 1)[1].split("if keys or lists", 1)
    assert "no names, addresses, telephone numbers" in alone
    assert "Of our staff it holds names" in alone
    assert "no names" not in together.split("Draft for the public")[0]
    assert "who gave which answers" in together


@pytest.mark.parametrize("two", ["on", "off"])
def test_the_lines_of_the_page_close_the_waves_as_they_are_typed(
    environment: Config,
    database: Database,
    open_wave: Wave,
    answer: Callable[..., str],
    monkeypatch: pytest.MonkeyPatch,
    two: str,
) -> None:
    monkeypatch.setenv("TOLQYN_TWO_PERSON", two)
    answer(open_wave, "token")
    page = typed("breach").output
    lines = re.findall(r"tolqyn (wave close [^;.]+|key rotate[a-z -]*)", page)
    assert len(lines) == (4 if two == "on" else 3)
    for line in lines:
        done = typed(*line.split())
        assert done.exit_code == 0, (line, done.output)
    with database.reading() as session:
        assert waves.find_wave(session, "kz-thb/2027").state == "closed"
    assert not list(environment.keys.glob("wave-*.key"))


def test_the_record_names_who_may_take_rows_until_when_and_what_for(
    environment: Config, database: Database, closed: Wave
) -> None:
    said = typed("wave", "record", "kz-thb/2027", "--json", "--language", "en").output
    (line,) = [row for row in json.loads(said)["kept"] if "Rows of the release" in row["what"]]
    assert line["who"] == "nobody today"
    typed("user", "add", "saule", "--role", "analyst", "--on", "kz-thb")
    last = study_today() + timedelta(days=9)
    given = typed("user", "rows", "saule", "--on", "kz-thb", "--until", str(last), "--because", "a thesis")
    assert given.exit_code == 0, given.output
    said = typed("wave", "record", "kz-thb/2027", "--json", "--language", "en").output
    (line,) = [row for row in json.loads(said)["kept"] if "Rows of the release" in row["what"]]
    assert line["who"] == "saule, for: a thesis"
    assert str(last.day) in line["until"] and str(last.year) in line["until"]
    assert typed("user", "rows", "saule", "--on", "kz-thb", "--end").exit_code == 0
    assert "saule" not in typed("wave", "record", "kz-thb/2027").output
