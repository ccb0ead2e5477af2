"""What is published beside a report stands under the report's tracking plan, whoever forgot it."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from instruments import Codebook, load_library
from reports import read_spec
from survey.cli import main
from survey.cli.choosing import same_choices
from survey.cli.gate import PublicationGate
from survey.cli.registered import register_of
from survey.config import Config
from survey.refusal import Refused
from survey.store.engine import Database
from tests.survey.conftest import import_poll

MAP = """\
study: poll
title: {en: Poll of the town}
languages: [en]
wave: {column: year, dates: {2021: [2021-05-03, 2021-05-30], 2019: 2019-05}, mode: capi, sample: probability}
design: {weight: w}
variables:
  Q1: {from: q1, label: {en: Safe at night}, codes: {1: {en: "Yes"}, 2: {en: "No"}}}
  SEX: {from: sex, label: {en: Sex}, codes: {1: {en: Men}, 2: {en: Women}}}
indicators:
  SAFE: {variable: Q1, code: 1, statistic: proportion, headline: true, higher: protective,
    label: {en: Feels safe}, finding: {en: the share of people who feel safe}}
  UNSAFE: {variable: Q1, code: 2, statistic: proportion, headline: true, higher: harmful,
    label: {en: Feels unsafe}, finding: {en: the share of people who feel unsafe}}
"""
PLAN = """\
format: 1
study: poll
declared: 2021-01-15
families:
  headlines: {adjustment: holm}
indicators:
  safe: {variable: Q1, code: 1}
comparisons:
  - {name: latest, indicator: safe, kind: change, from: 2019, to: 2021, family: headlines}
