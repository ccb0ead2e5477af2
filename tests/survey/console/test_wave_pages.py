"""What a wave's pages let people write, and what they show to whom."""

import html
import io
import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from sqlalchemy import select, update

import instruments
from instruments import Questionnaire
from survey import create_app
from survey.config import Config, study_today
from survey.monitor import take_snapshot
from survey.store import opening, waves
from survey.store.engine import Database
from survey.store.models import Ballot, SealedText, Wave
from survey.store.quotas import cells_of

WAVE = "/waves/kz-thb/2027"
NEXT = {"name": "2028", "alias": "opinion-28", "opens": "2028-05-08", "closes": "2028-06-04"}
QUOTA = {
    "name": "young", "target": "50", "item": "AGE", "answers": "18-29", "kind": "hard", "counts": "complete",
}  # fmt: skip


def stored(database: Database, name: str = "kz-thb/2027") -> Wave:
    """The wave as it is kept."""
    with database.reading() as session:
        return waves.find_wave(session, name)


def test_the_next_wave_is_made_from_the_last_and_its_key_is_shown_once(
    director: Any, office: Any, open_wave: Wave, database: Database, config: Config
) -> None:
    sent = director.post(f"{WAVE}/clone", page=f"{WAVE}/clone", **NEXT)
    assert sent.status_code == 200, sent.text
    key = re.search(r'<code class="keep">([0-9a-f]{64})</code>', sent.text)
    assert key
    assert f'href="data:text/plain,{key[1]}"' in sent.text
    files = [path for path in Path(config.home).rglob("*") if path.is_file() and path.stat().st_size < 10_000]
    assert all(key[1].encode() not in path.read_bytes() for path in files), "and is on the server no more"
    made = stored(database, "kz-thb/2028")
    assert (made.state, made.cloned_from, made.opens) == ("draft", "2027", date(2028, 5, 8))
    assert office.acts("wave.clone") == [("aigul", "wave.clone", "kz-thb/2028")]
    again = director.post(f"{WAVE}/clone", page=f"{WAVE}/clone", **NEXT)
    assert again.status_code == 409


@pytest.mark.parametrize("wrong", [{"alias": "trafficking"}, {"closes": "2028-01-01"}, {"name": "../x"}])
def test_a_next_wave_that_makes_no_sense_is_not_made(
    director: Any, open_wave: Wave, database: Database, config: Config, wrong: dict[str, str]
) -> None:
    sent = director.post(f"{WAVE}/clone", page=f"{WAVE}/clone", **(NEXT | wrong))
    assert sent.status_code == 409
    assert "expected:" in sent.text
    assert not list(config.keys.glob("tolqyn-*"))
    assert (
        director.post(f"{WAVE}/clone", page=f"{WAVE}/clone", **(NEXT | {"opens": "May"})).status_code == 400
    )


def test_a_role_in_one_wave_makes_no_other(office: Any, open_wave: Wave) -> None:
    office.account("berik", ("field_manager", "kz-thb/2027"))
    sent = office.at("berik").post(f"{WAVE}/clone", page=f"{WAVE}/clone", **NEXT)
    assert sent.status_code == 409
    assert "holds for this wave alone" in sent.text


def test_settings_of_a_draft_change_and_of_an_open_wave_the_first_day_stays(
    director: Any, make_wave: Any, database: Database
) -> None:
    make_wave()
    given = {"organisation": "Rodnik", "contact": "+7", "opens": "2027-05-11", "closes": "2027-06-30"}
    assert (
        director.post(f"{WAVE}/settings", page=f"{WAVE}/settings", target="900", **given).status_code == 303
    )
    found = stored(database)
    assert (found.organisation, found.closes, found.design["target"]) == ("Rodnik", date(2027, 6, 30), 900)
    backwards = director.post(
        f"{WAVE}/settings", page=f"{WAVE}/settings", **(given | {"closes": "2027-05-01"})
    )
    assert backwards.status_code == 409
    with database.writing() as session:
        waves.find_wave(session, "kz-thb/2027").state = "open"
    moved = director.post(f"{WAVE}/settings", page=f"{WAVE}/settings", **(given | {"opens": "2027-05-01"}))
    assert moved.status_code == 409
    with database.writing() as session:
        waves.find_wave(session, "kz-thb/2027").state = "closed"
    assert director.post(f"{WAVE}/settings", page=f"{WAVE}/settings", **given).status_code == 409


