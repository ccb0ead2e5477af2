"""`tolqyn analyse ... --partitions`: rows in a folder of Parquet files, the same answers."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from click.testing import Result

Analyse = Callable[..., Result]
WORDS = {
    "topline": ("topline", "--variable", "A", "--variable", "B", "--by", "SEX", "--where", "SEX=1,2"),
    "missing": ("topline", "--variable", "B", "--missing"),
    "crosstab": ("crosstab", "--variable", "A", "--variable", "B", "--by", "SEX", "--by", "wave"),
    "change": ("change", "--variable", "A", "--variable", "B", "--code", "1", "--by", "SEX"),
    "trend": ("trend", "--variable", "B", "--code", "1", "--by", "SEX"),
    "adjacent": ("change", "--variable", "A", "--adjacent"),
}


@pytest.fixture(scope="module")
def parts(attitudes: tuple[str, ...], tmp_path_factory: pytest.TempPathFactory) -> tuple[str, ...]:
    """The rows of the first three releases, shuffled, in five files of two folders each."""
    folders = []
    for number, release in enumerate(attitudes[:3]):
        frame = pd.read_parquet(Path(release) / "data.parquet").sample(frac=1, random_state=number)
        folder = tmp_path_factory.mktemp("parts")
        for place, rows in enumerate(np.array_split(np.arange(len(frame)), 5)):
            file = folder / f"day{place % 2}" / f"{place}.parquet"
            file.parent.mkdir(exist_ok=True)
            frame.iloc[rows].to_parquet(file, index=False)
        folders.append(str(folder))
    return tuple(folders)


def same(found: Any, expected: Any) -> None:
    """Equal, numbers to 1e-9."""
    if isinstance(expected, dict):
        assert list(found) == list(expected)
        for name, value in expected.items():
            same(found[name], value)
    elif isinstance(expected, list):
        assert len(found) == len(expected)
        for one, other in zip(found, expected, strict=True):
            same(one, other)
    elif isinstance(expected, float):
        assert found == pytest.approx(expected, rel=1e-9, abs=1e-12)
    else:
        assert found == expected


def told(done: Result) -> Any:
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


@pytest.mark.parametrize("command", WORDS)
def test_rows_in_partitions_give_the_ordinary_answer(
    analyse: Analyse, attitudes: tuple[str, ...], parts: tuple[str, ...], command: str
) -> None:
    name, *words = WORDS[command]
    two = attitudes[: len(parts)]
    plain = told(analyse(name, *two, *words, "--json"))
    pieces = [word for folder in parts for word in ("--partitions", folder)]
    same(told(analyse(name, *two, *words, *pieces, "--json")), plain)
    own = [word for folder in two for word in ("--partitions", folder)]
    same(told(analyse(name, *two, *words, *own, "--json")), plain)
    design = str(Path(two[0]) / "design.json")
    lonely = ("--design", design, "--lonely-psu", "adjust", "--json")
    same(told(analyse(name, *two, *words, *pieces, *lonely)), told(analyse(name, *two, *words, *lonely)))


def test_a_scheduler_computes_the_partitions(
    analyse: Analyse, attitudes: tuple[str, ...], parts: tuple[str, ...]
) -> None:
    distributed = pytest.importorskip("distributed")
    words = ("topline", attitudes[0], "--variable", "A", "--json")
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, processes=False, dashboard_address=None
    ) as cluster:
        address = cluster.scheduler_address
        found = told(analyse(*words, "--partitions", parts[0], "--scheduler", address))
    same(found, told(analyse(*words)))


def test_partitions_asked_for_wrongly_are_refused(
    analyse: Analyse, attitudes: tuple[str, ...], parts: tuple[str, ...], tmp_path: Path
) -> None:
    words = ("topline", attitudes[0], "--variable", "A")
    for more, said in (
        (("--scheduler", "tcp://localhost:1"), "type --partitions FOLDER too"),
        (("--partitions", parts[0], "--partitions", parts[1]), "give one to each"),
        (("--partitions", parts[0], "--replicates", "JKn"), "replicates need the single rows"),
    ):
        done = analyse(*words, *more)
        assert (done.exit_code, said in done.output) == (2, True), done.output
    done = analyse(*words, "--partitions", str(tmp_path))
    assert (done.exit_code, "holds no file *.parquet" in done.output) == (1, True), done.output
    pd.DataFrame({"A": [1]}).to_parquet(tmp_path / "x.parquet")
    done = analyse(*words, "--partitions", str(tmp_path))
    assert (done.exit_code, "every file needs it" in done.output) == (1, True), done.output
    three = [*attitudes[:3], *(word for folder in parts for word in ("--partitions", folder))]
    done = analyse("trend", *three, "--variable", "A", "--shape", "any")
    assert (done.exit_code, "computes the straight line" in done.output) == (2, True), done.output
    done = analyse("topline", attitudes[0], "--variable", "NOBODY", "--partitions", parts[0])
    assert (done.exit_code, "no column 'NOBODY'" in done.output) == (1, True), done.output
