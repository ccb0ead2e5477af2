"""The life of a wave: gates, pilot, the date in its own zone, and what a clone may not change in silence."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from survey import keys
from survey.config import Config, study_today, zone_of
from survey.fieldwork import cloning, gates, lifecycle
from survey.fieldwork.calendar import calendar_of, ics
from survey.fieldwork.design import apply_design, design_of
from survey.fieldwork.model import find_model
from survey.fieldwork.seasons import seasons
from survey.refusal import Refused
from survey.store import closing, opening, waves
from survey.store.engine import Database
from survey.store.models import Wave

NOON = datetime(2027, 5, 12, 7, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "moment", "day"),
    [
        ("Asia/Almaty", "2027-05-09T18:59:59+00:00", "2027-05-09"),
        ("Asia/Almaty", "2027-05-09T19:00:00+00:00", "2027-05-10"),
        # Summer time begins on 28 March 2027 and ends on 31 October 2027 in Berlin.
        ("Europe/Berlin", "2027-03-27T22:59:59+00:00", "2027-03-27"),
        ("Europe/Berlin", "2027-03-27T23:00:00+00:00", "2027-03-28"),
        ("Europe/Berlin", "2027-03-28T21:59:59+00:00", "2027-03-28"),
        ("Europe/Berlin", "2027-03-28T22:00:00+00:00", "2027-03-29"),
        ("Europe/Berlin", "2027-10-31T22:59:59+00:00", "2027-10-31"),
        ("Europe/Berlin", "2027-10-31T23:00:00+00:00", "2027-11-01"),
        # Greenland's clocks go forward one hour before midnight.
        ("America/Nuuk", "2027-03-28T00:59:59+00:00", "2027-03-27"),
        ("America/Nuuk", "2027-03-28T01:00:00+00:00", "2027-03-28"),
    ],
)
def test_a_day_begins_at_midnight_in_the_waves_zone(zone: str, moment: str, day: str) -> None:
    assert study_today(zone, datetime.fromisoformat(moment)) == date.fromisoformat(day)


def test_an_unknown_zone_is_refused_and_a_path_is_no_zone() -> None:
    for name in ("Asia/Nowhere", "../../etc/passwd", "", "/etc/localtime"):
        with pytest.raises(Refused):
            zone_of(name)


@pytest.mark.parametrize("zone", ["Asia/Almaty", "Europe/Berlin", "Pacific/Auckland"])
def test_who_may_begin_changes_at_midnight_of_the_waves_zone(open_wave: Wave, zone: str) -> None:
    here = ZoneInfo(zone)
    second = timedelta(seconds=1)
    opens = datetime(2027, 5, 10, tzinfo=here)
    after = datetime(2027, 6, 7, tzinfo=here)
    seen = [
        waves.phase(open_wave, study_today(zone, moment.astimezone(UTC)))
        for moment in (opens - second, opens, after - second, after)
    ]
    assert seen == ["none", "starts", "starts", "running"]


def test_the_date_makes_an_open_wave_closing_once(database: Database, open_wave: Wave) -> None:
    after = datetime(2027, 6, 6, 19, 0, tzinfo=UTC)
    with database.writing() as session:
        assert lifecycle.tick(session, after - timedelta(seconds=1)) == ()
        (event,) = lifecycle.tick(session, after)
        assert (event.what, event.done) == ("closing", True)
        assert waves.find_wave(session, open_wave.alias).state == "closing"
        (event,) = lifecycle.tick(session, after)
        assert (event.what, event.done) == ("to_close", False)


def test_what_the_date_closed_still_needs_two_persons(database: Database, open_wave: Wave) -> None:
    with database.writing() as session:
        lifecycle.tick(session, datetime(2027, 7, 1, tzinfo=UTC))
    with database.writing() as session, pytest.raises(Refused, match="somebody proposed"):
        found = waves.find_wave(session, open_wave.alias)
        closing.close_wave(session, found, by="aigul", two_person=True, today=found.closes)
    with database.writing() as session:
        found = waves.find_wave(session, open_wave.alias)
        closing.propose_close(session, found, "aigul")
        with pytest.raises(Refused, match="second person"):
            closing.close_wave(session, found, by="aigul", two_person=True, today=found.closes)
        closing.close_wave(session, found, by="timur", two_person=True, today=found.closes)


def test_a_draft_is_reminded_of_its_opening(database: Database, make_wave: Callable[..., Wave]) -> None:
    make_wave()
    with database.writing() as session:
        days = {date(2027, 5, 2): "", date(2027, 5, 4): "opens_soon", date(2027, 5, 10): "not_open"}
        for day, what in days.items():
            moment = datetime(day.year, day.month, day.day, 6, tzinfo=UTC)
            assert [each.what for each in lifecycle.tick(session, moment)] == ([what] if what else [])


def test_a_pilot_is_a_draft_whose_texts_can_be_read(
    database: Database, make_wave: Callable[..., Wave], small
) -> None:
    make_wave(organisation="")
    with database.writing() as session, pytest.raises(Refused):
        lifecycle.start_pilot(session, waves.find_wave(session, "opinion-27"), small, date(2027, 5, 1))
    with database.writing() as session:
        found = waves.find_wave(session, "opinion-27")
        opening.describe(found, organisation="Centre X")
        lifecycle.start_pilot(session, found, small, date(2027, 5, 1))
        assert waves.phase(found, date(2027, 5, 1)) == "starts"
        with pytest.raises(Refused, match="a draft"):
            lifecycle.start_pilot(session, found, small, date(2027, 5, 1))


def ready(database: Database, config: Config, small, **more) -> dict[str, gates.Gate]:
    with database.reading() as session:
        found = waves.find_wave(session, "opinion-27")
        given = {"today": date(2027, 5, 1), "rehearsed": ("en", "ru"), **more}
        return {gate.name: gate for gate in gates.gates(session, config.home, found, small, **given)}


def test_a_wave_with_all_its_papers_has_every_gate_open(
    database: Database, config: Config, make_wave: Callable[..., Wave], small
) -> None:
    make_wave()
    assert all(gate.open for gate in ready(database, config, small).values())


def test_each_gate_says_what_is_missing(
    database: Database, config: Config, make_wave: Callable[..., Wave], small
) -> None:
    made = make_wave(disclosure={}, organisation="")
    keys.destroy_wave_key(config.keys, made.alias)
    shut = {
        name
        for name, gate in ready(database, config, small, rehearsed=("en",), today=date(2027, 7, 1)).items()
        if not gate.open
    }
    assert shut == {"state", "organisation", "disclosure", "rehearsal", "key"}


def test_a_title_that_says_another_year_than_the_waves_is_told(
    database: Database, config: Config, make_wave: Callable[..., Wave], small
) -> None:
    make_wave(title={"en": "Attitudes, 2026", "ru": "Отношение, 2027", "kk": "1000 respondents"})
    assert ready(database, config, small)["settings"].notes == ("the title in en says 2026",)


def test_a_draft_language_is_told_and_refused_where_the_design_says_so(
    database: Database, config: Config, make_wave: Callable[..., Wave], small
) -> None:
    make_wave()
    gate = ready(database, config, small)["review"]
    assert gate.open
    assert gate.notes == ("ru is a draft: no second person has read its words",)
    with database.writing() as session:
        found = waves.find_wave(session, "opinion-27")
        apply_design(session, found, design_of({"format": 1, "reviewed": "required"}))
        assert [reason.rule for reason in gates.objections(session, config.home, found, small)] == ["review"]
    assert not ready(database, config, small)["review"].open


def test_batches_belong_to_strata_of_the_design(
    database: Database, config: Config, make_wave: Callable[..., Wave], small
) -> None:
    from survey.store.invitations import BatchSpec, invite

    make_wave()
    with database.writing() as session:
        found = waves.find_wave(session, "opinion-27")
        apply_design(session, found, design_of({"format": 1, "strata": {"cities": {}, "villages": {}}}))
        invite(session, found, BatchSpec("a", 60, stratum="cities"))
        invite(session, found, BatchSpec("b", 60, stratum="towns"))
    gate = ready(database, config, small)["design"]
    assert [(reason.path, reason.found) for reason in gate.reasons] == [("batch b", "towns")]
    assert any("villages" in words for words in gate.notes)


def fielded(database: Database) -> Wave:
    with database.writing() as session:
        found = waves.find_wave(session, "opinion-27")
        found.state = "released"
        found.disclosure = {**found.disclosure, "anonymity": {"en": "held"}, "correction_2": "a slip"}
        apply = design_of({"format": 1, "strata": {"cities": {"target": 5}}, "changes": {"mode": "x"}})
        found.design, found.time_zone = dict(apply.data), "Europe/Berlin"
        return found


def cloned(database: Database, config: Config, small, tmp_path, **changes) -> Wave:
    fielded(database)
    with database.reading() as session:
        model = find_model(session, config.home, "kz-thb")
    spec = cloning.next_spec(
        model, small, "2028", "opinion-28", opens=date(2028, 5, 8), closes=date(2028, 6, 4)
    )
    waves.create_with_keys(database, config.keys, spec, small, tmp_path / "next.textkey")
    with database.writing() as session:
        made = waves.find_wave(session, "kz-thb/2028")
        cloning.mark_clone(session, made, model)
        for key, value in changes.items():
            setattr(made, key, value)
        return made


def test_a_clone_takes_settings_design_and_record_but_nothing_of_one_wave_alone(
    database: Database, config: Config, make_wave: Callable[..., Wave], small, tmp_path
) -> None:
    make_wave()
    made = cloned(database, config, small, tmp_path)
    assert (made.state, made.cloned_from, made.time_zone) == ("draft", "2027", "Europe/Berlin")
    assert made.disclosure["sponsor"] == "Nobody."
    assert not {"anonymity", "closing", "correction_2", "help_lines_verified"} & set(made.disclosure)
    assert design_of(made.design).strata[0].name == "cities"
    assert not design_of(made.design).changes, "why the wave before differed is said of that wave alone"
    with database.reading() as session:
        assert gates.settings_reasons(session, config.home, made) == []
    assert keys.wave_key_file(config.keys, "opinion-28").exists(), "a key of its own"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("mode", "capi"),
        ("sample_type", "nonprobability"),
        ("access", "open"),
        ("languages", ["en"]),
        ("time_zone", "Asia/Almaty"),
        ("disclosure", {"sampling": "Otherwise."}),
    ],
)
def test_a_setting_on_which_a_trend_rests_does_not_change_in_silence(
    database: Database, config: Config, make_wave: Callable[..., Wave], small, tmp_path, key, value
) -> None:
    make_wave()
    made = cloned(database, config, small, tmp_path, **{key: value})
    name = "sampling" if key == "disclosure" else key
    with database.writing() as session:
        found = waves.find_wave(session, "kz-thb/2028")
        assert name in [
            reason.hint.split("{")[1].split(":")[0]
            for reason in gates.settings_reasons(session, config.home, made)
        ]
        found.design = {**found.design, "changes": {name: "because"}}
        assert name not in str(gates.settings_reasons(session, config.home, found))


def test_a_draft_is_no_model(database: Database, config: Config, make_wave: Callable[..., Wave]) -> None:
    made = make_wave()
    with database.reading() as session, pytest.raises(Refused, match="in the field"):
        find_model(session, config.home, f"{made.study}/{made.name}")


def test_the_calendar_names_the_days_and_is_a_sound_file(make_wave: Callable[..., Wave]) -> None:
    made = make_wave()
    days = calendar_of([made], seasons())
    assert [each.kind for each in days] == [
        "ready", "opens", "kurban_ait", "school", "closes", "close", "report", "world_day",
    ]  # fmt: skip
    text = ics(days, stamp=NOON)
    lines = text.split("\r\n")
    assert all(len(line.encode()) <= 75 for line in lines)
    assert text.endswith("END:VCALENDAR\r\n")
    assert lines.count("BEGIN:VEVENT") == lines.count("END:VEVENT") == len(days)
    assert "DTSTART;VALUE=DATE:20270510" in lines
    assert len({line for line in lines if line.startswith("UID:")}) == len(days)


def test_long_names_are_folded_between_letters_not_inside_them(make_wave: Callable[..., Wave]) -> None:
    made = make_wave()
    made.study = "ұзақ-атау-" * 6
    folded = ics(calendar_of([made], seasons()), stamp=NOON)
    assert all(len(line.encode()) <= 75 for line in folded.split("\r\n"))
    assert made.study in folded.replace("\r\n ", "")


def test_nauryz_in_the_field_and_stale_help_lines_are_in_the_calendar(make_wave: Callable[..., Wave]) -> None:
    made = make_wave(
        opens=date(2027, 3, 1), closes=date(2027, 4, 30), disclosure={"help_lines_verified": "2027-01-10"}
    )
    kinds = [each.kind for each in calendar_of([made], seasons())]
    assert "nauryz" in kinds
    assert "help_lines" in kinds


def test_a_hard_quota_known_only_late_is_told(
    database: Database, config: Config, make_wave: Callable[..., Wave], small
) -> None:
    make_wave()
    late = {"name": "late", "when": {"item": "VB1", "eq": 2}, "target": 5}
    early = {"name": "early", "when": {"item": "AGE", "ge": 30}, "target": 5}
    with database.writing() as session:
        quotas = [late, early, {**late, "name": "told", "kind": "soft"}]
        found = waves.find_wave(session, "opinion-27")
        apply_design(session, found, design_of({"format": 1, "quotas": quotas}))
    notes = [note for note in ready(database, config, small)["design"].notes if "quota" in note]
    assert [note.split()[1] for note in notes] == ["late"]
