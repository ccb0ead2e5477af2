"""`tolqyn analyse scale` and `invariance`: the figures of the package, in every form, and refusals."""

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import Result

from analysis import (
    INVARIANCE_COLUMNS,
    alpha,
    cfa,
    factor_analysis,
    invariance,
    item_statistics,
    omega,
    pool,
    read_release,
    write_release,
)

Analyse = Callable[..., Result]
Answer = Callable[..., Any]
MODEL = "f =~ A + B + C + D"


def read(folders: Sequence[str]) -> Any:
    return pool([read_release(Path(folder)) for folder in folders])


def same(found: Sequence[dict[str, Any]], expected: pd.DataFrame, names: Sequence[str]) -> None:
    table = pd.DataFrame(found)
    for name in names:
        assert table[name].tolist() == pytest.approx(expected[name].tolist(), rel=1e-12, nan_ok=True), name


def test_a_battery_has_its_alpha_omega_and_items(printed: Answer, attitudes: tuple[str, ...]) -> None:
    data = read(attitudes[:1])
    told = printed("scale", attitudes[0], "--battery", "ATT")
    figures = ("estimate", "se", "low", "high", "base", "df")
    assert [row["statistic"] for row in told["reliability"]] == ["alpha", "omega"]
    same(told["reliability"][:1], alpha(data, "ATT").table, figures)
    same(told["reliability"][1:], omega(data, "ATT").table, figures)
    same(told["items"], item_statistics(data, "ATT"), ("key", "mean", "se", "item_rest", "alpha_if_dropped"))
    assert [row["item"] for row in told["items"]] == ["A", "B", "C", "D"]


def test_a_scale_is_described_wave_by_wave_and_group_by_group(
    printed: Answer, attitudes: tuple[str, ...]
) -> None:
    told = printed("scale", *attitudes[:2], "--battery", "ATT")
    assert [(row["statistic"], row["wave"]) for row in told["reliability"]] == [
        ("alpha", "2023"),
        ("alpha", "2024"),
        ("omega", "2023"),
        ("omega", "2024"),
    ]
    alone = printed("scale", attitudes[1], "--battery", "ATT")
    assert [row["mean"] for row in told["items"][4:]] == pytest.approx([r["mean"] for r in alone["items"]])
    groups = printed("scale", attitudes[0], "--battery", "ATT", "--by", "SEX")["reliability"]
    assert [row["group"] for row in groups][:2] == ["SEX=1", "SEX=2"]


def test_named_items_are_turned_by_their_keys(printed: Answer, attitudes: tuple[str, ...]) -> None:
    words = ("--variable", "A", "--variable", "B", "--variable", "D")
    turned = printed("scale", attitudes[0], *words, "--key", "D=-1", "--missing", "complete")
    data = read(attitudes[:1])
    expected = alpha(data, ("A", "B", "D"), keys={"D": -1}, missing="complete").table
    same(turned["reliability"][:1], expected, ("estimate", "se"))
    backwards = printed("scale", attitudes[0], *words, "--key", "D=1")
    assert backwards["reliability"][0]["estimate"] < turned["reliability"][0]["estimate"]


def test_factors_are_explored(printed: Answer, attitudes: tuple[str, ...]) -> None:
    found = factor_analysis(read(attitudes[:1]), "ATT", 1)
    told = printed("scale", attitudes[0], "--battery", "ATT", "--factor", "1")
    assert [row["F1"] for row in told["loadings"]] == pytest.approx(found.loadings["F1"].tolist())
    assert told["fit"]["chisq"] == pytest.approx(found.chisq)
    assert len(told["eigenvalues"]) == 4


def test_a_factor_model_is_fitted(printed: Answer, attitudes: tuple[str, ...]) -> None:
    fit = cfa(read(attitudes[:1]), MODEL)
    told = printed("scale", attitudes[0], "--cfa", MODEL)
    same(told["estimates"], fit.estimates, ("estimate", "se", "standardised"))
    assert told["measures"]["cfi_robust"] == pytest.approx(fit.measures["cfi_robust"])
    grouped = printed("scale", *attitudes[:2], "--cfa", MODEL)
    assert {row["group"] for row in grouped["estimates"]} == {"2023", "2024"}


def test_an_opt_in_sample_has_fit_measures_and_no_test(
    analyse: Analyse, printed: Answer, attitudes: tuple[str, ...], tmp_path: Path
) -> None:
    folders = []
    for folder in attitudes[:2]:
        wave = read_release(Path(folder))
        opt_in = replace(wave, meta=replace(wave.meta, sample_type="nonprobability"))
        made = write_release(opt_in, tmp_path, instrument="{}", weights={}, fieldwork={})
        folders.append(str(made.folder))
    note = "non-probability sample: no sampling error, so no test and no verdict"
    explored = printed("scale", folders[0], "--battery", "ATT", "--factor", "1")
    assert (explored["fit"]["chisq"], explored["fit"]["p"]) == (None, None)
    assert explored["note"][-1] == note
    fitted = printed("scale", folders[0], "--cfa", MODEL)
    tested = [name for name in fitted["measures"] if name.startswith(("chisq", "pvalue", "baseline_chisq"))]
    assert len(tested) == 6
    assert {fitted["measures"][name] for name in (*tested, "rmsea_low", "rmsea_high")} == {None}
    assert fitted["measures"]["cfi"] > 0.5
    assert fitted["note"][-1] == note
    compared = printed("invariance", *folders, "--battery", "ATT")
    assert {row["verdict"] for row in compared["levels"]} == {"not_inferable"}
    assert {row[name] for row in compared["levels"] for name in ("chisq", "p", "p_diff")} == {None}
    assert (compared["reached"], compared["means_comparable"]) == ("none", False)
    assert all(each.endswith(note) for each in compared["note"])
    for words in (("scale", folders[0], "--cfa", MODEL), ("invariance", *folders, "--battery", "ATT")):
        assert "nan" not in analyse(*words).stdout.lower()
    refused = analyse("invariance", *folders, "--battery", "ATT", "--candidates", "scalar")
    assert refused.exit_code == 1
    assert "which is what partial candidates are chosen by" in refused.output


