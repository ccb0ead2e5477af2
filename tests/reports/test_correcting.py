"""A release that replaced another: the report lists what changed by it, and nothing that tells of a few."""

import csv
import io
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from analysis import SurveyData, read_release
from reports import Report, render_pdf, report_from_folders, verify_report
from tests.reports.conftest import write_wave


def said(report: Report) -> str:
    (section,) = [each for each in report.sections if each.name == "release-log"]
    return " ".join(re.sub(r"<[^>]+>", " ", section.html).split())


def listed(report: Report) -> dict[tuple[str, str], tuple[str, str]]:
    text = report.attachments["errata.csv"].decode("utf-8-sig")
    rows = csv.DictReader(io.StringIO(text))
    return {(row["id"], row["column"]): (row["before"], row["now"]) for row in rows}


def second(folder: Path, home: Path, change: Callable[[SurveyData], SurveyData]) -> Path:
    """Release 2 beside a copy of release 1."""
    data = read_release(folder)
    write_wave(data, home)
    told = {**data.meta.disclosure, "correction_2": {"en": "Answers of POLICE were swapped."}}
    changed = change(data)
    return write_wave(replace(changed, meta=replace(data.meta, release=2, disclosure=told)), home)


def swapped(data: SurveyData) -> SurveyData:
    frame = data.frame.copy()
    places = frame.index[frame["POLICE"] == 0]
    frame.loc[places[: len(places) * 8 // 10], "POLICE"] = 1
    return data.with_frame(frame)


def without_three(data: SurveyData) -> SurveyData:
    return data.with_frame(swapped(data).frame.iloc[3:].reset_index(drop=True))


@pytest.fixture(scope="module")
def corrected(folders: tuple[Path, ...], tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ...]:
    return (*folders[:-1], second(folders[-1], tmp_path_factory.mktemp("second"), swapped))


@pytest.fixture(scope="module")
def report(corrected: tuple[Path, ...]) -> Report:
    return report_from_folders(corrected, "en")


def test_the_log_prints_the_old_and_the_new_figure(report: Report, folders: tuple[Path, ...]) -> None:
    first = report_from_folders(folders, "en")
    page = next(each.html for each in first.sections if each.name == "tables")
    told = said(report)
    line = re.search(r"WR_POLICE\.1@2025 .*? 2025 ([\d.]+) \(n=(\d+)\) ([\d.]+) \(n=(\d+)\)", told)
    assert line is not None
    was, base, now, base_now = line.groups()
    assert f">{was}</td>" in page, "the old figure is the one the first edition printed"
    assert float(now) > float(was) + 10
    assert base == base_now
    assert "Compared with the releases 2025/1." in told


def test_the_attached_list_holds_every_changed_figure_and_no_other(report: Report) -> None:
    found = listed(report)
    assert {name.partition("@")[0].partition(".")[0] for name, _ in found} == {"POLICE", "WR_POLICE"}
    before, now = found["WR_POLICE.1@2025", "estimate"]
    assert float(now) > float(before)
    assert not any("|" in name for name, _ in found), "no figure by group"


def test_first_releases_have_no_list(reports: dict[str, Report]) -> None:
    assert "errata.csv" not in reports["en"].attachments
    assert "nothing was corrected" in said(reports["en"])


def test_a_release_that_differs_by_a_few_people_keeps_the_old_figures_back(
    folders: tuple[Path, ...], tmp_path: Path
) -> None:
    report = report_from_folders((*folders[:-1], second(folders[-1], tmp_path, without_three)), "en")
    found = listed(report)
    assert {before for before, _ in found.values()} == {"withheld"}
    told = said(report)
    assert "differ by a few people only" in told
    assert re.search(r"WR_POLICE\.1@2025 .*? 2025 … [\d.]+ \(n=\d+\)", told)


def test_a_release_whose_predecessor_is_not_at_hand_says_so(
    folders: tuple[Path, ...], tmp_path: Path
) -> None:
    folder = second(folders[-1], tmp_path, swapped)
    gone = folder.parent / "1"
    gone.rename(tmp_path / "elsewhere")
    report = report_from_folders((*folders[:-1], folder), "en")
    assert "were not at hand: 2025/2." in said(report)
    assert "errata.csv" not in report.attachments


def test_a_corrected_report_is_verified_and_a_changed_old_figure_is_found(
    corrected: tuple[Path, ...], report: Report, tmp_path: Path
) -> None:
    path = tmp_path / "report.pdf"
    path.write_bytes(render_pdf(report))
    assert verify_report(path, corrected).same_bytes
    text = report.attachments["errata.csv"].decode("utf-8-sig")
    before, _ = listed(report)["WR_POLICE.1@2025", "estimate"]
    forged = {**report.attachments, "errata.csv": text.replace(before, "0.5").encode("utf-8-sig")}
    path.write_bytes(render_pdf(replace(report, attachments=forged)))
    found = verify_report(path, corrected)
    assert any(each.id.startswith("WR_POLICE.1@2025") for each in found.differences)
