"""A closed wave becomes a release folder: what was answered, how the sample was drawn, who took part."""

import json
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

import analysis
from instruments import Level, Questionnaire, Role, load
from survey import keys
from survey.config import Config
from survey.refusal import Refused
from survey.release import build_release
from survey.store import ballots, closing, invitations, opening, versions, waves
from survey.store.engine import Database
from survey.store.invitations import BatchSpec
from survey.store.models import Batch, Interview, Wave
from survey.store.releases import listing, register

TODAY = date(2027, 6, 10)
STRUCTURE = Path(__file__).resolve().parents[1] / "library" / "structure.yaml"
TARGETS = """
name: Two halves
population: 1000
margins:
  - variables: [SEEN]
    source: invented
    date: "2027"
    shares: {1: 0.5, 2: 0.5}
"""

Build = Callable[..., analysis.ReleaseRef]


@pytest.fixture
def build(database: Database, config: Config) -> Build:
    """Build the next release of the wave."""

    def next_release(wave: Wave, **given: Any) -> analysis.ReleaseRef:
        with database.writing() as session:
            found = waves.find_wave(session, wave.alias)
            return build_release(session, found, config.home, today=TODAY, **given)

    return next_release


@pytest.fixture
def closed(database: Database, config: Config, open_wave: Wave, answer: Callable[..., str]) -> Wave:
    """Two strata of two places with ten people each; one in each place breaks off at the first page."""
    for stratum, psu in (("cities", "a"), ("cities", "b"), ("villages", "c"), ("villages", "d")):
        spec = BatchSpec(name=psu, size=10, stratum=stratum, psu=psu, base_weight=2.0 if psu in "ab" else 3.0)
        with database.writing() as session:
            tokens = invitations.invite(session, open_wave, spec)
            batch = next(b.id for b in invitations.batches(session, open_wave) if b.name == psu)
        for number, token in enumerate(tokens):
            answers = (
                {"AGE": 20 + number, "SEEN": 2, "WHERE": [2]} if number % 3 == 0 else {"AGE": 20 + number}
            )
            answer(open_wave, token, batch=batch, pages=1 if number == 9 else 4, **answers)
    with database.writing() as session:
        found = waves.find_wave(session, open_wave.alias)
        closing.close_wave(session, found, by="x", two_person=False, today=date(2027, 6, 1))
    closing.clean_up(database, config.keys, found)
    return found


def test_a_release_read_back_holds_what_was_answered(build: Build, closed: Wave) -> None:
    data = analysis.read_release(build(closed).folder)
    frame = data.frame
    assert len(frame) == 36, "a break-off is counted, not analysed"
    assert sorted(frame["AGE"]) == sorted(4 * [20 + n for n in range(9)])
    seen = frame[frame["SEEN"] == 2]
    assert set(seen["WHERE_1"]) == {0}
    assert set(seen["WHERE_2"]) == {1}
    assert set(frame[frame["SEEN"] == 1]["WHERE_1"]) == {-3}
    assert set(frame["VB_ANY"]) == {1}, "indicators are computed when the release is made"
    assert set(frame["WORDS"]) == {0}
    assert all(str(frame[name].dtype) == "int64" for name in ("AGE", "SEEN", "WHERE_1", "VB1"))


def test_a_release_knows_the_sample_design(build: Build, closed: Wave) -> None:
    data = analysis.read_release(build(closed).folder)
    assert (data.design.strata, data.design.cluster, data.design.fpc) == ("stratum", ("psu",), ())
    weights = data.frame.groupby("stratum")["base_weight"].unique()
    assert {name: list(found) for name, found in weights.items()} == {"cities": [2.0], "villages": [3.0]}
    row = analysis.proportion(data, "SEEN", code=2).iloc[0]
    assert row["estimate"] == pytest.approx(12 / 36)
    assert row["df"] == 2


def test_a_release_says_how_fieldwork_went(build: Build, closed: Wave) -> None:
    found = analysis.read_json(build(closed).folder, "fieldwork")
    assert found["dispositions"] == {"breakoff": 4, "complete": 36}
    assert (found["invitations"], found["interviews"]) == (40, 36)
    assert (found["first_day"], found["last_day"]) == ("2027-05-10", "2027-06-01")
    assert found["fills"] == {"organisation": closed.organisation, "contact": closed.contact}
    assert all(found["fills"].values())
    assert found["weeks"] == {"2027-W19": 36}
    assert (found["languages"], found["modes"]) == ({"ru": 36}, {"web": 36})
    assert found["median_seconds"] == 40
    assert set(found["not_counted"]) == {"en", "ru", "kk", "uz"}