def test_an_item_of_the_record_is_written_by_language(director: Any, make_wave: Any, database: Any) -> None:
    make_wave(disclosure={})
    assert "Missing" in director.get(f"{WAVE}/record").text
    page = f"{WAVE}/record/of/sponsor"
    assert director.post(page, page=page, en="A fund.", ru="Фонд.", kk="left out").status_code == 303
    assert stored(database).disclosure["sponsor"] == {"en": "A fund.", "ru": "Фонд."}
    for key in ("sponsor", *opening.REQUIRED, "population"):
        assert director.get(f"{WAVE}/record/of/{key}").status_code == 200, key
    assert director.get(f"{WAVE}/record/of/nothing").status_code == 404


def test_a_quota_is_added_changed_shut_and_taken_out(director: Any, make_wave: Any, database: Any) -> None:
    make_wave()
    page = f"{WAVE}/quotas"
    assert director.post(page, page=page, **QUOTA).status_code == 303
    (cell,) = cells_of(stored(database))
    assert cell.when == {"all": [{"item": "AGE", "ge": 18}, {"item": "AGE", "le": 29}]}
    both = {"name": "old", "answers": "30-99"}
    assert director.post(page, page=page, **(QUOTA | both)).status_code == 303
    for what, more in (("target", {"target": "60"}), ("shut", {}), ("reopen", {}), ("shut", {})):
        assert director.post(f"{page}/change", page=page, cell="young", what=what, **more).status_code == 303
    assert [(c.name, c.target, c.closed) for c in cells_of(stored(database))] == [
        ("young", 60, True),
        ("old", 50, False),
    ]
    assert director.post(f"{page}/change", page=page, cell="young", what="remove").status_code == 303
    assert [(c.number, c.name) for c in cells_of(stored(database))] == [(1, "old")]


@pytest.mark.parametrize(
    "wrong",
    [{"answers": "men"}, {"item": "NONE"}, {"item": "SEEN", "answers": "2"}, {"target": "29"}, {"kind": "x"}],
)
def test_a_quota_that_makes_no_sense_is_not_added(
    director: Any, make_wave: Any, database: Any, wrong: dict[str, str]
) -> None:
    make_wave()
    sent = director.post(f"{WAVE}/quotas", page=f"{WAVE}/quotas", **(QUOTA | wrong))
    assert sent.status_code in (400, 409)
    assert cells_of(stored(database)) == ()


def test_counts_of_quotas_are_the_day_s_rounded_and_nothing_below_ten(
    director: Any, make_wave: Any, database: Database, answer: Callable[..., str]
) -> None:
    """A cell may be a trade in a region; and a look after a reminder shows what the look before it showed."""

    def at_least() -> str:
        found = re.search(r'<span class="of">At least</span>\s*<span>([^<]+)</span>', director.get(page).text)
        return found[1] if found else ""

    def answered(name: str) -> None:
        for place in range(9):
            ballot = answer(stored(database), f"{name}-{place}")
            with database.writing() as session:
                session.execute(update(Ballot).where(Ballot.ballot == ballot).values(cells="1"))

    make_wave()
    page, today, now = f"{WAVE}/quotas", study_today(), datetime.now(UTC)
    director.post(page, page=page, **(QUOTA | {"answers": "18-99"}))
    assert at_least() == "–"
    with database.writing() as session:
        wave = waves.find_wave(session, "kz-thb/2027")
        opening.open_wave(session, wave, waves.questionnaire_of(session, wave), wave.opens)
    answered("t")
    take_snapshot(database, stored(database).id, today - timedelta(days=1), now - timedelta(days=1))
    assert at_least() == "0"
    answered("v")
    assert at_least() == "0"
    take_snapshot(database, stored(database).id, today, now)
    assert at_least() == "15"
    added = director.post(page, page=page, **(QUOTA | {"name": "more", "answers": "12-17"}))
    assert added.status_code == 409, "cells are those with which the wave opened"
    shown = director.get(page).text
    assert "Add a quota" not in shown
    assert "quotas are those with which the wave opened" in shown


def test_a_quota_is_said_in_words(director: Any, make_wave: Any, small: Questionnaire) -> None:
    make_wave()
    page = f"{WAVE}/quotas"
    director.post(page, page=page, **QUOTA)
    age = small.items["AGE"]
    name = age.label.get("en") or age.text["en"]
    shown = html.unescape(director.get(page).text)
    assert f"{name} ≥ 18 and {name} ≤ 29" in shown
    assert "{'item'" not in shown
    assert "Add a quota" in shown


