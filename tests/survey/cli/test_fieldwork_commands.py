"""Commands of a field manager: the way from the last wave to the next, typed, and what each refusal says."""

import csv
import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from click.testing import Result
from sqlalchemy import func, select, update

from survey import create_app
from survey.config import Config, study_today
from survey.store import audit, opening, waves
from survey.store.engine import Database
from survey.store.models import Ballot, Batch, Invitation, Wave

LANGUAGES = ("en", "ru")
DESIGN = {
    "format": 1,
    "disclosure": {"funder": "A fund", "frame": "Areas", "recruitment": "Letters", "incentives": "None"},
    "strata": {"cities": {"target": 20}},
    "quotas": [{"name": "adults", "when": {"item": "AGE", "ge": 18}, "target": 30}],
}

Type = Callable[..., Result]
pytestmark = pytest.mark.usefixtures("in_public")


@pytest.fixture
def draft(make_wave: Callable[..., Wave]) -> Wave:
    return make_wave(opens=study_today(), closes=study_today())


@pytest.fixture
def design(tmp_path: Path) -> Path:
    path = tmp_path / "design.yaml"
    path.write_text(yaml.safe_dump(DESIGN), encoding="utf-8")
    return path


def test_the_record_grows_from_the_template_until_nothing_is_missing(
    tolqyn: Type, draft: Wave, design: Path, tmp_path: Path
) -> None:
    before = json.loads(tolqyn("wave", "disclosure", "opinion-27", "--json").stdout)
    missing = [each["key"] for each in before if each["standing"] == "missing"]
    assert missing == ["funder", "frame", "recruitment", "incentives"]
    assert tolqyn("wave", "design", "opinion-27", "--template", "mine.yaml").exit_code == 0
    assert "# funder:" in (tmp_path / "mine.yaml").read_text("utf-8")
    assert tolqyn("wave", "design", "opinion-27", "mine.yaml").exit_code == 0
    done = tolqyn("wave", "design", "opinion-27", str(design))
    assert done.exit_code == 0, done.output
    assert "nothing is missing" in tolqyn("wave", "disclosure", "opinion-27").output


def test_ready_ends_with_one_while_a_gate_is_shut_and_says_what_to_type(tolqyn: Type, draft: Wave) -> None:
    shut = tolqyn("wave", "ready", "opinion-27", "--json")
    assert shut.exit_code == 1
    gates = {gate["gate"]: gate for gate in json.loads(shut.stdout)}
    assert [name for name, gate in gates.items() if not gate["open"]] == ["rehearsal"]
    assert "tolqyn instrument simulate" in gates["rehearsal"]["missing"][0]["hint"]


def test_calls_of_help_lines_are_noted_with_day_and_name(
    tolqyn: Type, make_wave: Callable[..., Wave], database: Database
) -> None:
    from instruments import load_library

    make_wave(load_library("kz_thb_core"), languages=("kk", "ru", "uz", "en"))
    assert tolqyn("wave", "phones", "opinion-27", "--called", "police").exit_code == 1, "who called?"
    unknown = tolqyn("wave", "phones", "opinion-27", "--called", "nobody", "--by", "aigul")
    assert unknown.exit_code == 1
    assert "contact111 (111)" in unknown.output
    late = tolqyn("wave", "phones", "opinion-27", "--called", "police", "--by", "a", "--on", "2999-01-01")
    assert late.exit_code == 1
    lines = ("--called", "police", "--called", "contact111", "--called", "ht_hotline")
    done = tolqyn("wave", "phones", "opinion-27", *lines, "--by", "aigul")
    assert f"called {study_today()} by aigul" in done.output
    with database.reading() as session:
        found = waves.find_wave(session, "opinion-27")
        assert found.disclosure[opening.VERIFIED] == study_today().isoformat()


