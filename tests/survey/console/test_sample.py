"""Strata in the console: set, changed, taken out; refused where codes were drawn."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from survey.config import study_today
from survey.fieldwork.design import design_of
from survey.store import invitations, opening, waves
from survey.store.engine import Database
from survey.store.invitations import BatchSpec
from survey.store.models import Wave

DESIGN = "/waves/kz-thb/2027/design"


def kept(database: Database) -> tuple[dict[str, tuple[int | None, int | None]], int | None]:
    with database.reading() as session:
        found = design_of(waves.find_wave(session, "kz-thb/2027").design)
    return {each.name: (each.target, each.psus) for each in found.strata}, found.target


def send(person: Any, **given: str) -> Any:
    return person.post(DESIGN, **{"name": "cities", "target": "", "psus": "", **given})


def test_strata_are_set_changed_and_taken_out_and_the_whole_is_what_they_add_up_to(
    director: Any, office: Any, make_wave: Callable[..., Wave], database: Database
) -> None:
    make_wave()
    assert "No strata: the sample is drawn from all people at once" in director.get(DESIGN).text
    assert send(director, target="120", psus="14").status_code == 303
    assert kept(database) == ({"cities": (120, 14)}, 120)
    assert send(director, name="villages").status_code == 303
    assert kept(database) == ({"cities": (120, 14), "villages": (None, None)}, 120)
    assert send(director, name="villages", target="80").status_code == 303
    assert kept(database)[1] == 200
    assert "200 interviews are wanted in all" in director.get(DESIGN).text
    assert director.post(f"{DESIGN}/drop", page=DESIGN, stratum="villages").status_code == 303
    assert kept(database) == ({"cities": (120, 14)}, 120)
    assert director.post(f"{DESIGN}/drop", page=DESIGN, stratum="nowhere").status_code == 409
    assert [what for _, what, _ in office.acts("wave.stratum")] == ["wave.stratum"] * 4


@pytest.mark.parametrize("given", [{"name": ""}, {"target": "many"}, {"target": "0"}, {"psus": "-3"}])
def test_a_stratum_that_makes_no_sense_is_not_set(
    director: Any, make_wave: Callable[..., Wave], database: Database, given: dict[str, str]
) -> None:
    make_wave()
    assert send(director, **given).status_code == 400
    assert kept(database) == ({}, None)


@pytest.mark.parametrize(
    ("language", "towns", "villages"),
    [
        ("en", "which the design has not: it has cities, villages", "no batch names stratum villages"),
        ("ru", "которой нет в плане выборки: в нём есть cities, villages", "страту villages не называет"),
        ("kk", "онда бар страталар: cities, villages", "villages стратасы ешбір топтамада"),
        ("uz", "rejada bor stratalar: cities, villages", "villages stratasi hech bir"),
    ],
)
def test_strata_that_only_the_design_or_only_a_batch_names_are_told_in_the_visitor_s_language(
    director: Any,
    make_wave: Callable[..., Wave],
    database: Database,
    language: str,
    towns: str,
    villages: str,
) -> None:
    made = make_wave()
    send(director, target="120")
    send(director, name="villages", target="80")
    director.post("/language", page=DESIGN, lang=language, back=DESIGN)
    before = director.get(DESIGN).text
    assert villages not in before, "no codes yet is the usual order, and no misspelling"
    with database.writing() as session:
        found = waves.find_wave(session, made.alias)
        invitations.invite(session, found, BatchSpec("a", 40, "cities"))
        invitations.invite(session, found, BatchSpec("b", 30, "vilages"))
    shown = director.get(DESIGN).text
    assert towns in shown
    assert villages in shown
    assert "tolqyn wave design kz-thb/2027 FILE" in shown
    assert "tolqyn wave invite kz-thb/2027 --stratum villages" in shown


def test_of_an_open_wave_only_what_is_wanted_changes(
    director: Any, make_wave: Callable[..., Wave], database: Database, rehearsed: None
) -> None:
    today = study_today()
    made = make_wave(opens=today, closes=today + timedelta(days=20))
    send(director, target="120", psus="14")
    with database.writing() as session:
        found = waves.find_wave(session, made.alias)
        invitations.invite(session, found, BatchSpec("a", 40, "cities"))
        invitations.invite(session, found, BatchSpec("b", 30, "steppe"))
        opening.open_wave(session, found, waves.questionnaire_of(session, found), today)
    shown = director.get(DESIGN).text
    assert "No: only batches name it" in shown
    assert ">40<" in shown
    assert send(director, name="villages", target="5").status_code == 409
    assert send(director, target="120", psus="15").status_code == 409
    assert director.post(f"{DESIGN}/drop", page=DESIGN, stratum="cities").status_code == 409
    assert send(director, target="150", psus="14").status_code == 303
    assert kept(database) == ({"cities": (150, 14)}, 150)