def test_a_reminder_is_one_letter_for_a_batch_and_a_poster_needs_an_open_link(
    director: Any, office: Any, make_wave: Any, database: Database
) -> None:
    make_wave()
    sent = director.post(f"{WAVE}/invite", page=f"{WAVE}/invite", batch="b-1", size="10", reason="x")
    assert sent.status_code == 200
    printed = director.post(f"{WAVE}/remind", page=f"{WAVE}/sites", of="b-1", letters="ru")
    assert printed.mimetype == "application/pdf"
    with pikepdf.open(io.BytesIO(printed.data)) as letter:
        assert len(letter.pages) == 1
    assert director.post(f"{WAVE}/remind", page=f"{WAVE}/sites", of="none").status_code == 409
    assert "a poster would let nobody in" in director.get(f"{WAVE}/sites").text
    refused = director.post(f"{WAVE}/sites", page=f"{WAVE}/sites", name="Clinic", word="clinic")
    assert refused.status_code == 409


def test_a_site_has_an_address_and_a_poster(director: Any, make_wave: Any) -> None:
    make_wave(access="open", sample_type="nonprobability")
    assert (
        director.post(f"{WAVE}/sites", page=f"{WAVE}/sites", name="Clinic", word="clinic").status_code == 303
    )
    assert "/s/opinion-27/p/clinic" in director.get(f"{WAVE}/sites").text
    printed = director.post(
        f"{WAVE}/sites/poster", page=f"{WAVE}/sites", of="clinic", size="A5", letters="ru"
    )
    assert printed.mimetype == "application/pdf"


def test_the_calendar_is_a_list_and_a_file(director: Any, make_wave: Any) -> None:
    make_wave()
    assert "Last day on which somebody may begin" in director.get(f"{WAVE}/calendar").text
    assert director.get(f"{WAVE}/calendar.ics").text.startswith("BEGIN:VCALENDAR")


def test_an_interviewer_s_link_is_shown_once_and_opens_the_wave(
    director: Any, office: Any, make_wave: Any
) -> None:
    make_wave()
    sent = director.post(f"{WAVE}/interviewers", page=f"{WAVE}/interviewers", name="I07")
    link = re.search(r"/s/opinion-27/w/([A-Z2-7]{26})", sent.text)
    assert link
    listed = director.get(f"{WAVE}/interviewers").text
    assert "I07" in listed and link[1] not in listed
    assert director.post(f"{WAVE}/interviewers", page=f"{WAVE}/interviewers", name="Aigul").status_code == 409


def test_an_interviewer_sees_numbers_and_rules_and_no_results(office: Any, open_wave: Wave) -> None:
    office.account("dana", ("interviewer", "kz-thb/2027"))
    person = office.at("dana")
    shown = person.get("/asking").text
    assert "When somebody tells you of harm" in shown and "Small study" in shown
    for path in ("/waves", WAVE, f"{WAVE}/monitor", f"{WAVE}/quotas", f"{WAVE}/texts", "/releases"):
        assert person.get(path).status_code in (403, 404), path
    office.account("elena", ("interviewer", "another"))
    assert "No wave is yours yet" in office.at("elena").get("/asking").text


def test_a_translator_sees_what_is_wrong_first_and_nothing_of_answers(
    office: Any, make_wave: Any, document: dict[str, Any]
) -> None:
    document["title"]["ru"] = ""
    document["public_title"]["ru"] = "Opinion"
    make_wave(Questionnaire.from_json(json.dumps(document)))
    office.account("maral", ("translator", "kz-thb"))
    person = office.at("maral")
    shown = person.get(f"{WAVE}/wording/ru").text
    assert (
        shown.index("Missing</span>") < shown.index("The same as the source</span>") < shown.index("Согласен")
    )
    assert "Wording and translations" in person.get(WAVE).text
    for path in ("settings", "quotas", "batches", "monitor", "texts"):
        assert person.get(f"{WAVE}/{path}").status_code == 403, path


@pytest.fixture
def own_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Questionnaire:
    """The library's shortest questionnaire, in a folder that a test may write into."""
    import shutil

    from survey.console import wording

    name = "kz_thb_pulse"
    source = instruments.library_path("kz_thb_core").parents[1]
    shutil.copytree(source, tmp_path / "library")
    real = instruments.library_path(name)
    copied = tmp_path / "library" / name / real.name
    monkeypatch.setattr(wording, "library_path", lambda *_: copied)
    return instruments.load(copied)


