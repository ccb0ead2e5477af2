"""`tolqyn report build`: what it prints, in processes of its own, and what it refuses with what to type."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from analysis.release.layout import canonical_json, sealed
from survey.cli import main

MAP = """\
study: poll
title: {en: Poll, ru: Опрос}
languages: [en, ru]
wave:
  column: year
  dates: {2019: 2019-05, 2021: 2021-05}
  mode: capi
  sample: probability
design: {weight: w}
variables:
  REPORT:
    from: q1
    label: {en: Would report, ru: Сообщили бы}
    question: {en: "Would you report it?", ru: "Сообщили бы Вы?"}
    codes: {1: {en: "Yes", ru: Да}, 2: {en: "No", ru: Нет}}
indicators:
  report:
    variable: REPORT
    code: 1
    label: {en: Would report, ru: Сообщили бы}
    finding: {en: the share of people who would report, ru: "доля тех, кто сообщил бы"}
    higher: protective
    headline: true
disclosure:
  strategy: Interviews at home, every second year
  sponsor: Fund A
  conductor: Office B
  funder: Fund A
  population: Adults of two regions
  sampling: Random routes
  frame: Polling districts
  recruitment: A visit, two attempts
  incentives: None
  modes: Face to face, in Russian
  processing: Nobody was left out
  limitations: Two regions only