def test_how_interviews_went_and_flags_for_carelessness_are_columns_of_a_release(
    build: Build, closed: Wave
) -> None:
    folder = build(closed).folder
    data, found = analysis.read_release(folder), analysis.read_json(folder, "fieldwork")["quality"]
    assert (set(data.frame["interview_seconds"]), set(data.frame["pages_seen"])) == ({40.0}, {4.0})
    assert set(data.frame["page_seconds"]) == {10.0}
    flags = analysis.flag_names(data.codebook)
    assert {"flag_speeding", "flag_nonresponse", "flag_unfinished"} <= set(flags)
    for name in flags:
        assert data.codebook.variable(name).role is Role.PARADATA
        assert found["flags"][name]["flagged"] == (data.frame[name] == 1).sum(), name
    assert found["flags"]["flag_speeding"]["threshold"]["page_seconds_below"] == {"ru": 5.0}
    assert (found["interviews"], found["breakoff_pages"]) == (36, {"2": 4})


def test_a_release_of_a_wave_closed_before_paradata_were_kept_has_its_seconds_in_classes(
    database: Database, build: Build, closed: Wave
) -> None:
    with database.writing() as session:
        session.execute(
            update(Interview).values(duration=1234, page_seconds=None, pages=None, breakoff_page=None)
        )
    folder = build(closed).folder
    frame = analysis.read_release(folder).frame
    assert set(frame["interview_seconds"]) == {1250.0}
    assert not {"page_seconds", "pages_seen", "answer_changes"} & set(frame)
    assert analysis.read_json(folder, "fieldwork")["quality"]["breakoff_pages"] == {}


def test_a_release_holds_the_disclosure_record(build: Build, closed: Wave) -> None:
    found = analysis.read_json(build(closed).folder, "disclosure")
    assert (found["conductor"], found["contact"]) == ("Centre X", "+7 700 000 00 00")
    assert found["limitations"]["ru"] == "Малая."
    assert found["closing"] == closing.ONE_PERSON


def test_rows_are_in_no_order_of_arrival_and_ids_are_not_written(build: Build, closed: Wave) -> None:
    frame = analysis.read_release(build(closed).folder).frame
    assert not [name for name in frame.columns if "id" in name.lower().split("_")]
    assert list(frame["psu"]) != sorted(frame["psu"])


def test_a_release_is_registered_and_the_wave_is_released(
    database: Database, build: Build, closed: Wave
) -> None:
    reference = build(closed)
    with database.reading() as session:
        (row,) = listing(session)
        assert (row.study, row.wave_name, row.number, row.source) == ("kz-thb", "2027", 1, "collected")
        assert row.fingerprint == reference.fingerprint
        assert waves.find_wave(session, closed.alias).state == "released"


def test_the_same_answers_give_the_same_release_and_new_weights_a_new_one(
    database: Database, build: Build, closed: Wave, tmp_path: Path
) -> None:
    targets = tmp_path / "targets.yaml"
    targets.write_text(TARGETS, encoding="utf-8")
    first, again, raked = build(closed), build(closed), build(closed, targets=targets)
    assert again == first
    assert (first.number, raked.number) == (1, 2)
    data = analysis.read_release(raked.folder)
    assert analysis.proportion(data, "SEEN", code=2).iloc[0]["estimate"] == pytest.approx(0.5)
    assert analysis.read_json(raked.folder, "weights")["targets"]["name"] == "Two halves"
    assert analysis.read_json(first.folder, "weights")["targets"] is None
    with database.reading() as session:
        assert [row.number for row in listing(session)] == [1, 2]


def test_the_instrument_of_a_release_is_the_one_that_was_asked(
    build: Build, closed: Wave, small: Any
) -> None:
    assert analysis.read_json(build(closed).folder, "instrument") == json.loads(small.to_json())


def correct(database: Database, wave: Wave, document: dict[str, Any]) -> Wave:
    """Put version 2, with one misprint corrected, into the field; the wave as it is then."""
    document["version"] = "2"
    reason = {"en": "A misprint.", "ru": "Опечатка."}
    document["items"]["SEEN"] |= {
        "text": {"en": "Have you seen it!", "ru": "Вы это видели?"},
        "wording": 2,
        "compare": {"1": {"kind": "editorial", "reason": reason}},
    }
    later = Questionnaire.from_json(json.dumps(document))
    with database.writing() as session:
        found = waves.find_wave(session, wave.alias)
        versions.correct(session, found, later, {"en": "A misprint in SEEN"}, date(2027, 5, 20))
        return found


