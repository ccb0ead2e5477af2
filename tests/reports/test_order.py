"""Numbers of figures and tables rise from page to page, and whatever is cited is printed."""

import re
from collections.abc import Callable

import pytest

from analysis import SurveyData
from reports import Report, ReportSpec, build_report
from reports.i18n import words
from reports.spec import Groups

Make = Callable[..., SurveyData]


def stripped(report: Report) -> str:
    return "".join(each.html for each in report.sections if each.name != "register")


KINDS = {"caption": "Table {n}", "figcaption": "Figure {n}"}


def pattern(report: Report, kind: str) -> str:
    return re.escape(words(report.language).say(kind, n=0)).replace("0", r"(\d+)")


def captions(report: Report, element: str) -> list[int]:
    """The numbers over tables (`caption`) or figures (`figcaption`), as they follow each other."""
    found = re.findall(rf'<{element}>\s*<span class="number">([^<]+)</span>', stripped(report))
    numbered = (re.fullmatch(pattern(report, KINDS[element]), text) for text in found)
    return [int(each[1]) for each in numbered if each is not None]


def cited(report: Report) -> set[int]:
    """Numbers of tables named in running text and in alternative texts."""
    return {int(number) for number in re.findall(pattern(report, "Table {n}"), stripped(report))}


@pytest.mark.parametrize(
    "chapters",
    [
        ("headlines", "method", "register"),
        ("method", "tables", "groups", "battery", "questions", "trends", "headlines", "register"),
        None,
    ],
)
def test_numbers_rise_whatever_chapters_are_asked_for(
    make_wave: Make, chapters: tuple[str, ...] | None
) -> None:
    spec = ReportSpec(chapters=chapters, groups=Groups(("language",), ("WR_POLICE",)))
    report = build_report([make_wave(name) for name in ("2023", "2024", "2025")], language="en", spec=spec)
    for element in ("caption", "figcaption"):
        numbers = captions(report, element)
        assert numbers or element == "figcaption"
        assert numbers == list(range(1, len(numbers) + 1)), element
    assert cited(report) <= set(captions(report, "caption"))
