"""From forms filled in to the release: the same as from the same people with the same draws on the web."""

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from flask import Flask
from lxml import html
from sqlalchemy import func, select
from werkzeug.datastructures import MultiDict

from instruments import KINDS, Questionnaire, load
from survey import create_app
from survey.config import Config
from survey.interview.fields import FIELD_BUILDERS
from survey.interview.state import COOKIE, Seals, State
from survey.keys import unseal
from survey.paper.kinds import ENTERED
from survey.release import survey_data
from survey.store import closing, opening, waves
from survey.store.ballots import Ballot
from survey.store.engine import Database
from survey.store.models import SealedText, Wave

TINY = Path(__file__).resolve().parents[2] / "library"
INSTRUMENTS = (
    "battery", "blocks", "crosswise", "date", "entry", "exits", "info", "list_experiment", "other",
    "ranking", "recalls", "routing", "several", "single", "splits", "structure", "vignette",
)  # fmt: skip
PARADATA = ("pages_seen", "answer_changes", "error_rounds", "hidden_field")
"""How pages were answered: nobody watches a form being filled in."""
FORMS = 5


def test_every_kind_can_be_typed() -> None:
    assert ENTERED.keys() == KINDS.keys()
    assert {
        load(TINY / f"{name}.yaml").items[item].kind
        for name in INSTRUMENTS
        for item in load(TINY / f"{name}.yaml").items
    } == set(KINDS)


@pytest.fixture
def app(config: Config) -> Any:
    made = create_app(config)
    yield made
    made.extensions["tolqyn"].database.close()


def answer_on_web(
    app: Flask, wave: Wave, questionnaire: Questionnaire, ballot: str, answers: dict[str, Any]
) -> None:
    """Answer the real pages with these answers, as somebody whose ballot has these draws."""
    client = app.test_client()
    client.set_cookie(
        COOKIE,
        Seals(app.extensions["tolqyn"].secrets, wave.alias).cookie(State(ballot, "en", stage=wave.stage)),
        path=f"/s/{wave.alias}",
    )
    raw = MultiDict()
    for name, value in answers.items():
        item = questionnaire.items[name]
        sent = {name: [value]} if item.kind == "text" else FIELD_BUILDERS[item.kind].raw(item, value)
        for field, texts in sent.items():
            raw.setlist(field, texts)
    draw = questionnaire.draw(ballot)
    path = f"/s/{wave.alias}/q/{questionnaire.next_page(0, {}, draw)}"
    for _ in range(4 * len(questionnaire.pages)):
        page = html.document_fromstring(client.get(path).get_data(as_text=True))
        form = page.get_element_by_id("survey")
        data = MultiDict((e.get("name"), e.get("value")) for e in form.xpath(".//input[@type='hidden']"))
        shown = {e.get("name") for e in form.xpath(".//input | .//select | .//textarea")}
        for name in shown & raw.keys():
            data.setlist(name, raw.getlist(name))
        data.add("go", "next")
        reply = client.post(path, data=data)
        assert reply.status_code in (303, 422), reply.get_data(as_text=True)
        if reply.status_code == 422:  # words and a blank on one page: asked about once more
            again = html.document_fromstring(reply.get_data(as_text=True)).get_element_by_id("survey")
            data.setlist("csrf_token", again.xpath(".//input[@name='csrf_token']/@value"))
            reply = client.post(path, data=data)
            assert reply.status_code == 303, reply.get_data(as_text=True)
        path = reply.headers["Location"]
        if path.endswith("/done"):
            return
    raise AssertionError("the interview does not end")


def released(
    database: Database, config: Config, wave: Wave, private: bytes
) -> tuple[pd.DataFrame, list[tuple[str, str]]]:
    """The wave closed: its answers in an order of their own, and the words people wrote."""
    with database.writing() as session:
        found = waves.find_wave(session, wave.alias)
        closing.propose_close(session, found, "a")
        closing.close_wave(session, found, by="b", two_person=True, today=found.opens)
    closing.clean_up(database, config.keys, found)
    with database.reading() as session:
        frame = survey_data(session, found).frame.drop(columns=["wave", "mode", *PARADATA], errors="ignore")
        query = select(SealedText.item, SealedText.box).where(SealedText.wave == found.id)
        words = sorted((row[0], unseal(private, row[1])) for row in session.execute(query))
    return frame.sort_values(list(frame.columns)).reset_index(drop=True), words


@pytest.mark.parametrize("name", (*INSTRUMENTS, "kz_thb_core"))
def test_two_clerks_and_a_supervisor_store_what_the_web_would(
    name: str,
    database: Database,
    config: Config,
    app: Flask,
    office: Callable[..., Any],
    make_wave: Callable[..., Wave],
    by_somebody: Callable[..., dict[str, Any]],
    as_typed: Callable[..., dict[str, str]],
    slips: Callable[..., dict[str, str]],
    look_up: Callable[..., None],
    tmp_path: Path,
) -> None:
    ours = office(name, FORMS)
    people = {
        form: by_somebody(ours.questionnaire, ours.draw(form), random.Random(f"{name} {form}"))
        for form in range(1, FORMS + 1)
    }
    rows = {form: as_typed(ours.questionnaire, ours.draw(form), people[form]) for form in people}
    chance = random.Random(name)
    wrong = {form: slips(row, list(row), chance) for form, row in rows.items()}
    first, second = ours.type_in("a.xlsx", rows), ours.type_in("b.csv", wrong)
    differences = tmp_path / "differences.csv"

    result = ours.tolqyn("paper", "compare", "paper-a", first, second, "--json", "--out", differences)
    found = json.loads(result.stdout)
    expected = {
        (form, column) for form in rows for column in rows[form] if rows[form][column] != wrong[form][column]
    }
    assert {(m["form"], m["column"]) for m in found["mismatches"]} == expected
    assert result.exit_code == 1
    refused = ours.tolqyn("paper", "enter", "paper-a", first, second)
    assert refused.exit_code == 1
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Ballot)) == 0

    look_up(differences, {(str(form), column): text for form in rows for column, text in rows[form].items()})
    entered = ours.tolqyn("paper", "enter", "paper-a", first, second, "--corrected", differences)
    assert entered.exit_code == 0, entered.output
    assert f"{FORMS} forms entered" in entered.output
    assert "tolqyn db rewrite" in entered.output
    assert f"differed in {len(expected)} of" in entered.output
    again = ours.tolqyn("paper", "enter", "paper-a", first, second, "--corrected", differences)
    assert again.exit_code == 0, again.output
    assert f"0 forms entered, {FORMS} were known" in again.output
    assert "db rewrite" not in again.output

    ballots = {form: ours.key.paper(form) for form in people}
    paper, paper_words = released(
        database, config, ours.wave, bytes.fromhex((tmp_path / "paper-a.textkey").read_text())
    )
    web = make_wave(
        ours.questionnaire, alias="web-b", name="b", access="open", synthetic=True, languages=("en",),
        disclosure=dict.fromkeys(opening.REQUIRED, "Nothing real."),
    )  # fmt: skip
    with database.writing() as session:
        web = waves.find_wave(session, "web-b")
        opening.open_wave(session, web, ours.questionnaire, web.opens)
    for form, answers in people.items():
        answer_on_web(app, web, ours.questionnaire, ballots[form], answers)
    by_web, web_words = released(
        database, config, web, bytes.fromhex((tmp_path / "web-b.textkey").read_text())
    )
    pd.testing.assert_frame_equal(paper, by_web)
    assert paper_words == web_words
    assert not any("701" in words for _, words in paper_words)