"""


def run(*arguments: str):
    return CliRunner().invoke(main, list(arguments), catch_exceptions=False)


@pytest.fixture
def poll(environment: Config, database: Database, tmp_path: Path) -> Config:
    """Two waves, released."""
    people = ((year, 1 + (i % 5 > 2), 1 + i % 2, 1 + i % 3) for year in (2019, 2021) for i in range(300))
    import_poll(tmp_path, MAP, ("year", "q1", "sex", "w"), people)
    return environment


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    path = tmp_path / "tracking.yaml"
    path.write_text(PLAN, "utf-8")
    return path


@pytest.fixture
def other(tmp_path: Path) -> Path:
    path = tmp_path / "other.yaml"
    path.write_text(PLAN.replace("holm", "bonferroni"), "utf-8")
    return path


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    """Chooses one of two indicators, which then shares its family with nothing."""
    path = tmp_path / "report.yaml"
    path.write_text("format: 1\ntitle: {en: One of two}\nindicators: [SAFE]\ncards: [SAFE]\n", "utf-8")
    return path


def folders(config: Config) -> list[Path]:
    return [config.home / "releases" / "poll" / wave / "1" for wave in ("2019", "2021")]


def report_under(config: Config, plan: Path | None, spec: Path | None = None) -> None:
    """Enter a report of the two waves as the command does, without printing it."""
    chosen = read_spec(spec) if spec else None
    PublicationGate(config, plan=plan, spec=chosen).admit(folders(config), ["en"], kind="report")


def edition(config: Config) -> dict[str, object]:
    path = config.home / "results" / "en" / "poll" / ".." / "poll@1" / "edition.json"
    found: dict[str, object] = json.loads(path.read_text("utf-8"))
    return found


def test_a_site_without_a_plan_takes_the_one_of_the_printed_report(poll: Config, plan: Path) -> None:
    done = run("report", "build", "poll", "--plan", str(plan), "--incomplete-methods")
    assert done.exit_code == 0, done.output
    plan.unlink()
    done = run("results", "publish", "poll", "--by", "SEX")
    assert done.exit_code == 0, done.output
    assert "judged by the tracking plan of publication 1 (report 2021)" in done.output
    report, site = register_of(poll).publications("poll")
    assert (report.kind, site.kind) == ("report", "site")
    assert report.plan == site.plan == edition(poll)["plan"]
    page = (poll.home / "results" / "en" / "poll" / "indicators" / "SAFE.html").read_text("utf-8")
    assert "Declared before the data were seen." in page


@pytest.mark.parametrize(
    "command",
    [
        ("results", "publish", "poll", "--by", "SEX"),
        ("results", "tables", "poll", "--by", "SEX"),
        ("report", "factsheet", "poll"),
        ("report", "tiles", "poll"),
        ("release", "bundle", "poll", "--out", "OUT", "--no-microdata", "--no-pdf"),
    ],
)
def test_another_plan_is_refused_with_what_to_type(
    poll: Config, plan: Path, other: Path, tmp_path: Path, command: tuple[str, ...]
) -> None:
    report_under(poll, plan)
    before = sorted(path for path in poll.home.rglob("*") if path.is_file())
    typed = [str(tmp_path / "out") if part == "OUT" else part for part in command]
    refused = run(*typed, "--plan", str(other))
    assert refused.exit_code == 1
    assert "expected the tracking plan of publication 1 (report 2021)" in refused.output
    assert "--plan FILE with that plan" in refused.output
    assert sorted(path for path in poll.home.rglob("*") if path.is_file()) == before


def test_a_plan_beside_a_report_that_has_none_is_refused(poll: Config, plan: Path) -> None:
    report_under(poll, None)
    refused = run("results", "publish", "poll", "--by", "SEX", "--plan", str(plan))
    assert refused.exit_code == 1
    assert "expected no tracking plan, as publication 1 (report 2021) has none" in refused.output
    assert "leave --plan out; or publish the report under this one first" in refused.output
    assert f"tolqyn report build poll --plan {plan}" in refused.output
    assert run("results", "publish", "poll", "--by", "SEX").exit_code == 0


def test_a_kept_plan_that_is_gone_or_was_changed_has_to_be_given(poll: Config, plan: Path) -> None:
    report_under(poll, plan)
    (kept,) = (poll.home / "published" / "poll" / "plans").iterdir()
    assert kept.stat().st_mode & 0o777 == 0o600
    kept.write_text(PLAN + "\n# more\n", "utf-8")
    refused = run("results", "publish", "poll", "--by", "SEX")
    assert refused.exit_code == 1
    assert "found no plan" in refused.output
    kept.unlink()
    assert run("results", "publish", "poll", "--by", "SEX").exit_code == 1
    done = run("results", "publish", "poll", "--by", "SEX", "--plan", str(plan))
    assert done.exit_code == 0, done.output


def test_the_gate_refuses_whatever_did_not_ask_for_the_plan(poll: Config, plan: Path) -> None:
    report_under(poll, plan)
    with pytest.raises(Refused, match="one verdict everywhere"):
        PublicationGate(poll).admit(folders(poll), ["en"], kind="tiles")
    PublicationGate(poll, plan=plan).admit(folders(poll), ["en"], kind="tiles")


def test_a_report_under_a_new_plan_says_what_is_published_under_another(
    poll: Config, plan: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    PublicationGate(poll).admit(folders(poll), ["en"], kind="site")
    report_under(poll, plan)
    told = capsys.readouterr().err
    assert "publication 1 (site 2021) was judged by another tracking plan than this report" in told


def test_a_struck_report_governs_no_longer(poll: Config, plan: Path) -> None:
    report_under(poll, plan)
    assert run("release", "unpublish", "poll", "1", "--because", "never left").exit_code == 0
    PublicationGate(poll).admit(folders(poll), ["en"], kind="tiles")


def test_an_entry_of_before_plans_were_written_down_governs_nothing(poll: Config, plan: Path) -> None:
    report_under(poll, None)
    (entry,) = (poll.home / "published" / "poll").glob("*.json")
    raw = json.loads(entry.read_bytes())
    del raw["publication"]["plan"]
    entry.write_text(json.dumps(raw))
    PublicationGate(poll, plan=plan).admit(folders(poll), ["en"], kind="tiles")


def moved(config: Config, place: str = "poll") -> str:
    """What the site says of an indicator, its numbers among it."""
    page = config.home / "results" / "en" / place / "indicators" / "SAFE.html"
    return " ".join(re.sub(r"<[^>]+>", " ", page.read_text("utf-8")).split())


def test_a_site_says_of_changes_what_the_report_of_another_choice_says(poll: Config, spec: Path) -> None:
    """Two indicators share a family and widen each other's interval; the report chose one of them."""
    assert run("results", "publish", "poll", "--by", "SEX").exit_code == 0
    report_under(poll, None, spec)
    spec.unlink()
    done = run("results", "publish", "poll", "--by", "SEX")
    assert done.exit_code == 0, done.output
    assert "indicators and questions are those of publication 2 (report 2021)" in done.output
    *_, report, site = register_of(poll).publications("poll")
    assert (site.kind, site.edition) == ("site", "2"), "other choices are another edition"
    assert report.choices == site.choices != ""
    assert not (poll.home / "results" / "en" / "poll" / "indicators" / "UNSAFE.html").exists()
    assert moved(poll, "poll@1") != moved(poll, "poll@2")


