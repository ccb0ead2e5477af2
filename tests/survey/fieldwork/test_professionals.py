"""Professionals answer by their agency's open link: what could be learnt from all that leaves the office."""

import json
import re
from collections.abc import Callable
from datetime import date, timedelta
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from analysis import ReleaseRef, crosstab, proportion, read_release
from instruments import Item, ListExperiment, Number, SeveralOf, SingleChoice, load_library
from survey import keys
from survey.config import Config
from survey.release import build_release
from survey.store import access, ballots, closing, opening, waves
from survey.store.engine import Database
from survey.store.models import Ballot, Wave

ASKED = load_library("kz_thb_professionals")
LANGUAGES = ("kk", "ru")
ROLES = {1: 12, 2: 34, 3: 80, 4: 40}
"""Field of work -> how many answer."""
PARTS = (1, 2, 3, 4, 5)
AGENCIES = ("court-north", "police-south")
FIRST = date(2027, 5, 10)


def some_answer(item: Item, person: int) -> Any:
    if isinstance(item, SingleChoice):
        return item.options[person % len(item.options)].code
    if isinstance(item, SeveralOf):
        return [item.options[0].code]
    if isinstance(item, Number):
        return int(min(max(40, item.min), item.max))
    return 1 if isinstance(item, ListExperiment) else ""


@pytest.fixture
def released(
    database: Database, config: Config, make_wave: Callable[..., Wave]
) -> tuple[ReleaseRef, Wave, list[str]]:
    """A wave of one open link an agency, each with people of every field of work, closed and released."""
    made = make_wave(
        ASKED, alias="work-27", languages=LANGUAGES, sample_type="nonprobability", access="open",
        disclosure=dict.fromkeys(opening.REQUIRED, "Words."), synthetic=True,
    )  # fmt: skip
    with database.writing() as session:
        wave = waves.find_wave(session, made.alias)
        opening.open_wave(session, wave, ASKED, FIRST)
        sites = [
            access.add_site(session, wave, f"{name} agency", name.replace("-", "")[:20]) for name in AGENCIES
        ]
        places = [site.id for site in sites]
    names = []
    people = [role for role, count in ROLES.items() for _ in range(count)]
    with database.writing() as session:
        wave = waves.find_wave(session, made.alias)
        for person, role in enumerate(people):
            ballot = keys.random_ballot()
            names.append(ballot)
            answers, page, draw = {}, 0, ASKED.draw(ballot)
            while (page := ASKED.next_page(page, answers, draw) or 0) > 0:
                shown = [item for item in ASKED.items_on(page, answers, draw) if item.stores]
                given = {item.id: some_answer(item, person) for item in shown}
                fixed = {"P_CONSENT": 1, "P_ADULT": 1, "P_ROLE": role, "P_PART": PARTS[person % 5]}
                given |= {name: value for name, value in fixed.items() if name in given}
                answers |= given
                ballots.save_page(
                    session, wave, ballot, page, given, sealed={}, language="ru", seconds=9,
                    day=FIRST + timedelta(days=person % 11), batch=places[person % 2],
                )  # fmt: skip
            session.get_one(Ballot, ballot).state = "complete"
    with database.writing() as session:
        wave = waves.find_wave(session, made.alias)
        closing.close_wave(session, wave, by="x", two_person=False, today=wave.closes)
        reference = build_release(session, wave, config.home, today=wave.closes)
        return reference, wave, names


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_release_names_no_agency_and_no_time_finer_than_a_week(
    released: tuple[ReleaseRef, Wave, list[str]],
) -> None:
    reference, wave, names = released
    content = {path.name: path.read_bytes() for path in Path(reference.folder).iterdir() if path.is_file()}
    for name, inside in content.items():
        for word in (*AGENCIES, "courtnorth", "policesouth", *names[:20]):
            assert word.encode() not in inside, (name, word)
    fieldwork = json.loads(content["fieldwork.json"])
    assert all(re.fullmatch(r"\d{4}-W\d{2}", week) for week in fieldwork["weeks"])
    days = set(re.findall(rb"\d{4}-\d{2}-\d{2}", b"".join(content.values())))
    allowed = {day.isoformat().encode() for day in (wave.opens, wave.closes)}
    phones = {phone.verified_on.encode() for phone in ASKED.phones.values()}
    within = {day for day in days if wave.opens.isoformat().encode() < day < wave.closes.isoformat().encode()}
    assert within <= allowed | phones
    frame = read_release(reference.folder).frame
    assert not [name for name in frame if re.search("day|time|date|week|site|batch|agency", name)]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_no_role_under_thirty_and_no_role_by_area_under_ten_may_be_published(
    released: tuple[ReleaseRef, Wave, list[str]],
) -> None:
    data = read_release(released[0].folder)
    for indicator in data.codebook.indicators:
        if indicator.statistic != "proportion":
            continue
        table = proportion(data, indicator.variable, code=indicator.code, by="P_ROLE")
        said = {
            int(group.rpartition("=")[2]): row
            for group, row in zip(table["group"], table["publish"], strict=True)
        }
        assert said[1] == "suppress", "twelve judges"
        by_area = proportion(data, indicator.variable, code=indicator.code, by=["P_ROLE", "P_PART"])
        small = by_area["base"] < 30
        assert small.any()
        assert (by_area.loc[small, "publish"] == "suppress").all()
    for percent in ("column", "row", "total"):
        cells = crosstab(data, "P_ROLE", "P_PART", percent=percent)
        few = cells["count"].between(1, 9)
        assert few.any()
        assert (cells.loc[few, "publish"] == "suppress").all()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_hidden_cell_of_role_by_area_does_not_follow_from_margins_and_the_other_cells(
    released: tuple[ReleaseRef, Wave, list[str]],
) -> None:
    """The attack: every row and column of the printed table is solved for its hidden cells."""
    data = read_release(released[0].folder)
    cells = crosstab(data, "P_ROLE", "P_PART", percent="total")
    hidden = {
        (row["row_code"], row["column_code"])
        for row in cells.to_dict("records")
        if row["publish"] == "suppress"
    }
    assert hidden
    assert solved(hidden) == set()
    (one, *_) = sorted(hidden, key=str)
    assert solved({one}) == {one}, "a cell that was hidden alone is found by the attack"


