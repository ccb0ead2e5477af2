"""A number of batteries and waves in, release folders of a synthetic study in four languages out."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

from analysis import Design, Meta, SurveyData, derive, write_release
from instruments import Codebook, Group, Indicator, Level, Missing, Role, Variable

WORDS = Path(__file__).resolve().parents[2] / "tests" / "reports" / "small_study.yaml"
ROWS = 4
PEOPLE = 1000
FIRST_YEAR = 2020


def write(batteries: int, waves: int, home: Path) -> list[Path]:
    """The releases, first wave first; those that are there already are not written again."""
    words = yaml.safe_load(WORDS.read_text("utf-8"))
    codebook = _codebook(batteries, words)
    folders = []
    for number in range(waves):
        data = _wave(codebook, words, FIRST_YEAR + number)
        weights = {"base_weight": "given"}
        folders.append(write_release(data, home, instrument="{}", weights=weights, fieldwork={}).folder)
    return folders


def _codebook(batteries: int, words: dict[str, Any]) -> Codebook:
    variables: list[Variable] = []
    groups, indicators = [], []
    for number in range(1, batteries + 1):
        rows = [_row(f"B{number}_{row + 1}", words, row) for row in range(ROWS)]
        variables += rows
        name = f"B{number}"
        listed = tuple(row.name for row in rows)
        groups.append(Group(name, **words["battery"], variables=listed, kind="battery", headline=True))
        share = _computed(f"{name}_ANY", {"share": {"item": rows[0].name, "in": [4, 5]}}, words)
        variables.append(share)
        indicators.append(_indicator(share.name, words))
    return Codebook(
        instrument="bench",
        version="1",
        title=words["title"],
        population=words["population"],
        languages=tuple(words["title"]),
        source_language="en",
        variables=tuple(variables),
        groups=tuple(groups),
        indicators=tuple(indicators),
        status=dict.fromkeys(words["title"], "draft") | {"en": "source"},
    )


def _row(name: str, words: dict[str, Any], row: int) -> Variable:
    given = list(words["rows"].values())[row % len(words["rows"])]
    return Variable(
        name,
        given["label"],
        Level.ORDINAL,
        words["agree"],
        question=given["label"],
        item=name,
        group=name.partition("_")[0],
        higher="harmful",
        missing=(Missing.DONT_KNOW, Missing.REFUSED),
    )


def _computed(name: str, rule: dict[str, Any], words: dict[str, Any]) -> Variable:
    return Variable(
        name,
        **words["blame"],
        level=Level.NOMINAL,
        codes=words["yesno"],
        rule=rule,
        role=Role.INDICATOR,
        higher="harmful",
    )


def _indicator(name: str, words: dict[str, Any]) -> Indicator:
    label, finding = words["blame"]["label"], words["findings"]["VB_ANY"]
    return Indicator(name, name, "proportion", label, finding, 1, "harmful", headline=True)


def _wave(codebook: Codebook, words: dict[str, Any], year: int) -> SurveyData:
    chance = np.random.default_rng([20261125, year])
    psu = np.arange(PEOPLE) % 40
    weight = chance.uniform(0.6, 1.8, PEOPLE)
    columns = {
        variable.name: _answers(chance, 0.5 - 0.03 * (year - FIRST_YEAR))
        for variable in codebook.variables
        if variable.rule is None
    }
    reserved = {"wave": str(year), "weight": weight, "base_weight": weight, "stratum": psu // 10, "psu": psu}
    reserved |= {"mode": "web", "language": chance.choice(["kk", "ru"], PEOPLE)}
    meta = Meta(
        study="bench",
        wave=str(year),
        title=codebook.title,
        dates=(f"{year}-04-03", f"{year}-05-12"),
        sample_type="probability",
        synthetic=True,
        disclosure=words["disclosure"],
    )
    frame = derive(pd.DataFrame({**columns, **reserved}), codebook)
    return replace(SurveyData(frame, codebook, Design(strata="stratum", cluster=("psu",)), meta))


def _answers(chance: np.random.Generator, agree: float) -> np.ndarray:
    shares = [0.45 * (1 - agree), 0.33 * (1 - agree), 0.22 * (1 - agree), 0.6 * agree, 0.4 * agree]
    answers = chance.choice([1, 2, 3, 4, 5], PEOPLE, p=shares)
    return np.where(chance.random(PEOPLE) < 0.05, int(Missing.DONT_KNOW), answers)
