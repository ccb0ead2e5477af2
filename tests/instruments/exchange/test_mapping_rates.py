"""The table of mapping rates in the guide says what importing each form gives, number by number."""

from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from instruments import Questionnaire, Report

Run = Callable[..., tuple[Questionnaire, Report]]
COLUMNS = {
    "questions": ("question",),
    "answers and rows": ("option", "row"),
    "rules": ("rule",),
    "words": ("text",),
}
OWN = {"sixty questions, XLSForm": "sixty_xlsform", "sixty questions, LimeSurvey 6": "sixty_limesurvey"}
GUIDE = Path(__file__).resolve().parents[3] / "docs" / "guide" / "forms.md"


def table() -> dict[str, dict[str, str]]:
    """Form -> column -> cell, as the guide has them."""
    text = GUIDE.read_text(encoding="utf-8")
    section = text.partition("### How much maps\n")[2].partition("\n### ")[0]
    lines = [line.strip("|").split("|") for line in section.splitlines() if line.startswith("|")]
    head, _, *rows = [[cell.strip() for cell in line] for line in lines]
    assert head == ["form", *COLUMNS]
    return {row[0]: dict(zip(COLUMNS, row[1:], strict=True)) for row in rows}


def cell(report: Report, kinds: tuple[str, ...]) -> str:
    """`mapped + changed of all`, or a dash where the form has no such part."""
    counts = [report.counts()[kind] for kind in kinds if kind in report.counts()]
    total = {status: sum(row[status] for row in counts) for status in ("mapped", "changed", "not carried")}
    if not counts:
        return "–"
    return f"{total['mapped']} + {total['changed']} of {sum(total.values())}"


def stated(report: Report) -> dict[str, str]:
    return {column: cell(report, kinds) for column, kinds in COLUMNS.items()}


def test_the_table_names_every_form_of_the_shared_folder_and_both_of_sixty_questions(shared: Path) -> None:
    files = {path.name for path in (shared / "data" / "forms").iterdir() if path.suffix in (".xlsx", ".lss")}
    assert set(table()) == files | set(OWN)


@pytest.mark.parametrize("name", sorted(set(table()) - set(OWN)))
def test_a_row_of_the_table_is_what_the_shared_form_gives(name: str, shared: Path, imported: Run) -> None:
    assert table()[name] == stated(imported(shared / "data" / "forms" / name)[1])


@pytest.mark.parametrize("name", sorted(OWN))
def test_a_row_of_the_table_is_what_the_sixty_questions_give(
    name: str, tmp_path: Path, forms: ModuleType, imported: Run
) -> None:
    path = tmp_path / f"sixty.{'xlsx' if 'XLSForm' in name else 'lss'}"
    assert table()[name] == stated(imported(getattr(forms, OWN[name])(path))[1])
