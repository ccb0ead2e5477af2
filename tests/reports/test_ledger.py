"""The ledger: every number between the margins once, where it stands, with the estimate it comes from."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from pikepdf import Pdf

from reports import LANGUAGES, Report
from reports.code import code_fingerprint
from reports.trace import numbers

NO_ESTIMATE = re.compile(r"20\d\d|95|\d|[1-9]0|18|100|102")
"""Years, the level of intervals, marks of an axis, an age, the police; digits count figures and scales."""


def ledger(path: Path) -> dict[str, Any]:
    with Pdf.open(path) as document:
        found: dict[str, Any] = json.loads(document.attachments["numbers.json"].get_file().read_bytes())
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_figure_of_tables_charts_and_cards_leads_to_an_estimate(
    pdfs: dict[str, Path], reports: dict[str, Report], language: str
) -> None:
    lines = ledger(pdfs[language])["numbers"]
    known = {row["id"] for row in json.loads(reports[language].attachments["estimates.json"])["estimates"]}
    traced = [line for line in lines if "estimate" in line]
    assert len(traced) > 400
    assert {line["estimate"] for line in traced} <= known
    html = "".join(each.html for each in reports[language].sections)
    of_the_survey = set(re.findall(r"\d+", "".join(re.findall(r'class="strip">(.*?)</p>', html, re.DOTALL))))
    for line in lines:
        section = line["id"].partition("/")[0]
        if "estimate" not in line and section.startswith(("headlines", "tables", "trends", "battery")):
            assert line["printed"] in of_the_survey or NO_ESTIMATE.fullmatch(line["printed"]), line


def test_ids_are_unique_and_the_ledger_names_release_and_code(
    pdfs: dict[str, Path], reports: dict[str, Report]
) -> None:
    found = ledger(pdfs["ru"])
    ids = [line["id"] for line in found["numbers"]]
    assert len(ids) == len(set(ids))
    assert found["release"] == reports["ru"].fingerprint
    assert found["code"] == code_fingerprint()


def test_a_printed_figure_is_its_estimate_as_the_language_prints_it(
    pdfs: dict[str, Path], reports: dict[str, Report]
) -> None:
    rows = {r["id"]: r for r in json.loads(reports["ru"].attachments["estimates.json"])["estimates"]}
    for line in ledger(pdfs["ru"])["numbers"]:
        if line.get("column") == "estimate" and line["id"].startswith("tables/"):
            value = rows[line["estimate"]]["estimate"]
            shown = float(line["printed"].lstrip("<").replace("\u2212", "-").replace(",", "."))
            assert min(abs(shown - value), abs(shown - 100 * value)) < 0.051, line


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_number_of_a_page_is_in_the_ledger(pdfs: dict[str, Path], language: str) -> None:
    """Poppler reads the same numbers between the margins, and no others."""
    by_page: dict[int, list[str]] = {}
    for line in ledger(pdfs[language])["numbers"]:
        by_page.setdefault(line["page"], []).append(line["printed"])
    for page, printed in by_page.items():
        box = ["-x", "0", "-y", "70", "-W", "600", "-H", "702"]
        command = ["pdftotext", "-f", str(page), "-l", str(page), *box, str(pdfs[language]), "-"]
        text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        read = set(numbers(text)[0])
        missing = {each.lstrip("+<\u2212") for each in printed} - {each.lstrip("+<\u2212") for each in read}
        assert len(missing) <= len(set(printed)) // 10, (page, missing)


def test_a_place_is_where_the_number_stands(pdfs: dict[str, Path]) -> None:
    for line in ledger(pdfs["en"])["numbers"][::40]:
        left, top, width, height = line["box"]
        # Where several numbers stand in one word, as in a version, each place is reckoned by mean widths.
        box = ["-x", str(int(left) - 8), "-y", str(int(top) - 4)]
        box += ["-W", str(int(width) + 22), "-H", str(int(height) + 9)]
        command = ["pdftotext", "-f", str(line["page"]), "-l", str(line["page"]), *box, str(pdfs["en"]), "-"]
        text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        assert set(line["printed"].lstrip("+\u2212<")[:2]) <= set(text), (line, text)


def test_no_mark_is_left_in_what_is_published(pdfs: dict[str, Path], reports: dict[str, Report]) -> None:
    mark = re.compile("[\U000f0000-\U0010fffd]")
    for language, report in reports.items():
        assert not mark.search("".join(section.html for section in report.sections))
        assert not mark.search(report.attachments["estimates.json"].decode())
        text = subprocess.run(
            ["pdftotext", str(pdfs[language]), "-"], capture_output=True, text=True, check=True
        )
        assert not mark.search(text.stdout)
        content = pdfs[language].read_bytes()
        assert chr(0xF0001).encode() not in content
