"""A respondent stored as the pages would store one; releases to analyse, and the command that does."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner, Result

from analysis import Design, Meta, SurveyData, write_release
from instruments import (
    Codebook,
    Group,
    Indicator,
    Item,
    Level,
    ListExperiment,
    Number,
    Role,
    SeveralOf,
    SingleChoice,
    Variable,
)
from survey import keys
from survey.cli import main
from survey.config import Config
from survey.store import ballots, waves
from survey.store.engine import Database
from survey.store.models import Ballot, Wave


def some_answer(item: Item) -> Any:
    """An answer the item accepts: its last option, or 40."""
    if isinstance(item, SingleChoice):
        return 1 if item.role == "consent" or item.exits else item.options[-1].code
    if isinstance(item, SeveralOf):
        return [item.options[0].code]
    if isinstance(item, Number):
        return min(max(40, item.min), item.max)
    return 1 if isinstance(item, ListExperiment) else ""


@pytest.fixture
def tolqyn(environment: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Type a command; whatever it says, it never shows a traceback."""
    monkeypatch.chdir(tmp_path)

    def run(*words: str) -> Result:
        result = CliRunner().invoke(main, words)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        assert "Traceback" not in result.output
        return result

    return run


@pytest.fixture
def in_public(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server is reached at an address that others can open."""
    monkeypatch.setenv("TOLQYN_PUBLIC_URL", "https://opinion.example.org")


@pytest.fixture
def core_interview(database: Database, config: Config) -> Callable[[Wave, str], None]:
    """Walk every page of a wave's questionnaire with the token, and finish."""

    def walk(wave: Wave, token: str) -> None:
        ballot = keys.read_wave_key(config.keys, wave.alias).ballot(token)
        with database.writing() as session:
            found = waves.find_wave(session, wave.alias)
            questionnaire = waves.questionnaire_of(session, found)
            draw, answers, page = questionnaire.draw(ballot), {}, 0
            while (page := questionnaire.next_page(page, answers, draw) or 0) > 0:
                shown = questionnaire.items_on(page, answers, draw)
                given = {item.id: some_answer(item) for item in shown if item.stores}
                assert not any(item.problems(given[item.id], draw) for item in shown if item.stores)
                answers |= given
                ballots.save_page(
                    session, found, ballot, page, given, sealed={}, language="kk", seconds=9, day=date.today()
                )
            session.get_one(Ballot, ballot).state = "complete"

    return walk


AGREE = {code: {"en": str(code)} for code in range(1, 6)}
TWO = {1: {"en": "one"}, 2: {"en": "two"}}
NO_YES = {0: {"en": "no"}, 1: {"en": "yes"}}
ATTITUDES = {"A": 1, "B": 1, "C": 1, "D": -1}
VISITED = {"complete": 540, "partial": 60, "refusal": 100, "noncontact": 50, "other": 10}


@pytest.fixture
def analyse(tmp_path: Path) -> Callable[..., Result]:
    """Run `tolqyn analyse` without a database."""

    def run(*words: str) -> Result:
        env = {"TOLQYN_HOME": str(tmp_path), "TOLQYN_DATABASE_URL": ""}
        return CliRunner().invoke(main, ["analyse", *words], env=env)

    return run


@pytest.fixture
def printed(analyse: Callable[..., Result]) -> Callable[..., Any]:
    """What `tolqyn analyse ... --json` prints, read."""

    def run(*words: str) -> Any:
        done = analyse(*words, "--json")
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)

    return run


@pytest.fixture(scope="module")
def attitudes(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, ...]:
    """Releases of four waves in 40 clusters: a battery, four designed questions, two headlines."""
    home = tmp_path_factory.mktemp("attitudes")
    fieldwork = {"access": "invited", "invitations": 900, "dispositions": VISITED}
    return tuple(
        str(
            write_release(
                attitude_wave(wave, place), home, instrument="{}", weights={}, fieldwork=fieldwork
            ).folder
        )
        for place, wave in enumerate(("2023", "2024", "2025", "2026"))
    )