def test_a_pilot_is_opened_and_nothing_of_it_is_left(
    tolqyn: Type, draft: Wave, database: Database, config: Config, answer: Callable[..., str], tmp_path: Path
) -> None:
    with database.writing() as session:
        waves.find_wave(session, "opinion-27").synthetic = False
    assert tolqyn("wave", "pilot", "opinion-27").exit_code == 0
    made = tolqyn("wave", "invite", "opinion-27", "--n", "12", "--batch", "testers", "--out", "t.csv")
    assert "vanish when it opens" in made.output
    assert made.exit_code == 0, made.output
    rows = list(csv.DictReader((tmp_path / "t.csv").read_text("utf-8").splitlines()))
    assert {row["batch"] for row in rows} == {"testers"}
    with database.reading() as session:
        found = waves.find_wave(session, "opinion-27")
    for row in rows:
        answer(found, row["code"].replace("-", ""))
    assert tolqyn("wave", "pilot", "opinion-27", "--end").exit_code == 0
    with database.reading() as session:
        for model in (Ballot, Invitation, Batch):
            assert session.scalar(select(func.count()).select_from(model)) == 0
        assert waves.find_wave(session, "opinion-27").state == "draft"
    assert tolqyn("wave", "pilot", "opinion-27", "--end").exit_code == 1


def test_testers_codes_need_no_stratum_and_do_not_bind_the_sample(
    tolqyn: Type, draft: Wave, design: Path
) -> None:
    assert tolqyn("wave", "design", "opinion-27", str(design)).exit_code == 0
    assert tolqyn("wave", "pilot", "opinion-27").exit_code == 0
    testers = ("--n", "12", "--batch", "testers", "--out", "t.csv")
    assert tolqyn("wave", "invite", "opinion-27", *testers).exit_code == 0
    listed = json.loads(tolqyn("wave", "ready", "opinion-27", "--json").stdout)
    assert next(gate for gate in listed if gate["gate"] == "design")["open"]
    assert tolqyn("wave", "pilot", "opinion-27", "--end").exit_code == 0
    sample = ("--n", "60", "--batch", "a", "--stratum", "cities", "--out", "a.csv")
    assert tolqyn("wave", "invite", "opinion-27", *sample).exit_code == 0


def test_a_stratum_misspelled_on_either_side_is_told_with_both_names_and_what_to_type(
    tolqyn: Type, draft: Wave, design: Path, tmp_path: Path
) -> None:
    strata = {"strata": {"cities": {"target": 20}, "villages": {"target": 10}}}
    design.write_text(yaml.safe_dump(DESIGN | strata), encoding="utf-8")
    first = tolqyn("wave", "design", "opinion-27", str(design))
    assert "warning" not in first.stderr, "no batch yet is no misspelling"
    codes = ("--n", "60", "--batch", "a", "--stratum", "Citys", "--out", str(tmp_path / "a.csv"))
    invited = tolqyn("wave", "invite", "opinion-27", *codes)
    assert invited.exit_code == 0
    said = "warning: batch a names stratum Citys, which the design has not: it has cities, villages; "
    remedy = "if cities is meant, write Citys there instead: tolqyn wave design kz-thb/2027 FILE"
    assert said + remedy in invited.stderr
    again = tolqyn("wave", "design", "opinion-27", str(design))
    assert again.exit_code == 0
    assert said + remedy in again.stderr
    assert "warning: no batch names stratum villages: batches name Citys; " in again.stderr
    assert "tolqyn wave invite kz-thb/2027 --stratum villages …" in again.stderr
    design.write_text(design.read_text("utf-8").replace("cities", "Citys"), encoding="utf-8")
    right = tolqyn("wave", "design", "opinion-27", str(design))
    assert "batch a" not in right.stderr


@pytest.fixture
def in_cells(
    tolqyn: Type, draft: Wave, design: Path, database: Database, answer: Callable[..., str]
) -> Callable[[str, int], None]:
    """An open wave with one cell; more interviews of it are stored by name and number."""
    assert "no quotas" in tolqyn("wave", "quota", "opinion-27").output
    assert tolqyn("wave", "design", "opinion-27", str(design)).exit_code == 0
    with database.writing() as session:
        found = waves.find_wave(session, "opinion-27")
        opening.open_wave(session, found, waves.questionnaire_of(session, found), found.opens)

    def more(name: str, n: int) -> None:
        with database.reading() as session:
            found = waves.find_wave(session, "opinion-27")
        for number in range(n):
            ballot = answer(found, f"{name}{number}")
            with database.writing() as session:
                session.execute(update(Ballot).where(Ballot.ballot == ballot).values(cells="1"))

    return more