"""
Tolqyn = Callable[..., Result]


@pytest.fixture
def tolqyn(tmp_path: Path) -> Tolqyn:
    def run(*words: str) -> Result:
        env = {"TOLQYN_HOME": str(tmp_path / "home"), "TOLQYN_DATABASE_URL": ""}
        return CliRunner().invoke(main, words, env=env)

    return run


@pytest.fixture
def poll(tolqyn: Tolqyn, tmp_path: Path) -> Path:
    """Two imported waves; the folder of their releases."""
    rows = [
        f"{year},{1 if i % 10 < share else 2},1" for year, share in ((2019, 4), (2021, 7)) for i in range(300)
    ]
    (tmp_path / "poll.csv").write_text("\n".join(["year,q1,w", *rows]) + "\n")
    (tmp_path / "poll.yaml").write_text(MAP, "utf-8")
    done = tolqyn("release", "import", str(tmp_path / "poll.csv"), "--map", str(tmp_path / "poll.yaml"))
    assert done.exit_code == 0, done.output
    return tmp_path / "home" / "releases" / "poll"


def text_of(path: Path) -> str:
    return subprocess.run(["pdftotext", str(path), "-"], capture_output=True, text=True, check=True).stdout


def test_a_report_is_printed_in_every_language_asked_for(tolqyn: Tolqyn, poll: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    result = tolqyn("report", "build", "poll", "--wave", "2021", "--lang", "en,ru", "--out", str(out))
    assert result.exit_code == 0, result.output
    assert sorted(path.name for path in out.iterdir()) == ["poll-2021-en.pdf", "poll-2021-ru.pdf"]
    assert str(out / "poll-2021-ru.pdf") in result.output
    assert "rose from 40% in 2019 to 70% in 2021" in " ".join(text_of(out / "poll-2021-en.pdf").split())


def test_without_options_all_languages_go_where_results_are_published(
    tolqyn: Tolqyn, poll: Path, tmp_path: Path
) -> None:
    result = tolqyn("report", "build", "poll")
    assert result.exit_code == 0, result.output
    published = tmp_path / "home" / "reports" / "poll"
    assert sorted(path.name for path in published.iterdir()) == ["poll-2021-en.pdf", "poll-2021-ru.pdf"]


def test_a_report_may_stop_at_an_earlier_wave(tolqyn: Tolqyn, poll: Path, tmp_path: Path) -> None:
    result = tolqyn(
        "report", "build", "poll", "--wave", "2019", "--lang", "en", "--out", str(tmp_path / "out")
    )
    assert result.exit_code == 0, result.output
    text = text_of(tmp_path / "out" / "poll-2019-en.pdf")
    assert "Report on one wave: 2019" in text
    assert "2021" not in text


def test_release_folders_may_be_named_themselves(tolqyn: Tolqyn, poll: Path, tmp_path: Path) -> None:
    folders = [str(poll / "2019" / "1"), str(poll / "2021" / "1")]
    out = str(tmp_path / "out")
    result = tolqyn("report", "build", "--lang", "en", "--out", out, "--release", *folders)
    assert result.exit_code == 0, result.output
    assert (tmp_path / "out" / "poll-2021-en.pdf").is_file()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ("poll", "--wave", "2022"),
            ("release of wave 2022", "2019, 2021", "tolqyn release build poll/2022"),
        ),
        (("census",), ("releases of study census", "poll", "tolqyn release build census/WAVE")),
        (("poll", "--lang", "de"), ("languages among kk, ru, uz, en", "de")),
        (("--release", "nowhere"), ("a release folder", "nowhere", "tolqyn release list")),
        (("poll", "--lang", "kk"), ("no wording in 'kk'", "--lang en,ru")),
    ],
)
def test_what_cannot_be_printed_is_refused_with_what_to_type(
    tolqyn: Tolqyn, poll: Path, tmp_path: Path, arguments: tuple[str, ...], said: tuple[str, ...]
) -> None:
    result = tolqyn("report", "build", *arguments, "--out", str(tmp_path / "out"))
    assert result.exit_code == 1, result.output
    assert all(part in result.output for part in said), result.output
    assert "Traceback" not in result.output


def test_a_changed_release_is_refused(tolqyn: Tolqyn, poll: Path, tmp_path: Path) -> None:
    codebook = poll / "2021" / "1" / "codebook.json"
    codebook.write_text(codebook.read_text("utf-8").replace("Would report", "Will report"), "utf-8")
    result = tolqyn("report", "build", "poll", "--lang", "en", "--out", str(tmp_path / "out"))
    assert result.exit_code == 1, result.output
    assert "codebook.json" in result.output
    assert not list((tmp_path / "out").glob("*.pdf"))


def test_a_study_or_folders_must_be_given(tolqyn: Tolqyn) -> None:
    assert tolqyn("report", "build").exit_code == 2
    assert tolqyn("report", "build", "one", "two").exit_code == 2


def test_a_release_cannot_lead_out_of_the_home_folder(tolqyn: Tolqyn, poll: Path, tmp_path: Path) -> None:
    manifest = poll / "2021" / "1" / "manifest.json"
    forged = sealed({**json.loads(manifest.read_bytes()), "study": "../../outside/owned"})
    manifest.write_bytes(canonical_json(forged))
    before = sorted(tmp_path.rglob("*"))
    result = tolqyn("report", "build", "--lang", "en", "--release", str(poll / "2021" / "1"))
    assert result.exit_code == 1, result.output
    assert "study: expected a name of letters" in result.output
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("arguments", [("poll",), ("poll", "--lang", "en"), ("--release", "FOLDER")])
@pytest.mark.parametrize("name", ["codebook.json", "manifest.json"])
@pytest.mark.parametrize("content", ["[]", '{"cut off'])
def test_a_damaged_record_is_refused_before_it_is_read(
    tolqyn: Tolqyn, poll: Path, arguments: tuple[str, ...], name: str, content: str
) -> None:
    (poll / "2021" / "1" / name).write_text(content)
    folder = str(poll / "2021" / "1")
    result = tolqyn("report", "build", *(folder if word == "FOLDER" else word for word in arguments))
    assert result.exit_code == 1, result.output
    assert isinstance(result.exception, SystemExit), result.exception
    assert f"{poll / '2021' / '1' / name}" in result.output


def test_a_hole_in_the_method_statement_stops_the_report_or_stamps_it(
    tolqyn: Tolqyn, poll: Path, tmp_path: Path
) -> None:
    """Then the map is completed: a new release, which says why there is one, and a report of it."""
    source = tmp_path / "poll.yaml"
    holed = source.read_text("utf-8").replace("  funder: Fund A\n", "")
    source.write_text(holed, "utf-8")
    imported = ("release", "import", str(tmp_path / "poll.csv"), "--map", str(source))
    assert tolqyn(*imported).exit_code == 0
    asked = ("report", "build", "poll", "--lang", "en", "--out", str(tmp_path / "out"))
    refused = tolqyn(*asked)
    assert refused.exit_code == 1
    assert "A2  who paid for it (2019, 2021): under disclosure type  funder: {en: …, ru: …}" in refused.output
    assert "errata  why release 2 replaced release 1 (2019)" in refused.output
    assert "Traceback" not in refused.output
    assert not list((tmp_path / "out").glob("*.pdf"))

    stamped = tolqyn(*asked, "--incomplete-methods")
    assert stamped.exit_code == 0, stamped.output
    pages = text_of(tmp_path / "out" / "poll-2021-en.pdf").split("\f")[:-1]
    assert all("INCOMPLETE METHODS" in page for page in pages)

    mended = "  funder: Fund A\n  correction_2: A line was lost\n  correction_3: The funder is named again\n"
    source.write_text(holed + mended, "utf-8")
    assert tolqyn(*imported).exit_code == 0
    printed = tolqyn(*asked)
    assert printed.exit_code == 0, printed.output
    text = " ".join(text_of(tmp_path / "out" / "poll-2021-en.pdf").split())
    assert "INCOMPLETE METHODS" not in text
    assert "poll 2021/3 The funder is named again" in text


def built(tolqyn: Tolqyn, tmp_path: Path, name: str = "out") -> Path:
    out = tmp_path / name
    result = tolqyn("report", "build", "poll", "--lang", "en", "--out", str(out))
    assert result.exit_code == 0, result.output
    return out / "poll-2021-en.pdf"


def corrected(tolqyn: Tolqyn, tmp_path: Path) -> None:
    """Release 2 of the last wave: ten people more would report."""
    rows = [
        f"{year},{1 if i % 10 < share or (year == 2021 and i > 289) else 2},1"
        for year, share in ((2019, 4), (2021, 7))
        for i in range(300)
    ]
    (tmp_path / "poll.csv").write_text("\n".join(["year,q1,w", *rows]) + "\n")
    source = tmp_path / "poll.yaml"
    source.write_text(source.read_text("utf-8") + "  correction_2: Ten answers were typed wrongly\n", "utf-8")
    done = tolqyn("release", "import", str(tmp_path / "poll.csv"), "--map", str(source))
    assert done.exit_code == 0, done.output


def test_a_report_is_verified_against_the_releases_it_names(
    tolqyn: Tolqyn, poll: Path, tmp_path: Path
) -> None:
    file = built(tolqyn, tmp_path)
    result = tolqyn("report", "verify", str(file))
    assert result.exit_code == 0, result.output
    assert "printed numbers are as recomputed, byte for byte" in result.output
    given = tolqyn(
        "report", "verify", str(file), "--release", str(poll / "2019" / "1"), str(poll / "2021" / "1")
    )
    assert given.exit_code == 0, given.output


def test_what_differs_from_other_releases_is_listed_with_exit_status_1(
    tolqyn: Tolqyn, poll: Path, tmp_path: Path
) -> None:
    file = built(tolqyn, tmp_path)
    corrected(tolqyn, tmp_path)
    folders = ["--release", str(poll / "2019" / "1"), "--release", str(poll / "2021" / "2")]
    result = tolqyn("report", "verify", str(file), *folders)
    assert result.exit_code == 1, result.output
    assert "release 2021, " in result.output
    assert "headlines/report.1@2021:estimate#1, 70%, 71%  (page " in result.output
    found = json.loads(tolqyn("report", "verify", str(file), *folders, "--json").stdout)
    assert found["same_bytes"] is False
    assert {"id", "printed", "recomputed", "where"} == set(found["differences"][0])


def test_a_release_that_was_changed_or_is_not_there_is_refused_by_verify(
    tolqyn: Tolqyn, poll: Path, tmp_path: Path
) -> None:
    file = built(tolqyn, tmp_path)
    data = poll / "2021" / "1" / "disclosure.json"
    data.write_text(data.read_text("utf-8") + " ", "utf-8")
    result = tolqyn("report", "verify", str(file))
    assert result.exit_code == 1
    assert "disclosure.json" in result.output
    (poll / "2021" / "1").rename(poll / "2021" / "9")
    result = tolqyn("report", "verify", str(file))
    assert result.exit_code == 1
    assert "a release the report names" in result.output


def test_what_changed_between_two_editions_is_listed_as_text_json_and_rows(
    tolqyn: Tolqyn, poll: Path, tmp_path: Path
) -> None:
    old = built(tolqyn, tmp_path)
    corrected(tolqyn, tmp_path)
    new = built(tolqyn, tmp_path, "new")
    text = tolqyn("report", "diff", str(old), str(new))
    assert text.exit_code == 0, text.output
    assert "release of 2021: 1 " in text.output
    assert "report.1@2021 estimate: 70 -> 71  (pages " in text.output
    rows = tolqyn("report", "diff", str(old), str(new), "--csv").output.splitlines()
    assert rows[0] == "estimate,column,before,after,section,pages"
    assert any(row.startswith("report.1@2021,estimate,70,71,headlines,") for row in rows)
    found = json.loads(tolqyn("report", "diff", str(old), str(new), "--json").output)
    assert "2021" in [each["wave"] for each in found["reissued"]]
    assert len(found["corrections"]) == len(rows) - 1


SPECIFICATION = """\
format: 1
draft: true
languages: [en]
organisation: {name: "Centre X"}
targets:
  - {indicator: report, value: 50, by: "2027", whose: donor}