@pytest.mark.parametrize("command", ["factsheet", "tiles"])
def test_a_specification_that_chooses_others_than_the_report_is_refused(
    poll: Config, spec: Path, tmp_path: Path, command: str
) -> None:
    report_under(poll, None, spec)
    other = tmp_path / "other.yaml"
    other.write_text("format: 1\nindicators: [SAFE, UNSAFE]\n", "utf-8")
    refused = run("report", command, "poll", "--spec", str(other))
    assert refused.exit_code == 1
    assert "expected the indicators, batteries and questions of publication 1 (report 2021)" in refused.output
    assert f"tolqyn report build poll --spec {other}" in refused.output
    other.write_text("format: 1\nindicators: [SAFE]\ntitle: {en: Another title}\n", "utf-8")
    same = run("report", command, "poll", "--spec", str(other), "--incomplete-methods")
    assert same.exit_code == 0, same.output
    other.write_text("format: 1\nindicators: [SAFE, UNSAFE]\n", "utf-8")
    copy = str(tmp_path / "copy")
    own = run("report", command, "poll", "--spec", str(other), "--incomplete-methods", "--out", copy)
    assert own.exit_code == 0, "the office's own copy may choose freely"


@pytest.mark.parametrize("command", ["factsheet", "tiles", "bundle"])
def test_the_order_in_which_folders_are_typed_passes_no_report_by(
    poll: Config, spec: Path, plan: Path, tmp_path: Path, command: str
) -> None:
    """Shells sort names; waves follow each other by their dates."""
    report_under(poll, plan, spec)
    backwards = [str(folder) for folder in reversed(folders(poll))]
    if command == "bundle":
        done = run(
            "release", "bundle", *backwards, "--out", str(tmp_path / "out"), "--no-microdata", "--no-pdf"
        )
    else:
        done = run("report", command, "--release", *backwards, "--incomplete-methods")
    assert done.exit_code == 0, done.output
    assert "judged by the tracking plan of publication 1 (report 2021)" in done.output
    assert "indicators and questions are those of publication 1 (report 2021)" in done.output
    report, made = register_of(poll).publications("poll")
    assert (made.latest, made.plan, made.choices) == ("2021", report.plan, report.choices)