@pytest.mark.parametrize(
    ("each", "since"), [(2, ("first_week", "2027-W20")), (50, ("first_day", "2027-05-20"))]
)
def test_a_corrected_wave_says_who_was_asked_by_which_version(
    *,
    database: Database,
    build: Build,
    open_wave: Wave,
    answer: Callable[..., str],
    document: dict[str, Any],
    each: int,
    since: tuple[str, str],
) -> None:
    first = open_wave.fingerprint
    for number in range(each):
        answer(open_wave, f"EARLY{number}", AGE=30)
    later = correct(database, open_wave, document)
    for number in range(each + 1):
        answer(later, f"LATE{number}", AGE=50)
    with database.writing() as session:
        found = waves.find_wave(session, open_wave.alias)
        closing.close_wave(session, found, by="x", two_person=False, today=date(2027, 6, 1))
    folder = build(open_wave).folder
    data = analysis.read_release(folder)
    assert {
        (age, version)
        for age, version in zip(data.frame["AGE"], data.frame["instrument_version"], strict=True)
    } == {(30, 1), (50, 2)}
    column = data.variable("instrument_version")
    assert {code: words["en"] for code, words in column.codes.items()} == {1: "2027 · 1", 2: "2027 · 2"}
    assert (column.role, column.level) == (Role.PARADATA, Level.NOMINAL)
    listed = analysis.read_json(folder, "fieldwork")["versions"]
    assert [(v["number"], v["version"], v["sha256"]) for v in listed] == [
        (1, "1", first),
        (2, "2", later.fingerprint),
    ]
    assert listed[1][since[0]] == since[1]
    assert listed[1]["reason"] == {"en": "A misprint in SEEN"}
    assert [(change["item"], change["verdict"]) for change in listed[1]["changes"]] == [("SEEN", "editorial")]
    assert analysis.read_json(folder, "instrument")["version"] == "2"


def test_a_wave_of_one_version_has_no_column_for_it(build: Build, closed: Wave) -> None:
    folder = build(closed).folder
    assert "instrument_version" not in analysis.read_release(folder).codebook
    (only,) = analysis.read_json(folder, "fieldwork")["versions"]
    assert (only["number"], only["first_day"], only["changes"]) == (1, "2027-05-10", [])


def test_a_wave_in_the_field_has_no_release(build: Build, open_wave: Wave) -> None:
    with pytest.raises(Refused, match="expected a closed wave; found open"):
        build(open_wave)


def test_a_wave_nobody_answered_has_no_release(database: Database, build: Build, open_wave: Wave) -> None:
    with database.writing() as session:
        found = waves.find_wave(session, open_wave.alias)
        closing.close_wave(session, found, by="x", two_person=False, today=TODAY)
    with pytest.raises(Refused, match="at least one interview"):
        build(open_wave)


def test_a_design_given_for_half_of_the_sample_is_refused(
    database: Database, build: Build, open_wave: Wave, answer: Callable[..., str]
) -> None:
    with database.writing() as session:
        (token,) = invitations.invite(
            session, open_wave, BatchSpec(name="a", size=1, stratum="cities", few="a test")
        )
        # As an older version of this program let it be stored.
        session.add(Batch(wave=open_wave.id, name="b", size=1, base_weight=1.0))
        session.flush()
        placed, unplaced = (b.id for b in invitations.batches(session, open_wave))
    answer(open_wave, token, batch=placed)
    answer(open_wave, "SECOND", batch=unplaced)
    with database.writing() as session:
        found = waves.find_wave(session, open_wave.alias)
        closing.close_wave(session, found, by="x", two_person=False, today=TODAY)
    with pytest.raises(Refused, match="1 interviews of 2 without one") as refused:
        build(open_wave)
    assert "--ignore stratum" in refused.value.reasons[0].hint
    assert analysis.read_release(build(open_wave, ignore=("stratum",)).folder).design.strata is None


def test_a_stratum_with_one_psu_is_refused_until_a_policy_is_named(
    database: Database, build: Build, open_wave: Wave, answer: Callable[..., str]
) -> None:
    for psu, stratum in (("a", "cities"), ("b", "villages"), ("c", "villages")):
        with database.writing() as session:
            spec = BatchSpec(name=psu, size=2, stratum=stratum, psu=psu, few="a test")
            tokens = invitations.invite(session, open_wave, spec)
            batch = next(b.id for b in invitations.batches(session, open_wave) if b.name == psu)
            assert "cities" in invitations.lonely_strata(session, open_wave)
        for token in tokens:
            answer(open_wave, token, batch=batch)
    with database.writing() as session:
        found = waves.find_wave(session, open_wave.alias)
        closing.close_wave(session, found, by="x", two_person=False, today=TODAY)
    with pytest.raises(
        Refused, match="two or more primary sampling units in every stratum; found one in cities"
    ) as no:
        build(open_wave)
    assert "--lonely-psu adjust" in no.value.reasons[0].hint
    data = analysis.read_release(build(open_wave, lonely_psu="adjust").folder)
    assert data.design.lonely_psu == "adjust"
    assert analysis.proportion(data, "SEEN")["se"].notna().all()