facts: facts.yaml
"""
FACTS = """\
format: 1
facts:
  - {kind: help_line, number: "111", text: A help line, source: We called, checked: 2021-05-01}
"""


def test_a_specification_says_what_is_printed_and_old_facts_are_warned_of(
    tolqyn: Tolqyn, poll: Path, tmp_path: Path
) -> None:
    (tmp_path / "report.yaml").write_text(SPECIFICATION)
    (tmp_path / "facts.yaml").write_text(FACTS)
    out = tmp_path / "out"
    result = tolqyn("report", "build", "poll", "--spec", str(tmp_path / "report.yaml"), "--out", str(out))
    assert result.exit_code == 0, result.output
    assert "checked 2021-05-01, more than 90 days ago: A help line." in result.stderr
    (printed,) = out.iterdir()
    assert printed.name == "poll-2021-en.pdf"
    text = text_of(printed)
    for expected in (
        "Centre X",
        "DRAFT",
        "Indicators against targets",
        "donor",
        "A help line. Last checked: May 1, 2021.",
    ):
        assert expected in " ".join(text.split()), expected


def test_days_that_are_still_to_come_are_told(tolqyn: Tolqyn, poll: Path, tmp_path: Path) -> None:
    (tmp_path / "report.yaml").write_text(SPECIFICATION + "dated: 2999-02-01\n")
    (tmp_path / "facts.yaml").write_text(FACTS.replace("2021-05-01", "2999-01-31"))
    result = tolqyn(
        "report", "tiles", "poll", "--spec", str(tmp_path / "report.yaml"), "--out", str(tmp_path / "out")
    )
    assert result.exit_code == 0, result.output
    assert "checked 2999-01-31, a day still to come: A help line." in result.stderr
    assert "dated 2999-02-01, a day still to come" in result.stderr


def test_a_language_the_specification_has_no_words_of_is_refused_before_anything_is_estimated(
    tolqyn: Tolqyn, poll: Path, tmp_path: Path
) -> None:
    path = tmp_path / "report.yaml"
    path.write_text('format: 1\ntitle: {en: "A"}\norganisation: {name: {en: "Centre X"}}\n')
    result = tolqyn("report", "build", "poll", "--lang", "en,ru", "--spec", str(path))
    assert result.exit_code == 1
    assert f"{path}:2: title: expected words in en, ru; found words in en\n    add ru" in result.stderr
    assert f"{path}:3: organisation.name: expected words in en, ru" in result.stderr
    assert "reports" not in result.stdout


def test_a_folder_around_a_release_names_the_release_inside(tolqyn: Tolqyn, poll: Path) -> None:
    result = tolqyn("report", "build", "--release", str(poll / "2021"))
    assert result.exit_code == 1
    assert f"give the folder inside it: {poll / '2021' / '1'}" in result.stderr


def test_a_wrong_specification_is_refused_with_every_problem_and_nothing_is_printed(
    tolqyn: Tolqyn, poll: Path, tmp_path: Path
) -> None:
    path = tmp_path / "report.yaml"
    path.write_text("format: 1\ndraft: perhaps\ntargets:\n  - {indicator: report, value: 50}\n")
    out = tmp_path / "out"
    result = tolqyn("report", "build", "poll", "--spec", str(path), "--out", str(out))
    assert result.exit_code == 1
    for place in ("2: draft", "4: targets.1.by", "4: targets.1.whose"):
        assert f"{path}:{place}: expected " in result.stderr
    assert result.stderr.endswith("3 problems\n")
    assert not out.exists()


def test_the_schema_of_specifications_is_printed(tolqyn: Tolqyn) -> None:
    assert "official_counts" in json.loads(tolqyn("report", "schema").stdout)["properties"]
    assert set(json.loads(tolqyn("report", "schema", "--facts").stdout)["properties"]) == {"format", "facts"}
