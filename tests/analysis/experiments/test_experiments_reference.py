"""Designed questions made of the 1996 election study: every figure of R is met by ours."""

import importlib.util
import json
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis import (
    Design,
    SurveyData,
    crosswise,
    crosswise_regression,
    from_frame,
    list_experiment,
    list_regression,
    randomised_regression,
    randomised_response,
    split_ballot,
    vignette_effects,
)

REFERENCE = Path(__file__).resolve().parents[2] / "reference"
RESULTS: dict[str, dict[str, Any]] = json.loads((REFERENCE / "experiments" / "results.json").read_text())
DESIGNS = {
    "strata": Design(strata="place", weight="w_place"),
    "clusters": Design(strata="place", cluster=("band",), weight="w_person"),
    "clusters_fpc": Design(strata="place", cluster=("band",), fpc=("band_count",), weight="w_person"),
}
CODES = {
    "treat": {0: "short", 1: "long"},
    "cx": {1: "both or neither", 2: "exactly one"},
    "anchor": {1: "both or neither", 2: "exactly one"},
    "forced": {0: "no", 1: "yes"},
    "who": {1: "a", 2: "b", 3: "c"},
    "how": {1: "a", 2: "b"},
    "form": {1: "a", 2: "b"},
    "trait": {1: "a", 2: "b", 3: "c"},
    "school": {1: "a", 2: "b", 3: "c"},
}
TOLERANCE = 1e-6
FORCED = {"design": "forced", "yes": 1, "p": 2 / 3, "forced_yes": 1 / 6}
Found = Iterator[tuple[str, Any]]


def _module(path: Path) -> Any:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@lru_cache
def frames() -> tuple[pd.DataFrame, pd.DataFrame]:
    made = _module(REFERENCE / "experiments" / "made.py")
    frame = made.people(_module(REFERENCE / "export_data.py").votes())
    return frame, made.profiles(frame)


@lru_cache
def people(design: str) -> SurveyData:
    data = from_frame(frames()[0], DESIGNS[design], codes=CODES)
    known = {"anchor": {"crosswise": {"prevalence": 0.3}}}
    variables = [
        v if v.name not in known else type(v)(**{**v.__dict__, "design": known[v.name]})
        for v in data.codebook.variables
    ]
    codebook = type(data.codebook)(**{**data.codebook.__dict__, "variables": tuple(variables)})
    return data.with_frame(data.frame, codebook=codebook)


def rows(table: pd.DataFrame) -> Found:
    yield from ((name, table[name].to_numpy()) for name in ("estimate", "se", "df"))


def difference(data: SurveyData, rest: list[str]) -> Found:
    options = {"where": {"school": int(rest[0][-1])}} if rest else {}
    yield from rows(list_experiment(data, "count", group="treat", control_items=4, **options).table)


def regression(data: SurveyData, method: str, part: str | None) -> Found:
    fit = list_regression(data, "count", "ten + educ", method=method, group="treat", control_items=4)
    table = fit.table()
    yield from rows(table[table["part"] == part] if part else table)
    yield "log_likelihood", fit.log_likelihood


def indirect(data: SurveyData, kind: str, rest: list[str]) -> Found:
    if rest:
        fit = (
            crosswise_regression(data, "cx", "ten + educ", prevalence=0.25)
            if kind == "crosswise"
            else randomised_regression(data, "forced", "ten + educ", **FORCED)
        )
        yield from rows(fit.table())
    elif kind == "forced":
        yield from rows(randomised_response(data, "forced", **FORCED).table)
    else:
        options = {"anchor": "anchor"} if kind == "anchored" else {}
        yield from rows(crosswise(data, "cx", prevalence=0.25, **options).table)


def vignette(data: SurveyData, kind: str, rest: list[str]) -> Found:
    found = vignette_effects(data, outcome="selfLR", factors=["who", "how"])
    if kind == "marginal":
        yield from rows(found.marginal_means[found.marginal_means["factor"] == "who"])
    elif rest:
        term = "who x how" if kind == "interaction" else rest[0]
        row = found.tests[found.tests["term"] == term].iloc[0]
        yield from ((name, row[name]) for name in ("f", "df", "ddf", "p"))
    else:
        yield from rows(found.effects if kind == "amce" else found.interactions)


def ours(key: str) -> Found:
    design, kind, *rest = key.split(".")
    if design == "profiles":
        data = from_frame(frames()[1], Design(strata="place", weight="w_place"), codes=CODES)
        effects = vignette_effects(data, outcome="rating", factors=["trait"], respondent="person").effects
        return rows(effects)
    data = people(design)
    if kind == "lm":
        return regression(data, "lm", rest[0])
    kinds: dict[str, Callable[[], Found]] = {
        "difference": lambda: difference(data, rest),
        "ml": lambda: regression(data, "ml", None),
        "nls": lambda: regression(data, "nls", None),
        "split": lambda: rows(split_ballot(data, "form", "vote").table),
    }
    if kind in kinds:
        return kinds[kind]()
    if kind in ("crosswise", "forced", "anchored"):
        return indirect(data, kind, rest)
    return vignette(data, kind, rest)


@pytest.mark.parametrize("key", [key for key in RESULTS if key != "_meta"])
def test_every_figure_of_r_is_met(key: str) -> None:
    theirs = RESULTS[key]
    found = dict(ours(key))
    # the degrees of freedom of a difference are the design's, not a regression's with two coefficients
    compared = [name for name in theirs if name != "df" or ".lm." in key or ".amce" in key]
    for name in compared:
        value = np.atleast_1d(np.asarray(found[name], float))
        expected = np.broadcast_to(theirs[name], value.shape)
        assert value == pytest.approx(expected, rel=TOLERANCE), name
