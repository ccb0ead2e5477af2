"""`tolqyn analyse`: tables on the screen, as CSV and as JSON, and what bad input gets."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import Result

from analysis import (
    CHANGE_COLUMNS,
    COLUMNS,
    TREND_COLUMNS,
    Design,
    Meta,
    SurveyData,
    joinpoint,
    make_replicates,
    pool,
    proportion,
    read_release,
    wave_series,
    write_release,
)
from instruments import Codebook, Level, Net, Variable

CODES = {1: {"en": "yes", "ru": "да"}, 2: {"en": "no", "ru": "нет"}}
CALLS = {code: {"en": f"answer {code}"} for code in (1, 2, 3, 4)}
NETS = {"likely": Net({"en": "Likely", "ru": "Вероятно"}, (3, 4)), "extreme": Net({"en": "Extreme"}, (1, 4))}
Tolqyn = Callable[..., Result]


def poll(wave: str, share: float, n: int = 500, **meta: Any) -> SurveyData:
    """A wave of n people of whom the share would report; the first 20 did not answer."""
    report = [-1] * 20 + [1 if i < share * (n - 20) else 2 for i in range(n - 20)]
    frame = pd.DataFrame(
        {
            "wave": wave,
            "weight": 1.0,
            "CALLS": [1 + i % 4 for i in range(n)],
            "REPORT": report,
            "SEX": [1, 2] * (n // 2),
            "AGE": 30.0 + (n % 7),
        }
    )
    variables = (
        Variable("REPORT", {"en": "Would report"}, Level.NOMINAL, CODES),
        Variable("CALLS", {"en": "Would call"}, Level.ORDINAL, CALLS, nets=NETS),
        Variable("SEX", {"en": "Sex"}, Level.NOMINAL, {1: {"en": "woman"}, 2: {"en": "man"}}),
        Variable("AGE", {"en": "Age"}, Level.INTERVAL),
    )
    book = Codebook("poll", wave, {}, {}, ("en", "ru"), "en", variables)
    return SurveyData(frame, book, Design(), Meta("poll", wave, **meta))


@pytest.fixture(scope="module")
def releases(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, ...]:
    home = tmp_path_factory.mktemp("home")
    shares = {"2024": 0.40, "2025": 0.50, "2026": 0.60}
    written = [
        write_release(poll(wave, share), home, instrument="{}", weights={}, fieldwork={})
        for wave, share in shares.items()
    ]
    return tuple(str(ref.folder) for ref in written)


def rows(done: Result) -> list[dict[str, Any]]:
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_topline_gives_a_row_for_each_wave_and_code(analyse: Tolqyn, releases: tuple[str, ...]) -> None:
    table = rows(analyse("topline", *releases, "--variable", "REPORT", "--json"))
    assert tuple(table[0]) == COLUMNS
    assert [(row["wave"], row["code"]) for row in table] == [
        (wave, code) for wave in ("2024", "2025", "2026") for code in (1, 2)
    ]
    assert table[0]["estimate"] == pytest.approx(0.4)
    assert table[0]["base"] == 480
    assert table[0]["label"] == "yes"


def test_topline_gives_a_row_for_each_net_after_the_codes(analyse: Tolqyn, releases: tuple[str, ...]) -> None:
    table = rows(analyse("topline", releases[0], "--variable", "CALLS", "--json"))
    assert [row["label"] for row in table] == [*(f"answer {n}" for n in (1, 2, 3, 4)), "Extreme", "Likely"]
    assert [row["code"] for row in table] == [1, 2, 3, 4, "extreme", "likely"]
    assert [row["estimate"] for row in table] == pytest.approx([0.25] * 4 + [0.5] * 2)
    done = analyse("topline", releases[0], "--variable", "CALLS")
    assert done.stdout.splitlines()[-1].split()[:2] == ["CALLS", "likely"]


def test_a_net_is_named_as_a_code_is(analyse: Tolqyn, releases: tuple[str, ...]) -> None:
    (row,) = rows(analyse("topline", releases[0], "--variable", "CALLS", "--code", "likely", "--json"))
    assert (row["code"], row["label"], row["base"]) == ("likely", "Likely", 500)
    (moved,) = rows(analyse("change", *releases[:2], "--variable", "CALLS", "--code", "likely", "--json"))
    assert (moved["code"], moved["estimate"]) == ("likely", pytest.approx(0.0))
    (slope,) = rows(analyse("trend", *releases, "--variable", "CALLS", "--code", "likely", "--json"))
    assert slope["code"] == "likely"
    both = analyse("topline", releases[0], "--variable", "CALLS", "--variable", "AGE", "--csv")
    assert [row["code"] for row in csv.DictReader(io.StringIO(both.stdout))] == [
        *"1234",
        "extreme",
        "likely",
        "",
    ]
    done = analyse("topline", releases[0], "--variable", "CALLS", "--code", "likly")
    assert done.exit_code == 1
    assert "no net of CALLS 'likly': type one of likely" in done.output
    done = analyse("topline", releases[0], "--variable", "REPORT", "--code", "likely")
    assert "'REPORT' has no nets: type one of its codes [1, 2]" in done.output


def test_topline_of_a_number_gives_its_mean_without_a_code(
    analyse: Tolqyn, releases: tuple[str, ...]
) -> None:
    (row,) = rows(analyse("topline", releases[0], "--variable", "AGE", "--json"))
    assert row["statistic"] == "mean"
    assert row["code"] is None
    assert row["estimate"] == pytest.approx(33.0)


def test_topline_takes_groups_several_variables_and_another_interval(
    analyse: Tolqyn, releases: tuple[str, ...]
) -> None:
    words = ["--variable", "REPORT", "--variable", "SEX", "--code", "1", "--interval", "wilson", "--json"]
    table = rows(analyse("topline", releases[0], *words))
    assert [row["variable"] for row in table] == ["REPORT", "SEX"]
    assert table[0]["method"] == "taylor, wilson 0.95"
    by_sex = rows(analyse("topline", releases[0], *words[:2], "--code", "1", "--by", "SEX", "--json"))
    assert [row["group"] for row in by_sex] == ["SEX=1", "SEX=2"]


def test_csv_holds_all_columns_at_full_precision(analyse: Tolqyn, releases: tuple[str, ...]) -> None:
    words = ("topline", releases[0], "--variable", "REPORT", "--code", "1")
    (read,) = csv.DictReader(io.StringIO(analyse(*words, "--csv").stdout))
    (told,) = rows(analyse(*words, "--json"))
    assert tuple(read) == COLUMNS
    assert float(read["se"]) == told["se"]


def test_the_screen_shows_a_table_to_read(analyse: Tolqyn, releases: tuple[str, ...]) -> None:
    done = analyse("topline", *releases, "--variable", "REPORT", "--code", "1")
    assert done.exit_code == 0
    head, *lines = done.stdout.splitlines()
    assert head.split()[:2] == ["variable", "code"]
    assert len(lines) == 3
    assert "0.4000" in lines[0]


def test_change_compares_the_last_two_waves_unless_told(analyse: Tolqyn, releases: tuple[str, ...]) -> None:
    (row,) = rows(analyse("change", *releases, "--variable", "REPORT", "--code", "1", "--json"))
    assert tuple(row) == CHANGE_COLUMNS
    assert (row["wave_from"], row["wave_to"], row["verdict"]) == ("2025", "2026", "rose")
    assert row["estimate"] == pytest.approx(0.1)
    words = ("--from", "2026", "--to", "2024", "--family", "3", "--json")
    (back,) = rows(analyse("change", *releases, "--variable", "REPORT", "--code", "1", *words))
    assert (back["wave_from"], back["wave_to"], back["verdict"]) == ("2026", "2024", "fell")
    assert back["estimate"] == pytest.approx(-0.2)


def test_trend_gives_the_slope_a_year(analyse: Tolqyn, releases: tuple[str, ...]) -> None:
    (row,) = rows(analyse("trend", *releases, "--variable", "REPORT", "--code", "1", "--json"))
    assert tuple(row) == TREND_COLUMNS
    assert row["estimate"] == pytest.approx(0.1)
    assert row["verdict"] == "rose"
    assert row["tau2"] is None
    assert row["note"] == "wave-to-wave variation not estimable with 3 waves"


def test_trend_may_be_of_the_log_odds_and_by_group(analyse: Tolqyn, releases: tuple[str, ...]) -> None:
    words = ("--code", "1", "--link", "logit", "--by", "SEX", "--json")
    table = rows(analyse("trend", *releases, "--variable", "REPORT", *words))
    assert [(row["group"], row["link"]) for row in table] == [("SEX=1", "logit"), ("SEX=2", "logit")]


def test_releases_may_be_given_in_any_order(analyse: Tolqyn, tmp_path: Path) -> None:
    dates = {"a": "2024", "b": "2025", "c": "2026"}
    folders = [
        str(
            write_release(
                poll(wave, 0.3, dates=(year, year)), tmp_path, instrument="{}", weights={}, fieldwork={}
            ).folder
        )
        for wave, year in dates.items()
    ]
    table = rows(analyse("topline", *reversed(folders), "--variable", "REPORT", "--code", "1", "--json"))
    assert [row["wave"] for row in table] == ["a", "b", "c"]


@pytest.mark.parametrize(
    "words",
    [
        ("topline", "--variable", "REPORT", "--code", "1"),
        ("compare", "--variable", "REPORT", "--code", "1", "--by", "SEX"),
        ("topline", "--variable", "REPORT", "--missing"),
    ],
)
def test_a_suppressed_figure_is_not_shown_and_its_reason_is(
    analyse: Tolqyn, tmp_path: Path, words: tuple[str, ...]
) -> None:
    small = write_release(poll("2024", 0.5, n=40), tmp_path, instrument="{}", weights={}, fieldwork={})
    asked = (words[0], str(small.folder), *words[1:])
    head, row, *_, legend = analyse(*asked).stdout.splitlines()
    found = rows(analyse(*asked, "--json"))[0]
    assert found["publish"] == "suppress"
    assert f"{found['estimate']:.4f}" not in row
    assert row.split()[-2:] == ["suppress", found["reason"]]
    assert head.split()[-2:] == ["publish", "reason"]
    assert legend.startswith(".  suppressed for the reason beside it")
    told = next(csv.DictReader(io.StringIO(analyse(*asked, "--csv").stdout)))
    assert float(told["estimate"]) == found["estimate"]


def test_a_table_without_suppressed_figures_has_no_legend(analyse: Tolqyn, releases: tuple[str, ...]) -> None:
    shown = analyse("topline", releases[0], "--variable", "REPORT").stdout
    assert "suppress" not in shown
    assert "reason" not in shown


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("topline", "--variable", "RPORT"), "no variable 'RPORT': type one of REPORT"),
        (("topline", "--variable", "REPORT", "--code", "7"), "'REPORT' has no code 7: type one of [1, 2]"),
        (
            ("topline", "--variable", "AGE", "--code", "1"),
            "'AGE' has no codes, so no code 1: leave the code out",
        ),
        (
            ("change", "--variable", "AGE", "--code", "1"),
            "'AGE' has no codes, so no code 1: leave the code out",
        ),
        (
            ("trend", "--variable", "AGE", "--code", "1"),
            "'AGE' has no codes, so no code 1: leave the code out",
        ),
        (("topline", "--variable", "REPORT", "--interval", "wald"), "interval 'wald' is unknown"),
        (("topline", "--variable", "REPORT", "--by", "AGE"), "'AGE' has no codes to group by"),
        (("change", "--variable", "REPORT", "--from", "1999"), "no wave '1999': type one of"),
        (("change", "--variable", "REPORT", "--from", "2026"), "wave '2026' is named twice"),
    ],
)
def test_a_refusal_says_what_to_type_and_exits_1(
    analyse: Tolqyn, releases: tuple[str, ...], words: tuple[str, ...], said: str
) -> None:
    done = analyse(words[0], *releases, *words[1:])
    assert done.exit_code == 1
    assert said in done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("topline",), "Missing option '--variable'"),
        (("topline", "--variable", "REPORT", "--json", "--csv"), "give --json or --csv, not both"),
        (("trend", "--variable", "REPORT", "--link", "probit"), "'probit' is not one of 'identity', 'logit'"),
        (("change", "--variable", "REPORT", "--family", "0"), "0 is not in the range x>=1"),
        (("topline", "--variable", "REPORT", "--level", "95"), "95"),
    ],
)
def test_wrong_usage_exits_2(
    analyse: Tolqyn, releases: tuple[str, ...], words: tuple[str, ...], said: str
) -> None:
    done = analyse(words[0], *releases, *words[1:])
    assert done.exit_code == 2
    assert said in done.stderr


def test_too_few_waves_are_told(analyse: Tolqyn, releases: tuple[str, ...]) -> None:
    change = analyse("change", releases[0], "--variable", "REPORT")
    assert change.exit_code == 2
    assert "a change needs releases of two waves, found 2024" in change.stderr
    trend = analyse("trend", *releases[:2], "--variable", "REPORT")
    assert trend.exit_code == 1
    assert "a trend needs 3 waves and 'REPORT' was asked in 2 (2024, 2025): use change" in trend.stderr


def test_a_folder_that_is_no_release_is_refused(analyse: Tolqyn, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    done = analyse("topline", str(tmp_path / "empty"), "--variable", "REPORT")
    assert done.exit_code == 1
    assert "empty" in done.stderr
    assert "Traceback" not in done.output
    assert analyse("topline", str(tmp_path / "nowhere"), "--variable", "REPORT").exit_code == 2


def test_a_changed_release_is_refused_by_file(analyse: Tolqyn, tmp_path: Path) -> None:
    ref = write_release(poll("2024", 0.5), tmp_path, instrument="{}", weights={}, fieldwork={})
    path = ref.folder / "weights.json"
    path.chmod(0o644)
    path.write_text('{"changed": true}\n')
    done = analyse("topline", str(ref.folder), "--variable", "REPORT")
    assert done.exit_code == 1
    assert "weights.json" in done.stderr


def test_a_refusal_as_json_is_json(analyse: Tolqyn, releases: tuple[str, ...]) -> None:
    done = analyse("topline", releases[0], "--variable", "RPORT", "--json")
    assert done.exit_code == 1
    assert "RPORT" in json.dumps(json.loads(done.stdout or done.stderr))


def test_a_domain_keeps_only_those_it_names(analyse: Tolqyn, releases: tuple[str, ...]) -> None:
    every = ("--variable", "REPORT", "--code", "1", "--json")
    women = rows(analyse("topline", releases[0], "--where", "SEX=1", *every))
    grouped = rows(analyse("topline", releases[0], "--by", "SEX", *every))
    for name in ("estimate", "se", "low", "high", "base", "df"):
        assert women[0][name] == pytest.approx(grouped[0][name], rel=1e-12)
    both = rows(analyse("topline", releases[0], "--where", "SEX=1,2", "--where", "CALLS=3,4", *every))
    assert both[0]["base"] == 240
    last = rows(analyse("topline", *releases, "--where", "wave=2025,2026", *every))
    assert [row["wave"] for row in last if row["base"]] == ["2025", "2026"]


def test_a_net_may_be_asked_for_by_its_own_option(analyse: Tolqyn, releases: tuple[str, ...]) -> None:
    by_option = rows(analyse("topline", releases[0], "--variable", "CALLS", "--net", "likely", "--json"))
    by_code = rows(analyse("topline", releases[0], "--variable", "CALLS", "--code", "likely", "--json"))
    assert by_option == by_code


def test_another_design_takes_the_place_of_the_releases_own(
    analyse: Tolqyn, releases: tuple[str, ...], tmp_path: Path
) -> None:
    file = tmp_path / "design.json"
    file.write_text(json.dumps(Design(cluster=("SEX",)).to_dict()))
    asked = ("topline", releases[0], "--variable", "CALLS", "--code", "1", "--json")
    assert rows(analyse(*asked))[0]["df"] == 499
    clustered = rows(analyse(*asked, "--design", str(file)))[0]
    assert clustered["df"] == 1
    assert clustered["se"] > 0


def test_a_stratum_with_one_psu_needs_a_policy(
    analyse: Tolqyn, releases: tuple[str, ...], tmp_path: Path
) -> None:
    file = tmp_path / "design.json"
    file.write_text(json.dumps(Design(strata="SEX", cluster=("SEX",)).to_dict()))
    asked = ("topline", releases[0], "--variable", "CALLS", "--code", "1", "--design", str(file), "--json")
    refused = analyse(*asked)
    assert refused.exit_code == 1
    assert "has only one PSU" in refused.output
    row = rows(analyse(*asked, "--lonely-psu", "adjust"))[0]
    assert row["estimate"] == pytest.approx(0.25)
    assert row["df"] == 0
    assert row["se"] is None
    assert "no_df" in row["reason"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--where", "SEX"), "type for example Z_SEX=1"),
        (("--where", "SEX=1,"), "type for example Z_SEX=1"),
        (("--where", "SEX=1", "--where", "SEX=2"), "--where names SEX twice"),
        (("--code", "1", "--net", "likely"), "give --code or --net, not both"),
        (("--lonely-psu", "ignore"), "'ignore' is not one of"),
    ],
)
def test_a_domain_or_answer_that_cannot_be_meant_exits_2(
    analyse: Tolqyn, releases: tuple[str, ...], options: tuple[str, ...], said: str
) -> None:
    done = analyse("topline", releases[0], "--variable", "CALLS", *options)
    assert done.exit_code == 2
    assert said in done.stderr


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("strata: x", "text that is none"),
        ('{"stratum": "SEX"}', "stratum"),
        ("[]", "an object of keys and values"),
    ],
)
def test_a_design_file_that_is_none_is_refused(
    analyse: Tolqyn, releases: tuple[str, ...], tmp_path: Path, text: str, said: str
) -> None:
    file = tmp_path / "design.json"
    file.write_text(text)
    done = analyse("topline", releases[0], "--variable", "CALLS", "--design", str(file))
    assert done.exit_code == 1
    assert said in done.stderr
    assert "Traceback" not in done.output


def test_a_crosstab_shows_shares_bases_and_the_test(analyse: Tolqyn, releases: tuple[str, ...]) -> None:
    asked = ("crosstab", releases[0], "--variable", "REPORT", "--by", "SEX", "--by", "CALLS")
    shown = analyse(*asked)
    assert shown.exit_code == 0, shown.output
    lines = shown.stdout.splitlines()
    assert lines[0] == "REPORT"
    assert "A SEX=1 woman" in lines[1]
    assert next(line for line in lines if line.startswith("base")).split()[1:4] == ["480", "240", "240"]
    assert "SEX: Rao-Scott F" in shown.stdout
    parts = json.loads(analyse(*asked, "--json").stdout)
    assert set(parts) == {"table", "comparisons", "tests"}
    share = next(row for row in parts["table"] if row["row_code"] == 1 and row["column_code"] == 1)
    alone = rows(
        analyse("topline", releases[0], "--variable", "REPORT", "--code", "1", "--by", "SEX", "--json")
    )
    assert share["estimate"] == pytest.approx(alone[0]["estimate"], rel=1e-12)
    assert [test["column"] for test in parts["tests"]] == ["SEX", "CALLS"]
    head = next(csv.reader(io.StringIO(analyse(*asked, "--csv").stdout)))
    assert {"estimate", "se", "low", "high", "base", "weighted_base", "n_eff", "deff", "df"} <= set(head)


def test_a_suppressed_cell_of_a_crosstab_shows_no_figure(analyse: Tolqyn, tmp_path: Path) -> None:
    ref = write_release(poll("2024", 0.5, n=60), tmp_path, instrument="{}", weights={}, fieldwork={})
    shown = analyse("crosstab", str(ref.folder), "--variable", "REPORT", "--by", "CALLS").stdout
    yes = next(line for line in shown.splitlines() if line.startswith("1 yes"))
    assert yes.split()[-1] == "."
    assert ".  suppressed: base_under_100, base_under_30" in shown


def test_marks_of_a_crosstab_are_explained_below_it(
    analyse: Tolqyn, releases: tuple[str, ...], tmp_path: Path
) -> None:
    sure = analyse("crosstab", *releases, "--variable", "REPORT", "--by", "wave").stdout
    assert "A, B, ...  surely higher than the share in the column of that letter" in sure
    assert "*  to be read with care" not in sure
    ref = write_release(poll("2024", 0.5, n=320), tmp_path, instrument="{}", weights={}, fieldwork={})
    small = analyse("crosstab", str(ref.folder), "--variable", "REPORT", "--by", "CALLS").stdout
    assert "*  to be read with care: base_under_100" in small
    assert "A, B, ..." not in small


def test_groups_and_waves_are_compared_in_pairs(analyse: Tolqyn, releases: tuple[str, ...]) -> None:
    found = rows(
        analyse("compare", *releases, "--variable", "REPORT", "--code", "1", "--by", "wave", "--json")
    )
    assert [(row["group"], row["group_other"]) for row in found] == [
        ("wave=2024", "wave=2025"),
        ("wave=2024", "wave=2026"),
        ("wave=2025", "wave=2026"),
    ]
    assert found[1]["estimate"] == pytest.approx(-0.2, abs=1e-9)
    assert found[1]["p_adjusted"] >= found[1]["p"]
    net = rows(
        analyse("compare", releases[0], "--variable", "CALLS", "--net", "likely", "--by", "SEX", "--json")
    )
    assert [row["code"] for row in net] == ["likely"]


@pytest.mark.parametrize("command", ["crosstab", "compare"])
def test_groups_must_be_named(analyse: Tolqyn, releases: tuple[str, ...], command: str) -> None:
    done = analyse(command, releases[0], "--variable", "REPORT")
    assert done.exit_code == 2
    assert "type --by COLUMN" in done.stderr


def test_a_topline_may_show_every_missing_kind(analyse: Tolqyn, releases: tuple[str, ...]) -> None:
    found = rows(analyse("topline", releases[0], "--variable", "REPORT", "--missing", "--json"))
    asked = {row["kind"]: row["base"] for row in found if row["of"] == "asked" and row["kind"] != "valid"}
    assert asked["dont_know"] == 500
    unknown = next(row for row in found if row["of"] == "asked" and row["kind"] == "dont_know")
    assert unknown["estimate"] == pytest.approx(0.04)
    refused = analyse("topline", releases[0], "--variable", "REPORT", "--code", "1", "--missing")
    assert refused.exit_code == 2


def test_errors_may_come_from_replicates(
    analyse: Tolqyn, attitudes: tuple[str, ...], releases: tuple[str, ...]
) -> None:
    asked = ("topline", attitudes[0], "--variable", "YES", "--code", "1", "--json")
    (row,) = rows(analyse(*asked, "--replicates", "bootstrap:100:1"))
    data = make_replicates(read_release(Path(attitudes[0])), "bootstrap", replicates=100, seed=1)
    expected = proportion(data, "YES", code=1).iloc[0]
    assert (row["se"], row["method"]) == (pytest.approx(expected["se"], rel=1e-12), expected["method"])
    assert row["se"] != rows(analyse(*asked))[0]["se"]
    scale = analyse("scale", attitudes[0], "--battery", "ATT", "--replicates", "JK1", "--json")
    assert json.loads(scale.stdout)["reliability"][0]["method"] == "JK1, 40 replicates, pairwise rows"
    refused = analyse(*asked, "--replicates", "BRR")
    assert refused.exit_code == 1
    assert "two PSUs in every stratum" in refused.stdout


@pytest.mark.parametrize(
    "kind", ["bootstrap", "bootstrap:500", "bootstrap:many:1", "JK1:2", "Fay", "jk1", ""]
)
def test_replicates_that_are_none_exit_2(analyse: Tolqyn, releases: tuple[str, ...], kind: str) -> None:
    done = analyse("topline", releases[0], "--variable", "REPORT", "--replicates", kind)
    assert done.exit_code == 2
    assert "type bootstrap:500:1" in done.stderr


def test_clusters_of_very_unequal_size_are_told_beside_the_figures(analyse: Tolqyn, tmp_path: Path) -> None:
    data = poll("2024", 0.5)
    frame = data.frame.assign(psu=[0] * 300 + [1 + i // 4 for i in range(200)])
    uneven = SurveyData(frame, data.codebook, Design(cluster=("psu",)), data.meta)
    folder = write_release(uneven, tmp_path, instrument="{}", weights={}, fieldwork={}).folder
    done = analyse("topline", str(folder), "--variable", "REPORT", "--code", "1", "--json")
    assert done.stderr.startswith("note: ")
    assert len(rows(done)) == 1


def test_lines_that_turn_need_a_long_series(analyse: Tolqyn, tmp_path: Path) -> None:
    shares = {"2015": 0.3, "2016": 0.36, "2017": 0.42, "2018": 0.48, "2019": 0.54, "2020": 0.48, "2021": 0.42}
    waves = [poll(wave, share) for wave, share in {**shares, "2022": 0.36}.items()]
    folders = [
        str(write_release(wave, tmp_path, instrument="{}", weights={}, fieldwork={}).folder) for wave in waves
    ]
    words = ("trend", *folders, "--variable", "REPORT", "--code", "1", "--shape", "joinpoint", "--json")
    told = json.loads(analyse(*words).stdout)
    found = joinpoint(wave_series(pool(waves), "REPORT", code=1))
    assert [row["estimate"] for row in told["segments"]] == pytest.approx(found.segments["estimate"].tolist())
    assert [row["wave"] for row in told["breaks"]] == found.breaks["wave"].tolist() == ["2019"]
    assert told["rule"] == "bic"
    permuted = json.loads(analyse(*words, "--seed", "1").stdout)
    assert permuted["rule"] == "permutation"
    assert permuted["breaks"] == told["breaks"]


def test_a_crosstab_of_an_opt_in_sample_has_no_tests(analyse: Tolqyn, tmp_path: Path) -> None:
    wave = poll("2024", 0.5, sample_type="nonprobability")
    folder = str(write_release(wave, tmp_path, instrument="{}", weights={}, fieldwork={}).folder)
    words = ("crosstab", folder, "--variable", "REPORT", "--by", "SEX")
    assert json.loads(analyse(*words, "--json").stdout)["tests"] == []
    shown = analyse(*words)
    assert shown.exit_code == 0
    assert "Rao-Scott" not in shown.stdout


def test_an_unknown_variable_is_refused_with_every_missing_kind_too(
    analyse: Tolqyn, releases: tuple[str, ...]
) -> None:
    done = analyse("topline", releases[0], "--variable", "NOBODY", "--missing")
    assert (done.exit_code, "no variable 'NOBODY': type one of" in done.output) == (1, True)