def test_a_non_probability_wave_carries_no_design(
    database: Database, build: Build, make_wave: Callable[..., Wave], answer: Callable[..., str]
) -> None:
    made = make_wave(sample_type="nonprobability", access="open")
    with database.writing() as session:
        found = waves.find_wave(session, made.alias)
        found.state = "open"
        versions.begin(session, found, found.opens)
    for number in range(3):
        answer(made, f"TOKEN{number}")
    with database.writing() as session:
        found = waves.find_wave(session, made.alias)
        closing.close_wave(session, found, by="x", two_person=False, today=TODAY)
    data = analysis.read_release(build(made).folder)
    assert (data.design.strata, data.design.cluster, data.meta.sample_type) == (None, (), "nonprobability")
    assert not data.meta.infers


def test_a_register_row_never_changes_its_fingerprint(database: Database) -> None:
    given: dict[str, Any] = {
        "study": "s",
        "wave_name": "1",
        "number": 1,
        "source": "imported",
        "made_on": TODAY,
    }
    with database.writing() as session:
        first = register(session, fingerprint="a" * 64, **given)
        assert register(session, fingerprint="a" * 64, **given) is first
    with pytest.raises(Refused, match="in the register"), database.writing() as session:
        register(session, fingerprint="b" * 64, **given)


def test_a_release_says_which_form_was_drawn_and_what_was_not_asked(
    database: Database, config: Config, make_wave: Callable[..., Wave], build: Build
) -> None:
    core = load(STRUCTURE)
    wave = make_wave(core, languages=("ru", "en"), synthetic=True)
    with database.writing() as session:
        found = waves.find_wave(session, wave.alias)
        opening.open_wave(session, found, core, found.opens)
        tokens = invitations.invite(session, found, BatchSpec(name="a", size=24, stratum="s", psu="p"))
    drawn = [_answered_in_drawn_order(database, config, found, core, token) for token in tokens]
    with database.writing() as session:
        again = waves.find_wave(session, wave.alias)
        closing.close_wave(session, again, by="x", two_person=False, today=date(2027, 6, 1))
    closing.clean_up(database, config.keys, again)

    data = analysis.read_release(build(again).folder)
    frame = data.frame
    assert Counter(frame["wording"]) == Counter(values["wording"] for values in drawn)
    assert Counter(frame["TOWNS_POS"]) == Counter(values["TOWNS_POS"] for values in drawn)
    by_form = dict(iter(frame.groupby("wording")))
    assert set(by_form) == {1, 2}
    for form, asked, unasked in ((1, "OP_B", "OP_NEW"), (2, "OP_NEW", "OP_B")):
        assert set(by_form[form][asked]) == {2}
        assert set(by_form[form][unasked]) == set(by_form[form][f"{unasked}_POS"]) == {-4}
        assert set(by_form[form][f"{asked}_POS"]) == {1, 2}
    assert set(by_form[1]["NEW_WHY"]) == {-4}
    row = analysis.proportion(data, "OP_NEW", code=2).iloc[0]
    assert (row["estimate"], row["base"]) == (1.0, len(by_form[2]))
    assert analysis.mean(data, "OP_NEW_POS").iloc[0]["base"] == len(by_form[2])


def _answered_in_drawn_order(
    database: Database, config: Config, wave: Wave, core: Questionnaire, token: str
) -> dict[str, int]:
    """Store a whole interview along its own way through the pages; what chance decided for it."""
    ballot = keys.read_wave_key(config.keys, wave.alias).ballot(token)
    draw, answers = core.draw(ballot), dict[str, Any]()
    page = core.next_page(0, answers, draw)
    while page is not None:
        shown = {item.id: 2 for item in core.items_on(page, answers, draw)}
        answers |= shown
        following = core.next_page(page, answers, draw)
        with database.writing() as session:
            ballots.save_page(
                session,
                wave,
                ballot,
                page,
                shown,
                sealed={},
                language="ru",
                seconds=5,
                day=wave.opens,
                state="started" if following else "complete",
            )
        page = following
    return draw.variables()
