"""`tolqyn release bundle`: what it prints, what it writes down, what it refuses with what to type instead."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from survey.cli import main

MAP = """\
study: poll
title: {en: Poll}
languages: [en]
wave:
  column: year
  dates: {2019: 2019-05, 2021: 2021-05}
  mode: capi
  sample: probability
design: {weight: w}
variables:
  REPORT:
    from: q1
    label: {en: Would report}
    question: {en: "Would you report it?"}
    codes: {1: {en: "Yes"}, 2: {en: "No"}}
    missing: {98: -1}
  SEX:
    from: sex
    label: {en: Sex}
    codes: {1: {en: Woman}, 2: {en: Man}}
indicators:
  report:
    variable: REPORT
    code: 1
    label: {en: Would report}
    finding: {en: the share of people who would report}
    higher: protective
    headline: true
"""
SPECIFICATION = """\
format: 1
licence: CC-BY-4.0
keys:
  - steps:
      - column: SEX
"""
NO_PDF = ("--no-pdf", "--microdata")
Tolqyn = Callable[..., Result]


@pytest.fixture
def tolqyn(tmp_path: Path) -> Tolqyn:
    def run(*words: str) -> Result:
        env = {
            "TOLQYN_HOME": str(tmp_path / "home"),
            "TOLQYN_DATABASE_URL": f"sqlite:///{tmp_path / 'tolqyn.db'}",
        }
        return CliRunner().invoke(main, words, env=env)

    return run


@pytest.fixture
def poll(tolqyn: Tolqyn, tmp_path: Path) -> tuple[str, str]:
    """Two waves as releases, registered; their folders."""
    rows = [f"{2019 + 2 * (n % 2)},{1 + n % 3 % 2},{1 + n // 7 % 2},1" for n in range(160)]
    (tmp_path / "poll.csv").write_text("\n".join(["year,q1,sex,w", *rows, ""]))
    (tmp_path / "poll.yaml").write_text(MAP)
    (tmp_path / "public.yaml").write_text(SPECIFICATION)
    assert tolqyn("db", "upgrade").exit_code == 0
    done = tolqyn("release", "import", str(tmp_path / "poll.csv"), "--map", str(tmp_path / "poll.yaml"))
    assert done.exit_code == 0, done.output
    home = tmp_path / "home" / "releases" / "poll"
    return str(home / "2019" / "1"), str(home / "2021" / "1")


def test_a_study_becomes_a_folder_an_archive_and_an_act(
    tolqyn: Tolqyn, poll: tuple[str, str], tmp_path: Path
) -> None:
    out, spec = tmp_path / "out", tmp_path / "public.yaml"
    made = tolqyn("release", "bundle", "poll", "--out", str(out), *NO_PDF, str(spec), "--zip", "--json")
    assert made.exit_code == 0, made.output
    told = json.loads(made.stdout[made.stdout.index("{") :])
    assert [each["wave"] for each in told["public"]] == ["2019", "2021"]
    assert all(each["k"] >= 5 and each["keys"] == ["SEX"] for each in told["public"])
    assert (tmp_path / "out.zip").is_file()
    acts = tolqyn("audit", "show", "--json").output
    assert "release.bundle" in acts
    assert told["fingerprint"] in acts
    checked = tolqyn("release", "bundle", "--verify", str(out))
    assert checked.exit_code == 0
    assert told["fingerprint"] in checked.output


def test_a_changed_bundle_is_refused_with_the_file(
    tolqyn: Tolqyn, poll: tuple[str, str], tmp_path: Path
) -> None:
    out, spec = tmp_path / "out", tmp_path / "public.yaml"
    assert (
        tolqyn("release", "bundle", *poll, "--out", str(out), "--no-pdf", "--microdata", str(spec)).exit_code
        == 0
    )
    (out / "README.en.md").write_text("other words")
    found = tolqyn("release", "bundle", "--verify", str(out), "--json")
    assert found.exit_code == 1
    assert [problem["path"] for problem in json.loads(found.output)] == ["README.en.md"]


def test_reports_are_printed_and_given_ones_must_be_of_these_releases(
    tolqyn: Tolqyn, poll: tuple[str, str], tmp_path: Path
) -> None:
    printed = tolqyn(
        "report", "build", poll[0], "--release", poll[1], "--incomplete-methods", "--out", str(tmp_path)
    )
    assert printed.exit_code == 0, printed.output
    (pdf,) = tmp_path.glob("*.pdf")
    options = ("--no-microdata", "--pdf", str(pdf))
    assert tolqyn("release", "bundle", *poll, "--out", str(tmp_path / "out"), *options).exit_code == 0
    assert (tmp_path / "out" / "reports" / pdf.name).read_bytes() == pdf.read_bytes()
    other = tolqyn("release", "bundle", poll[1], "--out", str(tmp_path / "other"), *options)
    assert other.exit_code == 1
    assert "expected a report on poll/2021/1" in other.output
    assert not (tmp_path / "other").exists()


def test_an_instrument_without_a_specification_is_refused_with_where_to_read(
    tolqyn: Tolqyn, poll: tuple[str, str], tmp_path: Path
) -> None:
    found = tolqyn("release", "bundle", "poll", "--out", str(tmp_path / "out"), "--no-pdf")
    assert found.exit_code == 1
    assert "--microdata" in found.output
    assert not (tmp_path / "out").exists()


def test_every_problem_of_a_specification_is_told_with_its_line(
    tolqyn: Tolqyn, poll: tuple[str, str], tmp_path: Path
) -> None:
    spec = tmp_path / "public.yaml"
    spec.write_text(SPECIFICATION.replace("format: 1", "format: 2").replace("column: SEX", "colum: SEX"))
    found = tolqyn("release", "bundle", "poll", "--out", str(tmp_path / "out"), *NO_PDF, str(spec), "--json")
    assert found.exit_code == 1
    assert {problem["line"] for problem in json.loads(found.output)} >= {1, 5}


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("poll",),
        ("poll", "--out", "x", "--no-pdf", "--pdf", __file__),
        ("poll", "--out", "x", "--no-microdata", "--supersede", "why"),
    ],
)
def test_what_does_not_go_together_is_a_usage_error(tolqyn: Tolqyn, words: tuple[str, ...]) -> None:
    assert tolqyn("release", "bundle", *words).exit_code == 2


def test_a_second_public_file_needs_a_reason_which_is_kept(
    tolqyn: Tolqyn, poll: tuple[str, str], tmp_path: Path
) -> None:
    spec = tmp_path / "public.yaml"
    options = ("--no-pdf", "--microdata", str(spec))
    assert tolqyn("release", "bundle", *poll, "--out", str(tmp_path / "a"), *options).exit_code == 0
    spec.write_text(SPECIFICATION + "k: 6\n")
    refused = tolqyn("release", "bundle", *poll, "--out", str(tmp_path / "b"), *options)
    assert refused.exit_code == 1
    assert "--supersede" in refused.output
    reason = ("--supersede", "the first one was taken down")
    assert tolqyn("release", "bundle", *poll, "--out", str(tmp_path / "b"), *options, *reason).exit_code == 0
    assert "the first one was taken down" in tolqyn("audit", "show", "--json").output


def test_a_folder_that_holds_files_is_refused_before_anything_is_printed(
    tolqyn: Tolqyn, tmp_path: Path
) -> None:
    out = tmp_path / "bundle"
    out.mkdir()
    (out / "mine.txt").write_text("mine")
    result = tolqyn("release", "bundle", "poll", "--out", str(out))
    assert result.exit_code == 1
    assert "holds files already: type another folder" in result.stderr
    assert result.stdout == ""
