"""What is refused of partitions, all at once, before anything is estimated; and where they are computed."""

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import dask
import pandas as pd
import pytest
from dask.distributed import LocalCluster

import analysis
from analysis import (
    DataError,
    Design,
    EstimationError,
    PartitionedData,
    SurveyData,
    bell_mccaffrey,
    joint_covariance,
    mean_estimates,
    pool,
    proportion_estimates,
    rake,
    read_partitioned_releases,
    read_partitions,
    write_release,
)
from analysis.partitions import reducing

from .conftest import Split, interviews, same, write

CLUSTERS = Design(strata="stratum", cluster=("psu",))


@pytest.fixture
def data() -> SurveyData:
    return interviews(CLUSTERS)


def opened(folder: Path, data: SurveyData) -> PartitionedData:
    return read_partitions(folder, data.codebook, data.design, data.meta)


def test_a_partition_of_another_schema_is_refused_with_all_its_faults(
    data: SurveyData, tmp_path: Path
) -> None:
    write(data, tmp_path)
    other = data.frame.drop(columns="vote").assign(sex="woman", wave=1)
    other.to_parquet(tmp_path / "part-9.parquet")
    (tmp_path / "part-8.parquet").write_text("no such thing")
    with pytest.raises(DataError) as refused:
        opened(tmp_path, data)
    text = "\n".join(refused.value.problems)
    assert "part-8.parquet: no Parquet file" in text
    assert "part-9.parquet: no column 'vote'" in text
    assert "part-9.parquet: column 'sex' holds text, not numbers" in text
    assert "part-9.parquet: column 'wave' holds numbers, in part-0.parquet text" in text
    assert len(refused.value.problems) == 4


def test_a_folder_without_partitions_or_rows_is_refused(data: SurveyData, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"no file \*.parquet"):
        opened(tmp_path, data)
    data.frame.iloc[:0].to_parquet(tmp_path / "empty.parquet")
    with pytest.raises(DataError, match="hold no rows"):
        opened(tmp_path, data)


def test_a_weight_that_a_sum_would_hide_is_found(data: SurveyData, tmp_path: Path) -> None:
    frame = data.frame.copy()
    frame.loc[[3, 500], "weight"] = [-1.0, 0.0]
    frame["vote"] = frame["vote"].astype(float)
    frame.loc[7, "vote"] = 77
    frame.iloc[:450].to_parquet(tmp_path / "a.parquet")
    frame.iloc[450:].to_parquet(tmp_path / "b.parquet")
    with pytest.raises(DataError) as refused:
        opened(tmp_path, data).proportion("vote")
    text = "\n".join(refused.value.problems)
    assert "a.parquet, rows 0 to 449: weight 'weight' is negative in 1 rows, first row 3" in text
    assert "b.parquet, rows 450 to" not in text
    assert "b.parquet, rows 0 to 449: weight 'weight' is zero in 1 rows, first row 50" in text
    assert "holds 77" in text


def test_a_file_that_was_lost_since_is_named(data: SurveyData, tmp_path: Path) -> None:
    partitioned = opened(write(data, tmp_path), data)
    (tmp_path / "part-2.parquet").unlink()
    with pytest.raises(DataError, match=r"part-2.parquet: cannot be read"):
        partitioned.mean("age")


def test_a_domain_that_is_no_columns_is_refused(data: SurveyData, split: Split) -> None:
    with pytest.raises(EstimationError, match="where must name columns"):
        split(data).mean("age", where=lambda frame: frame["age"] > frame["age"].mean())  # type: ignore[arg-type]


def test_replicates_and_people_followed_over_waves_are_refused(data: SurveyData, tmp_path: Path) -> None:
    write(data, tmp_path)
    replicated = analysis.make_replicates(data, "JKn").design
    for design, words in ((replicated, "replicate weights"), (Design(person="alone"), "people followed")):
        with pytest.raises(DataError, match=words):
            read_partitions(tmp_path, data.codebook, design, data.meta)


def test_unknown_names_are_told_with_those_near(data: SurveyData, split: Split) -> None:
    partitioned = split(data)
    with pytest.raises(EstimationError, match="'votes': type one of vote"):
        partitioned.proportion("votes")
    with pytest.raises(EstimationError, match="'regio': type one of region"):
        partitioned.proportion("vote", where={"regio": 1})
    with pytest.raises(EstimationError, match="is a weight of the design"):
        partitioned.mean("weight")