def test_waves_whose_names_sort_otherwise_than_their_dates_are_governed_too(
    environment: Config, database: Database, spec: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    named = MAP.replace("2021: [2021-05-03, 2021-05-30], 2019: 2019-05", "spring: 2021-04, autumn: 2021-10")
    people = ((wave, 1 + (i % 5 > 2), 1 + i % 2, 1) for wave in ("autumn", "spring") for i in range(300))
    import_poll(tmp_path, named, ("year", "q1", "sex", "w"), people)
    waves = [environment.home / "releases" / "poll" / wave / "1" for wave in ("autumn", "spring")]
    PublicationGate(environment, spec=read_spec(spec)).admit(waves, ["en"], kind="report")
    done = run("report", "tiles", "--release", *map(str, waves), "--incomplete-methods")
    assert done.exit_code == 0, done.output
    assert "indicators and questions are those of publication 1 (report autumn)" in done.output
    PublicationGate(environment).admit(waves, ["en"], kind="report")
    assert "publication 2 (tiles autumn) has other indicators" in capsys.readouterr().err


def test_choices_that_were_changed_where_they_are_kept_judge_nothing(poll: Config, spec: Path) -> None:
    report_under(poll, None, spec)
    (kept,) = (poll.home / "published" / "poll" / "choices").iterdir()
    assert kept.stat().st_mode & 0o777 == 0o600
    assert "One of two" not in kept.read_text("utf-8"), "only what judges is kept"
    kept.write_text("format: 1\n", "utf-8")
    refused = run("results", "publish", "poll", "--by", "SEX")
    assert refused.exit_code == 1
    assert "publish the report with these first: tolqyn report build poll --spec FILE" in refused.output


def test_the_gate_refuses_whatever_did_not_ask_for_the_choices(poll: Config, spec: Path) -> None:
    report_under(poll, None, spec)
    with pytest.raises(Refused, match="one verdict everywhere"):
        PublicationGate(poll).admit(folders(poll), ["en"], kind="tiles")
    PublicationGate(poll, spec=read_spec(spec)).admit(folders(poll), ["en"], kind="tiles")


def test_a_report_of_new_choices_says_what_is_published_of_others(
    poll: Config, spec: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    PublicationGate(poll).admit(folders(poll), ["en"], kind="site")
    report_under(poll, None, spec)
    assert "publication 1 (site 2021) has other indicators or questions than" in capsys.readouterr().err


def test_a_report_published_again_under_its_first_choice_governs_again(poll: Config, spec: Path) -> None:
    report_under(poll, None, spec)
    report_under(poll, None)
    report_under(poll, None, spec)
    assert len(register_of(poll).publications("poll")) == 3
    PublicationGate(poll, spec=read_spec(spec)).admit(folders(poll), ["en"], kind="tiles")
    report_under(poll, None, spec)
    assert len(register_of(poll).publications("poll")) == 4, "said again, the newest stands for it"


def test_files_that_come_to_the_same_names_are_one_choice(poll: Config, tmp_path: Path) -> None:
    """A title, an order, a name that stands for itself: nothing of it is another family."""
    report_under(poll, None)
    path = tmp_path / "other.yaml"
    for text in (
        "title: {en: Only a title}",
        "indicators: [UNSAFE, SAFE]",
        "indicators: [SAFE, UNSAFE]\nbatteries: []\nquestions: []\nexposure: []",
    ):
        path.write_text(f"format: 1\n{text}\n", "utf-8")
        PublicationGate(poll, spec=read_spec(path)).admit(folders(poll), ["en"], kind="site")
        done = run("report", "tiles", "poll", "--spec", str(path), "--incomplete-methods")
        assert done.exit_code == 0, (text, done.output)
    path.write_text("format: 1\nspotlight: {title: {en: Safe}, variables: [Q1]}\n", "utf-8")
    tiles = PublicationGate(poll, spec=read_spec(path))
    tiles.admit(folders(poll), ["en"], kind="tiles")  # pictures print indicators alone
    with pytest.raises(Refused, match="one verdict everywhere"):
        PublicationGate(poll, spec=read_spec(path)).admit(folders(poll), ["en"], kind="site")


def test_the_heading_of_a_spotlight_is_no_choice(poll: Config, tmp_path: Path) -> None:
    path = tmp_path / "other.yaml"
    path.write_text("format: 1\nspotlight: {title: {en: Safe}, variables: [Q1]}\n", "utf-8")
    report_under(poll, None, path)
    path.write_text("format: 1\nspotlight: {title: {en: At night}, variables: [Q1]}\n", "utf-8")
    PublicationGate(poll, spec=read_spec(path)).admit(folders(poll), ["en"], kind="site")


def test_a_copy_is_made_where_the_kept_choice_is_gone_and_says_so(
    poll: Config, spec: Path, tmp_path: Path
) -> None:
    report_under(poll, None, spec)
    (kept,) = (poll.home / "published" / "poll" / "choices").iterdir()
    kept.unlink()
    words = ("report", "tiles", "poll", "--incomplete-methods")
    refused = run(*words)
    assert refused.exit_code == 1
    assert "one verdict everywhere" in refused.output
    copy = run(*words, "--out", str(tmp_path / "copy"))
    assert copy.exit_code == 0, copy.output
    assert "chose is kept no longer: this copy chooses by itself" in copy.output


def test_a_report_without_a_specification_says_that_the_former_choice_ends(poll: Config, spec: Path) -> None:
    report_under(poll, None, spec)
    words = ("report", "build", "poll", "--incomplete-methods")
    told = run(*words)
    assert told.exit_code == 0, told.output
    assert "publication 1 (report 2021) had a specification, and this report has none" in told.output
    assert "had a specification" not in run(*words).output, "it governs now"


def test_names_that_fewer_waves_lack_are_left_out_of_what_a_report_of_more_chose(
    poll: Config, tmp_path: Path
) -> None:
    path = tmp_path / "more.yaml"
    listed = "indicators: [SAFE]\nexposure: [Q1, Q9]\nspotlight: {title: {en: Old}, variables: [Q9]}"
    path.write_text(f"format: 1\n{listed}\n", "utf-8")
    report_under(poll, None, path)
    done = run("results", "publish", "poll", "--by", "SEX")
    assert done.exit_code == 0, done.output
    page = poll.home / "results" / "en" / "poll" / "indicators"
    assert [each.name for each in page.glob("*SAFE.html")] == ["SAFE.html"]


def test_a_bundle_takes_no_report_of_other_indicators(poll: Config, spec: Path, tmp_path: Path) -> None:
    own = ("report", "build", "poll", "--incomplete-methods", "--out", str(tmp_path / "own"))
    assert run(*own, "--spec", str(spec)).exit_code == 0
    (pdf,) = (tmp_path / "own").glob("*.pdf")
    bundle = ("release", "bundle", "poll", "--no-microdata", "--pdf", str(pdf))
    report_under(poll, None)
    refused = run(*bundle, "--out", str(tmp_path / "one"))
    assert refused.exit_code == 1
    assert "expected the indicators, batteries and questions of the bundle" in refused.output
    report_under(poll, None, spec)
    taken = run(*bundle, "--out", str(tmp_path / "two"))
    assert taken.exit_code == 0, taken.output


def test_what_only_an_older_wave_asked_is_in_both_families(poll: Config, tmp_path: Path) -> None:
    """2021 did not ask OLD1; the report of both waves lists it, and its site and bundle do the same."""
    people = ((year, 1 + (i % 5 > 2), 1 + i % 2, 1 + i % 3) for year in (2019, 2021) for i in range(300))
    asked = 'OLD1: {from: sex, label: {en: Old}, codes: {1: {en: "Yes"}, 2: {en: "No"}}, '
    text = MAP.replace("indicators:\n", f"  {asked}waves: {{2021: {{from: null}}}}}}\nindicators:\n", 1)
    import_poll(tmp_path, text.replace("study: poll", "study: town"), ("year", "q1", "sex", "w"), people)
    path = tmp_path / "more.yaml"
    path.write_text(
        "format: 1\nexposure: [OLD1]\nspotlight: {title: {en: Old}, variables: [OLD1, Q1]}\n", "utf-8"
    )
    waves = [poll.home / "releases" / "town" / wave / "1" for wave in ("2019", "2021")]
    PublicationGate(poll, spec=read_spec(path)).admit(waves, ["en"], kind="report")
    done = run("results", "publish", "town", "--by", "SEX")
    assert done.exit_code == 0, done.output


def test_a_file_that_chooses_nothing_is_not_the_package_s_own_choice(
    poll: Config, tmp_path: Path, core: Codebook
) -> None:
    """Without a file the core's report lists what the package says; with a title alone, the codebook's."""
    path = tmp_path / "title.yaml"
    path.write_text("format: 1\ntitle: {en: Only a title}\n", "utf-8")
    report_under(poll, None, path)
    *_, report = register_of(poll).publications("poll")
    register = register_of(poll)
    assert not same_choices(register, report, None, core, "site")
    assert same_choices(register, report, read_spec(path), core, "site")
    assert same_choices(register, report, None, core, "tiles"), "indicators are the same"


@pytest.fixture
def core() -> Codebook:
    return load_library("kz_thb_core").codebook()


def test_a_damaged_kept_choice_is_written_anew_by_the_next_report(poll: Config, spec: Path) -> None:
    report_under(poll, None, spec)
    (kept,) = (poll.home / "published" / "poll" / "choices").iterdir()
    whole = kept.read_bytes()
    kept.write_text("x", "utf-8")
    report_under(poll, None, spec)
    assert kept.read_bytes() == whole


def test_a_misspelt_name_is_told_and_not_taken_for_another_choice(
    poll: Config, spec: Path, tmp_path: Path
) -> None:
    report_under(poll, None, spec)
    other = tmp_path / "other.yaml"
    other.write_text("format: 1\nindicators: [SAFEE]\n", "utf-8")
    refused = run("report", "tiles", "poll", "--spec", str(other), "--incomplete-methods")
    assert refused.exit_code == 1
    assert "did you mean SAFE" in refused.output
    assert "one verdict everywhere" not in refused.output
