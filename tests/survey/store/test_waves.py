"""Creating, finding and opening waves: what is refused, and with which reasons."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from instruments import Questionnaire
from survey import i18n, keys
from survey.config import Config
from survey.refusal import Refused
from survey.store import ballots, invitations, opening, waves
from survey.store.engine import Database
from survey.store.invitations import BatchSpec
from survey.store.models import Ballot, Wave

TODAY = date(2027, 5, 12)


def reasons_of(refused: pytest.ExceptionInfo[Refused]) -> list[tuple[str, str]]:
    return [(reason.path, reason.rule) for reason in refused.value.reasons]


def try_opening(database: Database, wave: Wave, today: date = TODAY) -> None:
    with database.writing() as session:
        found = waves.find_wave(session, wave.alias)
        opening.open_wave(session, found, waves.questionnaire_of(session, found), today)


def test_a_wave_is_found_by_its_name_and_by_its_alias(
    database: Database, make_wave: Callable[..., Wave]
) -> None:
    made = make_wave()
    with database.reading() as session:
        assert (
            waves.find_wave(session, "kz-thb/2027").id == made.id == waves.find_wave(session, made.alias).id
        )
        with pytest.raises(Refused, match="kz-thb/2027"):
            waves.find_wave(session, "kz-thb/2072")


def test_a_stored_questionnaire_is_the_one_that_was_given(
    database: Database, make_wave: Callable[..., Wave], small: Questionnaire
) -> None:
    made = make_wave()
    with database.reading() as session:
        assert waves.questionnaire_of(session, made) == small
        assert made.fingerprint == small.fingerprint


def test_every_objection_to_a_specification_is_listed_at_once(make_wave: Callable[..., Wave]) -> None:
    with pytest.raises(Refused) as refused:
        make_wave(
            study="a b",
            name="",
            alias="Трафик",
            opens=date(2027, 6, 1),
            closes=date(2027, 5, 1),
            sample_type="quota",
            access="closed",
            seed=1,
            languages=("en", "fr"),
        )
    paths = [reason.path for reason in refused.value.reasons]
    assert paths == [
        "STUDY",
        "NAME",
        "--alias",
        "--closes",
        "--sample-type",
        "--access",
        "--seed",
        "--languages",
    ]


@pytest.mark.parametrize(
    "alias",
    [
        *("x", "Opinion", "opinion_27", "27-opinion", "o" * 31),
        *(
            "anti-trafficking",
            "thb-human-trade",
            "thb-27",
            "human-27",
            "torg-liud",
            "nasilie",
            "zhertvy",
            "zorlyq",
        ),
    ],
)
def test_an_alias_is_short_plain_and_tells_nothing(make_wave: Callable[..., Wave], alias: str) -> None:
    with pytest.raises(Refused, match="--alias"):
        make_wave(alias=alias)


def test_an_alias_and_a_name_are_used_once(make_wave: Callable[..., Wave]) -> None:
    make_wave()
    with pytest.raises(Refused, match="an alias no wave has had"):
        make_wave(name="2028")
    with pytest.raises(Refused, match="a new wave"):
        make_wave(alias="opinion-28")
    with pytest.raises(Refused) as again:
        make_wave()
    assert [reason.path for reason in again.value.reasons] == ["STUDY/NAME"], "its own alias is no trouble"


def test_a_broken_instrument_is_refused_with_all_its_problems(
    make_wave: Callable[..., Wave], document: dict[str, Any]
) -> None:
    del document["items"]["OK"]["exits"], document["items"]["AGE"]["exits"]
    with pytest.raises(Refused) as refused:
        make_wave(Questionnaire.from_json(json.dumps(document)))
    assert reasons_of(refused) == [("items.AGE", "minors"), ("items.OK", "consent")]


def test_a_refused_wave_leaves_no_key_behind(
    make_wave: Callable[..., Wave], config: Config, tmp_path: Path
) -> None:
    with pytest.raises(Refused):
        make_wave(alias="X")
    assert not list(tmp_path.glob("*.textkey"))
    assert not list(config.keys.glob("*")) if config.keys.exists() else True


def test_a_fielded_version_is_never_edited(
    make_wave: Callable[..., Wave], open_wave: Wave, document: dict[str, Any]
) -> None:
    document["items"]["SEEN"]["text"]["en"] = "Have you ever seen it?"
    with pytest.raises(Refused, match="give it a new version"):
        make_wave(Questionnaire.from_json(json.dumps(document)), name="2028", alias="opinion-28")
    document["version"] = "2"
    make_wave(Questionnaire.from_json(json.dumps(document)), name="2028", alias="opinion-28")


def test_a_draft_is_replaced_and_keeps_its_keys(
    database: Database, config: Config, make_wave: Callable[..., Wave], document: dict[str, Any], spec: Any
) -> None:
    made = make_wave()
    key = keys.read_wave_key(config.keys, made.alias)
    document["items"]["SEEN"]["text"]["en"] = "Have you ever seen it?"
    changed = Questionnaire.from_json(json.dumps(document))
    with database.writing() as session:
        waves.replace_draft(session, spec(closes=date(2027, 7, 1)), changed)
    with database.reading() as session:
        found = waves.find_wave(session, made.alias)
        assert (found.closes, found.fingerprint) == (date(2027, 7, 1), changed.fingerprint)
        assert (found.public_key, found.id) == (made.public_key, made.id)
    assert keys.read_wave_key(config.keys, made.alias) == key


def test_an_open_wave_is_not_replaced(
    database: Database, open_wave: Wave, small: Questionnaire, spec: Any
) -> None:
    with pytest.raises(Refused, match="expected draft; found open"), database.writing() as session:
        waves.replace_draft(session, spec(), small)


def test_a_wave_opens_when_nothing_is_missing(database: Database, open_wave: Wave) -> None:
    with database.reading() as session:
        assert waves.find_wave(session, open_wave.alias).state == "open"


def test_a_missing_translation_waits_in_a_draft_and_stops_the_opening(
    database: Database, make_wave: Callable[..., Wave], document: dict[str, Any]
) -> None:
    del document["items"]["SEEN"]["text"]["ru"], document["texts"]["end_minor"]["ru"]
    made = make_wave(Questionnaire.from_json(json.dumps(document)))
    with pytest.raises(Refused) as refused:
        try_opening(database, made)
    assert set(reasons_of(refused)) == {
        ("items.SEEN.text", "translation"),
        ("texts.end_minor", "translation"),
    }
    assert all("ru" in reason.expected for reason in refused.value.reasons)


def test_a_language_the_wave_does_not_ask_in_may_be_unfinished(
    database: Database, make_wave: Callable[..., Wave], document: dict[str, Any]
) -> None:
    del document["items"]["SEEN"]["text"]["ru"]
    try_opening(database, make_wave(Questionnaire.from_json(json.dumps(document)), languages=("en",)))


def test_missing_words_of_the_interface_stop_the_opening(
    database: Database, make_wave: Callable[..., Wave], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for language, words in (("kk", "Келесі"), ("ru", "")):
        folder = tmp_path / language / "LC_MESSAGES"
        folder.mkdir(parents=True)
        (folder / "messages.po").write_text(f'msgid "Next"\nmsgstr "{words}"\n', encoding="utf-8")
    monkeypatch.setattr(i18n, "FOLDER", tmp_path)
    with pytest.raises(Refused) as refused:
        try_opening(database, make_wave())
    assert [(r.path, r.expected) for r in refused.value.reasons] == [
        ("'Next'", "the interface's words in ru")
    ]


def test_all_that_an_opening_lacks_is_said_at_once(
    database: Database, make_wave: Callable[..., Wave]
) -> None:
    made = make_wave(
        organisation="",
        contact=" ",
        disclosure={"sponsor": "Nobody", "sampling": {"en": "Drawn."}, "strategy": ""},
    )
    with pytest.raises(Refused) as refused:
        try_opening(database, made, made.closes + timedelta(days=1))
    assert [path for path, _ in reasons_of(refused)] == [
        "kz-thb/2027",
        "--organisation",
        "--contact",
        "disclosure.strategy",
        "disclosure.strategy",
        "disclosure.sampling",
        "disclosure.limitations",
        "disclosure.limitations",
    ]


@pytest.mark.parametrize("role", ["consent", "age"])
def test_nobody_is_asked_without_consent_or_age(
    database: Database, open_wave: Wave, small: Questionnaire, role: str
) -> None:
    """Only the gates are looked at: the wave itself is open already."""

    def lacking(questionnaire: Questionnaire) -> list[str]:
        with database.reading() as session:
            reasons = opening.opening_reasons(session, open_wave, questionnaire, TODAY)
        return [reason.expected for reason in reasons["questionnaire"] if reason.rule == "role"]

    assert lacking(small) == []
    items = {n: replace(i, role="") if i.role == role else i for n, i in small.items.items()}
    assert lacking(replace(small, items=items)) == [f"one question with the role {role}"]


@pytest.mark.parametrize(("verified", "opens"), [("2027-05-01", True), ("2027-01-01", False), ("", False)])
def test_help_lines_were_called_in_the_last_90_days(
    database: Database, make_wave: Callable[..., Wave], document: dict[str, Any], verified: str, opens: bool
) -> None:
    document["phones"] = {
        "help": {
            "number": "11616",
            "display": "116 16",
            "what": {"en": "Help line", "ru": "Горячая линия"},
            "verified_on": verified,
        }
    }
    made = make_wave(Questionnaire.from_json(json.dumps(document)))
    if opens:
        try_opening(database, made)
    else:
        with pytest.raises(Refused, match="116 16"):
            try_opening(database, made)
        with database.writing() as session:
            opening.describe(
                waves.find_wave(session, made.alias), disclosure={opening.VERIFIED: "2027-05-10"}
            )
        try_opening(database, made)


@pytest.mark.parametrize("written", ["yesterday", "2027-05-32", {"en": "2027-05-10"}])
def test_a_day_of_calls_that_is_no_day_is_refused(
    database: Database, make_wave: Callable[..., Wave], document: dict[str, Any], written: object
) -> None:
    what = {"en": "Help line", "ru": "Горячая линия"}
    document["phones"] = {"help": {"number": "11616", "display": "116 16", "what": what, "verified_on": ""}}
    made = make_wave(Questionnaire.from_json(json.dumps(document)))
    with database.writing() as session:
        opening.describe(waves.find_wave(session, made.alias), disclosure={opening.VERIFIED: written})
    with pytest.raises(Refused) as refused:
        try_opening(database, made)
    (reason,) = refused.value.reasons
    assert reason.path == "disclosure.help_lines_verified"
    assert reason.expected == "a day as YYYY-MM-DD"


def test_a_day_of_calls_that_is_still_to_come_is_called_so(
    database: Database, make_wave: Callable[..., Wave], document: dict[str, Any]
) -> None:
    what = {"en": "Help line", "ru": "Горячая линия"}
    document["phones"] = {"help": {"number": "11616", "display": "116 16", "what": what, "verified_on": ""}}
    made = make_wave(Questionnaire.from_json(json.dumps(document)))
    with database.writing() as session:
        opening.describe(waves.find_wave(session, made.alias), disclosure={opening.VERIFIED: "2027-05-13"})
    with pytest.raises(Refused) as refused:
        try_opening(database, made)
    (reason,) = refused.value.reasons
    assert reason.found == "2027-05-13, a day still to come"
    assert reason.hint == "--phones-verified with the day you called, 2027-05-12 or before"


def test_a_synthetic_wave_needs_no_called_help_lines(
    database: Database, make_wave: Callable[..., Wave], document: dict[str, Any]
) -> None:
    what = {"en": "Help line", "ru": "Горячая линия"}
    document["phones"] = {"help": {"number": "11616", "display": "116 16", "what": what}}
    try_opening(database, make_wave(Questionnaire.from_json(json.dumps(document)), synthetic=True))


def test_what_was_answered_in_a_pilot_is_gone_at_the_opening(
    database: Database, make_wave: Callable[..., Wave], answer: Callable[..., str]
) -> None:
    made = make_wave()
    with database.writing() as session:
        waves.find_wave(session, made.alias).state = "pilot"
    ballot = answer(made, "TOKEN")
    try_opening(database, made)
    with database.reading() as session:
        assert session.get(Ballot, ballot) is None
        assert ballots.answers_of(session, ballot) == {}


def test_a_wave_opens_and_ends_by_its_dates(open_wave: Wave) -> None:
    days = [date(2027, 5, 9), date(2027, 5, 10), date(2027, 6, 6), date(2027, 6, 7)]
    assert [waves.phase(open_wave, day) for day in days] == ["none", "starts", "starts", "running"]


@pytest.mark.parametrize(
    ("state", "phase"),
    [
        ("draft", "none"),
        ("pilot", "starts"),
        ("closing", "running"),
        ("closed", "over"),
        ("released", "over"),
    ],
)
def test_other_states_leave_the_dates_alone(open_wave: Wave, state: str, phase: str) -> None:
    open_wave.state = state
    assert waves.phase(open_wave, date(2027, 5, 20)) == phase


def test_a_synthetic_wave_is_open_whenever_it_is_played(make_wave: Callable[..., Wave]) -> None:
    made = make_wave(synthetic=True)
    made.state = "open"
    assert waves.phase(made, date(2031, 1, 1)) == "starts"


def test_codes_are_stored_as_hashes_and_say_nothing_of_their_use(
    database: Database, make_wave: Callable[..., Wave], answer: Callable[..., str]
) -> None:
    made = make_wave()
    with database.writing() as session:
        found = waves.find_wave(session, made.alias)
        tokens = invitations.invite(session, found, BatchSpec(name="almaty", size=20, stratum="cities"))
        found.state = "open"
    with database.reading() as session:
        before = vars(invitations.find(session, made, tokens[0]) or object()).copy()
        assert invitations.find(session, made, "A" * 26) is None
    answer(made, tokens[0])
    with database.reading() as session:
        after = vars(invitations.find(session, made, tokens[0].lower()) or object()).copy()
    before.pop("_sa_instance_state"), after.pop("_sa_instance_state")
    assert before == after
    assert before["token_hash"] == keys.token_hash(tokens[0]) != tokens[0]


def test_every_objection_to_a_batch_is_listed(database: Database, open_wave: Wave) -> None:
    with database.writing() as session:
        invitations.invite(session, open_wave, BatchSpec(name="a", size=10, fpc=40.0))
    bad = BatchSpec(name="a", size=0, fpc=0.0, base_weight=float("nan"))
    with pytest.raises(Refused) as refused, database.writing() as session:
        invitations.invite(session, open_wave, bad)
    assert len(refused.value.reasons) == 4


@pytest.mark.parametrize(
    "endless", [{"base_weight": float("inf")}, {"fpc": float("inf")}, {"fpc": float("nan")}]
)
def test_a_batch_without_end_is_refused_before_the_close_makes_it_final(
    database: Database, open_wave: Wave, endless: dict[str, float]
) -> None:
    with pytest.raises(Refused, match=r"found (inf|nan)"), database.writing() as session:
        invitations.invite(session, open_wave, BatchSpec(name="a", size=10, **endless))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"stratum": "s", "psu": "1"}, {"stratum": "s"}),
        ({"stratum": "s"}, {"stratum": "s", "psu": "1"}),
        ({}, {"fpc": 40.0}),
    ],
)
def test_the_batches_of_a_wave_all_have_the_same_parts_of_the_design(
    database: Database, open_wave: Wave, first: dict[str, object], second: dict[str, object]
) -> None:
    with database.writing() as session:
        invitations.invite(session, open_wave, BatchSpec(name="a", size=10, **first))
        invitations.invite(session, open_wave, BatchSpec(name="b", size=10, **first))
    with (
        pytest.raises(Refused, match="for every batch of a wave, or for none"),
        database.writing() as session,
    ):
        invitations.invite(session, open_wave, BatchSpec(name="c", size=10, **second))


def test_a_synthetic_wave_repeats_its_codes_from_its_seed(
    database: Database, make_wave: Callable[..., Wave], config: Config
) -> None:
    made = make_wave(synthetic=True, seed=7)
    first = keys.read_wave_key(config.keys, made.alias)
    with database.writing() as session:
        tokens = invitations.invite(session, made, BatchSpec(name="a", size=3, few="a test"))
    assert first.secret == keys.chance(7, "kz-thb/2027/key")(32)
    assert tokens == [keys.new_token(c) for c in [keys.chance(7, "kz-thb/2027/a")] for _ in range(3)]
