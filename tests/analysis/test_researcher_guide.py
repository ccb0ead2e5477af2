"""What `docs/guide/researcher.md` shows runs as it stands, and its figures from R and from Python agree."""

import re
import shlex
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import fill_guide
import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from analysis import Design, Meta, SurveyData, Targets, rake, write_release
from instruments import load_library
from reports.evidence import comparisons
from survey.cli import main

BLOCK = re.compile(r"<!-- python -->\n```python\n(.*?)```", re.S)
YEARS = ("2023", "2024", "2025", "2026")


@pytest.fixture(scope="module")
def guide(repository: Path) -> str:
    return (repository / "docs" / "guide" / "researcher.md").read_text(encoding="utf-8")


@pytest.fixture
def releases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Four raked waves where the guide expects the demonstration's."""
    for place, year in enumerate(YEARS):
        targets = Targets.from_shares(
            {"Z_SEX": {1: 0.55, 2: 0.45}, "age6": dict.fromkeys(range(1, 7), 1 / 6)}
        )
        data, report = rake(a_wave(year, place), targets)
        write_release(data, tmp_path / "demo", instrument="{}", weights=report.to_dict(), fieldwork={})
    monkeypatch.chdir(tmp_path)
    return tmp_path


def a_wave(year: str, place: int) -> SurveyData:
    whole = load_library("kz_thb_core").codebook()
    names = ("WR_POLICE", "Z_SEX", "age6")
    codebook = replace(
        whole, variables=tuple(whole.variable(name) for name in names), groups=(), indicators=()
    )
    rng = np.random.default_rng(place)
    n = 300
    frame = pd.DataFrame(
        {
            "WR_POLICE": rng.choice(
                [1, 0, -1, -2], n, p=[0.5 + 0.05 * place, 0.4 - 0.05 * place, 0.07, 0.03]
            ),
            "Z_SEX": rng.choice([1, 2, -2], n, p=[0.6, 0.38, 0.02]),
            "age6": rng.integers(1, 7, n),
            "stratum": np.repeat(np.arange(6), n // 6),
            "psu": np.repeat(np.arange(30), n // 30),
            "weight": rng.uniform(0.5, 2, n),
            "wave": year,
        }
    )
    design = Design(strata="stratum", cluster=("psu",))
    return SurveyData(
        frame, codebook, design, Meta("kz-attitudes", year, dates=(f"{year}-05-01", f"{year}-06-30"))
    )


def test_the_guides_python_runs_and_its_longhand_is_the_published_figure(
    guide: str, releases: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names: dict[str, object] = {}
    blocks = BLOCK.findall(guide)
    for block in blocks:
        exec(block, names)  # noqa: S102
    assert len(blocks) == 4
    row = names["table"].iloc[0]
    longhand = [names["p"], names["se"], names["df"], names["low"], names["high"]]
    assert longhand == pytest.approx(row[["estimate", "se", "df", "low", "high"]].tolist(), rel=1e-10)
    assert capsys.readouterr().out.count("\n") > 10


def test_own_data_give_what_the_guide_shows(guide: str, capsys: pytest.CaptureFixture[str]) -> None:
    own = guide[guide.index("## Your own data") : guide.index("## In R")]
    exec("from analysis import proportion\n" + BLOCK.findall(own)[0], {})  # noqa: S102
    assert capsys.readouterr().out == re.search(r"<!-- shows -->\n```\n(.*?)```", own, re.S)[1]


def test_the_script_says_what_to_make_where_the_rows_are_absent(repository: Path, releases: Path) -> None:
    script = repository / "docs" / "guide" / "examples" / "reproduce.R"
    if shutil.which("Rscript") is None:
        pytest.skip("no R here")
    command = ["Rscript", "--vanilla", str(script), "demo/releases/kz-attitudes/2026/1", "WR_POLICE", "1"]
    absent = subprocess.run(command, capture_output=True, text=True, check=False)
    if absent.returncode == 0:
        pytest.skip("R has arrow here")
    assert "make it by" in absent.stderr
    assert "to_csv('wave.csv'" in absent.stderr
    (releases / "wave.csv").write_text("WR_POLICE\n1\n")
    other = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "wave.csv has 1 rows and the release 300: it is of another wave" in other.stderr


def test_the_guide_shows_the_same_figure_from_r_and_from_python(guide: str) -> None:
    r = figures(re.search(r"<!-- r -->\n```\n(.*?)```", guide, re.S)[1])
    longhand = guide[: guide.index("## Every command")]
    python = figures(longhand[longhand.rindex("<!-- shows -->") :].split("```")[1])
    assert set(python) == {"estimate", "se", "df", "low", "high"}
    assert {name: r[name] for name in python} == pytest.approx(python, rel=1e-10)


def test_every_figure_of_r_stands_in_the_table_of_the_command_above_it(guide: str) -> None:
    pairs = re.findall(
        r"<!-- shell -->\n```sh\n.*?```\n<!-- shows -->\n```\n(.*?)```\n"
        r"<!-- rsession -->\n```r\n.*?```\n<!-- shows -->\n```\n(.*?)```\n",
        guide,
        re.S,
    )
    assert len(pairs) == 6
    for tables, said in pairs:
        printed = set(re.findall(r"-?\d+\.\d{4}", tables))
        figures_of_r = said.split()
        assert len(figures_of_r) >= 2
        assert [figure for figure in figures_of_r if figure not in printed] == []


def test_every_command_of_the_guide_is_one(guide: str, releases: Path) -> None:
    """On other releases than the demonstration's a command may refuse; it is never used wrongly."""
    (releases / "plain.json").write_text('{"strata": "stratum", "cluster": ["psu"]}', encoding="utf-8")
    lines = re.findall(r"^tolqyn (analyse [^|\n]+)", guide, re.M)
    assert {line.split()[1] for line in lines} >= {
        *("topline", "crosstab", "change", "trend", "decompose", "scale", "invariance"),
        *("experiment", "model", "plan", "outcomes"),
    }
    worked = set()
    for line in lines:
        words = [found for word in shlex.split(line) for found in expanded(word)]
        done = CliRunner().invoke(main, words, env={"TOLQYN_DATABASE_URL": ""})
        assert done.exit_code in (0, 1), f"{line}: {done.output}"
        if done.exit_code == 0:
            worked.add(words[1])
    assert worked >= {"topline", "crosstab", "change", "trend", "decompose"}


def expanded(word: str) -> list[str]:
    """What a shell makes of a word with a star."""
    return [str(path) for path in sorted(Path().glob(word))] if "*" in word else [word]


def test_the_guides_family_is_the_reports_own(guide: str) -> None:
    headlines = sum(indicator.headline for indicator in load_library("kz_thb_core").codebook().indicators)
    family = headlines * (len(comparisons(YEARS)) + 1)
    assert f"# {family} comparisons, the report's own number" in guide
    assert re.findall(r"family=(\d+)", guide) == [str(family)]


def test_the_guide_is_not_filled_without_r(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = repository / "docs" / "guide" / "researcher.md"
    before = path.read_bytes()
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SystemExit, match="needs Rscript"):
        fill_guide.main(tmp_path)
    assert path.read_bytes() == before


def figures(shown: str) -> dict[str, float]:
    return {name: float(value) for name, value in re.findall(r"^(\w+) (\S+)$", shown, re.M)}
