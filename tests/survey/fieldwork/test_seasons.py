"""Feasts, holidays, harvests and votes: sourced, within a day of what was announced, warned of in time."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from instruments import Questionnaire
from survey.cli import main
from survey.config import Config
from survey.fieldwork import gates
from survey.fieldwork.calendar import calendar_of, season_difference, season_notes
from survey.fieldwork.seasons import COMPUTED, KINDS, OFFICIAL, USUAL, hijri_day, seasons
from survey.refusal import Refused
from survey.store import waves
from survey.store.engine import Database
from survey.store.models import Wave

TODAY = date(2026, 12, 1)


def kinds(first: date, last: date) -> dict[str, str]:
    return {span.kind: span.stands for span in seasons().between(first, last)}


@pytest.mark.parametrize(
    ("year", "fast", "feast", "offering"),
    [
        (1445, date(2024, 3, 11), date(2024, 4, 10), date(2024, 6, 16)),
        (1446, date(2025, 3, 1), date(2025, 3, 30), date(2025, 6, 6)),
        (1447, date(2026, 2, 19), date(2026, 3, 20), date(2026, 5, 27)),
    ],
)
def test_computed_feasts_are_within_a_day_of_those_announced(
    year: int, fast: date, feast: date, offering: date
) -> None:
    for computed, announced in (
        (hijri_day(year, 9), fast),
        (hijri_day(year, 10), feast),
        (hijri_day(year, 12, 10), offering),
    ):
        assert abs((computed - announced).days) <= 1


def test_every_year_to_come_has_each_feast_and_no_gap() -> None:
    for year in range(2023, 2060):
        found = seasons().between(date(year, 1, 1), date(year, 12, 31))
        for kind in ("ramadan", "oraza_ait", "kurban_ait", "nauryz", "harvest", "school"):
            assert [span for span in found if span.kind == kind], (year, kind)
        fasts = [span for span in found if span.kind == "ramadan"]
        assert all((span.last - span.first).days + 1 in (28, 29, 30) for span in fasts)
        assert all(span.source for span in found)


def test_the_file_says_when_it_was_checked_and_every_day_has_a_source() -> None:
    known = seasons()
    assert date(2026, 11, 1) <= known.checked <= date.today() + timedelta(days=1)
    path = Path(gates.__file__).with_name("calendar-days.yaml")
    raw = yaml.safe_load(path.read_text("utf-8"))
    assert raw["islamic"]["years"].keys() == raw["islamic"]["sources"].keys()
    for entry in (*raw["yearly"], *raw["school"]["years"], *raw["votes"]["days"]):
        assert entry["source"], entry
    assert not known.is_stale(known.checked + timedelta(days=200))
    assert known.is_stale(known.checked + timedelta(days=201))


def test_announced_days_stand_before_computed_and_usual_ones() -> None:
    assert kinds(date(2026, 2, 1), date(2026, 3, 31)) == {
        "ramadan": OFFICIAL,
        "oraza_ait": OFFICIAL,
        "nauryz": OFFICIAL,
        "school": OFFICIAL,
        "vote": OFFICIAL,
        "vote_silence": OFFICIAL,
    }
    later = kinds(date(2028, 2, 1), date(2028, 3, 31))
    assert (later["ramadan"], later["school"]) == (COMPUTED, USUAL)
    assert kinds(date(2027, 4, 5), date(2027, 5, 10)) == {}


def test_nothing_is_published_from_five_days_before_a_vote_to_its_end() -> None:
    (silence,) = [
        span for span in seasons().between(date(2023, 3, 1), date(2023, 3, 31)) if span.kind == "vote_silence"
    ]
    assert (silence.first, silence.last) == (date(2023, 3, 14), date(2023, 3, 19)), "as the commission said"


def test_the_field_is_warned_of_what_it_spans(
    make_wave: Callable[..., Wave],
) -> None:
    made = make_wave(opens=date(2026, 1, 10), closes=date(2026, 2, 20))
    words = "\n".join(season_notes(made, seasons(), TODAY))
    assert "2026-02-19 to 2026-03-19: Ramadan" in words
    assert "2026-03-10 to 2026-03-15: Nothing related to the vote may be published" in words
    assert "a vote on 2026-03-15 (referendum): no question may touch it" in words
    assert "last looked up" not in words
    assert "last looked up on 2026-11-26" in "\n".join(season_notes(made, seasons(), date(2028, 1, 1)))
    days = {day.kind: day for day in calendar_of([made], seasons())}
    assert days["ramadan"].until == date(2026, 3, 19)
    assert "inform.kz" in days["ramadan"].source


def test_a_wave_in_another_season_than_the_one_before_is_noted_beside_its_comparability(
    make_wave: Callable[..., Wave], database: Database, config: Config, small: Questionnaire
) -> None:
    before = make_wave(opens=date(2026, 4, 1), closes=date(2026, 4, 25))
    now = make_wave(name="2028", alias="opinion-28", opens=date(2027, 8, 20), closes=date(2027, 9, 20))
    found = season_difference(now, before.name, (before.opens, before.closes), seasons())
    assert {each.given["what"] for each in found} == {KINDS["harvest"], KINDS["school"]}
    assert season_difference(before, before.name, (before.opens, before.closes), seasons()) == []
    with database.writing() as session:
        waves.find_wave(session, before.alias).state = "open"
    with database.reading() as session:
        listed = gates.gates(session, config.home, now, small, today=TODAY, rehearsed=())
    notes = next(gate.notes for gate in listed if gate.name == "comparability")
    assert any("not so in wave 2027, so a change may be the season's: Harvest" in note for note in notes)


def test_an_office_adds_a_vote_that_was_called(environment: Config, make_wave: Callable[..., Wave]) -> None:
    made = make_wave()
    home = environment.home
    (home / "calendar.yaml").write_text(
        "checked: 2027-04-01\nvotes: {days: [{day: 2027-05-30, what: Kurultai, source: election.gov.kz}]}\n"
    )
    told = CliRunner().invoke(main, ["wave", "calendar", made.alias])
    assert "2027-05-25" in told.output
    assert "Nothing related to the vote may be published" in told.output
    words = season_notes(made, seasons(home), date(2027, 5, 1))
    assert any("a vote on 2027-05-30 (Kurultai)" in each for each in words)
    (home / "calendar.yaml").write_text("votes: {days: [{day: soon, what: Kurultai}]}\n")
    with pytest.raises(Refused, match=r"calendar\.yaml"):
        seasons(home)


def test_whoever_makes_or_opens_a_wave_is_told(environment: Config, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    made = CliRunner().invoke(
        main,
        [
            "wave", "create", "kz-thb/2027", "--instrument", "kz_thb_core", "--alias", "opinion-27",
            "--opens", "2027-08-20", "--closes", "2027-09-20", "--sample-type", "nonprobability",
        ],
    )  # fmt: skip
    assert made.exit_code == 0, made.output
    assert "note: 2027-08-01 to 2027-10-31: Harvest" in made.output
