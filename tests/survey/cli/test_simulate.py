"""A questionnaire is rehearsed before anybody answers it, and a wave does not open without that."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from instruments import Questionnaire, load, load_library
from survey.cli import main, rehearsed, trial
from survey.cli.rehearsed import record_of, require_trial
from survey.config import Config, study_today
from survey.refusal import Refused
from survey.simulation import Stranger, Visited, WalkError
from survey.simulation.browser import Answered
from survey.simulation.hostile import MARK, refuse_live
from survey.store import ballots, waves
from survey.store.engine import Database

TINY = Path(__file__).resolve().parents[2] / "library"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TOLQYN_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("TOLQYN_DATABASE_URL", raising=False)
    return tmp_path / "home"


def simulate(*words: str) -> Result:
    result = CliRunner().invoke(main, ("instrument", "simulate", *words))
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.fixture
def small() -> Questionnaire:
    """Three ways out, one language, one sensitive question."""
    return load(TINY / "exits.yaml")


def test_the_core_questionnaire_is_answered_over_http_in_every_language(home: Path) -> None:
    result = simulate("kz_thb_core", "--walks", "120", "--visits", "1", "--json")
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    pages = found["pages"]
    assert (found["routes"]["walks"], found["routes"]["troubles"]) == (120, [])
    assert (pages["visits"], pages["hostile"], pages["troubles"]) == (8, 4, [])
    assert pages["languages"] == ["kk", "ru", "uz", "en"]
    assert pages["requests"] > 8 * 24
    assert all(1000 < size < 6000 for size in pages["heaviest_bytes"].values())
    core = load_library("kz_thb_core")
    assert json.loads((home / "simulations" / f"{core.fingerprint}.json").read_text())["troubles"] == []


def test_routes_alone_leave_no_record(home: Path) -> None:
    result = simulate("kz_thb_core", "--walks", "120", "--no-pages")
    assert result.exit_code == 0, result.output
    assert "never shown: none" in result.output
    assert not (home / "simulations").exists()


def test_what_cannot_be_reached_is_refused_by_name(home: Path, tmp_path: Path) -> None:
    text = (
        (TINY / "exits.yaml")
        .read_text()
        .replace("to: minor}", "to: minor}, {when: {item: AGE, ge: 18}, to: minor}")
    )
    (tmp_path / "closed.yaml").write_text(text)
    result = simulate(str(tmp_path / "closed.yaml"), "--walks", "100", "--no-pages")
    assert result.exit_code == 1
    assert "SAW was never shown" in result.stderr
    assert "no walk reached the last page" in result.stderr


def test_a_questionnaire_with_problems_is_refused_before_anybody_walks(home: Path, tmp_path: Path) -> None:
    text = (TINY / "exits.yaml").read_text().replace("after: support_info, ", "")
    (tmp_path / "unsafe.yaml").write_text(text)
    result = simulate(str(tmp_path / "unsafe.yaml"))
    assert result.exit_code == 1
    assert "expected after: support_info" in result.stderr


def test_what_is_stored_otherwise_than_posted_is_found(
    small: Questionnaire, database: Database, config: Config
) -> None:
    """One interview stored as posted, one with an answer changed, one nobody posted."""
    trial._open(config, database, small, ("en",), seed=1)
    said = {"AGREE": 1, "AGE": 40, "LIVES": 1, "SAW": 2}
    for ballot, saw in (("a" * 64, 2), ("b" * 64, 1)):
        with database.writing() as session:
            wave = waves.find_wave(session, trial.ALIAS)
            kept = {"sealed": {}, "language": "en", "seconds": 1, "day": study_today()}
            ballots.save_page(
                session, wave, ballot, 1, {n: said[n] for n in ("AGREE", "AGE", "LIVES")}, **kept
            )
            ballots.save_page(session, wave, ballot, 2, {"SAW": saw}, state="complete", **kept)
    visited = [Visited(Stranger(n, "en"), "complete", said, 2, 4, 100, 100) for n in (0, 1)]
    found = list(trial._stored_otherwise(database, small, visited))
    assert len(found) == 2
    assert "was posted and not stored: AGE=40; AGREE=1; LIVES=1; SAW=2" in found[0]
    assert "stored and not posted: AGE=40; AGREE=1; LIVES=1; SAW=1" in found[1]


def test_heavy_pages_are_named() -> None:
    heavy = Visited(Stranger(0, "kk"), "complete", {}, 2, 4, 14_001, 6_001)
    light = Visited(Stranger(1, "ru"), "complete", {}, 2, 4, 14_000, 6_000)
    assert [text.partition(" has")[0] for text in trial._too_heavy([heavy, light])] == [
        "kk: first page",
        "kk: a question page",
    ]


def test_typed_markup_that_comes_back_alive_ends_the_rehearsal() -> None:
    with pytest.raises(WalkError, match="came back alive"):
        refuse_live(Answered("/s/x/q/1", 422, f"<p>{MARK}</p>".encode(), {}))
    refuse_live(Answered("/s/x/q/1", 422, b"<p>&lt;b id=tq&gt;</p>", {}))


def test_a_wave_opens_with_a_version_rehearsed_before(
    small: Questionnaire, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = Config(home=tmp_path)
    tried: list[tuple[str, ...]] = []
    report = trial.TrialReport(
        small.fingerprint, ("en",), 3, 1, {"complete": 3}, (2, 2, 2), 12, {"en": 900}, {"en": 900}, ()
    )

    def pretend(_: Questionnaire, languages: list[str], **__: Any) -> trial.TrialReport:
        tried.append(tuple(languages))
        return replace(report, languages=tuple(languages))

    monkeypatch.setattr(rehearsed, "try_pages", pretend)
    require_trial(config, small, ["en"])
    require_trial(config, small, ["en"])
    assert tried == [("en",)]
    require_trial(config, small, ["en", "ru"])
    assert tried == [("en",), ("ru",)]
    require_trial(config, small, ["ru", "en"])
    assert len(tried) == 2


def test_troubles_of_the_rehearsal_keep_a_wave_shut_and_leave_no_record(
    small: Questionnaire, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = Config(home=tmp_path)
    bad = trial.TrialReport(
        small.fingerprint, ("en",), 3, 1, {}, (0, 0, 0), 12, {}, {}, ("it broke", "twice")
    )
    monkeypatch.setattr(rehearsed, "try_pages", lambda *_, **__: bad)
    with pytest.raises(Refused) as refused:
        require_trial(config, small, ["en"])
    assert [reason.found for reason in refused.value.reasons] == ["it broke", "twice"]
    assert not record_of(config, small.fingerprint).exists()


def test_a_record_that_cannot_be_read_is_no_record(
    small: Questionnaire, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = Config(home=tmp_path)
    record_of(config, small.fingerprint).parent.mkdir()
    record_of(config, small.fingerprint).write_text("[")
    called: list[int] = []
    report: Callable[..., trial.TrialReport] = lambda *_, **__: (  # noqa: E731
        called.append(1)
        or trial.TrialReport(small.fingerprint, ("en",), 1, 0, {"complete": 1}, (1, 1, 1), 3, {}, {}, ())
    )
    monkeypatch.setattr(rehearsed, "try_pages", report)
    require_trial(config, small, ["en"])
    assert called == [1]


@pytest.mark.parametrize("name", ["date", "crosswise", "other"])
def test_strangers_answer_every_kind_of_question_as_it_is_stored(home: Path, name: str) -> None:
    result = simulate(str(TINY / f"{name}.yaml"), "--walks", "100", "--visits", "4", "--json")
    assert result.exit_code == 0, result.output
    pages = json.loads(result.stdout)["pages"]
    assert (pages["visits"], pages["hostile"], pages["endings"]) == (20, 4, {"complete": 20})