def test_quota_cells_are_shown_rounded_and_changed_by_name(
    tolqyn: Type, in_cells: Callable[[str, int], None]
) -> None:
    in_cells("a", 37)
    (cell,) = json.loads(tolqyn("wave", "quota", "opinion-27", "--json").stdout)
    assert (cell["at_least"], cell["state"]) == (35, "full")
    (cell,) = json.loads(tolqyn("wave", "quota", "opinion-27", "adults", "--target", "60", "--json").stdout)
    assert (cell["target"], cell["state"]) == (60, "open")
    assert tolqyn("wave", "quota", "opinion-27", "adults", "--target", "37").exit_code == 1, "one a day"
    assert "closed by hand" in tolqyn("wave", "quota", "opinion-27", "adults", "--close").output
    unknown = tolqyn("wave", "quota", "opinion-27", "minors", "--close")
    assert unknown.exit_code == 1
    assert "cells: adults" in unknown.output
    assert tolqyn("wave", "quota", "opinion-27", "adults").exit_code == 2
    assert tolqyn("wave", "quota", "opinion-27", "--close").exit_code == 2


def test_a_second_look_at_the_quotas_tells_nothing_of_who_answered_since(
    tolqyn: Type, in_cells: Callable[[str, int], None]
) -> None:
    in_cells("a", 37)
    first = tolqyn("wave", "quota", "opinion-27").output
    in_cells("b", 12)
    assert tolqyn("wave", "quota", "opinion-27").output == first
    assert "at least 35" in first
    assert "complete: at least 35" in tolqyn("wave", "status", "opinion-27").output


@pytest.mark.parametrize("target", [36, 37, 38, 39])
def test_no_target_asks_for_the_count_between_two_steps(
    tolqyn: Type, in_cells: Callable[[str, int], None], target: int
) -> None:
    in_cells("a", 37)
    told = tolqyn("wave", "quota", "opinion-27", "adults", "--target", str(target), "--json").stdout
    (cell,) = json.loads(told)
    assert (cell["at_least"], cell["state"]) == (35, "nearly full"), "the same for 35 to 39 interviews"


def test_the_record_of_acts_holds_the_rule_of_every_cell(
    tolqyn: Type, draft: Wave, design: Path, database: Database
) -> None:
    tolqyn("wave", "design", "opinion-27", str(design))
    with database.reading() as session:
        (act,) = [each for each in audit.acts(session) if each.what == "wave.design"]
    assert act.detail["cells"] == [{**DESIGN["quotas"][0], "kind": "hard", "counts": "complete"}]


def test_a_wave_is_cloned_by_its_studys_name(
    tolqyn: Type, draft: Wave, database: Database, tmp_path: Path
) -> None:
    dates = ("--opens", "2999-05-08", "--closes", "2999-06-04")
    early = tolqyn("wave", "clone", "kz-thb/2027", "2999", "--alias", "opinion-99", *dates)
    assert early.exit_code == 1, "a draft is no model"
    with database.writing() as session:
        waves.find_wave(session, "opinion-27").state = "released"
    done = tolqyn("wave", "clone", "kz-thb", "2999", "--alias", "opinion-99", *dates)
    assert done.exit_code == 0, done.output
    assert (tmp_path / "kz-thb-2999.textkey").exists()
    again = tolqyn("wave", "clone", "kz-thb", "2999", "--alias", "opinion-99", *dates)
    assert again.exit_code == 1
    assert "choose another" in again.output


def test_the_calendar_is_written_once_and_read_as_json(tolqyn: Type, draft: Wave, tmp_path: Path) -> None:
    days = json.loads(tolqyn("wave", "calendar", "opinion-27", "--json").stdout)
    assert {each["kind"] for each in days} >= {"opens", "closes", "close"}
    assert tolqyn("wave", "calendar", "--ics", "c.ics").exit_code == 0
    assert (tmp_path / "c.ics").read_bytes().startswith(b"BEGIN:VCALENDAR\r\n")
    assert tolqyn("wave", "calendar", "--ics", "c.ics").exit_code == 1


