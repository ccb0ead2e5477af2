"""Estimates over partitions are those over the rows in memory, to 1e-9, under every kind of design."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from public_trends import gss

import analysis
from analysis import (
    Calibration,
    Design,
    PartitionedData,
    PooledDesign,
    SurveyData,
    Targets,
    calibrate,
    from_frame,
    pool,
    pool_partitions,
    rake,
)

from .conftest import Split, interviews, same

CLUSTERS = Design(strata="stratum", cluster=("psu",))
ELEMENTS = Design()
TARGETS = Targets.from_shares(
    {"region": {1: 0.2, 2: 0.5, 3: 0.3}, "children_class": {0: 0.4, 1: 0.6}}, population=2_000_000
)


def answering(design: Design, **options: Any) -> SurveyData:
    data = interviews(design, **options)
    classed = data.frame.assign(children_class=(data.frame["children"] > 1).astype(int))
    return from_frame(
        classed.drop(columns="wave"),
        design,
        codes={name: words(data, name) for name in ("vote", "agree", "sex", "region")}
        | {"children_class": {0: "few", 1: "many"}},
        meta=data.meta,
    )


def words(data: SurveyData, name: str) -> dict[int, str]:
    return {code: text["en"] for code, text in data.variable(name).codes.items()}


def calibrated(data: SurveyData) -> SurveyData:
    return calibrate(data, TARGETS, totals={"children": 2_800_000}, distance="raking")[0]


def trimmed_since(data: SurveyData) -> SurveyData:
    """Weights that were cut and scattered after they had been calibrated."""
    raked = rake(data, TARGETS)[0]
    scatter = np.random.default_rng(5).uniform(0.7, 1.2, len(raked.frame))
    frame = raked.frame.assign(adjusted=raked.frame["weight"])
    frame["weight"] = frame["weight"].clip(upper=2.5) * scatter
    adjustment = raked.design.calibration
    assert isinstance(adjustment, Calibration)
    return SurveyData(
        frame,
        raked.codebook,
        replace(raked.design, calibration=replace(adjustment, adjusted="adjusted")),
        raked.meta,
    )


def regression_trimmed_since(data: SurveyData) -> SurveyData:
    found = trimmed_since(data)
    adjustment = found.design.calibration
    return SurveyData(
        found.frame,
        found.codebook,
        replace(found.design, calibration=replace(adjustment, method="regression")),
        found.meta,
    )


MADE: dict[str, Callable[[], SurveyData]] = {
    "clusters": lambda: answering(CLUSTERS),
    "elements": lambda: answering(ELEMENTS),
    "strata of elements": lambda: answering(Design(strata="stratum")),
    "strata named by words": lambda: answering(Design(strata="area", cluster=("psu",))),
    "elements of known populations": lambda: answering(Design(strata="stratum", fpc=("people",))),
    "weights from populations": lambda: answering(Design(strata="stratum", fpc=("people",), weight=None)),
    "no weights": lambda: answering(Design(strata="stratum", weight=None)),
    "one stage": lambda: answering(Design(strata="stratum", cluster=("psu",), fpc=("psus",))),
    "two stages": lambda: answering(
        Design(strata="stratum", cluster=("psu", "house"), fpc=("psus", "houses"))
    ),
    "two stages, weights from populations": lambda: answering(
        Design(strata="stratum", cluster=("psu", "house"), fpc=("psus", "houses"), weight=None)
    ),
    "lonely, adjusted": lambda: answering(Design(strata="alone", lonely_psu="adjust")),
    "lonely, averaged": lambda: answering(Design(strata="alone", lonely_psu="average")),
    "lonely, joined": lambda: answering(Design(strata="alone", lonely_psu="collapse")),
    "lonely in a domain": lambda: answering(Design(strata="pair", lonely_psu="adjust", lonely_domain=True)),
    "lonely in a domain, clusters": lambda: answering(
        Design(strata="stratum", cluster=("house",), lonely_psu="adjust", lonely_domain=True)
    ),
    "lonely, certain": lambda: answering(Design(strata="alone", lonely_psu="certainty")),
    "raked clusters": lambda: rake(answering(CLUSTERS), TARGETS)[0],
    "raked elements": lambda: rake(answering(Design(strata="stratum")), TARGETS)[0],
    "raked and trimmed elements": lambda: rake(answering(ELEMENTS), TARGETS, trim=3)[0],
    "calibrated clusters": lambda: calibrated(answering(CLUSTERS)),
    "calibrated elements": lambda: calibrated(answering(ELEMENTS)),
    "trimmed since, clusters": lambda: trimmed_since(answering(CLUSTERS)),
    "trimmed since, elements": lambda: trimmed_since(answering(Design(strata="stratum"))),
    "trimmed since by regression, elements": lambda: regression_trimmed_since(answering(ELEMENTS)),
    "trimmed since by regression, clusters": lambda: regression_trimmed_since(answering(CLUSTERS)),
}
CALLS: dict[str, tuple[tuple[Any, ...], dict[str, Any]]] = {
    "proportion": (("vote",), {}),
    "proportion in groups": (("vote",), {"by": ["sex", "region"], "interval": "beta"}),
    "proportion of a domain": (("agree",), {"code": 1, "by": "region", "where": {"age": [*range(18, 40)]}}),
    "proportions": ((["vote", "agree"],), {"by": "sex", "code": {"agree": 1}}),
    "distribution": (("vote",), {"by": "sex"}),
    "mean": (("age",), {"by": ["region"]}),
    "mean of a domain": (("children",), {"where": {"sex": 2, "agree": [0, 1]}}),
    "total": (("age",), {"by": "region"}),
    "total of a code": (("vote",), {"code": 2}),
    "ratio": (("children", "age"), {"by": "sex"}),
    "quantile": (("age",), {"p": 0.3, "by": "sex"}),
    "crosstab": (("vote", "region"), {"where": {"sex": [1, 2]}}),
}


def both(data: SurveyData, partitioned: PartitionedData, call: str) -> tuple[Any, Any]:
    name = call.partition(" ")[0]
    positional, options = CALLS[call]
    return getattr(partitioned, name)(*positional, **options), getattr(analysis, name)(
        data, *positional, **options
    )


@pytest.mark.parametrize("design", list(MADE))
def test_every_estimate_is_that_of_the_rows(design: str, split: Split) -> None:
    data = MADE[design]()
    partitioned = split(data)
    for call in CALLS:
        found, wanted = both(data, partitioned, call)
        same(found, wanted)


@pytest.mark.parametrize("design", list(MADE))
def test_a_model_is_that_of_the_rows(design: str, split: Split) -> None:
    data = MADE[design]()
    formula = "agree ~ C(region) * children"
    found = split(data).svyglm(formula, family="binomial", where={"sex": 1})
    wanted = analysis.svyglm(formula, data, family="binomial", where={"sex": 1})
    same(found.covariance, wanted.covariance)
    assert found.params.to_numpy() == pytest.approx(wanted.params.to_numpy(), rel=1e-9)
    if wanted.df_residual > 0:
        same(found.table(), wanted.table())
        same(found.anova(), wanted.anova())
    assert (found.n, found.df, found.df_residual) == (wanted.n, wanted.df, wanted.df_residual)
    assert found.deviance == pytest.approx(wanted.deviance, rel=1e-9)


def waves(design: Design, count: int = 7) -> list[SurveyData]:
    return [answering(design, wave=str(number), n=500 + 40 * number) for number in range(1, count + 1)]


@pytest.mark.parametrize(
    "design", [CLUSTERS, Design(strata="stratum"), Design(strata="stratum", fpc=("people",))]
)
def test_changes_and_trends_are_those_of_the_rows(design: Design, split: Split) -> None:
    each = waves(design)
    data, partitioned = pool(each), pool_partitions([split(wave) for wave in each])
    options: dict[str, Any] = {"by": "sex", "where": {"region": [1, 2]}}
    ends = {"wave_from": "1", "wave_to": "6"}
    for variable in ("vote", "age"):
        same(
            partitioned.change(variable, **ends, **options),
            analysis.change(data, variable, **ends, **options),
        )
        found, wanted = partitioned.trend(variable, **options), analysis.trend(data, variable, **options)
        same(found.table, wanted.table)
        same(found.waves, wanted.waves)
        assert found.times == wanted.times


def test_waves_raked_each_for_itself_pool(split: Split) -> None:
    each = [rake(wave, TARGETS)[0] for wave in waves(CLUSTERS, 3)]
    data, partitioned = pool(each), pool_partitions([split(wave) for wave in each])
    same(
        partitioned.trend("agree", code=1, link="logit").table,
        analysis.trend(data, "agree", code=1, link="logit").table,
    )
    same(
        partitioned.proportions(["vote", "agree"], by="wave"),
        analysis.proportions(data, ["vote", "agree"], by="wave"),
    )


@pytest.mark.parametrize("design", [CLUSTERS, Design(strata="stratum", cluster=("psu",), same_psus=True)])
def test_whatever_is_made_of_estimates_is_exact(design: Design, split: Split) -> None:
    each = waves(design, 7)
    data = pool(each)
    small = pool_partitions([split(wave) for wave in each]).compressed(["agree", "age"], by="sex")
    for one in (data, small):
        assert one.sample.df() == data.sample.df()
    made: list[Callable[[SurveyData], pd.DataFrame]] = [
        lambda one: analysis.adjacent_changes(one, "agree", code=1),
        lambda one: analysis.any_change(analysis.wave_series(one, "agree", code=1)),
        lambda one: analysis.curve(one, "agree", code=1).table,
        lambda one: analysis.compare_trends(one, "age", by="sex").table,
    ]
    for call in made:
        same(call(small), call(data))


def test_waves_of_another_mode_are_marked(split: Split) -> None:
    each = [
        replace(wave, frame=wave.frame.assign(mode=["web", "capi"][number % 2]))
        for number, wave in enumerate(waves(CLUSTERS, 4))
    ]
    found, wanted = pool_partitions([split(wave) for wave in each]), pool(each)
    same(found.trend("agree", code=1).table, analysis.trend(wanted, "agree", code=1).table)
    same(analysis.mode_breaks(found.compressed([])), analysis.mode_breaks(wanted))


def test_a_folder_may_hold_several_waves(split: Split) -> None:
    data = pool([*waves(CLUSTERS, 2), *waves(Design(strata="area"), 3)[2:]])
    assert isinstance(data.design, PooledDesign)
    same(split(data).mean("age", by=["wave", "sex"]), analysis.mean(data, "age", by=["wave", "sex"]))


def test_an_item_that_a_wave_did_not_ask_is_not_asked_there(split: Split) -> None:
    first, second = waves(CLUSTERS, 2)
    kept = tuple(variable for variable in first.codebook.variables if variable.name != "vote")
    first = SurveyData(
        first.frame.drop(columns="vote"), replace(first.codebook, variables=kept), CLUSTERS, first.meta
    )
    partitioned = pool_partitions([split(first), split(second)])
    same(
        partitioned.proportion("vote", by="wave"),
        analysis.proportion(pool([first, second]), "vote", by="wave"),
    )


def test_a_broken_wording_stays_broken(split: Split) -> None:
    each = waves(CLUSTERS, 2)
    changed = tuple(
        replace(variable, wording=2) if variable.name == "agree" else variable
        for variable in each[1].codebook.variables
    )
    each[1] = replace(each[1], codebook=replace(each[1].codebook, variables=changed))
    found = pool_partitions([split(wave) for wave in each]).change("agree", wave_from="1", wave_to="2")
    assert (found["verdict"] == "not_comparable").all()


def test_a_sample_without_a_model_has_no_error_here_either(split: Split) -> None:
    data = answering(ELEMENTS)
    data = replace(data, meta=replace(data.meta, sample_type="nonprobability"))
    same(split(data).proportion("vote"), analysis.proportion(data, "vote"))


@pytest.mark.parametrize("count", [1, 3, 40])
def test_number_and_order_of_partitions_do_not_matter(count: int, split: Split) -> None:
    data = MADE["raked elements"]()
    for seed in (1, 2):
        same(split(data, count=count, seed=seed).mean("age", by="sex"), analysis.mean(data, "age", by="sex"))


def test_small_integers_and_dictionaries_are_read_as_what_they_mean(split: Split) -> None:
    data = answering(Design(strata="area", cluster=("psu",)))
    kept = tuple(variable for variable in data.codebook.variables if variable.name not in ("area", "psu"))
    small = data.frame.astype({"vote": "int8", "sex": "float32"}).assign(
        area=data.frame["area"].map({1: "city", 2: "mountain", 3: "steppe"}).astype("category"),
        psu=(data.frame["psu"] * 28 - 110).astype("int8"),
    )
    narrow = replace(data, frame=small, codebook=replace(data.codebook, variables=kept))
    same(split(narrow).proportion("vote", by="sex"), analysis.proportion(data, "vote", by="sex"))


SCHOOLS = {
    "apistrat": Design(strata="stype", fpc=("fpc",), weight="pw"),
    "apiclus2": Design(cluster=("dnum", "snum"), fpc=("fpc1", "fpc2"), weight="pw"),
    "apiclus1": Design(cluster=("dnum",), fpc=("fpc",), weight="pw"),
}


@pytest.mark.parametrize("name", list(SCHOOLS))
def test_schools_are_estimated_as_in_memory(name: str, shared: Path, split: Split) -> None:
    data = from_frame(pd.read_csv(shared / "data" / f"{name}.csv"), SCHOOLS[name])
    partitioned = split(data, row_group_size=20)
    for call, options in (("mean", {}), ("total", {}), ("quantile", {"p": 0.25})):
        found = getattr(partitioned, call)("api00", by="sch_wide", **options)
        same(found, getattr(analysis, call)(data, "api00", by="sch_wide", **options))
    same(partitioned.ratio("api_stu", "enroll"), analysis.ratio(data, "api_stu", "enroll"))
    same(partitioned.proportion("awards"), analysis.proportion(data, "awards"))


def test_the_general_social_survey_has_the_same_figures(shared: Path, split: Split) -> None:
    data = gss(shared / "data")
    partitioned = split(data, count=6, row_group_size=4000)
    times = {wave: float(wave) for wave in data.waves}
    found = partitioned.trend("agree", code=1, time=times, where={"female": 1})
    same(found.table, analysis.trend(data, "agree", code=1, time=times, where={"female": 1}).table)
    same(partitioned.mean("fefam", by="wave"), analysis.mean(data, "fefam", by="wave"))
    same(partitioned.quantile("fefam", by="wave"), analysis.quantile(data, "fefam", by="wave"))
    formula = "agree ~ t10 * C(female) + ba"
    found = partitioned.svyglm(formula, family="binomial")
    same(found.table(), analysis.svyglm(formula, data, family="binomial").table())
