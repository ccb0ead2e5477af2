"""`tolqyn report verify` end to end: with a specification, with a plan, and on files somebody changed."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont
from pikepdf import AttachedFileSpec, Pdf

from reports.fonts import FOLDER
from tests.reports.verify.conftest import Opened, rewritten
from tests.survey.cli.test_report import FACTS, SPECIFICATION, Tolqyn, poll, tolqyn

__all__ = ["poll", "tolqyn"]

PLAN = """\
format: 1
study: poll
title: What is compared
declared: 2020-01-15
level: 0.95
families:
  headlines: {adjustment: holm, title: What the summary may claim}
indicators:
  would_report: {variable: REPORT, code: 1}
comparisons:
  - {name: latest, indicator: would_report, kind: change, from: 2019, to: 2021, family: headlines}
"""


def build(tolqyn: Tolqyn, out: Path, *more: str) -> Path:
    result = tolqyn("report", "build", "poll", "--lang", "en", "--out", str(out), *more)
    assert result.exit_code == 0, result.output
    return out / "poll-2021-en.pdf"


@pytest.fixture
def specified(tolqyn: Tolqyn, poll: Path, tmp_path: Path) -> Path:
    """A report made by a specification with facts."""
    (tmp_path / "report.yaml").write_text(SPECIFICATION)
    (tmp_path / "facts.yaml").write_text(FACTS)
    return build(tolqyn, tmp_path / "out", "--spec", str(tmp_path / "report.yaml"))


def test_a_report_by_a_specification_is_verified_by_the_one_it_carries(
    tolqyn: Tolqyn, specified: Path, tmp_path: Path
) -> None:
    (tmp_path / "report.yaml").unlink()
    result = tolqyn("report", "verify", str(specified))
    assert result.exit_code == 0, result.output
    assert "byte for byte" in result.output


def test_a_report_carries_its_logo_and_its_facts_under_whatever_name_they_had(
    tolqyn: Tolqyn, poll: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "office"
    (folder / "pictures").mkdir(parents=True)
    (folder / "pictures" / "ours.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0"/></svg>'
    )
    (folder / "lines.yml").write_text(FACTS)
    logo = 'organisation: {name: "Centre X", logo: pictures/ours.svg, logo_text: Two hands}'
    said = SPECIFICATION.replace('organisation: {name: "Centre X"}', logo).replace("facts.yaml", "lines.yml")
    (folder / "report.yaml").write_text(said)
    file = build(tolqyn, tmp_path / "out", "--spec", str(folder / "report.yaml"))
    shutil.rmtree(folder)
    result = tolqyn("report", "verify", str(file))
    assert result.exit_code == 0, result.output
    assert "byte for byte" in result.output


def test_a_report_by_a_specification_is_verified_by_the_same_given(
    tolqyn: Tolqyn, specified: Path, tmp_path: Path
) -> None:
    result = tolqyn("report", "verify", str(specified), "--spec", str(tmp_path / "report.yaml"))
    assert result.exit_code == 0, result.output


def test_another_specification_does_not_verify_it(tolqyn: Tolqyn, specified: Path, tmp_path: Path) -> None:
    other = tmp_path / "report.yaml"
    other.write_text(SPECIFICATION.replace("value: 50", "value: 60"))
    result = tolqyn("report", "verify", str(specified), "--spec", str(other))
    assert result.exit_code == 1, result.output
    assert "50" in result.output
    assert "60" in result.output
    assert "specification.yaml" in result.output


def test_a_wrong_specification_is_refused_by_verify_with_its_lines(
    tolqyn: Tolqyn, specified: Path, tmp_path: Path
) -> None:
    other = tmp_path / "report.yaml"
    other.write_text("format: 1\ndraft: perhaps\n")
    result = tolqyn("report", "verify", str(specified), "--spec", str(other))
    assert result.exit_code == 1
    assert f"{other}:2: draft" in result.stderr


@pytest.fixture
def planned(tolqyn: Tolqyn, poll: Path, tmp_path: Path) -> Path:
    """A report built with a tracking plan, which is gone afterwards."""
    plan = tmp_path / "plan.yaml"
    plan.write_text(PLAN)
    file = build(tolqyn, tmp_path / "out", "--plan", str(plan))
    plan.unlink()
    return file


def test_a_report_by_a_plan_carries_it_and_is_verified_by_it(tolqyn: Tolqyn, planned: Path) -> None:
    held = tolqyn("report", "verify", str(planned))
    assert held.exit_code == 0, held.output
    assert "byte for byte" in held.output


def test_another_plan_may_be_given_and_is_told_apart(tolqyn: Tolqyn, planned: Path, tmp_path: Path) -> None:
    plan = tmp_path / "other.yaml"
    plan.write_text(PLAN.replace("declared: 2020", "declared: 2019"))
    other = tolqyn("report", "verify", str(planned), "--plan", str(plan))
    assert other.exit_code == 1, other.output
    assert "tracking-plan.yaml line 4, declared: 2020-01-15, declared: 2019-01-15" in other.output


Change = Callable[[Opened], None]


def plan_of(change: Callable[[bytes], bytes]) -> Change:
    """Puts another plan in the place of the attached one."""

    def changed(opened: Opened) -> None:
        held = opened.document.attachments["tracking-plan.yaml"].get_file().read_bytes()
        assert change(held) != held
        opened.document.attachments["tracking-plan.yaml"] = AttachedFileSpec(
            opened.document, change(held), filename="tracking-plan.yaml"
        )

    return changed


@pytest.mark.parametrize(
    "change",
    [
        lambda held: held.replace(b"2020-01-15", b"2019-01-15"),
        lambda held: held + b"# nothing else",
        lambda held: held.replace(b"from: 2019, to: 2021", b"from: 2021, to: 2019"),
    ],
    ids=["dated earlier", "a remark", "turned round"],
)
def test_a_changed_plan_in_the_file_is_found(
    tolqyn: Tolqyn, planned: Path, change: Callable[[bytes], bytes]
) -> None:
    tamper(planned, plan_of(change))
    result = tolqyn("report", "verify", str(planned))
    assert result.exit_code == 1
    assert "\nplan, " in result.output, result.output


def test_a_plan_in_the_file_that_is_none_is_told(tolqyn: Tolqyn, planned: Path) -> None:
    tamper(planned, plan_of(lambda held: held[:90]))
    result = tolqyn("report", "verify", str(planned))
    assert result.exit_code == 1
    assert "the tracking plan in it cannot be used" in result.stderr


def test_a_plan_taken_out_of_the_file_is_asked_for(tolqyn: Tolqyn, planned: Path) -> None:
    def change(opened: Opened) -> None:
        del opened.document.attachments["tracking-plan.yaml"]

    tamper(planned, change)
    result = tolqyn("report", "verify", str(planned))
    assert result.exit_code == 1
    assert (
        "expected the tracking plan it was made with, found none attached: add --plan FILE" in result.output
    )


def tamper(file: Path, change: Change) -> None:
    with Pdf.open(file, allow_overwriting_input=True) as document:
        change(Opened(document))
        document.save(file)


def code(digit: str) -> int:
    font = TTFont(FOLDER / "TolqynSans-Regular.ttf")
    return int(font.getGlyphID(font.getBestCmap()[ord(digit)]))


def test_one_digit_of_the_attached_data_is_found(tolqyn: Tolqyn, poll: Path, tmp_path: Path) -> None:
    file = build(tolqyn, tmp_path / "out")

    def change(opened: Opened) -> None:
        name = "estimates.csv"
        content = opened.document.attachments[name].get_file().read_bytes()
        assert b",0.7," in content
        forged = content.replace(b",0.7,", b",0.8,", 1)
        opened.document.attachments[name] = AttachedFileSpec(opened.document, forged, filename=name)

    tamper(file, change)
    result = tolqyn("report", "verify", str(file))
    assert result.exit_code == 1, result.output
    assert "estimate, 0.8, 0.7  (estimates.csv)" in result.output


def test_one_digit_of_a_release_is_found(tolqyn: Tolqyn, poll: Path, tmp_path: Path) -> None:
    file = build(tolqyn, tmp_path / "out")
    data = poll / "2021" / "1" / "data.parquet"
    content = bytearray(data.read_bytes())
    content[len(content) // 2] ^= 1
    data.write_bytes(bytes(content))
    result = tolqyn("report", "verify", str(file))
    assert result.exit_code == 1, result.output
    assert "data.parquet" in result.output
    assert "SHA-256" in result.output


def test_one_digit_of_a_page_is_found(tolqyn: Tolqyn, poll: Path, tmp_path: Path) -> None:
    file = build(tolqyn, tmp_path / "out")
    number = None

    def change(opened: Opened) -> None:
        nonlocal number
        for place, page in enumerate(opened.document.pages):
            try:
                page.Contents = opened.document.make_stream(rewritten(page, code("7"), code("9")))
            except AssertionError:
                continue
            number = place + 1
            return

    tamper(file, change)
    assert number
    listed = json.loads(tolqyn("report", "verify", str(file), "--json").stdout)["differences"]
    result = tolqyn("report", "verify", str(file))
    assert result.exit_code == 1, result.output
    assert any(each["printed"].replace("9", "7", 1) == each["recomputed"] for each in listed)
    assert any(f"page {number}" in each["where"] for each in listed)
