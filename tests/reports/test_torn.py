"""The pages of the annual report: as many as an office binds, and nothing torn from what it belongs to."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from reports import LANGUAGES, Report
from reports.build import reports_from_folders
from reports.report import Section
from tests.reports.torn import laid_out, left_at_the_foot, names_alone, notes_without_their_table, torn_apart

FEWEST, MOST = 28, 40


@pytest.fixture(scope="module", params=LANGUAGES)
def pages(request: pytest.FixtureRequest, annual: dict[str, Report]) -> list[Any]:
    """The guide's example in one language."""
    return laid_out(annual[request.param])


def test_the_guides_example_has_the_length_of_an_annual_report(pages: list[Any]) -> None:
    assert FEWEST <= len(pages) <= MOST


def test_nothing_is_torn_from_what_it_belongs_to(pages: list[Any]) -> None:
    assert left_at_the_foot(pages) == []
    assert torn_apart(pages) == []
    assert names_alone(pages) == []
    assert notes_without_their_table(pages) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_torn_in_a_small_study_either(reports: dict[str, Report], language: str) -> None:
    pages = laid_out(reports[language])
    assert left_at_the_foot(pages) == []
    assert torn_apart(pages) == []
    assert names_alone(pages) == []
    assert notes_without_their_table(pages) == []


@pytest.mark.long
def test_without_a_specification_it_has_that_length_too(annual_folders: tuple[Path, ...]) -> None:
    for report in reports_from_folders(annual_folders, LANGUAGES):
        pages = laid_out(report)
        assert FEWEST <= len(pages) <= MOST, report.language
        assert left_at_the_foot(pages) == []
        assert torn_apart(pages) == []
        assert names_alone(pages) == []
        assert notes_without_their_table(pages) == []


def made_of(report: Report, content: str) -> Iterator[Any]:
    section = Section("alpha", "Alpha", content)
    yield from laid_out(replace(report, sections=(section,)))


def test_a_heading_at_the_foot_is_found(reports: dict[str, Report]) -> None:
    filler = '<div style="height: 215mm">words</div>'
    alone = f'{filler}<h2 style="break-after: auto">Alone</h2><p style="break-before: page">after</p>'
    assert left_at_the_foot(list(made_of(reports["en"], alone))) == [(1, "Alone")]
    followed = f'{filler}<h2>With</h2><p>after</p><p style="break-before: page">more</p>'
    assert left_at_the_foot(list(made_of(reports["en"], followed))) == []


def test_a_figure_without_its_sentence_is_found(reports: dict[str, Report]) -> None:
    pair = '<p>figure</p><p style="break-before: page">said</p>'
    torn = f'<div class="half" style="break-inside: auto">{pair}</div>'
    assert torn_apart(list(made_of(reports["en"], torn))) == [(2, "said")]
    assert torn_apart(list(made_of(reports["en"], torn.replace("break-before: page", "")))) == []


def test_a_name_without_words_is_found(reports: dict[str, Report]) -> None:
    filler = '<div style="height: 228mm">words</div>'
    row = '<tr style="break-inside: auto"><th>Q1</th><td><p style="orphans: 9; widows: 9">{}</p></td></tr>'
    table = (
        f'{filler}<table class="figures asked"><tbody>{row.format("asked of all<br>" * 14)}</tbody></table>'
    )
    assert names_alone(list(made_of(reports["en"], table))) == [(1, "Q1")]
    assert names_alone(list(made_of(reports["en"], table.replace("228mm", "20mm")))) == []


def test_a_note_that_its_table_left_behind_is_found(reports: dict[str, Report]) -> None:
    table = '<table><tr><td>a</td></tr></table><p class="note" style="break-before: {}">said</p>'
    assert notes_without_their_table(list(made_of(reports["en"], table.format("page")))) == [(2, "said")]
    assert notes_without_their_table(list(made_of(reports["en"], table.format("auto")))) == []
