"""Forms damaged at random: each is refused with hints or imported with every part accounted for."""

import random
import re
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import openpyxl
import pytest

from instruments import InstrumentError, Report, import_form

BROKEN_INSTRUMENT = {
    "forward_reference",
    "unknown_item",
    "page_size",
    "page_twice",
    "no_page",
    "duplicate_id",
}
CELLS = (
    None,
    2.5,
    -3,
    True,
    "begin_group",
    "end_group",
    "select_one yesno",
    "select_multiple agree5 or_other",
    "rank agree5",
    "text",
    "weight",
    "${age}=1",
    "Ы",
    "1" * 40,
    "nan",
    "\u2028",
    "range",
    "start=a end=b",
)
FIELDS = (
    "type",
    "title",
    "code",
    "scale_id",
    "qid",
    "relevance",
    "mandatory",
    "language",
    "parent_qid",
    "aid",
    "gid",
)
VALUES = ("", "A", "-1", "999999999999", "é", "a b", "1.5", "L", "&lt;b&gt;")


@pytest.fixture
def survives(tmp_path: Path, settled: Callable[[Report], None]) -> Callable[[Path], bool]:
    """Whether a form is imported; refused is fine too, anything else is not."""

    def look(path: Path) -> bool:
        try:
            _, report = import_form(path, tmp_path / f"{path.name}.out")
        except InstrumentError as error:
            assert all(problem.hint and problem.found for problem in error.problems)
            return False
        settled(report)
        assert not {problem.rule for problem in report.todo} & BROKEN_INSTRUMENT
        return True

    return look


def test_damaged_workbooks_are_refused_or_imported(
    tmp_path: Path, forms: ModuleType, survives: Callable[[Path], bool]
) -> None:
    whole = forms.sixty_xlsform(tmp_path / "whole.xlsx")
    chance, imported = random.Random(1), 0
    for number in range(16):
        book = openpyxl.load_workbook(whole)
        for _ in range(chance.randint(1, 12)):
            sheet = chance.choice(book.worksheets)
            row, column = chance.randint(1, sheet.max_row), chance.randint(1, sheet.max_column)
            sheet.cell(row, column).value = chance.choice(CELLS)
        path = tmp_path / f"damaged{number}.xlsx"
        book.save(path)
        imported += survives(path)
    assert 0 < imported < 16


def test_damaged_structures_are_refused_or_imported(
    tmp_path: Path, forms: ModuleType, survives: Callable[[Path], bool]
) -> None:
    whole = forms.sixty_limesurvey(tmp_path / "whole.lss").read_text(encoding="utf-8")
    chance, imported = random.Random(2), 0
    for number in range(40):
        text = whole
        for _ in range(chance.randint(1, 4)):
            name = chance.choice(FIELDS)
            if chance.random() < 0.4:
                table = chance.choice(re.findall(r"^ <(\w+)>\n  <fields>", text, re.MULTILINE))
                text = re.sub(rf"^ <{table}>.*?^ </{table}>\n", "", text, flags=re.MULTILINE | re.DOTALL)
            elif chance.random() < 0.3:
                text = re.sub(rf"<{name}>.*?</{name}>", "", text, flags=re.DOTALL)
            else:
                value = chance.choice(VALUES)
                changed = [match.span() for match in re.finditer(rf"<{name}>.*?</{name}>", text, re.DOTALL)]
                for start, end in sorted(chance.sample(changed, min(len(changed), 8)), reverse=True):
                    text = f"{text[:start]}<{name}>{value}</{name}>{text[end:]}"
        path = tmp_path / f"damaged{number}.lss"
        path.write_text(text, encoding="utf-8")
        imported += survives(path)
    assert imported > 0