def test_letters_are_printed_from_the_offices_file_and_foreign_codes_are_told_by_line(
    tolqyn: Type, draft: Wave, tmp_path: Path
) -> None:
    tolqyn("wave", "invite", "opinion-27", "--n", "12", "--batch", "a", "--out", "a.csv")
    words = ("--codes", "a.csv", "--languages", "ru", "--out")
    done = tolqyn("wave", "letters", "opinion-27", *words, "l.pdf")
    assert done.exit_code == 0, done.output
    found = subprocess.run(
        ["pdftotext", "l.pdf", "-"], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    for row in csv.DictReader((tmp_path / "a.csv").read_text("utf-8").splitlines()):
        assert row["code"] in found.stdout
    assert tolqyn("wave", "letters", "opinion-27", *words, "l.pdf").exit_code == 1, "a file that exists"
    (tmp_path / "a.csv").write_text("code,link\nAAAA,x\nBBBB,y\n")
    foreign = tolqyn("wave", "letters", "opinion-27", *words, "m.pdf")
    assert foreign.exit_code == 1
    assert "a.csv:2" in foreign.output
    assert "a.csv:3" in foreign.output
    assert not (tmp_path / "m.pdf").exists()


def test_reminders_are_by_batch_and_say_how_many_copies(tolqyn: Type, draft: Wave) -> None:
    tolqyn("wave", "invite", "opinion-27", "--n", "60", "--batch", "a", "--out", "a.csv")
    done = tolqyn("wave", "remind", "opinion-27", "--batch", "a", "--out", "r.pdf")
    assert done.exit_code == 0, done.output
    assert "a: 60 copies" in done.output
    assert tolqyn("wave", "remind", "opinion-27", "--batch", "b", "--out", "s.pdf").exit_code == 1


def test_a_poster_leads_to_its_site(tolqyn: Type, make_wave: Callable[..., Wave]) -> None:
    make_wave(access="open", sample_type="nonprobability")
    tolqyn("wave", "site", "opinion-27", "--name", "Clinic 3", "--word", "clinic3")
    for given in ("clinic3", "Clinic 3"):
        out = f"{given.replace(' ', '')}.pdf"
        done = tolqyn("wave", "poster", "opinion-27", "--site", given, "--size", "A5", "--out", out)
        assert "opens https://opinion.example.org/s/opinion-27/p/clinic3" in done.output
    unknown = tolqyn("wave", "poster", "opinion-27", "--site", "nowhere", "--out", "x.pdf")
    assert unknown.exit_code == 1
    assert "clinic3 (Clinic 3)" in unknown.output


BOTS = (
    "WhatsApp/2.23.20.0",
    "TelegramBot (like TwitterBot)",
    "facebookexternalhit/1.1",
    "Twitterbot/1.0",
    "Slackbot-LinkExpanding 1.0",
    "Mozilla/5.0 (compatible; bingbot/2.0)",
    "Viber/13",
    "vkShare",
)


def test_previews_of_messengers_show_a_neutral_title_and_spend_nothing(
    tolqyn: Type, open_wave: Wave, database: Database, config: Config, monkeypatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("survey.interview.visit.study_today", lambda zone: open_wave.opens)
    tolqyn("wave", "invite", "opinion-27", "--n", "12", "--batch", "a", "--out", "a.csv")
    tokens = [
        row["code"].replace("-", "")
        for row in csv.DictReader((tmp_path / "a.csv").read_text("utf-8").splitlines())
    ]
    app = create_app(config)
    client = app.test_client()

    def rows() -> list[int]:
        with database.reading() as session:
            return [session.scalar(select(func.count()).select_from(each)) for each in (Ballot, Invitation)]

    before = rows()
    for bot in BOTS:
        for method in (client.get, client.head):
            shown = method(f"/s/opinion-27/i/{tokens[0]}", headers={"User-Agent": bot})
            assert shown.status_code == 200
            assert "Set-Cookie" not in shown.headers
            page = shown.get_data(as_text=True)
            if page:
                assert re.search('<meta property="og:title" content="(Opinion|Мнение)">', page)
                assert "og:url" not in page
    assert rows() == before
    begun = client.post("/s/opinion-27/start", data={"lang": "en", "token": tokens[0]})
    assert begun.status_code in (303, 307), "after all the looks the code still begins an interview"
    app.extensions["tolqyn"].database.close()


def test_many_letters_become_several_files(
    tolqyn: Type, draft: Wave, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("survey.cli.inviting.MOST", 10)
    tolqyn("wave", "invite", "opinion-27", "--n", "12", "--batch", "a", "--out", "a.csv")
    done = tolqyn("wave", "letters", "opinion-27", "--codes", "a.csv", "--out", "l.pdf")
    assert done.exit_code == 0, done.output
    assert sorted(path.name for path in tmp_path.glob("l*.pdf")) == ["l-1.pdf", "l-2.pdf", "l-3.pdf"]