def attitude_wave(wave: str, place: int, n: int = 600) -> SurveyData:
    """A wave whose attitude rises by 0.1 of its spread each year."""
    rng = np.random.default_rng(place)
    lean = rng.normal(0.1 * place, 1, n)
    items = {
        name: np.clip(np.round(3 + key * 0.8 * lean + rng.normal(0, 0.8, n)), 1, 5).astype(int)
        for name, key in ATTITUDES.items()
    }
    items["B"][:20] = -1
    sensitive, long, form = rng.random(n) < 0.3, rng.integers(1, 3, n), rng.integers(1, 3, n)
    known = rng.random(n) < 0.2
    frame = pd.DataFrame(
        {
            **items,
            "SEX": rng.integers(1, 3, n),
            "AGE": rng.integers(18, 80, n).astype(float),
            "YES": (lean + rng.normal(0, 1, n) > 0).astype(int),
            "LIST": (rng.binomial(3, 0.4, n) + (sensitive & (long == 2))).astype(float),
            "LIST_GRP": long,
            "CROSS": np.where((rng.random(n) < 0.25) == known, 1, 2),
            "VIG_SEX": rng.integers(1, 3, n),
            "VIG_AGE": rng.integers(1, 3, n),
            "BLAME": 1,
            "FORM": form,
            "OLD": np.where(form == 1, rng.integers(1, 3, n), -4),
            "NEW": np.where(form == 2, rng.integers(1, 3, n), -4),
            "psu": np.repeat(np.arange(40), n // 40),
            "weight": rng.uniform(0.5, 2, n),
            "wave": wave,
        }
    )
    frame["BLAME"] = np.clip(frame["VIG_SEX"] + rng.integers(0, 4, n), 1, 5)
    design = Design(cluster=("psu",))
    return SurveyData(
        frame, attitude_book(), design, Meta("attitudes", wave, dates=(f"{wave}-05-01", f"{wave}-05-31"))
    )


def attitude_book() -> Codebook:
    def coded(name: str, codes: Any, level: Level = Level.NOMINAL, **more: Any) -> Variable:
        return Variable(name, {"en": name}, level, codes, **more)

    variables = (
        *(coded(name, AGREE, Level.ORDINAL, key=key, group="ATT") for name, key in ATTITUDES.items()),
        coded("SEX", TWO, role=Role.DERIVED),
        coded("AGE", {}, Level.INTERVAL),
        coded("YES", NO_YES),
        coded("LIST", {}, Level.INTERVAL, item="LIST", design={"list_experiment": {"control_items": 3}}),
        coded("LIST_GRP", TWO, role=Role.ASSIGNMENT, item="LIST"),
        coded("CROSS", TWO, item="CROSS", design={"crosswise": {"prevalence": 0.25}}),
        coded("VIG_SEX", TWO, role=Role.ASSIGNMENT, item="VIG", module="V"),
        coded("VIG_AGE", TWO, role=Role.ASSIGNMENT, item="VIG", module="V"),
        coded("BLAME", AGREE, Level.ORDINAL, module="V"),
        coded("FORM", TWO, role=Role.ASSIGNMENT, design={"split": {"forms": {"1": ["OLD"], "2": ["NEW"]}}}),
        coded("OLD", TWO, item="OLD"),
        coded("NEW", TWO, item="NEW"),
    )
    return Codebook(
        "attitudes",
        "1",
        {},
        {},
        ("en",),
        "en",
        variables,
        groups=(Group("ATT", {"en": "Attitude"}, {}, tuple(ATTITUDES), "battery"),),
        indicators=(
            Indicator("YES", "YES", "proportion", {"en": "Yes"}, {}, code=1, headline=True),
            Indicator("A_MEAN", "A", "mean", {"en": "Mean"}, {}, headline=False),
        ),
    )
