"""A form's number from the printer to the close: draws, versions, stopping, taking back, what is kept."""

import json
import subprocess
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from instruments import Questionnaire
from survey.config import Config, study_today
from survey.release import build_release
from survey.store import closing, versions, waves
from survey.store import paper as store
from survey.store.engine import Database
from survey.store.interviews import dispositions
from survey.store.invitations import BatchSpec
from survey.store.models import Ballot, PageAnswer, PaperEntry, PaperForm

Office = Any


def closed(database: Database, config: Config, alias: str) -> Any:
    """The wave, closed and cleaned up."""
    with database.writing() as session:
        found = waves.find_wave(session, alias)
        closing.propose_close(session, found, "a")
        closing.close_wave(session, found, by="b", two_person=True, today=found.opens)
    closing.clean_up(database, config.keys, found)
    return found


def count(database: Database, model: type) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def enter(
    ours: Office, rows: dict[int, dict[str, str]], second: dict[int, dict[str, str]] | None = None
) -> Any:
    """Two fresh files of these rows, entered."""
    for name in ("a.csv", "b.csv"):
        (ours.folder / name).unlink(missing_ok=True)
    files = ours.type_in("a.csv", rows), ours.type_in("b.csv", second or rows)
    return ours.tolqyn("paper", "enter", ours.wave.alias, *files)


def test_printed_forms_show_what_entry_reckons_with(office: Callable[..., Office], tmp_path: Path) -> None:
    ours = office("vignette", 0)
    out = tmp_path / "forms"
    words = ("wave", "paper", "paper-a", "--batch", "b", "--out", out)
    printed = ours.tolqyn(*words, "--n", "3")
    assert printed.exit_code == 0, printed.output
    assert sorted(path.name for path in out.iterdir()) == ["form-1.pdf", "form-2.pdf", "form-3.pdf"]
    for form in (1, 2, 3):
        run = subprocess.run(
            ["pdftotext", out / f"form-{form}.pdf", "-"], capture_output=True, text=True, check=True
        )
        said = " ".join(run.stdout.split())
        own = ours.draw(form)
        assert ours.questionnaire.items["STORY"].shown_text(own)["en"] in said
        assert f"STORY_WHO = {own.variables()['STORY_WHO']}" in said
        assert f"{form} · paper-a" in said
        assert ours.key.paper(form) not in said
    (out / "form-2.pdf").unlink()
    again = ours.tolqyn(*words)
    assert "1 printed now" in again.output
    more = ours.tolqyn("wave", "paper", "paper-a", "--n", "1", "--batch", "c", "--out", tmp_path / "c")
    assert "forms 4 to 4" in more.output
    assert ours.tolqyn(*words, "--n", "1").exit_code == 1
    unknown = ours.tolqyn("wave", "paper", "paper-a", "--batch", "x", "--out", out)
    assert unknown.exit_code == 1
    status = ours.tolqyn("wave", "status", "paper-a").output
    assert "paper b: forms 1 to 3\n" in status, "how many came back of three forms is told to nobody"


def test_nobody_can_draw_a_form_again_without_the_key(office: Callable[..., Office]) -> None:
    ours = office("battery", 0)
    public = ours.questionnaire.draw("paper form 1")
    orders = {
        name: [ours.draw(form).order(name) for form in range(1, 9)] for name in ours.questionnaire.plan.orders
    }
    assert any(each[0] != public.order(name) or len(set(each)) > 1 for name, each in orders.items())


def test_a_broken_off_form_is_a_partial_interview(
    office: Callable[..., Office], database: Database, config: Config
) -> None:
    ours = office("routing")
    row = {"interview day": "2027-05-12", "interview language": "en", "HEARD": "1"}
    assert enter(ours, {1: {**row, "stopped after": "HEARD"}}).exit_code == 0
    late = enter(ours, {2: {**row, "MEDIA_1": "1", "stopped after": "HEARD"}})
    assert late.exit_code == 1
    assert "nothing after HEARD" in late.output
    with database.reading() as session:
        (ballot,) = session.scalars(select(Ballot)).all()
        (page,) = session.scalars(select(PageAnswer)).all()
    assert (ballot.state, ballot.mode, page.answers) == ("stopped", "papi", {"HEARD": 1})
    found = closed(database, config, "paper-a")
    with database.reading() as session:
        assert sum(dispositions(session, found).values()) == 1
        assert set(dispositions(session, found)) <= {"partial", "breakoff"}


def test_a_screened_out_form_is_only_counted(
    office: Callable[..., Office], database: Database, config: Config
) -> None:
    ours = office("exits")
    row = {"interview day": "2027-05-12", "interview language": "en", "AGREE": "1", "AGE": "40", "LIVES": "2"}
    result = enter(ours, {1: row})
    assert result.exit_code == 0, result.output
    found = closed(database, config, "paper-a")
    with database.reading() as session:
        assert dispositions(session, found) == {"screenout": 1}


def test_a_form_is_entered_once(office: Callable[..., Office], database: Database) -> None:
    ours = office("entry")
    rows = {form: ours.row(form) for form in (1, 2)}
    assert enter(ours, rows).exit_code == 0
    before = count(database, PageAnswer)
    grown = enter(ours, {**rows, 3: ours.row(3)})
    assert "1 forms entered, 2 were known before" in grown.output
    assert count(database, PageAnswer) > before
    other = enter(ours, {1: {**rows[1], "WORDS": "something else"}})
    assert other.exit_code == 1
    assert "what was entered before" in other.output
    unknown = enter(ours, {7: rows[1]})
    assert "1 to 6" in unknown.output
    assert count(database, Ballot) == count(database, PaperForm) == 3