def test_a_workbook_goes_out_comes_back_checked_and_is_taken_in(
    director: Any, office: Any, make_wave: Any, own_library: Questionnaire, database: Database
) -> None:

    import openpyxl

    make_wave(own_library, languages=("kk", "ru"), access="open", sample_type="nonprobability")
    before = stored(database).fingerprint
    page = f"{WAVE}/wording/ru"
    book = openpyxl.load_workbook(io.BytesIO(director.get(f"{WAVE}/wording/ru/workbook").data))
    sheet = book.worksheets[-2] if book.worksheets[-1].sheet_state != "visible" else book.worksheets[-1]
    place = next(c for row in sheet.iter_rows() for c in row if c.value == own_library.title["ru"])
    place.value = "Короткий опрос"
    packed = io.BytesIO()
    book.save(packed)

    def send(**more: Any) -> Any:
        file = (io.BytesIO(packed.getvalue()), "core-ru.xlsx")
        return director.post(page, page=page, workbook=file, **more)

    shown = send()
    assert shown.status_code == 200, shown.text
    assert "<ins>Короткий опрос</ins>" in shown.text
    assert stored(database).fingerprint == before, "looking changes nothing"
    assert "Taken in." in send(take="y").text
    assert stored(database).fingerprint != before
    assert office.acts("wave.wording") == [("aigul", "wave.wording", "kz-thb/2027")]
    broken = (io.BytesIO(b"no workbook"), "x.xlsx")
    refused = director.post(page, page=page, workbook=broken)
    assert refused.status_code == 409
    assert "x.xlsx: This is no workbook that can be read." in refused.text
    assert "workbook.xlsx:" not in refused.text, "the name of the copy that was read"


def test_words_are_read_only_where_the_key_is_and_respondents_are_not(
    office: Any, director: Any, open_wave: Wave, database: Database, config: Config, tmp_path: Path,
    answer: Callable[..., str],
) -> None:  # fmt: skip
    from dataclasses import replace

    from survey.fieldwork.ending import close_for_good
    from tests.survey.console.conftest import Office, quicken

    assert "only after the wave is closed" in director.get(f"{WAVE}/texts").text
    answer(open_wave, "a", words="I am held at a farm")
    answer(open_wave, "b", words="Nothing to say")
    single = replace(config, two_person=False)
    close_for_good(single, database, "kz-thb/2027", by="x", actor="x")
    shown = director.get(f"{WAVE}/texts").text
    assert "this machine cannot open them" in shown and "tolqyn text export" in shown
    assert director.post(f"{WAVE}/texts/look", page=f"{WAVE}/texts").status_code == 409
    key = (tmp_path / "opinion-27.textkey").read_bytes()
    (config.keys / "text-opinion-27.key").write_bytes(key)
    assert director.post(f"{WAVE}/texts/look", page=f"{WAVE}/texts").status_code == 409, "respondents come in"
    app = create_app(replace(config, faces=("console",)))
    quicken(app)
    reader = Office(app, database).at("aigul")
    page = f"{WAVE}/texts"
    assert "2 texts wait." in reader.get(page).text
    assert "I am held" not in reader.get(page).text
    with database.reading() as session:
        unread = [str(number) for number in session.scalars(select(SealedText.id))]
    for number in unread:
        blind = reader.post(f"{WAVE}/texts/decide", page=page, text=number, verdict="keep")
        assert blind.status_code == 409
        assert "Open the text first" in blind.text
    assert not office.acts("text.")
    for verdict in ("refer", "keep"):
        read = reader.post(f"{WAVE}/texts/look", page=page)
        assert "When to refer" in read.text
        number = re.search(r'name="text" value="(\d+)"', read.text)
        assert number
        sent = reader.post(f"{WAVE}/texts/decide", page=page, text=number[1], verdict=verdict)
        assert sent.status_code == 303
    assert "0 texts wait." in reader.get(page).text
    assert [what for _, what, _ in office.acts("text.")] == ["text.look", "text.decide"] * 2
    kept = (Path(config.home) / "texts" / "opinion-27.review").read_text()
    assert ("I am held" in kept) != ("Nothing to say" in kept), "a referred text is kept in no file"
    app.extensions["tolqyn"].database.close()


@pytest.mark.parametrize(
    "name", ["lines", "batches", "record", "quotas", "sites", "calendar", "interviewers", "design", "mail"]
)
def test_every_list_is_taken_away_with_a_reason_and_a_trace(
    director: Any, office: Any, make_wave: Any, name: str
) -> None:
    make_wave()
    page = f"{WAVE}/{name}"
    assert director.post(f"{page}/export", page=page, reason="", format="csv").status_code == 400
    sent = director.post(f"{page}/export", page=page, reason="for the file", format="csv")
    assert sent.mimetype == "text/csv"
    assert len(office.acts("console.export")) == 1
    assert director.get(f"{page}?q=nothing-like-this").status_code == 200
