"""The exported studies under the designs of r/common.R: a design's name comes in, SurveyData goes out."""

import importlib.util
from functools import lru_cache
from pathlib import Path

import pandas as pd

from analysis import Design, Meta, SurveyData, Targets, calibrate, from_frame, pool, rake

DESIGNS = {
    "votes.strata_fpc": Design(strata="place", fpc=("place_size",), weight="w_place"),
    "votes.strata": Design(strata="place", weight="w_place"),
    "votes.elements": Design(weight="w_person"),
    "votes.clusters": Design(strata="place", cluster=("band",), weight="w_person"),
    "votes.clusters_fpc": Design(strata="place", cluster=("band",), fpc=("band_count",), weight="w_person"),
    "clinics.two_stage": Design(
        strata="region", cluster=("town", "street"), fpc=("towns", "streets"), weight="w_stage"
    ),
    "clinics.first_stage": Design(strata="region", cluster=("town",), weight="w_stage"),
    "schools.strata_fpc": Design(strata="size", fpc=("size_count",), weight="w_size"),
    "schools.counties": Design(cluster=("county",), fpc=("counties",), weight="w_county"),
    "marriages.waves": Design(strata="stratum", cluster=("work",), weight="w"),
    "classes.scores": Design(strata="PSI", cluster=("score",), weight="w"),
}
SCHOOLS, PARTIES = {1: 2100, 2: 2300, 3: 1700}, {1: 3000, 2: 500, 3: 2600}
PLACES = {1: 1300, 2: 1500, 3: 1700, 4: 1600}
BOUNDS = {"cal_linear_bounded": (0.75, 1.35), "cal_logit": (0.6, 1.6)}


@lru_cache
def studies() -> dict[str, pd.DataFrame]:
    spec = importlib.util.spec_from_file_location("export_data", Path(__file__).with_name("export_data.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return {name: study() for name, study in module.STUDIES.items()}


def declared(frame: pd.DataFrame, design: Design, coded: tuple[str, ...], wave: str = "1") -> SurveyData:
    """The frame under the design; `coded` columns get the codes they hold, empty cells the code -5."""
    whole = {name: frame[name].fillna(-5).astype(int) for name in coded}
    codes = {name: {int(code): str(code) for code in set(values) - {-5}} for name, values in whole.items()}
    return from_frame(frame.assign(**whole), design, codes=codes, meta=Meta("reference", wave))


@lru_cache
def survey(design: str, *coded: str) -> SurveyData:
    return declared(studies()[design.split(".", maxsplit=1)[0]], DESIGNS[design], coded)


@lru_cache
def waves() -> SurveyData:
    parts = studies()["marriages"].groupby("wave")
    coded = ("affair", "content", "college")
    return pool([declared(part, DESIGNS["marriages.waves"], coded, str(wave)) for wave, part in parts])


@lru_cache
def weighted(design: str, method: str) -> SurveyData:
    data = survey(design, "school", "party", "place", "vote")
    if method == "raked":
        margins = {"school": SCHOOLS, "party": PARTIES, "place": PLACES}
        return rake(data, Targets.from_shares(margins, population=6100), scale="population")[0]
    if method == "poststratified":
        return calibrate(data, Targets.from_shares({"school": SCHOOLS}, population=6100))[0]
    margin = Targets.from_shares({"school": {1: 1750, 2: 2000, 3: 2350}}, population=6100)
    totals = {"age": 6100 * 46.5, "income": 6100 * 16.0}
    distance = method.removeprefix("cal_").removesuffix("_bounded")
    return calibrate(data, margin, totals=totals, distance=distance, bounds=BOUNDS.get(method))[0]
