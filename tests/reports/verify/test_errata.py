"""Two editions of a report: every number that changed is listed, with what it was and its pages."""

from dataclasses import replace
from pathlib import Path

import pytest

from analysis import read_release
from reports import Errata, ReportError, errata, render_pdf, report_from_folders
from tests.reports.conftest import write_wave


@pytest.fixture(scope="module")
def corrected(folders: tuple[Path, ...], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report with release 2 of the last wave: eight in ten who would not have called the police would."""
    data = read_release(folders[-1])
    frame = data.frame.copy()
    places = frame.index[frame["POLICE"] == 0]
    frame.loc[places[: len(places) * 8 // 10], "POLICE"] = 1
    meta = replace(data.meta, release=2)
    home = tmp_path_factory.mktemp("second")
    second = write_wave(replace(data.with_frame(frame), meta=meta), home)
    path = home / "new.pdf"
    path.write_bytes(render_pdf(report_from_folders((*folders[:-1], second), "en")))
    return path


@pytest.fixture(scope="module")
def found(pdfs: dict[str, Path], corrected: Path) -> Errata:
    return errata(pdfs["en"], corrected)


def test_the_wave_with_another_release_is_named(found: Errata) -> None:
    (reissued,) = found.reissued
    assert reissued.wave == "2025"
    assert reissued.before[1] != reissued.after[1]


def test_every_number_of_the_corrected_question_is_listed_and_no_other(found: Errata) -> None:
    estimates = {each.estimate.partition("|")[0] for each in found.corrections if each.estimate}
    assert estimates == {
        "POLICE.0@2025",
        "POLICE.1@2025",
        "WR_POLICE.1@2025",
        "WR_POLICE.1@2022-2025",
        "WR_POLICE.1@2024-2025",
        "WR_POLICE.1@2022-2025/year",
    }


def test_a_correction_says_what_was_printed_and_where(found: Errata) -> None:
    level = [e for e in found.corrections if (e.estimate, e.column) == ("WR_POLICE.1@2025", "estimate")]
    in_text = next(each for each in level if each.section == "headlines")
    assert (in_text.before, in_text.after) == ("54", "91")
    assert in_text.pages
    in_table = next(each for each in level if each.section == "tables")
    assert (in_table.before, in_table.after)[0].startswith("5")
    assert "." in in_table.after


def test_a_report_and_itself_have_no_errata(pdfs: dict[str, Path]) -> None:
    assert errata(pdfs["kk"], pdfs["kk"]) == Errata((), ())


def test_reports_in_two_languages_are_refused(pdfs: dict[str, Path]) -> None:
    with pytest.raises(ReportError, match="found language en and ru"):
        errata(pdfs["en"], pdfs["ru"])
