"""Waves with interviewers and with paper forms robbed: what a thief makes of a number, a place, an order."""

import re
from pathlib import Path

import pytest

from survey import keys
from survey.store import conversion
from survey.store.rewriting import forget_log, rewrite_tables
from survey.thief import Score, Truth, attack_own, look_before, trials, watched, within
from survey.thief.loot import names_in
from survey.thief.postgres import log_segments
from survey.thief.wal import stream

from .conftest import Field
from .on_foot import Doors, Office
from .test_anonymity import PEOPLE, SECRETS, at_chance, tell
from .test_leaks import ALMOST_ALL, by_name


@pytest.fixture
def doors(in_field: Field) -> Doors:
    """Interviewers in a wave."""
    return Doors(in_field.database, in_field.config, in_field.wave)


@pytest.fixture
def office(in_field: Field) -> Office:
    """Paper forms in a wave."""
    return Office(in_field.database, in_field.config, in_field.wave)


def among_all_and_each(field: Doors, truth: Truth, folder: Path) -> list[Score]:
    """Whoever saw every door open; and each interviewer, who knows his own alone."""
    found = []
    for table, column in SECRETS:
        stolen = field.stolen(table, column, folder)
        found += trials(field.seen(), stolen, truth)
        found += within(field.seen(), stolen, truth, field.groups())
    return found


@pytest.mark.parametrize("people", PEOPLE)
def test_no_interviewer_finds_out_his_respondents(doors: Doors, tmp_path: Path, people: int) -> None:
    """His number stands in the ballot, and he knows in which order his doors opened."""
    database = doors.database
    dialect = database.engine.dialect.name
    doors.answer(doors.invite(people))
    truth = doors.ballots(doors.tokens)
    seen = among_all_and_each(doors, truth, tmp_path)
    tell(f"{dialect}: interviewers, in the field, watched", max(seen, key=lambda score: score.found))
    assert not all(score.at_chance for score in seen), "before the night some are found out: the loot is real"

    rewrite_tables(database)
    assert forget_log(database) == ()
    at_chance(among_all_and_each(doors, truth, tmp_path), "interviewers, rewritten, watched", dialect)

    with database.reading() as session:
        before = look_before(session, doors.wave)
    verdict = attack_own(database, before, doors.close())
    assert forget_log(database) == ()
    assert verdict.held, verdict
    assert re.search(
        r"chance gives up to \d+; inside groups \d+, where chance gives up to \d+$", verdict.summary()
    )
    interviews = doors.interviews()
    assert len(interviews) == people
    scores = []
    for table, column in (("interview", "id"), ("answer", "interview")):
        stolen = doors.stolen(table, column, tmp_path)
        scores += trials(doors.seen(), stolen, interviews)
        scores += within(doors.seen(), stolen, interviews, doors.groups(interviews))
    at_chance(scores, "interviewers, closed, watched", dialect)


@pytest.mark.parametrize("people", PEOPLE)
def test_no_form_is_found_by_its_number(office: Office, tmp_path: Path, people: int) -> None:
    """Forms are typed in the order of their numbers, which everybody may know."""
    database = office.database
    dialect = database.engine.dialect.name
    office.answer(office.invite(people))
    truth = office.ballots(office.tokens)
    tables = (*SECRETS, ("paper_form", "ballot"))

    def attacks() -> list[Score]:
        return [
            score
            for table, column in tables
            for people in (office.seen(), watched((), office.listed))
            for score in trials(people, office.stolen(table, column, tmp_path), truth)
        ]

    evening = attacks()
    tell(f"{dialect}: paper, in the evening", max(evening, key=lambda score: score.near))
    if dialect == "postgresql":
        assert not all(score.at_chance for score in evening), "a sitting's forms are known as that sitting's"

    rewrite_tables(database)
    assert forget_log(database) == ()
    at_chance(attacks(), "paper, rewritten, numbers known", dialect)

    ballots = frozenset(truth.values())
    with database.reading() as session:
        before = look_before(session, office.wave)
    verdict = attack_own(database, before, office.close())
    assert forget_log(database) == ()
    assert verdict.held, verdict
    interviews = office.interviews()
    assert len(interviews) == people
    scores = [
        score
        for table, column in (("interview", "id"), ("answer", "interview"))
        for score in trials(office.seen(), office.stolen(table, column, tmp_path), interviews)
    ]
    at_chance(scores, "paper, closed, numbers known", dialect)
    assert not office.stolen("paper_form", "ballot", tmp_path).orders
    kept = b"".join(path.read_bytes() for path in office.config.home.rglob("*") if path.is_file())
    if dialect == "postgresql":
        with database.engine.connect() as connection:
            kept += b"".join(map(stream, log_segments(connection)))
    assert names_in(kept, ballots) == ()


def test_an_order_kept_for_each_interviewer_is_caught_by_who_looks_inside(
    doors: Doors, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A close that numbers one interviewer's respondents after another's, as they came."""
    doors.answer(doors.invite(150))
    came = {doors.opened[door]: place for place, door in enumerate(doors.tokens)}
    order = sorted(came, key=lambda ballot: (doors.asked_by[ballot], came[ballot]))
    number = {ballot: place for place, ballot in enumerate(order, start=1)}
    monkeypatch.setattr(conversion, "_distinct", lambda n, _: [number[b] for b in sorted(number)][:n])
    with doors.database.reading() as session:
        before = look_before(session, doors.wave)
    verdict = attack_own(doors.database, before, doors.close())
    interviews = doors.interviews()
    stolen = doors.stolen("interview", "id", tmp_path)
    over_all = by_name(trials(doors.seen(), stolen, interviews))
    assert over_all["arrivals beside key order"].relinked < 0.1
    inside = by_name(within(doors.seen(), stolen, interviews, doors.groups(interviews)))
    assert inside["arrivals beside key order, within groups"].relinked >= ALMOST_ALL
    if doors.database.engine.dialect.name == "postgresql":
        assert not verdict.held, "ballots lay in the order of arrival before the close"
        assert verdict.best == len(doors.tokens)
        assert "within groups" in verdict.summary()
    assert keys.token_hash(doors.tokens[0]) in interviews