def test_a_form_is_taken_back_until_the_close(
    office: Callable[..., Office], database: Database, config: Config
) -> None:
    ours = office("entry")
    rows = {form: ours.row(form) for form in (1, 2, 3)}
    enter(ours, {1: rows[1], 3: rows[3]})
    entered = ours.tolqyn("wave", "withdraw", "paper-a", "--form", "1")
    assert "answers of form 1 are deleted" in entered.output
    barred = ours.tolqyn("wave", "withdraw", "paper-a", "--form", "2")
    assert "not entered yet" in barred.output
    assert "before" in ours.tolqyn("wave", "withdraw", "paper-a", "--form", "1").output
    assert ours.tolqyn("wave", "withdraw", "paper-a", "--form", "9").exit_code == 1
    for form in (1, 2):
        late = enter(ours, {form: rows[form]})
        assert late.exit_code == 1
        assert "taken back" in late.output
    with database.reading() as session:
        kept = session.scalars(select(PageAnswer.ballot)).all()
    assert set(kept) == {ours.key.paper(3)}
    assert count(database, PaperForm) == 1
    closed(database, config, "paper-a")
    after = ours.tolqyn("wave", "withdraw", "paper-a", "--form", "3")
    assert after.exit_code == 1
    assert "no number leads to an interview" in after.output
    refused = ours.tolqyn("paper", "enter", "paper-a", ours.folder / "a.csv", ours.folder / "b.csv")
    assert refused.exit_code == 1
    assert "destroyed" in refused.output


def test_the_close_leaves_nothing_that_leads_to_a_number(
    office: Callable[..., Office], database: Database, config: Config
) -> None:
    ours = office("entry")
    enter(ours, {form: ours.row(form) for form in (1, 2, 3)})
    ballots = [ours.key.paper(form) for form in (1, 2, 3)]
    closed(database, config, "paper-a")
    assert count(database, PaperForm) == count(database, Ballot) == 0
    if database.engine.dialect.name == "sqlite":
        stored = b"".join(path.read_bytes() for path in config.home.glob("tolqyn.sqlite*"))
        assert not any(ballot.encode() in stored for ballot in ballots)


def test_the_release_says_how_well_the_clerks_agreed(
    *,
    office: Callable[..., Office],
    database: Database,
    config: Config,
    small: Questionnaire,
    look_up: Callable[..., None],
) -> None:
    last = study_today()
    days = {"opens": last - timedelta(days=7), "closes": last + timedelta(days=7)}
    ours = office(small, synthetic=False, languages=("en", "ru"), **days)
    rows = {form: {**ours.row(form), "interview day": last.isoformat(), "AGE": "37"} for form in (1, 2)}
    slip = {**rows, 1: {**rows[1], "AGE": "38"}}
    first, second = ours.type_in("a.csv", rows), ours.type_in("b.csv", slip)
    out = ours.folder / "d.csv"
    ours.tolqyn("paper", "compare", "paper-a", first, second, "--out", out)
    look_up(out, {("1", "AGE"): "first"})
    result = ours.tolqyn("paper", "enter", "paper-a", first, second, "--corrected", out)
    assert result.exit_code == 0, result.output
    with database.reading() as session:
        tally = session.scalars(select(PaperEntry)).one()
    assert (tally.forms, tally.mismatches) == (2, 1)
    found = closed(database, config, "paper-a")
    with database.writing() as session:
        wave = waves.find_wave(session, "paper-a")
        release = build_release(session, wave, config.home, today=found.closes)
    record = json.loads((release.folder / "fieldwork.json").read_text("utf-8"))
    assert record["paper"] == {
        "printed": 6,
        "forms": 2,
        "cells": tally.cells,
        "mismatches": 1,
        "disagreement": pytest.approx(1 / tally.cells),
    }
    assert record["modes"] == {"papi": 2}
    assert record["invitations"] is None
    assert record["median_seconds"] is None


def test_a_form_is_judged_and_kept_by_the_version_it_was_printed_from(
    office: Callable[..., Office], database: Database, document: dict[str, Any]
) -> None:
    ours = office(Questionnaire.from_json(json.dumps(document)), languages=("en", "ru"))
    document["version"] = "2"
    document["items"]["SEEN"]["text"]["en"] = "Have you seen it!"
    document["items"]["SEEN"]["wording"] = 2
    reason = {"en": "A misprint.", "ru": "Опечатка."}
    document["items"]["SEEN"]["compare"] = {"1": {"kind": "editorial", "reason": reason}}
    later = Questionnaire.from_json(json.dumps(document))
    with database.writing() as session:
        wave = waves.find_wave(session, "paper-a")
        versions.correct(session, wave, later, {"en": "A misprint"}, wave.opens)
        store.add_forms(session, wave, BatchSpec("two", 1, few="a test"), "ru")
    result = enter(ours, {form: ours.row(form) for form in (1, 7)})
    assert result.exit_code == 0, result.output
    with database.reading() as session:
        kept = {b.ballot: b.fingerprint for b in session.scalars(select(Ballot))}
    assert kept == {ours.key.paper(1): ours.questionnaire.fingerprint, ours.key.paper(7): later.fingerprint}