def solved(hidden: set[tuple[Any, Any]]) -> set[tuple[Any, Any]]:
    """Hidden cells of a table with shown margins that follow one after the other by subtraction."""
    left, found = set(hidden), set()
    while True:
        alone = {
            cell
            for cell, axis in product(left, (0, 1))
            if sum(other[axis] == cell[axis] for other in left) == 1
        }
        if not alone:
            return found
        found |= alone
        left -= alone


def test_of_a_wave_in_the_field_a_site_shows_only_counts_rounded_down(
    database: Database, make_wave: Callable[..., Wave], environment: Config
) -> None:
    from click.testing import CliRunner

    from survey.cli import main

    made = make_wave(ASKED, alias="work-27", languages=LANGUAGES, sample_type="nonprobability", access="open",
                     disclosure=dict.fromkeys(opening.REQUIRED, "Words."), synthetic=True)  # fmt: skip
    with database.writing() as session:
        wave = waves.find_wave(session, made.alias)
        opening.open_wave(session, wave, ASKED, FIRST)
        site = access.add_site(session, wave, "court", "court1").id
        for _ in range(7):
            ballots.save_page(
                session, wave, keys.random_ballot(), 1, {"P_CONSENT": 1}, sealed={}, language="ru",
                seconds=9, day=FIRST, batch=site,
            )  # fmt: skip
    shown = CliRunner().invoke(main, ["wave", "status", "work-27"]).output
    assert "site court: at least 5" in shown
    assert not re.search(r"\b7\b", shown)
