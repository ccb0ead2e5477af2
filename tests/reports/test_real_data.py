"""Three waves of the Russian Crime Victimization Survey become an English and a Russian trend report."""

import csv
import json
import re
from pathlib import Path

import page as validator
import pytest

from analysis import import_file, write_release
from reports import Report, render_pdf, report_from_folders
from tests.reports.torn import laid_out, left_at_the_foot, notes_without_their_table

ATTITUDES = ("negl", "again", "pol_knew")
"""Own negligence, would contact the police again, police knew."""


@pytest.fixture(scope="module")
def real(shared: Path, repository: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Report]:
    home = tmp_path_factory.mktemp("rcvs")
    waves = import_file(
        shared / "data" / "rcvs_2018_2021_2024.csv", repository / "docs/guide/examples/rcvs.yaml"
    )
    folders = [
        write_release(
            wave.data, home, instrument=wave.instrument, weights=wave.weights, fieldwork=wave.fieldwork
        ).folder
        for wave in waves
    ]
    return {language: report_from_folders(folders, language) for language in ("en", "ru")}


def figures(report: Report) -> list[str]:
    """Every figure of the tables as printed, decimal points throughout."""
    table = next(section.html for section in report.sections if section.name == "tables")
    return [figure.replace(",", ".") for figure in re.findall(r"<td>([\d.,]+)</td>", table)]


@pytest.mark.parametrize("language", ["en", "ru"])
def test_the_printed_shares_of_victims_are_the_published_ones(
    real: dict[str, Report], shared: Path, language: str
) -> None:
    with (shared / "data" / "rcvs_published_table3_check.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["item"].startswith("Victimised")]
    assert len(rows) == 6
    printed = [float(figure) / 100 for figure in figures(real[language])]
    assert all(min(abs(float(row["pub_wt"]) - share) for share in printed) < 0.0015 for row in rows)


@pytest.mark.parametrize("language", ["en", "ru"])
def test_the_printed_attitudes_are_those_r_computes(
    real: dict[str, Report], shared: Path, language: str
) -> None:
    reference = json.loads((shared / "reference" / "rcvs" / "rcvs_r_survey.json").read_text("utf-8"))
    wanted = [
        row["est"]
        for row in reference["estimates"]
        if row["item"] in ATTITUDES and re.fullmatch(r"wave=\d{4}", row["domain"])
    ]
    assert len(wanted) == 9
    printed = [float(figure) / 100 for figure in figures(real[language])]
    # R's run left out the five people of unknown age.
    assert all(min(abs(value - share) for share in printed) < 0.0015 for value in wanted)


@pytest.mark.parametrize("language", ["en", "ru"])
def test_no_page_begins_with_the_note_of_a_table_or_ends_with_a_heading(
    real: dict[str, Report], language: str
) -> None:
    pages = laid_out(real[language])
    assert notes_without_their_table(pages) == []
    assert left_at_the_foot(pages) == []


def test_real_waves_are_not_marked_synthetic(real: dict[str, Report]) -> None:
    assert not any(report.synthetic for report in real.values())


@pytest.mark.parametrize("language", ["en", "ru"])
def test_the_real_report_is_valid_and_accessible(real: dict[str, Report], language: str) -> None:
    pdf = render_pdf(real[language])
    for profile in (validator.ValidationProfile.PDF_UA_1, validator.ValidationProfile.PDF_A_3A):
        assert validator.validate_pdf_bytes(pdf, profile=profile).is_compliant


def test_a_paraphrased_questionnaire_is_not_called_verbatim(real: dict[str, Report]) -> None:
    wording = next(section.html for section in real["en"].sections if section.name == "wording")
    assert "in the words of whoever brought the survey in" in wording
    assert "exactly as they were asked" not in wording


@pytest.mark.parametrize("language", ["en", "ru"])
def test_a_wave_named_after_its_year_is_not_said_to_be_that_year_twice(
    real: dict[str, Report], language: str
) -> None:
    method = next(section.html for section in real[language].sections if section.name == "method")
    assert "2018; 2021; 2024" in method
    assert "2018: 2018" not in method