def test_what_depends_on_all_rows_of_a_formula_is_refused(data: SurveyData, split: Split) -> None:
    with pytest.raises(EstimationError, match="center in 'agree ~ center"):
        split(data).svyglm("agree ~ center(age)")


def test_more_combinations_than_fit_are_refused(
    data: SurveyData, split: Split, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reducing, "MOST_COMBINATIONS", 500)
    partitioned = split(data)
    with pytest.raises(DataError, match="'age' alone has"):
        partitioned.quantile("age", by="region")
    assert len(partitioned.proportion("agree")) == 2


def test_a_compressed_survey_gives_any_covariance(data: SurveyData, split: Split) -> None:
    small = split(data).compressed(["vote", "age"], by="sex")
    assert len(small.frame) < len(data.frame)
    assert small.counts.sum() == len(data.frame)
    found, wanted = (
        joint_covariance([proportion_estimates(each, "vote", by="sex"), mean_estimates(each, "age")])
        for each in (small, data)
    )
    assert found == pytest.approx(wanted, rel=1e-9, abs=1e-18)


@pytest.mark.parametrize("design", [CLUSTERS, Design(strata="region")])
def test_tests_and_other_models_of_a_compressed_survey_are_exact(design: Design, split: Split) -> None:
    data = interviews(design)
    small = split(data).compressed(["vote", "sex", "age", "children", "agree"], where={"region": [1, 2]})
    found, wanted = ([*_tests(each)] for each in (small, data))
    for one, other in zip(found, wanted, strict=True):
        assert one == pytest.approx(other, rel=1e-9, nan_ok=True)


def _tests(data: SurveyData) -> Iterator[dict[str, object]]:
    where = {"region": [1, 2]}
    for statistic in ("F", "Wald", "lincom"):
        yield _numbers(analysis.association(data, "vote", "sex", statistic=statistic, where=where))
    yield _numbers(analysis.goodness_of_fit(data, "sex", {1: 0.5, 2: 0.5}, where=where))
    yield _numbers(analysis.t_test(data, "age", "sex", where=where))
    yield (
        analysis.net_share(data, "vote", 1, 2, where=where)[["estimate", "se", "deff", "base"]]
        .iloc[0]
        .to_dict()
    )
    yield analysis.variance(data, "age", where=where)[["estimate", "se", "deff", "base"]].iloc[0].to_dict()
    ordered = analysis.svyolr("vote ~ children + C(sex)", data, where=where)
    yield {**ordered.params.to_dict(), **(ordered.se + 1).to_dict(), "deviance": ordered.deviance}
    several = analysis.svymultinomial("vote ~ children", data, where=where)
    yield {**several.params.to_dict(), "n": several.n}
    margins = analysis.predictive_margins(ordered, "sex").table()
    yield margins[["estimate", "se"]].unstack().to_dict()
    fits = [
        analysis.svyglm(f"age ~ {x}", data, where={"sex": [1, 2]}) for x in ("children", "children + C(sex)")
    ]
    yield {"aic": analysis.design_aic(fits[0]).aic, "bic": analysis.design_bic(*fits).bic}


def _numbers(result: analysis.TestResult) -> dict[str, object]:
    return {name: value for name, value in result.to_dict().items() if name != "method"}


def test_what_needs_the_single_interviews_refuses_a_compressed_survey(
    data: SurveyData, split: Split, tmp_path: Path
) -> None:
    small = split(data).compressed(["agree", "children", "sex", "region"])
    targets = analysis.Targets.from_shares({"agree": {0: 0.5, 1: 0.5}})
    regions = analysis.Targets.from_shares({"region": {1: 0.2, 2: 0.5, 3: 0.3}}, population=100)
    refused: list[Callable[[], object]] = [
        lambda: rake(small, targets),
        lambda: analysis.post_stratify(small, regions),
        lambda: analysis.nonresponse_cells(small, "agree", "sex"),
        lambda: bell_mccaffrey(analysis.svyglm("agree ~ children", small)),
        lambda: analysis.rank_test(small, "children", "sex"),
        lambda: analysis.alpha(small, ["agree", "children", "sex"]),
        lambda: analysis.flag_interviews(small),
        lambda: analysis.sensitivity(small),
        lambda: analysis.impute(small, ["agree"], seed=1),
        lambda: analysis.margin_of_error(small),
        lambda: analysis.plan_next_wave(small),
        lambda: analysis.balance(small, "sex"),
        lambda: analysis.make_replicates(small, "JKn"),
        lambda: analysis.ordered_trend(small, "children"),
        lambda: analysis.standardise(small, "children", by="sex", standard="1"),
        lambda: analysis.polychoric_pair(small, "agree", "sex"),
        lambda: analysis.split_ballot(small, "sex"),
        lambda: small.with_frame(small.frame),
    ]
    for call in refused:
        with pytest.raises(EstimationError, match="single interviews"):
            call()
    with pytest.raises(DataError, match="no release"):
        write_release(small, tmp_path, instrument="{}", weights={}, fieldwork={})
    with pytest.raises(EstimationError, match="compress all of them, or none"):
        pool([small, interviews(CLUSTERS, wave="2")])


