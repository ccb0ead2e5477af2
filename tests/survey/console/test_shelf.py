"""Releases, tables and reports in the console: what an analyst sees before all is published, and no row."""

import csv
import io
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner, Result

from survey.cli import main
from survey.config import Config
from survey.store import releases as register
from survey.store.engine import Database

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
    codes: {1: {en: Woman}, 2: {en: Man}, 3: {en: Not said}}
indicators:
  report:
    variable: REPORT
    code: 1
    label: {en: Would report it}
    finding: {en: the share of people who would report}
    higher: protective
    headline: true
"""
SHELF = "/releases/poll/2021"
TABLES = f"{SHELF}/tables"
Type = Callable[..., Result]


@pytest.fixture
def tolqyn(environment: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Type:
    """Type a command where the console is; two waves were imported, in each a group of twelve."""
    monkeypatch.chdir(tmp_path)
    chance = random.Random(5)
    rows = ["year,w,q1,sex"]
    for year, n in ((2019, 400), (2021, 380)):
        for number in range(n):
            sex = 3 if number < 12 else chance.choice((1, 2))
            rows.append(f"{year},{1 + chance.random():.3f},{chance.choice((1, 1, 2, 98))},{sex}")
    Path("poll.csv").write_text("\n".join(rows))
    Path("poll.yaml").write_text(MAP)

    def run(*words: str) -> Result:
        done = CliRunner().invoke(main, words)
        assert done.exit_code == 0, done.output
        return done

    run("release", "import", "poll.csv", "--map", "poll.yaml")
    return run


@pytest.fixture
def analyst(office: Any) -> Any:
    office.account("saule", ("analyst", "poll"))
    return office.at("saule")


def taken(person: Any, path: str, kind: str = "csv", query: str = "") -> list[list[Any]]:
    sent = person.post(f"{path}/export{query}", page=path, reason="for the paper", format=kind)
    assert sent.status_code == 200, sent.text
    if kind == "csv":
        return list(csv.reader(io.StringIO(sent.data.decode("utf-8-sig"))))
    return [list(row) for row in openpyxl.load_workbook(io.BytesIO(sent.data)).active.values]


def test_every_page_says_what_comes_next_from_the_first_release_on(tolqyn: Type, analyst: Any) -> None:
    shown = analyst.get("/releases").text
    assert f'href="/console{SHELF}"' in shown
    page = analyst.get(SHELF).text
    assert "On this server, as it was written" in page
    for command in (
        "tolqyn results tables poll --wave 2021",
        "tolqyn report build poll --wave 2021",
        "tolqyn results publish poll --wave 2021",
        "tolqyn release bundle poll --wave 2021 --out ",
    ):
        assert command in page
    assert "No report is printed here yet" in page
    assert "tolqyn results tables poll" in analyst.get(TABLES).text


def test_an_analyst_sees_the_tables_that_would_be_published_and_no_row(
    tolqyn: Type, analyst: Any, config: Config
) -> None:
    tolqyn("results", "tables", "poll", "--by", "SEX")
    assert not (config.home / "published").exists(), "nothing was published"
    rows = taken(analyst, TABLES)
    assert rows[0] == [
        "Question or indicator", "Variable", "Answer", "Group", "Figure", "95% interval", "Answers (n)",
    ]  # fmt: skip
    tolqyn("results", "publish", "poll", "--by", "SEX", "--lang", "en")
    files = config.home / "results" / "en" / "poll@1" / "files"
    whole = list(csv.reader(io.StringIO((files / "REPORT.csv").read_text("utf-8-sig"))))
    at = whole[0].index("2021")
    published = {line[0]: float(line[at]) for line in whole[1:-1]}
    mine = {row[2]: float(row[4]) for row in rows if row[0] == "Would report: answers, %"}
    assert mine == published
    assert {float(row[6]) for row in rows if row[0] == "Would report: answers, %"} == {float(whole[-1][at])}
    by_sex = [row for row in rows if row[0] == "Would report: by group (Sex)"]
    assert {row[3] for row in by_sex} == {"Woman", "Man", "Not said"}
    assert {row[4] for row in by_sex if row[3] == "Not said"} == {"(s)"}, "a group of twelve is kept back"
    assert {row[6] for row in by_sex if row[3] == "Not said"} == {"<30"}
    assert all(int(row[6]) % 5 == 0 for row in by_sex if row[3] != "Not said")
    assert not any("2019" in row[2] and "→" not in row[2] for row in rows), (
        "another wave's figures are its own"
    )
    assert any(row[2].startswith("2019→2021: ") for row in rows)


def test_the_list_is_sorted_by_its_numbers_and_filtered(tolqyn: Type, analyst: Any, office: Any) -> None:
    tolqyn("results", "tables", "poll", "--by", "SEX")
    sheet = taken(analyst, TABLES, "xlsx", "?q=Would&sort=figure")
    figures = [row[4] for row in sheet[1:]]
    numbers = [each for each in figures if not isinstance(each, str)]
    assert len(numbers) >= 4
    assert figures == [*sorted(numbers), *sorted(each for each in figures if isinstance(each, str))]
    shown = analyst.get(f"{TABLES}?q=%28Sex%29").text
    assert '<a href="/console/releases/poll/2021/tables?q=%28Sex%29" aria-current="true">Sex</a>' in shown
    assert [what for _, what, _ in office.acts("console.export")] == ["console.export"]
    refused = analyst.post(f"{TABLES}/export", page=TABLES, reason="", format="csv")
    assert refused.status_code == 400


def test_tables_that_together_with_what_is_published_tell_of_a_few_are_not_listed(
    tolqyn: Type, config: Config, analyst: Any
) -> None:
    """A later release that lacks three people: whoever saw both could subtract."""
    tolqyn("results", "publish", "poll", "--by", "SEX", "--lang", "en")
    before = analyst.get(TABLES).text
    lines = Path("poll.csv").read_text().splitlines()
    Path("poll.csv").write_text("\n".join(lines[:-3]))
    tolqyn("release", "import", "poll.csv", "--map", "poll.yaml")
    refused = CliRunner().invoke(main, ["results", "tables", "poll", "--by", "SEX"])
    assert refused.exit_code == 1
    assert "by 3 interviews of wave 2021" in refused.output
    after = analyst.get(TABLES).text
    assert "A later release was made since" in after
    assert "A later release was made since" not in before


def test_a_release_that_was_changed_is_said_and_one_of_another_study_is_not_there(
    tolqyn: Type, office: Any, analyst: Any, config: Config, database: Database
) -> None:
    with database.reading() as session:
        assert {each.study for each in register.listing(session)} == {"poll"}
    manifest = config.releases / "poll" / "2021" / "1" / "manifest.json"
    content = json.loads(manifest.read_bytes())
    manifest.write_text(json.dumps({**content, "rows": 1}))
    assert "Changed since it was written" in analyst.get(SHELF).text
    manifest.unlink()
    assert "Not on this server" in analyst.get(SHELF).text
    office.account("dana", ("analyst", "another"))
    for path in (SHELF, TABLES):
        assert office.at("dana").get(path).status_code == 404
    assert analyst.get("/releases/poll/1999").status_code == 404


def test_reports_and_the_bundle_are_given_out_and_the_bundle_with_a_reason(
    tolqyn: Type, office: Any, director: Any, analyst: Any, config: Config
) -> None:
    folder = config.home / "reports" / "poll"
    folder.mkdir(parents=True)
    for name in ("poll-2021-en.pdf", "poll-2021-en-factsheet.pdf", "poll-2021-en@1.pdf", "poll-20211-en.pdf"):
        (folder / name).write_bytes(b"%PDF-1.7 " + name.encode())
    page = analyst.get(SHELF).text
    assert "poll-20211-en.pdf" not in page
    sent = analyst.get(f"{SHELF}/report/poll-2021-en.pdf")
    assert (sent.mimetype, sent.data) == ("application/pdf", b"%PDF-1.7 poll-2021-en.pdf")
    for name in ("poll-20211-en.pdf", "..%2f..%2ftolqyn.sqlite", "nothing.pdf"):
        assert analyst.get(f"{SHELF}/report/{name}").status_code in (404, 410)
    assert [row[1] for row in taken(analyst, SHELF)[1:]] == ["Factsheet", "Report", "Report"]
    tolqyn(
        "release", "bundle", "poll", "--wave", "2021", "--no-pdf", "--no-microdata", "--lang", "en",
        "--out", str(config.bundles / "poll-2021"), "--zip",
    )  # fmt: skip
    assert "Take the bundle" not in analyst.get(SHELF).text
    assert analyst.post(f"{SHELF}/bundle", page=SHELF, reason="x").status_code == 403
    assert director.post(f"{SHELF}/bundle", page=SHELF, reason="").status_code == 400
    sent = director.post(f"{SHELF}/bundle", page=SHELF, reason="for the archive")
    assert sent.data == (config.bundles / "poll-2021.zip").read_bytes()
    assert office.acts("console.bundle") == [("aigul", "console.bundle", "poll/2021")]