def test_the_screen_and_csv_of_a_scale(analyse: Analyse, attitudes: tuple[str, ...]) -> None:
    shown = analyse("scale", attitudes[0], "--battery", "ATT").stdout.splitlines()
    assert shown[0] == "reliability"
    assert shown[1].split()[:3] == ["statistic", "wave", "items"]
    assert "items" in shown
    printed = analyse("scale", attitudes[0], "--battery", "ATT", "--csv").stdout
    rows = list(csv.DictReader(io.StringIO(printed)))
    assert [row["statistic"] for row in rows] == ["alpha", "omega"]
    assert {"estimate", "se", "low", "high", "base", "df", "method"} <= set(rows[0])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--battery", "ATTT"), "ATTT"),
        (("--variable", "A", "--variable", "B"), "at least 3 are needed"),
        (("--variable", "A", "--variable", "B", "--variable", "SEX"), "codes have no order"),
        (("--battery", "ATT", "--factor", "3"), "3 factors for 4 items"),
        (("--cfa", "f = A + B"), "cannot read 'f = A + B': write f =~ A + B"),
        (("--cfa", "f =~ A + B"), "a factor model needs at least 3"),
        (("--battery", "ATT", "--key", "SEX=1"), "not among the items"),
    ],
)
def test_what_is_no_scale_is_refused(
    analyse: Analyse, attitudes: tuple[str, ...], words: tuple[str, ...], said: str
) -> None:
    done = analyse("scale", attitudes[0], *words)
    assert done.exit_code == 1, done.output
    assert said in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "a scale needs items"),
        (("--battery", "ATT", "--variable", "A"), "give --battery or --variable"),
        (("--battery", "ATT", "--cfa", MODEL), "--cfa names its items"),
        (("--battery", "ATT", "--factor", "0"), "0 is not in the range"),
        (("--factor", "1", "--cfa", MODEL), "give --factor or --cfa"),
        (("--cfa", MODEL, "--level", "0.9"), "leave --level out"),
        (("--battery", "ATT", "--key", "D=2"), "expected ITEM=1 or ITEM=-1"),
    ],
)
def test_a_scale_asked_for_wrongly_exits_2(
    analyse: Analyse, attitudes: tuple[str, ...], words: tuple[str, ...], said: str
) -> None:
    done = analyse("scale", attitudes[0], *words)
    assert done.exit_code == 2, done.output
    assert said in done.stderr


def test_invariance_over_waves_has_a_verdict_and_latent_means(
    printed: Answer, attitudes: tuple[str, ...]
) -> None:
    found = invariance(read(attitudes[:2]), "ATT", by="wave")
    told = printed("invariance", *attitudes[:2], "--battery", "ATT")
    assert [row["level"] for row in told["levels"]] == ["configural", "metric", "scalar", "strict"]
    same(told["levels"], found.table, ("cfi", "rmsea", "chisq_diff", "cfi_change"))
    assert [row["verdict"] for row in told["levels"]] == found.table["verdict"].tolist()
    same(told["latent_means"], found.latent_means, ("estimate", "se", "low", "high"))
    assert (told["reached"], told["means_comparable"]) == (found.reached, found.means_comparable)


def test_invariance_may_leave_parameters_free_and_say_which_would_gain(
    printed: Answer, attitudes: tuple[str, ...]
) -> None:
    words = ("invariance", attitudes[0], "--model", MODEL, "--by", "SEX", "--partial", "B~1")
    told = printed(*words, "--candidates", "scalar")
    assert [row["partial"] for row in told["levels"]] == ["", "", "B~1", "B~1"]
    assert {"A~1", "C~1", "D~1"} <= {row["parameter"] for row in told["candidates"]}


def test_invariance_on_the_screen_and_as_csv(analyse: Analyse, attitudes: tuple[str, ...]) -> None:
    words = ("invariance", *attitudes[:2], "--battery", "ATT")
    shown = analyse(*words).stdout
    assert "means_comparable: True" in shown
    assert "scalar" in shown
    head = next(csv.reader(io.StringIO(analyse(*words, "--csv").stdout)))
    assert tuple(head) == INVARIANCE_COLUMNS


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--battery", "ATT"), 2, "give releases of two waves, or --by"),
        (("--by", "SEX"), 2, "type --battery NAME"),
        (("--battery", "ATT", "--by", "SEX", "--level", "0.9"), 2, "leave --level out"),
        (("--battery", "ATT", "--by", "SEXX"), 1, "SEXX"),
        (("--battery", "ATT", "--by", "SEX", "--partial", "Z~1"), 1, "Z~1"),
        (("--battery", "ATT", "--by", "SEX", "--candidates", "loadings"), 1, "loadings"),
        (("--battery", "ATT", "--by", "SEX", "--where", "SEX=1"), 1, "only one group"),
    ],
)
def test_invariance_asked_for_wrongly_is_refused(
    analyse: Analyse, attitudes: tuple[str, ...], words: tuple[str, ...], code: int, said: str
) -> None:
    done = analyse("invariance", attitudes[0], *words)
    assert done.exit_code == code, done.output
    assert said in done.stderr
    assert "Traceback" not in done.output
