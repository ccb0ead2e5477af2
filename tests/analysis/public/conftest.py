"""A wave with people who are easily told apart, and the specification of its public file."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis import Design, Meta, PublicSpec, SurveyData, derive, read_public_spec, write_release
from instruments import Codebook, Indicator, Level, Missing, Role, Variable

ALLOWED = (Missing.DONT_KNOW, Missing.REFUSED, Missing.NO_ANSWER)
SPECIFICATION = """
format: 1
licence: CC-BY-4.0
k: 5
ceiling: 0.05
keys:
  - importance: 4
    steps:
      - column: SEX
  - importance: 3
    hides: [TOWN]
    steps:
      - column: AGE
        name: age4
        at: [30, 45, 60]
      - column: AGE
        name: age2
        at: [45]
  - importance: 2
    removable: true
    steps:
      - column: part
      - column: part
        name: half
        groups: {1: {values: [1, 2], label: "north"}, 2: {values: [3, 4], label: "south"}}
  - importance: 1
    removable: true
    steps:
      - column: language
        name: tongue
        groups: {1: {values: [kk], label: "Kazakh"}, 2: {values: [ru, uz], label: "other"}}
numbers: {CHILDREN: {top: 3}}
sensitive: [BLAME, CHILDREN]
"""


def words(text: str) -> dict[str, str]:
    return dict.fromkeys(("kk", "ru", "uz", "en"), text)


def coded(name: str, codes: int, **more: object) -> Variable:
    labels = {code: words(f"{name} {code}") for code in range(1, codes + 1)}
    return Variable(name, words(name), Level.NOMINAL, labels, words(name), **{"item": name, **more})


def codebook() -> Codebook:
    return Codebook(
        "people",
        "1",
        words("People"),
        words("Adults"),
        ("kk", "ru", "uz", "en"),
        "en",
        (
            coded("CONSENT", 2),
            coded("SEX", 2, missing=ALLOWED),
            Variable("AGE", words("Age"), Level.INTERVAL, item="AGE", missing=ALLOWED),
            coded("TOWN", 40, missing=ALLOWED),
            coded("ANSWER", 4, missing=ALLOWED),
            Variable("CHILDREN", words("Children"), Level.INTERVAL, item="CHILDREN", missing=ALLOWED),
            Variable("MONEY", words("Money"), Level.INTERVAL, item="MONEY", missing=ALLOWED),
            Variable("SAID", words("Said"), Level.TEXT, {0: words("no"), 1: words("yes")}, item="SAID"),
            Variable("ANSWER_POS", words("Place"), Level.INTERVAL, role=Role.PARADATA),
            coded("part", 4, role=Role.DERIVED, rule={"recode": "TOWN", "to": PARTS}),
            coded(
                "BLAME", 2, role=Role.INDICATOR, rule={"recode": "ANSWER", "to": {"1": [3, 4], "2": [1, 2]}}
            ),
            coded(
                "OLD_TOWN",
                2,
                role=Role.DERIVED,
                rule={"recode": "TOWN", "to": {"1": list(range(1, 21)), "2": list(range(21, 41))}},
            ),
            coded("RICH", 2, role=Role.DERIVED, rule={"cut": "MONEY", "at": [10]}),
        ),
        indicators=(
            Indicator("BLAME", "BLAME", "proportion", words("Blame"), words("blame"), 1, headline=True),
        ),
    )


PARTS = {str(part): list(range(10 * part - 9, 10 * part + 1)) for part in (1, 2, 3, 4)}


def people(n: int = 600, seed: int = 7) -> SurveyData:
    """Towns of four parts of a country; weights as raking makes them, a product of a factor a margin."""
    chance = np.random.default_rng(seed)
    town = chance.choice(np.arange(1, 41), n, p=np.repeat([0.05, 0.03, 0.015, 0.005], 10))
    sex = np.where(chance.random(n) < 0.02, -2, chance.choice([1, 2], n, p=[0.6, 0.4]))
    age = chance.integers(18, 90, n)
    part = (town - 1) // 10
    weight = (
        np.array([1.4, 0.9, 0.7, 1.1])[part] * np.where(age < 45, 1.3, 0.8) * np.where(sex == 1, 0.9, 1.2)
    )
    frame = pd.DataFrame(
        {
            "wave": "2026",
            "weight": weight / weight.mean(),
            "stratum": part,
            "psu": town,
            "language": chance.choice(["kk", "ru", "uz"], n, p=[0.6, 0.35, 0.05]),
            "CONSENT": 1,
            "SEX": sex,
            "AGE": age,
            "TOWN": town,
            "ANSWER": chance.choice([1, 2, 3, 4, -1, -2], n, p=[0.3, 0.25, 0.2, 0.15, 0.06, 0.04]),
            "CHILDREN": chance.choice([0, 1, 2, 3, 4, 9, -2], n, p=[0.3, 0.2, 0.2, 0.15, 0.1, 0.02, 0.03]),
            "MONEY": chance.integers(1, 100, n),
            "SAID": chance.integers(0, 2, n),
            "ANSWER_POS": chance.integers(1, 9, n),
        }
    )
    book = codebook()
    meta = Meta("people", "2026", title=words("People"), dates=("2026-04-01", "2026-05-01"))
    return SurveyData(derive(frame, book), book, Design(strata="stratum", cluster=("psu",)), meta)


@pytest.fixture
def wave() -> Callable[..., SurveyData]:
    return people


@pytest.fixture
def release(tmp_path: Path) -> Path:
    """The wave as a release folder."""
    return write_release(people(), tmp_path, instrument="{}", weights={}, fieldwork={}).folder


@pytest.fixture
def write_spec(tmp_path: Path) -> Callable[..., Path]:
    """The specification as a file, with words replaced."""

    def write(*changes: tuple[str, str]) -> Path:
        text = SPECIFICATION
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        path = tmp_path / "microdata.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def spec(write_spec: Callable[..., Path]) -> PublicSpec:
    return read_public_spec(write_spec())