def test_releases_open_as_partitions(tmp_path: Path) -> None:
    waves = [interviews(CLUSTERS, wave=wave) for wave in ("1", "2", "3")]
    for wave in waves:
        write_release(wave, tmp_path, instrument="{}", weights={}, fieldwork={})
    folders = [reference.folder for reference in analysis.list_releases(tmp_path)]
    together = pool([analysis.read_release(folder) for folder in folders])
    partitioned = read_partitioned_releases(folders)
    assert partitioned.rows == len(together.frame)
    same(partitioned.trend("age").table, analysis.trend(together, "age").table)


def test_without_dask_the_refusal_says_what_to_install(
    data: SurveyData, split: Split, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "dask", None)
    with pytest.raises(EstimationError, match=r"pip install -e '\.\[big\]'"):
        split(data).mean("age")


def test_an_address_where_nobody_listens_is_refused(data: SurveyData, split: Split) -> None:
    quickly = dask.config.set({"distributed.comm.timeouts.connect": "1s"})
    with quickly, pytest.raises(EstimationError, match="no Dask scheduler answers at"):
        split(data, scheduler="tcp://127.0.0.1:9").mean("age")


@pytest.fixture
def cluster() -> Iterator[LocalCluster]:
    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address=None
    ) as running:
        yield running


def test_a_cluster_computes_the_same(data: SurveyData, split: Split, cluster: LocalCluster) -> None:
    partitioned = split(data, scheduler=cluster.scheduler_address)
    same(
        partitioned.proportions(["vote", "agree"], by="sex"),
        analysis.proportions(data, ["vote", "agree"], by="sex"),
    )
    broken = replace(data, frame=data.frame)
    assert partitioned.scheduler and partitioned.scheduler.startswith("tcp://127.0.0.1")
    with pytest.raises(DataError, match="weight 'weight' is negative"):
        split(_negative(broken), scheduler=cluster.scheduler_address).mean("age")


def _negative(data: SurveyData) -> SurveyData:
    other = object.__new__(SurveyData)
    other.__dict__.update(data.__dict__ | {"frame": data.frame.assign(weight=-1.0)})
    return other


def test_files_without_a_wave_are_of_the_wave_that_is_named(data: SurveyData, tmp_path: Path) -> None:
    data.frame.drop(columns="wave").to_parquet(tmp_path / "all.parquet")
    same(opened(tmp_path, data).mean("age", by="wave"), analysis.mean(data, "age", by="wave"))


def test_a_wave_that_nothing_names_is_refused(data: SurveyData, tmp_path: Path) -> None:
    data.frame.to_parquet(tmp_path, partition_cols=["wave"])
    with pytest.raises(DataError, match="wave=1 name a column that the files lack"):
        opened(tmp_path, data)
    unnamed = replace(data, meta=replace(data.meta, wave=""))
    with pytest.raises(DataError, match="no column 'wave'"):
        opened(tmp_path / "wave=1", unnamed)


def test_one_row_group_is_read_in_batches(
    data: SurveyData, split: Split, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reducing, "BATCH", 100)
    found = split(data, count=1, row_group_size=10_000).mean("age", by="sex")
    same(found, analysis.mean(data, "age", by="sex"))


def test_a_column_empty_in_one_file_is_missing_there(data: SurveyData, tmp_path: Path) -> None:
    frame = data.frame.copy()
    frame.loc[:449, "age"] = pd.NA
    frame.iloc[:450].assign(age=None).to_parquet(tmp_path / "a.parquet")
    frame.iloc[450:].to_parquet(tmp_path / "b.parquet")
    same(opened(tmp_path, data).mean("age"), analysis.mean(replace(data, frame=frame), "age"))
